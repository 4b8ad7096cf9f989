//! SQLite's write-ahead log goes into the file beside the writer, who would otherwise stop for it: a commit that also
//! copied thousands of pages took seventy milliseconds.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::sync::watch;
use tokio::time::timeout;

/// How often at the most. What is written twice meanwhile is copied once.
const PAUSE: Duration = Duration::from_secs(1);

/// Copies what is committed until the writer is gone. It never keeps the writer waiting (SQLite: PASSIVE), so the log may
/// grow while it is at work; the writer starts the log anew when it is copied.
pub(super) async fn follow(connection: DatabaseConnection, mut committed: watch::Receiver<()>) {
    while committed.changed().await.is_ok() {
        let copied = connection
            .execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)")
            .await;
        if let Err(error) = copied {
            tracing::warn!(%error, "the write-ahead log was not copied; the writer does it when it is long");
        }
        // Nothing is waited for but the end of the writer; what is committed meanwhile counts.
        let mut end = committed.clone();
        if timeout(PAUSE, end.wait_for(|()| false)).await.is_ok() {
            break;
        }
    }
    close(connection).await;
}

/// Closes the writer's connection or the copier's: whoever is last leaves the file without a log.
pub(super) async fn close(connection: DatabaseConnection) {
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "a connection to the store was not closed");
    }
}
