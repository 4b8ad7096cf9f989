//! From a seed to everything that will happen: who is there, which faults come when. Pure, so that a failing seed can be
//! played again.

mod draw;

use std::fmt;

use daogou_ground::Chance;

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Store {
    /// A file in the folder of the seed.
    Sqlite,
    /// A private server.
    Postgres,
    /// A private server.
    Mariadb,
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mariadb => "mariadb",
        })
    }
}

/// What happens on one line to a back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// As it should be.
    Open,
    /// Every piece takes so many milliseconds longer.
    Slow(u64),
    /// Connections end, new ones are refused.
    Cut,
    /// Connections stay and nothing gets through; later everything does, as after packets were lost.
    Silent,
    /// Connections stay and nothing gets through, and never will: the other end has forgotten them.
    HalfOpen,
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// kill -9, and a new start after so many milliseconds.
    Kill { node: usize, down_ms: u64 },
    /// SIGTERM, and a new start.
    Stop { node: usize, down_ms: u64 },
    /// kill -9 of the database server with all its processes, and a new start.
    KillDatabase { down_ms: u64 },
    /// The line to the database, for so long.
    Database { line: Line, for_ms: u64 },
    /// The line to Redis, for so long.
    Redis { line: Line, for_ms: u64 },
    /// FLUSHALL.
    FlushRedis,
    /// kill -9 of Redis, which keeps nothing, and a new start.
    KillRedis { down_ms: u64 },
    /// The next calls of WeChat's interface: a body for the simulator's `/faults`.
    WeChat(&'static str, String),
    /// A node's wall clock jumps.
    Clock { node: usize, seconds: i64 },
    /// No byte is left on the disk of the database, for so long.
    DiskFull { for_ms: u64 },
}

/// A fault at its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Milliseconds from the beginning.
    pub at_ms: u64,
    /// What goes wrong.
    pub fault: Fault,
}

/// What people do besides talking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// Some consumers scan the other guide's code or ask for another guide.
    pub wander: bool,
    /// Some consumers leave and come back.
    pub leave: bool,
    /// Guides go off duty and come back.
    pub rest: bool,
}

/// Everything about one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What it was made from.
    pub seed: u64,
    /// On which database.
    pub store: Store,
    /// How many server processes.
    pub nodes: usize,
    /// Whether they share a Redis; otherwise the session is embedded.
    pub redis: bool,
    /// Every push goes to both nodes at the same moment.
    pub twins: bool,
    /// How many guides.
    pub guides: usize,
    /// How many consumers.
    pub consumers: usize,
    /// What they do.
    pub habits: Habits,
    /// How long people talk and things go wrong.
    pub chaos_ms: u64,
    /// How the platform delivers: a body for the simulator's `/quirks`.
    pub quirks: String,
    /// What goes wrong, in order of time.
    pub events: Vec<Event>,
}

/// Draws a fault of its kind, and how long it lasts in milliseconds.
type Family = fn(&Plan, &Dice) -> (u64, Fault);

/// Draws of one seed.
pub struct Dice(Chance);

impl Dice {
    /// The dice of a seed and a purpose.
    pub fn new(seed: u64, purpose: u64) -> Self {
        Self(Chance::seeded(
            seed.wrapping_mul(1_000_003).wrapping_add(purpose),
        ))
    }

    /// A number between `from` and `to`, both included.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        from + self.0.below(to.saturating_sub(from) + 1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    /// One of these.
    pub fn one<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.0.below(of.len() as u64)).ok()?;
        of.get(at)
    }

    /// A place in a list of `length`.
    pub fn place(&self, length: usize) -> usize {
        usize::try_from(self.0.below(length as u64)).unwrap_or(0)
    }
}

impl Plan {
    /// The plan of `seed` on `store`. Every tenth seed is quiet: nothing goes wrong, and nothing may be missing.
    pub fn new(seed: u64, store: Store) -> Self {
        let dice = Dice::new(seed, store as u64);
        let several = store != Store::Sqlite && dice.percent(65);
        let nodes = if several { 2 } else { 1 };
        let redis = several || dice.percent(20);
        let habits = Habits {
            wander: dice.percent(20),
            leave: dice.percent(20),
            rest: dice.percent(20),
        };
        let guides = usize::try_from(dice.between(2, 3)).unwrap_or(2);
        let consumers = usize::try_from(dice.between(3, 7)).unwrap_or(3);
        let mut plan = Self {
            seed,
            store,
            nodes,
            redis,
            twins: several && dice.percent(35),
            guides,
            consumers,
            habits,
            chaos_ms: dice.between(2_500, 4_500),
            quirks: draw::quirks(&dice),
            events: Vec::new(),
        };
        if !seed.is_multiple_of(10) {
            plan.events = plan.draw(&dice);
        }
        plan
    }

