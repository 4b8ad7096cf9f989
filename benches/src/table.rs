//! Tables for the terminal and for the document.

use std::fmt::Write as _;

/// A table with its title and what has to be said under it.
#[derive(Default)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// The names of the columns; the first is the row's.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// What the rows mean and what has to be known to read them.
    pub notes: Vec<String>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, head: &[&str]) -> Self {
        Self {
            title: title.into(),
            head: head.iter().map(|&name| name.to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Says something under it.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// For people at a terminal.
    pub fn plain(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&self.head]);
            let cell = |row: &Vec<String>| row.get(column).map_or(0, |c| c.chars().count());
            cells.map(cell).max().unwrap_or(0)
        };
        let line = |row: &[String]| {
            let mut text = String::new();
            for (column, cell) in row.iter().enumerate() {
                let gap = " ".repeat(width(column).saturating_sub(cell.chars().count()));
                let (before, after) = if column == 0 {
                    ("", gap.as_str())
                } else {
                    (gap.as_str(), "")
                };
                // Writing to a String cannot fail.
                let _infallible = write!(text, "{before}{cell}{after}   ");
            }
            text.trim_end().to_owned() + "\n"
        };
        let mut text = format!("\n{}\n\n", self.title);
        let named = self.head.iter().any(|name| !name.is_empty());
        for row in named.then_some(&self.head).into_iter().chain(&self.rows) {
            text += &format!("  {}", line(row));
        }
        for note in &self.notes {
            text += &format!("  · {note}\n");
        }
        text
    }

    /// For the document.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("### {}\n\n{}|---|", self.title, line(&self.head));
        text += &"---:|".repeat(self.head.len().saturating_sub(1));
        text += "\n";
        for row in &self.rows {
            text += &line(row);
        }
        text += "\n";
        for note in &self.notes {
            text += &format!("- {note}\n");
        }
        text + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_on_the_terminal_and_marked_up_in_the_document() {
        let mut table = Table::new("Speed", &["row", "µs"]);
        table.row(["floor".into(), "7.3".into()]);
        table.row(["stored".into(), "17.5".into()]);
        table.note("measured");
        assert!(table.plain().contains("floor     7.3\n"));
        assert!(
            table
                .markdown()
                .contains("| row | µs |\n|---|---:|\n| floor | 7.3 |\n")
        );
    }
}
