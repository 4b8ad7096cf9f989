//! MariaDB's plan: it runs the statement, says how many rows each step touched, and takes it back.

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use serde_json::Value;

use super::verdict::Step;

pub async fn plan(db: &DatabaseConnection, statement: &Statement) -> Vec<Step> {
    let txn = db.begin().await.expect("a transaction");
    let asked = Statement::from_string(
        statement.db_backend,
        format!("ANALYZE FORMAT=JSON {statement}"),
    );
    let row = txn.query_one_raw(asked).await;
    let row = row
        .unwrap_or_else(|e| panic!("{statement}: {e}"))
        .expect("a plan");
    let plan: String = row.try_get_by_index(0).expect("a text");
    txn.rollback().await.expect("it is taken back");
    let mut steps = Vec::new();
    walk(&serde_json::from_str(&plan).expect("JSON"), &mut steps);
    steps
}

fn walk(node: &Value, steps: &mut Vec<Step>) {
    match node {
        Value::Object(fields) => {
            if let Some(table) = node["table_name"].as_str() {
                let number = |key: &str| node[key].as_f64().unwrap_or(0.0);
                steps.push(Step {
                    table: table.to_owned(),
                    index: index_of(node),
                    rows: Some(number("r_rows") * number("r_loops").max(1.0)),
                    fault: None,
                });
            }
            fields.values().for_each(|inner| walk(inner, steps));
        }
        Value::Array(parts) => parts.iter().for_each(|inner| walk(inner, steps)),
        _ => {}
    }
}

/// The index by which a table's rows are found: "ALL" reads the table from end to end, "index" an index.
fn index_of(table: &Value) -> Option<String> {
    match table["access_type"].as_str().unwrap_or_default() {
        "ALL" | "index" => None,
        "index_merge" => Some(table["index_merge"].to_string()),
        _ => Some(table["key"].as_str().unwrap_or_default().to_owned()),
    }
}
