//! Web authorisation: a page on which one picks who is holding the phone, then code and tokens.

use serde_json::{Value, json};

use super::call::{Answer, Call, Outcome, Refusal, bare, ok};
use crate::push::with_query;
use crate::text::{html_escaped, percent_encoded};
use crate::world::{Access, CodeFault, Purpose};

const EXPIRES_IN: i64 = 7_200;
const SCOPES: [&str; 2] = ["snsapi_base", "snsapi_userinfo"];

/// `GET /connect/oauth2/authorize`: with `person=` at once, else a page with everyone.
pub(super) fn authorize(call: &mut Call<'_>) -> Outcome {
    let param = |name: &str| call.param(name).unwrap_or_default().to_owned();
    let (appid, redirect, scope, state) = (
        param("appid"),
        param("redirect_uri"),
        param("scope"),
        param("state"),
    );
    let addressed = redirect.starts_with("http://") || redirect.starts_with("https://");
    if !call.world.accounts.contains_key(&appid) {
        return Ok(page("参数错误", "<p>appid 无效</p>"));
    }
    if !addressed || param("response_type") != "code" || !SCOPES.contains(&scope.as_str()) {
        return Ok(page("redirect_uri 参数错误", "<p>错误码 10003</p>"));
    }
    let Some(id) = call.param("person").map(str::to_owned) else {
        return Ok(picker(call));
    };
    let Some(person) = call.world.person_at(&id) else {
        return Ok(page("没有这个人", ""));
    };
    let (code, now) = (call.world.secret(32), call.now);
    call.world
        .grants
        .add(code.clone(), &appid, person, Purpose::Web(scope), now);
    let (address, fragment) = redirect
        .split_once('#')
        .map_or((redirect.as_str(), None), |(a, f)| (a, Some(f)));
    let mut to = with_query(address, &[("code", code), ("state", state)]);
    if let Some(fragment) = fragment {
        to.push('#');
        to.push_str(fragment);
    }
    Ok(Answer::Redirect(to))
}

fn picker(call: &Call<'_>) -> Answer {
    let mut query = Vec::new();
    for name in ["appid", "redirect_uri", "response_type", "scope", "state"] {
        query.push(format!(
            "{name}={}",
            percent_encoded(call.param(name).unwrap_or_default())
        ));
    }
    let query = query.join("&");
    let people: Vec<String> = call
        .world
        .people
        .iter()
        .map(|person| {
            let href = html_escaped(&format!(
                "/connect/oauth2/authorize?{query}&person={}",
                person.id
            ));
            format!(
                "<li><a href=\"{href}\">{}</a></li>",
                html_escaped(&person.name)
            )
        })
        .collect();
    page("谁在用这台手机？", &format!("<ul>{}</ul>", people.concat()))
}

fn page(title: &str, body: &str) -> Answer {
    Answer::Page(format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head><body><h1>{title}</h1>{body}</body></html>"
    ))
}

/// `GET /sns/oauth2/access_token`
pub(super) fn access_token(call: &mut Call<'_>) -> Outcome {
    enter(call)?;
    let code = call.param("code").unwrap_or_default().to_owned();
    let (appid, now) = (call.appid.clone(), call.now);
    let grant = call.world.grants.redeem(
        &code,
        &appid,
        |purpose| matches!(purpose, Purpose::Web(_)),
        now,
    );
    let grant = grant.map_err(refused)?;
    let Purpose::Web(scope) = grant.purpose else {
        return Err(refused(CodeFault::Invalid));
    };
    issue(
        call,
        Access {
            appid,
            person: grant.person,
            scope,
            until: 0,
        },
    )
}

/// What a code that is not good is answered with.
pub(super) fn refused(fault: CodeFault) -> Refusal {
    match fault {
        CodeFault::Invalid => Refusal::new(40_029, "invalid code,"),
        CodeFault::Used => Refusal::new(40_163, "code been used,"),
    }
}

