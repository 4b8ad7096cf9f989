//! What is called committed is committed, whatever happened on the connection before.

use sea_orm::ConnectionTrait;
use tokio_util::task::TaskTracker;

use super::*;

async fn write(db: &Db, statement: &'static str) -> Result<()> {
    db.write(statement, |txn, statement| {
        Box::pin(async move {
            txn.conn().execute_unprepared(statement).await?;
            Ok(())
        })
    })
    .await
}

#[tokio::test]
async fn a_commit_is_one_also_after_sqlite_ended_a_transaction_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("db").display());
    let db = connect(&url, true, &TaskTracker::new()).await.unwrap();
    write(&db, "CREATE TABLE a (id INTEGER PRIMARY KEY)")
        .await
        .unwrap();
    write(
        &db,
        "CREATE TABLE b (a INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
    )
    .await
    .unwrap();
    write(&db, "INSERT INTO a VALUES (1)").await.unwrap();

    // What a full disk does now and then, without one: a statement that ends its transaction, and a COMMIT that fails.
    assert!(
        write(&db, "INSERT OR ROLLBACK INTO a VALUES (1)")
            .await
            .is_err()
    );
    assert!(write(&db, "INSERT INTO b VALUES (99)").await.is_err());
    write(&db, "INSERT INTO a VALUES (2)").await.unwrap();

    let rows = db
        .reads()
        .query_all_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Sqlite,
            "SELECT id FROM a",
        ))
        .await
        .unwrap();
    assert_eq!(rows.len(), 2, "what was called committed is not there");
}
