//! What a guide 导购 sent from a page, by the page's own key: a line that is sent again, because the answer to the first
//! try was lost, is written once.

use sea_orm::entity::prelude::*;

use crate::{GuideId, MessageId, Timestamp};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guide_line")]
pub struct Model {
    /// Who sent it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub guide_id: GuideId,
    /// SHA-256, in hexadecimal, of the page's key, the member and what was said.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(64))"
    )]
    pub page_key: String,
    /// The line.
    pub message_id: MessageId,
    /// When.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
