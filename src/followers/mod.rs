//! Followers 已有粉丝: who followed before the house was there is taken in as a member without a guide. WeChat pushes nothing
//! about them; they are asked for page by page, and whoever stops or kills it finds it going on where it was.

mod queries;
mod syncing;

use daogou_schema::follower_sync::{self, Model, State};
use daogou_schema::{AccountId, FollowerSyncId, Timestamp};
use daogou_wechat::Kind;
use sea_orm::Set;
use serde_json::json;

use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

pub use syncing::work;

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Mini-programs have no followers.
    Kind,
    /// One is under way already, or there is none to stop.
    State,
}

/// Begins a run, or goes on with the one that was stopped on its way.
///
/// # Errors
/// When the store fails.
pub async fn start(ctx: &Context, account: &Account, by: By) -> Result<Result<(), No>> {
    if account.kind != Kind::Service {
        return Ok(Err(No::Kind));
    }
    let args = (account.id, Timestamp::from(ctx.clock.now()), by);
    ctx.db
        .write(args, |txn, (account, now, by)| {
            Box::pin(start_in(txn, *account, *now, *by))
        })
        .await
}

async fn start_in(txn: &Txn, account: AccountId, now: Timestamp, by: By) -> Result<Result<(), No>> {
    let last = queries::last_locked(txn, account).await?;
    let run = match last {
        Some(last) if last.state == State::Running => return Ok(Err(No::State)),
        Some(last) if last.state != State::Done => {
            let on = follower_sync::ActiveModel {
                state: Set(State::Running),
                due_at: Set(now),
                trouble: Set(None),
                done_at: Set(None),
                ..Default::default()
            };
            queries::update(txn, last.id, on).await?;
            (last.id, last.seen)
        }
        _ => (queries::insert(txn, new(account, now, by)).await?.id, 0),
    };
    note(txn, account, (now, by), Act::StartFollowers, run).await?;
    Ok(Ok(()))
}

fn new(account: AccountId, now: Timestamp, by: By) -> follower_sync::ActiveModel {
    follower_sync::ActiveModel {
        account_id: Set(account),
        staff_id: Set(by.staff()),
        state: Set(State::Running),
        page: Set(None),
        place: Set(None),
        total: Set(None),
        seen: Set(0),
        added: Set(0),
        joined: Set(0),
        back: Set(0),
        left_out: Set(0),
        due_at: Set(now),
        trouble: Set(None),
        created_at: Set(now),
        done_at: Set(None),
        ..Default::default()
    }
}

async fn note(
    txn: &Txn,
    account: AccountId,
    (now, by): (Timestamp, By),
    act: Act,
    run: (FollowerSyncId, i32),
) -> Result<()> {
    let (id, seen) = run;
    let entry = Entry {
        by,
        account: Some(account),
        act,
        subject: audit::subject("follower_sync", id),
        before: None,
        after: Some(json!({ "seen": seen })),
    };
    audit::note_in(txn, now, entry).await
}

/// Stops the run that is under way: whoever was taken in stays.
///
/// # Errors
/// When the store fails.
pub async fn stop(ctx: &Context, account: &Account, by: By) -> Result<Result<(), No>> {
    let args = (account.id, Timestamp::from(ctx.clock.now()), by);
    ctx.db
        .write(args, |txn, (account, now, by)| {
            Box::pin(stop_in(txn, *account, *now, *by))
        })
        .await
}

async fn stop_in(txn: &Txn, account: AccountId, now: Timestamp, by: By) -> Result<Result<(), No>> {
    let last = queries::last_locked(txn, account).await?;
    let Some(run) = last.filter(|run| run.state == State::Running) else {
        return Ok(Err(No::State));
    };
    let stopped = follower_sync::ActiveModel {
        state: Set(State::Stopped),
        done_at: Set(Some(now)),
        trouble: Set(None),
        ..Default::default()
    };
    queries::update(txn, run.id, stopped).await?;
    note(
        txn,
        account,
        (now, by),
        Act::StopFollowers,
        (run.id, run.seen),
    )
    .await?;
    Ok(Ok(()))
}

/// The newest runs of an account.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: AccountId, count: u64) -> Result<Vec<Model>> {
    queries::newest(ctx.db.reads(), account, count).await
}
