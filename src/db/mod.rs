//! The store as the subjects use it: a pool to read from and one way to write.
//!
//! SQLite has one writer connection and a read-only pool; PostgreSQL and MySQL have one pool for both.

mod abreast;
mod checkpoint;
mod connect;
mod count;
mod guard;
mod only;
mod prepared;
mod reads;
mod rows;
mod shapes;
mod statistics;
mod txn;
mod units;
mod whole;
mod writer;

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::signals::Signals;
use crate::telemetry::figures;

pub use connect::{connect, listen_to_statements};
pub use count::count_to;
pub use guard::Guard;
pub use only::Only;
pub use reads::Reads;
pub use rows::{insert_all, insert_numbered, update_all};
pub use shapes::{among, case, each, padded, pieces};
pub use txn::Txn;
pub use units::Many;
use units::{Single, Together};
pub use whole::{Filling, Snapshot};
use writer::Writer;

/// A future that a unit of work returns.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The store. Cloning shares it.
#[derive(Clone)]
pub struct Db {
    reads: Reads,
    writer: Writer,
    signals: Signals,
}

impl Db {
    /// Wake-ups inside this process: whoever was promised something is told here after the commit.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// The pool to read from. What it shows may be a commit old.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Closes the store when nobody else has it: with the end of its tasks everything is in its file.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close(self) -> Result<()> {
        Ok(self.reads.close().await?)
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reads.ping().await?)
    }

    /// Runs `unit` in a transaction and returns when it is durably committed. A unit that fails is rolled back alone.
    /// It gets its arguments by reference and captures nothing, so it can be run again after a deadlock, or because
    /// another unit of the same transaction failed.
    ///
    /// # Errors
    /// What the unit returned, or [`crate::error::Error::Unavailable`] when the store did not commit.
    pub async fn write<A, T>(
        &self,
        args: A,
        unit: for<'a> fn(&'a Txn, &'a A) -> Work<'a, T>,
    ) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        timed(async {
            let (single, outcome) = Single::new(args, unit);
            self.writer.run(Box::new(single)).await?;
            outcome.await.map_err(|_dropped| writer::stopped())?
        })
        .await
    }

    /// Like [`Db::write`], for work of which much waits at the same time: `unit` gets every item that waits now and
    /// returns as many results, so that the items share statements. When it fails for several it is run again for each
    /// alone, and only the item that cannot be helped fails.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_together<A, T>(&self, item: A, unit: Many<A, T>) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        timed(async {
            let (together, outcome) = Together::new(item, unit);
            self.writer.gather(Box::new(together)).await?;
            outcome.await.map_err(|_dropped| writer::stopped())?
        })
        .await
    }
}

/// Counts how long a unit of work took, and whether the store took it.
async fn timed<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let started = Instant::now();
    let outcome = work.await;
    let failed = matches!(outcome, Err(Error::Unavailable(_)));
    figures::written(started.elapsed(), failed);
    outcome
}
