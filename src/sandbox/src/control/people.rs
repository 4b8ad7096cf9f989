//! People: who they are, what they do, what their phones show.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::{Json, Path, Payload, Query};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::accounts::named;
use super::{State, object};
use crate::acts::{Act, perform};
use crate::intake;
use crate::push::{self, Delivery};
use crate::trouble::Trouble;
use crate::world::World;

/// As many as a large brand has.
const CROWD_MAX: u64 = 1_000_000;
/// In seconds.
const YEAR: i64 = 365 * 86_400;
/// Three attempts of five seconds, and a little for the way.
const WAIT_MAX: Duration = Duration::from_secs(16);

pub(super) async fn add(payload: Payload, inner: State) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    let name = body
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let mut world = inner.world();
    let like = match body.get("openid_like").and_then(Value::as_str) {
        Some(id) => Some(
            world
                .person_at(id)
                .ok_or_else(|| Trouble::missing("no such person in openid_like"))?,
        ),
        None => None,
    };
    let index = world.add_person(name, like);
    Ok(Json(Value::Object(described(&world, index))))
}

/// Many people who have followed an account for long: nobody is told of them.
pub(super) async fn crowd(payload: Payload, inner: State) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    let count = body.get("count").and_then(Value::as_u64).unwrap_or(0);
    if count > CROWD_MAX {
        return Err(Trouble::bad("that is too large a crowd"));
    }
    let mut world = inner.world();
    let appid = named(&world, body.get("appid").and_then(Value::as_str))?;
    let now = world.now();
    let mut ends = Vec::new();
    for number in 0..count {
        let index = world.add_person(format!("老粉丝{number}"), None);
        if number == 0 || number + 1 == count {
            ends.push(Value::Object(described(&world, index)));
        }
        if let Some(account) = world.accounts.get_mut(&appid) {
            let since = i64::try_from(number).unwrap_or_default();
            account.relation(index).followed_before(now - YEAR + since);
        }
    }
    Ok(Json(
        json!({"count": count, "first": ends.first(), "last": ends.last()}),
    ))
}

pub(super) async fn list(inner: State) -> Json<Value> {
    let world = inner.world();
    let people: Vec<Value> = (0..world.people.len())
        .map(|index| Value::Object(described(&world, index)))
        .collect();
    Json(json!({"people": people}))
}

fn described(world: &World, index: usize) -> Map<String, Value> {
    let Some(person) = world.people.get(index) else {
        return Map::new();
    };
    let openids: Map<String, Value> = world
        .accounts
        .keys()
        .map(|appid| (appid.clone(), person.openid(appid).into()))
        .collect();
    Map::from_iter([
        ("id".to_owned(), person.id.clone().into()),
        ("name".to_owned(), person.name.clone().into()),
        ("unionid".to_owned(), person.unionid.clone().into()),
        ("openids".to_owned(), Value::Object(openids)),
    ])
}

pub(super) async fn show(id: Path<String>, inner: State) -> Result<Json<Value>, Trouble> {
    let world = inner.world();
    let index = world
        .person_at(&id)
        .ok_or_else(|| Trouble::missing("no such person"))?;
    let now = world.now();
    let mut shown = described(&world, index);
    let mut accounts = Map::new();
    for (appid, account) in &world.accounts {
        let relation = account.relation_seen(index);
        let windows: Vec<Value> = relation
            .into_iter()
            .flat_map(|relation| relation.windows.open_at(now))
            .map(|window| {
                json!({"trigger": window.trigger.name(), "until": window.until, "remaining": window.remaining})
            })
            .collect();
        let state = json!({
            "subscribed": relation.is_some_and(|relation| relation.subscribed),
            "blocked": relation.is_some_and(|relation| relation.blocked),
            "typing": relation.is_some_and(|relation| relation.typing_until > now),
            "windows": windows,
            "template_refused": relation.map(|relation| &relation.templates_refused),
            "permits": relation.map(|relation| &relation.permits),
        });
        accounts.insert(appid.clone(), state);
    }
    shown.insert(
        "phone".to_owned(),
        world
            .people
            .get(index)
            .map(|person| person.phone.clone())
            .into(),
    );
    shown.insert("accounts".to_owned(), Value::Object(accounts));
    Ok(Json(Value::Object(shown)))
}

pub(super) async fn chat(
    id: Path<String>,
    query: Query<HashMap<String, String>>,
    inner: State,
) -> Result<Json<Value>, Trouble> {
    let world = inner.world();
    let index = world
        .person_at(&id)
        .ok_or_else(|| Trouble::missing("no such person"))?;
    let appid = named(&world, query.get("appid").map(String::as_str))?;
    let after = match query.get("after").filter(|after| !after.is_empty()) {
        Some(after) => after
            .parse()
            .map_err(|_error| Trouble::bad("after must be a number"))?,
        None => 0,
    };
    let relation = world
        .accounts
        .get(&appid)
        .and_then(|account| account.relation_seen(index));
    Ok(Json(
        json!({"items": relation.map(|relation| relation.chat_after(after)).unwrap_or_default()}),
    ))
}

pub(super) async fn act(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    inner: State,
) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    let origin = intake::origin(&request);
    let (outcome, told) = begin(&inner, &id, &body, &origin)?;
    let wait = body.get("wait").and_then(Value::as_bool).unwrap_or(true);
    let delivery = match outcome {
        Some(outcome) if wait => tokio::time::timeout(WAIT_MAX, outcome)
            .await
            .ok()
            .and_then(Result::ok),
        Some(_) => None,
        None => Some(Delivery::none()),
    };
    let mut answer = told;
    answer.extend(Map::from_iter([
        (
            "attempts".to_owned(),
            delivery
                .as_ref()
                .map_or(0, |delivery| delivery.attempts)
                .into(),
        ),
        (
            "http_status".to_owned(),
            delivery
                .as_ref()
                .and_then(|delivery| delivery.http_status)
                .into(),
        ),
        (
            "reply".to_owned(),
            delivery
                .as_ref()
                .and_then(|delivery| delivery.reply.clone())
                .into(),
        ),
        (
            "outcome".to_owned(),
            delivery
                .as_ref()
                .map_or("pending", |delivery| delivery.outcome)
                .into(),
        ),
        (
            "fault".to_owned(),
            delivery.and_then(|delivery| delivery.fault).into(),
        ),
    ]));
    Ok(Json(Value::Object(answer)))
}

type Begun = (Option<oneshot::Receiver<Delivery>>, Map<String, Value>);

/// Does the act under the lock and hands its pushes over; the first push is the one that is reported.
fn begin(inner: &State, id: &str, body: &Value, origin: &str) -> Result<Begun, Trouble> {
    let mut world = inner.world();
    let person = world
        .person_at(id)
        .ok_or_else(|| Trouble::missing("no such person"))?;
    let appid = named(&world, body.get("appid").and_then(Value::as_str))?;
    if body.get("act").and_then(Value::as_str) == Some("repeat") {
        let last = world
            .accounts
            .get(&appid)
            .and_then(|account| account.relation_seen(person)?.last_push.clone());
        let last =
            last.ok_or_else(|| Trouble::conflict("nothing was pushed for this person yet"))?;
        return Ok((Some(push::repeat(inner, &mut world, last)), Map::new()));
    }
    let done = perform(Act {
        world: &mut world,
        appid,
        person,
        body,
        origin,
    })?;
    let mut first = None;
    for push in &done.pushes {
        let outcome = push::enqueue(inner, &mut world, push);
        first.get_or_insert(outcome);
    }
    Ok((first, done.told))
}
