//! Claims: what is on its way, as a call or as a passive answer, and how it ended.

use daogou_schema::outbound::{self, Channel, Entity, State};
use daogou_schema::reply_window::Trigger;
use daogou_schema::{Address, InboundId, OutboundId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::{Txn, among, case, padded};
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
    let rows: Vec<_> = ids.iter().map(|id| (*id, answer_to)).collect();
    txn.together((rows, until), |txn, answers| {
        Box::pin(mark_all_answering(txn, answers))
    })
    .await
}

async fn mark_all_answering(
    txn: &Txn,
    answers: &[(Vec<(OutboundId, InboundId)>, Timestamp)],
) -> Result<Vec<()>> {
    let Some(until) = answers.iter().map(|(_, until)| until.0).max() else {
        return Ok(Vec::new());
    };
    let wanted: Vec<_> = answers.iter().flat_map(|(rows, _)| rows).copied().collect();
    let rows = padded(wanted.iter().copied());
    let id = outbound::Column::Id;
    let marked = Entity::update_many()
        .col_expr(outbound::Column::State, State::Answering.into())
        .col_expr(outbound::Column::Channel, Channel::Passive.into())
        .col_expr(outbound::Column::AnswerTo, case(id, rows.iter().copied()))
        .col_expr(outbound::Column::LeaseUntil, until.into())
        .filter(id.is_in(rows.iter().map(|(row, _)| *row)))
        .filter(outbound::Column::State.eq(State::Ready))
        .exec(txn.conn())
        .await?;
    all_of(wanted.len(), marked.rows_affected)?;
    Ok(vec![(); answers.len()])
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
        .filter(among(
            outbound::Column::AccountId,
            outbound::Column::Openid,
            pushes.iter().map(|(_, to)| *to),
        ))
        .filter(outbound::Column::AnswerTo.is_in(padded(pushes.iter().map(|(push, _)| *push))))
        .filter(outbound::Column::State.is_in([State::Answering, State::Unknown]))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// What was claimed, or given along as a passive answer, and was not settled by `before`; locked: who else looks for it
/// waits, and then finds none.
pub(in crate::outbound) async fn lapsing(
    txn: &Txn,
    before: Timestamp,
) -> Result<Vec<outbound::Model>> {
    let query = Entity::find()
        .filter(outbound::Column::State.is_in([State::Claimed, State::Answering]))
        .filter(outbound::Column::LeaseUntil.lt(before))
        .order_by_asc(outbound::Column::Id)
        .lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

/// Turns what [`lapsing`] found into unknown outcomes.
pub(in crate::outbound) async fn lapse(
    txn: &Txn,
    ids: impl Iterator<Item = OutboundId>,
    now: Timestamp,
    reason: Reason,
) -> Result<()> {
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Unknown.into())
        .col_expr(outbound::Column::Reason, reason.word().into())
        .col_expr(outbound::Column::SettledAt, now.0.into())
        .filter(outbound::Column::Id.is_in(padded(ids)))
        .exec(txn.conn())
        .await?;
    Ok(())
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
    let claim = Claiming {
        ids: rows.iter().map(|row| row.id).collect(),
        spent,
        fence,
        until,
    };
    txn.together(claim, |txn, claims| Box::pin(claim_all(txn, claims)))
        .await
}

struct Claiming {
    ids: Vec<OutboundId>,
    spent: Trigger,
    fence: i64,
    until: Timestamp,
}

async fn claim_all(txn: &Txn, claims: &[Claiming]) -> Result<Vec<()>> {
    let Some(until) = claims.iter().map(|claim| claim.until.0).max() else {
        return Ok(Vec::new());
    };
    let rows = claims
        .iter()
        .flat_map(|claim| claim.ids.iter().map(move |id| (*id, claim)));
    let rows: Vec<_> = rows.collect();
    let all = padded(rows.iter().copied());
    let id = outbound::Column::Id;
    let spent = case(id, all.iter().map(|(id, claim)| (*id, claim.spent)));
    let fence = case(id, all.iter().map(|(id, claim)| (*id, claim.fence)));
    let claimed = Entity::update_many()
        .col_expr(outbound::Column::State, State::Claimed.into())
        .col_expr(outbound::Column::Channel, Channel::Service.into())
        .col_expr(
            outbound::Column::Attempts,
            Expr::col(outbound::Column::Attempts).add(1),
        )
        .col_expr(outbound::Column::Spent, spent)
        .col_expr(outbound::Column::Fence, fence)
        .col_expr(outbound::Column::LeaseUntil, until.into())
        .filter(id.is_in(all.iter().map(|(id, _)| *id)))
        .filter(outbound::Column::State.eq(State::Ready))
        .exec(txn.conn())
        .await?;
    all_of(rows.len(), claimed.rows_affected)?;
    Ok(vec![(); claims.len()])
}

/// What a settled claim becomes.
#[derive(Clone, PartialEq)]
pub(in crate::outbound) struct Settled {
    pub state: State,
    pub reason: Option<Reason>,
    pub code: Option<i64>,
    pub due_at: Option<Timestamp>,
}

/// A claim that ended.
struct Ended {
    ids: Vec<OutboundId>,
    fence: i64,
    now: Timestamp,
    to: Settled,
}

/// Settles the claimed rows `ids` under `fence` and says whether the claim still stood.
///
/// # Errors
/// [`Error::Taken`] when one of several did not: look again.
pub(in crate::outbound) async fn settle(
    txn: &Txn,
    ids: &[OutboundId],
    fence: i64,
    now: Timestamp,
    to: Settled,
) -> Result<bool> {
    let ended = Ended {
        ids: ids.to_vec(),
        fence,
        now,
        to,
    };
    txn.together(ended, |txn, all| Box::pin(settle_all(txn, all)))
        .await
}

async fn settle_all(txn: &Txn, all: &[Ended]) -> Result<Vec<bool>> {
    let mut alike: Vec<(&Settled, Vec<&Ended>)> = Vec::new();
    for ended in all {
        match alike.iter_mut().find(|(to, _)| **to == ended.to) {
            Some((_, group)) => group.push(ended),
            None => alike.push((&ended.to, vec![ended])),
        }
    }
    let mut stood = true;
    for (to, group) in alike {
        stood &= settle_alike(txn, to, &group).await?;
    }
    match all.len() {
        1 => Ok(vec![stood]),
        count if stood => Ok(vec![true; count]),
        _ => Err(Error::Taken),
    }
}

async fn settle_alike(txn: &Txn, to: &Settled, group: &[&Ended]) -> Result<bool> {
    let rows = group
        .iter()
        .flat_map(|ended| ended.ids.iter().map(|id| (*id, ended.fence)));
    let rows: Vec<_> = rows.collect();
    let all = padded(rows.iter().copied());
    let latest = group.iter().map(|ended| ended.now.0).max();
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
        None => update.col_expr(outbound::Column::SettledAt, Expr::value(latest)),
    };
    let done = update
        .filter(outbound::Column::Id.is_in(all.iter().map(|(id, _)| *id)))
        .filter(Expr::col(outbound::Column::Fence).eq(case(outbound::Column::Id, all)))
        .filter(outbound::Column::State.eq(State::Claimed))
        .exec(txn.conn())
        .await?;
    Ok(match group.len() {
        1 => done.rows_affected > 0,
        _ => u64::try_from(rows.len()).is_ok_and(|count| count == done.rows_affected),
    })
}
