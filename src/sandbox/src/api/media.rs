//! Temporary media and permanent material.

use actix_web::web::Bytes;
use serde_json::{Value, json};

use super::call::{Answer, Call, Outcome, Refusal, bare, ok};
use crate::intake::Part;
use crate::world::{Media, TEMPORARY_SECONDS};

const MEGABYTE: usize = 1 << 20;
/// Permanent material of an account: pictures, and each of the other kinds.
const PICTURES_MAX: usize = 100_000;
const OTHERS_MAX: usize = 1_000;

/// `POST /cgi-bin/media/upload`
pub(super) fn upload(call: &mut Call<'_>) -> Outcome {
    let kind = kind(call)?;
    let part = file(call)?;
    let content_type = checked(&kind, &part.bytes, &part.filename, false)?;
    let id = keep(
        call,
        &kind,
        &part,
        content_type,
        false,
        (String::new(), String::new()),
    );
    let now = call.now;
    let name = if kind == "thumb" {
        "thumb_media_id"
    } else {
        "media_id"
    };
    bare(json!({"type": kind, name: id, "created_at": now}))
}

fn kind(call: &Call<'_>) -> Result<String, Refusal> {
    let kind = call.param("type").map(str::to_owned);
    let in_form = call.input.parts.iter().find(|part| part.name == "type");
    let kind =
        kind.or_else(|| in_form.map(|part| String::from_utf8_lossy(&part.bytes).into_owned()));
    kind.filter(|kind| ["image", "voice", "video", "thumb"].contains(&kind.as_str()))
        .ok_or_else(|| Refusal::new(40_004, "invalid media type"))
}

/// The file in the form: the part named `media`, or the only one that is a file.
fn file(call: &Call<'_>) -> Result<Part, Refusal> {
    let parts = &call.input.parts;
    let found = parts
        .iter()
        .find(|part| part.name == "media")
        .or_else(|| parts.iter().find(|part| !part.filename.is_empty()));
    let part = found.ok_or_else(|| Refusal::new(41_005, "media data missing"))?;
    if part.bytes.is_empty() {
        return Err(Refusal::new(44_001, "empty media data"));
    }
    Ok(part.clone())
}

/// Checks size and format; the content type of what is good.
fn checked(
    kind: &str,
    bytes: &Bytes,
    name: &str,
    permanent: bool,
) -> Result<&'static str, Refusal> {
    let (most, too_large, bad) = match kind {
        "image" => (10 * MEGABYTE, 40_009, 40_137),
        "voice" => (2 * MEGABYTE, 40_010, 40_005),
        "video" => (10 * MEGABYTE, 40_011, 40_005),
        _ => (64 * 1024, 40_012, 40_137),
    };
    if bytes.len() > most {
        return Err(Refusal::new(too_large, &format!("invalid {kind} size")));
    }
    let format = sniffed(bytes, name).ok_or_else(|| Refusal::new(bad, "invalid file type"))?;
    let fits = match kind {
        "image" => {
            matches!(format, "image/jpeg" | "image/png" | "image/gif")
                || (permanent && format == "image/bmp")
        }
        "voice" => {
            matches!(format, "audio/amr" | "audio/mp3")
                || (permanent && matches!(format, "audio/x-ms-wma" | "audio/wav"))
        }
        "video" => format == "video/mp4",
        _ => matches!(format, "image/jpeg" | "image/png"),
    };
    if fits {
        Ok(format)
    } else {
        Err(Refusal::new(bad, "invalid file type"))
    }
}

