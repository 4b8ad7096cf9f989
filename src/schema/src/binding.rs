//! Bindings 专属绑定: the one guide a member has now.

use sea_orm::entity::prelude::*;

use crate::{CodeId, GuideId, MemberId, StoreId, Timestamp};

/// One active binding; its history is [`crate::binding_event`].
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "binding")]
pub struct Model {
    /// The member: at most one row each, which keeps the binding one to one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// Her guide.
    pub guide_id: GuideId,
    /// The guide's store at the time of binding.
    pub store_id: StoreId,
    /// The code that bound her.
    pub code_id: Option<CodeId>,
    /// Since when.
    pub bound_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
