//! What is measured side by side, each with its own kind of push.

use std::time::Duration;

use crate::cores;
use crate::fault::Done;
use crate::load::Load;
use crate::process::{Launch, Process};
use crate::stage::{self, Stage};
use crate::stats;
use crate::talk::Talk;
use crate::wire::{self, Sender};

/// Openids of people who are no members.
const OTHERS: u64 = 1;
/// How many people the stored events come from.
const SENDERS: u64 = 10_000;
/// How many people write without a guide.
const WRITERS: u64 = 2_560;
/// A load that may be repeated needs no more different pushes than that.
const REPEATED: u64 = 6_400;

/// A server under a kind of push.
pub trait Subject {
    /// What is pushed.
    fn label(&self) -> &'static str;
    /// The server whose CPU counts.
    fn process(&self) -> &Process;
    /// The installation, where there is one.
    fn stage(&self) -> Option<&Stage> {
        None
    }
    /// Whether the arrival of every line is known.
    fn tells_arrivals(&self) -> bool {
        false
    }
    /// Enough pushes for `time`.
    fn load(&mut self, time: Duration) -> Done<Load>;
    /// Learns how fast it was, so that the next load is long enough.
    fn note_rate(&mut self, _rate: f64) {}
}

/// How many pushes are enough, as far as is known.
struct Pace(f64);

impl Pace {
    fn pushes(&self, time: Duration) -> usize {
        stats::count(self.0 * 1.5 * time.as_secs_f64())
    }

    fn note(&mut self, rate: f64) {
        self.0 = self.0.max(rate);
    }
}

/// (a)
pub struct Floor<'a> {
    process: Process,
    sender: &'a Sender,
    _folder: tempfile::TempDir,
}

impl<'a> Floor<'a> {
    /// Starts the bare server.
    pub async fn start(sender: &'a Sender) -> Done<Self> {
        let folder = stage::folder()?;
        let program = std::env::current_exe()?;
        let launch = Launch {
            program: program.as_os_str(),
            arguments: &["floor", "{port}"],
            environment: &[],
            core: Some(cores::SERVER),
            folder: folder.path(),
            name: "floor",
            ready: "/readyz",
        };
        Ok(Self {
            process: launch.start().await?,
            sender,
            _folder: folder,
        })
    }
}

impl Subject for Floor<'_> {
    fn label(&self) -> &'static str {
        "(a) floor: a text echoed"
    }

    fn process(&self) -> &Process {
        &self.process
    }

    fn load(&mut self, _time: Duration) -> Done<Load> {
        echoes(self.sender)
    }
}

/// Texts to be echoed, over and over.
pub fn echoes(sender: &Sender) -> Done<Load> {
    let text = |n| {
        Ok(vec![sender.text(
            &wire::openid(OTHERS, n),
            "这款防水吗，我想下雨天穿",
            None,
        )?])
    };
    Ok(Load::over_and_over(
        (0..REPEATED).map(text).collect::<Done<Vec<_>>>()?,
    ))
}

/// (b)
pub struct Stored<'a> {
    sender: &'a Sender,
    stage: &'a Stage,
    pace: Pace,
}

impl<'a> Stored<'a> {
    /// On this installation.
    pub fn new(sender: &'a Sender, stage: &'a Stage) -> Self {
        Self {
            sender,
            stage,
            pace: Pace(25_000.0),
        }
    }

    /// So many pushes.
    pub fn pushes(&self, count: usize) -> Done<Load> {
        let event = |n: usize| {
            let openid = wire::openid(OTHERS, u64::try_from(n)? % SENDERS);
            Ok(vec![self.sender.template_result(&openid)?])
        };
        Ok(Load::deal((0..count).map(event).collect::<Done<Vec<_>>>()?))
    }
}

impl Subject for Stored<'_> {
    fn label(&self) -> &'static str {
        "(b) stored: a job's result"
    }

    fn process(&self) -> &Process {
        &self.stage.server
    }

    fn stage(&self) -> Option<&Stage> {
        Some(self.stage)
    }

    fn load(&mut self, time: Duration) -> Done<Load> {
        self.pushes(self.pace.pushes(time))
    }

    fn note_rate(&mut self, rate: f64) {
        self.pace.note(rate);
    }
}

/// (b), with an effect.
pub struct Unbound<'a> {
    sender: &'a Sender,
    stage: &'a Stage,
    pace: Pace,
}

impl<'a> Unbound<'a> {
    /// On this installation.
    pub fn new(sender: &'a Sender, stage: &'a Stage) -> Self {
        Self {
            sender,
            stage,
            pace: Pace(10_000.0),
        }
    }
}

impl Subject for Unbound<'_> {
    fn label(&self) -> &'static str {
        "    stored: a text nobody gets yet"
    }

    fn process(&self) -> &Process {
        &self.stage.server
    }

    fn stage(&self) -> Option<&Stage> {
        Some(self.stage)
    }

    fn load(&mut self, time: Duration) -> Done<Load> {
        let text = |n: usize| {
            let openid = wire::openid(OTHERS, u64::try_from(n)? % WRITERS);
            Ok(vec![self.sender.text(
                &openid,
                "有人在吗，想问问尺码",
                None,
            )?])
        };
        Ok(Load::deal(
            (0..self.pace.pushes(time))
                .map(text)
                .collect::<Done<Vec<_>>>()?,
        ))
    }

    fn note_rate(&mut self, rate: f64) {
        self.pace.note(rate);
    }
}

/// (c)
pub struct Whole<'a> {
    stage: &'a Stage,
    talk: Talk<'a>,
    pace: Pace,
}

impl<'a> Whole<'a> {
    /// On this installation.
    pub fn new(sender: &'a Sender, stage: &'a Stage) -> Self {
        let talk = Talk::new(sender, &stage.guides);
        Self {
            stage,
            talk,
            pace: Pace(8_000.0),
        }
    }

    /// A talk of about so many pushes.
    pub fn pushes(&mut self, count: usize) -> Done<Load> {
        self.talk.load(count)
    }
}

impl Subject for Whole<'_> {
    fn label(&self) -> &'static str {
        if self.tells_arrivals() {
            "(c) the whole way"
        } else {
            "(c) the whole way, simulator"
        }
    }

    fn process(&self) -> &Process {
        &self.stage.server
    }

    fn stage(&self) -> Option<&Stage> {
        Some(self.stage)
    }

    fn tells_arrivals(&self) -> bool {
        matches!(self.stage.site.api, crate::api::Api::Counter(_))
    }

    fn load(&mut self, time: Duration) -> Done<Load> {
        self.talk.load(self.pace.pushes(time))
    }

    fn note_rate(&mut self, rate: f64) {
        self.pace.note(rate);
    }
}
