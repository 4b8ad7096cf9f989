//! Guides 导购.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, MemberId, MessageId, PictureId, StoreId, Timestamp};

/// One guide.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guide")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: GuideId,
    /// The account through whose chat the guide answers.
    pub account_id: AccountId,
    /// The store.
    pub store_id: StoreId,
    /// The name consumers see, unique within the store.
    pub name: String,
    /// Welcome text with variables; none means the template.
    pub welcome: Option<String>,
    /// What the guide is good at.
    pub speciality: Option<String>,
    /// The guide's number in E.164, encrypted.
    pub phone: Option<Vec<u8>>,
    /// What everybody may see of it.
    pub phone_masked: Option<String>,
    /// Her photo.
    pub photo_id: Option<PictureId>,
    /// The guide's own WeChat as a follower of the account; none until linked. Unique within the account.
    pub openid: Option<String>,
    /// When it was linked.
    pub linked_at: Option<Timestamp>,
    /// Takes customers now.
    pub on_duty: bool,
    /// Who stands in; none means anybody on duty in the store.
    pub stand_in_id: Option<GuideId>,
    /// Who a bare answer goes to.
    pub current_member_id: Option<MemberId>,
    /// The newest unanswered line this guide had when naming that customer (`#12`, a tap); none when she just was the
    /// only one who wrote. Who writes after it makes a bare answer unclear.
    pub current_seen: Option<MessageId>,
    /// A line that came to this guide, has no answer, and whose customer a colleague serves by now. Until the guide names
    /// somebody a bare answer may be meant for her.
    pub lost_line_id: Option<MessageId>,
    /// The highest `#` number given to a member so far.
    pub last_number: i32,
    /// When this guide last got a new member: whoever waited longest is next.
    pub last_member_at: Option<Timestamp>,
    /// When the guide was added.
    pub created_at: Timestamp,
    /// When the guide left; a guide who left is never linked, never on duty.
    pub left_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
