//! Accounts 公众号/小程序: one WeChat appid each.

use sea_orm::entity::prelude::*;

use crate::{AccountId, Timestamp};

/// One account. Secrets are encrypted with the installation's key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: AccountId,
    /// The appid, as WeChat writes it.
    #[sea_orm(unique)]
    pub appid: String,
    /// How people call it; none: by its appid.
    pub name: Option<String>,
    /// `service` or `miniprogram`.
    pub kind: String,
    /// How pushes are protected: `plain`, `compatible` or `secure`.
    pub mode: String,
    /// The original id `gh_…`, the sender of passive replies where a push does not name it.
    pub original_id: Option<String>,
    /// AppSecret, encrypted.
    pub secret: Vec<u8>,
    /// Token of the callback, encrypted.
    pub token: Vec<u8>,
    /// EncodingAESKey, encrypted; none in plain mode.
    pub aes_key: Option<Vec<u8>>,
    /// The key before the last rotation, encrypted.
    pub aes_key_previous: Option<Vec<u8>>,
    /// Token before the last change, encrypted.
    pub token_previous: Option<Vec<u8>>,
    /// Until when the token and the key before are still accepted; none: as long as they are there.
    pub previous_until: Option<Timestamp>,
    /// What a scan of another guide's code does to a bound member.
    pub scan_rule: ScanRule,
    /// With [`ScanRule::Protected`]: for how many days after binding the first guide keeps the member.
    pub protection_days: i32,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What happens when a bound member scans another guide's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum ScanRule {
    /// The first guide keeps her.
    FirstWins,
    /// The last scanned guide gets her.
    LastWins,
    /// The first guide keeps her for the protection period, then the last scanned one gets her.
    Protected,
}
