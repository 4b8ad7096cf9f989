//! Questions that are old enough to be forgotten.

use daogou_schema::QuestionId;
use daogou_schema::question::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::{Txn, padded};
use crate::error::Result;

/// How many are looked at together.
const PIECE: u64 = 200;

/// The oldest ones, by their ids, which rise with time.
pub(in crate::privacy) async fn oldest(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::Id.gt(QuestionId(0)))
        .order_by_asc(Column::Id)
        .limit(PIECE);
    Ok(query.all(db).await?)
}

pub(in crate::privacy) async fn delete(txn: &Txn, ids: &[QuestionId]) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Id.is_in(padded(ids.iter().copied())))
        .exec(txn.conn())
        .await?;
    Ok(())
}
