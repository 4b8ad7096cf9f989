//! Campaigns 活动: a temporary code with a time of its own, the people who take those whom it brings, and own first words.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CodeId, Timestamp};

/// One campaign. It is one code, and has the code's number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    /// Its code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_id: CodeId,
    /// The account.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// From when its own words are said.
    pub starts_at: Timestamp,
    /// From when they are not said any more.
    pub ends_at: Timestamp,
    /// Whose guides take turns: stores' ids with commas.
    pub stores: Option<String>,
    /// Who takes turns besides: guides' ids with commas.
    pub guides: Option<String>,
    /// What new customers read first while it lasts; none means what the guide or the brand says.
    #[sea_orm(column_type = "Text", nullable)]
    pub welcome: Option<String>,
    /// When WeChat is to be asked for the next code; none when the present one outlives the campaign.
    pub renew_at: Option<Timestamp>,
    /// When the present code took over from one that goes out.
    pub renewed_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
