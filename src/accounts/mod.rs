//! Accounts 公众号/小程序: which appids this installation serves, with their secrets opened only here.

mod change;
mod queries;
pub mod rules;
mod shelf;
mod token;
mod visit;

use std::sync::Arc;

use daogou_schema::account::{self, ScanRule};
use daogou_schema::{AccountId, Timestamp};
use daogou_wechat::{AesKey, Door, Kind, Mode};
use sea_orm::ActiveEnum;
use serde_json::json;

use crate::audit::{self, Act, By, Entry};
use crate::config::{AccountSettings, Secret};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::vault::Vault;

pub use change::{Keys, add, change_keys, forget_previous, rename, replace_secret};
use shelf::Shelf;
pub use token::{call, has_token};
pub use visit::Visit;

/// One account, ready for use.
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its appid.
    pub appid: String,
    /// How people call it, once somebody said so.
    pub name: Option<String>,
    /// Service account or mini-program.
    pub kind: Kind,
    /// `gh_…`, once known.
    pub original_id: Option<String>,
    /// What a scan of another guide's code does.
    pub scan_rule: ScanRule,
    /// With a protecting rule: for how many days.
    pub protection_days: i32,
    /// AppSecret.
    pub secret: Secret,
    /// The callback's keys and rules.
    pub door: Door,
    /// Until when the token and the key before the last change are accepted too.
    pub previous_until: Option<Timestamp>,
}

impl Account {
    /// How people call it.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.appid)
    }

    /// Whether a token or a key from before a change is still accepted.
    pub fn accepts_previous(&self) -> bool {
        self.door.token_previous.is_some() || self.door.keys.len() > 1
    }
}

/// The account `appid`, if this installation serves it.
///
/// # Errors
/// When the store is down or DAOGOU_SECRET_KEY is not the one the account was stored with.
pub async fn find(ctx: &Context, appid: &str) -> Result<Option<Arc<Account>>> {
    ctx.kept::<Shelf>().by_appid(ctx, appid).await
}

/// The account with this id.
///
/// # Errors
/// As [`find`], and when it does not exist.
pub async fn get(ctx: &Context, id: AccountId) -> Result<Arc<Account>> {
    let account = ctx.kept::<Shelf>().by_id(ctx, id).await?;
    account.ok_or_else(|| Error::NotFound(format!("account {id} does not exist")))
}

/// All accounts, oldest first.
///
/// # Errors
/// As [`find`].
pub async fn list(ctx: &Context) -> Result<Vec<Arc<Account>>> {
    let rows = queries::all(ctx.db.reads()).await?;
    let (vault, now) = (ctx.vault()?, Timestamp::from(ctx.clock.now()));
    rows.into_iter()
        .map(|row| open_row(vault, present(row, now)).map(Arc::new))
        .collect()
}

/// The account that a command means: the named one, or the only one there is.
///
/// # Errors
/// When there is none, or several and none was named.
pub async fn choose(ctx: &Context, appid: Option<&str>) -> Result<Arc<Account>> {
    if let Some(appid) = appid {
        let found = find(ctx, appid).await?;
        return found.ok_or_else(|| {
            Error::NotFound(format!(
                "there is no account {appid}; add it in the console, or set WECHAT_APPID …"
            ))
        });
    }
    let mut all = list(ctx).await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(Error::Invalid(
            "there is no account yet; add one in the console, or set WECHAT_APPID, WECHAT_APP_SECRET, WECHAT_TOKEN …"
                .into(),
        )),
        (Some(_), false) => Err(Error::Invalid(
            "there are several accounts; name one with --account APPID".into(),
        )),
    }
}

/// Whether the environment describes this account: then it wins over the store at every start, and only it is changed.
pub fn is_in_settings(ctx: &Context, account: &Account) -> bool {
    let settings = ctx.config.account.as_ref();
    settings.is_some_and(|settings| settings.appid == account.appid)
}

/// Creates or updates the account that the environment describes; the environment wins over the store.
///
/// # Errors
/// When the store is down or there is no key to encrypt the secrets with.
pub async fn save(ctx: &Context, settings: &AccountSettings) -> Result<()> {
    let row = sealed(ctx.vault()?, settings)?;
    let changed = match queries::by_appid(ctx.db.reads(), &settings.appid).await? {
        Some(stored) => !is_same(&open_row(ctx.vault()?, stored)?, settings),
        None => true,
    };
    if !changed {
        return Ok(());
    }
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((row, now), |txn, (row, now)| {
            Box::pin(queries::save(txn, row, *now))
        })
        .await
}

