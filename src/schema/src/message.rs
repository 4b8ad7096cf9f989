//! Messages 消息: every line of a conversation.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, InboundId, MemberId, MessageId, Timestamp};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: MessageId,
    /// Whose conversation.
    pub member_id: MemberId,
    /// Through which account.
    pub account_id: AccountId,
    /// Who wrote it.
    pub author: Author,
    /// The guide who wrote it, or to whom it was relayed.
    pub guide_id: Option<GuideId>,
    /// What was said (see conversations::Line).
    pub content: Json,
    /// The push it came with.
    pub inbound_id: Option<InboundId>,
    /// When.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Author {
    /// The consumer.
    Member,
    /// A guide.
    Guide,
    /// The system: welcome, away text.
    House,
}
