//! Conversations, their lines and open questions in the store.

mod activity;
mod at_desk;
mod given;
mod looked_over;
mod questions;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use daogou_schema::message::Author;
use daogou_schema::{
    Address, GuideId, MemberId, MessageId, StoreId, Timestamp, binding, conversation, message,
};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
};

use super::line::{Heard, Line};
use crate::accounts::Visit;
use crate::db::{Txn, each, insert_all, insert_numbered, padded, update_all};
use crate::error::Result;

pub(super) use activity::{active, waiting_in_pool};
pub(super) use at_desk::{
    chats_of, forget_keys_before, insert_key, line_by_key, lines_before, lines_from, set_seen,
    unanswered_count,
};
pub(super) use given::{
    forget_new_guide, insert_given, set_answered, set_given, set_released, those, unanswered_since,
};
pub(super) use looked_over::{line, lines_after, lines_of, newest, of_member, served_by};
pub(super) use questions::{close_questions, drop_stale, insert_question, open_questions};

/// How many unanswered customers a guide is asked about at the most: a text that fits a phone.
const UNANSWERED_MAX: u64 = 10;
/// How many customers `列表` shows.
const LISTED_MAX: u64 = 20;
/// How many lines that nobody has got yet are read at once.
const PASSED_ON_MAX: u64 = 50;
/// How many of her newest lines may wait for an answer: more than anybody writes to somebody who says nothing.
const OPEN_MAX: u64 = 500;
/// How many waiting conversations one guide who comes on duty gets at once: more than a day's work.
const POOLED_MAX: u64 = 200;

pub(super) async fn get(txn: &Txn, member: MemberId) -> Result<Option<conversation::Model>> {
    txn.together(member, |txn, members| {
        Box::pin(async move {
            let found = conversation::Entity::find()
                .filter(conversation::Column::MemberId.is_in(padded(members.iter().copied())))
                .all(txn.conn())
                .await?;
            Ok(each(members.iter().copied(), found, |row| row.member_id))
        })
    })
    .await
}

/// The member's conversation, opened or continued from where she acts now.
pub(super) async fn touch(
    txn: &Txn,
    visit: &Visit,
    member: MemberId,
) -> Result<conversation::Model> {
    if let Some(mut row) = get(txn, member).await? {
        if row.account_id != visit.account.id || row.openid != visit.openid {
            row.account_id = visit.account.id;
            row.openid.clone_from(&visit.openid);
            let here = conversation::ActiveModel {
                account_id: Set(row.account_id),
                openid: Set(row.openid.clone()),
                ..Default::default()
            };
            update(txn, member, here).await?;
        }
        return Ok(row);
    }
    let row = conversation::Model {
        member_id: member,
        account_id: visit.account.id,
        openid: visit.openid.clone(),
        guide_id: None,
        last_member_at: None,
        last_line_id: None,
        unanswered: false,
        unread: None,
        last_reply_at: None,
        told_at: None,
        new_guide_id: None,
    };
    let model = conversation::ActiveModel::from(row.clone()).reset_all();
    txn.together(model, |txn, rows| Box::pin(insert_all(txn, rows)))
        .await?;
    Ok(row)
}

pub(super) async fn set_guide(txn: &Txn, member: MemberId, guide: Option<GuideId>) -> Result<()> {
    guide.into_iter().for_each(|guide| txn.shows(guide));
    let row = conversation::ActiveModel {
        guide_id: Set(guide),
        ..Default::default()
    };
    update(txn, member, row).await
}

pub(super) async fn set_heard(
    txn: &Txn,
    member: MemberId,
    guide: Option<GuideId>,
    line: MessageId,
    unread: i32,
    at: Timestamp,
) -> Result<()> {
    let row = conversation::ActiveModel {
        unread: Set(Some(unread)),
        guide_id: Set(guide),
        last_member_at: Set(Some(at)),
        last_line_id: Set(Some(line)),
        unanswered: Set(true),
        ..Default::default()
    };
    update(txn, member, row).await
}

/// The guide has answered; `heard_at` when she can read it now.
pub(super) async fn set_replied(
    txn: &Txn,
    member: MemberId,
    guide: GuideId,
    heard_at: Option<Timestamp>,
) -> Result<()> {
    let mut row = conversation::ActiveModel {
        guide_id: Set(Some(guide)),
        unanswered: Set(false),
        unread: Set(None),
        ..Default::default()
    };
    if heard_at.is_some() {
        row.last_reply_at = Set(heard_at);
    }
    update(txn, member, row).await
}

