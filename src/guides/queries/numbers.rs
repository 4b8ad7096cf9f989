//! Numbers of customers in the store.

use std::collections::BTreeMap;

use daogou_schema::{GuideId, MemberId, Timestamp, guide, guide_number};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::{all_of, forget_current_in};
use crate::db::{Only, Txn, case, each, insert_all, padded};
use crate::error::{Error, Result};

/// The number by which a guide calls a member, if given.
///
/// # Errors
/// When the store fails.
pub async fn number_of_in(txn: &Txn, guide: GuideId, member: MemberId) -> Result<Option<i32>> {
    txn.together((guide, member), |txn, pairs| {
        Box::pin(numbers_of(txn, pairs))
    })
    .await
}

async fn numbers_of(txn: &Txn, pairs: &[(GuideId, MemberId)]) -> Result<Vec<Option<i32>>> {
    // Not one list of guides and one of members: each guide would be looked up with everybody.
    let these = padded(pairs.iter().copied()).into_iter().fold(
        Condition::any(),
        |these, (guide, member)| {
            let this = guide_number::Column::GuideId.eq(guide);
            these.add(this.and(guide_number::Column::MemberId.eq(member)))
        },
    );
    let found = guide_number::Entity::find()
        .filter(these)
        .all(txn.conn())
        .await?;
    let found = each(pairs.iter().copied(), found, |row| {
        (row.guide_id, row.member_id)
    });
    Ok(found.into_iter().map(|row| Some(row?.number)).collect())
}

/// Whom a guide calls by this number.
///
/// # Errors
/// When the store fails.
pub async fn member_of_number_in(
    txn: &Txn,
    guide: GuideId,
    number: i32,
) -> Result<Option<MemberId>> {
    member_of_number(txn.conn(), guide, number).await
}

pub(in crate::guides) async fn insert_number(
    txn: &Txn,
    guide: GuideId,
    member: MemberId,
    now: Timestamp,
) -> Result<i32> {
    txn.together((guide, member, now), |txn, new| {
        Box::pin(insert_numbers(txn, new))
    })
    .await
}

async fn insert_numbers(txn: &Txn, new: &[(GuideId, MemberId, Timestamp)]) -> Result<Vec<i32>> {
    let mut wanted: BTreeMap<GuideId, i32> = BTreeMap::new();
    for (guide, _, _) in new {
        *wanted.entry(*guide).or_default() += 1;
    }
    // Raising the counters locks the guides' rows, so two nodes never give the same number.
    let (id, last) = (guide::Column::Id, guide::Column::LastNumber);
    let by = case(
        id,
        padded(wanted.iter().map(|(guide, count)| (*guide, *count))),
    );
    guide::Entity::update_many()
        .col_expr(last, Expr::col(last).add(by))
        .filter(id.is_in(padded(wanted.keys().copied())))
        .exec(txn.conn())
        .await?;
    let ids: Vec<_> = wanted.keys().copied().collect();
    let mut next = BTreeMap::new();
    for (raised, (id, count)) in all_of(txn, &ids).await?.into_iter().zip(wanted) {
        let raised = raised.ok_or_else(|| Error::NotFound(format!("guide {id} does not exist")))?;
        next.insert(id, raised.last_number - count);
    }
    let (mut numbers, mut rows) = (Vec::new(), Vec::new());
    for (guide, member, now) in new {
        let number = next.entry(*guide).or_default();
        *number += 1;
        numbers.push(*number);
        rows.push(guide_number::ActiveModel {
            guide_id: Set(*guide),
            number: Set(*number),
            member_id: Set(*member),
            given_at: Set(*now),
            starred_at: Set(None),
        });
    }
    insert_all(txn, &rows).await?;
    Ok(numbers)
}

/// The numbers by which a guide calls these members, and whom of them she has starred.
pub(in crate::guides) async fn numbers_among(
    db: &impl ConnectionTrait,
    guide: GuideId,
    members: &[MemberId],
) -> Result<Vec<guide_number::Model>> {
    let mut found = Vec::new();
    for piece in members.chunks(64) {
        let query = guide_number::Entity::find()
            .filter(guide_number::Column::GuideId.eq(guide))
            .filter(guide_number::Column::MemberId.is_in(padded(piece.iter().copied())));
        found.extend(query.all(db).await?);
    }
    Ok(found)
}

/// Whom a guide has starred, who was starred last first.
pub(in crate::guides) async fn starred(
    db: &impl ConnectionTrait,
    guide: GuideId,
    count: u64,
) -> Result<Vec<MemberId>> {
    let query = guide_number::Entity::find()
        .select_only()
        .column(guide_number::Column::MemberId)
        .filter(guide_number::Column::GuideId.eq(guide))
        .filter(guide_number::Column::StarredAt.is_not_null())
        .order_by_desc(guide_number::Column::StarredAt)
        .limit(count);
    Ok(query.into_tuple().all(db).await?)
}

pub(in crate::guides) async fn set_star(
    txn: &Txn,
    guide: GuideId,
    number: i32,
    at: Option<Timestamp>,
) -> Result<()> {
    let row = guide_number::ActiveModel {
        starred_at: Set(at),
        ..Default::default()
    };
    guide_number::Entity::update_many()
        .set(row)
        .filter(guide_number::Column::GuideId.eq(guide))
        .filter(guide_number::Column::Number.eq(number))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Whom a guide calls by this number.
pub(in crate::guides) async fn member_of_number(
    db: &impl ConnectionTrait,
    guide: GuideId,
    number: i32,
) -> Result<Option<MemberId>> {
    let found = guide_number::Entity::find_by_id((guide, number))
        .only(db)
        .await?;
    Ok(found.map(|row| row.member_id))
}

/// Nobody calls this member by a number any more, and nobody talks to her; says how many did. The numbers are not given
/// again.
///
/// # Errors
/// When the store fails.
pub async fn forget_member_in(txn: &Txn, member: MemberId) -> Result<u64> {
    let hers = guide_number::Column::MemberId.eq(member);
    let numbers = guide_number::Entity::find()
        .filter(hers.clone())
        .all(txn.conn())
        .await?;
    let guides: Vec<_> = numbers.iter().map(|row| row.guide_id).collect();
    for guide in all_of(txn, &guides).await?.into_iter().flatten() {
        if guide.current_member_id == Some(member) {
            forget_current_in(txn, guide.id).await?;
        }
    }
    let gone = guide_number::Entity::delete_many()
        .filter(hers)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}
