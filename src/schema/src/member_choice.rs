//! Who has which choice: what is found along; the same stands in [`crate::member_field`].

use sea_orm::entity::prelude::*;

use crate::{ChoiceId, MemberId};

/// One member's choice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_choice")]
pub struct Model {
    /// The choice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub choice_id: ChoiceId,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
