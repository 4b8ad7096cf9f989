//! One seed from beginning to end: a world, people, faults, rest, the account.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::DatabaseConnection;
use serde_json::Value;

use crate::account::{Account, Book, balance};
use crate::book;
use crate::mark::Person;
use crate::plan::Plan;
use crate::traffic::{Crowd, Phone, scan, text, text_of};
use crate::trouble::{Result, Trouble};
use crate::world::process::LOOK_EVERY;
use crate::world::servers::DatabaseServer;
use crate::world::{Tools, World};

/// How long setting a world up may take, piece by piece.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a world may take to come to rest.
const REST_WITHIN: Duration = Duration::from_secs(150);
/// So long nothing changes before time is moved on.
const STANDSTILL: Duration = Duration::from_millis(1_100);
/// Past every lease (15 s, 45 s, 50 s) and every wait between two attempts (30 s).
const PAST_LEASES: i64 = 51;

/// What a seed came to.
pub struct Outcome {
    /// The account.
    pub account: Account,
    /// What it was drawn up from.
    pub book: Book,
    /// From the beginning to the account.
    pub lasted: Duration,
    /// Of that: until everybody was there, until nothing went wrong any more, until everything was at rest.
    pub phases: [Duration; 3],
}

/// Plays `plan` in `folder`. The database server comes back in any case.
pub async fn play(
    plan: &Plan,
    tools: &Tools,
    folder: &Path,
    database: Option<DatabaseServer>,
) -> (Result<Outcome>, Option<DatabaseServer>) {
    let begun = Instant::now();
    let world = match World::build(plan, tools, folder, database).await {
        Ok(world) => world,
        Err(trouble) => return (Err(trouble), None),
    };
    let played = play_in(plan, tools, &world, begun).await;
    let outcome = played.map(|(book, phases)| Outcome {
        account: balance(&book),
        book,
        lasted: begun.elapsed(),
        phases,
    });
    let keep = !outcome
        .as_ref()
        .is_ok_and(|outcome| outcome.account.wrongs.is_empty());
    let database = world.end(keep);
    (outcome, database)
}

async fn play_in(
    plan: &Plan,
    tools: &Tools,
    world: &World,
    begun: Instant,
) -> Result<(Book, [Duration; 3])> {
    let people = invite(plan, tools, world).await?;
    let invited = begun.elapsed();
    let (guides, consumers) = people
        .split_at_checked(plan.guides)
        .ok_or_else(|| Trouble("there are fewer people than guides".into()))?;
    world.platform.post("/quirks", json(&plan.quirks)?).await?;
    let crowd = Crowd::new(plan, &world.platform, guides, consumers);
    let (talked, suffered) = tokio::join!(crowd.talk(), suffer(plan, world));
    suffered?;
    talked?;
    world.platform.clear_faults().await?;
    let quiet = r#"{"duplicates":false,"reorder":false,"latency_ms":0}"#;
    world.platform.post("/quirks", json(quiet)?).await?;
    world.heal().await?;
    let healed = begun.elapsed();
    let store = book::open(world.database_url()).await?;
    come_to_rest(world, &store).await?;
    for _ in 0..2 {
        crowd.ask_again().await?;
        come_to_rest(world, &store).await?;
        if book::held(&store).await? == 0 {
            break;
        }
    }
    let (notes, moved) = (crowd.into_notes(), world.has_moved_time());
    let phases = [invited, healed - invited, begun.elapsed() - healed];
    let mut book = book::draw_up(plan, &world.platform, &store, &people, notes).await?;
    // What was still on its way when leases were made to end.
    book.circumstances.answers_lost |= moved;
    book.circumstances.nodes_given_up = world.given_up().await;
    Ok((book, phases))
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| Trouble::at("a body", &error))
}

/// Does what goes wrong at its time; what lasts goes on beside the next. The last ends before this returns.
async fn suffer(plan: &Plan, world: &World) -> Result<()> {
    let begun = Instant::now();
    let all = plan.events.iter().map(|event| async move {
        let at = begun + Duration::from_millis(event.at_ms);
        tokio::time::sleep_until(at.into()).await;
        world.suffer(&event.fault).await
    });
    join_all(all).await.into_iter().collect()
}

/// Makes a store with guides who are linked and on duty, and consumers.
async fn invite(plan: &Plan, tools: &Tools, world: &World) -> Result<Vec<Phone>> {
    let daogou = async |args: &[&str]| world.command(&tools.program, args).await;
    daogou(&["store", "add", "杭州城北店"]).await?;
    let mut people = Vec::new();
    for number in 0..plan.guides {
        let name = format!("导购{number}");
        let added = daogou(&["guide", "add", &name, "--store", "杭州城北店"]).await?;
        let field = |name: &str| {
            let field = added.get(name).and_then(Value::as_str);
            field.unwrap_or_default().to_owned()
        };
        let (id, openid) = world.platform.person(&name).await?;
        let guide = Phone::new(Person(number), id, openid, field("scene"));
        act_until(
            world,
            &guide,
            &scan(&field("link_scene")),
            "已和导购身份关联",
        )
        .await?;
        act_until(world, &guide, &text("上班"), "已上班").await?;
        people.push(guide);
    }
    for number in 0..plan.consumers {
        let name = format!("顾客{number}");
        let (id, openid) = world.platform.person(&name).await?;
        let scene = people
            .get(number % plan.guides)
            .map(|guide| guide.scene.clone());
        let person = Person(plan.guides + number);
        people.push(Phone::new(person, id, openid, scene.unwrap_or_default()));
    }
    Ok(people)
}

async fn act_until(world: &World, phone: &Phone, act: &Value, shown: &str) -> Result<()> {
    world.platform.act(&phone.id, act).await?;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let items = world.platform.chat(&phone.id, 0).await?;
        if items.iter().any(|item| text_of(item).contains(shown)) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Trouble(format!("a guide's phone does not show {shown}")))
}

/// Until nothing is under way; when nothing changes, time is moved on past the leases of the dead. What is not at rest
/// by the end is a finding of the account.
async fn come_to_rest(world: &World, store: &DatabaseConnection) -> Result<()> {
    let deadline = Instant::now() + REST_WITHIN;
    let (mut last, mut since, mut quiet) = (u64::MAX, Instant::now(), 0);
    while Instant::now() < deadline {
        let now = book::under_way(store).await?;
        quiet = if now == 0 { quiet + 1 } else { 0 };
        if quiet >= 4 {
            return Ok(());
        }
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if now > 0 && since.elapsed() > STANDSTILL {
            world.pass(PAST_LEASES).await?;
            since = Instant::now();
        }
        tokio::time::sleep(LOOK_EVERY * 2).await;
    }
    Ok(())
}