    fn draw(&self, dice: &Dice) -> Vec<Event> {
        let mut events = Vec::new();
        let mut families: Vec<Family> = Vec::new();
        let draws: [(bool, u64, Family); 8] = [
            (true, 60, draw::kills),
            (true, 60, draw::refusals),
            (true, 45, draw::silences),
            (self.redis, 60, draw::redis),
            (self.store != Store::Sqlite, 45, draw::lines),
            (self.store != Store::Sqlite, 25, draw::database),
            (true, 25, draw::clocks),
            (self.store == Store::Sqlite, 25, draw::disks),
        ];
        for (possible, percent, family) in draws {
            if dice.percent(percent) && possible {
                families.push(family);
            }
        }
        if families.is_empty() {
            families.push(draw::kills);
        }
        for family in families {
            let mut at_ms = dice.between(0, 900);
            while at_ms < self.chaos_ms {
                let (lasts, fault) = family(self, dice);
                events.push(Event { at_ms, fault });
                at_ms += lasts + dice.between(250, 1_600);
            }
        }
        events.sort_by_key(|event| event.at_ms);
        events
    }

    /// The same where there is no Redis: one node, and nothing happens to Redis.
    pub fn without_redis(&mut self) {
        (self.nodes, self.redis, self.twins) = (1, false, false);
        self.events.retain(|event| {
            !matches!(
                event.fault,
                Fault::Redis { .. } | Fault::FlushRedis | Fault::KillRedis { .. }
            )
        });
    }

    /// Whether any outcome may be unknown: a process or a back end goes away, a clock jumps past a lease, or an answer
    /// of WeChat's gets lost.
    pub fn loses_answers(&self) -> bool {
        self.events.iter().any(|event| match &event.fault {
            Fault::WeChat(_, body) => !body.contains("errcode"),
            Fault::FlushRedis | Fault::KillRedis { .. } | Fault::Redis { .. } => false,
            _ => true,
        })
    }

    /// Whether the clocks of the servers and of the platform differ.
    pub fn is_skewed(&self) -> bool {
        let jumps = |event: &Event| matches!(event.fault, Fault::Clock { .. });
        self.events.iter().any(jumps)
    }

    /// Whether every consumer has one guide all the time.
    pub fn is_settled(&self) -> bool {
        !self.habits.wander && !self.habits.rest
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = if self.redis { "Redis" } else { "embedded" };
        let twins = if self.twins {
            ", every push to both"
        } else {
            ""
        };
        writeln!(
            f,
            "seed {} on {}: {} node(s), session {session}{twins}; {} guides, {} consumers, {:?}; {} ms; {}",
            self.seed,
            self.store,
            self.nodes,
            self.guides,
            self.consumers,
            self.habits,
            self.chaos_ms,
            self.quirks
        )?;
        for Event { at_ms, fault } in &self.events {
            writeln!(f, "  {at_ms:>5} ms  {fault:?}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_plan_again_and_another_on_another_database() {
        assert_eq!(Plan::new(42, Store::Sqlite), Plan::new(42, Store::Sqlite));
        assert_ne!(
            Plan::new(42, Store::Postgres).events,
            Plan::new(42, Store::Mariadb).events
        );
    }

    #[test]
    fn two_hundred_seeds_know_every_fault() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 1..=200 {
            for store in [Store::Sqlite, Store::Postgres] {
                for event in Plan::new(seed, store).events {
                    let text = format!("{:?}", event.fault);
                    let name: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
                    seen.insert(name);
                }
            }
        }
        let all = [
            "Clock",
            "Database",
            "DiskFull",
            "FlushRedis",
            "Kill",
            "KillDatabase",
            "KillRedis",
            "Redis",
            "Stop",
            "WeChat",
        ];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
    }

    #[test]
    fn every_tenth_seed_is_quiet() {
        assert!(Plan::new(40, Store::Mariadb).events.is_empty());
        assert!(!Plan::new(41, Store::Mariadb).events.is_empty());
    }
}
