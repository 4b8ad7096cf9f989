//! Nodes: the processes that share an installation's work, and which of them have ended without a word.
//!
//! Each lets its row in the store beat. Where one stands still for [`LOOKS_MAX`] looks its lanes are let go, so that what
//! waits in them need not wait for their leases; as long as it beats nobody else sends in its lanes. Looks are counted and not time: clocks that differ or jump do no harm.
//! Nor does a mistake: what a node that was only slow still wants to settle is judged by its fences, as after every lease.

mod queries;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use daogou_schema::{Timestamp, node};
use tokio::time::{MissedTickBehavior, timeout};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lanes::Holders;

/// How often a node says that it lives and looks at the others.
const BEAT_EVERY: Duration = Duration::from_secs(2);
/// A node that stands still for so many looks has ended: five beats are missing, and one may have been on its way.
const LOOKS_MAX: u32 = 5;
/// For so many looks an ended node is remembered: longer than the longest lease.
const REMEMBERED: u32 = 60;

/// How long one beat may take: longer than a unit of work.
const BEAT_PATIENCE: Duration = Duration::from_secs(15);

/// Lets this node beat and looks after the lanes of those that have ended. Ends with the process.
pub async fn keep(ctx: Context) {
    // Without a shared session there is no other node.
    if !ctx.session.is_shared() {
        return;
    }
    let mut others = Others::default();
    let mut ticks = tokio::time::interval(BEAT_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let beaten = timeout(BEAT_PATIENCE, beat(&ctx, &mut others)).await;
        let late = || Error::Internal("the store did not answer in time".into());
        if let Err(error) = beaten.unwrap_or_else(|_silent| Err(late())) {
            tracing::warn!(%error, "a heartbeat failed; lanes of ended nodes wait for their leases");
        }
    }
}

async fn beat(ctx: &Context, others: &mut Others) -> Result<()> {
    ctx.db
        .write(ctx.node.clone(), |txn, node| {
            Box::pin(queries::beat(txn, node))
        })
        .await?;
    others.look(queries::all(ctx.db.reads()).await?, &ctx.node);
    ctx.kept::<Holders>().beat(others.living());
    for name in others.standing(LOOKS_MAX) {
        let now = Timestamp::from(ctx.clock.now());
        let freed = ctx.db.write((name.clone(), now), |txn, (name, now)| {
            Box::pin(queries::free_lanes(txn, name, *now))
        });
        let freed = freed.await?;
        if freed > 0 {
            tracing::warn!(node = name, freed, "a node has ended; its lanes are free");
        }
    }
    for name in others.standing(REMEMBERED) {
        ctx.db
            .write(name.clone(), |txn, name| {
                Box::pin(queries::forget(txn, name))
            })
            .await?;
        others.0.remove(&name);
    }
    Ok(())
}

/// What this node has seen of the others.
#[derive(Default)]
struct Others(HashMap<String, Seen>);

struct Seen {
    beats: i64,
    /// How many looks in a row it has not changed.
    still: u32,
}

impl Others {
    fn look(&mut self, rows: Vec<node::Model>, own: &str) {
        // A row that is not there any more stands still too: another node has forgotten it.
        for seen in self.0.values_mut() {
            seen.still += 1;
        }
        for row in rows.into_iter().filter(|row| row.name != own) {
            let beats = row.beats;
            let seen = self.0.entry(row.name).or_insert(Seen { beats, still: 0 });
            if seen.beats != beats {
                *seen = Seen { beats, still: 0 };
            }
        }
    }

    fn living(&self) -> HashSet<String> {
        let beats = self.0.iter().filter(|(_, seen)| seen.still < LOOKS_MAX);
        beats.map(|(name, _)| name.clone()).collect()
    }

    /// Those that have stood still for so many looks.
    fn standing(&self, looks: u32) -> Vec<String> {
        let still = self.0.iter().filter(|(_, seen)| seen.still >= looks);
        still.map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(beats: &[(&str, i64)]) -> Vec<node::Model> {
        let row = |(name, beats): &(&str, i64)| node::Model {
            name: (*name).to_owned(),
            beats: *beats,
        };
        beats.iter().map(row).collect()
    }

    #[test]
    fn a_node_that_stands_still_has_ended_and_one_that_beats_has_not() {
        let mut others = Others::default();
        for look in 0..=i64::from(LOOKS_MAX) {
            assert!(others.standing(LOOKS_MAX).is_empty());
            others.look(rows(&[("own", 1), ("lives", look), ("dead", 7)]), "own");
        }
        assert_eq!(others.standing(LOOKS_MAX), ["dead"]);
    }

    #[test]
    fn a_node_that_was_only_slow_lives_again() {
        let mut others = Others::default();
        for _ in 0..=LOOKS_MAX {
            others.look(rows(&[("slow", 7)]), "own");
        }
        assert_eq!(others.standing(LOOKS_MAX), ["slow"]);
        others.look(rows(&[("slow", 8)]), "own");
        assert!(others.standing(1).is_empty());
    }

    #[test]
    fn a_node_that_another_has_forgotten_is_forgotten_here_too() {
        let mut others = Others::default();
        others.look(rows(&[("gone", 7)]), "own");
        for _ in 0..REMEMBERED {
            others.look(rows(&[]), "own");
        }
        assert_eq!(others.standing(REMEMBERED), ["gone"]);
    }
}
