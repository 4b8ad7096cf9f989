//! What was promised and did not come to its end: pushes that nobody could handle, messages with an unknown outcome.

use chrono::TimeDelta;
use daogou_schema::inbound::State as Push;
use daogou_schema::outbound::State as Message;
use daogou_schema::{AccountId, Timestamp};

use super::{Finding, State, end};
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

/// Counts them over these accounts: pushes, then messages.
pub async fn examine(ctx: &Context, accounts: &[AccountId]) -> [Finding; 2] {
    match count(ctx, accounts).await {
        Ok(counts) => [pushes(&counts), messages(&counts)],
        Err(error) => ["pushes", "messages"].map(|name| {
            let words = (error.to_string(), "数据库没有答复，没有数出来");
            Finding::new(name, end(State::Skipped, words.0, words.1))
        }),
    }
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

fn pushes(counts: &Counts) -> Finding {
    let Counts {
        set_aside,
        unreadable,
        ..
    } = counts;
    let judged = if *set_aside > 0 {
        end(
            State::Warn,
            format!(
                "{set_aside} set aside because handling them failed again and again, {unreadable} unreadable in 7 days: \
                 daogou inbound list names each with the reason; they are kept"
            ),
            format!(
                "有 {set_aside} 条消息多次处理失败，先放在一边；7 天内有 {unreadable} 条读不懂。它们都还在，请在服务器上运行 \
                 daogou inbound list 看原因"
            ),
        )
    } else if *unreadable > 0 {
        end(
            State::Warn,
            format!(
                "{unreadable} in 7 days could not be read: they were acknowledged and are kept for DAOGOU_RAW_DAYS; if \
                 their number grows, report the kind that the server's log names"
            ),
            format!(
                "7 天内有 {unreadable} 条消息读不懂，已收下并保留；如果越来越多，请反馈服务器日志里写的类型"
            ),
        )
    } else {
        end(
            State::Ok,
            "none set aside, none unreadable in 7 days",
            "没有处理失败的消息，7 天内也没有读不懂的",
        )
    };
    Finding::new("pushes", judged)
}

fn messages(counts: &Counts) -> Finding {
    let Counts { unknown, held, .. } = counts;
    let judged = if *unknown > 0 {
        end(
            State::Warn,
            format!(
                "{unknown} with an unknown outcome in 7 days, {held} held: `daogou outbound list --state unknown` shows \
                 them; nothing is sent twice by itself"
            ),
            format!(
                "7 天内有 {unknown} 条不知道是否送达，{held} 条在等对方来信；不会自动重发，请在服务器上运行 daogou outbound list \
                 --state unknown 查看"
            ),
        )
    } else {
        end(
            State::Ok,
            format!("none with an unknown outcome in 7 days; {held} held until the person writes"),
            format!("7 天内每条消息的去向都清楚；{held} 条在等对方来信"),
        )
    };
    Finding::new("messages", judged)
}