/// The format by the first bytes; by the name where these say nothing.
fn sniffed(bytes: &[u8], name: &str) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 9] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG", "image/png"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
        (b"#!AMR", "audio/amr"),
        (b"ID3", "audio/mp3"),
        (b"\xff\xfb", "audio/mp3"),
        (b"RIFF", "audio/wav"),
        (b"\x30\x26\xb2\x75", "audio/x-ms-wma"),
    ];
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("video/mp4");
    }
    if let Some((_, format)) = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        return Some(format);
    }
    match name.rsplit('.').next().map(str::to_lowercase).as_deref() {
        Some("jpg" | "jpeg") => Some("image/jpeg"),
        Some("png") => Some("image/png"),
        Some("gif") => Some("image/gif"),
        Some("bmp") => Some("image/bmp"),
        Some("amr") => Some("audio/amr"),
        Some("mp3") => Some("audio/mp3"),
        Some("mp4") => Some("video/mp4"),
        _ => None,
    }
}

fn keep(
    call: &mut Call<'_>,
    kind: &str,
    part: &Part,
    content_type: &str,
    permanent: bool,
    (title, introduction): (String, String),
) -> String {
    let media = Media {
        appid: call.appid.clone(),
        kind: kind.to_owned(),
        content_type: content_type.to_owned(),
        name: part.filename.clone(),
        bytes: part.bytes.clone(),
        created_at: call.now,
        expires_at: (!permanent).then_some(call.now + TEMPORARY_SECONDS),
        title,
        introduction,
    };
    call.world.keep(media)
}

/// `GET /cgi-bin/media/get`: the bytes; of a video where they can be fetched.
pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let id = call.param("media_id").unwrap_or_default().to_owned();
    let media = usable(call, &id)?;
    if media.kind == "video" {
        return bare(json!({"video_url": address(call, &id)}));
    }
    Ok(sent(&media, &id))
}

fn usable(call: &Call<'_>, id: &str) -> Result<Media, Refusal> {
    let media = call
        .world
        .media
        .get(id)
        .filter(|media| media.usable_by(&call.appid, call.now));
    media
        .cloned()
        .ok_or_else(|| Refusal::new(40_007, "invalid media_id"))
}

fn address(call: &Call<'_>, id: &str) -> String {
    format!("{}/sandbox/v1/media/{id}", call.input.origin)
}

fn sent(media: &Media, id: &str) -> Answer {
    let ending = media
        .content_type
        .rsplit('/')
        .next()
        .unwrap_or("bin")
        .replace("jpeg", "jpg");
    let name = Some(format!("{}.{ending}", crate::text::shortened(id, 16)));
    Answer::File {
        content_type: media.content_type.clone(),
        name,
        bytes: media.bytes.clone(),
    }
}

/// `POST /cgi-bin/media/uploadimg`: a picture inside articles, kept for ever and counted nowhere.
pub(super) fn upload_picture(call: &mut Call<'_>) -> Outcome {
    let part = file(call)?;
    if part.bytes.len() > MEGABYTE {
        return Err(Refusal::new(40_009, "invalid image size"));
    }
    let content_type = checked("image", &part.bytes, &part.filename, false)?;
    if content_type == "image/gif" {
        return Err(Refusal::new(40_005, "invalid file type"));
    }
    let id = keep(
        call,
        "inline",
        &part,
        content_type,
        true,
        (String::new(), String::new()),
    );
    bare(json!({"url": address(call, &id)}))
}

/// `POST /cgi-bin/media/uploadvideo`: a media id that mass sends take.
pub(super) fn mass_video(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    let video = usable(call, &id)?;
    let now = call.now;
    let copy = Media {
        title: call.text("title").unwrap_or_default(),
        introduction: call.text("description").unwrap_or_default(),
        created_at: now,
        expires_at: Some(now + TEMPORARY_SECONDS),
        ..video
    };
    let new = call.world.keep(copy);
    bare(json!({"type": "video", "media_id": new, "created_at": now}))
}

