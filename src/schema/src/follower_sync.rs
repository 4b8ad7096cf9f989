//! Runs that take in who followed before the house was there: WeChat never pushes them.

use sea_orm::entity::prelude::*;

use crate::{AccountId, FollowerSyncId, StaffId, Timestamp};

/// One run over the followers of an account.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follower_sync")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: FollowerSyncId,
    /// The account.
    pub account_id: AccountId,
    /// Who ordered it.
    pub staff_id: Option<StaffId>,
    /// How far it is.
    pub state: State,
    /// Behind whom the present page of WeChat's list begins; none for the first page, and when it is done.
    pub page: Option<String>,
    /// Who of that page was the last to be taken in.
    pub place: Option<String>,
    /// How many follow, as WeChat said last.
    pub total: Option<i32>,
    /// How many have been looked at.
    pub seen: i32,
    /// How many of them nobody knew at this account.
    pub added: i32,
    /// How many of those are somebody of another account.
    pub joined: i32,
    /// How many had come back without a word.
    pub back: i32,
    /// How many are left out: they had asked to be erased.
    pub left_out: i32,
    /// Not before: WeChat asked to wait.
    pub due_at: Timestamp,
    /// Why it waits or went no further: WeChat's number, or a word.
    pub trouble: Option<String>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it was done or stopped.
    pub done_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Under way.
    Running,
    /// Everybody was looked at.
    Done,
    /// Somebody stopped it on the way.
    Stopped,
    /// WeChat refuses what somebody has to put right first.
    Failed,
}
