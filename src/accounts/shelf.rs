//! Accounts opened once and kept for as long as their row stays as it is.
//!
//! Whoever asks gets what a read that began after the question found, so a change that the command line commits counts
//! from that moment on. Those who ask at the same time share one read.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use daogou_schema::{AccountId, Timestamp, account};
use tokio::time::timeout;

use super::{Account, open_row, present, queries};
use crate::context::Context;
use crate::error::{Error, Result};

/// How long a read may take: a push has to be answered within WeChat's 5 s.
const READ_WITHIN: Duration = Duration::from_secs(3);

/// What is kept in this process.
#[derive(Default)]
pub(super) struct Shelf {
    by_appid: Row<String>,
    by_id: Row<AccountId>,
}

type Row<K> = Mutex<HashMap<K, Arc<Place>>>;

#[derive(Default)]
struct Place {
    /// How many reads have begun.
    begun: AtomicU64,
    found: tokio::sync::Mutex<Option<(account::Model, Arc<Account>)>>,
}

impl Shelf {
    pub(super) async fn by_appid(
        &self,
        ctx: &Context,
        appid: &str,
    ) -> Result<Option<Arc<Account>>> {
        let read = async || queries::by_appid(ctx.db.reads(), appid).await;
        look(ctx, &self.by_appid, appid.to_owned(), read).await
    }

    pub(super) async fn by_id(&self, ctx: &Context, id: AccountId) -> Result<Option<Arc<Account>>> {
        let read = async || queries::by_id(ctx.db.reads(), id).await;
        look(ctx, &self.by_id, id, read).await
    }
}

async fn look<K: Eq + Hash + Clone>(
    ctx: &Context,
    row: &Row<K>,
    key: K,
    read: impl AsyncFnOnce() -> Result<Option<account::Model>>,
) -> Result<Option<Arc<Account>>> {
    let place = place(row, &key);
    let asked = place.begun.load(Ordering::SeqCst);
    let mut found = place.found.lock().await;
    if place.begun.load(Ordering::SeqCst) > asked
        && let Some((_, account)) = &*found
    {
        return Ok(Some(account.clone()));
    }
    place.begun.fetch_add(1, Ordering::SeqCst);
    // Everybody who asks waits for this one read.
    let read = timeout(READ_WITHIN, read()).await;
    let model = match read.unwrap_or_else(|_silent| Err(late())) {
        Ok(model) => model,
        Err(error) => {
            *found = None;
            return Err(error);
        }
    };
    let now = Timestamp::from(ctx.clock.now());
    let Some(model) = model.map(|model| present(model, now)) else {
        // Nobody fills the memory by asking for what does not exist.
        *found = None;
        lock(row).remove(&key);
        return Ok(None);
    };
    if let Some((known, account)) = &*found
        && *known == model
    {
        return Ok(Some(account.clone()));
    }
    let account = Arc::new(open_row(ctx.vault()?, model.clone())?);
    *found = Some((model, account.clone()));
    Ok(Some(account))
}

fn late() -> Error {
    Error::Unavailable(sea_orm::DbErr::Custom(
        "the account was not read in time".into(),
    ))
}

fn place<K: Eq + Hash + Clone>(row: &Row<K>, key: &K) -> Arc<Place> {
    lock(row).entry(key.clone()).or_default().clone()
}

fn lock<K>(row: &Row<K>) -> std::sync::MutexGuard<'_, HashMap<K, Arc<Place>>> {
    row.lock().unwrap_or_else(PoisonError::into_inner)
}
