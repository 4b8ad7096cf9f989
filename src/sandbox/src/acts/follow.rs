//! Following, leaving, scanning a code.

use super::{Act, Done, EVENT};
use crate::push::Answerable;
use crate::trouble::Trouble;
use crate::wire::Field;
use crate::world::{Code, Kind, Trigger};

/// Where a follower came from (WeChat: user information, subscribe_scene), with the number datacube gives it.
const SOURCES: [(&str, i64); 13] = [
    ("ADD_SCENE_SEARCH", 1),
    ("ADD_SCENE_PROFILE_CARD", 17),
    ("ADD_SCENE_QR_CODE", 30),
    ("ADD_SCENE_PAID", 51),
    ("ADD_SCENE_PROFILE_LINK", 57),
    ("ADD_SCENE_PROFILE_ITEM", 100),
    ("ADD_SCENE_WECHAT_ADVERTISEMENT", 161),
    ("ADD_SCENE_REPRINT", 149),
    ("ADD_SCENE_LIVESTREAM", 200),
    ("ADD_SCENE_CHANNELS", 201),
    ("ADD_SCENE_ACCOUNT_MIGRATION", 0),
    ("ADD_SCENE_WXA", 0),
    ("ADD_SCENE_OTHERS", 0),
];

pub(super) fn follow(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.only(Kind::Service, "followers")?;
    if act.relation()?.subscribed {
        return Err(Trouble::conflict("the person follows the account already"));
    }
    let trade_no = act.string("trade_no");
    let source = match (&trade_no, act.string("subscribe_scene")) {
        (Some(_), _) => "ADD_SCENE_PAID".to_owned(),
        (None, given) => given.unwrap_or_else(|| "ADD_SCENE_SEARCH".to_owned()),
    };
    begin(act, &source, None)?;
    let key = trade_no.map(|number| format!("last_trade_no_{number}"));
    Ok(Done::pushed(subscribed(act, key, None)))
}

pub(super) fn unfollow(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.only(Kind::Service, "followers")?;
    let now = act.now();
    let relation = act.relation()?;
    if !relation.subscribed {
        return Err(Trouble::conflict("the person does not follow the account"));
    }
    relation.subscribed = false;
    relation.windows.clear();
    relation.tags.clear();
    relation.remark.clear();
    relation.blocked = false;
    record(act, now, -1, 0)?;
    let fields = if act.world.quirks.empty_event_key {
        vec![Field::text("EventKey", "")]
    } else {
        Vec::new()
    };
    Ok(Done::pushed(act.event(
        "unsubscribe",
        fields,
        Answerable::No,
    )))
}

/// A follower who scans enters the chat; anyone else is shown the profile and follows at once, unless the act says
/// `"follow": false`: then the platform pushes nothing.
pub(super) fn scan(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.only(Kind::Service, "parametric codes")?;
    let code = code(act)?;
    let now = act.now();
    if code.expires_at.is_some_and(|until| until <= now) {
        return Err(Trouble::conflict("the code has expired"));
    }
    if let Some(seen) = act.account()?.codes.by_ticket(&code.ticket) {
        seen.scanned += 1;
    }
    let appid = act.appid.clone();
    act.world.changed("codes", None, Some(&appid), None);
    if act.relation()?.subscribed {
        let person = act.person;
        act.account()?.open_window(person, Trigger::Scan, now);
        let fields = vec![
            Field::text("EventKey", &code.scene),
            Field::text("Ticket", &code.ticket),
        ];
        return Ok(Done::pushed(act.event("SCAN", fields, EVENT)));
    }
    if act.body.get("follow").and_then(serde_json::Value::as_bool) == Some(false) {
        return Ok(Done::default());
    }
    begin(act, "ADD_SCENE_QR_CODE", Some(&code))?;
    let key = format!("qrscene_{}", code.scene);
    Ok(Done::pushed(subscribed(act, Some(key), Some(code.ticket))))
}

fn code(act: &mut Act<'_>) -> Result<Code, Trouble> {
    let now = act.now();
    let (ticket, scene) = (act.any(&["ticket", "url"]), act.string("scene"));
    let codes = &mut act.account()?.codes;
    let found = match (ticket, scene) {
        (Some(ticket), _) => codes.by_ticket(&ticket),
        (None, Some(scene)) => codes.by_scene(&scene, now),
        (None, None) => return Err(Trouble::bad("scene or ticket is missing")),
    };
    found
        .cloned()
        .ok_or_else(|| Trouble::missing("no such code"))
}

fn begin(act: &mut Act<'_>, source: &str, code: Option<&Code>) -> Result<(), Trouble> {
    let now = act.now();
    let person = act.person;
    let (name, number) = SOURCES
        .into_iter()
        .find(|(name, _)| *name == source)
        .unwrap_or(("ADD_SCENE_OTHERS", 0));
    let relation = act.relation()?;
    relation.subscribed = true;
    relation.ever_subscribed = true;
    relation.subscribe_time = now;
    relation.subscribe_scene = name;
    relation.qr_scene = code
        .filter(|code| !code.action.is_text())
        .map_or(0, |code| code.scene.parse().unwrap_or(0));
    relation.qr_scene_str = code
        .filter(|code| code.action.is_text())
        .map(|code| code.scene.clone())
        .unwrap_or_default();
    act.account()?.open_window(person, Trigger::Follow, now);
    record(act, now, 1, number)
}

fn record(act: &mut Act<'_>, at: i64, by: i64, source: i64) -> Result<(), Trouble> {
    act.account()?
        .turns
        .push(crate::world::Turn { at, by, source });
    let id = act
        .world
        .people
        .get(act.person)
        .map(|person| person.id.clone());
    let appid = act.appid.clone();
    act.world
        .changed("people", id.as_deref(), Some(&appid), None);
    Ok(())
}

fn subscribed(act: &Act<'_>, key: Option<String>, ticket: Option<String>) -> crate::push::Push {
    let mut fields = Vec::new();
    match key {
        Some(key) => fields.push(Field::text("EventKey", key)),
        None if act.world.quirks.empty_event_key => fields.push(Field::text("EventKey", "")),
        None => {}
    }
    fields.extend(ticket.map(|ticket| Field::text("Ticket", ticket)));
    act.event("subscribe", fields, EVENT)
}