/// Something of hers has no answer yet.
pub(super) async fn set_unanswered(txn: &Txn, member: MemberId) -> Result<()> {
    let row = conversation::ActiveModel {
        unanswered: Set(true),
        ..Default::default()
    };
    update(txn, member, row).await
}

pub(super) async fn set_told(txn: &Txn, member: MemberId, at: Timestamp) -> Result<()> {
    update(
        txn,
        member,
        conversation::ActiveModel {
            told_at: Set(Some(at)),
            ..Default::default()
        },
    )
    .await
}

async fn update(txn: &Txn, member: MemberId, row: conversation::ActiveModel) -> Result<()> {
    txn.together((member, row), |txn, rows| {
        Box::pin(update_all(txn, conversation::Column::MemberId, rows))
    })
    .await
}

pub(super) struct NewLine<'a> {
    pub member: MemberId,
    pub author: Author,
    pub guide: Option<GuideId>,
    pub line: &'a Line,
}

pub(super) async fn insert_line(txn: &Txn, visit: &Visit, new: NewLine<'_>) -> Result<MessageId> {
    new.guide.into_iter().for_each(|guide| txn.shows(guide));
    let row = message::ActiveModel {
        member_id: Set(new.member),
        account_id: Set(visit.account.id),
        author: Set(new.author),
        guide_id: Set(new.guide),
        content: Set(new.line.to_json()?),
        inbound_id: Set(visit.inbound_id),
        at: Set(visit.now),
        ..Default::default()
    };
    txn.together(row, |txn, rows| Box::pin(insert_numbered(txn, rows)))
        .await
}

/// Her lines that no guide has got yet.
pub(super) async fn not_passed_on(txn: &Txn, member: MemberId) -> Result<Vec<Heard>> {
    let query = message::Entity::find()
        .filter(message::Column::MemberId.eq(member))
        .filter(message::Column::Author.eq(Author::Member))
        .filter(message::Column::GuideId.is_null())
        .order_by_asc(message::Column::Id)
        .limit(PASSED_ON_MAX);
    let rows = query.all(txn.conn()).await?;
    let heard = rows.into_iter().map(|row| Heard {
        id: row.id,
        line: Line::from_json(&row.content).unwrap_or_else(|error| {
            // One line that cannot be read must not keep the others from whoever serves her.
            tracing::error!(message.id = row.id.0, %error, "a line is passed on without its words");
            Line::unreadable()
        }),
    });
    Ok(heard.collect())
}

