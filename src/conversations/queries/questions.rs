//! Open questions in the store: answers of a guide that wait for a name.

use daogou_schema::{GuideId, Timestamp, question};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::accounts::Visit;
use crate::conversations::line::Line;
use crate::db::{Txn, padded};
use crate::error::{Error, Result};

pub(in crate::conversations) async fn insert_question(
    txn: &Txn,
    visit: &Visit,
    guide: GuideId,
    line: &Line,
) -> Result<()> {
    let push = visit
        .inbound_id
        .ok_or_else(|| Error::Internal("a question without a push".into()))?;
    let row = question::ActiveModel {
        account_id: Set(visit.account.id),
        guide_id: Set(guide),
        inbound_id: Set(push),
        content: Set(line.to_json()?),
        state: Set(question::State::Open),
        asked_at: Set(visit.now),
        ..Default::default()
    };
    question::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

/// The answers of a guide that wait for a name, oldest first.
pub(in crate::conversations) async fn open_questions(
    txn: &Txn,
    guide: GuideId,
) -> Result<Vec<Line>> {
    let rows = question::Entity::find()
        .filter(open_of(guide))
        .order_by_asc(question::Column::Id)
        .all(txn.conn())
        .await?;
    rows.iter()
        .map(|row| Line::from_json(&row.content))
        .collect()
}

/// Drops what was asked about before `before` and has no name yet; says how many.
pub(in crate::conversations) async fn drop_stale(
    txn: &Txn,
    guide: GuideId,
    before: Timestamp,
    at: Timestamp,
) -> Result<u64> {
    let stale = open_of(guide).add(question::Column::AskedAt.lt(before));
    decide(txn, stale, question::State::Dropped, at).await
}

/// Decides all open questions of a guide; the store's guard against deciding twice.
pub(in crate::conversations) async fn close_questions(
    txn: &Txn,
    guide: GuideId,
    state: question::State,
    at: Timestamp,
) -> Result<u64> {
    if !txn
        .together(guide, |txn, guides| Box::pin(any_open(txn, guides)))
        .await?
    {
        return Ok(0);
    }
    decide(txn, open_of(guide), state, at).await
}

fn open_of(guide: GuideId) -> Condition {
    Condition::all()
        .add(question::Column::GuideId.eq(guide))
        .add(question::Column::State.eq(question::State::Open))
}

async fn decide(txn: &Txn, these: Condition, state: question::State, at: Timestamp) -> Result<u64> {
    let row = question::ActiveModel {
        state: Set(state),
        decided_at: Set(Some(at)),
        ..Default::default()
    };
    let decided = question::Entity::update_many()
        .set(row)
        .filter(these)
        .exec(txn.conn())
        .await?;
    Ok(decided.rows_affected)
}

/// Which of `guides` have questions that wait for a name.
async fn any_open(txn: &Txn, guides: &[GuideId]) -> Result<Vec<bool>> {
    let asked: Vec<GuideId> = question::Entity::find()
        .select_only()
        .column(question::Column::GuideId)
        .filter(question::Column::GuideId.is_in(padded(guides.iter().copied())))
        .filter(question::Column::State.eq(question::State::Open))
        .distinct()
        .into_tuple()
        .all(txn.conn())
        .await?;
    Ok(guides.iter().map(|guide| asked.contains(guide)).collect())
}
