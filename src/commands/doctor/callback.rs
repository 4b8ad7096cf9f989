//! The callback: the URL to paste, and whether it leads to our own server, asked as WeChat asks when it is saved.

use std::time::{Duration, Instant};

use daogou_ground::{Chance, Clock};

use super::patients::Patient;
use super::report::{Report, State};
use super::wechat::innermost;
use crate::config::Config;

/// WeChat gives up at five seconds (WeChat: receiving messages).
const PATIENCE: Duration = Duration::from_secs(5);
/// From here on little is left for WeChat's own way to us.
const SLOW: Duration = Duration::from_secs(2);
/// More of an answer than this is not looked at; ours have a few bytes.
const ANSWER_BYTES_MAX: usize = 4096;

/// What came back.
struct Answer {
    status: u16,
    body: Vec<u8>,
    took: Duration,
}

/// Asks the public address the question that WeChat asks.
pub(super) async fn examine(
    report: &mut Report,
    http: &reqwest::Client,
    config: &Config,
    clock: &Clock,
    patient: &Patient,
) {
    let url = format!("{}/wechat/{}", config.public_url, patient.appid());
    let chance = Chance::system();
    // Digits, as WeChat's own are.
    let echo = format!("{}{}", chance.below(1 << 60), chance.below(1 << 60));
    let query = patient.door.question(
        clock.now().timestamp(),
        &chance.below(1 << 32).to_string(),
        &echo,
    );
    let (state, text) = match ask(http, &url, &query).await {
        Ok(answer) => judge(&answer, &echo),
        Err(error) if error.is_timeout() => (
            State::Fail,
            "no answer within 5 s, when WeChat gives up: is `daogou serve` running, is the way there too slow?".to_owned(),
        ),
        Err(error) => (
            State::Fail,
            format!(
                "it is not reachable ({}): start `daogou serve`, and check that proxy or tunnel runs and DAOGOU_PUBLIC_URL is \
                 its address",
                innermost(&error)
            ),
        ),
    };
    report.note("callback", state, &patient.says(&format!("{url} — {text}")));
}

async fn ask(
    http: &reqwest::Client,
    url: &str,
    query: &[(&str, String)],
) -> Result<Answer, reqwest::Error> {
    let started = Instant::now();
    let sent = http.get(url).query(query).timeout(PATIENCE).send().await;
    let mut response = sent.map_err(reqwest::Error::without_url)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(reqwest::Error::without_url)?
    {
        body.extend_from_slice(&piece);
        if body.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(Answer {
        status,
        body,
        took: started.elapsed(),
    })
}

fn judge(answer: &Answer, echo: &str) -> (State, String) {
    let Answer { status, body, took } = answer;
    let contains = |needle: &str| {
        body.windows(needle.len())
            .any(|part| part == needle.as_bytes())
    };
    let fault = match *status {
        200 if body == echo.as_bytes() && *took > SLOW => {
            let text = format!(
                "the answer is right but took {} ms; WeChat gives up at 5 s: paste this URL at WeChat, and shorten the way",
                took.as_millis()
            );
            return (State::Warn, text);
        }
        200 if body == echo.as_bytes() => {
            let text = "answers as WeChat expects: this is the URL to paste at WeChat".to_owned();
            return (State::Ok, text);
        }
        200 if contains(echo) => {
            "something on the way adds to the answer (a banner, a byte order mark): switch that off".to_owned()
        }
        200 => "somebody else answers: let proxy or tunnel lead to this server, and switch off pages of their own".to_owned(),
        300..=399 => {
            "it redirects, and WeChat does not follow: set DAOGOU_PUBLIC_URL to the address it redirects to".to_owned()
        }
        // Our own words at the door.
        403 if contains("refused") => {
            "a Daogou answers, but knows another token: restart `daogou serve` after a change of WECHAT_TOKEN, and run the \
             doctor with the same settings"
                .to_owned()
        }
        404 if contains("没有这个页面") => {
            "a Daogou answers, but does not serve this appid: restart `daogou serve` with the same settings".to_owned()
        }
        502..=504 => format!(
            "HTTP {status}: the proxy answers, the server behind it does not; start `daogou serve` where the proxy looks for \
             it (DAOGOU_LISTEN)"
        ),
        500..=599 => format!("HTTP {status}: the server has a fault of its own; its log says which"),
        _ => format!(
            "HTTP {status}: somebody else answers, or a page stands before it; let proxy or tunnel lead to this server"
        ),
    };
    (State::Fail, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(status: u16, body: &str, took: u64) -> (State, String) {
        let answer = Answer {
            status,
            body: body.as_bytes().to_vec(),
            took: Duration::from_millis(took),
        };
        judge(&answer, "1234567890")
    }

    #[test]
    fn only_the_echo_alone_and_in_time_is_right() {
        assert_eq!(says(200, "1234567890", 40).0, State::Ok);
        assert_eq!(says(200, "1234567890", 2500).0, State::Warn);
        for (status, body, what) in [
            (200, "\u{feff}1234567890", "adds to the answer"),
            (200, "<html>Welcome</html>", "somebody else"),
            (200, "", "somebody else"),
            (301, "", "redirects"),
            (403, "refused", "another token"),
            (403, "<html>Forbidden</html>", "somebody else"),
            (404, "没有这个页面", "this appid"),
            (404, "404 page not found", "somebody else"),
            (502, "Bad gateway", "the server behind it"),
            (500, "", "its log"),
        ] {
            let (state, text) = says(status, body, 40);
            assert_eq!(state, State::Fail, "{status} {body}");
            assert!(text.contains(what), "{status} {body}: {text}");
        }
    }
}
