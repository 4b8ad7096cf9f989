//! What was promised and did not come to its end: pushes that nobody could handle, messages with an unknown outcome.

use chrono::TimeDelta;
use daogou_schema::inbound::State as Push;
use daogou_schema::outbound::State as Message;
use daogou_schema::{AccountId, Timestamp};

use super::patients::Patient;
use super::report::Report;
use crate::context::Context;
use crate::error::Result;
use crate::{outbound, reception};

/// How far back unreadable pushes and unknown outcomes are counted: older ones are nobody's work any more.
const LOOK_BACK: TimeDelta = TimeDelta::days(7);
const EVER: Timestamp = Timestamp(0);

#[derive(Default)]
struct Counts {
    set_aside: u64,
    unreadable: u64,
    unknown: u64,
    held: u64,
}

/// Counts them over all the accounts that are looked at.
pub(super) async fn examine(report: &mut Report, ctx: Option<&Context>, patients: &[Patient]) {
    let accounts: Vec<AccountId> = patients.iter().filter_map(|patient| patient.id).collect();
    let counted = match ctx {
        Some(ctx) if !accounts.is_empty() => count(ctx, &accounts).await,
        Some(_) => return skip(report, "no account is stored yet"),
        None => return skip(report, "the database cannot be used"),
    };
    match counted {
        Ok(counts) => tell(report, &counts),
        Err(error) => skip(report, &error.to_string()),
    }
}

fn skip(report: &mut Report, why: &str) {
    report.skip("pushes", why);
    report.skip("messages", why);
}

async fn count(ctx: &Context, accounts: &[AccountId]) -> Result<Counts> {
    let db = ctx.db.reads();
    let since = Timestamp::from(ctx.clock.now()) - LOOK_BACK;
    let mut counts = Counts::default();
    for &account in accounts {
        counts.set_aside += reception::count_pushes(db, account, Push::Failed, EVER).await?;
        counts.unreadable += reception::count_pushes(db, account, Push::Unreadable, since).await?;
        counts.unknown += outbound::count_messages(db, account, Message::Unknown, since).await?;
        counts.held += outbound::count_messages(db, account, Message::Held, EVER).await?;
    }
    Ok(counts)
}

fn tell(report: &mut Report, counts: &Counts) {
    let Counts {
        set_aside,
        unreadable,
        unknown,
        held,
    } = counts;
    if *set_aside > 0 {
        report.warn(
            "pushes",
            &format!(
                "{set_aside} set aside because handling them failed again and again, {unreadable} unreadable in 7 days: \
                 daogou inbound list names each with the reason; they are kept"
            ),
        );
    } else if *unreadable > 0 {
        report.warn(
            "pushes",
            &format!(
                "{unreadable} in 7 days could not be read: they were acknowledged and are kept for DAOGOU_RAW_DAYS; if \
                 their number grows, report the kind that the server's log names"
            ),
        );
    } else {
        report.ok("pushes", "none set aside, none unreadable in 7 days");
    }
    if *unknown > 0 {
        report.warn(
            "messages",
            &format!(
                "{unknown} with an unknown outcome in 7 days, {held} held: `daogou outbound list --state unknown` shows \
                 them; nothing is sent twice by itself"
            ),
        );
    } else {
        report.ok(
            "messages",
            &format!("none with an unknown outcome in 7 days; {held} held until the person writes"),
        );
    }
}
