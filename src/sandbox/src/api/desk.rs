//! The human customer service: its accounts, its sessions, its records. Plain answers; the simulator has no agents.

use serde_json::{Value, json};

use super::call::{Call, Outcome, Refusal, bare, ok};

/// WeChat: customer-service accounts.
const ACCOUNTS_MAX: usize = 100;
const NICKNAME_CHARACTERS_MAX: usize = 16;

fn invalid() -> Refusal {
    Refusal::new(65_401, "invalid custom service account")
}

fn named(call: &Call<'_>) -> Result<String, Refusal> {
    let account = call
        .text("kf_account")
        .or_else(|| call.param("kf_account").map(str::to_owned));
    let account = account.ok_or_else(invalid)?;
    match account.split_once('@') {
        Some((name, _)) if !name.is_empty() && name.chars().count() <= 10 => Ok(account),
        Some(_) => Err(Refusal::new(65_405, "invalid kf account name")),
        None => Err(invalid()),
    }
}

fn nickname(call: &Call<'_>) -> Result<String, Refusal> {
    let nickname = call.text("nickname").unwrap_or_default();
    if nickname.is_empty() || nickname.chars().count() > NICKNAME_CHARACTERS_MAX {
        return Err(Refusal::new(65_403, "invalid nick name"));
    }
    Ok(nickname)
}

/// `POST /customservice/kfaccount/add`
pub(super) fn add(call: &mut Call<'_>) -> Outcome {
    let (account, nickname) = (named(call)?, nickname(call)?);
    let staff = &mut call.account()?.desk.staff;
    if staff.contains_key(&account) {
        return Err(Refusal::new(65_406, "kf account exsited"));
    }
    if staff.len() >= ACCOUNTS_MAX {
        return Err(Refusal::new(65_404, "kf_account count reach limit"));
    }
    staff.insert(account, nickname);
    ok()
}

/// `POST /customservice/kfaccount/update`
pub(super) fn update(call: &mut Call<'_>) -> Outcome {
    let (account, nickname) = (named(call)?, nickname(call)?);
    *call
        .account()?
        .desk
        .staff
        .get_mut(&account)
        .ok_or_else(invalid)? = nickname;
    ok()
}

/// `GET /customservice/kfaccount/del`
pub(super) fn remove(call: &mut Call<'_>) -> Outcome {
    let account = named(call)?;
    call.account()?
        .desk
        .staff
        .remove(&account)
        .ok_or_else(invalid)?;
    ok()
}

/// Calls that only need an account that exists.
pub(super) fn known_staff(call: &mut Call<'_>) -> Outcome {
    let account = named(call)?;
    if call.account()?.desk.staff.contains_key(&account) {
        ok()
    } else {
        Err(invalid())
    }
}

/// `POST /customservice/kfaccount/uploadheadimg`
pub(super) fn picture(call: &mut Call<'_>) -> Outcome {
    if call.input.parts.is_empty() {
        return Err(Refusal::new(41_005, "media data missing"));
    }
    known_staff(call)
}

/// `GET /cgi-bin/customservice/getkflist`
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let list: Vec<Value> = call
        .account()?
        .desk
        .staff
        .iter()
        .zip(1001..)
        .map(|((account, nickname), id)| {
            json!({"kf_account": account, "kf_nick": nickname, "kf_id": id, "kf_headimgurl": ""})
        })
        .collect();
    bare(json!({"kf_list": list}))
}

/// `GET /cgi-bin/customservice/getonlinekflist`: nobody sits at the desk.
pub(super) fn online(_call: &mut Call<'_>) -> Outcome {
    bare(json!({"kf_online_list": []}))
}

/// `POST /customservice/kfsession/create`
pub(super) fn open_session(call: &mut Call<'_>) -> Outcome {
    let (account, openid) = (named(call)?, call.text("openid").unwrap_or_default());
    call.person(&openid)?;
    let now = call.now;
    let desk = &mut call.account()?.desk;
    if !desk.staff.contains_key(&account) {
        return Err(invalid());
    }
    if desk
        .sessions
        .get(&openid)
        .is_some_and(|(other, _)| *other != account)
    {
        return Err(Refusal::new(65_414, "custom is being served by another"));
    }
    desk.sessions.insert(openid, (account, now));
    ok()
}

/// `POST /customservice/kfsession/close`
pub(super) fn close_session(call: &mut Call<'_>) -> Outcome {
    let openid = call.text("openid").unwrap_or_default();
    call.account()?
        .desk
        .sessions
        .remove(&openid)
        .ok_or_else(|| Refusal::new(65_413, "no session"))?;
    ok()
}

/// `GET /customservice/kfsession/getsession`
pub(super) fn session(call: &mut Call<'_>) -> Outcome {
    let openid = call.param("openid").unwrap_or_default().to_owned();
    let session = call
        .account()?
        .desk
        .sessions
        .get(&openid)
        .cloned()
        .unwrap_or_default();
    bare(json!({"kf_account": session.0, "createtime": session.1}))
}

/// `GET /customservice/kfsession/getsessionlist`
pub(super) fn sessions(call: &mut Call<'_>) -> Outcome {
    let account = named(call)?;
    let list: Vec<Value> = call
        .account()?
        .desk
        .sessions
        .iter()
        .filter(|(_, (other, _))| *other == account)
        .map(|(openid, (_, at))| json!({"openid": openid, "createtime": at}))
        .collect();
    bare(json!({"sessionlist": list}))
}

/// `GET /customservice/kfsession/getwaitcase`
pub(super) fn waiting(_call: &mut Call<'_>) -> Outcome {
    bare(json!({"count": 0, "waitcaselist": []}))
}

/// `POST /customservice/msgrecord/getmsglist`
pub(super) fn records(_call: &mut Call<'_>) -> Outcome {
    bare(json!({"recordlist": [], "number": 0, "msgid": 1}))
}
