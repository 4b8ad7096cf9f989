//! Messages that a person writes in the chat with an account.

use actix_web::web::Bytes;
use serde_json::{Map, Value, json};

use super::{Act, Done, MESSAGE};
use crate::push::Push;
use crate::trouble::Trouble;
use crate::wire::Field;
use crate::world::{Format, Kind, Media, TEMPORARY_SECONDS, Trigger};

pub(super) fn send(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.in_chat()?;
    let kind = act.string("msgtype").unwrap_or_else(|| "text".to_owned());
    let (fields, item) = content(act, &kind)?;
    let push = message(act, &kind, fields, item, None, Trigger::Message)?;
    // Who is on the blacklist writes in vain: the account's server hears nothing.
    if act.relation()?.blacklisted {
        return Ok(Done::default());
    }
    Ok(Done::pushed(push))
}

/// Puts the message on the person's phone and makes its push.
pub(super) fn message(
    act: &mut Act<'_>,
    kind: &str,
    mut fields: Vec<Field>,
    mut item: Map<String, Value>,
    menu_id: Option<String>,
    trigger: Trigger,
) -> Result<Push, Trouble> {
    let (now, person, appid) = (act.now(), act.person, act.appid.clone());
    let id = act.world.next_id();
    act.account()?.open_window(person, trigger, now);
    // Captured bodies have MsgId before the MediaId of a picture and before the Recognition of a voice.
    let at = match (kind, act.format()?) {
        ("image", Format::Xml) => 1,
        ("voice", Format::Xml) => 2,
        _ => fields.len(),
    };
    fields.insert(at.min(fields.len()), Field::number("MsgId", id));
    fields.extend(menu_id.map(|id| Field::text("bizmsgmenuid", id)));
    fields.insert(0, Field::text("MsgType", kind));
    item.insert("msgtype".to_owned(), kind.into());
    item.insert("msgid".to_owned(), id.to_string().into());
    act.world.show(&appid, person, "person", item);
    Ok(Push {
        appid,
        person: Some(person),
        from: act.openid(),
        fields,
        answerable: MESSAGE,
    })
}

type Message = (Vec<Field>, Map<String, Value>);

fn content(act: &mut Act<'_>, kind: &str) -> Result<Message, Trouble> {
    let service = act.account()?.settings.kind == Kind::Service;
    match kind {
        "text" => {
            let content = act
                .any(&["text", "content"])
                .filter(|content| !content.is_empty());
            let content = content.ok_or_else(|| Trouble::bad("text is missing"))?;
            Ok((
                vec![Field::text("Content", &content)],
                object(json!({"content": content, "text": content})),
            ))
        }
        "image" => image(act),
        "voice" if service => voice(act),
        "video" | "shortvideo" if service => video(act),
        "location" if service => location(act),
        "link" if service => Ok(card(
            act,
            &[
                ("Title", "title"),
                ("Description", "description"),
                ("Url", "url"),
            ],
        )),
        "miniprogrampage" => {
            let names = [
                ("Title", "title"),
                ("AppId", "appid"),
                ("PagePath", "pagepath"),
                ("ThumbUrl", "thumb_url"),
                ("ThumbMediaId", "thumb_media_id"),
            ];
            Ok(miniprogram(act, &names))
        }
        "file" if service => {
            let names = [
                ("Title", "title"),
                ("Description", "description"),
                ("FileKey", "file_key"),
                ("FileMd5", "file_md5"),
                ("FileTotalLen", "file_total_len"),
            ];
            Ok(card(act, &names))
        }
        other => Err(Trouble::bad(&format!("a person cannot send {other} here"))),
    }
}

fn image(act: &mut Act<'_>) -> Result<Message, Trouble> {
    let id = media(act, "media_id", "image")?;
    let url = act
        .any(&["pic_url", "picurl"])
        .unwrap_or_else(|| format!("{}/sandbox/v1/media/{id}", act.origin));
    Ok((
        vec![Field::text("PicUrl", &url), Field::text("MediaId", &id)],
        object(json!({"media_id": id, "pic_url": url})),
    ))
}

