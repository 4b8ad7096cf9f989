//! What can be chosen in a field.

use sea_orm::entity::prelude::*;

use crate::{ChoiceId, FieldId, Timestamp};

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "field_choice")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ChoiceId,
    /// The field.
    pub field_id: FieldId,
    /// What it says.
    pub word: String,
    /// Where it stands among the others.
    pub place: i32,
    /// Since when it cannot be chosen any more; who has it keeps it.
    pub removed_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