pub(super) async fn set_passed_on(txn: &Txn, ids: &[MessageId], guide: GuideId) -> Result<()> {
    let row = message::ActiveModel {
        guide_id: Set(Some(guide)),
        ..Default::default()
    };
    let these = message::Column::Id.is_in(ids.iter().copied());
    message::Entity::update_many()
        .set(row)
        .filter(these)
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Puts lines that `guide` never got back into the pool.
pub(super) async fn hand_back(txn: &Txn, guide: GuideId, ids: &[MessageId]) -> Result<()> {
    let these = message::Column::Id.is_in(ids.iter().copied());
    let members: Vec<MemberId> = message::Entity::find()
        .select_only()
        .column(message::Column::MemberId)
        .filter(these.clone())
        .into_tuple()
        .all(txn.conn())
        .await?;
    let nobody = message::ActiveModel {
        guide_id: Set(None),
        ..Default::default()
    };
    message::Entity::update_many()
        .set(nobody)
        .filter(these)
        .filter(message::Column::GuideId.eq(guide))
        .exec(txn.conn())
        .await?;
    let pool = conversation::ActiveModel {
        guide_id: Set(None),
        ..Default::default()
    };
    conversation::Entity::update_many()
        .set(pool)
        .filter(conversation::Column::MemberId.is_in(members))
        // Whoever serves her by now goes on.
        .filter(conversation::Column::GuideId.eq(guide))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The customers of a guide whose last line has no answer, those who wrote last first: whoever wrote after the guide
/// named a customer is among them, however many wait.
pub(super) async fn unanswered(txn: &Txn, guide: GuideId) -> Result<Vec<conversation::Model>> {
    let query = waiting_for(guide)
        .order_by_desc(conversation::Column::LastLineId)
        .limit(UNANSWERED_MAX);
    Ok(query.all(txn.conn()).await?)
}

fn waiting_for(guide: GuideId) -> Select<conversation::Entity> {
    conversation::Entity::find()
        .filter(conversation::Column::GuideId.eq(guide))
        .filter(conversation::Column::Unanswered.eq(true))
}

/// The customers of a guide: those who wrote last first, then the newest of those who never wrote.
pub(super) async fn recent(txn: &Txn, guide: GuideId) -> Result<Vec<conversation::Model>> {
    // By an index each: a guide may have thousands of customers, and sorting all of them for twenty would hold the writer.
    let mut found = Vec::new();
    for unanswered in [true, false] {
        let wrote = conversation::Entity::find()
            .filter(conversation::Column::GuideId.eq(guide))
            .filter(conversation::Column::Unanswered.eq(unanswered))
            .filter(conversation::Column::LastLineId.is_not_null())
            .order_by_desc(conversation::Column::LastLineId)
            .limit(LISTED_MAX);
        found.extend(wrote.all(txn.conn()).await?);
    }
    let newest = with_binding()
        .filter(binding::Column::GuideId.eq(guide))
        .filter(conversation::Column::GuideId.eq(guide))
        .order_by_desc(binding::Column::BoundAt)
        .limit(LISTED_MAX);
    found.extend(newest.all(txn.conn()).await?);
    found.sort_unstable_by_key(|row| Reverse((row.last_line_id, row.member_id)));
    found.dedup_by_key(|row| row.member_id);
    found.truncate(usize::try_from(LISTED_MAX).unwrap_or(usize::MAX));
    Ok(found)
}

fn with_binding() -> Select<conversation::Entity> {
    conversation::Entity::find().join(
        JoinType::InnerJoin,
        conversation::Entity::belongs_to(binding::Entity)
            .from(conversation::Column::MemberId)
            .to(binding::Column::MemberId)
            .into(),
    )
}

/// The members of a store whose conversations wait in the pool.
pub(super) async fn pooled(txn: &Txn, store: StoreId) -> Result<Vec<conversation::Model>> {
    // Few conversations wait, a store has many members: she who waits is looked up among them, not the other way round.
    let bound_there = Query::select()
        .expr(Expr::val(1))
        .from(binding::Entity)
        .and_where(
            Expr::col((binding::Entity, binding::Column::MemberId))
                .equals((conversation::Entity, conversation::Column::MemberId)),
        )
        .and_where(binding::Column::StoreId.eq(store))
        .to_owned();
    let query = conversation::Entity::find()
        .filter(Expr::exists(bound_there))
        .filter(conversation::Column::GuideId.is_null())
        .filter(conversation::Column::Unanswered.eq(true))
        .order_by_asc(conversation::Column::LastLineId)
        .limit(POOLED_MAX);
    Ok(query.all(txn.conn()).await?)
}

/// Takes her lines since the last answer, and those that are `unseen`, back from whoever had them, `except` from one. Answers
/// that were `withdrawn` are none. Says whether she wrote anything since the last one.
pub(super) async fn free_open_lines(
    txn: &Txn,
    member: MemberId,
    except: Option<GuideId>,
    unseen: &[MessageId],
    withdrawn: &BTreeSet<MessageId>,
) -> Result<bool> {
    // The newest are read and looked through here: asked for the last answer, each database finds another detour.
    let newest: Vec<(MessageId, Author)> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .column(message::Column::Author)
        .filter(message::Column::MemberId.eq(member))
        .order_by_desc(message::Column::Id)
        .limit(OPEN_MAX)
        .into_tuple()
        .all(txn.conn())
        .await?;
    let since_answer = newest
        .iter()
        .take_while(|(id, by)| *by != Author::Guide || withdrawn.contains(id));
    let hers = since_answer.filter(|(_, by)| *by == Author::Member);
    let mut free: BTreeSet<_> = hers.map(|(id, _)| *id).collect();
    let waits = !free.is_empty();
    free.extend(unseen);
    let nobody = message::ActiveModel {
        guide_id: Set(None),
        ..Default::default()
    };
    let mut open = message::Entity::update_many()
        .set(nobody)
        .filter(message::Column::Id.is_in(free));
    if let Some(guide) = except {
        open = open.filter(message::Column::GuideId.ne(guide));
    }
    open.exec(txn.conn()).await?;
    Ok(waits)
}

pub(super) fn address_of(row: &conversation::Model) -> Address {
    Address {
        account_id: row.account_id,
        openid: row.openid.clone(),
    }
}