fn voice(act: &mut Act<'_>) -> Result<Message, Trouble> {
    let id = media(act, "media_id", "voice")?;
    let format = act.string("format").unwrap_or_else(|| "amr".to_owned());
    let recognition = act.string("recognition").unwrap_or_default();
    Ok((
        vec![
            Field::text("MediaId", &id),
            Field::text("Format", &format),
            Field::text("Recognition", &recognition),
        ],
        object(json!({"media_id": id, "format": format, "recognition": recognition})),
    ))
}

fn video(act: &mut Act<'_>) -> Result<Message, Trouble> {
    let id = media(act, "media_id", "video")?;
    let thumb = media(act, "thumb_media_id", "thumb")?;
    Ok((
        vec![
            Field::text("MediaId", &id),
            Field::text("ThumbMediaId", &thumb),
        ],
        object(json!({"media_id": id, "thumb_media_id": thumb})),
    ))
}

fn location(act: &mut Act<'_>) -> Result<Message, Trouble> {
    let number = |names: &[&str], usual: &str| act.any(names).unwrap_or_else(|| usual.to_owned());
    let x = number(&["location_x", "latitude"], "31.237238");
    let y = number(&["location_y", "longitude"], "121.666672");
    let scale = number(&["scale"], "16");
    let label = number(&["label"], "");
    Ok((
        vec![
            Field::number("Location_X", &x),
            Field::number("Location_Y", &y),
            Field::number("Scale", &scale),
            Field::text("Label", &label),
        ],
        object(json!({
            "location_x": x, "location_y": y, "latitude": x, "longitude": y, "scale": scale, "label": label,
        })),
    ))
}

fn card(act: &Act<'_>, names: &[(&str, &str)]) -> Message {
    let mut fields = Vec::new();
    let mut item = Map::new();
    for (element, name) in names {
        let value = act.any(&[name, element]).unwrap_or_default();
        fields.push(Field::text(element, &value));
        item.insert((*name).to_owned(), value.into());
    }
    (fields, item)
}

/// The act's own `appid` names the account, so the card's is `card_appid` or `page_appid`.
fn miniprogram(act: &Act<'_>, names: &[(&str, &str)]) -> Message {
    let (mut fields, mut item) = card(act, names);
    let appid = act
        .any(&["AppId", "card_appid", "page_appid"])
        .unwrap_or_else(|| act.appid.clone());
    if let Some(field) = fields.iter_mut().find(|field| field.name == "AppId") {
        *field = Field::text("AppId", &appid);
    }
    item.insert("appid".to_owned(), appid.into());
    (fields, item)
}

/// The media id that the act names, or that of a sample: a phone always has something to send.
fn media(act: &mut Act<'_>, name: &str, kind: &str) -> Result<String, Trouble> {
    let now = act.now();
    let named = act.string(name);
    if let Some(id) = &named {
        match act.world.media.get(id) {
            Some(known) if known.usable_by(&act.appid, now) => return Ok(id.clone()),
            Some(known) => {
                // A picture that the phone has from elsewhere becomes this account's when it is sent.
                let copy = Media {
                    appid: act.appid.clone(),
                    created_at: now,
                    expires_at: Some(now + TEMPORARY_SECONDS),
                    ..known.clone()
                };
                return Ok(act.world.keep(copy));
            }
            None => {}
        }
    }
    let id = named.unwrap_or_else(|| act.world.secret(64));
    let (content_type, bytes) = sample(kind);
    let media = Media {
        appid: act.appid.clone(),
        kind: kind.to_owned(),
        content_type: content_type.to_owned(),
        name: String::new(),
        bytes,
        created_at: now,
        expires_at: Some(now + TEMPORARY_SECONDS),
        title: String::new(),
        introduction: String::new(),
    };
    act.world.keep_as(id.clone(), media);
    Ok(id)
}

fn sample(kind: &str) -> (&'static str, Bytes) {
    match kind {
        "voice" => (
            "audio/amr",
            Bytes::from_static(b"#!AMR\n\x3c\x91\x17\x16\xbe\x66\x79\xe1\xe0\x01\xe7\xaf\xf0"),
        ),
        "video" => (
            "video/mp4",
            Bytes::from_static(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        ),
        _ => ("image/jpeg", crate::picture::sample()),
    }
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
