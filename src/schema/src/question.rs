//! Questions "for whom is this?": a guide's answer that could reach the wrong person waits here.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, InboundId, QuestionId, Timestamp};

/// One held answer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "question")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: QuestionId,
    /// The account.
    pub account_id: AccountId,
    /// Who was asked.
    pub guide_id: GuideId,
    /// The push with the answer.
    pub inbound_id: InboundId,
    /// What to send once it is known to whom (see conversations::Line).
    pub content: Json,
    /// Whether it was decided.
    pub state: State,
    /// When.
    pub asked_at: Timestamp,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a question was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Waits for the guide.
    Open,
    /// The guide said to whom.
    Sent,
    /// The guide withdrew it.
    Dropped,
}
