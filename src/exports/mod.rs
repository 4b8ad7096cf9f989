//! Exports 导出: the member list as somebody filters it, taken out. It is written in the background and can be fetched for a day by
//! whoever ordered it; phone numbers are masked unless an administrator says why not. Who took what is written down.

mod queries;
mod rows;

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::export::{Model, State};
use daogou_schema::{ExportId, FieldId, StaffId, Timestamp, export};
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::{self, Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::bindings::pool::{self, Cursor, Filter, Scope};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::fields;

/// For so long a list can be fetched.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
/// How long a reason is, in characters.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 4..=100;
/// How many members a piece has.
const PIECE: usize = 500;
/// How many pieces one round writes: a round must end in time.
const ROUND: usize = 300;
/// How many of the newest are listed.
const LISTED_MAX: u64 = 100;
/// How many pieces one unit forgets.
const FORGOTTEN_AT_ONCE: u64 = 50;
/// The longest words, in characters.
const WORDS_CHARS_MAX: usize = 400;

/// Who wants which list.
#[derive(Clone, Debug)]
pub struct Order {
    /// As far as whoever orders it may look.
    pub scope: Scope,
    /// What its members have in common.
    pub filter: Filter,
    /// The same in words.
    pub words: String,
    /// Why phone numbers are to be whole, if they are.
    pub whole: Option<String>,
    /// Who orders it.
    pub staff: StaffId,
}

/// What the store keeps of whom it is about.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    scope: Scope,
    filter: Filter,
    /// The brand's own columns, as they were when it was ordered.
    #[serde(default)]
    fields: Vec<Column>,
}

/// One of the brand's own columns.
#[derive(Debug, Serialize, Deserialize)]
struct Column {
    id: FieldId,
    name: String,
    masked: bool,
}

/// Whether that is a reason.
pub fn is_reason(text: &str) -> bool {
    REASON_CHARS.contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Orders a list; from now on it is under way.
///
/// # Errors
/// [`Error::Invalid`] when the reason is none; when the store fails.
pub async fn order(ctx: &Context, account: &Arc<Account>, order: Order) -> Result<ExportId> {
    if !order.whole.as_deref().is_none_or(is_reason) {
        return Err(Error::Invalid("the reason is too short or too long".into()));
    }
    // Whether there is a key is found out now rather than later.
    ctx.vault()?;
    let args = (Visit::of_house(ctx, account), order);
    ctx.db
        .write(args, |txn, (visit, order)| {
            Box::pin(order_in(txn, visit, order))
        })
        .await
}

async fn order_in(txn: &Txn, visit: &Visit, order: &Order) -> Result<ExportId> {
    let kept = Kept {
        scope: order.scope.clone(),
        filter: order.filter,
        fields: fields::in_use(txn.conn(), visit.account.id)
            .await?
            .into_iter()
            .map(|field| Column {
                id: field.row.id,
                name: field.row.name,
                masked: field.row.masked,
            })
            .collect(),
    };
    let row = export::ActiveModel {
        account_id: Set(visit.account.id),
        staff_id: Set(order.staff),
        state: Set(State::Running),
        audience: Set(serde_json::to_string(&kept).map_err(unreadable)?),
        words: Set(order.words.chars().take(WORDS_CHARS_MAX).collect()),
        whole: Set(order.whole.is_some()),
        reason: Set(order.whole.clone()),
        place: Set(None),
        rows: Set(0),
        pieces: Set(0),
        created_at: Set(visit.now),
        ..Default::default()
    };
    let row = queries::insert(txn, row).await?;
    let after = json!({ "filter": row.words, "whole": row.whole, "reason": row.reason });
    note(txn, visit.now, &row, Act::StartExport, after).await?;
    Ok(row.id)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("a list cannot be kept: {error}"))
}

async fn note(txn: &Txn, now: Timestamp, row: &Model, act: Act, after: Value) -> Result<()> {
    let entry = Entry {
        by: By::Staff(row.staff_id),
        account: Some(row.account_id),
        act,
        subject: audit::subject("export", row.id),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, now, entry).await
}

/// Goes on with the lists that are under way.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    for row in queries::under_way(ctx.db.reads()).await? {
        let id = row.id.0;
        // One that cannot go on must not keep the others waiting.
        if let Err(error) = go_on(ctx, row).await {
            tracing::error!(export.id = id, %error, "an export broke off; it goes on with the next round");
        }
    }
    Ok(())
}

/// Members who are next, as they are written.
struct Piece {
    id: ExportId,
    now: Timestamp,
    /// Where it began.
    place: Option<String>,
    count: usize,
    /// None when nobody of this stretch fits.
    sealed: Option<Vec<u8>>,
    /// Where it goes on; none when nobody is left.
    next: Option<String>,
}

async fn go_on(ctx: &Context, row: Model) -> Result<()> {
    let account = accounts::get(ctx, row.account_id).await?;
    let names = rows::Names::load(ctx, &account).await?;
    let kept: Kept = serde_json::from_str(&row.audience).map_err(unreadable)?;
    let mut now = Some(row);
    for _ in 0..ROUND {
        let Some(row) = now.filter(|row| row.state == State::Running) else {
            break;
        };
        let after = row.place.as_deref().and_then(Cursor::read);
        let page = pool::list(ctx, kept.scope.clone(), kept.filter, after, PIECE).await?;
        let written = rows::written(ctx, &names, &kept.fields, &page.rows, row.whole).await?;
        let sealed = match written.is_empty() {
            true => None,
            false => {
                let text = serde_json::to_string(&written).map_err(unreadable)?;
                Some(ctx.vault()?.seal(&place(row.id, row.pieces), &text)?)
            }
        };
        let piece = Piece {
            id: row.id,
            now: Timestamp::from(ctx.clock.now()),
            place: row.place,
            count: written.len(),
            sealed,
            next: page.next.map(|next| next.to_string()),
        };
        now = ctx
            .db
            .write(piece, |txn, piece| Box::pin(keep(txn, piece)))
            .await?;
    }
    Ok(())
}

