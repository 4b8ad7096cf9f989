//! What pages show of messages and windows.

use daogou_schema::outbound::State;
use daogou_schema::{Address, MessageId, Timestamp};

use super::queries::{self, Fate};
use crate::context::Context;
use crate::error::Result;

/// What became of lines on their way to a person.
///
/// # Errors
/// When the store fails.
pub async fn fates(ctx: &Context, to: &Address, lines: &[MessageId]) -> Result<Vec<Fate>> {
    queries::fates(ctx.db.reads(), to, lines).await
}

/// What became of one line: it can go out in several messages, and the one that did not arrive says how it stands.
pub fn fate_of(fates: &[Fate], line: MessageId) -> Option<&Fate> {
    let own = || fates.iter().filter(|fate| fate.line == line);
    let undone = own().find(|fate| fate.state != State::Sent);
    undone.or_else(|| own().next())
}

/// A person's open windows: until when, and how many messages are left.
///
/// # Errors
/// When the store fails.
pub async fn open_windows(
    ctx: &Context,
    to: &Address,
    now: Timestamp,
) -> Result<Vec<(Timestamp, i32)>> {
    let windows = queries::windows_shown(ctx.db.reads(), to).await?;
    let open = windows
        .into_iter()
        .filter(|(until, left)| *until > now && *left > 0);
    Ok(open.collect())
}
