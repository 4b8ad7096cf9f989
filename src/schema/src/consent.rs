//! Consents 同意: what a member agreed to or took back, for each purpose; append-only.

use sea_orm::entity::prelude::*;

use crate::{InboundId, MemberId, StaffId, Timestamp};

/// One word of hers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose.
    pub member_id: MemberId,
    /// To what.
    pub purpose: Purpose,
    /// Given, or taken back.
    pub given: bool,
    /// How it reached us.
    pub way: Way,
    /// Which text she was shown; none when she was shown none.
    #[sea_orm(column_type = "String(StringLen::N(64))", nullable)]
    pub text_version: Option<String>,
    /// Who of the staff noted it.
    pub staff_id: Option<StaffId>,
    /// The push it came with.
    pub inbound_id: Option<InboundId>,
    /// When.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What may be done with what is known about her.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Purpose {
    /// Offers and campaigns.
    Marketing,
    /// Being written to first.
    Contact,
    /// A profile: phone number, birthday, preferences.
    Profile,
    /// Her children's data, as their guardian.
    Children,
}

/// How it reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Way {
    /// By a word in the chat.
    Chat,
    /// Headquarters noted it: by phone, on paper, in a store.
    Console,
    /// She ticked it in a form of her own.
    Form,
    /// The platform said so.
    Platform,
}
