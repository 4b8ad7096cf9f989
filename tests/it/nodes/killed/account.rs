//! The account at the end: what was said against what every phone shows and what the store lists.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use daogou_schema::outbound::{self, Purpose, State};
use daogou_schema::{Timestamp, inbound, message};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Cast, say};
use crate::kit::{Phone, TestApp, within};

/// Longer than a dead process's lanes and passive answers keep anything waiting.
const REST_WITHIN: Duration = Duration::from_secs(40);
/// How often everybody asks for what waits for an own act: a window allows five messages.
const ROUNDS_MAX: usize = 40;

/// Everything that was said, in order for each speaker.
#[derive(Default)]
pub(super) struct Spoken(Mutex<Vec<Line>>);

struct Line {
    /// Nobody else says this.
    token: String,
    speaker: String,
    /// For whom it is.
    to: String,
    accepted: bool,
}

impl Spoken {
    /// `who` says `text`, in which `token` is, to `to`.
    pub(super) async fn line(&self, who: &Phone, text: &str, token: &str, to: &Phone) {
        let accepted = say(who, text).await;
        self.lines().push(Line {
            token: token.to_owned(),
            speaker: who.openid.clone(),
            to: to.openid.clone(),
            accepted,
        });
    }

    pub(super) fn accepted(&self) -> usize {
        self.lines().iter().filter(|line| line.accepted).count()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until nothing moves any more, and lets everybody fetch what waits for an act of theirs.
pub(super) async fn everything_comes_to_rest(app: &TestApp, cast: &Cast) {
    let db = app.database().await;
    for _ in 0..ROUNDS_MAX {
        nothing_moves(app).await;
        let held = outbound::Entity::find()
            .filter(outbound::Column::State.eq(State::Held))
            .all(&db)
            .await
            .expect("the messages can be read");
        if held.is_empty() {
            return;
        }
        let waits = |phone: &&Phone| held.iter().any(|row| row.openid == phone.openid);
        let guides = cast.guides.iter().map(|guide| &guide.phone);
        for guide in guides.filter(waits) {
            say(guide, "列表").await;
        }
        for customer in cast.customers.iter().map(|(_, phone)| phone).filter(waits) {
            say(customer, "收到").await;
        }
    }
    panic!("messages are held although their windows are open");
}

/// Nothing is to be handled or sent; a call that a dead process did not settle is left to its lease.
async fn nothing_moves(app: &TestApp) {
    let db = app.database().await;
    within(REST_WITHIN, "everything coming to rest", async || {
        let now = Timestamp::from(app.clock.now());
        let moving = Condition::any()
            .add(outbound::Column::State.is_in([State::Ready, State::Answering]))
            .add(
                Condition::all()
                    .add(outbound::Column::State.eq(State::Claimed))
                    .add(outbound::Column::LeaseUntil.lt(now)),
            );
        // First what is to be handled: handling it makes something to be sent.
        let stored = inbound::Column::State.eq(inbound::State::Stored);
        let stored = inbound::Entity::find().filter(stored).count(&db).await;
        let moving = outbound::Entity::find().filter(moving).count(&db).await;
        (moving.expect("a count") + stored.expect("a count") == 0).then_some(())
    })
    .await;
}

/// Every accepted line was promised once and arrived once or is listed as unknown; none took effect twice; each pair of
/// people kept its order.
pub(super) async fn balances(app: &TestApp, cast: &Cast, spoken: &Spoken) {
    let db = app.database().await;
    let promised = outbound::Entity::find()
        .filter(outbound::Column::Purpose.is_in([Purpose::Relay, Purpose::Answer]))
        .all(&db)
        .await
        .expect("the messages can be read");
    let phones: Vec<&Phone> = cast
        .guides
        .iter()
        .map(|guide| &guide.phone)
        .chain(cast.customers.iter().map(|(_, phone)| phone))
        .collect();
    let lines = std::mem::take(&mut *spoken.lines());
    let mut unknown = 0;
    for phone in phones {
        let shown = phone_shows(phone).await;
        let mut last_of: HashMap<&str, (usize, &outbound::Model)> = HashMap::new();
        for line in lines.iter().filter(|line| line.to == phone.openid) {
            let token = &*line.token;
            let rows: Vec<_> = promised
                .iter()
                .filter(|row| row.openid == line.to && row.content.to_string().contains(token))
                .collect();
            assert!(rows.len() <= 1, "{token} was promised twice: {rows:?}");
            let Some(row) = rows.first() else {
                assert!(!line.accepted, "{token} was accepted and is gone");
                continue;
            };
            let times = shown.matches(token).count();
            match row.state {
                State::Sent => assert_eq!(times, 1, "{token} is called sent"),
                // In a call that was never settled: listed when its lease is over.
                State::Unknown | State::Claimed => {
                    assert!(times <= 1, "{token} arrived {times} times");
                    unknown += 1;
                    continue;
                }
                other => panic!("{token} ended as {other:?}: {row:?}"),
            }
            let at = shown.find(token).expect("it is there");
            let before = last_of.insert(&line.speaker, (at, row));
            if let Some((before, its_row)) = before {
                assert!(before < at, "{row:?} overtook {its_row:?}: {shown}");
            }
        }
    }
    let accepted = lines.iter().filter(|line| line.accepted).count();
    println!(
        "{} lines, {accepted} accepted, {unknown} unknown",
        lines.len()
    );
    for (inbound, count) in messages_of_pushes(app).await {
        assert_eq!(count, 1, "push {inbound} took effect {count} times");
    }
}

async fn phone_shows(phone: &Phone) -> String {
    phone.texts().await.join("\n")
}

async fn messages_of_pushes(app: &TestApp) -> BTreeMap<i64, usize> {
    let messages = message::Entity::find().all(&app.database().await).await;
    let mut counts = BTreeMap::new();
    for message in messages.expect("the messages can be read") {
        if let Some(id) = message.inbound_id {
            *counts.entry(id.0).or_default() += 1;
        }
    }
    counts
}
