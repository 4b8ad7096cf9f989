//! Taps: on a button of the menu, on an item of a message menu, on a link that sends a text.

use serde_json::{Map, Value, json};

use super::send::{message, object};
use super::{Act, Done, EVENT};
use crate::push::Answerable;
use crate::text::percent_decoded;
use crate::trouble::Trouble;
use crate::wire::Field;
use crate::wire::layout::Value as Content;
use crate::world::{Kind, Trigger};

pub(super) fn tap(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.in_chat()?;
    let key = act
        .any(&["key", "id"])
        .ok_or_else(|| Trouble::bad("key is missing"))?;
    let (person, platform) = (act.person, act.string("client_platform_type"));
    let account = act.account()?;
    let tags = account.relation(person).tags.clone();
    if let Some((menu_id, button)) = account.menu.button(&key, &tags, platform.as_deref()) {
        return press(act, menu_id, &button);
    }
    let choice = act
        .relation()?
        .chat_backwards()
        .filter(|item| item.get("from").and_then(Value::as_str) == Some("account"))
        .find_map(|item| menu_item(item, &key).or_else(|| menu_link(item, &key)));
    let Some(content) = choice else {
        return Err(Trouble::conflict("there is nothing with this key to tap"));
    };
    // Tapping a menu item opens the short window of a menu, not the 48 hours of a message.
    let fields = vec![Field::text("Content", &content)];
    let item = object(json!({"content": content, "text": content, "bizmsgmenuid": key}));
    message(act, "text", fields, item, Some(key), Trigger::Menu).map(Done::pushed)
}

fn menu_item(item: &Value, key: &str) -> Option<String> {
    let list = item.get("list")?.as_array()?;
    let chosen = list.iter().find(|choice| match choice.get("id") {
        Some(Value::String(id)) => id == key,
        Some(Value::Number(id)) => id.to_string() == key,
        _ => false,
    })?;
    Some(chosen.get("content")?.as_str()?.to_owned())
}

/// `weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…` inside a text.
fn menu_link(item: &Value, key: &str) -> Option<String> {
    let text = item.get("content")?.as_str()?;
    text.split("weixin://bizmsgmenu?").skip(1).find_map(|rest| {
        let query = rest.split(['"', '\'', '>', ' ', '\n']).next()?;
        let query = query.replace("&amp;", "&");
        let value = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
                .map(percent_decoded)
        };
        (value("msgmenuid")? == key).then(|| value("msgmenucontent"))?
    })
}

