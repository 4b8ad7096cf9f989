//! Applicants 申请加入: would-be guides who came by a store's link and wait for a yes.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ApplicantId, GuideId, StaffId, StoreId, Timestamp};

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "applicant")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ApplicantId,
    /// The account.
    pub account_id: AccountId,
    /// The store that she wants to join.
    pub store_id: StoreId,
    /// SHA-256 of what her phone's page carries, in hexadecimal. Unique.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub digest: String,
    /// The name that consumers would see.
    pub name: String,
    /// What she is good at.
    pub speciality: Option<String>,
    /// Her number in E.164, encrypted.
    pub phone: Option<Vec<u8>>,
    /// What everybody may see of it.
    #[sea_orm(column_type = "String(StringLen::N(32))", nullable)]
    pub phone_masked: Option<String>,
    /// What became of it.
    pub state: State,
    /// Who decided.
    pub staff_id: Option<StaffId>,
    /// As whom she was taken.
    pub guide_id: Option<GuideId>,
    /// When she asked.
    pub created_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Nobody has decided.
    Waiting,
    /// She is a guide.
    Approved,
    /// She is not.
    Declined,
}
