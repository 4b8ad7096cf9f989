//! Mass sends: accepted at once, done a moment later, four a month for each receiver.

use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use super::call::{Call, Outcome, Refusal, bare, ok, ok_with, plain};
use super::content::{Channel, content};
use crate::push::{Answerable, Push};
use crate::wire::Field;
use crate::world::{MassJob, SENDS_A_MONTH, day, month};

/// FromUserName of results that belong to no follower.
pub(super) const PLATFORM: &str = "gh_3dfda90e39d6";
/// WeChat: mass sending.
const OPENIDS_MAX: usize = 10_000;
const CALLS_A_MINUTE: u32 = 60;
const TO_ALL_A_MONTH: usize = 4;
const CLIENT_ID_BYTES_MAX: usize = 64;
const CLIENT_ID_SECONDS: i64 = 86_400;
/// Messages a minute by speed, from 0 to 4.
const SPEEDS: [i64; 5] = [80, 60, 45, 30, 10];

/// `POST /cgi-bin/message/mass/sendall`
pub(super) fn send_all(call: &mut Call<'_>) -> Outcome {
    let filter = call
        .body()
        .get("filter")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let to_all = match filter.get("is_to_all") {
        Some(Value::Bool(to_all)) => *to_all,
        None => false,
        // Strings are not taken for booleans.
        Some(_) => return Err(Refusal::new(40_152, "invalid group id")),
    };
    let tag = filter
        .get("tag_id")
        .and_then(plain)
        .and_then(|tag| tag.parse::<i64>().ok());
    let account = call.account()?;
    let people: Vec<usize> = match (to_all, tag) {
        (true, _) => account.followers().map(|(person, _)| person).collect(),
        (false, Some(tag)) if account.tags.names.contains_key(&tag) => account
            .followers()
            .filter(|(_, relation)| relation.tags.contains(&tag))
            .map(|(person, _)| person)
            .collect(),
        (false, _) => return Err(Refusal::new(40_152, "invalid group id")),
    };
    let range = if to_all {
        "all".to_owned()
    } else {
        format!("tag {}", tag.unwrap_or_default())
    };
    submit(call, &people, &range, to_all)
}

/// `POST /cgi-bin/message/mass/send`
pub(super) fn send(call: &mut Call<'_>) -> Outcome {
    let openids = call.strings("touser");
    if openids.len() < 2 {
        return Err(Refusal::new(
            40_130,
            "invalid openid list size, at least two openid",
        ));
    }
    if openids.len() > OPENIDS_MAX {
        return Err(Refusal::new(40_032, "invalid openid list size"));
    }
    let account = call.account()?;
    // Openids of nobody are left out in silence.
    let mut people: Vec<usize> = openids
        .iter()
        .filter_map(|openid| account.person(openid))
        .collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Err(Refusal::new(40_003, "invalid openid"));
    }
    let range = openids.join(",");
    submit(call, &people, &range, false)
}

