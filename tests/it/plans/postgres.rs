//! PostgreSQL's plan: it runs the statement, says how many rows each step touched, and takes it back.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement, TransactionTrait};
use serde_json::Value;

use super::verdict::Step;

pub async fn plan(db: &DatabaseConnection, statement: &Statement) -> Vec<Step> {
    let txn = db.begin().await.expect("a transaction");
    // A table is read from end to end only where there is no index at all.
    txn.execute_unprepared("SET LOCAL enable_seqscan = off")
        .await
        .expect("a setting");
    let question = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}");
    let asked = Statement::from_string(statement.db_backend, question);
    let row = txn.query_one_raw(asked).await;
    let row = row
        .unwrap_or_else(|e| panic!("{statement}: {e}"))
        .expect("a plan");
    let plan: Value = row.try_get_by_index(0).expect("JSON");
    txn.rollback().await.expect("it is taken back");
    let mut steps = Vec::new();
    walk(&plan[0]["Plan"], &first_columns(db).await, &mut steps);
    steps
}

/// An index may be read from its beginning by who stops after so few: to be merged with what has few rows.
const AT_ONCE: f64 = 50.0;

/// Each index with its first column.
type First = BTreeMap<String, String>;

async fn first_columns(db: &DatabaseConnection) -> First {
    let question = "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]";
    let asked = Statement::from_string(db.get_database_backend(), question);
    let rows = db.query_all_raw(asked).await.expect("the indices");
    let pair = |row: &QueryResult| {
        let text = |at| row.try_get_by_index::<String>(at).expect("a name");
        (text(0), text(1))
    };
    rows.iter().map(pair).collect()
}

fn walk(node: &Value, first: &First, steps: &mut Vec<Step>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    if let Some(table) = node["Relation Name"].as_str()
        && kind.contains("Scan")
    {
        steps.push(Step {
            table: table.to_owned(),
            index: index_of(node, first),
            rows: Some(touched(node)),
            fault: None,
        });
    }
    for inner in node["Plans"].as_array().into_iter().flatten() {
        walk(inner, first, steps);
    }
}

/// The index by which a scan finds its rows. Without a condition on its first column it is read from end to end like a
/// table.
fn index_of(node: &Value, first: &First) -> Option<String> {
    if let Some(name) = node["Index Name"].as_str() {
        let by = node["Index Cond"].as_str().unwrap_or_default();
        if by.is_empty() && touched(node) <= AT_ONCE {
            return Some(name.to_owned());
        }
        let entered = first
            .get(name)
            .is_some_and(|column| by.contains(column.as_str()));
        return entered.then(|| name.to_owned());
    }
    // A bitmap is made below: every part of it must have such a condition.
    let below = node["Plans"].as_array()?;
    let names: Option<Vec<String>> = below.iter().map(|part| index_of(part, first)).collect();
    names
        .filter(|names| !names.is_empty())
        .map(|names| names.join("+"))
}

fn touched(node: &Value) -> f64 {
    let number = |key: &str| node[key].as_f64().unwrap_or(0.0);
    let kept = number("Actual Rows");
    let left = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    (kept + left) * number("Actual Loops").max(1.0)
}
