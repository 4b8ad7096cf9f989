//! Collects what the product says to its store.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use sea_orm::{DbBackend, Statement, Value};

/// The newest of each shape, as often as [`KEPT`].
static HEARD: Mutex<BTreeMap<String, VecDeque<Statement>>> = Mutex::new(BTreeMap::new());

/// How many with other values are kept of each shape: not everybody has a long history.
const KEPT: usize = 4;

/// From now on everything is heard.
pub fn listen() {
    daogou::app::listen_to_statements(|statement| {
        let mut heard = HEARD.lock().expect("nobody panics while listening");
        let same = heard.entry(shape(statement)).or_default();
        if !same.contains(statement) {
            same.push_back(statement.clone());
            // The latest stay: by then the rows that they name are there.
            if same.len() > KEPT {
                same.pop_front();
            }
        }
    });
}

/// What looks for rows. The rest has no plan: new rows, and changes of the schema.
const LOOKS: &[&str] = &["SELECT ", "UPDATE ", "DELETE "];

/// What SeaORM says when it looks for one of no rows at all.
const NONE: &str = "WHERE 1 = 2";

/// Where databases keep their own affairs; asked about before a migration.
const CATALOGUES: &[&str] = &[
    "seaql_migrations",
    "sqlite_master",
    "pragma_",
    "information_schema",
    "pg_",
];

/// What looked for rows in this kind of database.
pub fn of(backend: DbBackend) -> Vec<Statement> {
    let heard = HEARD.lock().expect("nobody panics while listening");
    heard
        .values()
        .flatten()
        .filter(|statement| statement.db_backend == backend)
        .filter(|statement| LOOKS.iter().any(|look| statement.sql.starts_with(look)))
        .filter(|statement| !statement.to_string().contains(NONE))
        .filter(|statement| !CATALOGUES.iter().any(|own| statement.sql.contains(own)))
        .cloned()
        .collect()
}

/// What makes a statement another one: its text, with lists of any length, and our own words among its values, because
/// "ready" and "sent" are not equally many.
fn shape(statement: &Statement) -> String {
    let mut shape = lists_of_any_length(&statement.sql);
    for value in statement.values.iter().flat_map(|values| &values.0) {
        if let Value::String(Some(text)) = value
            && is_own_word(text)
        {
            shape.push(' ');
            shape.push_str(text);
        }
    }
    format!("{:?} {shape}", statement.db_backend)
}

fn is_own_word(text: &str) -> bool {
    text.len() <= 16 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// `IN ($3, $4, $5)` becomes `IN (…)`.
fn lists_of_any_length(sql: &str) -> String {
    let mut parts = sql.split(" IN (");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once(')').map_or("", |(_, rest)| rest);
        short.push_str(" IN (…)");
        short.push_str(rest);
    }
    short
}
