//! `daogou inbound list|retry`: the pushes that a person should look at. What they say and who sent them stays in the
//! store.

use chrono::SecondsFormat;
use clap::{Subcommand, ValueEnum};
use daogou_schema::InboundId;
use daogou_schema::inbound::State;
use serde_json::{Value, json};

use super::{Done, Failure, open, say};
use crate::accounts;
use crate::context::Context;
use crate::reception::{self, ListedPush};

/// How many are shown at the most: more than a person reads.
const SHOWN: u64 = 200;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Lists pushes, the newest first; never what they say or who sent them.
    List {
        /// Which ones.
        #[arg(long, value_enum, default_value_t = Which::Failed)]
        state: Which,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Has pushes that were set aside handled again, when what was wrong is mended; a running server does it at once.
    Retry {
        /// Their numbers, as listed.
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        /// Every one that was set aside.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
}

/// The states that a person may have to act on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Which {
    /// Handling them failed again and again, and they were set aside.
    Failed,
    /// They are from WeChat and nobody understands them; kept, and nothing else.
    Unreadable,
}

pub(super) async fn run(action: Action) -> Done {
    let ctx = open().await?;
    match action {
        Action::List {
            state,
            account,
            json,
        } => list(&ctx, state, account.as_deref(), json).await,
        Action::Retry {
            ids,
            all,
            account,
            json,
        } => {
            let ids = (!all).then(|| ids.into_iter().map(InboundId).collect());
            retry(&ctx, ids, account.as_deref(), json).await
        }
    }
}

async fn list(ctx: &Context, which: Which, account: Option<&str>, as_json: bool) -> Done {
    let account = accounts::choose(ctx, account).await?;
    let state = match which {
        Which::Failed => State::Failed,
        Which::Unreadable => State::Unreadable,
    };
    // One more than is shown tells whether there are more.
    let mut found = reception::list_pushes(ctx.db.reads(), account.id, state, SHOWN + 1).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    if as_json {
        let lines: Vec<Value> = found.iter().map(line).collect();
        say(&json!({ "pushes": lines, "more": more }).to_string());
        return Ok(());
    }
    for push in &found {
        let at = push
            .received_at
            .to_utc()
            .with_timezone(&ctx.config.timezone);
        say(&format!(
            "#{} {} · {} · {}",
            push.id,
            at.format("%Y-%m-%d %H:%M"),
            push.event.as_deref().unwrap_or(&push.msg_type),
            push.fault.as_deref().unwrap_or("unreadable"),
        ));
    }
    if more {
        say(&format!("… and more: only the newest {SHOWN} are shown"));
    }
    match (which, found.is_empty()) {
        (Which::Failed, true) => say("no push is set aside"),
        (Which::Unreadable, true) => say("every push could be read"),
        (Which::Failed, false) => {
            say("Mend what the reason says, then: daogou inbound retry --all")
        }
        (Which::Unreadable, false) => {
            say("They had no effect. A newer release may read them; please report the type.");
        }
    }
    Ok(())
}

fn line(push: &ListedPush) -> Value {
    let at = push.received_at.to_utc();
    json!({
        "id": push.id.0, "at": at.to_rfc3339_opts(SecondsFormat::Millis, true), "type": push.msg_type,
        "event": push.event, "attempts": push.attempts, "fault": push.fault,
    })
}

async fn retry(
    ctx: &Context,
    ids: Option<Vec<InboundId>>,
    account: Option<&str>,
    as_json: bool,
) -> Done {
    let account = accounts::choose(ctx, account).await?;
    let wanted = ids.as_ref().map(Vec::len);
    let retried = reception::retry(ctx, account.id, ids).await?;
    if wanted.is_some() && retried == 0 {
        return Err(Failure::Failed(
            "none of these is set aside; see daogou inbound list".into(),
        ));
    }
    if as_json {
        say(&json!({ "retried": retried }).to_string());
    } else {
        say(&format!(
            "{retried} to be handled again; a running server does it at once"
        ));
    }
    Ok(())
}
