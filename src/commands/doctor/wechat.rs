//! What WeChat says about us: the time there, the access token, the way to our callback.

use std::error::Error as _;
use std::net::IpAddr;
use std::time::Duration;

use chrono::DateTime;
use daogou_ground::Clock;
use daogou_wechat::{ApiError, CallError, CallbackCheck, Client};
use reqwest::header::DATE;

use super::patients::Patient;
use super::report::{Report, State};

/// How long the host may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Signed pages and windows are counted in seconds and minutes: from here on somebody should look.
const CLOCK_WARN: u64 = 60;
/// The shortest window is a minute, a code of authorisation lives five: from here on things fail.
const CLOCK_FAIL: u64 = 300;

/// Compares this machine's clock with the `Date` of any answer of the API's host.
pub(super) async fn clock(report: &mut Report, http: &reqwest::Client, api: &str, clock: &Clock) {
    let before = clock.now();
    let asked = http.get(format!("{api}/")).timeout(PATIENCE).send().await;
    let here = before + (clock.now() - before) / 2;
    let date = match &asked {
        Ok(answer) => answer
            .headers()
            .get(DATE)
            .and_then(|date| date.to_str().ok()),
        Err(error) => {
            let why = innermost(error);
            report.skip(
                "clock",
                &format!("{api} does not answer ({why}), so there is no time to compare with"),
            );
            return;
        }
    };
    let Some(there) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) else {
        report.skip("clock", &format!("{api} does not say what time it is"));
        return;
    };
    let (state, text) = compare(here.timestamp() - there.timestamp());
    report.note("clock", state, &text);
}

/// `ahead`: by how many seconds this machine's clock is before WeChat's.
fn compare(ahead: i64) -> (State, String) {
    let apart = ahead.unsigned_abs();
    if apart <= CLOCK_WARN {
        return (State::Ok, "agrees with WeChat's".to_owned());
    }
    let state = if apart <= CLOCK_FAIL {
        State::Warn
    } else {
        State::Fail
    };
    let way = if ahead > 0 { "fast" } else { "slow" };
    let text = format!(
        "{apart} s {way} against WeChat's: reply windows and signatures are counted in time; set it by NTP"
    );
    (state, text)
}

/// Asks for the access token. It is the same that the server uses: asking changes nothing.
pub(super) async fn token(
    report: &mut Report,
    wechat: &Client,
    patient: &Patient,
) -> Option<String> {
    let asked = wechat
        .stable_token(patient.appid(), patient.secret.expose(), false)
        .await;
    match asked {
        Ok(token) => {
            let text = format!("WeChat gives one, good for {} s", token.expires_in);
            report.ok("token", &patient.says(&text));
            Some(token.token)
        }
        Err(error) => {
            report.fail("token", &patient.says(&explain(&error)));
            None
        }
    }
}

fn explain(error: &CallError) -> String {
    match error {
        CallError::Refused(refusal) => explain_refusal(refusal),
        CallError::NotSent { source, .. } => format!(
            "WeChat cannot be reached ({}): check the network, DNS, a proxy (HTTPS_PROXY) and WECHAT_API_BASE",
            innermost(source)
        ),
        CallError::Unknown { why, .. } => format!(
            "WeChat gives no usable answer ({why}): is WECHAT_API_BASE right, does a proxy stand in between? Try again"
        ),
    }
}

fn explain_refusal(refusal: &ApiError) -> String {
    let advice = match refusal.code {
        40_164 => {
            let seen = address_seen(&refusal.message)
                .map_or_else(|| "named in the message".to_owned(), |ip| ip.to_string());
            format!(
                "this computer calls from an address that is not on the account's IP whitelist: add {seen} there (one \
                 address a line); it counts after a few minutes"
            )
        }
        40_125 | 40_001 | 41_004 => {
            "WECHAT_APP_SECRET is not this account's secret: copy it again, or reset it on the platform".to_owned()
        }
        40_013 | 41_002 => {
            "WECHAT_APPID is not an appid: copy it again; appid and secret must be of the same account".to_owned()
        }
        40_243 => "the AppSecret is frozen: unfreeze or reset it on the platform".to_owned(),
        89_503 | 89_506 | 89_507 => {
            "the call from this address waits for the account's administrator: let him consent".to_owned()
        }
        50_004 | 50_007 => "the account is blocked or frozen: see the platform's notices".to_owned(),
        45_009 | 45_011 => "asked too often: the quota comes back tomorrow, or in a minute (45011)".to_owned(),
        -1 => "WeChat is busy: try again".to_owned(),
        _ => "look the code up in WeChat's documentation".to_owned(),
    };
    format!(
        "{advice}. WeChat's words: {} {}",
        refusal.code,
        words(refusal)
    )
}

