//! `daogou doctor`: checks the installation from the inside out and says what is wrong and what to do.
//!
//! It changes nothing but what every command changes that opens the database (pending migrations, unless
//! DAOGOU_MIGRATE is off). One fault does not end it: what needs the broken part is skipped.

mod patients;
mod report;
mod session;
mod store;

use clap::Args as ClapArgs;
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_schema::AccountId;
use daogou_wechat::Client;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Done, Failure};
use crate::checkup::{self, Patient};
use crate::config::{Config, Faults};
use crate::context::{Context, Parts, Tasks};
use report::Report;

#[derive(ClapArgs)]
pub(super) struct Args {
    /// Only this account, where there are several.
    #[arg(long)]
    account: Option<String>,
    /// One line of JSON on stdout: {"ok", "checks": [{"name", "state", "text"}]}.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Done {
    install_tls();
    let mut report = Report::new(args.json);
    let config = match Config::from_env_with_key() {
        Ok(config) => config,
        Err(faults) => return Err(misconfigured(report, &faults)),
    };
    Box::pin(examine(&mut report, config, args.account.as_deref())).await?;
    match report.close() {
        0 => Ok(()),
        1 => Err(Failure::Failed(
            "1 check failed: its line says what to do".into(),
        )),
        failed => Err(Failure::Failed(format!(
            "{failed} checks failed: their lines say what to do; begin with the first"
        ))),
    }
}

fn misconfigured(mut report: Report, faults: &Faults) -> Failure {
    for fault in &faults.0 {
        report.fail("configuration", fault);
    }
    report.close();
    Failure::Usage(
        "the settings are wrong: correct them in .env or the environment and run the doctor again"
            .into(),
    )
}

async fn examine(report: &mut Report, config: Config, only: Option<&str>) -> Result<(), Failure> {
    let (clock, chance) = (Clock::system(), Chance::system());
    let http = http_client().map_err(|e| Failure::Failed(format!("no HTTP client: {e}")))?;
    let wechat = Client::new(http.clone(), config.hosts.clone());
    let tracker = TaskTracker::new();

    let zone = config.timezone;
    report.ok(
        "configuration",
        &format!("settings read, DAOGOU_SECRET_KEY is set, time zone {zone}"),
    );
    report.add(&checkup::public_url(&config));
    let db = store::examine(report, &config, &clock, &tracker).await;
    let session = session::examine(report, &config, &clock, db.is_some()).await;
    report.add(&checkup::media_folder(&config));
    let (texts, has_texts) = checkup::templates(&config);
    report.add(&texts);
    report.add(&checkup::font());

    let ctx = match db {
        // With broken texts the built-in ones do: nothing is said to anybody here.
        Some(db) => Some(Context::new(Parts {
            db,
            session,
            wechat: wechat.clone(),
            clock: clock.clone(),
            chance: chance.clone(),
            config: Config {
                templates_dir: config.templates_dir.clone().filter(|_| has_texts),
                ..config.clone()
            },
            tasks: Tasks {
                tracker,
                runtime: Handle::current(),
                stop: CancellationToken::new(),
            },
        })?),
        None => None,
    };
    let patients = patients::gather(report, &config, ctx.as_ref(), only).await;
    let several = patients.len() > 1;
    report.add(&checkup::clock(&http, &config.hosts.api, &clock).await);
    for patient in &patients {
        let named = several.then(|| patient.appid());
        let (token, found) = checkup::token(&wechat, patient).await;
        report.add_of(named, &found);
        let url = &config.public_url;
        let answered = checkup::callback(&http, url, &clock, &chance, patient).await;
        report.add_of(named, &answered);
        let reached = checkup::callback_check(&wechat, token.as_deref()).await;
        report.add_of(named, &reached);
        report.add_of(named, &checkup::mode(patient));
    }
    promises(report, ctx.as_ref(), &patients).await;
    Ok(())
}

/// What was promised and did not come to its end, over all the accounts that are looked at.
async fn promises(report: &mut Report, ctx: Option<&Context>, patients: &[Patient]) {
    let accounts: Vec<AccountId> = patients.iter().filter_map(|patient| patient.id).collect();
    let why = match ctx {
        Some(ctx) if !accounts.is_empty() => {
            for finding in checkup::promises(ctx, &accounts).await {
                report.add(&finding);
            }
            return;
        }
        Some(_) => "no account is stored yet",
        None => "the database cannot be used",
    };
    report.skip("pushes", why);
    report.skip("messages", why);
}
