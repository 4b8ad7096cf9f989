//! Members 会员: one person each, over all accounts.

use sea_orm::entity::prelude::*;

use crate::{MemberId, Timestamp};

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: MemberId,
    /// Joins identities of one open-platform account. Unique.
    pub unionid: Option<String>,
    /// From a remark or a form; WeChat gives none.
    pub name: Option<String>,
    /// "Only answer when I write": nobody may write first.
    pub quiet: bool,
    /// No marketing.
    pub muted: bool,
    /// When she first appeared.
    pub created_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
