//! The menu below the chat, and the conditional ones.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome, Refusal, bare, ok, plain};
use crate::world::Conditional;

/// WeChat: custom menus.
const TOP_MAX: usize = 3;
const SUB_MAX: usize = 5;
const TOP_NAME_BYTES: usize = 16;
const SUB_NAME_BYTES: usize = 60;
const KEY_BYTES: usize = 128;
const URL_BYTES: usize = 1_024;

/// `POST /cgi-bin/menu/create`: replaces the whole menu.
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let buttons = buttons(call)?;
    let id = call.world.next_id() % 1_000_000_000;
    let menu = &mut call.account()?.menu;
    menu.id = id;
    menu.button = Some(buttons);
    changed(call);
    ok()
}

fn changed(call: &Call<'_>) {
    call.world.changed("menu", None, Some(&call.appid), None);
}

fn buttons(call: &Call<'_>) -> Result<Value, Refusal> {
    let buttons = call
        .body()
        .get("button")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if buttons.is_empty() || buttons.len() > TOP_MAX {
        return Err(Refusal::new(40_016, "invalid button size"));
    }
    for button in &buttons {
        let button = button
            .as_object()
            .ok_or_else(|| Refusal::new(40_017, "invalid button type"))?;
        match button
            .get("sub_button")
            .and_then(Value::as_array)
            .filter(|subs| !subs.is_empty())
        {
            Some(subs) if subs.len() > SUB_MAX => {
                return Err(Refusal::new(40_023, "invalid sub button size"));
            }
            Some(subs) => {
                named(button, TOP_NAME_BYTES, 40_018)?;
                for sub in subs {
                    let sub = sub
                        .as_object()
                        .ok_or_else(|| Refusal::new(40_022, "invalid sub button"))?;
                    named(sub, SUB_NAME_BYTES, 40_025)?;
                    acting(sub)?;
                }
            }
            None => {
                named(button, TOP_NAME_BYTES, 40_018)?;
                acting(button)?;
            }
        }
    }
    Ok(Value::Array(buttons))
}

fn named(button: &Map<String, Value>, most: usize, code: i64) -> Result<(), Refusal> {
    let length = button
        .get("name")
        .and_then(Value::as_str)
        .map_or(0, str::len);
    if (1..=most).contains(&length) {
        Ok(())
    } else {
        Err(Refusal::new(code, "invalid button name size"))
    }
}

/// Checks what a button does when it is tapped.
fn acting(button: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |name: &str| button.get(name).and_then(Value::as_str).unwrap_or_default();
    let within = |name: &str, most: usize| (1..=most).contains(&text(name).len());
    let key_size = || Refusal::new(40_019, "invalid button key size");
    let url_size = || Refusal::new(40_020, "invalid button url size");
    match text("type") {
        "click" | "scancode_push" | "scancode_waitmsg" | "pic_sysphoto" | "pic_photo_or_album"
        | "pic_weixin" | "location_select" => {
            within("key", KEY_BYTES).then_some(()).ok_or_else(key_size)
        }
        "view" if !within("url", URL_BYTES) => Err(url_size()),
        "view" if !text("url").starts_with("http") => {
            Err(Refusal::new(40_055, "invalid button url domain"))
        }
        "view" => Ok(()),
        "miniprogram" if text("appid").is_empty() => {
            Err(Refusal::new(40_119, "invalid appid of miniprogram button"))
        }
        "miniprogram" => (within("url", URL_BYTES) && within("pagepath", URL_BYTES))
            .then_some(())
            .ok_or_else(url_size),
        "media_id" | "view_limited" => within("media_id", KEY_BYTES)
            .then_some(())
            .ok_or_else(|| Refusal::new(40_007, "invalid media_id")),
        "article_id" | "article_view_limited" => within("article_id", KEY_BYTES)
            .then_some(())
            .ok_or_else(|| Refusal::new(53_600, "invalid article_id")),
        _ => Err(Refusal::new(40_017, "invalid button type")),
    }
}

/// `GET /cgi-bin/menu/get`
pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let menu = &call.account()?.menu;
    let button = menu.button.as_ref().ok_or_else(no_menu)?;
    let mut answer = json!({"menu": {"button": button, "menuid": menu.id}});
    if let (Some(answer), false) = (answer.as_object_mut(), menu.conditional.is_empty()) {
        let list: Vec<Value> = menu
            .conditional
            .iter()
            .map(|one| json!({"button": one.button, "matchrule": one.rule, "menuid": one.id}))
            .collect();
        answer.insert("conditionalmenu".to_owned(), Value::Array(list));
    }
    bare(answer)
}

fn no_menu() -> Refusal {
    Refusal::new(46_003, "menu no exist")
}

/// `GET /cgi-bin/menu/delete`: with all conditional ones.
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let menu = &mut call.account()?.menu;
    menu.button = None;
    menu.conditional.clear();
    changed(call);
    ok()
}

/// `POST /cgi-bin/menu/addconditional`
pub(super) fn add_conditional(call: &mut Call<'_>) -> Outcome {
    let button = buttons(call)?;
    let rule = call
        .body()
        .get("matchrule")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if rule
        .values()
        .filter_map(plain)
        .all(|value| value.is_empty())
    {
        return Err(Refusal::new(65_305, "matchrule is empty"));
    }
    let id = call.world.next_id() % 1_000_000_000;
    let menu = &mut call.account()?.menu;
    if menu.button.is_none() {
        return Err(Refusal::new(
            65_303,
            "there is no selfmenu, please create selfmenu first",
        ));
    }
    menu.conditional.push(Conditional { id, button, rule });
    changed(call);
    bare(json!({"menuid": id.to_string()}))
}

/// `POST /cgi-bin/menu/delconditional`
pub(super) fn delete_conditional(call: &mut Call<'_>) -> Outcome {
    let id = call.text("menuid").unwrap_or_default();
    let conditional = &mut call.account()?.menu.conditional;
    let before = conditional.len();
    conditional.retain(|one| one.id.to_string() != id);
    if conditional.len() == before {
        return Err(Refusal::new(65_301, "no such conditional menu"));
    }
    changed(call);
    ok()
}

/// `POST /cgi-bin/menu/trymatch`
pub(super) fn try_match(call: &mut Call<'_>) -> Outcome {
    let user = call.text("user_id").unwrap_or_default();
    let by_name = call
        .world
        .people
        .iter()
        .position(|person| person.name == user);
    let account = call.account()?;
    let person = account
        .person(&user)
        .or(by_name)
        .ok_or_else(|| Refusal::new(65_309, "invalid user_id"))?;
    let tags = account.relation(person).tags.clone();
    let (_, button) = account.menu.seen(&tags, None).ok_or_else(no_menu)?;
    bare(json!({"button": button}))
}

/// `GET /cgi-bin/get_current_selfmenu_info`: sub-buttons stand in a list there.
pub(super) fn current(call: &mut Call<'_>) -> Outcome {
    let Some(button) = &call.account()?.menu.button else {
        return bare(json!({"is_menu_open": 0, "selfmenu_info": {"button": []}}));
    };
    let mut button = button.clone();
    for one in button
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        if let Some(subs) = one
            .remove("sub_button")
            .filter(|subs| subs.as_array().is_some_and(|subs| !subs.is_empty()))
        {
            one.insert("sub_button".to_owned(), json!({"list": subs}));
        }
    }
    bare(json!({"is_menu_open": 1, "selfmenu_info": {"button": button}}))
}
