//! Fills the book of a run: what the store holds, what the phones show, what the platform saw.

use std::collections::BTreeMap;

use daogou_schema::{guide_number, identity, inbound, message, outbound, question};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectOptions, Database, DatabaseConnection, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::Value;

use crate::account::{Attempt, Book, Circumstances, Item, Line, Push, Question, Row};
use crate::mark::{Mark, Person, marks};
use crate::plan::{Fault, Plan};
use crate::traffic::{Notes, Phone, text_of};
use crate::trouble::Result;
use crate::world::platform::Platform;

/// Opens the store to look at it.
pub async fn open(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url.replace("mode=rwc", "mode=ro"));
    options.max_connections(1).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

/// How much is still under way: pushes to handle, messages to send.
pub async fn under_way(store: &DatabaseConnection) -> Result<u64> {
    use outbound::State::{Answering, Claimed, Ready};
    let waits_long = Condition::all()
        .add(outbound::Column::State.eq(Ready))
        .add(outbound::Column::Reason.is_not_null());
    let pushes = inbound::Entity::find()
        .filter(inbound::Column::State.eq(inbound::State::Stored))
        .count(store)
        .await?;
    let messages = outbound::Entity::find()
        .filter(outbound::Column::State.is_in([Ready, Claimed, Answering]))
        .filter(waits_long.not())
        .count(store)
        .await?;
    Ok(pushes + messages)
}

/// How much waits for somebody's next act.
pub async fn held(store: &DatabaseConnection) -> Result<u64> {
    use outbound::State::{Held, Ready};
    let held = outbound::Column::State.is_in([Held, Ready]);
    Ok(outbound::Entity::find().filter(held).count(store).await?)
}

/// Everything that is known at the end.
pub async fn draw_up(
    plan: &Plan,
    platform: &Platform,
    store: &DatabaseConnection,
    people: &[Phone],
    notes: Notes,
) -> Result<Book> {
    let mut book = Book {
        guides: (0..plan.guides).map(Person).collect(),
        said: notes.said,
        named: notes.named,
        ..Book::default()
    };
    read_phones(platform, people, &mut book).await?;
    let by_openid = people
        .iter()
        .map(|p| (p.openid.clone(), p.person))
        .collect();
    read_store(store, &by_openid, &mut book).await?;
    read_attempts(platform, &by_openid, &mut book).await?;
    let stats = platform.get("/stats").await?;
    book.codes = counts(stats.pointer("/calls/~1cgi-bin~1message~1custom~1send"));
    let pushes = counts(stats.get("pushes"));
    book.differing_answers = pushes.get("differs").copied().unwrap_or(0);
    book.circumstances = circumstances(plan);
    // On a machine that is too busy the platform hangs up, and so do we.
    let hung_up = ["timeout", "connect", "http_error"];
    let unheard = book.attempts.iter().any(|attempt| !attempt.is_answered());
    let given_up = hung_up.iter().any(|outcome| pushes.contains_key(*outcome));
    book.circumstances.answers_lost |= given_up || unheard;
    book.circumstances.pushes_given_up = pushes.contains_key("timeout");
    Ok(book)
}

fn circumstances(plan: &Plan) -> Circumstances {
    Circumstances {
        answers_lost: plan.loses_answers(),
        clocks_differ: plan.is_skewed(),
        guides_change: !plan.is_settled(),
        injected: injected(plan),
        ..Circumstances::default()
    }
}

/// How often the plan lets sends fail, by errcode; perhaps not all were met.
fn injected(plan: &Plan) -> BTreeMap<String, u64> {
    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    for event in &plan.events {
        if let Fault::WeChat(_, body) = &event.fault
            && let Ok(body) = serde_json::from_str::<Value>(body)
            && let Some(code) = body.get("errcode")
        {
            let times = body.get("times").and_then(Value::as_u64).unwrap_or(1);
            *met.entry(code.to_string()).or_default() += times;
        }
    }
    met
}

async fn read_phones(platform: &Platform, people: &[Phone], book: &mut Book) -> Result<()> {
    for phone in people {
        let items = platform.chat(&phone.id, 0).await?.into_iter();
        let items = items
            .filter(|item| item.get("from").and_then(Value::as_str) == Some("account"))
            .map(|item| Item {
                text: text_of(&item),
            });
        book.phones.insert(phone.person, items.collect());
    }
    Ok(())
}

type People = BTreeMap<String, Person>;

async fn read_store(store: &DatabaseConnection, people: &People, book: &mut Book) -> Result<()> {
    for push in inbound::Entity::find().all(store).await? {
        book.pushes.push(Push {
            id: push.id.0,
            from: people.get(&push.openid).copied(),
            state: push.state.to_value(),
            fault: push.fault,
            mark: first_mark(push.raw.as_deref().unwrap_or_default()),
        });
    }
    for line in message::Entity::find().all(store).await? {
        book.lines.push(Line {
            has_guide: line.guide_id.is_some(),
            mark: first_mark(&line.content.to_string()),
        });
    }
    let rows = outbound::Entity::find().order_by_asc(outbound::Column::Id);
    for row in rows.all(store).await? {
        let text = content(&row.content);
        book.rows.push(Row {
            id: row.id.0,
            to: people.get(&row.openid).copied(),
            purpose: row.purpose.to_value(),
            // Refused for now: it waits with its reason until it is tried again, or the guide acts.
            state: match (row.state, &row.reason) {
                (outbound::State::Ready, Some(_)) => outbound::State::Held.to_value(),
                (state, _) => state.to_value(),
            },
            reason: row.reason,
            passive: row.channel == Some(outbound::Channel::Passive),
            push: row.inbound_id.map(|id| id.0),
            mark: first_mark(&text),
            text,
        });
    }
    for question in question::Entity::find().all(store).await? {
        book.questions.push(Question {
            state: question.state.to_value(),
            mark: first_mark(&question.content.to_string()),
        });
    }
    for identity in identity::Entity::find().all(store).await? {
        if let Some(person) = people.get(&identity.openid) {
            *book.identities.entry(*person).or_default() += 1;
        }
    }
    for given in guide_number::Entity::find().all(store).await? {
        book.numbers
            .push((given.guide_id.0, given.number, given.member_id.0));
    }
    Ok(())
}

async fn read_attempts(platform: &Platform, people: &People, book: &mut Book) -> Result<()> {
    let sends = platform.get("/sends").await?;
    let attempts = sends.get("sends").and_then(Value::as_array);
    for attempt in attempts.into_iter().flatten() {
        let text = |pointer: &str| attempt.pointer(pointer).and_then(Value::as_str);
        let shown = marks(text("/body/text/content").unwrap_or_default());
        book.attempts.push(Attempt {
            to: text("/body/touser").and_then(|to| people.get(to).copied()),
            marks: shown.into_iter().map(|(_, mark)| mark).collect(),
            answer: text("/answer").map(str::to_owned),
        });
    }
    Ok(())
}

fn first_mark(text: &str) -> Option<Mark> {
    marks(text).first().map(|(_, mark)| *mark)
}

/// The text of a stored message; empty for anything else.
fn content(parcel: &Value) -> String {
    let text = parcel.pointer("/body/content/content");
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn counts(of: Option<&Value>) -> BTreeMap<String, u64> {
    let counts = of.and_then(Value::as_object).into_iter().flatten();
    counts
        .filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)))
        .collect()
}