fn submit(call: &mut Call<'_>, people: &[usize], range: &str, to_all: bool) -> Outcome {
    let item = content(call, Channel::Mass)?;
    let now = call.now;
    let counts = call.world.quirks.counts();
    if counts
        && !call
            .account()?
            .quotas
            .spend_minute("mass", CALLS_A_MINUTE, now)
    {
        return Err(Refusal::new(
            45_011,
            "api minute-quota reach limit, must slower, retry next minute",
        ));
    }
    let client_id = client_id(call, range, &item)?;
    let mass = &mut call.account()?.mass;
    let known = mass
        .jobs
        .iter()
        .find(|(_, job)| job.client_id == client_id && job.at + CLIENT_ID_SECONDS > now);
    if let Some((id, _)) = known {
        return Err(Refusal::new(45_065, "clientmsgid exist").with("msg_id", json!(id)));
    }
    if to_all {
        let today = mass
            .to_all
            .iter()
            .filter(|at| day(**at) == day(now))
            .count();
        let this_month = mass
            .to_all
            .iter()
            .filter(|at| month(**at) == month(now))
            .count();
        if counts && (today >= 1 || this_month >= TO_ALL_A_MONTH) {
            return Err(Refusal::new(45_028, "has no masssend quota"));
        }
        mass.to_all.push(now);
    }
    let id = call.world.next_id() % 10_000_000_000;
    call.account()?.mass.jobs.insert(
        id,
        MassJob {
            client_id,
            at: now,
            status: "SEND_SUCCESS",
        },
    );
    let sent = deliver(call, people, &item, counts)?;
    result(call, id, people.len(), sent);
    let mut answer = json!({"errmsg": "send job submission success", "msg_id": id});
    if let (Some(answer), Some("mpnews")) = (
        answer.as_object_mut(),
        item.get("msgtype").and_then(Value::as_str),
    ) {
        answer.insert("msg_data_id".to_owned(), json!(id / 2));
        let draft = item
            .get("media_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        // A draft is gone once it was sent.
        call.account()?.shelf.drafts.remove(draft);
    }
    ok_with(answer)
}

/// The caller's id of the job, or one made of its range and content.
fn client_id(call: &Call<'_>, range: &str, item: &Map<String, Value>) -> Result<String, Refusal> {
    match call.text("clientmsgid") {
        Some(id) if id.len() > CLIENT_ID_BYTES_MAX => {
            Err(Refusal::new(45_067, "clientmsgid size out of limit"))
        }
        Some(id) if !id.is_empty() => Ok(format!("given {id}")),
        _ => {
            let whole = format!("{range}\n{}", Value::Object(item.clone()));
            Ok(format!(
                "made {}",
                hex::encode(Sha1::digest(whole.as_bytes()))
            ))
        }
    }
}

/// Shows the message to everyone who may still receive one this month; how many that were.
fn deliver(
    call: &mut Call<'_>,
    people: &[usize],
    item: &Map<String, Value>,
    counts: bool,
) -> Result<usize, Refusal> {
    let now = call.now;
    let mut sent = 0;
    for person in people {
        let relation = call.relation(*person)?;
        if relation.mass_received.0 != month(now) {
            relation.mass_received = (month(now), 0);
        }
        let full = counts && relation.mass_received.1 >= SENDS_A_MONTH;
        if full || !relation.subscribed || relation.blocked || relation.blacklisted {
            continue;
        }
        relation.mass_received.1 += 1;
        sent += 1;
        let mut shown = item.clone();
        shown.insert("via".to_owned(), "mass".into());
        let appid = call.appid.clone();
        call.world.show(&appid, *person, "account", shown);
    }
    Ok(sent)
}

fn result(call: &mut Call<'_>, id: u64, total: usize, sent: usize) {
    let none = |name: &str| Field::number(name, 0);
    let copyright = vec![
        none("Count"),
        Field::text("ResultList", ""),
        none("CheckState"),
    ];
    let urls = vec![none("Count"), Field::text("ResultList", "")];
    let fields = vec![
        Field::number("MsgID", id),
        Field::text("Status", "send success"),
        Field::number("TotalCount", total),
        Field::number("FilterCount", sent),
        Field::number("SentCount", sent),
        none("ErrorCount"),
        Field::group("CopyrightCheckResult", copyright),
        Field::group("ArticleUrlResult", urls),
    ];
    let from = PLATFORM.to_owned();
    call.pushes.push(Push::event(
        &call.appid,
        None,
        from,
        "MASSSENDJOBFINISH",
        fields,
        Answerable::No,
    ));
}

/// `POST /cgi-bin/message/mass/preview`: to one person, outside the monthly count.
pub(super) fn preview(call: &mut Call<'_>) -> Outcome {
    let named = call.text("towxname").filter(|name| !name.is_empty());
    let person = match named {
        Some(name) => call
            .world
            .people
            .iter()
            .position(|person| person.name == name),
        None => call
            .text("touser")
            .and_then(|openid| call.account().ok()?.person(&openid)),
    };
    let person = person.ok_or_else(|| Refusal::new(40_003, "invalid openid"))?;
    let mut item = content(call, Channel::Mass)?;
    if !call.relation(person)?.subscribed {
        return Err(Refusal::new(43_004, "require subscribe"));
    }
    item.insert("via".to_owned(), "mass".into());
    item.insert("preview".to_owned(), true.into());
    let (appid, id) = (call.appid.clone(), call.world.next_id() % 10_000_000_000);
    call.world.show(&appid, person, "account", item);
    ok_with(json!({"errmsg": "preview success", "msg_id": id}))
}

/// `POST /cgi-bin/message/mass/delete`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    job(call)?.status = "DELETE";
    ok()
}

/// `POST /cgi-bin/message/mass/get`
pub(super) fn state(call: &mut Call<'_>) -> Outcome {
    let status = job(call)?.status;
    let id = call.number("msg_id");
    bare(json!({"msg_id": id, "msg_status": status}))
}

fn job<'a>(call: &'a mut Call<'_>) -> Result<&'a mut MassJob, Refusal> {
    let id = call
        .number("msg_id")
        .and_then(|id| u64::try_from(id).ok())
        .unwrap_or_default();
    call.account()?
        .mass
        .jobs
        .get_mut(&id)
        .ok_or_else(|| Refusal::new(40_059, "invalid msg id"))
}

/// `GET /cgi-bin/message/mass/speed/get`
pub(super) fn speed(call: &mut Call<'_>) -> Outcome {
    let speed = call.account()?.mass.speed;
    let real = usize::try_from(speed).ok().and_then(|at| SPEEDS.get(at));
    bare(json!({"speed": speed, "realspeed": real}))
}

/// `POST /cgi-bin/message/mass/speed/set`
pub(super) fn set_speed(call: &mut Call<'_>) -> Outcome {
    let speed = call
        .number("speed")
        .ok_or_else(|| Refusal::new(45_084, "need speed"))?;
    if !(0..=4).contains(&speed) {
        return Err(Refusal::new(45_083, "invalid speed"));
    }
    call.account()?.mass.speed = speed;
    ok()
}
