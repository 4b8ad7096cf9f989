//! Pushes: every request WeChat delivered, stored before it was answered.

use sea_orm::entity::prelude::*;

use crate::{AccountId, InboundId, Timestamp};

/// One push.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: InboundId,
    /// The account of the URL.
    pub account_id: AccountId,
    /// Who sent it; empty when the push names nobody. Its lane.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub openid: String,
    /// MsgType as it came, cut to 64 characters.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub msg_type: String,
    /// Event as it came, cut to 64 characters.
    #[sea_orm(column_type = "String(StringLen::N(64))", nullable)]
    pub event: Option<String>,
    /// `xml` or `json`.
    #[sea_orm(column_type = "String(StringLen::N(8))")]
    pub format: String,
    /// The decrypted body; removed after DAOGOU_RAW_DAYS.
    #[sea_orm(column_type = "Text", nullable)]
    pub raw: Option<String>,
    /// Which of the account's keys opened it: its answer is sealed with the same one.
    pub key_index: Option<i32>,
    /// CreateTime of the push.
    pub pushed_at: Option<Timestamp>,
    /// When the first delivery arrived.
    pub received_at: Timestamp,
    /// What became of it.
    pub state: State,
    /// Who answers the sender; decided once.
    pub answer: Answer,
    /// The passive answer exactly as sent, for duplicates.
    #[sea_orm(column_type = "Text", nullable)]
    pub answer_body: Option<String>,
    /// How often handling failed.
    pub attempts: i32,
    /// Why handling failed last.
    #[sea_orm(column_type = "Text", nullable)]
    pub fault: Option<String>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Accepted, not handled yet.
    Stored,
    /// Took effect.
    Done,
    /// Authentic but not parseable; kept.
    Unreadable,
    /// Handling failed too often; needs a person.
    Failed,
}

/// Who answers the sender of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Answer {
    /// Not decided.
    Open,
    /// The HTTP answer, stored in `answer_body`.
    Passive,
    /// Nobody on HTTP (`success`); messages went through the API.
    Api,
}
