//! Every column of the schema is decided on.

use std::collections::BTreeSet;

use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, IdenStatic, Iterable};

use super::*;

/// Whether a person could stand in such a column: texts, documents, bytes, and whatever names a member.
fn could_name(name: &str, kind: &ColumnType) -> bool {
    let text = matches!(
        kind,
        ColumnType::Char(_)
            | ColumnType::String(_)
            | ColumnType::Text
            | ColumnType::Json
            | ColumnType::JsonBinary
            | ColumnType::Blob
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Enum { .. }
            | ColumnType::Custom(_)
    );
    text || name.ends_with("member_id")
}

macro_rules! columns {
    ($($table:ident)*) => {
        [$((stringify!($table), daogou_schema::$table::Column::iter()
            .filter(|column| could_name(column.as_str(), column.def().get_column_type()))
            .map(|column| column.as_str().to_owned())
            .collect::<BTreeSet<_>>())),*]
    };
}

#[test]
fn every_column_in_which_a_person_could_stand_is_decided_on() {
    let tables = daogou_schema::every_entity! { columns };
    for (table, columns) in &tables {
        let decided: BTreeSet<_> = DECISIONS
            .iter()
            .filter(|(of, ..)| of == table)
            .flat_map(|(_, columns, ..)| columns.iter().map(|c| (*c).to_owned()))
            .collect();
        assert_eq!(
            columns, &decided,
            "{table}: what becomes of it when somebody is erased?"
        );
    }
    for (table, ..) in DECISIONS {
        assert!(
            tables.iter().any(|(known, _)| known == table),
            "{table} is no table"
        );
    }
    assert!(DECISIONS.iter().all(|(.., why)| !why.is_empty()));
    let used = |wanted| DECISIONS.iter().any(|(_, _, how, _)| *how == wanted);
    assert!(
        [Deleted, Emptied, Number, Expires, NotHers]
            .into_iter()
            .all(used)
    );
}
