//! A store as it is after years: the rows that the product itself wrote for one guide and one member, copied for
//! everybody, straight in the database and with other ids, openids, keys and times.
//!
//! Copy `n` of row `k` of a table gets the id `last + k × count + n`, so that what one person wrote lies scattered over
//! the table as it does in life. The talk is spread over [`DAYS`]; raw pushes and settled messages are left out once they
//! are older than the product keeps them.

use std::fmt::Write as _;

/// Over how many days the talk is spread: the dedupe keys of all of it are still kept.
const DAYS: i64 = 89;
/// How many days of raw pushes and settled messages are there.
const RAW_DAYS: i64 = 29;
const DAY_MILLIS: i64 = 86_400_000;
/// Columns of the append tables that move back with the row.
const MOMENTS: &[&str] = &[
    "received_at",
    "pushed_at",
    "at",
    "created_at",
    "due_at",
    "settled_at",
];

/// Whom a table's rows are copied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// For every member: `p` is the member, `g` her guide.
    Members,
    /// For every guide: `p` is the guide's first member, `g` the guide.
    Guides,
}

/// What the copies are made of.
pub struct Pattern {
    /// The openid of the member in the original rows.
    pub member: String,
    /// The openid of the guide in the original rows.
    pub guide: String,
    /// How many members are made.
    pub members: usize,
    /// How many guides are made.
    pub guides: usize,
}

/// A table of the store.
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
}

impl Table {
    /// Whether it has a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }

    /// Whether its rows belong to people at all.
    pub fn is_copied(&self) -> bool {
        let personal = ["member_id", "openid", "inbound_id", "guide_id"]
            .iter()
            .any(|c| self.has(c));
        personal || ["member", "guide"].contains(&self.name.as_str())
    }

    /// For whom it is copied, each with the condition on the original rows.
    pub fn series(&self, pattern: &Pattern) -> Vec<(Series, String)> {
        let guide = &pattern.guide;
        if ["guide", "code"].contains(&self.name.as_str()) {
            // A store's code belongs to no guide.
            let own = if self.has("guide_id") {
                "t.guide_id IS NOT NULL"
            } else {
                "1"
            };
            vec![(Series::Guides, own.into())]
        } else if self.has("openid") && !self.has("id") && !self.has("member_id") {
            vec![
                (Series::Guides, format!("t.openid = '{guide}'")),
                (Series::Members, format!("t.openid <> '{guide}'")),
            ]
        } else {
            vec![(Series::Members, "1".into())]
        }
    }

    /// Keeps the original rows aside: reading and writing one table at once would copy it first.
    pub fn put_aside(&self) -> String {
        let name = &self.name;
        let order = if self.has("id") { "ORDER BY id" } else { "" };
        format!(
            "CREATE TEMP TABLE \"was_{name}\" AS SELECT *, row_number() OVER ({order}) - 1 AS rank FROM \"{name}\""
        )
    }

    /// The statement that makes the copies.
    pub fn copy(&self, pattern: &Pattern, series: Series, condition: &str) -> String {
        let name = &self.name;
        let quoted: Vec<String> = self.columns.iter().map(|c| format!("\"{c}\"")).collect();
        let values: Vec<String> = self
            .columns
            .iter()
            .map(|c| self.value(pattern, series, c))
            .collect();
        let people = match series {
            Series::Members => "temp.person p CROSS JOIN temp.keeper g ON g.n = p.guide",
            Series::Guides => "temp.keeper g CROSS JOIN temp.person p ON p.n = g.n",
        };
        let mut kept = condition.to_owned();
        if ["inbound", "outbound"].contains(&self.name.as_str()) {
            // Writing to a String cannot fail.
            let _infallible = write!(
                kept,
                " AND {} < {}",
                self.age(pattern),
                RAW_DAYS * DAY_MILLIS
            );
        }
        format!(
            "INSERT INTO \"{name}\" ({}) SELECT {} FROM temp.\"was_{name}\" t CROSS JOIN {people} WHERE {kept}",
            quoted.join(", "),
            values.join(", ")
        )
    }

