//! Parametric codes and short keys.

use serde_json::{Value, json};

use super::call::{Answer, Call, Outcome, Refusal, bare, ok_with, plain};
use crate::picture;
use crate::world::Action;

/// WeChat: parametric QR codes.
const EXPIRE_SECONDS_MAX: i64 = 2_592_000;
const EXPIRE_SECONDS_USUAL: i64 = 60;
const SCENE_CHARACTERS_MAX: usize = 64;
const PERMANENT_SCENE_MAX: i64 = 100_000;
/// What an integer scene out of range turns into.
const SCENE_OVERFLOWN: &str = "4294967295";
/// Short keys: data of at most 4 kB.
const LONG_DATA_BYTES_MAX: usize = 4_096;

/// `POST /cgi-bin/qrcode/create`
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let bad = || Refusal::new(40_053, "invalid action info");
    let action = call
        .text("action_name")
        .and_then(|name| Action::named(&name))
        .ok_or_else(bad)?;
    let scene = call
        .body()
        .pointer("/action_info/scene")
        .and_then(Value::as_object)
        .ok_or_else(bad)?;
    let scene = if action.is_text() {
        let text = scene.get("scene_str").and_then(plain).ok_or_else(bad)?;
        Some(text)
            .filter(|text| (1..=SCENE_CHARACTERS_MAX).contains(&text.chars().count()))
            .ok_or_else(bad)?
    } else {
        let number: i64 = scene
            .get("scene_id")
            .and_then(plain)
            .and_then(|id| id.parse().ok())
            .ok_or_else(bad)?;
        match (action, number) {
            (Action::LimitScene, 1..=PERMANENT_SCENE_MAX) => number.to_string(),
            (Action::LimitScene, _) => return Err(bad()),
            (_, 1..=4_294_967_295) => number.to_string(),
            (_, 0) => return Err(bad()),
            _ => SCENE_OVERFLOWN.to_owned(),
        }
    };
    let seconds = call
        .number("expire_seconds")
        .filter(|seconds| *seconds > 0)
        .unwrap_or(EXPIRE_SECONDS_USUAL);
    let seconds = seconds.min(EXPIRE_SECONDS_MAX);
    let expires_at = (!action.is_permanent()).then_some(call.now + seconds);
    let random = call.world.chance.bytes::<32>();
    let made = call
        .account()?
        .codes
        .create(action, &scene, expires_at, &random);
    let code = made
        .cloned()
        .ok_or_else(|| Refusal::new(45_029, "reach max permanent qrcode limit"))?;
    let appid = call.appid.clone();
    call.world.changed("codes", None, Some(&appid), None);
    let mut answer = json!({"ticket": code.ticket, "url": code.url});
    if let (Some(answer), Some(_)) = (answer.as_object_mut(), expires_at) {
        answer.insert("expire_seconds".to_owned(), seconds.into());
    }
    bare(answer)
}

/// `GET /cgi-bin/showqrcode`: the picture; an unknown ticket is a 404.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let ticket = call.param("ticket").unwrap_or_default().to_owned();
    let code = call
        .world
        .accounts
        .values_mut()
        .find_map(|account| account.codes.by_ticket(&ticket).cloned());
    let Some(bytes) = code.and_then(|code| picture::code_jpeg(&code.url)) else {
        return Ok(Answer::Missing);
    };
    Ok(Answer::File {
        content_type: "image/jpg".to_owned(),
        name: None,
        bytes,
    })
}

/// `POST /cgi-bin/shorten/gen`
pub(super) fn shorten(call: &mut Call<'_>) -> Outcome {
    let data = call
        .text("long_data")
        .filter(|data| !data.is_empty())
        .ok_or_else(|| Refusal::new(44_004, "empty content"))?;
    if data.len() > LONG_DATA_BYTES_MAX {
        return Err(Refusal::new(45_002, "content size out of limit"));
    }
    let seconds = call
        .number("expire_seconds")
        .unwrap_or(EXPIRE_SECONDS_MAX)
        .clamp(1, EXPIRE_SECONDS_MAX);
    let (key, now) = (call.world.secret(15), call.now);
    call.account()?
        .shelf
        .short_keys
        .insert(key.clone(), (data, now, seconds));
    ok_with(json!({"short_key": key}))
}

/// `POST /cgi-bin/shorten/fetch`
pub(super) fn lengthen(call: &mut Call<'_>) -> Outcome {
    let (key, now) = (call.text("short_key").unwrap_or_default(), call.now);
    let kept = call
        .account()?
        .shelf
        .short_keys
        .get(&key)
        .filter(|(_, at, seconds)| at + seconds > now);
    let (data, at, seconds) = kept.ok_or_else(|| Refusal::new(46_001, "short_key not exist"))?;
    ok_with(json!({"long_data": data, "create_time": at, "expire_seconds": at + seconds - now}))
}
