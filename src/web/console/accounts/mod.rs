//! The installation's accounts: which there are, what to paste at WeChat, the self-test.

pub(super) mod change;
mod view;
pub(super) mod wizard;

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use chrono::TimeDelta;
use daogou_schema::{AccountId, Timestamp};
use minijinja::{Value, context};

use super::gate::{Fields, Gate, SentBy};
use super::stop::{Page, Stop};
use super::words;
use crate::accounts::{self, Account, Keys};
use crate::checkup::{self, Finding};
use crate::context::Context;
use crate::reception;
use crate::web::page;

/// Among how many of the newest pushes each account's last one is looked for.
const PUSHES: u64 = 1000;
/// How far back.
const LOOK_BACK: TimeDelta = TimeDelta::days(7);

pub(super) async fn list(ctx: Data<Context>, gate: Gate) -> Page {
    gate.for_staff()?;
    let accounts = accounts::list(&ctx).await?;
    let pushes = last_pushes(&ctx).await?;
    let mut shown = Vec::new();
    for account in &accounts {
        let at = pushes.iter().find(|(id, _)| *id == account.id);
        let seen = words::moment_or_none(at.map(|(_, at)| *at), ctx.config.timezone);
        let has_token = accounts::has_token(&ctx, account).await;
        shown.push(context! { seen, has_token, ..view::account(&ctx, account) });
    }
    Ok(page::show(
        StatusCode::OK,
        "accounts",
        context! {
            here => "accounts",
            all => shown,
            ..gate.frame(&accounts, accounts.first().map(AsRef::as_ref))
        },
    ))
}

pub(super) async fn show(ctx: Data<Context>, gate: Gate, id: Path<i64>) -> Page {
    gate.for_staff()?;
    Shown::default().page(&ctx, &gate, AccountId(*id)).await
}

/// The self-test. It asks WeChat and our own address, so it is posted: nobody is led to it by a link.
pub(super) async fn check(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, _): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    let account = known(&ctx, *id).await?;
    let shown = Shown {
        findings: checkup::self_test(&ctx, &account).await?,
        ..Shown::default()
    };
    shown.page(&ctx, &gate, account.id).await
}

async fn last_pushes(ctx: &Context) -> Result<Vec<(AccountId, Timestamp)>, Stop> {
    let since = Timestamp::from(ctx.clock.now()) - LOOK_BACK;
    Ok(reception::last_pushes(ctx.db.reads(), since, PUSHES).await?)
}

/// The account of an address.
async fn known(ctx: &Context, id: i64) -> Result<Arc<Account>, Stop> {
    let mut accounts = accounts::list(ctx).await?.into_iter();
    let account = accounts.find(|account| account.id == AccountId(id));
    account.ok_or(Stop::NotFound)
}

/// What an account's page shows beside the account.
#[derive(Default)]
struct Shown {
    /// Shown here and never again.
    fresh: Option<Keys>,
    /// It was added a moment ago.
    added: bool,
    findings: Vec<Finding>,
    /// The drawer whose form was refused, with what was typed there and what is wrong with it.
    refused: Option<(&'static str, Fields, Vec<Value>)>,
    notice: Option<&'static str>,
}

impl Shown {
    async fn page(&self, ctx: &Context, gate: &Gate, id: AccountId) -> Result<HttpResponse, Stop> {
        let accounts = accounts::list(ctx).await?;
        let account = accounts.iter().find(|account| account.id == id);
        let account: &Account = account.ok_or(Stop::NotFound)?;
        let pushes = last_pushes(ctx).await?;
        let at = pushes.iter().find(|(of, _)| *of == id);
        let seen = words::moment_or_none(at.map(|(_, at)| *at), ctx.config.timezone);
        let has_token = accounts::has_token(ctx, account).await;
        let findings = view::findings(&self.findings);
        let none = (String::new(), Fields::default(), Vec::new());
        let (open, typed, problems) = match &self.refused {
            Some((open, typed, problems)) => (*open, typed, problems),
            None => (none.0.as_str(), &none.1, &none.2),
        };
        let status = match self.refused {
            Some(_) => StatusCode::BAD_REQUEST,
            None => StatusCode::OK,
        };
        let typed = context! { name => typed.get("name"), token => typed.get("token") };
        Ok(page::show(
            status,
            "account",
            context! {
                here => "accounts",
                account => context! { seen, has_token, ..view::account(ctx, account) },
                paste => view::paste(ctx, account, self.fresh.as_ref()),
                modes => view::modes(account.door.mode),
                added => self.added,
                findings,
                verdict => view::verdict(&self.findings),
                open,
                typed,
                problems,
                notice => self.notice,
                ..gate.frame(&accounts, Some(account))
            },
        ))
    }
}
