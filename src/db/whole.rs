//! The store as a whole, for backup and restore: one consistent look at everything, and filling an empty one.

use sea_orm::{
    AccessMode, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    FromQueryResult, IsolationLevel, Statement, TransactionOptions, TransactionTrait,
};

use super::connect::{cannot_open, open_sqlite, options};
use super::{Guard, Txn, guard};
use crate::error::{Error, Result};

/// The store as it was at one moment, however long it is looked at and whatever is written meanwhile.
///
/// SQLite keeps its write-ahead log, PostgreSQL and MySQL old row versions, until this is dropped.
pub struct Snapshot {
    connection: DatabaseConnection,
    view: DatabaseTransaction,
}

impl Snapshot {
    /// Opens the store at `url`; never creates or changes one.
    ///
    /// # Errors
    /// When it cannot be reached or its schema is not the program's.
    pub async fn open(url: &str) -> Result<Self> {
        let connection = if url.starts_with("sqlite:") {
            open_sqlite(url, 1, true).await?
        } else {
            let pool = Database::connect(options(url, 1)).await;
            pool.map_err(cannot_open)?
        };
        let pending = daogou_migrations::pending(&connection).await?;
        if pending > 0 {
            return Err(Error::Refused(format!(
                "the database is {pending} migrations behind this program: use the program that has served it until \
                 now, or run `daogou migrate up` first"
            )));
        }
        // On SQLite and MySQL the moment is that of the first read, and one view covers all tables.
        let options = match connection.get_database_backend() {
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        let view = connection.begin_with_options(options).await?;
        Ok(Self { connection, view })
    }

    /// What to ask the view through.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.view
    }

    /// What keeps the rows: `sqlite`, `postgres` or `mysql`.
    pub fn kind(&self) -> &'static str {
        match self.connection.get_database_backend() {
            DbBackend::Sqlite => "sqlite",
            DbBackend::Postgres => "postgres",
            _ => "mysql",
        }
    }

    /// Lets the database forget the moment.
    ///
    /// # Errors
    /// When it cannot be told; it notices by itself a little later.
    pub async fn close(self) -> Result<()> {
        self.view.rollback().await?;
        Ok(self.connection.close().await?)
    }
}

/// A store that is about to be filled: everything or nothing.
pub struct Filling {
    connection: DatabaseConnection,
    /// Nobody migrates meanwhile.
    _turn: Guard,
}

impl Filling {
    /// Opens the database at `url` as it is, without bringing its schema up.
    ///
    /// # Errors
    /// When it cannot be reached, or somebody migrates it for more than a minute.
    pub async fn open(url: &str) -> Result<Self> {
        let connection = if url.starts_with("sqlite:") {
            open_sqlite(url, 1, false).await?
        } else {
            // One, because what is set for the session has to hold for all that follows.
            let pool = Database::connect(options(url, 1)).await;
            pool.map_err(cannot_open)?
        };
        let _turn = Guard::take(url, guard::MIGRATION).await?;
        Ok(Self { connection, _turn })
    }

    /// The connection, for migrations and questions before the filling begins.
    pub fn conn(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins the one transaction in which all rows are written. Within a table rows may refer to later ones.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(&self) -> Result<Txn> {
        if self.connection.get_database_backend() == DbBackend::MySql {
            self.connection
                .execute_unprepared("SET SESSION foreign_key_checks = 0")
                .await?;
        }
        let txn = self.connection.begin().await?;
        match txn.get_database_backend() {
            DbBackend::Sqlite => {
                let later = "PRAGMA defer_foreign_keys = ON";
                txn.execute_unprepared(later).await?;
            }
            DbBackend::Postgres => defer_references_to_itself(&txn, true).await?,
            _ => {}
        }
        Ok(Txn::new(txn))
    }

    /// Makes everything that was written durable.
    ///
    /// # Errors
    /// When the store fails, or a row refers to one that is not there: nothing was written.
    pub async fn commit(&self, txn: Txn) -> Result<()> {
        let conn = txn.conn();
        if conn.get_database_backend() == DbBackend::Postgres {
            conn.execute_unprepared("SET CONSTRAINTS ALL IMMEDIATE")
                .await?;
            defer_references_to_itself(conn, false).await?;
        }
        // Nobody is to be woken: no server is here.
        let _nobody_is_told = txn.commit().await?;
        if self.connection.get_database_backend() == DbBackend::MySql {
            self.connection
                .execute_unprepared("SET SESSION foreign_key_checks = 1")
                .await?;
        }
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Reference {
    table_name: String,
    name: String,
}

/// PostgreSQL judges a reference at the end of its statement unless it is deferrable. Only those within one table need
/// that, and they are few: deferred ones are kept in memory until the end.
async fn defer_references_to_itself(txn: &DatabaseTransaction, deferred: bool) -> Result<()> {
    let question = "SELECT conrelid::regclass::text AS table_name, quote_ident(conname) AS name FROM pg_constraint \
                    WHERE contype = 'f' AND conrelid = confrelid AND connamespace = current_schema()::regnamespace";
    let found = Reference::find_by_statement(Statement::from_string(DbBackend::Postgres, question))
        .all(txn)
        .await?;
    let how = if deferred {
        "DEFERRABLE INITIALLY DEFERRED"
    } else {
        "NOT DEFERRABLE"
    };
    for Reference { table_name, name } in found {
        let change = format!("ALTER TABLE {table_name} ALTER CONSTRAINT {name} {how}");
        txn.execute_unprepared(&change).await?;
    }
    Ok(())
}
