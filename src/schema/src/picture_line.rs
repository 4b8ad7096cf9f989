//! Which lines of conversations carry which picture: as long as one does, the picture stays.

use sea_orm::entity::prelude::*;

use crate::{MessageId, PictureId};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "picture_line")]
pub struct Model {
    /// The line.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// Its picture.
    pub picture_id: PictureId,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
