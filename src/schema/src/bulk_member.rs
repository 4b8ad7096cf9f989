//! What bulk work changed about each member, and what was before.

use sea_orm::entity::prelude::*;

use crate::{BulkId, CodeId, GuideId, MemberId, StoreId, Timestamp};

/// One member who was changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_member")]
pub struct Model {
    /// The bulk work.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk_id: BulkId,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// The guide she got.
    pub to_guide_id: Option<GuideId>,
    /// The guide she had before; none when she had none, or got a tag.
    pub guide_id: Option<GuideId>,
    /// The store she was bound in.
    pub store_id: Option<StoreId>,
    /// By which code.
    pub code_id: Option<CodeId>,
    /// Since when.
    pub bound_at: Option<Timestamp>,
    /// What became of her.
    pub outcome: Outcome,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What became of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Outcome {
    /// She was changed.
    Changed,
    /// She is as before again.
    Restored,
    /// She had gone on when it was undone, and stayed so.
    Kept,
}
