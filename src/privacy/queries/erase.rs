//! What an erasure deletes, table by table, and how much that was.

use std::collections::BTreeMap;

use daogou_schema::message::Author;
use daogou_schema::outbound::State;
use daogou_schema::{
    AccountId, Address, GuideId, InboundId, MemberId, MessageId, OutboundId, Timestamp,
    conversation, identity, inbound, member, member_merge, member_phone, message, outbound,
    question, reply_window,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    QueryTrait, Set,
};

use crate::db::{Only, Txn, among, count_to, padded};
use crate::error::Result;
use crate::lanes;
use crate::privacy::rules::Counts;

pub(in crate::privacy) async fn identities(
    txn: &Txn,
    member: MemberId,
) -> Result<Vec<identity::Model>> {
    let query = identity::Entity::find().filter(identity::Column::MemberId.eq(member));
    Ok(query.all(txn.conn()).await?)
}

pub(in crate::privacy) async fn identities_of(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = identity::Entity::delete_many()
        .filter(identity::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

/// Whether somebody is known by this address.
pub(in crate::privacy) async fn is_known(txn: &Txn, person: &Address) -> Result<bool> {
    let key = (person.account_id, person.openid.clone());
    let found = identity::Entity::find_by_id(key).only(txn.conn()).await?;
    Ok(found.is_some())
}

/// What the member's row says about her; the number stays.
pub(in crate::privacy) async fn names(txn: &Txn, member: MemberId) -> Result<u64> {
    let nothing = member::ActiveModel {
        unionid: Set(None),
        name: Set(None),
        quiet: Set(false),
        muted: Set(false),
        insider: Set(None),
        birthday: Set(None),
        ..Default::default()
    };
    let emptied = member::Entity::update_many()
        .set(nothing)
        .filter(member::Column::Id.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(emptied.rows_affected)
}

pub(in crate::privacy) async fn forget_name(txn: &Txn, member: MemberId) -> Result<()> {
    let nothing = member::ActiveModel {
        name: Set(None),
        ..Default::default()
    };
    member::Entity::update_many()
        .set(nothing)
        .filter(member::Column::Id.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::privacy) async fn phone(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = member_phone::Entity::delete_by_id(member)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

/// What was where before somebody became part of her.
pub(in crate::privacy) async fn merges(txn: &Txn, member: MemberId) -> Result<()> {
    let nothing = member_merge::ActiveModel {
        before: Set(None),
        open_until: Set(None),
        ..Default::default()
    };
    member_merge::Entity::update_many()
        .set(nothing)
        .filter(member_merge::Column::KeptId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::privacy) async fn conversation(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = conversation::Entity::delete_by_id(member)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

pub(in crate::privacy) async fn windows(txn: &Txn, people: &[Address]) -> Result<u64> {
    if people.is_empty() {
        return Ok(0);
    }
    let theirs = among(
        reply_window::Column::AccountId,
        reply_window::Column::Openid,
        people,
    );
    let gone = reply_window::Entity::delete_many()
        .filter(theirs)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

/// Nothing more goes out to her or about her.
pub(in crate::privacy) async fn drop_waiting(
    txn: &Txn,
    member: MemberId,
    people: &[Address],
) -> Result<()> {
    let (account, openid) = (outbound::Column::AccountId, outbound::Column::Openid);
    let about = Condition::all().add(outbound::Column::MemberId.eq(member));
    let mut those = vec![about];
    if !people.is_empty() {
        those.push(among(account, openid, people));
    }
    for those in those {
        outbound::Entity::update_many()
            .col_expr(outbound::Column::State, State::Dropped.into())
            .filter(those)
            .filter(outbound::Column::State.is_in([State::Ready, State::Held]))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

/// Whether a push of theirs waits to be handled.
pub(in crate::privacy) async fn is_unheard(txn: &Txn, people: &[Address]) -> Result<bool> {
    for person in people {
        let found: Option<InboundId> = inbound::Entity::find()
            .select_only()
            .column(inbound::Column::Id)
            .filter(unfinished_of(person))
            .filter(inbound::Column::State.eq(inbound::State::Stored))
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

/// Said so that the index of the few that are not done is used.
fn unfinished_of(person: &Address) -> Condition {
    let done = Expr::Constant(sea_orm::ActiveEnum::to_value(&inbound::State::Done).into());
    Condition::all()
        .add(inbound::Column::AccountId.eq(person.account_id))
        .add(inbound::Column::Openid.eq(person.openid.as_str()))
        .add(Expr::col((inbound::Entity, inbound::Column::State)).ne(done))
}

/// Pushes of hers that have not taken effect, and will not.
pub(in crate::privacy) async fn unfinished_pushes(txn: &Txn, people: &[Address]) -> Result<u64> {
    let mut gone = 0;
    for person in people {
        let deleted = inbound::Entity::delete_many()
            .filter(unfinished_of(person))
            .filter(inbound::Column::State.is_in([inbound::State::Stored, inbound::State::Failed]))
            .exec(txn.conn())
            .await?;
        gone += deleted.rows_affected;
    }
    Ok(gone)
}

/// The newest push there is.
pub(in crate::privacy) async fn newest_push(txn: &Txn) -> Result<i64> {
    let newest: Option<Option<i64>> = inbound::Entity::find()
        .select_only()
        .column_as(inbound::Column::Id.max(), "newest")
        .into_tuple()
        .one(txn.conn())
        .await?;
    Ok(newest.flatten().unwrap_or_default())
}

/// The newest message there is.
pub(in crate::privacy) async fn newest_message(txn: &Txn) -> Result<i64> {
    let newest: Option<Option<i64>> = outbound::Entity::find()
        .select_only()
        .column_as(outbound::Column::Id.max(), "newest")
        .into_tuple()
        .one(txn.conn())
        .await?;
    Ok(newest.flatten().unwrap_or_default())
}

pub(in crate::privacy) async fn lines(txn: &Txn, ids: &[MessageId]) -> Result<u64> {
    let these = message::Column::Id.is_in(padded(ids.iter().copied()));
    let gone = message::Entity::delete_many()
        .filter(these)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

/// The questions that became these lines, and the pushes with which the guide wrote them: what was said to her stands
/// there too.
pub(in crate::privacy) async fn questions(
    txn: &Txn,
    lines: &[message::Model],
) -> Result<Vec<InboundId>> {
    let mut moments: BTreeMap<GuideId, Vec<Timestamp>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.author == Author::Guide) {
        if let Some(guide) = line.guide_id {
            moments.entry(guide).or_default().push(line.at);
        }
    }
    let mut pushes = Vec::new();
    for (guide, at) in moments {
        let decided = Condition::all()
            .add(question::Column::GuideId.eq(guide))
            .add(question::Column::DecidedAt.is_in(padded(at)));
        let found = question::Entity::find()
            .filter(decided.clone())
            .all(txn.conn())
            .await?;
        pushes.extend(found.iter().map(|row| row.inbound_id));
        if !found.is_empty() {
            question::Entity::delete_many()
                .filter(decided)
                .exec(txn.conn())
                .await?;
        }
    }
    Ok(pushes)
}

/// What these pushes said, and what they were answered: they took effect long ago.
pub(in crate::privacy) async fn blank_pushes(txn: &Txn, pushes: &[InboundId]) -> Result<()> {
    if pushes.is_empty() {
        return Ok(());
    }
    let nothing = inbound::ActiveModel {
        raw: Set(None),
        answer_body: Set(None),
        ..Default::default()
    };
    inbound::Entity::update_many()
        .set(nothing)
        .filter(inbound::Column::Id.is_in(padded(pushes.iter().copied())))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// What guides were told because of these pushes, as far as it is not on its way: which customers an answer could be for,
/// and what it said.
pub(in crate::privacy) async fn told_about(txn: &Txn, pushes: &[InboundId]) -> Result<u64> {
    if pushes.is_empty() {
        return Ok(0);
    }
    let told = Condition::all()
        .add(outbound::Column::InboundId.is_in(padded(pushes.iter().copied())))
        .add(outbound::Column::MemberId.is_null());
    let mut waiting: Vec<(AccountId, String)> = outbound::Entity::find()
        .select_only()
        .column(outbound::Column::AccountId)
        .column(outbound::Column::Openid)
        .filter(told.clone())
        .filter(outbound::Column::State.is_in([State::Ready, State::Held]))
        .into_tuple()
        .all(txn.conn())
        .await?;
    waiting.sort();
    waiting.dedup();
    // Until this unit ends nobody begins to send it.
    for (account_id, openid) in waiting {
        lanes::wait_for_sender(txn, &Address { account_id, openid }).await?;
    }
    let under_way = [State::Claimed, State::Answering];
    let gone = outbound::Entity::delete_many()
        .filter(told)
        .filter(outbound::Column::State.is_not_in(under_way))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

pub(in crate::privacy) async fn messages(txn: &Txn, ids: &[OutboundId]) -> Result<u64> {
    let these = outbound::Column::Id.is_in(padded(ids.iter().copied()));
    let gone = outbound::Entity::delete_many()
        .filter(these)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

pub(in crate::privacy) async fn pushes(txn: &Txn, ids: &[InboundId]) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let these = inbound::Column::Id.is_in(padded(ids.iter().copied()));
    let gone = inbound::Entity::delete_many()
        .filter(these)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

/// How much there is of what people ask about, at most `most` of each.
pub(in crate::privacy) async fn sizes(
    db: &impl ConnectionTrait,
    member: MemberId,
    most: u32,
) -> Result<Counts> {
    let lines = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::MemberId.eq(member))
        .into_query();
    let messages = outbound::Entity::find()
        .select_only()
        .column(outbound::Column::Id)
        .filter(outbound::Column::MemberId.eq(member))
        .into_query();
    let mut sizes = Counts::new();
    for (kind, rows) in [("message", lines), ("outbound", messages)] {
        let size = count_to(db, rows, most).await?;
        sizes.insert(kind.to_owned(), size.into());
    }
    Ok(sizes)
}
