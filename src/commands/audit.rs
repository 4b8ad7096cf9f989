//! `daogou audit verify`: whether the audit log is as it was written.

use clap::Subcommand;
use serde_json::json;

use super::{Done, Failure, open, say};
use crate::audit::{self, Fault, Verdict};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Looks through the whole audit log: every row is sealed together with the one before it, so that one that was altered,
    /// removed or moved is found. Exit 1 names the first one.
    Verify {
        /// The digest that an earlier look ended with: the row that has it must still be there, so that nobody has written
        /// the whole log anew.
        #[arg(long)]
        digest: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(action: Action) -> Done {
    let Action::Verify { digest, json } = action;
    let ctx = open().await?;
    let (seq, fault) = match audit::verify(&ctx).await? {
        Verdict::Whole { rows, digest: end } => {
            if let Some(known) = digest
                && !audit::has(&ctx, &known).await?
            {
                let text = format!(
                    "every row fits the one before it, but none has the digest {known}: the log was written anew"
                );
                return Err(Failure::Failed(text));
            }
            say(&if json {
                json!({ "rows": rows, "digest": end }).to_string()
            } else {
                format!("{rows} rows, as they were written; the last one's digest: {end}")
            });
            return Ok(());
        }
        Verdict::Broken { seq, fault } => (seq, fault),
    };
    let what = match fault {
        Fault::Missing => "is missing, or not in its place",
        Fault::Altered => "is not as it was written",
    };
    Err(Failure::Failed(format!(
        "row {seq} of the audit log {what}"
    )))
}
