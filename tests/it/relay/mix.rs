//! Never to the wrong person: long random walks through a guide's day, with the answer of every step known beforehand.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use daogou_ground::Chance;
use daogou_schema::outbound::{Model, State};

use super::{STORE, customer};
use crate::kit::{Guide, Phone, Session, Store, TestApp, eventually};

const STEPS: u64 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn two_customers_of_one_guide_are_never_mixed_up() {
    let mut app = TestApp::start().await;
    walk(&mut app, 2, STEPS, 20_261_122, Day::Quiet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_customers_of_one_guide_are_never_mixed_up() {
    let mut app = TestApp::start().await;
    walk(&mut app, 3, STEPS, 7, Day::Quiet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_mixed_up_on_postgresql_either() {
    if let Some(mut app) = TestApp::on(Store::Postgres, Session::Embedded).await {
        walk(&mut app, 3, STEPS / 3, 11, Day::Quiet).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_mixed_up_on_mariadb_either() {
    if let Some(mut app) = TestApp::on(Store::MariaDb, Session::Embedded).await {
        walk(&mut app, 3, STEPS / 3, 13, Day::Quiet).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_mixed_up_though_pushes_come_twice_and_the_server_restarts() {
    let mut app = TestApp::start().await;
    let twice = serde_json::json!({ "duplicates": true });
    app.control("/sandbox/v1/quirks", twice).await;
    walk(&mut app, 3, STEPS / 2, 31, Day::Troubled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_by_number_arrive_while_everybody_writes_at_once() {
    at_once(&TestApp::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_write_at_once_on_postgresql() {
    if let Some(app) = TestApp::on(Store::Postgres, Session::Embedded).await {
        at_once(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_write_at_once_on_mariadb() {
    if let Some(app) = TestApp::on(Store::MariaDb, Session::Redis).await {
        at_once(&app).await;
    }
}

/// Four customers and their guide write as fast as they can, all at the same time.
async fn at_once(app: &TestApp) {
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let mut people = Vec::new();
    for n in 0..4 {
        people.push(customer(app, &lin, &format!("顾客{}", n + 1)).await);
    }
    let asking = people.iter().map(async |person| {
        for n in 0..8 {
            person.says(&format!("问{n}")).await;
        }
    });
    let answering = async {
        for n in 0..6 {
            for number in 1..=people.len() {
                lin.phone.says(&format!("#{number} 答{number}-{n}")).await;
            }
        }
    };
    futures_util::future::join(futures_util::future::join_all(asking), answering).await;
    settle(app, &lin, &people).await;
    let questions: Vec<_> = (0..8).map(|n| format!("问{n}")).collect();
    let relayed = relayed(&lin.phone).await;
    for (who, person) in people.iter().enumerate() {
        let number = who + 1;
        let answers: Vec<_> = (0..6).map(|n| format!("答{number}-{n}")).collect();
        assert_eq!(lines_of(person, '答').await, answers, "{}", person.name);
        assert_eq!(relayed[&number], questions, "from #{number}");
    }
}

/// What kind of day a walk goes through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    Quiet,
    /// The server restarts now and then.
    Troubled,
}

/// What the documents promise about answers, kept in the head of somebody who watches the guide's phone.
#[derive(Default)]
struct Watcher {
    /// Whom the guide talks to, and the newest line that the guide had when naming her.
    current: Option<(usize, Option<u64>)>,
    /// The last line of each customer who has no answer yet.
    unanswered: BTreeMap<usize, u64>,
    /// Answers that wait for a name, and since when.
    asked: Vec<(String, DateTime<Utc>)>,
    /// Every question and its place among all.
    lines: BTreeMap<String, u64>,
    /// What each customer must have got, in order.
    got: BTreeMap<usize, Vec<String>>,
    /// What each customer wrote, in order.
    wrote: BTreeMap<usize, Vec<String>>,
    /// The tests of the walk itself: how often each way was taken.
    sent_bare: u32,
    held: u32,
}

impl Watcher {
    fn writes(&mut self, who: usize, text: &str) {
        let line = self.lines.len() as u64 + 1;
        self.lines.insert(text.to_owned(), line);
        self.unanswered.insert(who, line);
        self.wrote.entry(who).or_default().push(text.to_owned());
    }

    fn reaches(&mut self, who: usize, text: &str) {
        self.unanswered.remove(&who);
        self.got.entry(who).or_default().push(text.to_owned());
    }

    /// A bare answer goes to the one it is certainly meant for; otherwise it waits.
    fn bare(&mut self, text: &str, now: DateTime<Utc>) {
        let others = |current: Option<(usize, Option<u64>)>| {
            self.unanswered.iter().any(|(who, line)| {
                current
                    .is_none_or(|(own, seen)| *who != own && seen.is_none_or(|seen| *line > seen))
            })
        };
        let certain = match self.current {
            Some((own, _)) => (!others(self.current)).then_some(own),
            None if self.unanswered.len() == 1 => self.unanswered.keys().next().copied(),
            None => None,
        };
        match certain.filter(|_| self.asked.is_empty()) {
            Some(who) => {
                self.sent_bare += 1;
                if self
                    .current
                    .is_none_or(|(own, seen)| own != who || seen.is_none())
                {
                    self.current = Some((who, None));
                }
                self.reaches(who, text);
            }
            None => {
                self.held += 1;
                self.asked.push((text.to_owned(), now));
            }
        }
    }

    /// `held` waits for the guide and was not known when the name was given.
    fn names(&mut self, who: usize, held: &[String]) {
        let newest = self.unanswered.values().max().copied().unwrap_or(0);
        let held = held.iter().filter_map(|text| self.lines.get(text)).min();
        let seen = held.map_or(newest, |line| newest.min(line - 1));
        self.current = Some((who, Some(seen)));
    }

    /// What was asked about within half an hour is for her; what is older is dropped.
    fn chooses(&mut self, who: usize, held: &[String], now: DateTime<Utc>) {
        self.names(who, held);
        for (text, asked) in std::mem::take(&mut self.asked) {
            if now - asked <= TimeDelta::minutes(30) {
                self.reaches(who, &text);
            }
        }
    }
}

async fn walk(app: &mut TestApp, customers: usize, steps: u64, seed: u64, day: Day) {
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let mut people = Vec::new();
    for n in 0..customers {
        people.push(customer(app, &lin, &format!("顾客{}", n + 1)).await);
    }
    let chance = Chance::seeded(seed);
    let mut watcher = Watcher::default();
    for step in 0..steps {
        if day == Day::Troubled && step % 20 == 19 {
            app.restart().await;
            app.register().await;
        }
        let pause = i64::try_from(chance.below(40)).expect("a few seconds");
        app.later(TimeDelta::seconds(pause)).await;
        let now = app.clock.now();
        let who = usize::try_from(chance.below(customers as u64)).expect("a customer");
        let number = who + 1;
        match chance.below(20) {
            0..9 => {
                let text = format!("问{step}");
                people[who].says(&text).await;
                watcher.writes(who, &text);
            }
            9..14 => {
                let text = format!("答{step}");
                lin.phone.says(&text).await;
                watcher.bare(&text, now);
            }
            14..16 => {
                let text = format!("答{step}");
                let held = held(app, &lin).await;
                lin.phone.says(&format!("#{number} {text}")).await;
                watcher.names(who, &held);
                watcher.reaches(who, &text);
                watcher.asked.clear();
            }
            16 => {
                let held = held(app, &lin).await;
                lin.phone.says(&format!("#{number}")).await;
                watcher.chooses(who, &held, now);
            }
            17 => {
                lin.phone.says("列表").await;
                app.at_rest().await;
                let held = held(app, &lin).await;
                lin.phone.taps(&format!("to-{number}")).await;
                watcher.chooses(who, &held, now);
            }
            18 => {
                lin.phone.says("撤回").await;
                watcher.asked.clear();
            }
            _ => {
                lin.phone.says("继续").await;
            }
        }
    }
    assert!(
        watcher.sent_bare > 0 && watcher.held > 0,
        "the walk went both ways"
    );
    settle(app, &lin, &people).await;
    let calls = app.stats().await["calls"]["/cgi-bin/message/custom/send"].clone();
    let calls = calls.as_object().expect("calls");
    assert!(
        calls.keys().all(|code| code == "0"),
        "the ledger knew every window as well as WeChat: {calls:?}"
    );
    for (who, person) in people.iter().enumerate() {
        let answers: Vec<String> = lines_of(person, '答').await;
        let wanted = watcher.got.remove(&who).unwrap_or_default();
        assert_eq!(answers, wanted, "what {} got (seed {seed})", person.name);
    }
    let relayed = relayed(&lin.phone).await;
    for who in 0..customers {
        let got = relayed.get(&(who + 1)).cloned().unwrap_or_default();
        let wanted = watcher.wrote.remove(&who).unwrap_or_default();
        assert_eq!(
            got,
            wanted,
            "what the guide got from #{} (seed {seed})",
            who + 1
        );
    }
}

/// The questions that wait for the guide.
async fn held(app: &TestApp, lin: &Guide) -> Vec<String> {
    let rows = app.outbound_to(&lin.phone).await;
    let held = rows.iter().filter(|row| row.state == State::Held);
    let text = |row: &Model| {
        Some(
            row.content["body"]["content"]["content"]
                .as_str()?
                .to_owned(),
        )
    };
    held.filter_map(text).collect()
}

/// Whoever has something held writes, until nothing waits for anybody.
async fn settle(app: &TestApp, lin: &Guide, people: &[Phone]) {
    eventually("everything arriving", async || {
        let mut rest = waiting(app, &lin.phone, "继续").await;
        for person in people {
            rest += waiting(app, person, "完").await;
        }
        (rest == 0).then_some(())
    })
    .await;
}

/// How many messages to this phone are under way; when some are held, the person says `word`, which brings them.
async fn waiting(app: &TestApp, phone: &Phone, word: &str) -> usize {
    let rows = app.outbound_to(phone).await;
    for row in &rows {
        assert!(
            !matches!(row.state, State::Refused | State::Unknown),
            "{} has a message that went wrong: {row:?}",
            phone.name
        );
    }
    if rows.iter().any(|row| row.state == State::Held) {
        phone.says(word).await;
    }
    let arrived = |state| matches!(state, State::Sent | State::Dropped);
    rows.iter().filter(|row| !arrived(row.state)).count()
}

async fn lines_of(phone: &Phone, mark: char) -> Vec<String> {
    let texts = phone.texts().await;
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .filter(|line| line.starts_with(mark))
        .map(str::to_owned)
        .collect()
}

/// The questions on the guide's phone by the number in front of them.
async fn relayed(phone: &Phone) -> BTreeMap<usize, Vec<String>> {
    let mut all: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for text in phone.texts().await {
        let mut number = None;
        for line in text.lines() {
            let line = match line
                .strip_prefix("【新顾客 #")
                .and_then(|rest| rest.split_once('】'))
            {
                Some((named, rest)) => {
                    number = named.parse().ok();
                    rest
                }
                None => line,
            };
            if line.starts_with('问') {
                let number = number.expect("every line says who it is from");
                all.entry(number).or_default().push(line.to_owned());
            }
        }
    }
    all
}
