//! Group commit: units of work that wait at the same time share one flush of the disk.
//!
//! On SQLite one task runs queued units in turn inside a shared transaction, commits when the queue is empty or after
//! [`BATCH_TIME`] or [`BATCH_UNITS`], and only then resolves them. A unit that fails takes the transaction with it; the
//! same units are then run again, each in a savepoint. That is rare, and a savepoint for every unit costs two statements.
//!
//! On the servers units run on several connections at once and the database groups the flushes itself; units that can
//! share statements are gathered here while the gathering before them is at work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{
    DatabaseConnection, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::Txn;
use super::checkpoint;
use super::txn::Told;
use super::units::{Queued, Ran, enqueue};
use crate::error::{Error, Result};
use crate::signals::Signals;

/// How long a shared transaction stays open at the most.
const BATCH_TIME: Duration = Duration::from_millis(2);
/// How many units share a commit at the most.
const BATCH_UNITS: usize = 512;
/// How many units may wait; then callers wait at the door.
const QUEUE_UNITS: usize = 4096;
/// How long a unit may take on a server. Nothing of it takes a second; a line whose other end has forgotten it is silent
/// for many minutes.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a unit is run again after a deadlock.
const DEADLOCK_TRIES: u32 = 3;

type Unit = Box<dyn Queued>;

#[derive(Clone)]
pub(super) enum Writer {
    One(mpsc::Sender<Unit>),
    Many {
        gatherer: mpsc::Sender<Unit>,
        alone: Alone,
    },
}

/// What units on a server need.
#[derive(Clone)]
pub(super) struct Alone {
    pool: DatabaseConnection,
    seats: Arc<Semaphore>,
    tasks: TaskTracker,
    signals: Signals,
}

impl Writer {
    /// One writer on `connection`, which nobody else may write through. It says at `commits` that there is something new.
    pub(super) fn one(
        connection: DatabaseConnection,
        tasks: &TaskTracker,
        signals: Signals,
        commits: watch::Sender<()>,
    ) -> Self {
        let (send, receive) = mpsc::channel(QUEUE_UNITS);
        tasks.spawn(write_queued(connection, receive, signals, commits));
        Self::One(send)
    }

    /// Up to `seats` units at once on `pool`.
    pub(super) fn many(
        pool: DatabaseConnection,
        seats: usize,
        tasks: &TaskTracker,
        signals: Signals,
    ) -> Self {
        let alone = Alone {
            pool,
            seats: Arc::new(Semaphore::new(seats)),
            tasks: tasks.clone(),
            signals,
        };
        let (gatherer, receive) = mpsc::channel(QUEUE_UNITS);
        tasks.spawn(gather(alone.clone(), receive));
        Self::Many { gatherer, alone }
    }

    /// Hands over a unit that runs by itself.
    pub(super) async fn run(&self, unit: Unit) -> Result<()> {
        match self {
            Self::One(queue) => queue.send(unit).await.map_err(|_closed| stopped())?,
            Self::Many { alone, .. } => alone.start(unit),
        }
        Ok(())
    }

    /// Hands over a unit that others of its kind may join.
    pub(super) async fn gather(&self, unit: Unit) -> Result<()> {
        let queue = match self {
            Self::One(queue) => queue,
            Self::Many { gatherer, .. } => gatherer,
        };
        queue.send(unit).await.map_err(|_closed| stopped())
    }
}

/// The database has fallen silent: not available, which is no fault of ours.
pub(super) fn no_answer() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(
        "the database did not answer in time".into(),
    ))
}

pub(super) fn stopped() -> Error {
    Error::Unavailable(DbErr::Custom("the writer has stopped".into()))
}

// ── SQLite ────────────────────────────────────────────────────────────────────────────────────────────────────────

async fn write_queued(
    connection: DatabaseConnection,
    mut queue: mpsc::Receiver<Unit>,
    signals: Signals,
    commits: watch::Sender<()>,
) {
    let mut waiting = Vec::new();
    loop {
        if waiting.is_empty() {
            let Some(first) = queue.recv().await else {
                break;
            };
            waiting.push(first);
        }
        let mut batch = Batch {
            queue: &mut queue,
            waiting: &mut waiting,
            done: Vec::new(),
        };
        let mut committed = batch.write(&connection).await;
        let mut done = batch.done;
        if matches!(committed, Ok(None)) {
            done = done.into_iter().flat_map(Queued::split).collect();
            committed = write_apart(&connection, &mut done).await.map(Some);
        }
        let told = committed.as_mut().ok().and_then(Option::take);
        for unit in done {
            unit.resolve(committed.as_ref().map(drop).map_err(DbErr::clone));
        }
        tell(&signals, told.unwrap_or_default());
        commits.send_replace(());
    }
    checkpoint::close(connection).await;
}

