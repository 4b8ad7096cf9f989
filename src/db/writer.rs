//! Group commit: units of work that wait at the same time share one flush of the disk.
//!
//! On SQLite one task runs queued units in turn, each in a savepoint of a shared transaction, commits when the queue is
//! empty or after [`BATCH_TIME`] or [`BATCH_UNITS`], and only then resolves them. On the servers units run on several
//! connections at once and the database groups the flushes itself.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::{Txn, Work};
use crate::error::{Error, Result};

/// How long a shared transaction stays open at the most.
const BATCH_TIME: Duration = Duration::from_millis(5);
/// How many units share a commit at the most.
const BATCH_UNITS: usize = 512;
/// How many units may wait; then callers wait at the door.
const QUEUE_UNITS: usize = 4096;
/// How often a unit is run again after a deadlock.
const DEADLOCK_TRIES: u32 = 3;

#[derive(Clone)]
pub(super) enum Writer {
    One(mpsc::Sender<Box<dyn Queued>>),
    Many {
        pool: DatabaseConnection,
        seats: Arc<Semaphore>,
        tasks: TaskTracker,
    },
}

impl Writer {
    /// One writer on `connection`, which nobody else may write through.
    pub(super) fn one(connection: DatabaseConnection, tasks: &TaskTracker) -> Self {
        let (send, receive) = mpsc::channel(QUEUE_UNITS);
        tasks.spawn(write_queued(connection, receive));
        Self::One(send)
    }

    /// Up to `seats` units at once on `pool`.
    pub(super) fn many(pool: DatabaseConnection, seats: usize, tasks: &TaskTracker) -> Self {
        Self::Many {
            pool,
            seats: Arc::new(Semaphore::new(seats)),
            tasks: tasks.clone(),
        }
    }

    pub(super) async fn run<A, T>(
        &self,
        args: A,
        unit: for<'a> fn(&'a Txn, &'a A) -> Work<'a, T>,
    ) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        match self {
            Self::One(queue) => {
                let queued = Box::new(Unit {
                    args,
                    unit,
                    done: None,
                    reply: Some(reply),
                });
                queue.send(queued).await.map_err(|_closed| stopped())?;
            }
            Self::Many { pool, seats, tasks } => {
                let (pool, seats) = (pool.clone(), seats.clone());
                // A task of its own: a caller that goes away must not roll back what it has asked for.
                tasks.spawn(async move {
                    let _seat = seats.acquire().await;
                    // The caller may be gone; the work is done all the same.
                    let _gone = reply.send(run_alone(&pool, &args, unit).await);
                });
            }
        }
        outcome.await.map_err(|_dropped| stopped())?
    }
}

fn stopped() -> Error {
    Error::Unavailable(sea_orm::DbErr::Custom("the writer has stopped".into()))
}

fn panicked() -> Error {
    Error::Internal("a unit of work panicked".into())
}

async fn run_alone<A, T>(
    pool: &DatabaseConnection,
    args: &A,
    unit: for<'a> fn(&'a Txn, &'a A) -> Work<'a, T>,
) -> Result<T> {
    let options = TransactionOptions {
        isolation_level: Some(IsolationLevel::ReadCommitted),
        access_mode: Some(AccessMode::ReadWrite),
        ..Default::default()
    };
    let mut tries = 0;
    loop {
        tries += 1;
        let txn = Txn(pool.begin_with_options(options).await?);
        let work = AssertUnwindSafe(unit(&txn, args)).catch_unwind();
        let outcome = match work.await.unwrap_or_else(|_panic| Err(panicked())) {
            Ok(value) => txn.0.commit().await.map(|()| value).map_err(Error::from),
            Err(e) => txn.0.rollback().await.map_err(Error::from).and(Err(e)),
        };
        match outcome {
            // Somebody else was faster: rolled back, so look again.
            Err(Error::Deadlock(_) | Error::Taken) if tries <= DEADLOCK_TRIES => {}
            other => return other,
        }
    }
}

pub(super) trait Queued: Send {
    /// Runs inside `savepoint`; true when its effects shall stay.
    fn run<'a>(
        &'a mut self,
        savepoint: &'a Txn,
    ) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 'a>>;
    /// Tells the caller, after the commit.
    fn resolve(self: Box<Self>, committed: Result<(), sea_orm::DbErr>);
}

struct Unit<A, T> {
    args: A,
    unit: for<'a> fn(&'a Txn, &'a A) -> Work<'a, T>,
    done: Option<Result<T>>,
    reply: Option<oneshot::Sender<Result<T>>>,
}

impl<A: Send + Sync, T: Send> Queued for Unit<A, T> {
    fn run<'a>(
        &'a mut self,
        savepoint: &'a Txn,
    ) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async move {
            // A fault in one unit must not end the one writer, and with it the house.
            let work = AssertUnwindSafe((self.unit)(savepoint, &self.args)).catch_unwind();
            let outcome = work
                .await
                .unwrap_or_else(|_panic| Err(Error::Internal("a unit of work panicked".into())));
            let stays = outcome.is_ok();
            self.done = Some(outcome);
            stays
        })
    }

    fn resolve(mut self: Box<Self>, committed: Result<(), sea_orm::DbErr>) {
        let outcome = match (self.done.take(), committed) {
            (Some(Err(e)), _) => Err(e),
            (_, Err(e)) => Err(Error::Unavailable(e)),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(stopped()),
        };
        if let Some(reply) = self.reply.take() {
            // The caller may be gone; what it asked for is committed all the same.
            let _gone = reply.send(outcome);
        }
    }
}

async fn write_queued(connection: DatabaseConnection, mut queue: mpsc::Receiver<Box<dyn Queued>>) {
    while let Some(first) = queue.recv().await {
        let mut done = Vec::new();
        let committed = write_batch(&connection, first, &mut queue, &mut done).await;
        for unit in done {
            unit.resolve(committed.as_ref().copied().map_err(copy_of));
        }
    }
}

/// `DbErr` cannot be cloned; every unit of a failed batch gets its text.
fn copy_of(error: &sea_orm::DbErr) -> sea_orm::DbErr {
    sea_orm::DbErr::Custom(error.to_string())
}

async fn write_batch(
    connection: &DatabaseConnection,
    first: Box<dyn Queued>,
    queue: &mut mpsc::Receiver<Box<dyn Queued>>,
    done: &mut Vec<Box<dyn Queued>>,
) -> Result<(), sea_orm::DbErr> {
    let started = Instant::now();
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let shared = match connection.begin_with_options(options).await {
        Ok(shared) => shared,
        Err(e) => {
            done.push(first);
            return Err(e);
        }
    };
    let mut next = Some(first);
    while let Some(mut unit) = next.take() {
        let ran = run_in_savepoint(&shared, unit.as_mut()).await;
        done.push(unit);
        ran?;
        if done.len() < BATCH_UNITS && started.elapsed() < BATCH_TIME {
            next = queue.try_recv().ok();
        }
    }
    shared.commit().await
}

async fn run_in_savepoint(
    shared: &DatabaseTransaction,
    unit: &mut dyn Queued,
) -> Result<(), sea_orm::DbErr> {
    let savepoint = Txn(shared.begin().await?);
    if unit.run(&savepoint).await {
        savepoint.0.commit().await
    } else {
        savepoint.0.rollback().await
    }
}
