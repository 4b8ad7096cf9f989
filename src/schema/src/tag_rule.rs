//! Rules by which a tag is put on members, and taken off again, by itself.

use sea_orm::entity::prelude::*;

use crate::{AccountId, MemberId, TagId, Timestamp};

/// One tag's rule.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag_rule")]
pub struct Model {
    /// The tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: TagId,
    /// Its account.
    pub account_id: AccountId,
    /// Who gets it.
    pub kind: Kind,
    /// Days, or the id of a code or of a choice.
    pub value: i64,
    /// Up to which member the present round has come.
    pub place: MemberId,
    /// When the next round begins, or goes on.
    pub next_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who gets a tag by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Kind {
    /// Who followed by this code.
    Code,
    /// Who first followed within so many days.
    New,
    /// Who was not heard of for so many days.
    Quiet,
    /// In whose field this choice stands.
    Choice,
}
