//! The contents of messages: which types a channel takes, and what each must hold.

use serde_json::{Map, Value, json};

use super::call::{Call, Refusal, plain};
use crate::world::Tolerance;

/// Bytes of UTF-8 in a text.
const TEXT_BYTES_MAX: usize = 2_048;

/// The way a message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Customer-service message of a service account.
    ServiceChat,
    /// Customer-service message of a mini-program.
    MiniprogramChat,
    /// Mass message or its preview.
    Mass,
}

impl Channel {
    fn types(self) -> &'static [&'static str] {
        match self {
            Self::ServiceChat => &[
                "text",
                "image",
                "voice",
                "video",
                "music",
                "news",
                "mpnews",
                "mpnewsarticle",
                "msgmenu",
                "wxcard",
                "miniprogrampage",
            ],
            Self::MiniprogramChat => &["text", "image", "link", "miniprogrampage"],
            Self::Mass => &[
                "mpnews", "text", "voice", "image", "mpvideo", "video", "music", "wxcard",
            ],
        }
    }
}

/// What the phone shows of the message in the body of the call: `msgtype` and the members of its object.
///
/// # Errors
/// The code that the platform documents for a bad type, media id, length or number of articles.
pub(super) fn content(call: &Call<'_>, channel: Channel) -> Result<Map<String, Value>, Refusal> {
    let kind = call.text("msgtype").unwrap_or_default();
    if !channel.types().contains(&kind.as_str()) {
        return Err(Refusal::new(40_008, "invalid message type"));
    }
    let object =
        object_of(call, channel, &kind).ok_or_else(|| Refusal::new(44_004, "empty content"))?;
    let text = |name: &str| object.get(name).and_then(plain).unwrap_or_default();
    match kind.as_str() {
        "text" => check_text(&text("content"))?,
        "image" if channel == Channel::Mass => check_pictures(call, object)?,
        "image" | "voice" | "video" | "mpvideo" => known_media(call, &text("media_id"))?,
        "music" => known_media(call, &text("thumb_media_id"))?,
        "news" => check_news(object)?,
        "mpnews" if channel == Channel::Mass => known_draft(call, &text("media_id"))?,
        "mpnews" => return Err(Refusal::new(48_008, "no permission for this msgtype")),
        "mpnewsarticle" => known_article(call, &text("article_id"))?,
        "msgmenu" => check_menu(object)?,
        "miniprogrampage" if text("pagepath").is_empty() => {
            return Err(Refusal::new(40_165, "invalid pagepath"));
        }
        "miniprogrampage" => known_media(call, &text("thumb_media_id"))?,
        _ => {}
    }
    let mut item = object.clone();
    if kind == "text" {
        item.insert("text".to_owned(), text("content").into());
    }
    item.insert("msgtype".to_owned(), kind.into());
    Ok(item)
}

fn object_of<'a>(
    call: &'a Call<'_>,
    channel: Channel,
    kind: &str,
) -> Option<&'a Map<String, Value>> {
    let named = match (channel, kind) {
        // Pictures of a mass message stand under `images`, under `image` in the old form.
        (Channel::Mass, "image") => call
            .body()
            .get("images")
            .or_else(|| call.body().get("image")),
        (Channel::Mass, "video") => call
            .body()
            .get("mpvideo")
            .or_else(|| call.body().get("video")),
        _ => call.body().get(kind),
    };
    named.and_then(Value::as_object)
}

fn check_text(content: &str) -> Result<(), Refusal> {
    if content.trim().is_empty() {
        return Err(Refusal::new(44_004, "empty content"));
    }
    if content.len() > TEXT_BYTES_MAX {
        return Err(Refusal::new(45_002, "content size out of limit"));
    }
    Ok(())
}

fn check_pictures(call: &Call<'_>, object: &Map<String, Value>) -> Result<(), Refusal> {
    let many = object
        .get("media_ids")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let ids: Vec<String> = many
        .chain(object.get("media_id"))
        .filter_map(plain)
        .collect();
    if ids.is_empty() {
        return Err(Refusal::new(40_007, "invalid media_id"));
    }
    ids.iter().try_for_each(|id| known_media(call, id))
}

fn check_news(object: &Map<String, Value>) -> Result<(), Refusal> {
    match object
        .get("articles")
        .and_then(Value::as_array)
        .map(Vec::len)
    {
        Some(1) => Ok(()),
        Some(0) | None => Err(Refusal::new(44_003, "empty news data")),
        Some(_) => Err(Refusal::new(45_008, "article size out of limit")),
    }
}

fn check_menu(object: &Map<String, Value>) -> Result<(), Refusal> {
    let list = object
        .get("list")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let whole = |choice: &Value| {
        choice.get("id").and_then(plain).is_some()
            && choice.get("content").is_some_and(Value::is_string)
    };
    if list.is_empty() || !list.iter().all(whole) {
        return Err(Refusal::new(40_097, "invalid args, list of msgmenu"));
    }
    Ok(())
}

/// Refuses a media id that the account does not have, or that has expired.
pub(super) fn known_media(call: &Call<'_>, id: &str) -> Result<(), Refusal> {
    let known = call
        .world
        .media
        .get(id)
        .is_some_and(|media| media.usable_by(&call.appid, call.now));
    if known || (call.world.quirks.unknown_media == Tolerance::Accept && !id.is_empty()) {
        Ok(())
    } else {
        Err(Refusal::new(40_007, "invalid media_id"))
    }
}

fn known_draft(call: &Call<'_>, id: &str) -> Result<(), Refusal> {
    let account = call.world.accounts.get(&call.appid);
    if account.is_some_and(|account| account.shelf.drafts.contains_key(id)) {
        Ok(())
    } else {
        known_media(call, id)
    }
}

fn known_article(call: &Call<'_>, id: &str) -> Result<(), Refusal> {
    let account = call.world.accounts.get(&call.appid);
    if account.is_some_and(|account| account.shelf.articles.contains_key(id)) {
        Ok(())
    } else {
        Err(Refusal::new(53_600, "invalid article_id"))
    }
}

/// An object as a map.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => Map::from_iter([("value".to_owned(), json!(other))]),
    }
}
