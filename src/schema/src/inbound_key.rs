//! Dedupe keys of pushes: they outlive the raw body.

use sea_orm::entity::prelude::*;

use crate::{AccountId, InboundId, Timestamp};

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_key")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// MsgId, or sender, second, event and key; case matters.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(250))"
    )]
    pub dedupe_key: String,
    /// The push that came first.
    pub inbound_id: InboundId,
    /// When; kept for 90 days.
    pub received_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