struct Batch<'a> {
    queue: &'a mut mpsc::Receiver<Unit>,
    waiting: &'a mut Vec<Unit>,
    done: Vec<Unit>,
}

impl Batch<'_> {
    /// Runs what waits; says who is to be told, or nothing when a unit failed and took all with it.
    async fn write(&mut self, connection: &DatabaseConnection) -> Result<Option<Told>, DbErr> {
        let started = Instant::now();
        let shared = match begin(connection).await {
            Ok(shared) => shared,
            Err(error) => {
                // Nobody is served by waiting for the next one's time-out.
                self.look();
                self.done.append(self.waiting);
                return Err(error);
            }
        };
        while self.done.len() < BATCH_UNITS && started.elapsed() < BATCH_TIME {
            self.look();
            if self.waiting.is_empty() {
                break;
            }
            let mut unit = self.waiting.remove(0);
            let ran = unit.run(&shared).await;
            self.done.push(unit);
            if let Ran::Fails { .. } = ran {
                shared.rollback().await?;
                return Ok(None);
            }
        }
        shared.commit().await.map(Some)
    }

    /// Takes over what has been queued meanwhile.
    fn look(&mut self) {
        while self.waiting.len() < BATCH_UNITS
            && let Ok(unit) = self.queue.try_recv()
        {
            enqueue(self.waiting, unit);
        }
    }
}

/// Runs each unit in a savepoint of its own.
async fn write_apart(connection: &DatabaseConnection, units: &mut [Unit]) -> Result<Told, DbErr> {
    let shared = begin(connection).await?;
    for unit in units {
        let savepoint = shared.savepoint().await?;
        match unit.run(&savepoint).await {
            Ran::Stays => savepoint.join(&shared).await?,
            Ran::Fails { .. } => savepoint.rollback().await?,
        }
    }
    shared.commit().await
}

fn tell(signals: &Signals, told: Told) {
    signals.outbound_ready(told.people);
    signals.shown(told.guides);
}

async fn begin(connection: &DatabaseConnection) -> Result<Txn, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    connection.begin_with_options(options).await.map(Txn::new)
}

// ── Servers ───────────────────────────────────────────────────────────────────────────────────────────────────────

impl Alone {
    /// Runs `unit` in a task of its own: a caller that goes away must not roll back what it has asked for.
    fn start(&self, unit: Unit) {
        let alone = self.clone();
        self.tasks.spawn(async move {
            let _seat = alone.seats.acquire().await;
            for unit in alone.run(unit).await {
                alone.run(unit).await;
            }
        });
    }

    /// Runs `unit` and tells its callers. When it has several items and cannot be helped, gives back each alone.
    async fn run(&self, mut unit: Unit) -> Vec<Unit> {
        let mut tries = 0;
        loop {
            tries += 1;
            let tried = timeout(PATIENCE, self.try_once(unit.as_mut())).await;
            let (committed, again) = match tried.unwrap_or_else(|_silent| Err(no_answer())) {
                Ok(again) => (Ok(()), again),
                Err(error) => {
                    let again = matches!(Error::from(error.clone()), Error::Deadlock(_));
                    (Err(error), Some(again))
                }
            };
            match again {
                // Somebody else was faster: rolled back, so look again.
                Some(true) if tries <= DEADLOCK_TRIES => {}
                Some(_) if unit.len() > 1 && committed.is_ok() => return unit.split(),
                _ => {
                    unit.resolve(committed);
                    return Vec::new();
                }
            }
        }
    }

    /// None when it is committed; whether another try can help when the unit failed.
    async fn try_once(&self, unit: &mut dyn Queued) -> Result<Option<bool>, DbErr> {
        let txn = Txn::new(self.pool.begin().await?);
        match unit.run(&txn).await {
            Ran::Stays => {
                tell(&self.signals, txn.commit().await?);
                Ok(None)
            }
            Ran::Fails { again } => {
                txn.rollback().await?;
                Ok(Some(again))
            }
        }
    }
}

/// Runs what waits together, one gathering at a time: two of them would wait for each other's rows, and while one is at
/// work the next one gathers.
async fn gather(alone: Alone, mut queue: mpsc::Receiver<Unit>) {
    let mut waiting = Vec::new();
    while let Some(first) = queue.recv().await {
        waiting.push(first);
        while let Ok(unit) = queue.try_recv() {
            enqueue(&mut waiting, unit);
        }
        for unit in waiting.drain(..) {
            for apart in alone.run(unit).await {
                alone.start(apart);
            }
        }
    }
}