/// Checks appid and secret in the query.
pub(super) fn enter(call: &mut Call<'_>) -> Result<(), Refusal> {
    let appid = call.param("appid").unwrap_or_default().to_owned();
    if appid.is_empty() {
        return Err(Refusal::new(41_002, "appid missing,"));
    }
    let account = call
        .world
        .accounts
        .get(&appid)
        .ok_or_else(|| Refusal::new(40_013, "invalid appid,"))?;
    match call.param("secret") {
        None | Some("") => return Err(Refusal::new(41_004, "appsecret missing,")),
        Some(secret) if secret != account.settings.secret => {
            return Err(Refusal::new(40_125, "invalid appsecret,"));
        }
        Some(_) => {}
    }
    call.appid = appid;
    Ok(())
}

fn issue(call: &mut Call<'_>, granted: Access) -> Outcome {
    let (access, refresh, now) = (call.world.secret(110), call.world.secret(110), call.now);
    let openid = call.openid(granted.person);
    let mut answer = json!({
        "access_token": access, "expires_in": EXPIRES_IN, "refresh_token": refresh, "openid": openid,
        "scope": granted.scope,
    });
    if granted.scope == "snsapi_userinfo" {
        add_unionid(call, &mut answer, granted.person)?;
    }
    call.world.grants.issue(access, refresh, granted, now);
    bare(answer)
}

/// Adds the unionid where the account is bound to an open-platform account.
pub(super) fn add_unionid(
    call: &mut Call<'_>,
    answer: &mut Value,
    person: usize,
) -> Result<(), Refusal> {
    let unionid = call
        .world
        .people
        .get(person)
        .map(|person| person.unionid.clone());
    let bound = call.account()?.settings.unionid;
    if let (Some(answer), Some(unionid), true) = (answer.as_object_mut(), unionid, bound) {
        answer.insert("unionid".to_owned(), unionid.into());
    }
    Ok(())
}

/// `GET /sns/oauth2/refresh_token`
pub(super) fn refresh_token(call: &mut Call<'_>) -> Outcome {
    let (token, now) = (
        call.param("refresh_token").unwrap_or_default().to_owned(),
        call.now,
    );
    let granted = call.world.grants.refresh(&token, now).cloned();
    let granted = granted.filter(|granted| Some(granted.appid.as_str()) == call.param("appid"));
    let granted = granted.ok_or_else(|| Refusal::new(40_030, "invalid refresh_token,"))?;
    call.appid = granted.appid.clone();
    issue(call, granted)
}

/// The grant behind access token and openid.
fn granted(call: &mut Call<'_>) -> Result<Access, Refusal> {
    let token = call.param("access_token").unwrap_or_default().to_owned();
    let invalid = || {
        Refusal::new(
            40_001,
            "invalid credential, access_token is invalid or not latest,",
        )
    };
    let granted = call
        .world
        .grants
        .access(&token, call.now)
        .cloned()
        .ok_or_else(invalid)?;
    call.appid = granted.appid.clone();
    if call.param("openid") != Some(call.openid(granted.person).as_str()) {
        return Err(Refusal::new(40_003, "invalid openid,"));
    }
    Ok(granted)
}

/// `GET /sns/userinfo`
pub(super) fn profile(call: &mut Call<'_>) -> Outcome {
    let granted = granted(call)?;
    if granted.scope != "snsapi_userinfo" {
        return Err(Refusal::new(48_001, "api unauthorized,"));
    }
    let name = call
        .world
        .people
        .get(granted.person)
        .map(|person| person.name.clone());
    let mut answer = json!({
        "openid": call.openid(granted.person), "nickname": name, "sex": 0, "language": "", "city": "",
        "province": "", "country": "", "headimgurl": format!("{}/assets/icons/favicon.svg", call.input.origin),
        "privilege": [],
    });
    add_unionid(call, &mut answer, granted.person)?;
    bare(answer)
}

/// `GET /sns/auth`
pub(super) fn check(call: &mut Call<'_>) -> Outcome {
    granted(call)?;
    ok()
}
