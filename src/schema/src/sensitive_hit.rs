//! Lines in which a sensitive word was found: of a guide, which was stopped, or of a member, which is marked.

use sea_orm::entity::prelude::*;

use crate::message::Author;
use crate::{AccountId, GuideId, MemberId, MessageId, SensitiveHitId, Timestamp};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sensitive_hit")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: SensitiveHitId,
    /// Through which account.
    pub account_id: AccountId,
    /// Whom the guide wrote to, or who wrote.
    pub member_id: MemberId,
    /// The guide who wrote it, or to whom it was relayed.
    pub guide_id: Option<GuideId>,
    /// Who wrote it.
    pub author: Author,
    /// A member's line.
    pub message_id: Option<MessageId>,
    /// What a guide wrote: it stands nowhere else.
    #[sea_orm(column_type = "Text", nullable)]
    pub content: Option<String>,
    /// The words that were found.
    #[sea_orm(column_type = "String(StringLen::N(191))")]
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
