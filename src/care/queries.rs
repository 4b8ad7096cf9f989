//! Notes and tasks in the store.

use daogou_schema::{
    GuideId, MemberId, NoteId, TaskId, Timestamp, binding, guide_number, member, member_note, task,
};
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult,
    JoinType, Order, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::db::{Txn, padded};
use crate::error::Result;

/// Asked for more at once, a database may read the table from end to end.
const AT_ONCE: usize = 64;

/// A task with whom it is for.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Due {
    /// The task.
    pub id: TaskId,
    /// For whom.
    pub member_id: MemberId,
    /// What.
    pub text: String,
    /// By when.
    pub due_at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// What she is called.
    pub name: Option<String>,
    /// The guide's number for her.
    pub number: Option<i32>,
}

/// What is written about a member, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn notes_of(
    db: &impl ConnectionTrait,
    member: MemberId,
    count: u64,
) -> Result<Vec<member_note::Model>> {
    let query = member_note::Entity::find()
        .filter(member_note::Column::MemberId.eq(member))
        .order_by_desc(member_note::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// What is to be done for a member, and what was: what is open first, the most urgent of it first.
///
/// # Errors
/// When the store fails.
pub async fn tasks_of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<task::Model>> {
    let query = task::Entity::find().filter(task::Column::MemberId.eq(member));
    let mut found = query.all(db).await?;
    found.sort_by_key(|task| (task.done_at.is_some(), task.due_at, task.id));
    Ok(found)
}

pub(super) async fn due(
    db: &impl ConnectionTrait,
    guide: GuideId,
    done: bool,
    count: u64,
) -> Result<Vec<Due>> {
    let hers = task::Entity::belongs_to(binding::Entity)
        .from(task::Column::MemberId)
        .to(binding::Column::MemberId);
    let of = task::Entity::belongs_to(member::Entity)
        .from(task::Column::MemberId)
        .to(member::Column::Id);
    let number = task::Entity::belongs_to(guide_number::Entity)
        .from(task::Column::MemberId)
        .to(guide_number::Column::MemberId)
        .on_condition(move |_, number| {
            Expr::col((number, guide_number::Column::GuideId))
                .eq(guide)
                .into_condition()
        });
    let state = match done {
        true => task::Column::DoneAt.is_not_null(),
        false => task::Column::DoneAt.is_null(),
    };
    let order = match done {
        true => (task::Column::DoneAt, Order::Desc),
        false => (task::Column::DueAt, Order::Asc),
    };
    let query = task::Entity::find()
        .select_only()
        .columns([
            task::Column::Id,
            task::Column::MemberId,
            task::Column::Text,
            task::Column::DueAt,
            task::Column::DoneAt,
        ])
        .column(member::Column::Name)
        .column(guide_number::Column::Number)
        .join(JoinType::InnerJoin, hers.into())
        .join(JoinType::InnerJoin, of.into())
        .join(JoinType::LeftJoin, number.into())
        .filter(task::Column::GuideId.eq(guide))
        .filter(state)
        // Who has no guide any more, or another one, is nobody's business here.
        .filter(binding::Column::GuideId.eq(guide))
        .order_by(order.0, order.1)
        .limit(count);
    Ok(query.into_model().all(db).await?)
}

pub(super) async fn member_of(db: &impl ConnectionTrait, task: TaskId) -> Result<Option<MemberId>> {
    let query = task::Entity::find_by_id(task)
        .select_only()
        .column(task::Column::MemberId);
    Ok(query.into_tuple().all(db).await?.pop())
}

pub(super) async fn insert_note(
    txn: &Txn,
    guide: GuideId,
    member: MemberId,
    text: &str,
    now: Timestamp,
) -> Result<()> {
    let row = member_note::ActiveModel {
        member_id: Set(member),
        guide_id: Set(guide),
        text: Set(text.to_owned()),
        at: Set(now),
        ..Default::default()
    };
    row.insert(txn.conn()).await?;
    Ok(())
}

pub(super) async fn delete_note(txn: &Txn, member: MemberId, note: NoteId) -> Result<()> {
    member_note::Entity::delete_many()
        .filter(member_note::Column::Id.eq(note))
        .filter(member_note::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn open_tasks(txn: &Txn, member: MemberId) -> Result<usize> {
    let open = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(task::Column::MemberId.eq(member))
        .filter(task::Column::DoneAt.is_null());
    let ids: Vec<TaskId> = open.into_tuple().all(txn.conn()).await?;
    Ok(ids.len())
}

pub(super) async fn insert_task(
    txn: &Txn,
    guide: GuideId,
    member: MemberId,
    text: &str,
    (due_at, now): (Timestamp, Timestamp),
) -> Result<()> {
    let row = task::ActiveModel {
        member_id: Set(member),
        guide_id: Set(guide),
        text: Set(text.to_owned()),
        due_at: Set(due_at),
        created_at: Set(now),
        done_at: Set(None),
        ..Default::default()
    };
    row.insert(txn.conn()).await?;
    Ok(())
}

pub(super) async fn set_done(
    txn: &Txn,
    member: MemberId,
    id: TaskId,
    at: Option<Timestamp>,
) -> Result<()> {
    let row = task::ActiveModel {
        done_at: Set(at),
        ..Default::default()
    };
    task::Entity::update_many()
        .set(row)
        .filter(task::Column::Id.eq(id))
        .filter(task::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn follow(txn: &Txn, members: &[MemberId], guide: GuideId) -> Result<()> {
    for some in members.chunks(AT_ONCE) {
        let row = task::ActiveModel {
            guide_id: Set(guide),
            ..Default::default()
        };
        task::Entity::update_many()
            .set(row)
            .filter(task::Column::MemberId.is_in(padded(some.iter().copied())))
            .filter(task::Column::DoneAt.is_null())
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn forget_notes(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = member_note::Entity::delete_many()
        .filter(member_note::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

pub(super) async fn forget_tasks(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = task::Entity::delete_many()
        .filter(task::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

pub(super) async fn all_of(txn: &Txn, member: MemberId) -> Result<(Vec<NoteId>, Vec<TaskId>)> {
    let notes = member_note::Entity::find()
        .select_only()
        .column(member_note::Column::Id)
        .filter(member_note::Column::MemberId.eq(member));
    let tasks = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(task::Column::MemberId.eq(member));
    let notes = notes.into_tuple().all(txn.conn()).await?;
    Ok((notes, tasks.into_tuple().all(txn.conn()).await?))
}

pub(super) async fn give_notes(txn: &Txn, ids: &[NoteId], to: MemberId) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        member_note::Entity::update_many()
            .col_expr(member_note::Column::MemberId, Expr::value(to))
            .filter(member_note::Column::Id.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn give_tasks(txn: &Txn, ids: &[TaskId], to: MemberId) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        task::Entity::update_many()
            .col_expr(task::Column::MemberId, Expr::value(to))
            .filter(task::Column::Id.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}
