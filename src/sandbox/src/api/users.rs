//! The followers of an account.

use serde_json::{Value, json};

use super::call::{Call, Outcome, Refusal, bare, ok, ok_with, plain};

/// Openids a page, and persons a batch (WeChat: user management).
pub(super) const PAGE: usize = 10_000;
const BATCH_MAX: usize = 100;
const REMARK_CHARACTERS_MAX: usize = 30;

/// `GET /cgi-bin/user/info`
pub(super) fn info(call: &mut Call<'_>) -> Outcome {
    let openid = call
        .param("openid")
        .map(str::to_owned)
        .or_else(|| call.text("openid"))
        .unwrap_or_default();
    let person = call.person(&openid)?;
    bare(described(call, person, &openid)?)
}

/// `POST /cgi-bin/user/info/batchget`
pub(super) fn infos(call: &mut Call<'_>) -> Outcome {
    let wanted = call
        .body()
        .get("user_list")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if wanted.is_empty() || wanted.len() > BATCH_MAX {
        return Err(Refusal::new(40_032, "invalid openid list size"));
    }
    let mut list = Vec::with_capacity(wanted.len());
    for one in &wanted {
        let openid = one.get("openid").and_then(plain).unwrap_or_default();
        let person = call.person(&openid)?;
        list.push(described(call, person, &openid)?);
    }
    bare(json!({"user_info_list": list}))
}

/// What the platform tells of a person: of someone who does not follow, the openid only.
fn described(call: &mut Call<'_>, person: usize, openid: &str) -> Result<Value, Refusal> {
    let unionid = call
        .world
        .people
        .get(person)
        .map(|person| person.unionid.clone());
    let account = call.account()?;
    let bound = account.settings.unionid;
    let relation = account.relation(person);
    if !relation.subscribed {
        return Ok(json!({"subscribe": 0, "openid": openid}));
    }
    let mut info = json!({
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": relation.subscribe_time,
        "remark": relation.remark,
        "groupid": relation.tags.first().copied().unwrap_or(0),
        "tagid_list": relation.tags,
        "subscribe_scene": relation.subscribe_scene,
        "qr_scene": relation.qr_scene,
        "qr_scene_str": relation.qr_scene_str,
    });
    if let (Some(info), Some(unionid), true) = (info.as_object_mut(), unionid, bound) {
        info.insert("unionid".to_owned(), unionid.into());
    }
    Ok(info)
}

/// `POST /cgi-bin/user/info/updateremark`
pub(super) fn remark(call: &mut Call<'_>) -> Outcome {
    let person = call.person(&call.text("openid").unwrap_or_default())?;
    let remark = call.text("remark").unwrap_or_default();
    if remark.chars().count() >= REMARK_CHARACTERS_MAX {
        return Err(Refusal::new(40_035, "invalid remark"));
    }
    call.relation(person)?.remark = remark;
    ok()
}

/// `GET /cgi-bin/user/get`
pub(super) fn followers(call: &mut Call<'_>) -> Outcome {
    let after = call
        .param("next_openid")
        .map(str::to_owned)
        .filter(|openid| !openid.is_empty());
    let people: Vec<usize> = call
        .account()?
        .followers()
        .map(|(person, _)| person)
        .collect();
    page(call, &people, after.as_deref(), PAGE)
}

/// A page of openids after the one named, in the shape that all lists of openids have.
pub(super) fn page(
    call: &mut Call<'_>,
    people: &[usize],
    after: Option<&str>,
    size: usize,
) -> Outcome {
    let start = match after {
        None => 0,
        Some(openid) => {
            let person = call.person(openid)?;
            people.partition_point(|other| *other <= person)
        }
    };
    let openids: Vec<String> = people
        .iter()
        .skip(start)
        .take(size)
        .map(|person| call.openid(*person))
        .collect();
    let next = openids.last().cloned().unwrap_or_default();
    let mut answer = json!({"total": people.len(), "count": openids.len(), "next_openid": next});
    if let (Some(answer), false) = (answer.as_object_mut(), openids.is_empty()) {
        answer.insert("data".to_owned(), json!({"openid": openids}));
    }
    bare(answer)
}

/// `POST /cgi-bin/changeopenid`: what became of openids after an account moved here.
pub(super) fn change_openid(call: &mut Call<'_>) -> Outcome {
    let from = call.text("from_appid").unwrap_or_default();
    let old = call.strings("openid_list");
    if old.is_empty() || old.len() > BATCH_MAX {
        return Err(Refusal::new(40_032, "invalid openid list size"));
    }
    let account = call
        .world
        .accounts
        .get(&from)
        .ok_or_else(|| Refusal::new(40_013, "invalid from_appid"))?;
    let people: Vec<Option<usize>> = old.iter().map(|openid| account.person(openid)).collect();
    let list: Vec<Value> = old
        .iter()
        .zip(people)
        .map(|(openid, person)| match person {
            Some(person) => {
                json!({"ori_openid": openid, "new_openid": call.openid(person), "err_msg": "ok"})
            }
            None => json!({"ori_openid": openid, "err_msg": "ori_openid error"}),
        })
        .collect();
    ok_with(json!({"result_list": list}))
}
