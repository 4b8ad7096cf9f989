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
    /// Her birthday, `1990-05-20`, as she says herself.
    #[sea_orm(column_type = "String(StringLen::N(10))", nullable)]
    pub birthday: Option<String>,
    /// "Only answer when I write": nobody may write first.
    pub quiet: bool,
    /// No marketing.
    pub muted: bool,
    /// She is no customer but one of ours, and counts in no figure.
    pub insider: Option<Insider>,
    /// When she first appeared.
    pub created_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who is no customer although she follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Insider {
    /// She works for the brand: a guide, or somebody of headquarters.
    Staff,
    /// Somebody tries the account out.
    Tester,
}
