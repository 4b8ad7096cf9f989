//! Notes 备注 that guides write about a member for whoever serves her.

use sea_orm::entity::prelude::*;

use crate::{GuideId, MemberId, NoteId, Timestamp};

/// One note.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_note")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: NoteId,
    /// About whom.
    pub member_id: MemberId,
    /// Who wrote it.
    pub guide_id: GuideId,
    /// What.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
