//! What a young PostgreSQL knows of its tables.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::Db;
use crate::error::Result;

/// Whether a table has grown a lot since anybody looked at it, while all are still small: below a second of looking.
const OUTGROWN: &str = "SELECT 1 AS outgrown FROM pg_stat_user_tables
HAVING MAX(n_live_tup) < 200000 AND MAX(n_mod_since_analyze - n_live_tup / 2) > 200";

impl Db {
    /// Has a small database of PostgreSQL look at its tables again once they have grown. It would by itself, after a
    /// minute: until then it takes every account for a few rows, and reads all of them to find one person. On the opening
    /// day of a new installation that is the minute that counts. (The other databases look by themselves in time.)
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_statistics(&self) -> Result<()> {
        if self.reads.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let outgrown =
            Statement::from_sql_and_values(DbBackend::Postgres, OUTGROWN, [] as [Value; 0]);
        if self.reads.query_one_raw(outgrown).await?.is_none() {
            return Ok(());
        }
        self.write((), |txn, ()| {
            Box::pin(async move {
                let look = "ANALYZE (SKIP_LOCKED)";
                txn.conn().execute_unprepared(look).await?;
                Ok(())
            })
        })
        .await
    }
}
