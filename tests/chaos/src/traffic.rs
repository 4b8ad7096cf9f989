//! People with phones: consumers who write, scan, leave and come back; guides who read what their phones show and answer
//! as a person would.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::account::{Aim, Named, Said};
use crate::mark::{Mark, Person, labelled};
use crate::plan::{Dice, Plan};
use crate::trouble::Result;
use crate::world::APPID;
use crate::world::platform::Platform;

/// Somebody with a phone.
pub struct Phone {
    /// Which.
    pub person: Person,
    /// The simulator's name for it.
    pub id: String,
    /// At the account.
    pub openid: String,
    /// A guide's code, or the code that a consumer scans.
    pub scene: String,
    number: Cell<u32>,
    /// Of the last act that is an event.
    event_at: Cell<Option<Instant>>,
}

/// The platform tells two events of one person and kind in the same second apart by nothing: people are not that fast.
const BETWEEN_EVENTS: Duration = Duration::from_millis(1_100);

impl Phone {
    /// A phone that has written nothing yet.
    pub fn new(person: Person, id: String, openid: String, scene: String) -> Self {
        Self {
            person,
            id,
            openid,
            scene,
            number: Cell::new(0),
            event_at: Cell::new(None),
        }
    }
}

/// What was written down while people talked.
#[derive(Default)]
pub struct Notes {
    /// Every text.
    pub said: Vec<Said>,
    /// Every name.
    pub named: Vec<Named>,
}

/// All people of a run, talking.
pub struct Crowd<'a> {
    plan: &'a Plan,
    platform: &'a Platform,
    guides: &'a [Phone],
    consumers: &'a [Phone],
    begun: Instant,
    notes: RefCell<Notes>,
}

impl<'a> Crowd<'a> {
    /// The first `guides` of the people are guides.
    pub fn new(
        plan: &'a Plan,
        platform: &'a Platform,
        guides: &'a [Phone],
        consumers: &'a [Phone],
    ) -> Self {
        Self {
            plan,
            platform,
            guides,
            consumers,
            begun: Instant::now(),
            notes: RefCell::default(),
        }
    }

    /// What was written down.
    pub fn into_notes(self) -> Notes {
        self.notes.into_inner()
    }

    /// Everybody talks until the time of the plan is over.
    pub async fn talk(&self) -> Result<()> {
        let until = self.begun + Duration::from_millis(self.plan.chaos_ms);
        let consumers = join_all(self.consumers.iter().map(|one| self.consumer(one, until)));
        let guides = join_all(self.guides.iter().map(|one| self.guide(one, until)));
        let (consumers, guides) = tokio::join!(consumers, guides);
        consumers.into_iter().chain(guides).collect()
    }

    /// When everything is well again: guides ask for what waits, consumers write once more, so that what was held can
    /// go.
    pub async fn ask_again(&self) -> Result<()> {
        let guides = join_all(
            self.guides
                .iter()
                .map(|guide| async { self.act(guide, &text("继续")).await.map(drop) }),
        );
        let consumers = join_all(self.consumers.iter().map(|consumer| async {
            let followed = self.act(consumer, &scan(&consumer.scene)).await?;
            match followed {
                Some(_) => self.consumer_writes(consumer).await,
                None => Ok(()),
            }
        }));
        let (guides, consumers) = tokio::join!(guides, consumers);
        guides.into_iter().chain(consumers).collect()
    }

    // ── Consumers ─────────────────────────────────────────────────────────────────────────────────────────────

