//! The pool to read from, which does not wait for ever.

use std::future::Future;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::writer::no_answer;

/// How long one statement may take. The other end may have fallen silent, and nothing else would notice for many minutes:
/// the connection is given up, and whoever asked asks again.
const PATIENCE: Duration = Duration::from_secs(8);

/// A pool of connections for reading only.
#[derive(Clone, Debug)]
pub struct Reads(DatabaseConnection);

impl Reads {
    pub(super) fn from(pool: DatabaseConnection) -> Self {
        Self(pool)
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        self.0.close().await
    }

    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        in_time(self.0.ping()).await
    }
}

async fn in_time<T>(asking: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(answer) => answer,
        Err(_silent) => Err(no_answer()),
    }
}

/// Whoever writes goes through [`super::Db::write`].
fn only_reads<T>() -> Result<T, DbErr> {
    Err(DbErr::Custom("this connection only reads".into()))
}

#[async_trait::async_trait]
impl ConnectionTrait for Reads {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, _statement: Statement) -> Result<ExecResult, DbErr> {
        only_reads()
    }

    async fn execute_unprepared(&self, _sql: &str) -> Result<ExecResult, DbErr> {
        only_reads()
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        in_time(self.0.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        in_time(self.0.query_all_raw(statement)).await
    }
}
