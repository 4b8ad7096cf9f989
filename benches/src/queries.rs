//! What the bench asks the store of the server under test, beside it and never while the clock runs.

use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::fault::Done;

/// How long messages may be on their way after the last push.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// The store, seen from outside.
pub struct Look(DatabaseConnection);

impl Look {
    /// Opens it.
    pub async fn open(url: &str) -> Done<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Ok(Self(Database::connect(options).await?))
    }

    /// The one number that `query` answers.
    pub async fn count(&self, query: &str) -> Done<i64> {
        let statement = Statement::from_string(self.0.get_database_backend(), query);
        let row = self.0.query_one_raw(statement).await?;
        Ok(row
            .ok_or("the query answers nothing")?
            .try_get_by_index(0)?)
    }

    /// Waits until nothing is on its way any more: neither pushes being handled nor messages being sent.
    pub async fn settled(&self) -> Done<()> {
        let begun = Instant::now();
        loop {
            let busy = self.count(
                "SELECT (SELECT count(*) FROM inbound WHERE state = 'stored') + \
                 (SELECT count(*) FROM outbound WHERE state IN ('ready', 'claimed', 'answering'))",
            );
            let busy = busy.await?;
            if busy == 0 {
                return Ok(());
            }
            if begun.elapsed() > SETTLED_WITHIN {
                return Err(format!("{busy} pushes and messages are still on their way").into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
