//! Visits 到店: that somebody came to a store, as her guide noted it.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, MemberId, StoreId, Timestamp, VisitId};

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: VisitId,
    /// The account.
    pub account_id: AccountId,
    /// Who came.
    pub member_id: MemberId,
    /// Who received her; she may have another guide by now.
    pub guide_id: GuideId,
    /// Where: the guide's store then.
    pub store_id: StoreId,
    /// What she looked at, a line each.
    #[sea_orm(column_type = "String(StringLen::N(191))")]
    pub products: String,
    /// What worried her.
    pub concern: Option<Concern>,
    /// Why she did not buy, a line each.
    #[sea_orm(column_type = "String(StringLen::N(191))")]
    pub reasons: String,
    /// When it was noted.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What worries somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Concern {
    /// 安全: whether it is safe.
    Safety,
    /// 夸大: whether it does what is said.
    Exaggeration,
    /// 促销: whether it will be cheaper soon.
    Promotion,
    /// 假货: whether it is genuine.
    Fake,
    /// 不值: whether it is worth its price.
    NotWorth,
    /// 其他: something else.
    Other,
}
