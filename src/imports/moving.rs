//! A file under way, a piece at a time: each piece of members in one unit of work, so that a dead process leaves nobody half
//! there, and whoever goes on begins where it ended.

use std::sync::Arc;

use daogou_schema::import::{Kind, Model, State};
use daogou_schema::{ImportId, import};
use sea_orm::Set;

use super::rules::{self, Known, Member, Wanted};
use super::{Row, columns_of, known, newcomers, places, queries, rows};
use crate::accounts::{self, Account, Visit};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// How many members a unit of work takes: it holds the writer for some ten milliseconds.
const PIECE: u64 = 200;

/// How many pieces, or single rows, one round takes: a round must end in time.
const ROUND: usize = 200;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Somebody or something is new.
    Made,
    /// It was there.
    Known,
    /// It cannot be taken, for this reason.
    Bad(&'static str),
}

/// What became of rows: their lines, and what is told of each.
pub(super) type Outcome = Vec<(i32, Result<Taken, String>)>;

/// Goes on with the files that are under way, of each account the oldest: two that name the same people do not meet.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    let mut begun = Vec::new();
    for row in queries::under_way(ctx.db.reads()).await? {
        if begun.contains(&row.account_id) {
            continue;
        }
        begun.push(row.account_id);
        let id = row.id.0;
        // One that cannot go on must not keep the others waiting.
        if let Err(error) = go_on(ctx, row).await {
            tracing::error!(import.id = id, %error, "an import broke off; it goes on with the next round");
        }
    }
    Ok(())
}

async fn go_on(ctx: &Context, row: Model) -> Result<()> {
    let account = accounts::get(ctx, row.account_id).await?;
    let mut now = Some(row);
    for _ in 0..ROUND {
        let Some(row) = now.filter(|row| row.state == State::Running) else {
            break;
        };
        now = match row.kind {
            Kind::Member => members(ctx, &account, &row).await?,
            Kind::Guide | Kind::Store => one_by_one(ctx, &account, &row).await?,
        };
    }
    Ok(())
}

/// Takes the next row, and says how it stands then.
async fn one_by_one(ctx: &Context, account: &Arc<Account>, row: &Model) -> Result<Option<Model>> {
    let next = rows(ctx, row.id, true, row.place, 1).await?;
    let known = known(ctx, account).await?;
    let mut outcome = Vec::new();
    for found in &next {
        let taken = match read(row, found, &known) {
            Ok(wanted) => Ok(places::take(ctx, account, row, &wanted).await?),
            Err(problem) => Err(problem),
        };
        outcome.push((found.line, taken));
    }
    let args = (Visit::of_house(ctx, account), row.id, row.place, outcome);
    ctx.db
        .write(args, |txn, (visit, id, place, outcome)| {
            Box::pin(async move {
                match here(txn, *id, *place).await? {
                    Some(row) => settle(txn, visit, &row, outcome).await,
                    None => Ok(None),
                }
            })
        })
        .await
}

fn read(row: &Model, found: &Row, known: &Known) -> Result<Wanted, String> {
    rules::read(row.kind, &columns_of(row).known, &found.cells, known)
}

/// Takes the next piece of members, and says how it stands then.
async fn members(ctx: &Context, account: &Arc<Account>, row: &Model) -> Result<Option<Model>> {
    let next = rows(ctx, row.id, true, row.place, PIECE).await?;
    let known = known(ctx, account).await?;
    let wanted: Vec<(i32, Result<Member, String>)> = next
        .iter()
        .map(|found| {
            let wanted = match read(row, found, &known) {
                Ok(Wanted::Member(member)) => Ok(member),
                Ok(_) => Err(String::new()),
                Err(problem) => Err(problem),
            };
            (found.line, wanted)
        })
        .collect();
    let args = Piece {
        visit: Visit::of_house(ctx, account),
        id: row.id,
        place: row.place,
        wanted,
        vault: ctx.vault()?.clone(),
    };
    ctx.db
        .write(args, |txn, piece| {
            Box::pin(async move {
                match here(txn, piece.id, piece.place).await? {
                    Some(row) => {
                        let outcome = newcomers::take_in(txn, &row, piece).await?;
                        settle(txn, &piece.visit, &row, &outcome).await
                    }
                    None => Ok(None),
                }
            })
        })
        .await
}

/// Members who are next, as their rows were read.
pub(super) struct Piece {
    pub visit: Visit,
    id: ImportId,
    place: i32,
    pub wanted: Vec<(i32, Result<Member, String>)>,
    pub vault: crate::vault::Vault,
}

/// The file, locked, if nobody else has gone on with it meanwhile.
async fn here(txn: &Txn, id: ImportId, place: i32) -> Result<Option<Model>> {
    let row = queries::locked(txn, id).await?;
    Ok(row.filter(|row| row.state == State::Running && row.place == place))
}

/// Counts what became of the rows, and forgets those that were taken. No rows: all have been looked at.
async fn settle(
    txn: &Txn,
    visit: &Visit,
    row: &Model,
    outcome: &[(i32, Result<Taken, String>)],
) -> Result<Option<Model>> {
    let mut change = import::ActiveModel::default();
    match outcome.last() {
        Some((last, _)) => change.place = Set(*last),
        None => {
            change.state = Set(State::Done);
            change.done_at = Set(Some(visit.now));
        }
    }
    let (mut made, mut known, mut bad) = (row.made, row.known, row.bad);
    for (line, what) in outcome {
        let problem = match what {
            Ok(Taken::Made) => {
                made += 1;
                None
            }
            Ok(Taken::Known) => {
                known += 1;
                None
            }
            Ok(Taken::Bad(problem)) => Some(*problem),
            Err(problem) => Some(problem.as_str()),
        };
        if let Some(problem) = problem {
            bad += 1;
            queries::set_bad(txn, row.id, *line, problem).await?;
        }
    }
    if let Some((last, _)) = outcome.last() {
        queries::take_out(txn, row.id, row.place, *last).await?;
    }
    change.made = Set(made);
    change.known = Set(known);
    change.bad = Set(bad);
    queries::update(txn, row.id, change).await?;
    queries::locked(txn, row.id).await
}
