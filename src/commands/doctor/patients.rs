//! The accounts that are looked at: what the settings say comes before what is stored, as at the next start.

use std::sync::Arc;

use super::report::Report;
use crate::accounts::{self, Account};
use crate::checkup::{Patient, State};
use crate::config::{AccountSettings, Config};
use crate::context::Context;

/// The accounts of the settings and of the store, `only` the named one if one is named.
pub(super) async fn gather(
    report: &mut Report,
    config: &Config,
    ctx: Option<&Context>,
    only: Option<&str>,
) -> Vec<Patient> {
    let stored = match ctx {
        Some(ctx) => match accounts::list(ctx).await {
            Ok(stored) => Some(stored),
            Err(error) => {
                report.fail(
                    "account",
                    &format!(
                        "{error}; put the key back that was in use, from where it is kept safe"
                    ),
                );
                return of_settings_alone(config, only);
            }
        },
        None => None,
    };
    let wanted = |appid: &str| only.is_none_or(|only| only == appid);
    let settings = config.account.as_ref().filter(|s| wanted(&s.appid));
    let mut patients = Vec::new();
    let mut notes = Vec::new();
    if let Some(settings) = settings {
        let known = find(stored.as_deref(), &settings.appid);
        patients.push(Patient::of_settings(settings, known.map(|a| a.id)));
        notes.push(compare(settings, known.map(Arc::as_ref), stored.is_some()));
    }
    let others = stored.iter().flatten().filter(|account| {
        wanted(&account.appid) && settings.is_none_or(|s| s.appid != account.appid)
    });
    for account in others {
        patients.push(Patient::stored(account));
        notes.push((
            State::Ok,
            format!("{} {}, as stored", account.kind, account.appid),
        ));
    }
    if patients.is_empty() {
        match only {
            Some(appid) => report.fail(
                "account",
                &format!("there is no account {appid}: add it in the console, or set WECHAT_APPID …"),
            ),
            None => report.warn(
                "account",
                "none yet: add one in the console (/console/accounts/new), or set WECHAT_APPID, WECHAT_APP_SECRET, WECHAT_TOKEN … \
                 (docs/real-account.md)",
            ),
        }
    }
    for (state, text) in notes {
        report.note("account", state, &text);
    }
    patients
}

fn of_settings_alone(config: &Config, only: Option<&str>) -> Vec<Patient> {
    let settings = config.account.iter();
    settings
        .filter(|settings| only.is_none_or(|only| only == settings.appid))
        .map(|settings| Patient::of_settings(settings, None))
        .collect()
}

fn find<'a>(stored: Option<&'a [Arc<Account>]>, appid: &str) -> Option<&'a Arc<Account>> {
    stored?.iter().find(|account| account.appid == appid)
}

fn compare(
    settings: &AccountSettings,
    stored: Option<&Account>,
    store_was_asked: bool,
) -> (State, String) {
    let name = format!("{} {}", settings.kind, settings.appid);
    match stored {
        Some(stored) if accounts::is_same(stored, settings) => {
            (State::Ok, format!("{name}, stored as in the settings"))
        }
        Some(_) => (
            State::Warn,
            format!(
                "{name}: the settings were changed; `daogou serve` takes them over when it is restarted"
            ),
        ),
        None if store_was_asked => (
            State::Ok,
            format!("{name}, from the settings; the first `daogou serve` stores it"),
        ),
        None => (State::Ok, format!("{name}, from the settings")),
    }
}
