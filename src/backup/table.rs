//! What a backup knows of a table: its columns, in kinds that all three databases have.

use sea_orm::prelude::ColumnType;
use serde::{Deserialize, Serialize};

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// 32 bits.
    Int32,
    /// 64 bits.
    Int64,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// Bytes, in base64.
    Bytes,
    /// A document.
    Json,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub table: String,
    pub columns: Vec<Column>,
    /// The columns of its primary key, by which its rows stand in order.
    pub key: Vec<String>,
    /// Whether the database gives the ids.
    pub numbered: bool,
}

/// The kind of a column of the schema.
pub(super) fn kind_of(kind: &ColumnType) -> Kind {
    match kind {
        ColumnType::BigInteger => Kind::Int64,
        ColumnType::TinyInteger | ColumnType::SmallInteger | ColumnType::Integer => Kind::Int32,
        ColumnType::Boolean => Kind::Bool,
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Kind::Bytes,
        ColumnType::Json | ColumnType::JsonBinary => Kind::Json,
        _ => Kind::Text,
    }
}