fn press(act: &mut Act<'_>, menu_id: u64, button: &Map<String, Value>) -> Result<Done, Trouble> {
    act.only(Kind::Service, "menu")?;
    let text = |name: &str| {
        button
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let kind = text("type");
    let key = Field::text("EventKey", text("key"));
    let push = match kind.as_str() {
        "click" => act.event("CLICK", vec![key], EVENT),
        "view" => {
            let fields = vec![
                Field::text("EventKey", text("url")),
                Field::number("MenuId", menu_id),
            ];
            act.event("VIEW", fields, Answerable::No)
        }
        "miniprogram" => {
            let fields = vec![
                Field::text("EventKey", text("pagepath")),
                Field::number("MenuId", menu_id),
            ];
            act.event("view_miniprogram", fields, Answerable::No)
        }
        "scancode_push" => act.event(&kind, vec![key, scanned(act)], Answerable::No),
        "scancode_waitmsg" => act.event(&kind, vec![key, scanned(act)], EVENT),
        "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin" => return pictures(act, &kind, key),
        "location_select" => return place(act, key),
        "media_id" | "view_limited" | "article_id" | "article_view_limited" => {
            return Ok(served(act, button));
        }
        other => {
            return Err(Trouble::conflict(&format!(
                "a button of type {other} cannot be tapped"
            )));
        }
    };
    if matches!(
        kind.as_str(),
        "click" | "scancode_push" | "scancode_waitmsg"
    ) {
        let (person, now) = (act.person, act.now());
        act.account()?.open_window(person, Trigger::Menu, now);
    }
    Ok(Done::pushed(push))
}

fn scanned(act: &Act<'_>) -> Field {
    let kind = act
        .string("scan_type")
        .unwrap_or_else(|| "qrcode".to_owned());
    let result = act
        .any(&["scan_result", "result"])
        .unwrap_or_else(|| "https://example.com/".to_owned());
    Field::group(
        "ScanCodeInfo",
        vec![
            Field::text("ScanType", kind),
            Field::text("ScanResult", result),
        ],
    )
}

/// The event with the sums of the pictures; then each picture as a message of its own.
fn pictures(act: &mut Act<'_>, kind: &str, key: Field) -> Result<Done, Trouble> {
    let count = act
        .string("count")
        .and_then(|count| count.parse().ok())
        .unwrap_or(1usize)
        .clamp(1, 9);
    let items = (0..count)
        .map(|_| {
            Field::group(
                "item",
                vec![Field::text(
                    "PicMd5Sum",
                    hex::encode(act.world.chance.bytes::<16>()),
                )],
            )
        })
        .collect();
    let info = vec![
        Field::number("Count", count),
        Field {
            name: "PicList".to_owned(),
            value: Content::Group(items),
        },
    ];
    let mut done = Done::pushed(act.event(
        kind,
        vec![key, Field::group("SendPicsInfo", info)],
        Answerable::No,
    ));
    let body = json!({"msgtype": "image"});
    for _ in 0..count {
        done.pushes.extend(follow_up(act, &body)?.pushes);
    }
    Ok(done)
}

/// The event with the place; then the place as a message.
fn place(act: &mut Act<'_>, key: Field) -> Result<Done, Trouble> {
    let text = |names: &[&str], usual: &str| act.any(names).unwrap_or_else(|| usual.to_owned());
    let (x, y) = (
        text(&["location_x", "latitude"], "31.257009506225586"),
        text(&["location_y", "longitude"], "121.59297180175781"),
    );
    let (scale, label) = (text(&["scale"], "15"), text(&["label"], ""));
    let info = vec![
        Field::text("Location_X", &x),
        Field::text("Location_Y", &y),
        Field::text("Scale", &scale),
        Field::text("Label", &label),
        Field::text("Poiname", text(&["poiname"], "")),
    ];
    let mut done = Done::pushed(act.event(
        "location_select",
        vec![key, Field::group("SendLocationInfo", info)],
        Answerable::No,
    ));
    let body = json!({"msgtype": "location", "latitude": x, "longitude": y, "scale": scale, "label": label});
    done.pushes.extend(follow_up(act, &body)?.pushes);
    Ok(done)
}

fn follow_up(act: &mut Act<'_>, body: &Value) -> Result<Done, Trouble> {
    let mut next = Act {
        world: &mut *act.world,
        appid: act.appid.clone(),
        person: act.person,
        body,
        origin: act.origin,
    };
    super::send::send(&mut next)
}

/// Buttons that show material: the phone gets it, the account's server hears nothing.
fn served(act: &mut Act<'_>, button: &Map<String, Value>) -> Done {
    let id = ["media_id", "article_id"]
        .into_iter()
        .find_map(|name| button.get(name))
        .cloned()
        .unwrap_or_default();
    let known = id
        .as_str()
        .and_then(|id| act.world.media.get(id))
        .map(|media| media.kind.clone());
    let mut item = Map::new();
    match known {
        Some(kind) => {
            item.insert("msgtype".to_owned(), kind.into());
            item.insert("media_id".to_owned(), id);
        }
        None => {
            item.insert("msgtype".to_owned(), "mpnewsarticle".into());
            item.insert("article_id".to_owned(), id);
        }
    }
    item.insert("via".to_owned(), "passive".into());
    let (appid, person) = (act.appid.clone(), act.person);
    act.world.show(&appid, person, "account", item);
    Done::default()
}
