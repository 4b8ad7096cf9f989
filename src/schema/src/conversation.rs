//! Conversations 会话: the chat between a member and the brand.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, MemberId, MessageId, Timestamp};

/// One member's conversation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// Through which account she wrote last.
    pub account_id: AccountId,
    /// As whom she wrote last.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub openid: String,
    /// Who serves it now: her guide or a stand-in; none means the brand's pool.
    pub guide_id: Option<GuideId>,
    /// When she last wrote.
    pub last_member_at: Option<Timestamp>,
    /// Her last line.
    pub last_line_id: Option<MessageId>,
    /// Nobody has answered since she last wrote.
    pub unanswered: bool,
    /// How many lines she wrote that whoever serves her has not opened on the workbench, nor answered; none counts as 0.
    pub unread: Option<i32>,
    /// When a guide last answered.
    pub last_reply_at: Option<Timestamp>,
    /// When she was last told that nobody can answer now; once per silence.
    pub told_at: Option<Timestamp>,
    /// The guide whom she was handed over to and who has not said so yet.
    pub new_guide_id: Option<GuideId>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
