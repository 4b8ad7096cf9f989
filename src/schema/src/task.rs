//! Tasks 任务: something that whoever serves a member must do for her by a time.

use sea_orm::entity::prelude::*;

use crate::{GuideId, MemberId, TaskId, Timestamp};

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: TaskId,
    /// For whom.
    pub member_id: MemberId,
    /// Whose task it is: it goes along when she gets another guide.
    pub guide_id: GuideId,
    /// What is to be done.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// By when.
    pub due_at: Timestamp,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it was done; none while it is open.
    pub done_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
