//! What a run found: tables, targets with what was measured, and what could not run.

use std::path::Path;
use std::process::ExitCode;

use crate::fault::Done;
use crate::options::Options;
use crate::stats::figure;
use crate::table::Table;

/// The findings so far.
#[derive(Default)]
pub struct Report {
    tables: Vec<Table>,
    targets: Vec<Target>,
    not_run: Vec<String>,
}

struct Target {
    what: String,
    wanted: String,
    measured: String,
    met: bool,
}

impl Report {
    /// Says what the machine is.
    pub fn machine(&mut self, options: &Options) -> Done<()> {
        let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
        let field = |name: &str| {
            let line = cpu.lines().find(|line| line.starts_with(name));
            line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
                .unwrap_or_default()
        };
        let cores = cpu
            .lines()
            .filter(|line| line.starts_with("processor"))
            .count();
        let memory = std::fs::read_to_string("/proc/meminfo")?;
        let kilobytes = memory
            .split_whitespace()
            .nth(1)
            .and_then(|n| n.parse::<u32>().ok());
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
        let load = std::fs::read_to_string("/proc/loadavg")?;
        let load = load
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        let mut table = Table::new("The machine and the run", &["", ""]);
        table.row(["cores".into(), format!("{cores} × {}", field("model name"))]);
        table.row([
            "memory".into(),
            format!(
                "{} GB",
                figure(f64::from(kilobytes.unwrap_or(0)) / 1_048_576.0)
            ),
        ]);
        table.row(["kernel".into(), format!("Linux {}", kernel.trim())]);
        table.row(["load average before the run".into(), load]);
        table.row([
            "rounds".into(),
            format!("{} of {} s", options.rounds, options.seconds),
        ]);
        self.show(table);
        Ok(())
    }

    /// Prints a table and keeps it for the document.
    pub fn show(&mut self, table: Table) {
        println!("{}", table.plain());
        self.tables.push(table);
    }

    /// A measure that must be at most so much.
    pub fn at_most(&mut self, what: &str, wanted: f64, measured: f64, unit: &str) {
        let wanted_text = format!("≤ {}{unit}", trimmed(wanted));
        self.target(what, wanted_text, measured, unit, measured <= wanted);
    }

    /// A measure that must be at least so much.
    pub fn at_least(&mut self, what: &str, wanted: f64, measured: f64, unit: &str) {
        let wanted_text = format!("≥ {}{unit}", trimmed(wanted));
        self.target(what, wanted_text, measured, unit, measured >= wanted);
    }

    /// Something that must hold.
    pub fn holds(&mut self, what: &str, found: impl Into<String>, met: bool) {
        self.targets.push(Target {
            what: what.into(),
            wanted: "holds".into(),
            measured: found.into(),
            met,
        });
    }

    fn target(&mut self, what: &str, wanted: String, measured: f64, unit: &str, met: bool) {
        let measured = format!("{}{unit}", figure(measured));
        self.targets.push(Target {
            what: what.into(),
            wanted,
            measured,
            met,
        });
    }

    /// Something could not be measured here.
    pub fn not_run(&mut self, what: &str, why: &str) {
        let line = format!("NOT RUN: {what}: {why}");
        println!("\n{line}");
        self.not_run.push(line);
    }

    /// Prints the targets, writes the document and says how the run ended.
    pub fn finish(mut self, options: &Options) -> ExitCode {
        if !self.targets.is_empty() {
            let mut table = Table::new("Targets", &["target", "wanted", "measured", ""]);
            for target in &self.targets {
                let verdict = if target.met { "met" } else { "MISSED" };
                table.row([
                    target.what.clone(),
                    target.wanted.clone(),
                    target.measured.clone(),
                    verdict.into(),
                ]);
            }
            self.show(table);
        }
        for line in &self.not_run {
            println!("{line}");
        }
        let mut text: String = self.tables.iter().map(Table::markdown).collect();
        text.extend(self.not_run.iter().map(|line| format!("{line}\n\n")));
        if let Some(file) = &options.markdown
            && let Err(error) = write(file, &text)
        {
            eprintln!("{}: {error}", file.display());
            return ExitCode::FAILURE;
        }
        let missed = self.targets.iter().filter(|target| !target.met).count();
        if missed > 0 && !options.no_fail {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

/// The marks between which a document keeps the tables.
const MARKS: [&str; 2] = ["<!-- figures", "<!-- end of figures -->"];

/// Writes the tables between the marks of a document that has them, otherwise as the whole file.
fn write(file: &Path, tables: &str) -> std::io::Result<()> {
    let document = match std::fs::read_to_string(file) {
        Ok(document) => document,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let text = between_marks(&document, tables).unwrap_or_else(|| tables.to_owned());
    std::fs::write(file, text)
}

fn between_marks(document: &str, tables: &str) -> Option<String> {
    let [begin, end] = MARKS;
    let (before, rest) = document.split_once(begin)?;
    let (begun, rest) = rest.split_once("-->")?;
    let (_, after) = rest.split_once(end)?;
    let tables = tables.trim();
    Some(format!(
        "{before}{begin}{begun}-->\n\n{tables}\n\n{end}{after}"
    ))
}

/// A target as people write it: 3 instead of 3.00.
fn trimmed(value: f64) -> String {
    let text = figure(value);
    match text.split_once('.') {
        Some((whole, rest)) if rest.chars().all(|c| c == '0') => whole.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_a_document_are_replaced_and_the_rest_stays() {
        let document = "# Title\n\n<!-- figures: how -->\nold\n<!-- end of figures -->\nmore\n";
        let written = between_marks(document, "new\n\n").unwrap();
        assert_eq!(
            written,
            "# Title\n\n<!-- figures: how -->\n\nnew\n\n<!-- end of figures -->\nmore\n"
        );
        assert_eq!(
            between_marks(&written, "new").as_deref(),
            Some(written.as_str())
        );
        assert_eq!(between_marks("no marks", "new"), None);
    }

    #[test]
    fn a_target_is_written_as_people_write_it() {
        assert_eq!(trimmed(3.0), "3");
        assert_eq!(trimmed(1.25), "1.25");
        assert_eq!(trimmed(3000.0), "3,000");
    }
}
