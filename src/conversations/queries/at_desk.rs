//! Conversations as the guide who serves them reads and writes them at the workbench.

use daogou_schema::conversation::{Column, Entity};
use daogou_schema::{
    AccountId, GuideId, MemberId, MessageId, Timestamp, binding, conversation, guide_line,
    guide_number, member, message, reply_window,
};
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult,
    JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};

use crate::db::{Only, Txn, count_to};
use crate::error::Result;

/// A conversation in a guide's list.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::conversations) struct ChatRow {
    pub member_id: MemberId,
    pub name: Option<String>,
    pub last_member_at: Option<Timestamp>,
    pub last_line_id: MessageId,
    pub unanswered: bool,
    pub unread: Option<i32>,
    pub until: Option<Timestamp>,
    pub remaining: Option<i32>,
    pub number: Option<i32>,
    pub starred_at: Option<Timestamp>,
    pub bound_to: Option<GuideId>,
}

/// The conversations that a guide serves: who waits first, and then who wrote last.
pub(in crate::conversations) async fn chats_of(
    db: &impl ConnectionTrait,
    guide: GuideId,
    after: Option<(bool, MessageId)>,
    count: u64,
) -> Result<Vec<ChatRow>> {
    let window = Entity::belongs_to(reply_window::Entity)
        .from((Column::AccountId, Column::Openid))
        .to((
            reply_window::Column::AccountId,
            reply_window::Column::Openid,
        ))
        .on_condition(|_, window| {
            Expr::col((window, reply_window::Column::Trigger))
                .eq(reply_window::Trigger::Message)
                .into_condition()
        });
    let number = Entity::belongs_to(guide_number::Entity)
        .from(Column::MemberId)
        .to(guide_number::Column::MemberId)
        .on_condition(move |_, number| {
            Expr::col((number, guide_number::Column::GuideId))
                .eq(guide)
                .into_condition()
        });
    let of = Entity::belongs_to(member::Entity)
        .from(Column::MemberId)
        .to(member::Column::Id);
    let bound = Entity::belongs_to(binding::Entity)
        .from(Column::MemberId)
        .to(binding::Column::MemberId);
    let mut query = Entity::find()
        .select_only()
        .columns([
            Column::MemberId,
            Column::LastMemberAt,
            Column::LastLineId,
            Column::Unanswered,
            Column::Unread,
        ])
        .column(member::Column::Name)
        .column(reply_window::Column::Until)
        .column(reply_window::Column::Remaining)
        .column(guide_number::Column::Number)
        .column(guide_number::Column::StarredAt)
        .column_as(binding::Column::GuideId, "bound_to")
        .join(JoinType::InnerJoin, of.into())
        .join(JoinType::LeftJoin, window.into())
        .join(JoinType::LeftJoin, number.into())
        .join(JoinType::LeftJoin, bound.into())
        .filter(Column::GuideId.eq(guide))
        .order_by_desc(Column::Unanswered)
        .order_by_desc(Column::LastLineId)
        .limit(count);
    query = match after {
        Some((unanswered, line)) => query
            .filter(Column::Unanswered.eq(unanswered))
            .filter(Column::LastLineId.lt(line)),
        None => query.filter(Column::LastLineId.is_not_null()),
    };
    Ok(query.into_model().all(db).await?)
}

/// How many of a guide's conversations wait for an answer, up to `most`.
pub(in crate::conversations) async fn unanswered_count(
    db: &impl ConnectionTrait,
    guide: GuideId,
    most: u32,
) -> Result<u32> {
    let rows = Entity::find()
        .select_only()
        .column(Column::MemberId)
        .filter(Column::GuideId.eq(guide))
        .filter(Column::Unanswered.eq(true));
    count_to(db, rows.into_query(), most).await
}

/// A member's newest lines, newest first.
pub(in crate::conversations) async fn lines_before(
    db: &impl ConnectionTrait,
    account: AccountId,
    member: MemberId,
    before: Option<MessageId>,
    count: u64,
) -> Result<Vec<message::Model>> {
    let mut query = message::Entity::find()
        .filter(message::Column::MemberId.eq(member))
        .filter(message::Column::AccountId.eq(account))
        .order_by_desc(message::Column::Id)
        .limit(count);
    if let Some(before) = before {
        query = query.filter(message::Column::Id.lt(before));
    }
    Ok(query.all(db).await?)
}

/// A member's lines after one, oldest first.
pub(in crate::conversations) async fn lines_from(
    db: &impl ConnectionTrait,
    account: AccountId,
    member: MemberId,
    after: MessageId,
    count: u64,
) -> Result<Vec<message::Model>> {
    let query = message::Entity::find()
        .filter(message::Column::MemberId.eq(member))
        .filter(message::Column::AccountId.eq(account))
        .filter(message::Column::Id.gt(after))
        .order_by_asc(message::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// The guide has opened what she wrote up to `line`.
pub(in crate::conversations) async fn set_seen(
    txn: &Txn,
    guide: GuideId,
    member: MemberId,
    line: MessageId,
) -> Result<bool> {
    let row = conversation::ActiveModel {
        unread: Set(None),
        ..Default::default()
    };
    let done = Entity::update_many()
        .set(row)
        .filter(Column::MemberId.eq(member))
        .filter(Column::GuideId.eq(guide))
        .filter(Column::LastLineId.lte(line))
        .filter(Column::Unread.is_not_null())
        .exec(txn.conn())
        .await?;
    Ok(done.rows_affected > 0)
}

/// The line that a page has sent under this key.
pub(in crate::conversations) async fn line_by_key(
    txn: &Txn,
    guide: GuideId,
    key: &str,
) -> Result<Option<MessageId>> {
    let found = guide_line::Entity::find_by_id((guide, key.to_owned()))
        .only(txn.conn())
        .await?;
    Ok(found.map(|row| row.message_id))
}

pub(in crate::conversations) async fn insert_key(txn: &Txn, row: guide_line::Model) -> Result<()> {
    let row = guide_line::ActiveModel::from(row).reset_all();
    guide_line::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

/// Forgets what was sent before `before`, and says how many.
pub(in crate::conversations) async fn forget_keys_before(
    txn: &Txn,
    before: Timestamp,
) -> Result<u64> {
    let gone = guide_line::Entity::delete_many()
        .filter(guide_line::Column::At.lt(before))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}
