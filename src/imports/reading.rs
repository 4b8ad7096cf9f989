//! A file comes in: it is read off the web worker, one at a time, its rows are checked and kept encrypted.

use std::sync::Arc;

use daogou_schema::import::{Kind, State};
use daogou_schema::import_row::State as RowState;
use daogou_schema::{ImportId, StaffId, Timestamp, import, import_row};
use sea_orm::Set;
use tokio::sync::Mutex;

use super::columns::{self, Columns, Own};
use super::{Row, queries, rules};
use crate::accounts::Account;
use crate::context::Context;
use crate::db::insert_all;
use crate::error::{Error, Result};
use crate::fields;
use crate::sheets::{self, Fault, Sheet};

/// How many rows one unit stores.
const PIECE: usize = 500;
/// The longest name of a file that is kept, in characters.
const NAME_CHARS_MAX: usize = 100;

/// A file as it was brought.
#[derive(Debug)]
pub struct File {
    /// What its rows are.
    pub kind: Kind,
    /// Its name, for people.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Who brings it.
    pub staff: StaffId,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// It cannot be read.
    Unreadable(Fault),
    /// Its headings cannot be understood.
    Headings(columns::No),
}

/// One file at a time is read in this process: what it unpacks to may be some hundred megabytes.
#[derive(Default)]
struct Turn(Mutex<()>);

/// Takes a file in, to be looked at; nothing of it has an effect yet.
///
/// # Errors
/// When the store fails.
pub async fn bring(
    ctx: &Context,
    account: &Arc<Account>,
    file: File,
) -> Result<Result<ImportId, No>> {
    let turn = ctx.kept::<Turn>();
    let _mine = turn.0.lock().await;
    let File {
        kind,
        name,
        bytes,
        staff,
    } = file;
    let reading = ctx
        .tasks
        .runtime
        .spawn_blocking(move || sheets::read(&bytes));
    let failed = |error| Error::Internal(format!("a file is not read: {error}"));
    let sheet = match reading.await.map_err(failed)? {
        Ok(sheet) => sheet,
        Err(fault) => return Ok(Err(No::Unreadable(fault))),
    };
    let own = match kind {
        Kind::Member => fields::in_use(ctx.db.reads(), account.id).await?,
        Kind::Guide | Kind::Store => Vec::new(),
    };
    let own: Vec<_> = own
        .iter()
        .map(|field| Own::of(field.row.id, &field.row.name))
        .collect();
    let columns = match columns::understand(kind, &sheet.headings, &own) {
        Ok(columns) => columns,
        Err(no) => return Ok(Err(No::Headings(no))),
    };
    let shown = |sign: &char| !sign.is_control();
    let name: String = name.chars().filter(shown).take(NAME_CHARS_MAX).collect();
    let row = import::ActiveModel {
        account_id: Set(account.id),
        staff_id: Set(staff),
        kind: Set(kind),
        state: Set(State::Reading),
        file_name: Set(name),
        headings: Set(written(&columns)?),
        targets: Set(None),
        rows: Set(i32::try_from(sheet.rows.len()).unwrap_or(i32::MAX)),
        bad: Set(0),
        place: Set(0),
        made: Set(0),
        known: Set(0),
        created_at: Set(Timestamp::from(ctx.clock.now())),
        ..Default::default()
    };
    let id = ctx
        .db
        .write(row, |txn, row| Box::pin(queries::insert(txn, row.clone())))
        .await?;
    let bad = keep(ctx, account, id, kind, &columns, sheet).await?;
    ctx.db
        .write((id, bad), |txn, (id, bad)| {
            let draft = import::ActiveModel {
                state: Set(State::Draft),
                bad: Set(*bad),
                ..Default::default()
            };
            Box::pin(queries::update(txn, *id, draft))
        })
        .await?;
    Ok(Ok(id))
}

fn written<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Internal(format!("a row cannot be kept: {error}")))
}

/// Keeps the rows with what is wrong with them, and says how many are.
async fn keep(
    ctx: &Context,
    account: &Account,
    id: ImportId,
    kind: Kind,
    columns: &Columns,
    sheet: Sheet,
) -> Result<i32> {
    let known = super::known(ctx, account).await?;
    let mut bad = 0;
    for piece in sheet.rows.chunks(PIECE) {
        let mut rows = Vec::with_capacity(piece.len());
        for row in piece {
            let cells = columns.cells(&row.cells);
            let problem = rules::read(kind, &columns.known, &cells, &known).err();
            bad += i32::from(problem.is_some());
            let state = match problem {
                Some(_) => RowState::Bad,
                None => RowState::Good,
            };
            let sealed = ctx.vault()?.seal(&place(id, row.line), &written(&cells)?)?;
            rows.push(import_row::ActiveModel {
                import_id: Set(id),
                line: Set(row.line),
                sealed: Set(sealed),
                state: Set(state),
                problem: Set(problem),
            });
        }
        ctx.db
            .write(rows, |txn, rows| {
                Box::pin(async move { insert_all(txn, rows).await.map(drop) })
            })
            .await?;
    }
    Ok(bad)
}

fn place(id: ImportId, line: i32) -> String {
    format!("import_row.sealed.{id}.{line}")
}

/// A row as it was brought.
pub(super) fn open(ctx: &Context, row: &import_row::Model) -> Result<Row> {
    let text = ctx
        .vault()?
        .open(&place(row.import_id, row.line), &row.sealed)?;
    let cells = serde_json::from_str(text.expose())
        .map_err(|error| Error::Internal(format!("a row cannot be read: {error}")))?;
    Ok(Row {
        line: row.line,
        cells,
        problem: row.problem.clone(),
    })
}
