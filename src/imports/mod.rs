//! Imports 导入: headquarters brings a file of stores, guides or members. It is looked at first; then its good rows are taken
//! piece by piece, and the others can be fetched, mended and brought again: whoever is there already is not made twice.

pub mod columns;
mod moving;
mod newcomers;
mod places;
mod queries;
mod reading;
pub mod rules;

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::import::{Model, State};
use daogou_schema::import_row::State as RowState;
use daogou_schema::{GuideId, ImportId, StaffId, Timestamp, import, import_row};
use sea_orm::{ActiveEnum, Set};
use serde_json::{Value, json};

use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::{fields, guides, hand_overs, tags};
use columns::Columns;
use rules::Known;

pub use moving::work;
pub use reading::{File, No, bring};

/// For so long the rows of a file are kept that were not taken.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(7);
/// How many of the newest are listed.
const LISTED_MAX: u64 = 100;
/// How many guides can share members: their ids fit the store.
pub const TARGETS_MAX: usize = 200;
/// How many rows one unit forgets.
const FORGOTTEN_AT_ONCE: u64 = 1_000;

/// A row as somebody may look at it.
#[derive(Debug)]
pub struct Row {
    /// Its number in the file.
    pub line: i32,
    /// Its cells, as [`Columns::known`] has them.
    pub cells: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Says that the good rows of a file be taken; with `targets` members whose row names nobody are dealt out among these guides.
///
/// # Errors
/// When the store fails.
pub async fn start(
    ctx: &Context,
    account: &Arc<Account>,
    id: ImportId,
    targets: Vec<GuideId>,
    by: By,
) -> Result<bool> {
    let args = (Visit::of_house(ctx, account), id, targets, by);
    ctx.db
        .write(args, |txn, (visit, id, targets, by)| {
            Box::pin(start_in(txn, visit, *id, targets, *by))
        })
        .await
}

async fn start_in(
    txn: &Txn,
    visit: &Visit,
    id: ImportId,
    targets: &[GuideId],
    by: By,
) -> Result<bool> {
    let Some(row) = own(txn, visit, id).await?.filter(rules::can_be_started) else {
        return Ok(false);
    };
    let all = guides::list(txn.conn(), visit.account.id).await?;
    let there = |id: &GuideId| all.iter().any(|it| it.id == *id && it.left_at.is_none());
    if targets.len() > TARGETS_MAX || !targets.iter().all(there) {
        return Ok(false);
    }
    let started = import::ActiveModel {
        state: Set(State::Running),
        targets: Set(Some(hand_overs::rules::written(targets)).filter(|_| !targets.is_empty())),
        started_at: Set(Some(visit.now)),
        ..Default::default()
    };
    queries::update(txn, id, started).await?;
    let after =
        json!({ "kind": row.kind.to_value(), "rows": row.rows, "bad": row.bad, "to": targets });
    note(txn, visit, by, Act::StartImport, &row, after).await?;
    Ok(true)
}

async fn note(txn: &Txn, visit: &Visit, by: By, act: Act, row: &Model, after: Value) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(row.account_id),
        act,
        subject: audit::subject("import", row.id),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, visit.now, entry).await
}

/// Stops it: what was taken stays; of what was never begun nothing is kept.
///
/// # Errors
/// When the store fails.
pub async fn stop(ctx: &Context, account: &Arc<Account>, id: ImportId, by: By) -> Result<()> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(async move {
                let row = own(txn, visit, *id).await?;
                let state = match row.as_ref().map(|row| row.state) {
                    Some(State::Draft) => State::Dropped,
                    Some(State::Running) => State::Stopped,
                    _ => return Ok(()),
                };
                let stopped = import::ActiveModel {
                    state: Set(state),
                    done_at: Set(Some(visit.now)),
                    ..Default::default()
                };
                queries::update(txn, *id, stopped).await?;
                if let Some(row) = row.filter(|row| row.state == State::Running) {
                    let after = json!({ "made": row.made, "known": row.known });
                    note(txn, visit, *by, Act::StopImport, &row, after).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The file, locked, if it is the account's.
async fn own(txn: &Txn, visit: &Visit, id: ImportId) -> Result<Option<Model>> {
    let row = queries::locked(txn, id).await?;
    Ok(row.filter(|row| row.account_id == visit.account.id))
}

/// The newest of an account.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: &Account) -> Result<Vec<Model>> {
    queries::newest(ctx.db.reads(), account.id, LISTED_MAX).await
}

/// One of an account.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: ImportId) -> Result<Option<Model>> {
    queries::get(ctx.db.reads(), account.id, id).await
}

/// The columns of a file.
pub fn columns_of(row: &Model) -> Columns {
    serde_json::from_str(&row.headings).unwrap_or_default()
}

/// The first rows behind the line `after` that are good, or bad.
///
/// # Errors
/// When the store fails, or DAOGOU_SECRET_KEY is another one.
pub async fn rows(
    ctx: &Context,
    id: ImportId,
    good: bool,
    after: i32,
    count: u64,
) -> Result<Vec<Row>> {
    let state = if good { RowState::Good } else { RowState::Bad };
    let found = queries::rows(ctx.db.reads(), id, state, after, count).await?;
    let open = |row: &import_row::Model| reading::open(ctx, row);
    found.iter().map(open).collect()
}

/// What rows of an account's files may name now.
async fn known(ctx: &Context, account: &Account) -> Result<Known> {
    let db = ctx.db.reads();
    let mut stores = guides::list_stores(ctx, account).await?;
    stores.retain(|store| store.closed_at.is_none());
    let mut present = guides::list(db, account.id).await?;
    present.retain(|guide| guide.left_at.is_none());
    Ok(Known {
        stores,
        guides: present,
        tags: tags::list(db, account.id).await?,
        fields: fields::in_use(db, account.id).await?,
    })
}

/// Forgets the rows of old files, and files that nobody said be taken.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn forget_old(ctx: &Context) -> Result<()> {
    let until = Timestamp::from(ctx.clock.now()) - KEPT_FOR;
    for id in queries::to_forget(ctx.db.reads(), until).await? {
        loop {
            let last = queries::last_of(ctx.db.reads(), id, FORGOTTEN_AT_ONCE).await?;
            let done = last.is_none();
            ctx.db
                .write((id, last), |txn, (id, last)| {
                    Box::pin(queries::forget(txn, *id, *last))
                })
                .await?;
            if done {
                break;
            }
        }
    }
    Ok(())
}

/// Who brought a file, as a person of the staff.
fn by(staff: StaffId) -> By {
    By::Staff(staff)
}
