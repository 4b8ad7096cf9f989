//! Messages that are forgotten, by the index of their state and the time they were last due.

use daogou_schema::outbound::{Column, Entity, State};
use daogou_schema::{OutboundId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Txn;
use crate::error::Result;

/// How many rows one purge touches, so that it never holds the writer long.
const PURGE: u64 = 500;

pub(super) async fn due_before(
    db: &impl ConnectionTrait,
    state: State,
    before: Timestamp,
) -> Result<Vec<OutboundId>> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(state))
        .filter(Column::DueAt.lt(before))
        .order_by_asc(Column::DueAt)
        .limit(PURGE);
    Ok(old.into_tuple().all(db).await?)
}

pub(super) async fn forget(txn: &Txn, ids: &[OutboundId]) -> Result<()> {
    let these = Column::Id.is_in(ids.iter().copied());
    Entity::delete_many().filter(these).exec(txn.conn()).await?;
    Ok(())
}
