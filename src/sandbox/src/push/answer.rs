//! What the platform makes of a server's answer: an acknowledgement, a reply for the chat, or nothing valid.

use serde_json::{Map, Value, json};

use super::Answerable;
use super::prepare::{Prepared, key_of};
use crate::wire::cipher::signature;
use crate::wire::tree::{Element, parse};
use crate::world::{Kind, Mode, Tolerance, World};

/// A text reply may have so many bytes of UTF-8.
const TEXT_BYTES_MAX: usize = 2_048;

/// What an answer is.
pub(super) enum Verdict {
    /// `success` or nothing.
    Acknowledged,
    /// A valid reply; `clear` is its decrypted text, `item` what the phone shows.
    Reply {
        item: Option<Map<String, Value>>,
        clear: String,
    },
    /// Another HTTP status than 200.
    Status,
    /// No valid answer, and why.
    Invalid(String),
}

/// Judges an answer as strictly as the platform does.
pub(super) fn judge(world: &World, prepared: &Prepared, status: u16, body: &[u8]) -> Verdict {
    if status != 200 {
        return Verdict::Status;
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Verdict::Invalid("the answer is not UTF-8".to_owned());
    };
    if text.is_empty() || text == "success" {
        return Verdict::Acknowledged;
    }
    match reply(world, prepared, text) {
        Ok((item, clear)) => Verdict::Reply {
            item: item.filter(|_item| prepared.answerable != Answerable::No),
            clear,
        },
        Err(fault) => Verdict::Invalid(fault),
    }
}

type Reply = (Option<Map<String, Value>>, String);

fn reply(world: &World, prepared: &Prepared, text: &str) -> Result<Reply, String> {
    let root = read(text).ok_or("the answer is neither success nor well-formed")?;
    let encrypted = root.text_of("Encrypt");
    if encrypted.is_empty() {
        if prepared.settings.mode == Mode::Secure {
            return Err("in secure mode a reply must be encrypted".to_owned());
        }
        return message(world, prepared, &root).map(|item| (item, text.to_owned()));
    }
    let key = key_of(&prepared.settings).ok_or("in plain mode a reply must not be encrypted")?;
    let (timestamp, nonce) = (root.text_of("TimeStamp"), root.text_of("Nonce"));
    if timestamp.parse::<i64>().is_err() || nonce.is_empty() {
        return Err("TimeStamp or Nonce is missing".to_owned());
    }
    if signature(&[&prepared.settings.token, timestamp, nonce, encrypted])
        != root.text_of("MsgSignature")
    {
        return Err("MsgSignature does not fit".to_owned());
    }
    let clear = key.open(encrypted, &prepared.settings.appid)?;
    let inner = read(&clear).ok_or("the decrypted reply is not well-formed")?;
    message(world, prepared, &inner).map(|item| (item, clear))
}

/// XML, or the JSON that mini-programs may answer with.
fn read(text: &str) -> Option<Element> {
    if text.trim_start().starts_with('{') {
        let value: Map<String, Value> = serde_json::from_str(text).ok()?;
        let children = value
            .into_iter()
            .map(|(name, value)| {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                Element {
                    name,
                    text,
                    children: Vec::new(),
                }
            })
            .collect();
        return Some(Element {
            name: "xml".to_owned(),
            text: String::new(),
            children,
        });
    }
    // A byte-order mark, or anything else before the root, spoils the answer.
    parse(text).filter(|root| root.name == "xml" && text.starts_with('<'))
}

