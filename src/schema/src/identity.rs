//! Identities: a member as known to one account.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CodeId, MemberId, Timestamp};

/// One openid.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The openid; case matters.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(64))"
    )]
    pub openid: String,
    /// Whose it is.
    pub member_id: MemberId,
    /// Follows the account now.
    pub subscribed: bool,
    /// The first follow ever.
    pub first_subscribed_at: Option<Timestamp>,
    /// The last follow.
    pub subscribed_at: Option<Timestamp>,
    /// The last unfollow.
    pub unsubscribed_at: Option<Timestamp>,
    /// The last own act of any kind: where a message to her goes.
    pub last_seen_at: Timestamp,
    /// By which code she followed last, [`CodeId::NONE`] when by none; empty as long as her follow was not counted.
    pub code_id: Option<CodeId>,
    /// How she came, in WeChat's words (`ADD_SCENE_SEARCH` and others), where it was asked for.
    pub subscribe_scene: Option<String>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
