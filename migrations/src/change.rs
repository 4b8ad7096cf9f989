//! What a migration is here: one table or one index more, one index less, or rows that follow from others, because MySQL commits every change of the schema by itself.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// One migration. Its name is for ever: it is how a database knows what it already has.
pub(crate) enum Change {
    /// A new table.
    Table {
        /// The migration's name.
        name: &'static str,
        /// The statement for a database.
        create: fn(DbBackend) -> TableCreateStatement,
    },
    /// An index that nobody uses any more.
    NoIndex {
        /// The migration's name.
        name: &'static str,
        /// The table that is indexed no longer.
        table: &'static str,
        /// The columns, in order, as they were when it was made.
        columns: &'static [&'static str],
    },
    /// An index that leaves out the rows nobody looks for, which are most of them, where the database can do that; MySQL
    /// cannot and keeps the whole one.
    Narrow {
        /// The migration's name.
        name: &'static str,
        /// The indexed table.
        table: &'static str,
        /// The columns, in order, of the index that it replaces.
        columns: &'static [&'static str],
        /// The column and the value of the rows that are left out.
        without: (&'static str, &'static str),
    },
    /// A new column of a table, empty in the rows that are there.
    Column {
        /// The migration's name.
        name: &'static str,
        /// The table.
        table: &'static str,
        /// The column's name.
        column: &'static str,
        /// The column; it must be nullable.
        add: fn() -> ColumnDef,
    },
    /// Rows that follow from those that are there. When some of them are there too, by a run that was cut off, the
    /// statement must leave them out.
    Fill {
        /// The migration's name.
        name: &'static str,
        /// The statement.
        insert: fn() -> InsertStatement,
    },
    /// A new index that is not unique.
    Index {
        /// The migration's name.
        name: &'static str,
        /// The indexed table.
        table: &'static str,
        /// The indexed columns, in order.
        columns: &'static [&'static str],
    },
}

impl MigrationName for Change {
    fn name(&self) -> &str {
        match self {
            Self::Table { name, .. }
            | Self::Index { name, .. }
            | Self::NoIndex { name, .. }
            | Self::Column { name, .. }
            | Self::Fill { name, .. }
            | Self::Narrow { name, .. } => name,
        }
    }
}

#[async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_database_backend();
        match self {
            Self::Table { create, .. } => {
                let mut statement = create(db);
                if is_left_half_done(db) {
                    statement.if_not_exists();
                }
                manager.create_table(statement).await
            }
            Self::Column {
                table, column, add, ..
            } => {
                if is_left_half_done(db) && manager.has_column(table, column).await? {
                    return Ok(());
                }
                let mut statement = Table::alter();
                statement.table(*table).add_column(add());
                manager.alter_table(statement).await
            }
            Self::Fill { insert, .. } => manager.execute(insert()).await.map(drop),
            Self::Index { table, columns, .. } => {
                let name = index_name(table, columns);
                if is_left_half_done(db) && manager.has_index(table, &name).await? {
                    return Ok(());
                }
                manager.create_index(index(table, columns)).await
            }
            Self::NoIndex { table, columns, .. } => {
                let index = index_name(table, columns);
                if is_left_half_done(db) && !manager.has_index(table, &index).await? {
                    return Ok(());
                }
                manager.drop_index(no_index(table, index)).await
            }
            Self::Narrow { .. } if db == DbBackend::MySql => Ok(()),
            Self::Narrow {
                table,
                columns,
                without: (column, value),
                ..
            } => {
                let name = index_name(table, columns);
                manager.drop_index(no_index(table, name)).await?;
                let mut statement = index(table, columns);
                statement.and_where(Expr::col(*column).ne(Expr::Constant((*value).into())));
                manager.create_index(statement).await
            }
        }
    }

    /// The change and the note that it was made are one transaction where the database can do that.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement = Index::create();
    statement.name(index_name(table, columns)).table(table);
    for column in columns {
        statement.col(*column);
    }
    statement
}

fn no_index(table: &'static str, name: String) -> IndexDropStatement {
    let mut statement = Index::drop();
    statement.name(name).table(table);
    statement
}

fn index_name(table: &str, columns: &[&str]) -> String {
    format!("ix_{table}_{}", columns.join("_"))
}

/// Whether a process that died may have left the change made but not noted: MySQL commits before it changes the
/// schema, so the change must be one that can be made again. The others roll both back, and there a table that is
/// already present belongs to somebody else and is an error.
fn is_left_half_done(db: DbBackend) -> bool {
    matches!(db, DbBackend::MySql)
}
