//! What members agree to, for each purpose: every word is kept, and those about being written to take effect.

use daogou_schema::consent::{self, Purpose, Way};
use daogou_schema::{InboundId, MemberId, StaffId, Timestamp};
use sea_orm::Set;

use super::queries;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// How many of the newest words are shown.
const SHOWN_MAX: u64 = 100;

/// A member agrees, or takes it back.
#[derive(Clone, Debug)]
pub struct Word {
    /// Who.
    pub member: MemberId,
    /// To what.
    pub purpose: Purpose,
    /// Agrees, or takes it back.
    pub given: bool,
    /// How it reached us.
    pub way: Way,
    /// Which text she was shown.
    pub text_version: Option<String>,
    /// Who of the staff notes it.
    pub staff: Option<StaffId>,
    /// The push it came with.
    pub inbound: Option<InboundId>,
    /// When.
    pub at: Timestamp,
}

/// Notes a word and acts by it: without consent to marketing she is muted, without consent to contact nobody writes first.
///
/// # Errors
/// When the store fails.
pub async fn note_word_in(txn: &Txn, word: &Word) -> Result<()> {
    match word.purpose {
        Purpose::Marketing => queries::set_muted_in(txn, word.member, !word.given).await?,
        Purpose::Contact => queries::set_quiet_in(txn, word.member, !word.given).await?,
        // Nothing of these is done yet that would have to stop.
        Purpose::Profile | Purpose::Children => {}
    }
    let row = consent::ActiveModel {
        member_id: Set(word.member),
        purpose: Set(word.purpose),
        given: Set(word.given),
        way: Set(word.way),
        text_version: Set(word.text_version.clone()),
        staff_id: Set(word.staff),
        inbound_id: Set(word.inbound),
        at: Set(word.at),
        ..Default::default()
    };
    queries::insert_consent(txn, row).await
}

/// The newest words of a member, from inside a unit.
///
/// # Errors
/// When the store fails.
pub async fn consents_in(txn: &Txn, member: MemberId) -> Result<Vec<consent::Model>> {
    queries::consents(txn.conn(), member, SHOWN_MAX).await
}

/// The newest words of a member.
///
/// # Errors
/// When the store fails.
pub async fn consents(ctx: &Context, member: MemberId) -> Result<Vec<consent::Model>> {
    queries::consents(ctx.db.reads(), member, SHOWN_MAX).await
}
