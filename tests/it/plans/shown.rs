//! The check is shown to find what it forbids: planted statements that no index serves.

use sea_orm::{DatabaseConnection, DbBackend, Statement};

use super::plan;

/// A table read from end to end; an index read from end to end; one person's whole history.
const PLANTED: &[&str] = &[
    "SELECT id FROM message WHERE at = 17",
    "UPDATE outbound SET code = 1 WHERE reason = 'nobody'",
    "DELETE FROM reply_window WHERE remaining = -1",
    "SELECT id FROM outbound WHERE state = 'sent' ORDER BY created_at",
];

pub async fn to_find_what_it_forbids(db: &DatabaseConnection, backend: DbBackend) {
    for planted in PLANTED {
        let statement = Statement::from_string(backend, *planted);
        let steps = plan(db, backend, &statement).await;
        assert!(
            steps.iter().any(|step| step.complaint().is_some()),
            "nothing is found wrong with {planted}: {steps:?}"
        );
    }
    let good = Statement::from_string(backend, "SELECT id FROM message WHERE member_id = -1");
    let steps = plan(db, backend, &good).await;
    assert!(
        !steps.is_empty() && steps.iter().all(|step| step.complaint().is_none()),
        "{steps:?}"
    );
}
