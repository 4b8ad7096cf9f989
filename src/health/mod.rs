//! Which parts of the house answer, and since when not: for readiness and for the metrics.

mod queries;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use daogou_ground::Clock;
use daogou_session::Session;
use tokio::time::timeout;

use crate::db::Db;
use crate::error::Error;
use crate::telemetry::figures;

/// How long reading or the session layer may take before they count as not answering.
const PATIENCE: Duration = Duration::from_secs(1);
/// The same for writing, which waits its turn under load: WeChat gives up at 5 s.
const WRITE_PATIENCE: Duration = Duration::from_secs(3);
/// For so long a look is good for everybody.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Looks after the parts. Cloning shares what was seen.
#[derive(Clone)]
pub struct Health {
    db: Db,
    session: Session,
    clock: Clock,
    /// Since when which part has not answered.
    faults: Arc<Mutex<BTreeMap<&'static str, Fault>>>,
    /// What was seen last; whoever looks holds it, so that many askers share one look.
    last: Arc<tokio::sync::Mutex<Option<(Instant, Seen)>>>,
}

/// Why a part is not ready. The reason says nothing of addresses, names or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it was first seen.
    pub since: DateTime<Utc>,
    /// What is wrong.
    pub reason: &'static str,
}

/// What was seen of each part; none for a part that is ready.
pub type Seen = BTreeMap<&'static str, Option<Fault>>;

impl Health {
    /// Nothing was looked at yet.
    pub fn new(db: Db, session: Session, clock: Clock) -> Self {
        Self {
            db,
            session,
            clock,
            faults: Arc::default(),
            last: Arc::default(),
        }
    }

    /// Looks at every part, unless somebody has just done so: anybody may ask, and each look is a write.
    pub async fn look(&self) -> Seen {
        let mut last = self.last.lock().await;
        if let Some((at, seen)) = &*last
            && at.elapsed() < LOOK_AGAIN
        {
            return seen.clone();
        }
        let seen = self.look_now().await;
        *last = Some((Instant::now(), seen.clone()));
        seen
    }

    async fn look_now(&self) -> Seen {
        let (database, session) = tokio::join!(self.database(), self.session());
        let now = self.clock.now();
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = Seen::new();
        for (part, reason) in [("database", database), ("session", session)] {
            figures::ready(part, reason.is_none());
            let fault = reason.map(|reason| {
                let fault = faults.entry(part).or_insert_with(|| {
                    tracing::error!(part, reason, "not ready");
                    Fault { since: now, reason }
                });
                fault.reason = reason;
                fault.clone()
            });
            if fault.is_none() && faults.remove(part).is_some() {
                tracing::info!(part, "ready again");
            }
            seen.insert(part, fault);
        }
        seen
    }

    async fn database(&self) -> Option<&'static str> {
        match timeout(PATIENCE, self.db.ping()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Some("it cannot be reached, or refuses us"),
            Err(_) => return Some("it does not answer within 1 s"),
        }
        let touching = self.db.write((), |txn, ()| Box::pin(queries::touch(txn)));
        match timeout(WRITE_PATIENCE, touching).await {
            Ok(Ok(())) | Ok(Err(Error::Deadlock(_))) => None,
            Ok(Err(_)) => Some("it answers, but takes no writes"),
            Err(_) => Some("it answers, but a write was not done within 3 s"),
        }
    }

    async fn session(&self) -> Option<&'static str> {
        match timeout(PATIENCE, self.session.ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(_)) => Some("Redis cannot be reached, or refuses us"),
            Err(_) => Some("Redis does not answer within 1 s"),
        }
    }
}
