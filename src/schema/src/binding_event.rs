//! Binding history: append-only.

use sea_orm::entity::prelude::*;

use crate::{CodeId, GuideId, InboundId, MemberId, Timestamp};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "binding_event")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The member.
    pub member_id: MemberId,
    /// The guide before.
    pub from_guide_id: Option<GuideId>,
    /// The guide after; none when she has no guide any more.
    pub to_guide_id: Option<GuideId>,
    /// Why.
    pub reason: Reason,
    /// By which code.
    pub code_id: Option<CodeId>,
    /// By which push.
    pub inbound_id: Option<InboundId>,
    /// When.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why a binding changed or was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Reason {
    /// A scan bound her.
    Scan,
    /// She scanned her own guide's code again; nothing changed.
    Rescan,
    /// She scanned another guide's code and the account's rule kept her guide.
    Kept,
    /// She scanned another guide's code and the account's rule moved her.
    Moved,
    /// The scanned guide is not valid any more; the store's stand-in got her.
    StandIn,
    /// She asked for another guide.
    Asked,
    /// Headquarters gave her a guide.
    Assigned,
    /// Headquarters handed her over to another guide.
    HandedOver,
    /// A hand-over, or that headquarters gave her a guide, was undone.
    HandedBack,
    /// She unfollowed; the binding stays.
    Unfollowed,
    /// She follows again.
    Refollowed,
    /// Everything about her was erased.
    Erased,
}
