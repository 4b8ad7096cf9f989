//! What the store takes of a push: its rows, written once more without us.

use super::row::Row;
use super::subjects::{Stored, Whole};
use super::{STORED, WHOLE};
use crate::bare::{Before, Written};
use crate::fault::Done;
use crate::load::Load;
use crate::report::Report;
use crate::stage::Stage;
use crate::stats::{figure, number};
use crate::table::Table;
use crate::wire::Sender;

const PUSHES: usize = 20_000;

/// Pushes once more, writes the rows again, and shows what the floor and the rows alone come to.
pub async fn run(sender: &Sender, stage: &Stage, rows: &[Row], report: &mut Report) -> Done<()> {
    let head = [
        "a push",
        "rows",
        "CPU µs of its rows alone",
        "floor and rows, × floor",
        "measured, × floor",
        "rows of so many pushes/s",
    ];
    let mut table = Table::new(
        "What stops it: the rows of a push, written once more without us (one core, SQLite)",
        &head,
    );
    let stored = Stored::new(sender, stage).pushes(PUSHES)?;
    let whole = Whole::new(sender, stage).pushes(PUSHES)?;
    for (at, load) in [(STORED, stored), (WHOLE, whole)] {
        let written = write_again(stage, load).await?;
        let (Some(floor), Some(row)) = (rows.first(), rows.get(at)) else {
            continue;
        };
        let least = 1.0 + written.cpu_micros / floor.cpu().median();
        table.row([
            row.label.clone(),
            figure(written.rows),
            figure(written.cpu_micros),
            figure(least),
            figure(row.ratios(Some(floor)).median()),
            figure(written.rate),
        ]);
    }
    table.note(format!("{} pushes once more; then the rows that they left are written into a copy of the store from before, through the driver that the server uses, 64 pushes a commit and 64 rows a statement, durably (WAL, synchronous=FULL). Nothing is asked, changed or answered, and no row is built: less than that is not to be had with this driver. CPU: driver, SQLite and kernel.", figure(number(PUSHES))));
    report.show(table);
    Ok(())
}

async fn write_again(stage: &Stage, load: Load) -> Done<Written> {
    let file = stage.site.file();
    let before = Before::copy(&file).await?;
    let pushes = load.len();
    stage.all_once(load).await?;
    before.write_again(&file, pushes).await
}
