//! Template messages of a service account, and the templates it has picked.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome, Refusal, bare, ok, ok_with};
use super::kf::receiver;
use super::values::{check, keys, value_of};
use crate::push::{Answerable, Push};
use crate::wire::Field;
use crate::world::{Mechanism, Template, Tolerance};

/// The same openid and client_msg_id within so many seconds is sent once (WeChat: template messages).
const CLIENT_ID_SECONDS: i64 = 600;
const TEMPLATES_MAX: usize = 25;

/// `POST /cgi-bin/message/template/send`
pub(super) fn send(call: &mut Call<'_>) -> Outcome {
    let person = receiver(call)?;
    let template_id = call.text("template_id").unwrap_or_default();
    let template = picked(call, Mechanism::Message, &template_id)?;
    if !call.relation(person)?.subscribed {
        return Err(Refusal::new(43_004, "require subscribe"));
    }
    if call
        .relation(person)?
        .templates_refused
        .contains(&template_id)
    {
        return Err(Refusal::new(43_101, "user refuse to accept the msg"));
    }
    let data = data(call, template.as_ref())?;
    let now = call.now;
    let client_id = call.text("client_msg_id").filter(|id| !id.is_empty());
    if let Some(id) = &client_id {
        let sent = call
            .relation(person)?
            .client_msg_ids
            .get(id)
            .filter(|(at, _)| at + CLIENT_ID_SECONDS > now)
            .copied();
        if let Some((_, msgid)) = sent {
            return ok_with(json!({"msgid": msgid}));
        }
    }
    let msgid = call.world.next_id();
    let relation = call.relation(person)?;
    if let Some(id) = client_id {
        relation.client_msg_ids.insert(id, (now, msgid));
    }
    let refuses = relation.blocked;
    let status = if refuses {
        "failed:user block"
    } else {
        "success"
    };
    if !refuses {
        show(
            call,
            person,
            "template",
            &template_id,
            template.as_ref(),
            data,
        );
    }
    let fields = vec![Field::number("MsgID", msgid), Field::text("Status", status)];
    let openid = call.openid(person);
    call.pushes.push(Push::event(
        &call.appid,
        None,
        openid,
        "TEMPLATESENDJOBFINISH",
        fields,
        Answerable::No,
    ));
    ok_with(json!({"msgid": msgid}))
}

/// The picked template; `None` when unknown ones are accepted.
pub(super) fn picked(
    call: &mut Call<'_>,
    mechanism: Mechanism,
    id: &str,
) -> Result<Option<Template>, Refusal> {
    let accepts = call.world.quirks.unknown_template == Tolerance::Accept;
    let templates = &call.account()?.templates;
    let found = templates
        .iter()
        .find(|template| template.id == id && template.mechanism == mechanism)
        .cloned();
    if found.is_none() && (!accepts || id.is_empty()) {
        return Err(Refusal::new(40_037, "invalid template_id"));
    }
    Ok(found)
}

/// The data of the message, checked.
pub(super) fn data(
    call: &Call<'_>,
    template: Option<&Template>,
) -> Result<Map<String, Value>, Refusal> {
    let data = call
        .body()
        .get("data")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let wanted = template
        .map(|template| keys(&template.content))
        .unwrap_or_default();
    check(&data, &wanted)?;
    Ok(data)
}

/// Puts the message on the phone, with its text as people read it.
pub(super) fn show(
    call: &mut Call<'_>,
    person: usize,
    via: &str,
    template_id: &str,
    template: Option<&Template>,
    data: Map<String, Value>,
) {
    let filled = match template.filter(|template| !template.content.is_empty()) {
        Some(template) => data
            .iter()
            .fold(template.content.clone(), |text, (key, member)| {
                text.replace(&format!("{{{{{key}.DATA}}}}"), &value_of(member))
            }),
        None => data
            .iter()
            .map(|(key, member)| format!("{key}: {}", value_of(member)))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let mut item = Map::from_iter([
        ("via".to_owned(), via.into()),
        ("msgtype".to_owned(), "template".into()),
        ("template_id".to_owned(), template_id.into()),
        (
            "title".to_owned(),
            template.map(|template| template.title.clone()).into(),
        ),
        ("text".to_owned(), filled.into()),
        ("data".to_owned(), Value::Object(data)),
    ]);
    for name in ["url", "page", "miniprogram"] {
        if let Some(value) = call.body().get(name) {
            item.insert(name.to_owned(), value.clone());
        }
    }
    let appid = call.appid.clone();
    call.world.show(&appid, person, "account", item);
}

/// `POST /cgi-bin/template/api_add_template`
pub(super) fn add(call: &mut Call<'_>) -> Outcome {
    let short = call
        .text("template_id_short")
        .filter(|short| !short.is_empty());
    let short = short.ok_or_else(|| Refusal::new(40_036, "invalid template_id size"))?;
    let names = call.strings("keyword_name_list");
    let id = call.world.secret(43);
    let content: Vec<String> = match names.as_slice() {
        [] => Vec::new(),
        names => names
            .iter()
            .zip(1..)
            .map(|(name, number)| format!("{name}:{{{{thing{number}.DATA}}}}"))
            .collect(),
    };
    let templates = &mut call.account()?.templates;
    if templates
        .iter()
        .filter(|template| template.mechanism == Mechanism::Message)
        .count()
        >= TEMPLATES_MAX
    {
        return Err(Refusal::new(45_026, "template num exceeds limit"));
    }
    let content = content.join("\n");
    templates.push(Template {
        id: id.clone(),
        mechanism: Mechanism::Message,
        title: short,
        content,
    });
    ok_with(json!({"template_id": id}))
}

/// `GET /cgi-bin/template/get_all_private_template`
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let list: Vec<Value> = call
        .account()?
        .templates
        .iter()
        .filter(|template| template.mechanism == Mechanism::Message)
        .map(|template| {
            json!({
                "template_id": template.id, "title": template.title, "content": template.content,
                "primary_industry": "", "deputy_industry": "", "example": "",
            })
        })
        .collect();
    bare(json!({"template_list": list}))
}

/// `POST /cgi-bin/template/del_private_template`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.text("template_id").unwrap_or_default();
    remove(call, Mechanism::Message, &id)
}

/// Removes a picked template.
pub(super) fn remove(call: &mut Call<'_>, mechanism: Mechanism, id: &str) -> Outcome {
    let templates = &mut call.account()?.templates;
    let before = templates.len();
    templates.retain(|template| template.id != id || template.mechanism != mechanism);
    if templates.len() == before {
        Err(Refusal::new(40_037, "invalid template_id"))
    } else {
        ok()
    }
}

/// `POST /cgi-bin/template/api_set_industry`
pub(super) fn set_industry(call: &mut Call<'_>) -> Outcome {
    if call.text("industry_id1").is_none() {
        return Err(Refusal::new(40_102, "invalid industry id"));
    }
    ok()
}

/// `GET /cgi-bin/template/get_industry`
pub(super) fn industry(_call: &mut Call<'_>) -> Outcome {
    let class = json!({"first_class": "消费品", "second_class": "消费品"});
    bare(json!({"primary_industry": class, "secondary_industry": class}))
}
