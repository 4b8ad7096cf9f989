//! Members whom headquarters knows and WeChat does not yet: they were brought in from a file, and nobody can write to them before
//! they follow. Each stands in the account under a sign of our own, so that she is found, tagged and assigned like everybody.

mod queries;

use daogou_schema::{AccountId, MemberId, Timestamp, identity};

use crate::db::Txn;
use crate::error::Result;

pub use queries::{stand_in, whom_account_knows_in};

/// What begins such a sign; WeChat's openids are made of letters, digits, `-` and `_`.
const MARK: char = '~';

/// Whether somebody is known by a sign of our own, and cannot be written to.
pub fn is_waiting(openid: &str) -> bool {
    openid.starts_with(MARK)
}

fn sign(member: MemberId) -> String {
    format!("{MARK}{member}")
}

/// People whom nobody knew so far, in the order of their names.
///
/// # Errors
/// When the store fails.
pub async fn expect_in(
    txn: &Txn,
    account: AccountId,
    names: &[Option<String>],
    now: Timestamp,
) -> Result<Vec<MemberId>> {
    let members = queries::insert(txn, names, now).await?;
    stand_in(txn, account, &members).await?;
    Ok(members)
}

fn row(account: AccountId, member: MemberId) -> identity::Model {
    identity::Model {
        account_id: account,
        openid: sign(member),
        member_id: member,
        subscribed: false,
        subscribe_scene: None,
        first_subscribed_at: None,
        subscribed_at: None,
        unsubscribed_at: None,
        // She was never here.
        last_seen_at: Timestamp(0),
        code_id: None,
    }
}