fn words(refusal: &ApiError) -> String {
    match &refusal.rid {
        Some(rid) => format!("{} (rid {rid})", refusal.message),
        None => refusal.message.clone(),
    }
}

/// The address in `invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist`.
fn address_seen(message: &str) -> Option<IpAddr> {
    message.split([' ', ',']).find_map(|word| word.parse().ok())
}

/// Lets WeChat try the callback's address by name and ping, where the account may ask for that.
pub(super) async fn callback_check(
    report: &mut Report,
    wechat: &Client,
    patient: &Patient,
    token: Option<&str>,
) {
    let Some(token) = token else {
        report.skip("callback_check", &patient.says("needs the access token"));
        return;
    };
    let (state, text) = match wechat.callback_check(token).await {
        Ok(seen) => judge(&seen),
        Err(CallError::Refused(refusal)) if refusal.code == 40_201 => (
            State::Warn,
            "no callback is saved at WeChat yet: paste the URL above, the token and the key there"
                .to_owned(),
        ),
        Err(CallError::Refused(refusal)) => (
            State::Skipped,
            format!(
                "WeChat does not let this account ask ({}): see whether the URL above can be saved there",
                refusal.code
            ),
        ),
        Err(error) => (State::Skipped, explain(&error)),
    };
    report.note("callback_check", state, &patient.says(&text));
}

fn judge(seen: &CallbackCheck) -> (State, String) {
    let heard = seen
        .ping
        .iter()
        .filter(|ping| ping.package_loss != "100%")
        .count();
    if seen.dns.is_empty() {
        return (
            State::Warn,
            "WeChat does not resolve the name of the saved callback: check its DNS".to_owned(),
        );
    }
    if heard == 0 && !seen.ping.is_empty() {
        return (
            State::Warn,
            "WeChat resolves the name of the saved callback, but its pings are lost: no matter if pushes arrive, many \
             hosts drop pings; else check the firewall"
                .to_owned(),
        );
    }
    (
        State::Ok,
        "WeChat resolves and reaches the host of the saved callback".to_owned(),
    )
}

/// The network's own words, without the addresses around them.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = error.source();
    let mut text = if error.is_timeout() {
        "time-out".to_owned()
    } else {
        "the connection failed".to_owned()
    };
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: i64, message: &str) -> String {
        explain_refusal(&ApiError {
            path: "/cgi-bin/stable_token",
            code,
            message: message.to_owned(),
            rid: Some("6aac005a-01bfdbee".to_owned()),
            class: daogou_wechat::Class::Configuration,
        })
    }

    #[test]
    fn the_address_that_wechat_saw_is_the_one_to_add() {
        let text = refused(
            40_164,
            "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
        );
        assert!(text.contains("add 203.0.113.7 there"), "{text}");
        let text = refused(40_164, "invalid ip, not in whitelist");
        assert!(text.contains("named in the message"), "{text}");
    }

    #[test]
    fn each_refusal_says_what_to_do_and_keeps_wechats_words() {
        for (code, what) in [
            (40_125, "WECHAT_APP_SECRET"),
            (40_013, "WECHAT_APPID"),
            (40_243, "unfreeze"),
            (99_999, "documentation"),
        ] {
            let text = refused(code, "some words");
            assert!(text.contains(what), "{text}");
            assert!(
                text.contains("some words (rid 6aac005a-01bfdbee)"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_clock_is_warned_of_after_a_minute_and_fails_after_five() {
        assert_eq!(compare(-60).0, State::Ok);
        assert_eq!(compare(61).0, State::Warn);
        assert_eq!(compare(-300).0, State::Warn);
        let (state, text) = compare(-301);
        assert_eq!(state, State::Fail);
        assert!(text.contains("301 s slow"), "{text}");
    }

    #[test]
    fn lost_pings_are_a_warning_and_a_name_that_nobody_knows_too() {
        let ping = |loss: &str| daogou_wechat::PingCheck {
            package_loss: loss.to_owned(),
            ..Default::default()
        };
        let seen = |losses: &[&str]| CallbackCheck {
            dns: vec![daogou_wechat::DnsCheck::default()],
            ping: losses.iter().map(|loss| ping(loss)).collect(),
        };
        assert_eq!(judge(&seen(&["100%", "0%"])).0, State::Ok);
        assert_eq!(judge(&seen(&["100%", "100%"])).0, State::Warn);
        assert_eq!(judge(&CallbackCheck::default()).0, State::Warn);
    }
}
