//! Work abreast: many do the same in one unit of work, and what they ask the store for at the same time is asked once.
//!
//! A push has some thirty questions to the store. Sixty-four pushes, each after the other, have two thousand; abreast, each
//! until it needs an answer, they have some fifty, because sixty-four of the same kind are one statement.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::units::{Many, Queued, Ran, Together, enqueue};
use super::{Txn, Work};
use crate::error::{Error, Result};

/// The questions that wait to be asked.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Vec<Box<dyn Queued>>>>);

impl Asked {
    fn with<T>(&self, change: impl FnOnce(&mut Vec<Box<dyn Queued>>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Txn {
    /// Asks or tells the store `item`, together with all who do the same abreast. `unit` gets every item and returns as
    /// many results; it works on the connection itself.
    ///
    /// # Errors
    /// What `unit` returned.
    pub async fn together<A, T>(&self, item: A, unit: Many<A, T>) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let Some(asked) = &self.asked else {
            let answers = unit(self, std::slice::from_ref(&item)).await?;
            return answers.into_iter().next().ok_or_else(unanswered);
        };
        let (question, answer) = Together::new(item, unit);
        asked.with(|waiting| enqueue(waiting, Box::new(question)));
        answer.await.map_err(|_dropped| unanswered())?
    }

    /// Lets `work` happen for all of `items` abreast. Each sees what the others did before its question was asked: they
    /// must not decide by reading what another one of them changes.
    ///
    /// # Errors
    /// The first error; the unit of work has to be undone then.
    pub async fn abreast_all<I, T>(
        &self,
        items: &[I],
        work: impl for<'a> Fn(&'a Txn, &'a I) -> Work<'a, T>,
    ) -> Result<Vec<T>> {
        let asked = Asked::default();
        let view = self.abreast(asked.clone());
        let mut results: Vec<Option<T>> = items.iter().map(|_| None).collect();
        let mut running: FuturesUnordered<_> = items
            .iter()
            .enumerate()
            .map(|(place, item)| {
                let one = work(&view, item);
                async move { (place, one.await) }
            })
            .collect();
        let mut asking = None;
        poll_fn(|cx| {
            loop {
                match running.poll_next_unpin(cx) {
                    Poll::Ready(Some((place, result))) => {
                        if let Some(slot) = results.get_mut(place) {
                            *slot = Some(result?);
                        }
                        continue;
                    }
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Pending => {}
                }
                if asking.is_none() {
                    let questions: usize = asked.with(|all| all.iter().map(|q| q.len()).sum());
                    if questions < running.len() {
                        // Somebody asks the store alone and will go on.
                        return Poll::Pending;
                    }
                }
                // Nobody can go on: what they wait for is asked.
                let waiting = asking.get_or_insert_with(|| Box::pin(ask(self, asked.clone())));
                match ready!(waiting.as_mut().poll(cx)) {
                    Ok(()) => asking = None,
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
        })
        .await?;
        results
            .into_iter()
            .map(|result| result.ok_or_else(unanswered))
            .collect()
    }
}

/// Asks all that waits.
async fn ask(txn: &Txn, asked: Asked) -> Result<()> {
    for mut question in asked.with(std::mem::take) {
        let ran = question.run(txn).await;
        if let Ran::Fails { .. } = ran {
            return Err(question.into_error().unwrap_or_else(unanswered));
        }
        question.resolve(Ok(()));
    }
    Ok(())
}

fn unanswered() -> Error {
    Error::Internal("a question to the store was not answered".into())
}