/// Sets what a scan of another guide's code does to somebody who has a guide.
///
/// # Errors
/// When the store fails.
pub async fn set_scan_rule(
    ctx: &Context,
    id: AccountId,
    rule: ScanRule,
    protection_days: i32,
    by: By,
) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let before = get(ctx, id).await?;
    let said = |rule: ScanRule, days: i32| {
        Some(json!({ "scan_rule": rule.to_value(), "protection_days": days }))
    };
    let entry = Entry {
        by,
        account: Some(id),
        act: Act::SetAccount,
        subject: audit::subject("account", id),
        before: said(before.scan_rule, before.protection_days),
        after: said(rule, protection_days),
    };
    ctx.db
        .write(
            (id, rule, protection_days, now, entry),
            |txn, (id, rule, days, now, entry)| {
                Box::pin(async move {
                    queries::set_scan_rule(txn, *id, *rule, *days, *now).await?;
                    audit::note_in(txn, *now, entry.clone()).await
                })
            },
        )
        .await
}

/// The columns of an account that come from outside.
pub(crate) struct Sealed {
    appid: String,
    kind: String,
    mode: String,
    original_id: Option<String>,
    secret: Vec<u8>,
    token: Vec<u8>,
    aes_key: Option<Vec<u8>>,
    aes_key_previous: Option<Vec<u8>>,
}

fn sealed(vault: &Vault, settings: &AccountSettings) -> Result<Sealed> {
    let appid = &settings.appid;
    let seal = |column: &str, secret: &Secret| vault.seal(&place(column, appid), secret.expose());
    Ok(Sealed {
        appid: appid.clone(),
        kind: settings.kind.to_string(),
        mode: settings.mode.to_string(),
        original_id: settings.original_id.clone(),
        secret: seal("secret", &settings.secret)?,
        token: seal("token", &settings.token)?,
        aes_key: settings
            .aes_key
            .as_ref()
            .map(|k| seal("aes_key", k))
            .transpose()?,
        aes_key_previous: settings
            .aes_key_previous
            .as_ref()
            .map(|k| seal("aes_key_previous", k))
            .transpose()?,
    })
}

fn place(column: &str, appid: &str) -> String {
    format!("account.{column}.{appid}")
}

/// The row without what was accepted until now.
fn present(mut row: account::Model, now: Timestamp) -> account::Model {
    if row.previous_until.is_some_and(|until| until <= now) {
        row.token_previous = None;
        row.aes_key_previous = None;
        row.previous_until = None;
    }
    row
}

fn open_row(vault: &Vault, row: account::Model) -> Result<Account> {
    let read = |column: &str, sealed: &[u8]| vault.open(&place(column, &row.appid), sealed);
    let key = |column: &str, sealed: &Option<Vec<u8>>| -> Result<Option<AesKey>> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let key = AesKey::parse(read(column, sealed)?.expose());
        key.map(Some)
            .map_err(|e| Error::Internal(format!("account {}: {column} {e}", row.appid)))
    };
    let unknown =
        |what: &str| Error::Internal(format!("account {} has an unknown {what}", row.appid));
    let keys = [
        key("aes_key", &row.aes_key)?,
        key("aes_key_previous", &row.aes_key_previous)?,
    ];
    let token_previous = row.token_previous.as_ref();
    let token_previous = token_previous.map(|sealed| read("token_previous", sealed));
    let token_previous = token_previous.transpose()?;
    let mode = mode_of(&row)?;
    Ok(Account {
        id: row.id,
        name: row.name,
        previous_until: row.previous_until,
        kind: row.kind.parse().map_err(|_why| unknown("kind"))?,
        original_id: row.original_id.clone(),
        scan_rule: row.scan_rule,
        protection_days: row.protection_days,
        secret: read("secret", &row.secret)?,
        door: Door {
            appid: row.appid.clone(),
            token: read("token", &row.token)?.expose().to_owned(),
            token_previous: token_previous.map(|token| token.expose().to_owned()),
            keys: keys.into_iter().flatten().collect(),
            mode,
        },
        appid: row.appid,
    })
}

fn mode_of(row: &account::Model) -> Result<Mode> {
    let mode = row.mode.parse();
    mode.map_err(|_why| Error::Internal(format!("account {} has an unknown mode", row.appid)))
}

/// Whether the environment says what the store has already, so that a restart writes nothing.
pub fn is_same(stored: &Account, settings: &AccountSettings) -> bool {
    let parse = |key: &Option<Secret>| key.as_ref().and_then(|k| AesKey::parse(k.expose()).ok());
    let wanted: Vec<_> = [parse(&settings.aes_key), parse(&settings.aes_key_previous)]
        .into_iter()
        .flatten()
        .collect();
    stored.secret.expose() == settings.secret.expose()
        && stored.door.token == settings.token.expose()
        && stored.door.mode == settings.mode
        && stored.kind == settings.kind
        && stored.door.keys == wanted
        && (settings.original_id.is_none() || stored.original_id == settings.original_id)
}
