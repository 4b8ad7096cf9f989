//! What a hand-over did to each member, and what was before.

use sea_orm::entity::prelude::*;

use crate::{CodeId, GuideId, HandOverId, MemberId, StoreId, Timestamp};

/// One member of a hand-over.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hand_over_member")]
pub struct Model {
    /// The hand-over.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hand_over_id: HandOverId,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// Who got her.
    pub to_guide_id: GuideId,
    /// The store she was bound in before.
    pub store_id: StoreId,
    /// By which code.
    pub code_id: Option<CodeId>,
    /// Since when.
    pub bound_at: Timestamp,
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
    /// She was handed over.
    Moved,
    /// She is back with the guide whom she had before.
    Restored,
    /// She had gone on to somebody else when it was undone, and stayed there.
    Kept,
}
