//! Tags of followers, and the blacklist.

use serde_json::{Value, json};

use super::call::{Call, Outcome, Refusal, bare, ok};
use super::users::{PAGE, page};
use crate::world::{Tags, World};

/// WeChat: user tags.
const NAME_CHARACTERS_MAX: usize = 30;
const PEOPLE_A_CALL: usize = 50;
const TAGS_A_PERSON: usize = 20;
const PEOPLE_OF_DELETED_MAX: usize = 100_000;
const BLACKLIST_A_CALL: usize = 20;

fn bad_tag() -> Refusal {
    Refusal::new(45_159, "invalid tag id")
}

/// `POST /cgi-bin/tags/create`
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let name = new_name(call)?;
    let tags = &mut call.account()?.tags;
    if tags.is_full() {
        return Err(Refusal::new(
            45_056,
            "too many tags now, no need to add new",
        ));
    }
    let id = tags.create(name.clone());
    bare(json!({"tag": {"id": id, "name": name}}))
}

fn new_name(call: &mut Call<'_>) -> Result<String, Refusal> {
    let name = call
        .body()
        .pointer("/tag/name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if name.is_empty() {
        return Err(Refusal::new(40_097, "invalid args"));
    }
    if name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(Refusal::new(45_158, "tag name too long"));
    }
    if call.account()?.tags.has_name(&name) {
        return Err(Refusal::new(45_157, "invalid tag name, the name exists"));
    }
    Ok(name)
}

/// `GET /cgi-bin/tags/get`
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let account = call.account()?;
    let count = |id: i64| {
        account
            .followers()
            .filter(|(_, relation)| relation.tags.contains(&id))
            .count()
    };
    let tags: Vec<Value> = account
        .tags
        .names
        .iter()
        .map(|(id, name)| json!({"id": id, "name": name, "count": count(*id)}))
        .collect();
    bare(json!({"tags": tags}))
}

/// The id under `tag` in the body, of a tag that may be changed.
fn own_tag(call: &mut Call<'_>) -> Result<i64, Refusal> {
    let id = call
        .body()
        .pointer("/tag/id")
        .and_then(Value::as_i64)
        .ok_or_else(bad_tag)?;
    if Tags::is_system(id) {
        return Err(Refusal::new(45_058, "can't modify sys tag"));
    }
    if call.account()?.tags.names.contains_key(&id) {
        Ok(id)
    } else {
        Err(bad_tag())
    }
}

/// `POST /cgi-bin/tags/update`
pub(super) fn update(call: &mut Call<'_>) -> Outcome {
    let id = own_tag(call)?;
    let name = new_name(call)?;
    call.account()?.tags.names.insert(id, name);
    ok()
}

/// `POST /cgi-bin/tags/delete`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = own_tag(call)?;
    let account = call.account()?;
    if account
        .followers()
        .filter(|(_, relation)| relation.tags.contains(&id))
        .count()
        > PEOPLE_OF_DELETED_MAX
    {
        return Err(Refusal::new(
            45_057,
            "can't delete the tag that has too many fans",
        ));
    }
    account.tags.names.remove(&id);
    for relation in account.relations_mut() {
        relation.tags.remove(&id);
    }
    ok()
}

/// `POST /cgi-bin/tags/getidlist`
pub(super) fn of_person(call: &mut Call<'_>) -> Outcome {
    let person = call.person(&call.text("openid").unwrap_or_default())?;
    let tags = &call.relation(person)?.tags;
    bare(json!({"tagid_list": tags}))
}

/// `POST /cgi-bin/user/tag/get`
pub(super) fn members(call: &mut Call<'_>) -> Outcome {
    let id = call.number("tagid").ok_or_else(bad_tag)?;
    let after = call.text("next_openid").filter(|openid| !openid.is_empty());
    let account = call.account()?;
    if !account.tags.names.contains_key(&id) {
        return Err(bad_tag());
    }
    let people: Vec<usize> = account
        .followers()
        .filter(|(_, relation)| relation.tags.contains(&id))
        .map(|(person, _)| person)
        .collect();
    page(call, &people, after.as_deref(), PAGE)
}

/// `POST /cgi-bin/tags/members/batchtagging`
pub(super) fn tag(call: &mut Call<'_>) -> Outcome {
    let (id, people) = tagged(call)?;
    for person in &people {
        let tags = &call.relation(*person)?.tags;
        if tags.len() >= TAGS_A_PERSON && !tags.contains(&id) {
            return Err(Refusal::new(45_059, "has too many tag in user"));
        }
    }
    for person in people {
        call.relation(person)?.tags.insert(id);
    }
    ok()
}

/// `POST /cgi-bin/tags/members/batchuntagging`
pub(super) fn untag(call: &mut Call<'_>) -> Outcome {
    let (id, people) = tagged(call)?;
    for person in people {
        call.relation(person)?.tags.remove(&id);
    }
    ok()
}

fn tagged(call: &mut Call<'_>) -> Result<(i64, Vec<usize>), Refusal> {
    let id = call.number("tagid").ok_or_else(bad_tag)?;
    if !call.account()?.tags.names.contains_key(&id) {
        return Err(bad_tag());
    }
    Ok((id, listed(call, "openid_list", PEOPLE_A_CALL)?))
}

/// The people of a list of openids, all of this account.
fn listed(call: &Call<'_>, name: &str, most: usize) -> Result<Vec<usize>, Refusal> {
    let openids = call.strings(name);
    if openids.is_empty() || openids.len() > most {
        return Err(Refusal::new(40_032, "invalid openid list size"));
    }
    let elsewhere = |world: &World, openid: &str| {
        world
            .accounts
            .values()
            .any(|one| one.person(openid).is_some())
    };
    openids
        .iter()
        .map(|openid| {
            call.person(openid).map_err(|refusal| {
                let known = elsewhere(call.world, openid);
                if known {
                    Refusal::new(49_003, "not match openid with appid")
                } else {
                    refusal
                }
            })
        })
        .collect()
}

/// `POST /cgi-bin/tags/members/getblacklist`
pub(super) fn blacklist(call: &mut Call<'_>) -> Outcome {
    let after = call
        .text("begin_openid")
        .filter(|openid| !openid.is_empty());
    let account = call.account()?;
    let people: Vec<usize> = account
        .relations()
        .filter(|(_, relation)| relation.blacklisted)
        .map(|(person, _)| person)
        .collect();
    page(call, &people, after.as_deref(), PAGE)
}

/// `POST /cgi-bin/tags/members/batchblacklist`
pub(super) fn block(call: &mut Call<'_>) -> Outcome {
    set_blacklisted(call, true)
}

/// `POST /cgi-bin/tags/members/batchunblacklist`
pub(super) fn unblock(call: &mut Call<'_>) -> Outcome {
    set_blacklisted(call, false)
}

fn set_blacklisted(call: &mut Call<'_>, blacklisted: bool) -> Outcome {
    for person in listed(call, "openid_list", BLACKLIST_A_CALL)? {
        call.relation(person)?.blacklisted = blacklisted;
    }
    ok()
}
