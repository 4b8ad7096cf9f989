//! What WeChat says about us: the time there, the access token, the way to our callback.

use std::error::Error as _;
use std::net::IpAddr;
use std::time::Duration;

use chrono::DateTime;
use daogou_ground::Clock;
use daogou_wechat::{ApiError, CallError, CallbackCheck, Client};
use reqwest::header::DATE;

use super::patient::Patient;
use super::{Finding, State, Words, end};

/// How long the host may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Signed pages and windows are counted in seconds and minutes: from here on somebody should look.
const CLOCK_WARN: u64 = 60;
/// The shortest window is a minute, a code of authorisation lives five: from here on things fail.
const CLOCK_FAIL: u64 = 300;

/// Compares this machine's clock with the `Date` of any answer of the API's host.
pub async fn clock(http: &reqwest::Client, api: &str, clock: &Clock) -> Finding {
    let before = clock.now();
    let asked = http.get(format!("{api}/")).timeout(PATIENCE).send().await;
    let here = before + (clock.now() - before) / 2;
    let judged = match &asked {
        Ok(answer) => {
            let date = answer.headers().get(DATE);
            let date = date.and_then(|date| date.to_str().ok());
            match date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
                Some(there) => compare(here.timestamp() - there.timestamp()),
                None => end(
                    State::Skipped,
                    format!("{api} does not say what time it is"),
                    "微信没有说出时间，无从比较",
                ),
            }
        }
        Err(error) => end(
            State::Skipped,
            format!(
                "{api} does not answer ({}), so there is no time to compare with",
                innermost(error)
            ),
            format!("微信没有答复（{}），无从比较", innermost(error)),
        ),
    };
    Finding::new("clock", judged)
}

/// `ahead`: by how many seconds this machine's clock is before WeChat's.
fn compare(ahead: i64) -> (State, Words) {
    let apart = ahead.unsigned_abs();
    if apart <= CLOCK_WARN {
        return end(State::Ok, "agrees with WeChat's", "与微信的时间一致");
    }
    let state = if apart <= CLOCK_FAIL {
        State::Warn
    } else {
        State::Fail
    };
    let (way, page) = if ahead > 0 {
        ("fast", "快")
    } else {
        ("slow", "慢")
    };
    end(
        state,
        format!(
            "{apart} s {way} against WeChat's: reply windows and signatures are counted in time; set it by NTP"
        ),
        format!("比微信的时间{page} {apart} 秒，回复时限和签名会算错：请让服务器用 NTP 对时"),
    )
}

/// Asks for the access token. It is the same that the server uses: asking changes nothing.
pub async fn token(wechat: &Client, patient: &Patient) -> (Option<String>, Finding) {
    let asked = wechat
        .stable_token(patient.appid(), patient.secret.expose(), false)
        .await;
    let (token, judged) = match asked {
        Ok(token) => {
            let good_for = token.expires_in;
            let judged = end(
                State::Ok,
                format!("WeChat gives one, good for {good_for} s"),
                format!("微信认可 AppID 和 AppSecret，给出的凭证还有 {good_for} 秒有效"),
            );
            (Some(token.token), judged)
        }
        Err(error) => (None, (State::Fail, explain(&error))),
    };
    (token, Finding::new("token", judged))
}

fn explain(error: &CallError) -> Words {
    match error {
        CallError::Refused(refusal) => explain_refusal(refusal),
        CallError::NotSent { source, .. } => Words::new(
            format!(
                "WeChat cannot be reached ({}): check the network, DNS, a proxy (HTTPS_PROXY) and WECHAT_API_BASE",
                innermost(source)
            ),
            format!(
                "连不上微信（{}）：请检查服务器的网络、DNS 和代理（HTTPS_PROXY）",
                innermost(source)
            ),
        ),
        CallError::Unknown { why, .. } => Words::new(
            format!(
                "WeChat gives no usable answer ({why}): is WECHAT_API_BASE right, does a proxy stand in between? Try again"
            ),
            format!("微信的答复看不懂（{why}）：中间可能有代理在改内容，请检查后再测一次"),
        ),
    }
}

