//! SQLite's plan: which index each step uses, and by how much of it.

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::verdict::{Step, Verdict};

/// Columns by which nearly everything would be found, so that an index must be entered by another one too.
const COARSE: &[&str] = &[
    "account_id",
    "state",
    "way",
    "purpose",
    "author",
    "unanswered",
    "file",
    "given_up",
];

/// States in which nothing stays: what is found by one of these is what is under way now.
const PASSING: &[&str] = &[
    "stored",
    "ready",
    "claimed",
    "answering",
    "asked",
    "running",
];

/// States that nearly every row has in the end: who is found with one of these brings a whole history along.
const LASTING: &[&str] = &["'done'", "'sent'", "'dropped'"];

/// What may be found by such a column alone, with the reason.
const BOUNDED: &[(&str, &str)] = &[
    (
        r#"SELECT COUNT(*) FROM (SELECT "outbound"."id" FROM "outbound" WHERE "outbound"."state" IN ('held') LIMIT"#,
        "a figure for the metrics: counted to 10,000 and no further",
    ),
    (
        r#"SELECT "inbound"."id", "inbound"."received_at", "inbound"."msg_type""#,
        "pushes that were set aside: few, and somebody looks at them",
    ),
    (
        r#"UPDATE "lane" SET "fence" = "fence" + 0 WHERE "lane"."account_id" = 0"#,
        "whether the store takes writes: no account has this id",
    ),
];

/// Sorts of what an index has found before, with the reason why that is little; so is what is under way. The servers say how many rows it was.
const SORTS: &[(&str, &str)] = &[
    (
        r#""outbound"."openid" = "#,
        "what waits for one person: one list for each state",
    ),
    (r#""media"."file" IS NULL"#, "what is not fetched yet"),
    (
        r#""inbound"."state" = 'failed'"#,
        "what was set aside, which somebody looks at",
    ),
    (
        r#"GROUP BY "fan_day"."code_id""#,
        "a code's days become one row: of the codes that a page lists",
    ),
];

/// Indices that no statement of the story uses, with the reason why they are there.
const KEPT: &[(&str, &str)] = &[
    (
        "ix_identity_member_id",
        "MariaDB wants one for each foreign key; one write for each new person",
    ),
    (
        "ix_binding_event_member_id_id",
        "the same; one write for each change of a binding",
    ),
];

/// Every index is there for a statement: each costs a write for every row.
pub async fn every_index_is_used(db: &DatabaseConnection, verdict: &Verdict) {
    let question =
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix~_%' ESCAPE '~'";
    let asked = Statement::from_string(db.get_database_backend(), question);
    let rows = db.query_all_raw(asked).await.expect("the indices");
    let names = rows
        .iter()
        .map(|row| row.try_get_by_index(0).expect("a name"));
    let idle: Vec<String> = names
        .filter(|name: &String| !verdict.uses(name))
        .filter(|name| KEPT.iter().all(|(kept, _why)| kept != name))
        .collect();
    assert!(idle.is_empty(), "nobody uses {idle:?}");
}

pub async fn plan(db: &DatabaseConnection, statement: &Statement) -> Vec<Step> {
    let question = format!("EXPLAIN QUERY PLAN {statement}");
    let asked = Statement::from_string(statement.db_backend, question);
    let rows = db.query_all_raw(asked).await;
    let rows = rows.unwrap_or_else(|e| panic!("{statement}: {e}"));
    let details: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by("detail").expect("a detail"))
        .collect();
    let mut steps: Vec<Step> = details
        .iter()
        .filter_map(|detail| step(detail, statement))
        .collect();
    let sorted = details.iter().find(|detail| detail.contains("TEMP B-TREE"));
    let text = statement.to_string();
    let bounded =
        of_what_is_under_way(&text) || SORTS.iter().any(|(part, _why)| text.contains(part));
    if let (Some(sort), Some(first)) = (sorted.filter(|_| !bounded), steps.first_mut()) {
        first.fault = Some(format!("{sort}: a sort without an index"));
    }
    steps
}

/// `SEARCH outbound USING INDEX ix (state=? AND due_at<?)`, `SCAN outbound`, …
fn step(detail: &str, statement: &Statement) -> Option<Step> {
    let (verb, rest) = detail.split_once(' ')?;
    let table = rest.split(' ').next()?.to_owned();
    match verb {
        // An index made for this one statement reads the whole table too.
        _ if rest.contains("AUTOMATIC") => Some(Step {
            table,
            index: None,
            rows: None,
            fault: None,
        }),
        "SCAN" => Some(Step {
            table,
            index: None,
            rows: None,
            fault: None,
        }),
        "SEARCH" => {
            let index = rest
                .split_once("INDEX ")
                .map_or("primary key", |(_, index)| index);
            let index = index.split(" (").next().unwrap_or_default().to_owned();
            let by = columns(rest);
            let text = statement.to_string();
            let bounded = BOUNDED.iter().any(|(start, _why)| text.starts_with(start));
            let coarse = by.iter().all(|column| COARSE.contains(column));
            let history = by.contains(&"state")
                && by.contains(&"openid")
                && LASTING
                    .iter()
                    .any(|word| condition(&text).replace("<> 'done'", "").contains(word));
            let all = coarse && !bounded && !of_what_is_under_way(&text);
            let fault = (all || history).then(|| format!("{detail}: found by {by:?} alone"));
            Some(Step {
                table,
                index: Some(index),
                rows: None,
                fault,
            })
        }
        _ => None,
    }
}

/// The columns in `… (state=? AND due_at<?)`.
fn columns(rest: &str) -> Vec<&str> {
    let by = rest
        .rsplit_once(" (")
        .map_or("", |(_, by)| by.trim_end_matches(')'));
    by.split(" AND ")
        .filter_map(|part| part.split(['=', '<', '>']).next())
        .collect()
}

/// Whether its condition names only states in which nothing stays.
fn of_what_is_under_way(text: &str) -> bool {
    let state = condition(text)
        .split_once(r#""state" "#)
        .map_or("", |(_, rest)| rest);
    let words = match state.strip_prefix("IN (") {
        Some(list) => list.split(')').next(),
        None => state
            .strip_prefix("= ")
            .and_then(|one| one.split(' ').next()),
    };
    let words = words.unwrap_or_default().split(", ");
    words
        .into_iter()
        .all(|word| PASSING.contains(&word.trim_matches('\'')))
}

fn condition(text: &str) -> &str {
    text.split_once(" WHERE ")
        .map_or("", |(_, condition)| condition)
}
