//! Who left long ago, and whom the platform speaks of.

use daogou_schema::{AccountId, Address, MemberId, Timestamp, identity};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, Txn};
use crate::error::Result;

/// Whose every identity left before `before`, those who left first.
pub(in crate::privacy) async fn left_before(
    db: &impl ConnectionTrait,
    before: Timestamp,
    count: u64,
) -> Result<Vec<(AccountId, MemberId)>> {
    let other = Alias::new("other");
    let column = |column: identity::Column| Expr::col((other.clone(), column));
    let still_here = Query::select()
        .expr(Expr::val(1))
        .from_as(identity::Entity, other.clone())
        .and_where(
            column(identity::Column::MemberId)
                .equals((identity::Entity, identity::Column::MemberId)),
        )
        .cond_where(
            Condition::any()
                .add(column(identity::Column::Subscribed).eq(true))
                .add(column(identity::Column::LastSeenAt).gte(before)),
        )
        .to_owned();
    let query = identity::Entity::find()
        .select_only()
        .column(identity::Column::AccountId)
        .column(identity::Column::MemberId)
        .filter(identity::Column::Subscribed.eq(false))
        .filter(identity::Column::UnsubscribedAt.lt(before))
        .filter(Expr::exists(still_here).not())
        .order_by_asc(identity::Column::UnsubscribedAt)
        .limit(count);
    Ok(query.into_tuple().all(db).await?)
}

/// The member with this address.
pub(in crate::privacy) async fn member_at(txn: &Txn, person: &Address) -> Result<Option<MemberId>> {
    let key = (person.account_id, person.openid.clone());
    let found = identity::Entity::find_by_id(key).only(txn.conn()).await?;
    Ok(found.map(|row| row.member_id))
}
