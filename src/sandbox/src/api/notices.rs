//! Subscription notices: each acceptance of a person permits one.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome, Refusal, ok, ok_with};
use super::kf::receiver;
use super::templates::{data, picked, remove, show};
use crate::world::{Kind, Mechanism, Template};

/// WeChat: subscription templates of an account, keywords of one, letters of its scene.
const TEMPLATES_MAX: usize = 50;
const SCENE_CHARACTERS_MAX: usize = 15;
const TITLE_CHARACTERS_MAX: usize = 15;
const CONTENT_CHARACTERS_MAX: usize = 200;

/// `POST /cgi-bin/message/subscribe/bizsend` and, for mini-programs, `/send`
pub(super) fn send(call: &mut Call<'_>) -> Outcome {
    let person = receiver(call)?;
    let id = call.text("template_id").unwrap_or_default();
    let template = picked(call, Mechanism::Notice, &id)?;
    let data = data(call, template.as_ref())?;
    spend(call, person, &id)?;
    show(call, person, "subscribe", &id, template.as_ref(), data);
    let msgid = call.world.next_id();
    if call.account()?.settings.kind == Kind::Miniprogram {
        ok()
    } else {
        ok_with(json!({"msgid": msgid}))
    }
}

fn spend(call: &mut Call<'_>, person: usize, id: &str) -> Result<(), Refusal> {
    if !call.world.quirks.counts() {
        return Ok(());
    }
    let relation = call.relation(person)?;
    let refused = relation.templates_refused.contains(id);
    match relation
        .permits
        .get_mut(id)
        .filter(|permits| **permits > 0 && !refused)
    {
        Some(permits) => {
            *permits -= 1;
            Ok(())
        }
        None => Err(Refusal::new(43_101, "user refuse to accept the msg")),
    }
}

/// `POST /cgi-bin/message/template/subscribe`: the one-time subscription by a confirmation page.
pub(super) fn send_once(call: &mut Call<'_>) -> Outcome {
    let person = receiver(call)?;
    let id = call.text("template_id").unwrap_or_default();
    let title = call.text("title").unwrap_or_default();
    let content = call
        .body()
        .pointer("/data/content/value")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if title.chars().count() > TITLE_CHARACTERS_MAX
        || content.chars().count() > CONTENT_CHARACTERS_MAX
    {
        return Err(Refusal::new(47_003, "argument invalid!"));
    }
    spend(call, person, &id)?;
    let item = Map::from_iter([
        ("via".to_owned(), "subscribe".into()),
        ("msgtype".to_owned(), "template".into()),
        ("template_id".to_owned(), id.into()),
        ("title".to_owned(), title.into()),
        ("text".to_owned(), content.into()),
        ("url".to_owned(), call.text("url").into()),
    ]);
    let appid = call.appid.clone();
    call.world.show(&appid, person, "account", item);
    ok()
}

/// `POST /cgi-bin/message/wxopen/template/uniform_send`: only historic templates, which nobody can add any more.
pub(super) fn uniform(_call: &mut Call<'_>) -> Outcome {
    Err(Refusal::new(40_037, "invalid template_id"))
}

/// `GET /wxaapi/newtmpl/getcategory`
pub(super) fn categories(_call: &mut Call<'_>) -> Outcome {
    ok_with(json!({"data": [{"id": 307, "name": "服饰"}]}))
}

/// `GET /wxaapi/newtmpl/getpubtemplatetitles`
pub(super) fn titles(_call: &mut Call<'_>) -> Outcome {
    ok_with(json!({
        "count": 2,
        "data": [
            {"tid": 99, "title": "到货通知", "type": 2, "categoryId": "307"},
            {"tid": 101, "title": "预约提醒", "type": 2, "categoryId": "307"},
        ],
    }))
}

const KEYWORDS: [(i64, &str, &str); 5] = [
    (1, "商品名称", "thing"),
    (2, "时间", "time"),
    (3, "门店", "thing"),
    (4, "金额", "amount"),
    (5, "备注", "thing"),
];

/// `GET /wxaapi/newtmpl/getpubtemplatekeywords`
pub(super) fn keywords(_call: &mut Call<'_>) -> Outcome {
    let data: Vec<Value> = KEYWORDS
        .iter()
        .map(|(id, name, rule)| json!({"kid": id, "name": name, "example": name, "rule": rule}))
        .collect();
    ok_with(json!({"count": data.len(), "data": data}))
}

/// `POST /wxaapi/newtmpl/addtemplate`
pub(super) fn add(call: &mut Call<'_>) -> Outcome {
    let tid = call
        .text("tid")
        .ok_or_else(|| Refusal::new(200_014, "invalid tid"))?;
    let chosen = call.strings("kidList");
    if !(2..=5).contains(&chosen.len()) {
        return Err(Refusal::new(200_020, "invalid kidList"));
    }
    if call
        .text("sceneDesc")
        .is_some_and(|scene| scene.chars().count() > SCENE_CHARACTERS_MAX)
    {
        return Err(Refusal::new(200_021, "sceneDesc too long"));
    }
    let mut lines = Vec::new();
    for id in &chosen {
        let known = KEYWORDS.iter().find(|(kid, ..)| kid.to_string() == *id);
        let (kid, name, rule) = known.ok_or_else(|| Refusal::new(200_020, "invalid kidList"))?;
        lines.push(format!("{name}:{{{{{rule}{kid}.DATA}}}}"));
    }
    let id = call.world.secret(43);
    let templates = &mut call.account()?.templates;
    if templates
        .iter()
        .filter(|template| template.mechanism == Mechanism::Notice)
        .count()
        >= TEMPLATES_MAX
    {
        return Err(Refusal::new(200_012, "template num exceeds limit"));
    }
    let content = lines.join("\n");
    templates.push(Template {
        id: id.clone(),
        mechanism: Mechanism::Notice,
        title: tid,
        content,
    });
    ok_with(json!({"priTmplId": id}))
}

/// `GET /wxaapi/newtmpl/gettemplate`
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let data: Vec<Value> = call
        .account()?
        .templates
        .iter()
        .filter(|template| template.mechanism == Mechanism::Notice)
        .map(|template| {
            json!({
                "priTmplId": template.id, "title": template.title, "content": template.content, "example": "",
                "type": 2,
            })
        })
        .collect();
    ok_with(json!({"data": data}))
}

/// `POST /wxaapi/newtmpl/deltemplate`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.text("priTmplId").unwrap_or_default();
    remove(call, Mechanism::Notice, &id)
}
