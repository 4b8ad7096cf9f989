//! The quieter acts: entering a chat, reporting a place, consenting and revoking, logging in.

use serde_json::{Value, json};

use super::{Act, Done, EVENT, fields_from};
use crate::push::{Answerable, Push};
use crate::trouble::Trouble;
use crate::wire::Field;
use crate::world::{Kind, Trigger};

/// Privacy events come from the platform; the person stands in `OpenID`.
const PLATFORM: &str = "gh_3dfda90e39d6";

/// Opens the customer-service chat of a mini-program.
pub(super) fn enter(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.only(Kind::Miniprogram, "customer-service chat to enter")?;
    let (person, now) = (act.person, act.now());
    act.account()?.open_window(person, Trigger::Enter, now);
    let from = act.string("session_from").unwrap_or_default();
    let fields = vec![Field::text("SessionFrom", from)];
    Ok(Done::pushed(act.event(
        "user_enter_tempsession",
        fields,
        Answerable::No,
    )))
}

/// Reports where the person is.
pub(super) fn location(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.only(Kind::Service, "location reports")?;
    act.in_chat()?;
    let number = |names: &[&str], usual: &str| act.any(names).unwrap_or_else(|| usual.to_owned());
    let fields = vec![
        Field::number("Latitude", number(&["latitude", "location_x"], "31.267813")),
        Field::number(
            "Longitude",
            number(&["longitude", "location_y"], "121.598755"),
        ),
        Field::number("Precision", number(&["precision"], "30.000000")),
    ];
    Ok(Done::pushed(act.event("LOCATION", fields, EVENT)))
}

/// Accepts or rejects a subscription notice; each acceptance permits one message.
pub(super) fn decide(act: &mut Act<'_>, accept: bool) -> Result<Done, Trouble> {
    let templates: Vec<String> = match act.body.get("template_id") {
        Some(Value::String(id)) => vec![id.clone()],
        Some(Value::Array(ids)) => ids
            .iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect(),
        _ => return Err(Trouble::bad("template_id is missing")),
    };
    let scene = act.string("popup_scene").unwrap_or_else(|| "1".to_owned());
    let mut list = Vec::new();
    for template in templates {
        let permits = act.relation()?.permits.entry(template.clone()).or_default();
        if accept {
            *permits += 1;
        }
        list.push(Field::group(
            "List",
            vec![
                Field::text("TemplateId", template),
                Field::text(
                    "SubscribeStatusString",
                    if accept { "accept" } else { "reject" },
                ),
                Field::text("PopupScene", &scene),
            ],
        ));
    }
    let fields = match act.format()? {
        crate::world::Format::Xml => vec![Field::group("SubscribeMsgPopupEvent", list)],
        crate::world::Format::Json => list,
    };
    Ok(Done::pushed(act.event(
        "subscribe_msg_popup_event",
        fields,
        Answerable::No,
    )))
}

/// Stops or allows messages of one template.
pub(super) fn refuse_template(act: &mut Act<'_>, refuse: bool) -> Result<Done, Trouble> {
    let template = act
        .string("template_id")
        .ok_or_else(|| Trouble::bad("template_id is missing"))?;
    let refused = &mut act.relation()?.templates_refused;
    if refuse {
        refused.insert(template);
    } else {
        refused.remove(&template);
    }
    Ok(Done::told("template_refused", json!(refused)))
}

/// Withdraws a consent, cancels the WeChat account, or has a profile cleaned.
pub(super) fn privacy(act: &mut Act<'_>, event: &str) -> Result<Done, Trouble> {
    let mut fields = vec![
        Field::text("OpenID", act.openid()),
        Field::text("AppID", &act.appid),
    ];
    if event == "user_authorization_revoke" {
        let info = act
            .string("revoke_info")
            .unwrap_or_else(|| "205".to_owned());
        fields.push(Field::text("RevokeInfo", info));
    }
    Ok(Done::pushed(Push::event(
        &act.appid,
        None,
        PLATFORM.to_owned(),
        event,
        fields,
        Answerable::No,
    )))
}

/// Opens a mini-program: the code of `wx.login`, and the one of the phone-number button.
pub(super) fn login(act: &mut Act<'_>) -> Result<Done, Trouble> {
    act.only(Kind::Miniprogram, "login")?;
    let now = act.now();
    let (code, phone_code) = (act.world.secret(32), act.world.secret(64));
    act.world
        .grants
        .log_in(code.clone(), &act.appid, act.person, now);
    act.world
        .grants
        .show_phone(phone_code.clone(), &act.appid, act.person, now);
    let mut done = Done::told("code", code.into());
    done.told.insert("phone_code".to_owned(), phone_code.into());
    Ok(done)
}

/// Pushes any fields: `{"fields": {"MsgType": …}}`, numbers without CDATA, strings within.
pub(super) fn raw(act: &mut Act<'_>) -> Result<Done, Trouble> {
    let Some(Value::Object(given)) = act.body.get("fields") else {
        return Err(Trouble::bad("fields is missing"));
    };
    let mut fields = Vec::new();
    for first in ["MsgType", "Event"] {
        if let Some(value) = given.get(first).and_then(Value::as_str) {
            fields.push(Field::text(first, value));
        }
    }
    let rest = given
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "MsgType" | "Event" | "FromUserName"));
    fields.extend(fields_from(
        &rest
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    ));
    let from = given
        .get("FromUserName")
        .and_then(Value::as_str)
        .map_or_else(|| act.openid(), str::to_owned);
    let answerable = if given.get("MsgType").and_then(Value::as_str) == Some("event") {
        Answerable::No
    } else {
        super::MESSAGE
    };
    let push = Push {
        appid: act.appid.clone(),
        person: Some(act.person),
        from,
        fields,
        answerable,
    };
    Ok(Done::pushed(push))
}
