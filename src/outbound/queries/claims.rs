//! Claims: what is on its way, as a call or as a passive answer, and how it ended.

use daogou_schema::outbound::{self, Channel, Entity, Purpose, State};
use daogou_schema::reply_window::Trigger;
use daogou_schema::{Address, InboundId, OutboundId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::{Txn, padded};
use crate::error::{Error, Result};
use crate::outbound::Reason;

/// Marks what push `answer_to` carries as its HTTP answer.
///
/// # Errors
/// [`Error::Taken`] when one of them is on its way already: look again.
pub(in crate::outbound) async fn mark_answering(
    txn: &Txn,
    ids: &[OutboundId],
    answer_to: InboundId,
    until: Timestamp,
) -> Result<()> {
    let marked = Entity::update_many()
        .col_expr(outbound::Column::State, State::Answering.into())
        .col_expr(outbound::Column::Channel, Channel::Passive.into())
        .col_expr(outbound::Column::AnswerTo, answer_to.0.into())
        .col_expr(outbound::Column::LeaseUntil, until.0.into())
        .filter(outbound::Column::Id.is_in(padded(ids.iter().copied())))
        .filter(outbound::Column::State.eq(State::Ready))
        .exec(txn.conn())
        .await?;
    all_of(ids.len(), marked.rows_affected)
}

/// Every row was still there to be taken.
fn all_of(wanted: usize, got: u64) -> Result<()> {
    if u64::try_from(wanted).is_ok_and(|wanted| wanted == got) {
        Ok(())
    } else {
        Err(Error::Taken)
    }
}

/// The answers of `pushes` were handed to WeChat, each to the person who had sent it.
pub(in crate::outbound) async fn mark_served(
    txn: &Txn,
    pushes: &[(InboundId, &Address)],
    now: Timestamp,
) -> Result<()> {
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Sent.into())
        .col_expr(outbound::Column::Reason, Expr::value(None::<String>))
        .col_expr(outbound::Column::SettledAt, now.0.into())
        .filter(
            outbound::Column::AccountId.is_in(padded(pushes.iter().map(|(_, to)| to.account_id))),
        )
        .filter(
            outbound::Column::Openid.is_in(padded(pushes.iter().map(|(_, to)| to.openid.as_str()))),
        )
        .filter(outbound::Column::AnswerTo.is_in(padded(pushes.iter().map(|(push, _)| *push))))
        .filter(outbound::Column::State.is_in([State::Answering, State::Unknown]))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The guides' answers among what [`lapse`] is about to turn, locked: who else looks for them waits, and then finds none.
pub(in crate::outbound) async fn lapsing_answers(
    txn: &Txn,
    before: Timestamp,
) -> Result<Vec<outbound::Model>> {
    let answers = lapsing(before).add(outbound::Column::Purpose.eq(Purpose::Answer));
    let query = Entity::find()
        .filter(answers)
        .order_by_asc(outbound::Column::Id)
        .lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

/// Turns claims and passive answers whose time was over by `before` into unknown outcomes and says how many.
pub(in crate::outbound) async fn lapse(
    txn: &Txn,
    now: Timestamp,
    before: Timestamp,
    reason: Reason,
) -> Result<u64> {
    let lapsed = Entity::update_many()
        .col_expr(outbound::Column::State, State::Unknown.into())
        .col_expr(outbound::Column::Reason, reason.word().into())
        .col_expr(outbound::Column::SettledAt, now.0.into())
        .filter(lapsing(before))
        .exec(txn.conn())
        .await?;
    Ok(lapsed.rows_affected)
}

fn lapsing(before: Timestamp) -> Condition {
    Condition::all()
        .add(outbound::Column::State.is_in([State::Claimed, State::Answering]))
        .add(outbound::Column::LeaseUntil.lt(before))
}

/// A claim: the first row carries the message, the others went into it.
///
/// # Errors
/// [`Error::Taken`] when one of them is on its way already: look again.
pub(in crate::outbound) async fn claim(
    txn: &Txn,
    rows: &[outbound::Model],
    spent: Trigger,
    fence: i64,
    until: Timestamp,
) -> Result<()> {
    let ids = rows.iter().map(|r| r.id);
    let claimed = Entity::update_many()
        .col_expr(outbound::Column::State, State::Claimed.into())
        .col_expr(outbound::Column::Channel, Channel::Service.into())
        .col_expr(
            outbound::Column::Attempts,
            Expr::col(outbound::Column::Attempts).add(1),
        )
        .col_expr(outbound::Column::Spent, spent.into())
        .col_expr(outbound::Column::Fence, fence.into())
        .col_expr(outbound::Column::LeaseUntil, until.0.into())
        .filter(outbound::Column::Id.is_in(padded(ids)))
        .filter(outbound::Column::State.eq(State::Ready))
        .exec(txn.conn())
        .await?;
    all_of(rows.len(), claimed.rows_affected)
}

/// What a settled claim becomes.
pub(in crate::outbound) struct Settled {
    pub state: State,
    pub reason: Option<Reason>,
    pub code: Option<i64>,
    pub due_at: Option<Timestamp>,
}

/// Settles the claimed rows `ids` under `fence` and says whether the claim still stood.
pub(in crate::outbound) async fn settle(
    txn: &Txn,
    ids: &[OutboundId],
    fence: i64,
    now: Timestamp,
    to: &Settled,
) -> Result<bool> {
    let mut update = Entity::update_many()
        .col_expr(outbound::Column::State, to.state.into())
        .col_expr(
            outbound::Column::Reason,
            Expr::value(to.reason.map(|r| r.word().to_owned())),
        )
        .col_expr(outbound::Column::Code, Expr::value(to.code))
        .col_expr(outbound::Column::LeaseUntil, Expr::value(None::<i64>));
    update = match to.due_at {
        Some(due) => update.col_expr(outbound::Column::DueAt, due.0.into()),
        None => update.col_expr(outbound::Column::SettledAt, now.0.into()),
    };
    let done = update
        .filter(outbound::Column::Id.is_in(padded(ids.iter().copied())))
        .filter(outbound::Column::Fence.eq(fence))
        .filter(outbound::Column::State.eq(State::Claimed))
        .exec(txn.conn())
        .await?;
    Ok(done.rows_affected > 0)
}