/// Keeps a piece, if nobody else has gone on meanwhile; says how it stands then.
async fn keep(txn: &Txn, piece: &Piece) -> Result<Option<Model>> {
    let row = queries::locked(txn, piece.id).await?;
    let here = |row: &Model| row.state == State::Running && row.place == piece.place;
    let Some(row) = row.filter(here) else {
        return Ok(None);
    };
    let mut change = export::ActiveModel {
        rows: Set(row.rows + i32::try_from(piece.count).unwrap_or_default()),
        ..Default::default()
    };
    if let Some(sealed) = &piece.sealed {
        queries::insert_piece(txn, row.id, row.pieces, sealed).await?;
        change.pieces = Set(row.pieces + 1);
    }
    match &piece.next {
        Some(next) => change.place = Set(Some(next.clone())),
        None => {
            change.state = Set(State::Done);
            change.done_at = Set(Some(piece.now));
        }
    }
    queries::update(txn, row.id, change).await?;
    let row = queries::locked(txn, row.id).await?;
    if let Some(row) = row.as_ref().filter(|row| row.state == State::Done) {
        let after = json!({ "rows": row.rows, "whole": row.whole });
        note(txn, piece.now, row, Act::FinishExport, after).await?;
    }
    Ok(row)
}

fn place(id: ExportId, seq: i32) -> String {
    format!("export_piece.sealed.{id}.{seq}")
}

/// Stops a list; nothing of it is kept.
///
/// # Errors
/// When the store fails.
pub async fn stop(ctx: &Context, id: ExportId) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((id, now), |txn, (id, now)| {
            Box::pin(async move {
                let row = queries::locked(txn, *id).await?;
                if row.is_none_or(|row| row.state != State::Running) {
                    return Ok(());
                }
                let stopped = export::ActiveModel {
                    state: Set(State::Stopped),
                    done_at: Set(Some(*now)),
                    ..Default::default()
                };
                queries::update(txn, *id, stopped).await
            })
        })
        .await
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
pub async fn get(ctx: &Context, account: &Account, id: ExportId) -> Result<Option<Model>> {
    queries::get(ctx.db.reads(), account.id, id).await
}

/// Until when a list can be fetched, if it is whole.
pub fn until(row: &Model) -> Option<Timestamp> {
    let done = row.done_at.filter(|_| row.state == State::Done);
    done.map(|done| done + KEPT_FOR)
}

/// Whether `staff` can fetch a list now.
pub fn can_fetch(row: &Model, staff: StaffId, now: Timestamp) -> bool {
    row.staff_id == staff && until(row).is_some_and(|until| now <= until)
}

/// What the columns of a list are called.
///
/// # Errors
/// When the store holds something that cannot be read.
pub fn headings(row: &Model) -> Result<Vec<String>> {
    let kept: Kept = serde_json::from_str(&row.audience).map_err(unreadable)?;
    let own = kept.fields.into_iter().map(|column| column.name);
    Ok(rows::HEADINGS
        .map(str::to_owned)
        .into_iter()
        .chain(own)
        .collect())
}

/// What columns that every list has are called.
pub const USUAL: &[&str] = &rows::HEADINGS;

/// What they will be called in a list that is ordered now: ours, and the brand's own fields.
///
/// # Errors
/// When the store fails.
pub async fn headings_now(
    ctx: &Context,
    account: &Account,
) -> Result<(&'static [&'static str], Vec<String>)> {
    let own = fields::in_use(ctx.db.reads(), account.id).await?;
    let own = own.into_iter().map(|field| field.row.name);
    Ok((USUAL, own.collect()))
}

/// Writes down that a list is fetched, and as what.
///
/// # Errors
/// When the store fails.
pub async fn note_fetched(ctx: &Context, row: &Model, format: &'static str) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((row.clone(), now, format), |txn, (row, now, format)| {
            let after = json!({ "rows": row.rows, "whole": row.whole, "format": format });
            Box::pin(note(txn, *now, row, Act::FetchExport, after))
        })
        .await
}

/// The rows of a piece; none behind the last one.
///
/// # Errors
/// When the store fails, or DAOGOU_SECRET_KEY is another one.
pub async fn piece(ctx: &Context, id: ExportId, seq: i32) -> Result<Option<Vec<Vec<String>>>> {
    let Some(sealed) = queries::piece(ctx.db.reads(), id, seq).await? else {
        return Ok(None);
    };
    let text = ctx.vault()?.open(&place(id, seq), &sealed)?;
    let rows = serde_json::from_str(text.expose()).map_err(unreadable)?;
    Ok(Some(rows))
}

/// Forgets lists that nobody can fetch any more.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn forget_old(ctx: &Context) -> Result<()> {
    let until = Timestamp::from(ctx.clock.now()) - KEPT_FOR;
    for id in queries::to_forget(ctx.db.reads(), until).await? {
        while ctx
            .db
            .write(id, |txn, id| {
                Box::pin(queries::forget(txn, *id, FORGOTTEN_AT_ONCE))
            })
            .await?
        {}
    }
    Ok(())
}
