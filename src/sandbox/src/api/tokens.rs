//! Access tokens of both worlds, and the tickets of the JS-SDK.

use serde_json::json;

use super::call::{Call, Outcome, Refusal, bare, ok_with};

/// Calls of stable_token a minute (WeChat: getStableAccessToken).
const STABLE_A_MINUTE: u32 = 10_000;
const TICKET_SECONDS: i64 = 7_200;

/// `GET /cgi-bin/token`
pub(super) fn classic(call: &mut Call<'_>) -> Outcome {
    let (appid, secret) = (
        call.param("appid").map(str::to_owned),
        call.param("secret").map(str::to_owned),
    );
    // The appid is looked at before the grant type.
    enter(
        call,
        appid,
        secret,
        call.param("grant_type") == Some("client_credential"),
    )?;
    let (value, now) = (token_value(call), call.now);
    spend(call, "/cgi-bin/token")?;
    let issued = call.account()?.tokens.classic(value, now);
    issue(call, issued)
}

/// `POST /cgi-bin/stable_token`
pub(super) fn stable(call: &mut Call<'_>) -> Outcome {
    let (appid, secret) = (call.text("appid"), call.text("secret"));
    enter(
        call,
        appid,
        secret,
        call.text("grant_type").as_deref() == Some("client_credential"),
    )?;
    spend(call, "/cgi-bin/stable_token")?;
    let (value, now, limited) = (token_value(call), call.now, call.world.quirks.counts());
    let force = call
        .body()
        .get("force_refresh")
        .is_some_and(|force| force.as_bool() == Some(true) || force == "true");
    let account = call.account()?;
    if limited
        && !account
            .quotas
            .spend_minute("stable_token", STABLE_A_MINUTE, now)
    {
        return Err(Refusal::new(
            45_011,
            "api minute-quota reach limit, must slower, retry next minute",
        ));
    }
    let issued = if force {
        account
            .tokens
            .forced(value, now, limited)
            .map_err(|code| Refusal::new(code, "reach force refresh limit"))?
    } else {
        account.tokens.stable(value, now)
    };
    issue(call, issued)
}

/// Checks appid and secret, and makes the account the caller.
fn enter(
    call: &mut Call<'_>,
    appid: Option<String>,
    secret: Option<String>,
    granted: bool,
) -> Result<(), Refusal> {
    let appid = appid
        .filter(|appid| !appid.is_empty())
        .ok_or_else(|| Refusal::new(41_002, "appid missing"))?;
    let account = call
        .world
        .accounts
        .get(&appid)
        .ok_or_else(|| Refusal::new(40_013, "invalid appid"))?;
    if !granted {
        return Err(Refusal::new(40_002, "invalid grant_type"));
    }
    let secret = secret
        .filter(|secret| !secret.is_empty())
        .ok_or_else(|| Refusal::new(41_004, "appsecret missing"))?;
    if account.settings.secret != secret {
        return Err(Refusal::new(40_125, "invalid appsecret"));
    }
    let (peer, allowed) = (&call.input.peer, &account.settings.ip_whitelist);
    if !allowed.is_empty() && !allowed.contains(peer) {
        let text = format!("invalid ip {peer} ipv6 ::ffff:{peer}, not in whitelist");
        return Err(Refusal::new(40_164, &text));
    }
    call.appid = appid;
    Ok(())
}

fn spend(call: &mut Call<'_>, path: &'static str) -> Result<(), Refusal> {
    let now = call.now;
    if call.world.quirks.counts() && !call.account()?.quotas.spend(path, now) {
        return Err(Refusal::new(45_009, "reach max api daily quota limit"));
    }
    Ok(())
}

fn token_value(call: &Call<'_>) -> String {
    format!("98_{}", call.world.secret(133))
}

fn issue(call: &mut Call<'_>, (value, seconds): (String, i64)) -> Outcome {
    call.world.tokens.insert(value.clone(), call.appid.clone());
    bare(json!({"access_token": value, "expires_in": seconds}))
}

/// `GET /cgi-bin/ticket/getticket`
pub(super) fn ticket(call: &mut Call<'_>) -> Outcome {
    let kind = call.param("type").unwrap_or_default().to_owned();
    if kind != "jsapi" && kind != "wx_card" {
        return Err(Refusal::new(40_097, "invalid args"));
    }
    let (new, now) = (call.world.secret(86), call.now);
    let tickets = &mut call.account()?.tickets;
    if tickets.get(&kind).is_none_or(|(_, until)| *until <= now) {
        tickets.insert(kind.clone(), (new, now + TICKET_SECONDS));
    }
    let (ticket, until) = tickets.get(&kind).cloned().unwrap_or_default();
    ok_with(json!({"ticket": ticket, "expires_in": until - now}))
}
