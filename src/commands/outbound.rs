//! `daogou outbound list`: the messages whose outcome a person should know. What they say and whom they are for stays
//! in the chat.

use std::collections::HashMap;

use chrono::SecondsFormat;
use clap::{Subcommand, ValueEnum};
use daogou_schema::outbound::{Purpose, State};
use serde_json::{Value, json};

use super::{Done, open, say};
use crate::context::Context;
use crate::outbound::{self, Listed, Reason};
use crate::{accounts, guides};

/// How many are shown at the most: more than a person reads.
const SHOWN: u64 = 200;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Lists messages, the newest first; never what they say or whom they are for.
    List {
        /// Which ones.
        #[arg(long, value_enum, default_value_t = Which::Unknown)]
        state: Which,
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
    /// Nobody knows whether they arrived; they are never sent again by themselves.
    Unknown,
    /// They wait until the person writes again.
    Held,
    /// WeChat refused them for good.
    Refused,
}

impl From<Which> for State {
    fn from(which: Which) -> Self {
        match which {
            Which::Unknown => Self::Unknown,
            Which::Held => Self::Held,
            Which::Refused => Self::Refused,
        }
    }
}

pub(super) async fn run(action: Action) -> Done {
    let Action::List {
        state,
        account,
        json,
    } = action;
    let ctx = open().await?;
    list(&ctx, state, account.as_deref(), json).await
}

async fn list(ctx: &Context, which: Which, account: Option<&str>, as_json: bool) -> Done {
    let account = accounts::choose(ctx, account).await?;
    let db = ctx.db.reads();
    // One more than is shown tells whether there are more.
    let mut found = outbound::list_messages(db, account.id, which.into(), SHOWN + 1).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let guides = guides::list(db, account.id).await?;
    let names: HashMap<_, _> = guides.into_iter().map(|g| (g.id, g.name)).collect();
    let guide_of = |message: &Listed| message.guide_id.and_then(|id| names.get(&id));
    if as_json {
        let lines: Vec<Value> = found
            .iter()
            .map(|m| {
                json!({
                    "id": m.id.0, "at": m.created_at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true),
                    "guide": guide_of(m), "purpose": word(m.purpose), "reason": m.reason, "code": m.code,
                })
            })
            .collect();
        say(&json!({ "messages": lines, "more": more }).to_string());
        return Ok(());
    }
    if found.is_empty() {
        say(nothing(which));
    }
    for m in &found {
        let at = m.created_at.to_utc().with_timezone(&ctx.config.timezone);
        let guide = guide_of(m).map_or("no guide", String::as_str);
        say(&format!(
            "#{} {} · {guide} · {} · {}",
            m.id,
            at.format("%Y-%m-%d %H:%M"),
            word(m.purpose),
            why(m)
        ));
    }
    if more {
        say(&format!("… and more: only the newest {SHOWN} are shown"));
    }
    if !found.is_empty() {
        say(advice(which));
    }
    Ok(())
}

fn nothing(which: Which) -> &'static str {
    match which {
        Which::Unknown => "no message has an unknown outcome",
        Which::Held => "no message waits",
        Which::Refused => "WeChat refused no message",
    }
}

fn advice(which: Which) -> &'static str {
    match which {
        Which::Unknown => {
            "They may have arrived. Ask the person, or send again by hand: nothing is sent twice by itself."
        }
        Which::Held => "Nothing to do: each goes out when the person writes to the account again.",
        Which::Refused => "They were not delivered and will not be tried again.",
    }
}

fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Welcome => "welcome",
        Purpose::Relay => "relay",
        Purpose::Answer => "answer",
        Purpose::Notice => "notice",
        Purpose::Waiting => "waiting",
        Purpose::Courtesy => "courtesy",
    }
}

fn why(message: &Listed) -> String {
    let reason = message.reason.as_deref().unwrap_or_default();
    let text = reason.parse().map_or(reason, |reason| explained(reason));
    match message.code {
        Some(code) => format!("{text} ({code})"),
        None => text.to_owned(),
    }
}

fn explained(reason: Reason) -> &'static str {
    match reason {
        Reason::Window => "no reply window is open",
        Reason::Count => "the reply window's messages are used up",
        Reason::Quiet => "the person wants to be written to only when she writes",
        Reason::NotFollowing => "the person does not follow the account",
        Reason::Recipient => "the person cannot or will not get messages of the account",
        Reason::Configuration => "the account lacks a right or is set up wrongly: daogou doctor",
        Reason::Quota => "a quota of the account is used up",
        Reason::Content => "WeChat does not take this content",
        Reason::Media => "the picture, voice or video could not be fetched",
        Reason::Unreachable => "WeChat could not be reached for a long time",
        Reason::NoAnswer => "WeChat did not answer",
        Reason::Interrupted => "the process ended while sending",
        Reason::Restored => "it was under way when the backup was made that was restored",
    }
}
