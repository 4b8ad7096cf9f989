//! The audit log 操作记录: who changed what, each row sealed together with the one before it.

use sea_orm::entity::prelude::*;

use crate::{AccountId, StaffId, Timestamp};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Its place: 1, 2, 3, without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who of the staff; none when it was a command on the server.
    pub staff_id: Option<StaffId>,
    /// In which account; none when it concerns the whole installation.
    pub account_id: Option<AccountId>,
    /// What was done, in one of our words.
    pub act: String,
    /// To what: kind and id, like `guide 3`.
    pub subject: String,
    /// What it was, as JSON; none when it is new.
    pub before: Option<String>,
    /// What it is now, as JSON; none when it is gone.
    pub after: Option<String>,
    /// SHA-256 over the digest before this one and all of the above, in hexadecimal.
    pub digest: String,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