fn message(
    world: &World,
    prepared: &Prepared,
    root: &Element,
) -> Result<Option<Map<String, Value>>, String> {
    if root.text_of("ToUserName") != prepared.openid {
        return Err("ToUserName must be the sender of the push".to_owned());
    }
    if root.text_of("FromUserName") != prepared.settings.original_id {
        return Err("FromUserName must be the account".to_owned());
    }
    if root.text_of("CreateTime").parse::<i64>().is_err() {
        return Err("CreateTime must be a number".to_owned());
    }
    let kind = root.text_of("MsgType");
    if prepared.settings.kind == Kind::Miniprogram {
        // A mini-program's chat has no passive replies: what is answered beside the hand-over is ignored.
        return Ok(None);
    }
    let mut item = match kind {
        "transfer_customer_service" => return Ok(None),
        "text" => text(root)?,
        "image" => media(world, prepared, root, "Image", &[])?,
        "voice" => media(world, prepared, root, "Voice", &[])?,
        "video" => media(world, prepared, root, "Video", &["Title", "Description"])?,
        "music" => music(world, prepared, root)?,
        "news" => news(root, prepared.answerable)?,
        other => return Err(format!("MsgType {other} is not one of a reply")),
    };
    item.insert("msgtype".to_owned(), kind.into());
    Ok(Some(item))
}

fn text(root: &Element) -> Result<Map<String, Value>, String> {
    let content = root
        .child("Content")
        .map_or("", |content| content.text.as_str());
    if content.trim().is_empty() {
        return Err("Content is empty".to_owned());
    }
    if content.len() > TEXT_BYTES_MAX {
        return Err(format!(
            "Content has {} bytes, at most {TEXT_BYTES_MAX} are allowed",
            content.len()
        ));
    }
    Ok(object(json!({"content": content, "text": content})))
}

fn media(
    world: &World,
    prepared: &Prepared,
    root: &Element,
    node: &str,
    optional: &[&str],
) -> Result<Map<String, Value>, String> {
    let node = root
        .child(node)
        .ok_or_else(|| format!("{node} is missing"))?;
    let id = known_media(world, prepared, node.text_of("MediaId"))?;
    let mut item = object(json!({"media_id": id}));
    for name in optional {
        item.insert(name.to_lowercase(), node.text_of(name).into());
    }
    Ok(item)
}

fn music(world: &World, prepared: &Prepared, root: &Element) -> Result<Map<String, Value>, String> {
    let node = root.child("Music").ok_or("Music is missing")?;
    let thumb = known_media(world, prepared, node.text_of("ThumbMediaId"))?;
    Ok(object(json!({
        "title": node.text_of("Title"),
        "description": node.text_of("Description"),
        "musicurl": node.text_of("MusicUrl"),
        "hqmusicurl": node.text_of("HQMusicUrl"),
        "thumb_media_id": thumb,
    })))
}

fn news(root: &Element, answerable: Answerable) -> Result<Map<String, Value>, String> {
    let most = match answerable {
        Answerable::No => 0,
        Answerable::Articles(most) => most,
    };
    let count: usize = root
        .text_of("ArticleCount")
        .parse()
        .map_err(|_error| "ArticleCount must be a number".to_owned())?;
    let list = root.child("Articles").ok_or("Articles is missing")?;
    let articles: Vec<Value> = list
        .children
        .iter()
        .filter(|item| item.name == "item")
        .map(|item| {
            json!({
                "title": item.text_of("Title"),
                "description": item.text_of("Description"),
                "picurl": item.text_of("PicUrl"),
                "url": item.text_of("Url"),
            })
        })
        .collect();
    if articles.is_empty() || count != articles.len() {
        return Err("ArticleCount is not the number of articles".to_owned());
    }
    // What is too many is cut, not refused.
    let shown: Vec<Value> = articles.into_iter().take(most.max(1)).collect();
    Ok(object(json!({"articles": shown})))
}

fn known_media<'a>(world: &World, prepared: &Prepared, id: &'a str) -> Result<&'a str, String> {
    let known = world
        .media
        .get(id)
        .is_some_and(|media| media.usable_by(&prepared.settings.appid, world.now()));
    if id.is_empty() || !(known || world.quirks.unknown_media == Tolerance::Accept) {
        return Err("the media id is not known or has expired".to_owned());
    }
    Ok(id)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
