//! Numbers: a guide's `#12`, never reused or renumbered.

use sea_orm::entity::prelude::*;

use crate::{GuideId, MemberId, Timestamp};

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guide_number")]
pub struct Model {
    /// Whose number it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub guide_id: GuideId,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// Who it names, for ever.
    pub member_id: MemberId,
    /// Since when.
    pub given_at: Timestamp,
    /// Since when the guide has starred her; none: not.
    pub starred_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