fn explain_refusal(refusal: &ApiError) -> Words {
    let advice = match refusal.code {
        40_164 => not_on_the_whitelist(refusal),
        40_125 | 40_001 | 41_004 => Words::new(
            "WECHAT_APP_SECRET is not this account's secret: copy it again, or reset it on the platform",
            "AppSecret 不是这个账号的：请到微信后台重新复制，或重置后再填",
        ),
        40_013 | 41_002 => Words::new(
            "WECHAT_APPID is not an appid: copy it again; appid and secret must be of the same account",
            "没有这个 AppID：请重新复制，AppID 和 AppSecret 要是同一个账号的",
        ),
        40_243 => Words::new(
            "the AppSecret is frozen: unfreeze or reset it on the platform",
            "AppSecret 被冻结了：请到微信后台解冻或重置",
        ),
        89_503 | 89_506 | 89_507 => Words::new(
            "the call from this address waits for the account's administrator: let him consent",
            "微信在等账号管理员同意这台服务器调用：请他在手机上确认",
        ),
        50_004 | 50_007 => Words::new(
            "the account is blocked or frozen: see the platform's notices",
            "账号被封禁或冻结：请看微信后台的通知",
        ),
        45_009 | 45_011 => Words::new(
            "asked too often: the quota comes back tomorrow, or in a minute (45011)",
            "问得太频繁：额度明天恢复（45011 是一分钟后）",
        ),
        -1 => Words::new("WeChat is busy: try again", "微信正忙：请过一会儿再测"),
        _ => Words::new(
            "look the code up in WeChat's documentation",
            "请按错误码查微信的文档",
        ),
    };
    let said = format!("{} {}", refusal.code, words(refusal));
    Words::new(
        format!("{}. WeChat's words: {said}", advice.terminal),
        format!("{}。微信原话：{said}", advice.page),
    )
}

fn not_on_the_whitelist(refusal: &ApiError) -> Words {
    let seen = address_seen(&refusal.message);
    let (add, page) = seen.map_or_else(
        || {
            (
                "named in the message".to_owned(),
                "微信原话里的地址".to_owned(),
            )
        },
        |ip| (ip.to_string(), format!(" {ip} ")),
    );
    Words::new(
        format!(
            "this computer calls from an address that is not on the account's IP whitelist: add {add} there (one \
             address a line); it counts after a few minutes"
        ),
        format!(
            "这台服务器的出口 IP 不在白名单里：请把{page}加到微信后台的 IP 白名单（一行一个），几分钟后生效"
        ),
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
pub async fn callback_check(wechat: &Client, token: Option<&str>) -> Finding {
    let judged = match token {
        None => end(
            State::Skipped,
            "needs the access token",
            "要先拿到微信的凭证才能测",
        ),
        Some(token) => match wechat.callback_check(token).await {
            Ok(seen) => judge(&seen),
            Err(CallError::Refused(refusal)) if refusal.code == 40_201 => end(
                State::Warn,
                "no callback is saved at WeChat yet: paste the URL above, the token and the key there",
                "微信后台还没有保存服务器配置：请把上面的地址、Token 和 EncodingAESKey 填过去并启用",
            ),
            Err(CallError::Refused(refusal)) => end(
                State::Skipped,
                format!(
                    "WeChat does not let this account ask ({}): see whether the URL above can be saved there",
                    refusal.code
                ),
                format!(
                    "微信不让这个账号查询（{}）：在微信后台能保存服务器配置就没问题",
                    refusal.code
                ),
            ),
            Err(error) => (State::Skipped, explain(&error)),
        },
    };
    Finding::new("callback_check", judged)
}

fn judge(seen: &CallbackCheck) -> (State, Words) {
    let heard = seen
        .ping
        .iter()
        .filter(|ping| ping.package_loss != "100%")
        .count();
    if seen.dns.is_empty() {
        return end(
            State::Warn,
            "WeChat does not resolve the name of the saved callback: check its DNS",
            "微信解析不了回调地址的域名：请检查域名解析",
        );
    }
    if heard == 0 && !seen.ping.is_empty() {
        return end(
            State::Warn,
            "WeChat resolves the name of the saved callback, but its pings are lost: no matter if pushes arrive, many \
             hosts drop pings; else check the firewall",
            "微信解析得了域名，但 ping 不通：很多主机不回 ping，收得到消息就不要紧；收不到请检查防火墙",
        );
    }
    end(
        State::Ok,
        "WeChat resolves and reaches the host of the saved callback",
        "微信找得到、也连得上回调地址的主机",
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
        let explained = explain_refusal(&ApiError {
            path: "/cgi-bin/stable_token",
            code,
            message: message.to_owned(),
            rid: Some("6aac005a-01bfdbee".to_owned()),
            class: daogou_wechat::Class::Configuration,
        });
        explained.terminal
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
        let (state, words) = compare(-301);
        assert_eq!(state, State::Fail);
        assert!(words.terminal.contains("301 s slow"), "{words:?}");
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
