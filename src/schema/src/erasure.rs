//! Erasures 删除: everything that is kept about a person goes, and a receipt stays.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ErasureId, MemberId, StaffId, Timestamp};

/// One erasure; once it is done, its receipt.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    /// Its id, the receipt's number.
    #[sea_orm(primary_key)]
    pub id: ErasureId,
    /// Who is erased, by number alone. Unique: nobody is erased twice.
    #[sea_orm(unique)]
    pub member_id: MemberId,
    /// The account in which it was asked for.
    pub account_id: AccountId,
    /// Why.
    pub cause: Cause,
    /// How far it is.
    pub state: State,
    /// Who ordered it; none when nobody of the staff did.
    pub staff_id: Option<StaffId>,
    /// As whom she was known, as JSON, for as long as it is needed; none before it begins and once it is done.
    #[sea_orm(column_type = "Text", nullable)]
    pub people: Option<String>,
    /// SHA-256 of `appid:openid` in hexadecimal, several with commas: by it she can show that the receipt is hers.
    #[sea_orm(column_type = "Text", nullable)]
    pub proof: Option<String>,
    /// Pushes up to this one are looked through; later ones are a new acquaintance.
    pub inbound_until: i64,
    /// How far they are looked through.
    pub inbound_done: i64,
    /// Messages to her up to this one go.
    pub outbound_until: i64,
    /// How many rows of each kind were deleted, as JSON.
    #[sea_orm(column_type = "Text")]
    pub counts: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When she became unknown.
    pub begun_at: Option<Timestamp>,
    /// When the last row was gone.
    pub done_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why somebody is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Cause {
    /// She asked for it.
    Asked,
    /// She unfollowed long enough ago.
    Unfollowed,
    /// Her WeChat account is gone.
    Cancelled,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Ordered.
    Asked,
    /// She is unknown by now; what she left is being deleted.
    Running,
    /// Nothing is left.
    Done,
}
