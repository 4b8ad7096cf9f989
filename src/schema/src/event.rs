//! The event outbox: facts, recorded with the rows they are about, handed on by a worker.

use sea_orm::entity::prelude::*;

use crate::{AccountId, EventId, Timestamp};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: EventId,
    /// The account.
    pub account_id: AccountId,
    /// The fact's name.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub name: String,
    /// Its particulars (see event::Event).
    pub body: Json,
    /// When.
    pub at: Timestamp,
    /// When the worker was done with it.
    pub handed_on_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
