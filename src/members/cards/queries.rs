//! The brand's numbers in the store.

use std::collections::BTreeMap;

use daogou_schema::member_card::{ActiveModel, Column, Entity};
use daogou_schema::{AccountId, MemberId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::db::{Txn, insert_all, padded};
use crate::error::Result;

/// Asked for more at once, a database may read the table from end to end.
const AT_ONCE: usize = 64;

/// Whose these numbers are in an account, as far as they are somebody's.
///
/// # Errors
/// When the store fails.
pub async fn owners_in(
    txn: &Txn,
    account: AccountId,
    numbers: &[String],
) -> Result<BTreeMap<String, MemberId>> {
    let mut owners = BTreeMap::new();
    for some in numbers.chunks(AT_ONCE) {
        let query = Entity::find()
            .select_only()
            .column(Column::Number)
            .column(Column::MemberId)
            .filter(Column::AccountId.eq(account))
            .filter(Column::Number.is_in(padded(some.iter().map(String::as_str))));
        let found: Vec<(String, MemberId)> = query.into_tuple().all(txn.conn()).await?;
        owners.extend(found);
    }
    Ok(owners)
}

/// The numbers of `members`, as far as they have one.
///
/// # Errors
/// When the store fails.
pub async fn of_in(txn: &Txn, members: &[MemberId]) -> Result<BTreeMap<MemberId, String>> {
    of(txn.conn(), members).await
}

/// The same, from any connection.
///
/// # Errors
/// When the store fails.
pub async fn of(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<BTreeMap<MemberId, String>> {
    let mut numbers = BTreeMap::new();
    for some in members.chunks(AT_ONCE) {
        let query = Entity::find()
            .select_only()
            .column(Column::MemberId)
            .column(Column::Number)
            .filter(Column::MemberId.is_in(padded(some.iter().copied())));
        let found: Vec<(MemberId, String)> = query.into_tuple().all(db).await?;
        numbers.extend(found);
    }
    Ok(numbers)
}

/// These members have these numbers from now on; they had none so far.
///
/// # Errors
/// When the store fails, or a number is somebody's.
pub async fn give_in(txn: &Txn, account: AccountId, numbers: &[(MemberId, String)]) -> Result<()> {
    let row = |(member, number): &(MemberId, String)| ActiveModel {
        member_id: Set(*member),
        account_id: Set(account),
        number: Set(number.clone()),
    };
    let rows: Vec<_> = numbers.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

/// A member has no number any more; says whether she had one.
///
/// # Errors
/// When the store fails.
pub async fn forget_in(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = Entity::delete_by_id(member).exec(txn.conn()).await?;
    Ok(gone.rows_affected)
}
