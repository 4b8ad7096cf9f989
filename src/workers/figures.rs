//! The metrics that nobody counts on the way: how full the queues are, whether every part answers, memory.

use daogou_schema::Timestamp;

use crate::context::Context;
use crate::error::Result;
use crate::telemetry::{self, figures};
use crate::{outbound, reception};

/// Looks now, and lets the histograms take in what was recorded.
pub(super) async fn take(ctx: &Context) -> Result<()> {
    if let Some(handle) = telemetry::metrics() {
        handle.run_upkeep();
    }
    memory();
    ctx.health.look().await;
    let now = Timestamp::from(ctx.clock.now());
    let db = ctx.db.reads();
    let backlogs = [
        ("pushes", reception::backlog(db).await?),
        ("messages", outbound::backlog(db).await?),
        ("held", outbound::held_backlog(db).await?),
    ];
    for (queue, (depth, oldest)) in backlogs {
        let age = oldest.map_or(chrono::TimeDelta::zero(), |oldest| now - oldest);
        figures::queue(queue, depth, age);
    }
    Ok(())
}

/// Linux tells it; elsewhere there is no such figure.
fn memory() {
    let Ok(told) = std::fs::read_to_string("/proc/self/status") else {
        return;
    };
    let resident = told.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok());
    if let Some(kilobytes) = kilobytes {
        figures::memory(kilobytes);
    }
}
