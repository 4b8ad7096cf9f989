//! Hand-overs 移交: a guide's customers go to colleagues, and may come back.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, HandOverId, StaffId, StoreId, Timestamp};

/// One hand-over.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hand_over")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: HandOverId,
    /// The account.
    pub account_id: AccountId,
    /// Whose customers.
    pub guide_id: GuideId,
    /// Why.
    pub cause: Cause,
    /// How far it is.
    pub state: State,
    /// Who ordered it.
    pub staff_id: StaffId,
    /// The guide's store before; the customers stay with it.
    pub store_id: StoreId,
    /// Where a guide who moves goes, once it is confirmed.
    pub to_store_id: Option<StoreId>,
    /// The guide's own WeChat before.
    pub openid: Option<String>,
    /// When that was linked.
    pub linked_at: Option<Timestamp>,
    /// Whether the guide was on duty before.
    pub on_duty: bool,
    /// The stand-in named before.
    pub stand_in_id: Option<GuideId>,
    /// Who gets the customers in turn: guides' ids with commas; none until it is decided.
    pub targets: Option<String>,
    /// How many customers the guide had when it was confirmed.
    pub members: i32,
    /// How many customers have been handed over.
    pub moved: i32,
    /// How many of them have come back.
    pub restored: i32,
    /// How many stayed where they are when it was undone, because they had gone on meanwhile.
    pub kept: i32,
    /// When the guide was frozen.
    pub created_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When the last customer had been handed over.
    pub done_at: Option<Timestamp>,
    /// When it was undone, or called off.
    pub undone_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why customers are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Cause {
    /// The guide leaves.
    Departure,
    /// The guide goes to another store; the customers stay with theirs.
    Move,
    /// The guide is away for long.
    LongLeave,
    /// The guide's store closes, and the guide leaves with it.
    Closing,
}

/// How far a hand-over is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Somebody who looks after the store wishes it; nothing has changed.
    Proposed,
    /// A wish that became a hand-over of its own.
    Accepted,
    /// The guide is frozen; who gets the customers is not decided.
    Frozen,
    /// The customers are on their way.
    Running,
    /// All of them have been handed over.
    Done,
    /// They are on their way back.
    Undoing,
    /// Everything is as it was.
    Undone,
}
