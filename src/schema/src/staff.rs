//! Staff 员工: who may use the console, and what.

use sea_orm::entity::prelude::*;

use crate::{StaffId, StoreId, Timestamp};

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: StaffId,
    /// What she signs in with; unique, in small letters.
    pub login: String,
    /// How colleagues call her.
    pub name: String,
    /// What she may do.
    pub role: Role,
    /// The store of a store manager.
    pub store_id: Option<StoreId>,
    /// The regions of a dealer: their ids with commas.
    pub regions: Option<String>,
    /// Argon2id, as a PHC string.
    pub password: String,
    /// Wrong passwords in a row.
    pub failures: i32,
    /// Until when no password is tried.
    pub locked_until: Option<Timestamp>,
    /// The secret that her codes come from, encrypted; none: signing in takes the password alone.
    pub totp: Option<Vec<u8>>,
    /// The last 30 seconds, counted from 1970, whose code was used: neither it nor one before is taken again.
    pub totp_step: Option<i64>,
    /// SHA-256 of each recovery code that is left, in hexadecimal, with blanks between.
    pub recovery: Option<String>,
    /// The language in which she reads the console; none: she never chose.
    pub language: Option<Language>,
    /// When she came.
    pub created_at: Timestamp,
    /// When she left; nobody who left is signed in.
    pub left_at: Option<Timestamp>,
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Role {
    /// Everything, staff included.
    HqAdmin,
    /// Everything but staff.
    HqOperator,
    /// Her own store's guides and members.
    StoreManager,
    /// The same for all stores of some regions.
    Dealer,
}

/// A language of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Language {
    /// What everybody reads who chose nothing else.
    #[sea_orm(string_value = "zh")]
    Chinese,
    /// English.
    #[sea_orm(string_value = "en")]
    English,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
