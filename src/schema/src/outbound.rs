//! Outbound messages: everything promised to a person, with its outcome.

use sea_orm::entity::prelude::*;

use crate::{
    AccountId, Address, GuideId, InboundId, MemberId, MessageId, OutboundId, Timestamp,
    reply_window,
};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbound")]
pub struct Model {
    /// Its id; a person's messages go out in this order.
    #[sea_orm(primary_key)]
    pub id: OutboundId,
    /// Through which account.
    pub account_id: AccountId,
    /// To whom.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub openid: String,
    /// What it is for; decides merging, holding and who is told of a failure.
    pub purpose: Purpose,
    /// What to send (see outbound::Parcel).
    pub content: Json,
    /// The member it is about: the writer of a relayed line, the addressee of an answer.
    pub member_id: Option<MemberId>,
    /// The guide it is from (answers) or to (relays).
    pub guide_id: Option<GuideId>,
    /// The line of the conversation it carries.
    pub message_id: Option<MessageId>,
    /// The push that caused it.
    pub inbound_id: Option<InboundId>,
    /// The push whose HTTP answer carries it, once it goes out passively.
    pub answer_to: Option<InboundId>,
    /// Where it stands.
    pub state: State,
    /// How it went out.
    pub channel: Option<Channel>,
    /// Calls made so far.
    pub attempts: i32,
    /// Not before.
    pub due_at: Timestamp,
    /// While claimed: when the outcome counts as unknown.
    pub lease_until: Option<Timestamp>,
    /// The lane's fence at the claim.
    pub fence: i64,
    /// The window it was paid from.
    pub spent: Option<reply_window::Trigger>,
    /// WeChat's errcode, when it refused.
    pub code: Option<i64>,
    /// Why it is held, refused or unknown, or waits long for its next call: a word of outbound::Reason.
    #[sea_orm(column_type = "String(StringLen::N(64))", nullable)]
    pub reason: Option<String>,
    /// When it was promised.
    pub created_at: Timestamp,
    /// When its outcome was known.
    pub settled_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whom it is for.
    pub fn to(&self) -> Address {
        Address {
            account_id: self.account_id,
            openid: self.openid.clone(),
        }
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Goes out as soon as its lane is free.
    Ready,
    /// Waits for the person's next act.
    Held,
    /// Is the HTTP answer of a push; not yet known to have been written.
    Answering,
    /// Is being sent now.
    Claimed,
    /// WeChat took it.
    Sent,
    /// WeChat refused it for good.
    Refused,
    /// Nobody knows whether it arrived; listed, never sent again by itself.
    Unknown,
    /// Is not wanted any more.
    Dropped,
}

/// How a message went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Channel {
    /// As the HTTP answer to a push.
    Passive,
    /// By the customer-service interface.
    Service,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Purpose {
    /// Greets after a scan or follow.
    Welcome,
    /// A consumer's line on its way to a guide.
    Relay,
    /// A guide's answer on its way to a consumer.
    Answer,
    /// Tells a guide something: new friend, refused answer, help.
    Notice,
    /// Tells a guide how many lines wait: the last message of a window.
    Waiting,
    /// Tells a consumer something the house has to say: away text, changed guide.
    Courtesy,
}
