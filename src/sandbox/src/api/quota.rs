//! Quotas, addresses and the check of the callback.

use serde_json::json;

use super::call::{Call, Outcome, Refusal, bare, ok, ok_with};
use crate::world::daily_limit;

/// Where calls go and where pushes come from: this machine.
pub(super) fn addresses(_call: &mut Call<'_>) -> Outcome {
    bare(json!({"ip_list": ["127.0.0.1"]}))
}

/// `POST /cgi-bin/callback/check`
pub(super) fn callback_check(call: &mut Call<'_>) -> Outcome {
    let action = call.text("action").unwrap_or_default();
    if !["all", "dns", "ping"].contains(&action.as_str()) {
        return Err(Refusal::new(40_202, "invalid action"));
    }
    if !["DEFAULT", "CHINANET", "UNICOM", "CAP"]
        .contains(&call.text("check_operator").unwrap_or_default().as_str())
    {
        return Err(Refusal::new(40_203, "invalid check_operator"));
    }
    if call.account()?.settings.callback().is_none() {
        return Err(Refusal::new(40_201, "not set server url"));
    }
    let mut answer = json!({});
    if let Some(answer) = answer.as_object_mut() {
        if action != "ping" {
            answer.insert(
                "dns".to_owned(),
                json!([{"ip": "127.0.0.1", "real_operator": "DEFAULT"}]),
            );
        }
        if action != "dns" {
            let ping = json!([{
                "ip": "127.0.0.1", "from_operator": "DEFAULT", "package_loss": "0%", "time": "0.050ms",
            }]);
            answer.insert("ping".to_owned(), ping);
        }
    }
    bare(answer)
}

/// `POST /cgi-bin/clear_quota`
pub(super) fn clear(call: &mut Call<'_>) -> Outcome {
    if call.text("appid").as_deref() != Some(call.appid.as_str()) {
        return Err(Refusal::new(40_013, "invalid appid"));
    }
    cleared(call)
}

/// `POST /cgi-bin/clear_quota/v2`: by appid and secret, for when even tokens are used up.
pub(super) fn clear_by_secret(call: &mut Call<'_>) -> Outcome {
    call.appid = call.text("appid").unwrap_or_default();
    let secret = call.text("appsecret");
    if secret.as_deref() != Some(call.account()?.settings.secret.as_str()) {
        return Err(Refusal::new(40_125, "invalid appsecret"));
    }
    cleared(call)
}

fn cleared(call: &mut Call<'_>) -> Outcome {
    let now = call.now;
    if call.account()?.quotas.clear(now) {
        ok()
    } else {
        Err(Refusal::new(
            48_006,
            "forbid to clear quota because of reaching the limit",
        ))
    }
}

/// `POST /cgi-bin/openapi/quota/clear`
pub(super) fn clear_one(call: &mut Call<'_>) -> Outcome {
    let (path, now) = (cgi_path(call)?, call.now);
    if call.account()?.quotas.clear_one(&path, now) {
        ok()
    } else {
        Err(Refusal::new(
            48_006,
            "forbid to clear quota because of reaching the limit",
        ))
    }
}

/// `POST /cgi-bin/openapi/quota/get`
pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let (path, now) = (cgi_path(call)?, call.now);
    let limit = daily_limit(&path)
        .filter(|limit| *limit < u64::MAX)
        .unwrap_or(1_000_000);
    let used = call.account()?.quotas.used(&path, now);
    ok_with(json!({
        "quota": {"daily_limit": limit, "used": used, "remain": limit.saturating_sub(used)},
        "rate_limit": {"call_count": 10_000, "refresh_second": 60},
    }))
}

fn cgi_path(call: &Call<'_>) -> Result<String, Refusal> {
    let path = call.text("cgi_path").unwrap_or_default();
    if path.starts_with("/sns/") {
        return Err(Refusal::new(76_022, "could not use this cgi_path"));
    }
    if !path.starts_with('/') || path.len() < 2 {
        return Err(Refusal::new(76_021, "cgi_path not found"));
    }
    Ok(path)
}

/// `POST /cgi-bin/openapi/rid/get`: the simulator keeps no calls to look up.
pub(super) fn rid(_call: &mut Call<'_>) -> Outcome {
    Err(Refusal::new(76_001, "rid not found"))
}
