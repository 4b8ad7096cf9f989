//! What waits in the writer's queue: units of work with their arguments and whoever waits for them.

use std::any::{Any, TypeId};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::writer::stopped;
use super::{Txn, Work};
use crate::error::{Error, Result};

/// How many items run as one at the most: their rows go into one statement, and their time into one transaction.
const ITEMS_MAX: usize = 64;

/// How a run inside a transaction ended.
pub(super) enum Ran {
    /// Its effects shall stay.
    Stays,
    /// Its effects must be undone; `again` when another try can help.
    Fails { again: bool },
}

/// Units of the same kind can run as one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(TypeId, usize);

pub(super) trait Queued: Send {
    /// Runs inside `txn`. May be run again; only the last outcome counts.
    fn run<'a>(&'a mut self, txn: &'a Txn) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>>;
    /// Tells the callers, after the commit.
    fn resolve(self: Box<Self>, committed: Result<(), DbErr>);
    /// What it may run together with; none when it runs alone.
    fn kind(&self) -> Option<Kind> {
        None
    }
    /// Takes in another unit of the same kind.
    fn absorb(&mut self, _other: Box<dyn Any>) {}
    /// How many items it has.
    fn len(&self) -> usize {
        1
    }
    /// One unit an item.
    fn split(self: Box<Self>) -> Vec<Box<dyn Queued>>;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
    /// Why it failed.
    fn into_error(self: Box<Self>) -> Option<Error>;
}

/// Puts `unit` into the first of `waiting` that it can run with, else behind them.
pub(super) fn enqueue(waiting: &mut Vec<Box<dyn Queued>>, unit: Box<dyn Queued>) {
    let kind = unit.kind();
    let fits = |other: &&mut Box<dyn Queued>| other.kind() == kind && other.len() < ITEMS_MAX;
    let place = kind.and_then(|_kind| waiting.iter_mut().find(fits));
    match place {
        Some(other) => other.absorb(unit.into_any()),
        None => waiting.push(unit),
    }
}

type Reply<T> = oneshot::Sender<Result<T>>;
type Outcome<T> = oneshot::Receiver<Result<T>>;

/// One unit of work.
pub(super) struct Single<A, T> {
    args: A,
    unit: for<'a> fn(&'a Txn, &'a A) -> Work<'a, T>,
    done: Option<Result<T>>,
    reply: Reply<T>,
}

impl<A, T> Single<A, T> {
    pub(super) fn new(
        args: A,
        unit: for<'a> fn(&'a Txn, &'a A) -> Work<'a, T>,
    ) -> (Self, Outcome<T>) {
        let (reply, outcome) = oneshot::channel();
        let single = Self {
            args,
            unit,
            done: None,
            reply,
        };
        (single, outcome)
    }
}

impl<A: Send + Sync + 'static, T: Send + 'static> Queued for Single<A, T> {
    fn run<'a>(&'a mut self, txn: &'a Txn) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>> {
        Box::pin(async move {
            let outcome = guarded((self.unit)(txn, &self.args)).await;
            let ran = ran(&outcome);
            self.done = Some(outcome);
            ran
        })
    }

    fn resolve(self: Box<Self>, committed: Result<(), DbErr>) {
        // The caller may be gone; what it asked for is committed all the same.
        let _gone = self.reply.send(settled(self.done, committed));
    }

    fn split(self: Box<Self>) -> Vec<Box<dyn Queued>> {
        vec![self]
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn into_error(self: Box<Self>) -> Option<Error> {
        self.done.and_then(Result::err)
    }
}

/// A unit of work for many items of one kind, with a result for each.
pub type Many<A, T> = for<'a> fn(&'a Txn, &'a [A]) -> Work<'a, Vec<T>>;

/// Items of one kind that run as one unit of work.
pub(super) struct Together<A, T> {
    items: Vec<A>,
    unit: Many<A, T>,
    done: Option<Result<Vec<T>>>,
    replies: Vec<Reply<T>>,
}

impl<A, T> Together<A, T> {
    pub(super) fn new(item: A, unit: Many<A, T>) -> (Self, Outcome<T>) {
        let (reply, outcome) = oneshot::channel();
        let together = Self {
            items: vec![item],
            unit,
            done: None,
            replies: vec![reply],
        };
        (together, outcome)
    }
}

impl<A: Send + Sync + 'static, T: Send + 'static> Queued for Together<A, T> {
    fn run<'a>(&'a mut self, txn: &'a Txn) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>> {
        Box::pin(async move {
            let outcome = guarded((self.unit)(txn, &self.items)).await;
            let outcome = outcome.and_then(|results| match results.len() == self.items.len() {
                true => Ok(results),
                false => Err(Error::Internal("a unit of work lost an item".into())),
            });
            let ran = ran(&outcome);
            self.done = Some(outcome);
            ran
        })
    }

    fn resolve(self: Box<Self>, committed: Result<(), DbErr>) {
        match settled(self.done, committed) {
            Ok(results) => {
                for (reply, result) in self.replies.into_iter().zip(results) {
                    let _gone = reply.send(Ok(result));
                }
            }
            Err(error) => {
                // Several fail together only when nothing was committed.
                let mut error = Some(error);
                for reply in self.replies {
                    let _gone = reply.send(Err(error.take().unwrap_or_else(stopped)));
                }
            }
        }
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind(TypeId::of::<Self>(), self.unit as usize))
    }

    fn absorb(&mut self, other: Box<dyn Any>) {
        if let Ok(other) = other.downcast::<Self>() {
            self.items.extend(other.items);
            self.replies.extend(other.replies);
        }
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn split(self: Box<Self>) -> Vec<Box<dyn Queued>> {
        let unit = self.unit;
        let each = self.items.into_iter().zip(self.replies);
        each.map(|(item, reply)| {
            let alone: Box<dyn Queued> = Box::new(Self {
                items: vec![item],
                unit,
                done: None,
                replies: vec![reply],
            });
            alone
        })
        .collect()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn into_error(self: Box<Self>) -> Option<Error> {
        self.done.and_then(Result::err)
    }
}

/// A fault in one unit must not end the one writer, and with it the house.
async fn guarded<T>(work: Work<'_, T>) -> Result<T> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_panic| Err(Error::Internal("a unit of work panicked".into())))
}

fn ran<T>(outcome: &Result<T>) -> Ran {
    match outcome {
        Ok(_) => Ran::Stays,
        Err(error) => Ran::Fails {
            again: matches!(error, Error::Deadlock(_) | Error::Taken),
        },
    }
}

fn settled<T>(done: Option<Result<T>>, committed: Result<(), DbErr>) -> Result<T> {
    match (done, committed) {
        (Some(Err(error)), _) => Err(error),
        (_, Err(error)) => Err(not_committed(error)),
        (Some(outcome), Ok(())) => outcome,
        (None, Ok(())) => Err(stopped()),
    }
}

/// Whatever the database says: nothing of it was accepted.
fn not_committed(error: DbErr) -> Error {
    match Error::from(error.clone()) {
        deadlock @ Error::Deadlock(_) => deadlock,
        _ => Error::Unavailable(error),
    }
}
