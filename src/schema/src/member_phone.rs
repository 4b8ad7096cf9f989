//! Phone numbers of members: encrypted, found by a keyed digest, shown masked.

use sea_orm::entity::prelude::*;

use crate::{MemberId, Timestamp};

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_phone")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// The number in E.164, encrypted.
    pub sealed: Vec<u8>,
    /// By which it is found: HMAC-SHA-256 under the installation's key, in hexadecimal.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub digest: String,
    /// What everybody may see of it.
    #[sea_orm(column_type = "String(StringLen::N(32))")]
    pub masked: String,
    /// When it was noted.
    pub noted_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
