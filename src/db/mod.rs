//! The store as the subjects use it: a pool to read from and one way to write.
//!
//! SQLite has one writer connection and a read-only pool; PostgreSQL and MySQL have one pool for both.

mod connect;
mod guard;
mod writer;

use std::future::Future;
use std::pin::Pin;

use sea_orm::{DatabaseConnection, DatabaseTransaction};

use crate::error::Result;

pub use connect::connect;
pub use guard::Guard;
use writer::Writer;

/// A future that a unit of work returns.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The store. Cloning shares it.
#[derive(Clone)]
pub struct Db {
    reads: DatabaseConnection,
    writer: Writer,
}

/// An open unit of work. Queries take it; nothing else may happen while it is open: no network, no waiting, no second
/// write, or the one writer would wait for itself.
pub struct Txn(DatabaseTransaction);

impl Txn {
    /// The connection, for queries.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.0
    }
}

impl Db {
    /// The pool to read from. What it shows may be a commit old.
    pub fn reads(&self) -> &DatabaseConnection {
        &self.reads
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reads.ping().await?)
    }

    /// Runs `unit` in a transaction and returns when it is durably committed. A unit that fails is rolled back alone.
    /// It gets its arguments by reference and captures nothing, so it can be run again after a deadlock.
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
        self.writer.run(args, unit).await
    }
}
