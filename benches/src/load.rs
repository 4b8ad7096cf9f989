//! The load: 64 kept connections that push, wait for the answer and push again (closed loop), or push at fixed times
//! (open loop).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::fault::Done;
use crate::http::Connection;
use crate::wire::Shot;

/// How many connections push.
pub const CONNECTIONS: usize = 64;

/// Pushes that belong together: a connection sends them one after the other and never stops in between.
pub type Group = Vec<Shot>;

/// What each connection has to push.
pub struct Load {
    /// For each connection its groups, in order.
    pub lists: Vec<Vec<Group>>,
    /// Begins again at the end of a list: only where the same push may come twice.
    pub again: bool,
    /// How often a push that is not accepted is tried, as the platform tries it again.
    pub tries: u32,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    /// Pushes answered with 200.
    pub answered: u64,
    /// Pushes answered otherwise.
    pub refused: u64,
    /// From the first push to the last answer.
    pub lasted: Duration,
    /// When each line that was accepted was pushed: its number and the moment (in the open loop the moment it was
    /// due).
    pub pushed: Vec<(u32, Instant)>,
    /// The passive answers, still sealed, each with the moment it came.
    pub passive: Vec<(Instant, Vec<u8>)>,
    /// From push to HTTP answer, in seconds.
    pub answer_times: Vec<f64>,
    /// A connection had nothing left to push before the time was over.
    pub ran_dry: bool,
}

impl Load {
    /// Deals groups out to the connections, one after the other.
    pub fn deal(groups: impl IntoIterator<Item = Group>) -> Self {
        let mut lists: Vec<Vec<Group>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
        for (at, group) in groups.into_iter().enumerate() {
            if let Some(list) = lists.get_mut(at % CONNECTIONS) {
                list.push(group);
            }
        }
        Self {
            lists,
            again: false,
            tries: 1,
        }
    }

    /// The same, to be pushed over and over.
    pub fn over_and_over(groups: impl IntoIterator<Item = Group>) -> Self {
        Self {
            again: true,
            ..Self::deal(groups)
        }
    }

    /// How many pushes it has.
    pub fn len(&self) -> usize {
        self.lists.iter().flatten().map(Vec::len).sum()
    }

    /// Pushes for as long as `time` says, or, without one, everything once.
    pub async fn closed(&self, server: SocketAddr, time: Option<Duration>) -> Done<Outcome> {
        let mut connections = Vec::new();
        for _ in &self.lists {
            connections.push(Connection::open(server).await?);
        }
        let begun = Instant::now();
        let end = time.map(|time| begun + time);
        let all = connections.into_iter().zip(&self.lists);
        let outcomes = try_join_all(all.map(|(c, list)| closed(c, list, end, self))).await?;
        Ok(Outcome::together(outcomes, begun))
    }

    /// Pushes `rate` times a second, evenly, until everything is pushed. A push that is late because its connection
    /// waits for an answer counts from the moment it was due.
    pub async fn open(&self, server: SocketAddr, rate: f64) -> Done<Outcome> {
        let mut connections = Vec::new();
        for _ in &self.lists {
            connections.push(Connection::open(server).await?);
        }
        let begun = Instant::now() + Duration::from_millis(20);
        let every = Duration::from_secs_f64(f64::from(u32::try_from(self.lists.len())?) / rate);
        let mut parts = Vec::new();
        for (at, (connection, list)) in connections.into_iter().zip(&self.lists).enumerate() {
            let first = begun + Duration::from_secs_f64(f64::from(u32::try_from(at)?) / rate);
            parts.push(open(connection, list, first, every));
        }
        let outcomes = try_join_all(parts).await?;
        Ok(Outcome::together(outcomes, begun))
    }
}

async fn closed(
    mut connection: Connection,
    list: &[Group],
    end: Option<Instant>,
    load: &Load,
) -> Done<Outcome> {
    let mut outcome = Outcome::default();
    let over = || end.is_some_and(|end| Instant::now() >= end);
    loop {
        for group in list {
            if over() {
                return Ok(outcome);
            }
            for shot in group {
                outcome
                    .push(&mut connection, shot, Instant::now(), load.tries)
                    .await?;
            }
        }
        if !load.again || list.is_empty() {
            outcome.ran_dry = end.is_some();
            return Ok(outcome);
        }
    }
}

async fn open(
    mut connection: Connection,
    list: &[Group],
    first: Instant,
    every: Duration,
) -> Done<Outcome> {
    let mut outcome = Outcome::default();
    let mut due = first;
    for shot in list.iter().flatten() {
        // Open loop: a push is due at its time, however long the one before took.
        tokio::time::sleep_until(due.into()).await;
        outcome.push(&mut connection, shot, due, 1).await?;
        due += every;
    }
    Ok(outcome)
}

impl Outcome {
    async fn push(
        &mut self,
        connection: &mut Connection,
        shot: &Shot,
        at: Instant,
        tries: u32,
    ) -> Done<()> {
        let mut answer = connection.exchange(&shot.bytes).await?;
        for _ in 1..tries {
            if answer.status() == 200 {
                break;
            }
            answer = connection.exchange(&shot.bytes).await?;
        }
        if answer.status() == 200 {
            self.answered += 1;
            self.pushed.extend(shot.line.map(|line| (line, at)));
        } else {
            self.refused += 1;
        }
        let now = Instant::now();
        self.answer_times.push((now - at).as_secs_f64());
        if answer.body.starts_with(b"<xml>") {
            self.passive.push((now, answer.body.to_vec()));
        }
        Ok(())
    }

    fn together(parts: Vec<Self>, begun: Instant) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.answered += part.answered;
            all.refused += part.refused;
            all.pushed.extend(part.pushed);
            all.passive.extend(part.passive);
            all.answer_times.extend(part.answer_times);
            all.ran_dry |= part.ran_dry;
        }
        all.lasted = begun.elapsed();
        all
    }

    /// Pushes answered a second.
    pub fn rate(&self) -> f64 {
        crate::stats::number(self.answered) / self.lasted.as_secs_f64()
    }
}
