//! Bulk work 批量操作: the same done to many members, with progress and a way back.

use sea_orm::entity::prelude::*;

use crate::{AccountId, BulkId, StaffId, TagId, Timestamp};

/// One bulk work.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: BulkId,
    /// The account.
    pub account_id: AccountId,
    /// Who ordered it.
    pub staff_id: StaffId,
    /// What is done.
    pub work: Work,
    /// How far it is.
    pub state: State,
    /// To whom: members' ids, or what they have in common; JSON.
    #[sea_orm(column_type = "Text")]
    pub audience: String,
    /// The tag that is put on or taken off.
    pub tag_id: Option<TagId>,
    /// Who gets the members in turn: guides' ids with commas.
    pub targets: Option<String>,
    /// Whom it has come to: where the next piece begins.
    pub place: Option<String>,
    /// How many members were to be looked at, where that was counted.
    pub members: Option<i32>,
    /// How many have been looked at.
    pub seen: i32,
    /// How many of them were changed; the others were so already.
    pub changed: i32,
    /// How many of those are as before again.
    pub restored: i32,
    /// How many stayed as they are when it was undone, because they had gone on meanwhile.
    pub kept: i32,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When the last member had been looked at, or it was stopped.
    pub done_at: Option<Timestamp>,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is done to members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Work {
    /// They get a tag.
    Tag,
    /// They lose a tag.
    Untag,
    /// They get a guide.
    Assign,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Under way.
    Running,
    /// All have been looked at.
    Done,
    /// Somebody stopped it on the way.
    Stopped,
    /// On the way back.
    Undoing,
    /// Everything is as it was.
    Undone,
}
