//! Who waits, in the store.

use std::collections::BTreeSet;

use daogou_schema::{AccountId, MemberId, Timestamp, identity, member};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, NotSet, QueryFilter, QuerySelect,
};

use super::row;
use crate::db::{Txn, insert_all, insert_numbered, padded};
use crate::error::Result;

pub(super) async fn insert(
    txn: &Txn,
    names: &[Option<String>],
    now: Timestamp,
) -> Result<Vec<MemberId>> {
    let new = |name: &Option<String>| {
        let row = member::Model {
            id: MemberId(0),
            unionid: None,
            name: name.clone(),
            quiet: false,
            muted: false,
            insider: None,
            birthday: None,
            created_at: now,
        };
        let mut row = row.into_active_model().reset_all();
        row.id = NotSet;
        row
    };
    let rows: Vec<_> = names.iter().map(new).collect();
    insert_numbered(txn, &rows).await
}

/// From now on an account knows `members` whom it did not know.
///
/// # Errors
/// When the store fails.
pub async fn stand_in(txn: &Txn, account: AccountId, members: &[MemberId]) -> Result<()> {
    let row = |member: &MemberId| row(account, *member).into_active_model().reset_all();
    let rows: Vec<_> = members.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

/// Who of `members` is known to the account.
///
/// # Errors
/// When the store fails.
pub async fn whom_account_knows_in(
    txn: &Txn,
    account: AccountId,
    members: &[MemberId],
) -> Result<BTreeSet<MemberId>> {
    let query = identity::Entity::find()
        .select_only()
        .column(identity::Column::MemberId)
        .filter(identity::Column::MemberId.is_in(padded(members.iter().copied())))
        .filter(identity::Column::AccountId.eq(account));
    let found: Vec<MemberId> = query.into_tuple().all(txn.conn()).await?;
    Ok(found.into_iter().collect())
}