    fn value(&self, pattern: &Pattern, series: Series, column: &str) -> String {
        let old = format!("t.\"{column}\"");
        let openids = |text: &str| {
            format!(
                "replace(replace({text}, '{}', p.openid), '{}', g.openid)",
                pattern.member, pattern.guide
            )
        };
        let made = match (self.name.as_str(), column) {
            (table, "id") => new_id(table, "t.rank", count(pattern, series), series),
            (_, "member_id" | "current_member_id") => {
                new_id("member", "0", pattern.members, Series::Members)
            }
            (_, "guide_id" | "from_guide_id" | "to_guide_id") => {
                new_id("guide", "0", pattern.guides, Series::Guides)
            }
            (_, "inbound_id" | "answer_to") => self.referred(pattern, "inbound", &old),
            (_, "message_id" | "last_line_id" | "current_seen") => {
                self.referred(pattern, "message", &old)
            }
            (_, "dedupe_key") => {
                // The ids of messages grow with time.
                let id = self.referred(pattern, "inbound", "t.inbound_id");
                let numbered = format!("'m:' || (2400000000000000000 + {id}) || ':text'");
                format!(
                    "CASE WHEN {old} LIKE 'm:%' THEN {numbered} ELSE {} || {id} END",
                    openids(&old)
                )
            }
            (_, "openid" | "raw" | "content") => openids(&old),
            ("guide_number", "number") => "p.number".into(),
            ("guide", "last_number") => pattern.members.div_ceil(pattern.guides).to_string(),
            ("guide", "name") | ("code", "scene" | "ticket" | "url") => format!("{old} || g.n"),
            (_, moment) if MOMENTS.contains(&moment) && self.moves() => {
                format!("{old} - {}", self.age(pattern))
            }
            _ => return old,
        };
        format!("CASE WHEN {old} IS NULL THEN NULL ELSE {made} END")
    }

    /// Whether its rows stand in the order of time.
    fn moves(&self) -> bool {
        [
            "inbound",
            "inbound_key",
            "message",
            "outbound",
            "binding_event",
        ]
        .contains(&self.name.as_str())
    }

    /// By how many milliseconds a copy is older than its original.
    fn age(&self, pattern: &Pattern) -> String {
        let members = pattern.members;
        let (rank, ranks) = if self.has("id") {
            (
                "t.rank".to_owned(),
                format!("(SELECT count(*) FROM temp.\"was_{}\")", self.name),
            )
        } else {
            (
                rank_of("inbound", "t.inbound_id"),
                "(SELECT count(*) FROM temp.was_inbound)".into(),
            )
        };
        let position = format!("({rank} * {members} + p.n) * 1.0 / ({ranks} * {members})");
        format!(
            "CAST({} * (1.0 - {position}) AS INTEGER)",
            DAYS * DAY_MILLIS
        )
    }

    /// The new id of what the old id in `column` refers to.
    fn referred(&self, pattern: &Pattern, table: &str, column: &str) -> String {
        new_id(
            table,
            &rank_of(table, column),
            pattern.members,
            Series::Members,
        )
    }
}

fn count(pattern: &Pattern, series: Series) -> usize {
    match series {
        Series::Members => pattern.members,
        Series::Guides => pattern.guides,
    }
}

fn rank_of(table: &str, id: &str) -> String {
    format!("(SELECT w.rank FROM temp.\"was_{table}\" w WHERE w.id = {id})")
}

fn new_id(table: &str, rank: &str, count: usize, series: Series) -> String {
    let n = match series {
        Series::Members => "p.n",
        Series::Guides => "g.n",
    };
    format!("((SELECT max(id) FROM temp.\"was_{table}\") + {rank} * {count} + {n})")
}
