//! The kinds of columns and keys that tables are made of, with everything the three databases disagree about.
//!
//! Columns are `NOT NULL` unless wrapped in [`optional`].

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// How many characters a column without a limit of its own holds: 191 × 4 bytes is what the oldest index formats of
/// MySQL can take.
pub(crate) const USUAL_LENGTH: u32 = 191;

/// Starts a table.
///
/// On MySQL whole tables compare by code point: its other collations call different emoji equal and capitals too,
/// so names that are unique elsewhere would collide there.
pub(crate) fn table(name: &'static str, db: DbBackend) -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(name);
    if let DbBackend::MySql = db {
        statement
            .engine("InnoDB")
            .character_set("utf8mb4")
            .collate("utf8mb4_bin");
    }
    statement
}

/// The table's own id: 64 bits, given by the database, growing, neither gapless nor in the order of commits.
pub(crate) fn id() -> ColumnDef {
    ColumnDef::new("id")
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .take()
}

/// A primary key that is another table's id.
pub(crate) fn own_id_of(name: &'static str) -> ColumnDef {
    number(name).primary_key().take()
}

/// 64 bits: other tables' ids, moments in milliseconds, platform codes.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// 32 bits: things that are counted.
pub(crate) fn count(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().take()
}

/// Yes or no.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

/// A name or a word that people or the platform wrote, up to `length` characters.
pub(crate) fn string(name: &'static str, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).not_null().take()
}

/// One of our own words: an active enum.
pub(crate) fn word(name: &'static str) -> ColumnDef {
    string(name, 16)
}

/// What the platform or we recognise something by (openid, scene, ticket, …): capitals count, because a lookup that
/// ignores them reaches the wrong person.
pub(crate) fn key(db: DbBackend, name: &'static str, length: u32) -> ColumnDef {
    let mut column = string(name, length);
    match db {
        DbBackend::MySql => column.extra("COLLATE utf8mb4_bin"),
        DbBackend::Postgres => column.extra(r#"COLLATE "C""#),
        // SQLite compares bytes unless told otherwise.
        _ => &mut column,
    };
    column
}

/// Text of up to 64 kB on MySQL, of any length elsewhere.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// Text as long as a push may be (512 kB): MySQL's plain TEXT would cut it off.
pub(crate) fn long_text(db: DbBackend, name: &'static str) -> ColumnDef {
    match db {
        DbBackend::MySql => ColumnDef::new(name).custom("mediumtext").not_null().take(),
        _ => text(name),
    }
}

/// Encrypted bytes; in clear these are secrets of at most 43 characters, so there is room for any envelope.
pub(crate) fn sealed(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).var_binary(1024).not_null().take()
}

/// Encrypted bytes of any length up to 16 MB: MySQL's plain BLOB ends at 64 kB.
pub(crate) fn bytes(db: DbBackend, name: &'static str) -> ColumnDef {
    match db {
        DbBackend::MySql => ColumnDef::new(name).custom("mediumblob").not_null().take(),
        _ => ColumnDef::new(name).blob().not_null().take(),
    }
}

/// A JSON document, in the form the database keeps best.
pub(crate) fn json(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).json_binary().not_null().take()
}

/// The same column, allowed to be empty.
pub(crate) fn optional(mut column: ColumnDef) -> ColumnDef {
    column.null().take()
}

/// A primary key of several columns.
pub(crate) fn primary(columns: &[&'static str]) -> IndexCreateStatement {
    over(columns).primary().take()
}

/// A unique key. Rows without a value are never equal: any number of them may exist.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    over(columns)
        .name(format!("uq_{table}_{}", columns.join("_")))
        .unique()
        .take()
}

/// A reference to another table's `id`, which cannot be deleted while it is referred to.
///
/// That is what `NO ACTION`, the default, does. `RESTRICT` would do the same, but SQLite reports it with a code that
/// SeaORM does not know as a foreign key's.
///
/// None stands on inbound, inbound_key, lane, reply_window, outbound and message: these get rows by the
/// thousand a second, each reference would cost a lookup and a lock on the parent's row there, and their retention
/// deletes in bulk.
pub(crate) fn reference(
    table: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(to, "id")
        .take()
}

fn over(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    for column in columns {
        index.col(*column);
    }
    index
}