    async fn consumer(&self, me: &Phone, until: Instant) -> Result<()> {
        let dice = Dice::new(self.plan.seed, 1_000 + me.person.0 as u64);
        let habits = self.plan.habits;
        let wanders = habits.wander && dice.percent(50);
        let leaves = habits.leave && dice.percent(50);
        let mut follows = self.act(me, &scan(&me.scene)).await?.is_some();
        while Instant::now() < until {
            pause(&dice, 40, 450).await;
            match dice.between(0, 99) {
                0..8 if leaves && follows => {
                    self.act(me, &json!({"appid": APPID, "act": "unfollow"}))
                        .await?;
                    follows = false;
                }
                0..30 if !follows => {
                    follows = self.act(me, &scan(&me.scene)).await?.is_some();
                }
                8..14 => drop(self.act(me, &scan(&me.scene)).await?),
                14..22 if wanders => {
                    if let Some(other) = dice.one(self.guides) {
                        self.act(me, &scan(&other.scene)).await?;
                    }
                }
                22..26 if wanders => drop(self.act(me, &text("换导购")).await?),
                26..40 if follows => {
                    let burst = (0..dice.between(2, 4)).map(|_| self.consumer_writes(me));
                    join_all(burst).await.into_iter().collect::<Result<()>>()?;
                }
                _ if follows => self.consumer_writes(me).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn consumer_writes(&self, me: &Phone) -> Result<()> {
        let own = self.guides.iter().filter(|guide| guide.scene == me.scene);
        let guides = if self.plan.is_settled() {
            own.map(|guide| guide.person).collect()
        } else {
            self.guides.iter().map(|guide| guide.person).collect()
        };
        let mark = me.next();
        let padding = match mark.number % 9 {
            0 => "请问这双鞋冬天穿会不会冷？".repeat(40),
            _ => "在吗".to_owned(),
        };
        self.say(me, mark, format!("{mark} {padding}"), Aim::Guides(guides))
            .await
    }

    // ── Guides ────────────────────────────────────────────────────────────────────────────────────────────────

    async fn guide(&self, me: &Phone, until: Instant) -> Result<()> {
        let dice = Dice::new(self.plan.seed, 2_000 + me.person.0 as u64);
        let mut eyes = Eyes::default();
        while Instant::now() < until {
            pause(&dice, 60, 500).await;
            eyes.read(self.platform.chat(&me.id, eyes.seen).await?, self.guides);
            let known: Vec<_> = eyes.numbers.iter().map(|(n, who)| (*n, *who)).collect();
            match (dice.between(0, 99), eyes.talks_to, dice.one(&known)) {
                (0..35, Some(consumer), _) => self.answers(me, None, consumer).await?,
                (35..75, _, Some((number, consumer))) => {
                    eyes.talks_to = Some(*consumer);
                    self.answers(me, Some(*number), *consumer).await?;
                }
                (75..85, _, Some((number, consumer))) => {
                    eyes.talks_to = Some(*consumer);
                    self.notes.borrow_mut().named.push(Named {
                        guide: me.person,
                        consumer: *consumer,
                    });
                    self.act(me, &text(&format!("#{number}"))).await?;
                }
                (85..90, _, _) => drop(self.act(me, &text("继续")).await?),
                (90..94, _, _) if self.plan.habits.rest => {
                    self.act(me, &text("下班")).await?;
                    pause(&dice, 100, 600).await;
                    self.act(me, &text("上班")).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn answers(&self, me: &Phone, number: Option<u32>, consumer: Person) -> Result<()> {
        let mark = me.next();
        let (text, aim) = match number {
            Some(number) => (format!("#{number} {mark} 有货"), Aim::Numbered(consumer)),
            None => (format!("{mark} 好的"), Aim::Bare(consumer)),
        };
        self.say(me, mark, text, aim).await
    }

    // ── Acts ──────────────────────────────────────────────────────────────────────────────────────────────────

    async fn say(&self, me: &Phone, mark: Mark, words: String, aim: Aim) -> Result<()> {
        let begun = self.now();
        let answer = self.act(me, &text(&words)).await?;
        let Some(answer) = answer else {
            return Ok(());
        };
        let outcome = answer.get("outcome").and_then(Value::as_str);
        self.notes.borrow_mut().said.push(Said {
            mark,
            aim,
            begun,
            ended: self.now(),
            accepted: matches!(outcome, Some("ok" | "passive")),
        });
        Ok(())
    }

    async fn act(&self, me: &Phone, act: &Value) -> Result<Option<Value>> {
        if act.get("msgtype").is_none() {
            if let Some(last) = me.event_at.get() {
                tokio::time::sleep_until((last + BETWEEN_EVENTS).into()).await;
            }
            me.event_at.set(Some(Instant::now()));
        }
        self.platform.act(&me.id, act).await
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Phone {
    fn next(&self) -> Mark {
        self.number.set(self.number.get() + 1);
        Mark {
            by: self.person,
            number: self.number.get(),
        }
    }
}

/// What a guide knows from the own phone.
#[derive(Default)]
struct Eyes {
    /// The last item.
    seen: u64,
    /// Whom a number names.
    numbers: BTreeMap<u32, Person>,
    /// Who wrote last, or was named last.
    talks_to: Option<Person>,
}

impl Eyes {
    fn read(&mut self, items: Vec<Value>, guides: &[Phone]) {
        let guides: BTreeSet<Person> = guides.iter().map(|guide| guide.person).collect();
        for item in items {
            self.seen = item.get("seq").and_then(Value::as_u64).unwrap_or(self.seen);
            if item.get("from").and_then(Value::as_str) != Some("account") {
                continue;
            }
            for (number, mark) in labelled(&text_of(&item)) {
                if !guides.contains(&mark.by) {
                    self.numbers.insert(number, mark.by);
                    self.talks_to = Some(mark.by);
                }
            }
        }
    }
}

/// What an item of a phone says.
pub fn text_of(item: &Value) -> String {
    let field = |name: &str| item.get(name).and_then(Value::as_str);
    field("text")
        .or_else(|| field("content"))
        .unwrap_or_default()
        .to_owned()
}

/// A text message.
pub fn text(text: &str) -> Value {
    json!({"appid": APPID, "act": "send", "msgtype": "text", "text": text})
}

/// A scan.
pub fn scan(scene: &str) -> Value {
    json!({"appid": APPID, "act": "scan", "scene": scene})
}

async fn pause(dice: &Dice, from_ms: u64, to_ms: u64) {
    tokio::time::sleep(Duration::from_millis(dice.between(from_ms, to_ms))).await;
}
