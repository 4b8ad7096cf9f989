//! Accounts with their codes, menus and media.

use std::collections::HashMap;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{State, object};
use crate::intake;
use crate::trouble::Trouble;
use crate::world::{Account, Mechanism, Media, Settings, TEMPORARY_SECONDS, Template, World};

pub(super) async fn put(payload: Payload, inner: State) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    let settings: Settings =
        serde_json::from_value(body.clone()).map_err(|error| Trouble::bad(&error.to_string()))?;
    if let Some(fault) = settings.fault() {
        return Err(Trouble::bad(fault));
    }
    let appid = settings.appid.clone();
    let mut world = inner.world();
    world.put_account(settings);
    let account = world
        .accounts
        .get_mut(&appid)
        .ok_or_else(|| Trouble::missing("no such account"))?;
    for template in body
        .get("templates")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        add_template(account, template);
    }
    Ok(Json(described(account)))
}

/// Templates that the brand has picked already: `{template_id, title, content, mechanism: "message" or "notice"}`.
fn add_template(account: &mut Account, given: &Value) {
    let text = |name: &str| {
        given
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mechanism = if text("mechanism") == "notice" {
        Mechanism::Notice
    } else {
        Mechanism::Message
    };
    let template = Template {
        id: text("template_id"),
        mechanism,
        title: text("title"),
        content: text("content"),
    };
    account.templates.retain(|known| known.id != template.id);
    account.templates.push(template);
}

pub(super) async fn list(inner: State) -> Json<Value> {
    let world = inner.world();
    let accounts: Vec<Value> = world.accounts.values().map(described).collect();
    Json(json!({"accounts": accounts}))
}

fn described(account: &Account) -> Value {
    let settings = &account.settings;
    json!({
        "appid": settings.appid,
        "name": settings.name,
        "kind": settings.kind,
        "mode": settings.mode,
        "original_id": settings.original_id,
        "callback_url": settings.callback_url,
        "followers": account.followers().count(),
    })
}

pub(super) async fn verify(appid: Path<String>, inner: State) -> Result<Json<Value>, Trouble> {
    let seen = crate::push::verify(&inner, &appid).await;
    seen.map(Json)
        .ok_or_else(|| Trouble::missing("no such account, or it has no callback_url"))
}

/// The account that the query names, or the only one there is.
pub(super) fn named(world: &World, appid: Option<&str>) -> Result<String, Trouble> {
    let appid = match appid.filter(|appid| !appid.is_empty()) {
        Some(appid) => appid.to_owned(),
        None if world.accounts.len() == 1 => {
            world.accounts.keys().next().cloned().unwrap_or_default()
        }
        None => return Err(Trouble::bad("appid is missing")),
    };
    if world.accounts.contains_key(&appid) {
        Ok(appid)
    } else {
        Err(Trouble::missing("no such account"))
    }
}

type Parameters = Query<HashMap<String, String>>;

pub(super) async fn codes(query: Parameters, inner: State) -> Result<Json<Value>, Trouble> {
    let world = inner.world();
    let appid = named(&world, query.get("appid").map(String::as_str))?;
    let account = world.accounts.get(&appid);
    let codes: Vec<Value> = account
        .into_iter()
        .flat_map(|account| account.codes.iter())
        .map(|code| {
            json!({
                "scene": code.scene,
                "ticket": code.ticket,
                "url": code.url,
                "action_name": code.action.name(),
                "expires_at": code.expires_at,
                "scanned": code.scanned,
                "label": code.label,
            })
        })
        .collect();
    Ok(Json(json!({"codes": codes})))
}

/// What is printed beside a code.
#[derive(serde::Deserialize)]
pub(super) struct Labelling {
    appid: Option<String>,
    ticket: String,
    label: String,
}

pub(super) async fn label(body: Json<Labelling>, inner: State) -> Result<Json<Value>, Trouble> {
    let mut world = inner.world();
    let appid = named(&world, body.appid.as_deref())?;
    let account = world.accounts.get_mut(&appid);
    let code = account.and_then(|account| account.codes.by_ticket(&body.ticket));
    let code = code.ok_or_else(|| Trouble::missing("no such code"))?;
    code.label = Some(body.label.clone());
    Ok(Json(json!({"scene": code.scene, "label": code.label})))
}

/// The menu as a person sees it (`person=`), or the default one.
pub(super) async fn menu(query: Parameters, inner: State) -> Result<Json<Value>, Trouble> {
    let world = inner.world();
    let appid = named(&world, query.get("appid").map(String::as_str))?;
    let account = world
        .accounts
        .get(&appid)
        .ok_or_else(|| Trouble::missing("no such account"))?;
    let person = query.get("person").and_then(|id| world.person_at(id));
    let tags = person
        .and_then(|person| account.relation_seen(person))
        .map(|relation| relation.tags.clone());
    let seen = account.menu.seen(&tags.unwrap_or_default(), None);
    Ok(Json(
        json!({"button": seen.map_or_else(|| json!([]), |(_, button)| button.clone())}),
    ))
}

/// What a person's phone uploads before it sends it.
pub(super) async fn upload(
    request: HttpRequest,
    query: Parameters,
    payload: Payload,
    inner: State,
) -> Result<Json<Value>, Trouble> {
    let bytes = intake::body(payload)
        .await
        .map_err(|error| Trouble::bad(&error.to_string()))?;
    if bytes.is_empty() {
        return Err(Trouble::bad("the body is empty"));
    }
    let kind = query.get("type").map_or("image", String::as_str);
    if !["image", "voice", "video", "thumb"].contains(&kind) {
        return Err(Trouble::bad("type must be image, voice or video"));
    }
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let origin = intake::origin(&request);
    let mut world = inner.world();
    let appid = named(&world, query.get("appid").map(String::as_str))?;
    let now = world.now();
    let media = Media {
        appid,
        kind: kind.to_owned(),
        content_type: content_type
            .unwrap_or("application/octet-stream")
            .to_owned(),
        name: String::new(),
        bytes,
        created_at: now,
        expires_at: Some(now + TEMPORARY_SECONDS),
        title: String::new(),
        introduction: String::new(),
    };
    let id = world.keep(media);
    Ok(Json(
        json!({"media_id": id, "pic_url": format!("{origin}/sandbox/v1/media/{id}")}),
    ))
}

pub(super) async fn media(id: Path<String>, inner: State) -> HttpResponse {
    let world = inner.world();
    match world.media.get(id.as_str()) {
        Some(media) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "max-age=3600"))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .insert_header(crate::page::policy())
            .content_type(shown_as(&media.content_type))
            .body(media.bytes.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Pictures, sounds and films as they are; anything else is no page of ours.
fn shown_as(content_type: &str) -> &str {
    let plain = ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| content_type.starts_with(kind));
    if plain && !content_type.contains("svg") {
        content_type
    } else {
        "application/octet-stream"
    }
}
