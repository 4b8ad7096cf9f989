//! What members agreed to, as headquarters notes it.

use daogou_schema::consent::{Purpose, Way};
use daogou_schema::{AccountId, MemberId, StaffId, Timestamp};
use sea_orm::ActiveEnum;
use serde_json::json;

use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::members::{self, Word};

/// Notes what a member said to one of the staff.
///
/// # Errors
/// When the store fails.
pub async fn note(
    ctx: &Context,
    account: AccountId,
    (member, purpose, given): (MemberId, Purpose, bool),
    text_version: Option<String>,
    staff: StaffId,
) -> Result<()> {
    let word = Word {
        member,
        purpose,
        given,
        way: Way::Console,
        text_version,
        staff: Some(staff),
        inbound: None,
        at: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write((account, word), |txn, (account, word)| {
            Box::pin(note_in(txn, *account, word))
        })
        .await
}

async fn note_in(txn: &Txn, account: AccountId, word: &Word) -> Result<()> {
    members::note_word_in(txn, word).await?;
    let Some(staff) = word.staff else {
        return Ok(());
    };
    let entry = Entry {
        by: By::Staff(staff),
        account: Some(account),
        act: Act::NoteConsent,
        subject: audit::subject("member", word.member),
        before: None,
        after: Some(json!({
            "purpose": word.purpose.to_value(),
            "given": word.given,
            "text_version": &word.text_version,
        })),
    };
    audit::note_in(txn, word.at, entry).await
}