/// `POST /cgi-bin/material/add_material`
pub(super) fn add_material(call: &mut Call<'_>) -> Outcome {
    let kind = kind(call)?;
    let part = file(call)?;
    let content_type = checked(&kind, &part.bytes, &part.filename, true)?;
    let most = if kind == "image" {
        PICTURES_MAX
    } else {
        OTHERS_MAX
    };
    if materials(call, &kind).len() >= most {
        return Err(Refusal::new(45_028, "material count out of limit"));
    }
    let described = call
        .input
        .parts
        .iter()
        .find(|part| part.name == "description");
    let described: Value = described
        .and_then(|part| serde_json::from_slice(&part.bytes).ok())
        .unwrap_or_default();
    let text = |name: &str| {
        described
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    if kind == "video" && text("title").is_empty() {
        return Err(Refusal::new(41_005, "video description missing"));
    }
    let texts = (text("title"), text("introduction"));
    let id = keep(call, &kind, &part, content_type, true, texts);
    let mut answer = json!({"media_id": id});
    if let (Some(answer), "image" | "thumb") = (answer.as_object_mut(), kind.as_str()) {
        answer.insert("url".to_owned(), address(call, &id).into());
    }
    bare(answer)
}

/// `POST /cgi-bin/material/get_material`
pub(super) fn get_material(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    if let Some((_, draft)) = call.account()?.shelf.drafts.get(&id) {
        return bare(json!({"news_item": draft}));
    }
    let media = usable(call, &id)?;
    if media.kind == "video" {
        let url = address(call, &id);
        return bare(
            json!({"title": media.title, "description": media.introduction, "down_url": url}),
        );
    }
    Ok(sent(&media, &id))
}

/// `POST /cgi-bin/material/del_material`
pub(super) fn delete_material(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    if usable(call, &id)?.expires_at.is_some() {
        return Err(Refusal::new(40_007, "invalid media_id"));
    }
    call.world.media.remove(&id);
    ok()
}

/// The account's permanent material of one kind, newest first.
fn materials(call: &Call<'_>, kind: &str) -> Vec<(String, Media)> {
    let mut found: Vec<(String, Media)> = call
        .world
        .media
        .iter()
        .filter(|(_, media)| {
            media.appid == call.appid && media.kind == kind && media.expires_at.is_none()
        })
        .map(|(id, media)| (id.clone(), media.clone()))
        .collect();
    found.sort_by(|(a, one), (b, other)| {
        other.created_at.cmp(&one.created_at).then_with(|| a.cmp(b))
    });
    found
}

/// `GET /cgi-bin/material/get_materialcount`
pub(super) fn count_material(call: &mut Call<'_>) -> Outcome {
    let count = |kind: &str| materials(call, kind).len();
    let (voice, video, image) = (count("voice"), count("video"), count("image"));
    let news = call.account()?.shelf.articles.len();
    bare(
        json!({"voice_count": voice, "video_count": video, "image_count": image, "news_count": news}),
    )
}

/// `POST /cgi-bin/material/batchget_material`
pub(super) fn list_material(call: &mut Call<'_>) -> Outcome {
    let kind = call.text("type").unwrap_or_default();
    if !["image", "voice", "video", "news"].contains(&kind.as_str()) {
        return Err(Refusal::new(40_004, "invalid media type"));
    }
    let (offset, count) = window(call)?;
    let all = materials(call, &kind);
    let items: Vec<Value> = all
        .iter()
        .skip(offset)
        .take(count)
        .map(|(id, media)| {
            json!({"media_id": id, "name": media.name, "update_time": media.created_at, "url": address(call, id)})
        })
        .collect();
    bare(json!({"total_count": all.len(), "item_count": items.len(), "item": items}))
}

/// Offset and count of a list: at most twenty.
pub(super) fn window(call: &Call<'_>) -> Result<(usize, usize), Refusal> {
    let number = |name: &str| {
        call.number(name)
            .and_then(|number| usize::try_from(number).ok())
    };
    match (number("offset").unwrap_or(0), number("count")) {
        (offset, Some(count @ 1..=20)) => Ok((offset, count)),
        _ => Err(Refusal::new(40_097, "invalid args, count must be 1 to 20")),
    }
}
