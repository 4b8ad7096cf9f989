//! What of somebody who is being erased is left, a piece at a time.

use daogou_schema::erasure::Model;
use daogou_schema::outbound::State;
use daogou_schema::{
    AccountId, Address, InboundId, MemberId, OutboundId, inbound, message, outbound,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::{Txn, among};
use crate::error::Result;

/// How many rows one piece deletes: it holds the writer for some ten milliseconds.
const PIECE: u64 = 200;
/// How many pushes one piece looks through.
const LOOK: u64 = 500;

/// What has no outcome yet: it is waited for.
const UNDER_WAY: [State; 3] = [State::Ready, State::Claimed, State::Answering];

/// A message, the push that caused it and the push whose answer it was.
pub(in crate::privacy) type Sent = (OutboundId, Option<InboundId>, Option<InboundId>);

pub(in crate::privacy) async fn lines(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Vec<message::Model>> {
    let query = message::Entity::find()
        .filter(message::Column::MemberId.eq(member))
        .order_by_asc(message::Column::Id)
        .limit(PIECE);
    Ok(query.all(db).await?)
}

/// What was sent to her or about her and has its outcome.
pub(in crate::privacy) async fn messages(
    db: &impl ConnectionTrait,
    row: &Model,
    people: &[Address],
) -> Result<Vec<Sent>> {
    for those in these(row, people) {
        let found: Vec<_> = outbound::Entity::find()
            .select_only()
            .column(outbound::Column::Id)
            .column(outbound::Column::InboundId)
            .column(outbound::Column::AnswerTo)
            .filter(those)
            .filter(outbound::Column::State.is_not_in(UNDER_WAY))
            .limit(PIECE)
            .into_tuple()
            .all(db)
            .await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// About her, by whatever time; to her, as far as it was promised before she became unknown.
fn these(row: &Model, people: &[Address]) -> Vec<Condition> {
    let about = Condition::all().add(outbound::Column::MemberId.eq(row.member_id));
    if people.is_empty() {
        return vec![about];
    }
    let (account, openid) = (outbound::Column::AccountId, outbound::Column::Openid);
    let to = Condition::all()
        .add(among(account, openid, people))
        .add(outbound::Column::Id.lte(row.outbound_until));
    vec![about, to]
}

/// The next pushes behind `after`, with their senders.
pub(in crate::privacy) async fn pushes(
    db: &impl ConnectionTrait,
    after: i64,
    until: i64,
) -> Result<Vec<(InboundId, Address)>> {
    if after >= until {
        return Ok(Vec::new());
    }
    let found: Vec<(InboundId, AccountId, String)> = inbound::Entity::find()
        .select_only()
        .column(inbound::Column::Id)
        .column(inbound::Column::AccountId)
        .column(inbound::Column::Openid)
        .filter(inbound::Column::Id.gt(after))
        .filter(inbound::Column::Id.lte(until))
        .order_by_asc(inbound::Column::Id)
        .limit(LOOK)
        .into_tuple()
        .all(db)
        .await?;
    let with_sender = |(id, account_id, openid)| (id, Address { account_id, openid });
    Ok(found.into_iter().map(with_sender).collect())
}

/// Whether a line of hers, or a message to her or about her, is there.
pub(in crate::privacy) async fn anything(
    txn: &Txn,
    row: &Model,
    people: &[Address],
) -> Result<bool> {
    if !lines(txn.conn(), row.member_id).await?.is_empty() {
        return Ok(true);
    }
    for those in these(row, people) {
        let found: Option<OutboundId> = outbound::Entity::find()
            .select_only()
            .column(outbound::Column::Id)
            .filter(those)
            .limit(1)
            .into_tuple()
            .one(txn.conn())
            .await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
