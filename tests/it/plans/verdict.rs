//! What the plans come to: which steps touch too much, and which index serves which statements.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::Statement;

use super::SMALL;

/// More than any unit of work looks at; less than what has grown in the filled store, for one person too.
pub const ROWS_MAX: f64 = 1000.0;

/// What may look through all that one person ever wrote, with the reason why it may.
const WHOLE_HISTORIES: &[(&str, &str)] = &[
    (
        "message.guide_id IS NULL ORDER BY message.id",
        "lines that nobody has got, however old: when a guide comes on duty or takes her over, never for a push of hers",
    ),
    (
        "guide.left_at FROM guide WHERE guide.account_id",
        "all guides of an account: the console's list and its filters, never for a push",
    ),
    (
        "SELECT identity.member_id FROM identity WHERE identity.account_id",
        "a page of an account's newest members: its index is walked backwards and left after 51 rows",
    ),
    (
        "SELECT member_tag.member_id FROM member_tag WHERE member_tag.tag_id = $1 ORDER BY",
        "a page of a tag's members, left after 51 rows: of a tag that everybody has PostgreSQL reads the members",
    ),
    (
        "FROM unbound WHERE unbound.account_id",
        "a page of an account's members without a guide, by the same way; and how many there are, when somebody is \
         about to give all of them a guide",
    ),
    (
        "bulk_member.to_guide_id IS NOT NULL GROUP BY",
        "who got how many of all members, once, when the last one was given",
    ),
    (
        "SELECT COUNT(*) FROM (SELECT member_tag.member_id FROM member_tag WHERE member_tag.tag_id",
        "how many members a tag has, counted up to three thousand: the list of tags",
    ),
    (
        "SELECT COUNT(*) FROM (SELECT member_choice.member_id FROM member_choice WHERE member_choice.choice_id",
        "how many members have a choice, counted up to three thousand: whether a list is walked along it",
    ),
    (
        "SELECT member_choice.member_id FROM member_choice WHERE member_choice.choice_id = $1 ORDER BY",
        "a page of those with a choice, left after 51 rows, as of a tag's members",
    ),
    (
        "FROM audit WHERE audit.seq > ",
        "the log from its beginning, a thousand rows at a time, to be verified or taken out: when PostgreSQL has just \
         counted how few the story has, it reads them all",
    ),
    (
        "SELECT COUNT(*) AS num_items FROM (SELECT binding.member_id",
        "how many members a guide or a store has, when somebody is about to do the same to all of them",
    ),
];

/// What a statement reads that is no table: its own inner statement, whose tables are steps too.
const INNER: &[&str] = &["found", "sub_query", "<derived2>"];

/// One step of a plan: how a table is read.
#[derive(Clone, Debug)]
pub struct Step {
    pub table: String,
    /// The index that finds the rows; none when the table is read from end to end.
    pub index: Option<String>,
    /// How many rows it touched, where the database says so.
    pub rows: Option<f64>,
    /// What is wrong with it apart from that.
    pub fault: Option<String>,
}

impl Step {
    fn grows(&self) -> bool {
        SMALL.iter().all(|(small, _why)| *small != self.table)
            && !INNER.contains(&self.table.as_str())
    }

    /// Why this step would become slow one day.
    pub fn complaint(&self) -> Option<String> {
        if !self.grows() {
            return None;
        }
        if self.index.is_none() {
            return Some(format!("{} is read from end to end", self.table));
        }
        if let Some(rows) = self.rows.filter(|rows| *rows > ROWS_MAX) {
            return Some(format!("{rows} rows of {} are touched", self.table));
        }
        self.fault
            .as_ref()
            .map(|fault| format!("{}: {fault}", self.table))
    }
}

#[derive(Default)]
pub struct Verdict {
    /// By what is wrong with what, one example each.
    complaints: BTreeMap<String, String>,
    used: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Verdict {
    pub fn hear(&mut self, statement: &Statement, steps: Vec<Step>) {
        for step in steps {
            if let Some(why) = step.complaint().filter(|_| !is_excused(statement)) {
                let example = format!("{why}\n    {statement}\n    {step:?}");
                self.complaints.insert(statement.sql.clone(), example);
            }
            let index = step.index.unwrap_or_else(|| "(none)".to_owned());
            let users = self.used.entry((step.table, index)).or_default();
            users.insert(statement.sql.clone());
        }
    }

    /// Which index serves which statements; seen with --no-capture.
    pub fn print(&self) {
        for ((table, index), users) in &self.used {
            println!("{table} by {index}:");
            for user in users {
                println!("    {user}");
            }
        }
    }

    /// Whether `index` found rows for any statement.
    pub fn uses(&self, index: &str) -> bool {
        self.used
            .keys()
            .any(|(_table, used)| used.split('+').any(|part| part == index))
    }

    pub fn nothing_is_read_from_end_to_end(&self) {
        let all: Vec<_> = self.complaints.values().cloned().collect();
        assert!(all.is_empty(), "\n{}\n", all.join("\n"));
    }
}

fn is_excused(statement: &Statement) -> bool {
    let plain = statement.sql.replace(['"', '`'], "");
    WHOLE_HISTORIES
        .iter()
        .any(|(text, _why)| plain.contains(text))
}
