//! The callback: the URL to paste, and whether it leads to our own server, asked as WeChat asks when it is saved.

use std::time::{Duration, Instant};

use daogou_ground::{Chance, Clock};

use super::patient::Patient;
use super::wechat::innermost;
use super::{Finding, State, Words, end};

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
pub async fn examine(
    http: &reqwest::Client,
    public_url: &str,
    clock: &Clock,
    chance: &Chance,
    patient: &Patient,
) -> Finding {
    let url = format!("{public_url}/wechat/{}", patient.appid());
    // Digits, as WeChat's own are.
    let echo = format!("{}{}", chance.below(1 << 60), chance.below(1 << 60));
    let query = patient.door.question(
        clock.now().timestamp(),
        &chance.below(1 << 32).to_string(),
        &echo,
    );
    let (state, words) = match ask(http, &url, &query).await {
        Ok(answer) => judge(&answer, &echo),
        Err(error) if error.is_timeout() => end(
            State::Fail,
            "no answer within 5 s, when WeChat gives up: is `daogou serve` running, is the way there too slow?",
            "5 秒内没有答复，微信等到这时就放弃了：请检查代理到这台服务器的路是不是太慢",
        ),
        Err(error) => end(
            State::Fail,
            format!(
                "it is not reachable ({}): start `daogou serve`, and check that proxy or tunnel runs and DAOGOU_PUBLIC_URL is \
                 its address",
                innermost(&error)
            ),
            format!(
                "打不开（{}）：请检查代理或隧道是否在运行、DAOGOU_PUBLIC_URL 是不是它的地址",
                innermost(&error)
            ),
        ),
    };
    let words = Words::new(
        format!("{url} — {}", words.terminal),
        format!("{url}：{}", words.page),
    );
    Finding::new("callback", (state, words))
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

fn judge(answer: &Answer, echo: &str) -> (State, Words) {
    let Answer { status, body, took } = answer;
    let contains = |needle: &str| {
        body.windows(needle.len())
            .any(|part| part == needle.as_bytes())
    };
    let fail = |terminal: &str, page: &str| end(State::Fail, terminal, page);
    match *status {
        200 if body == echo.as_bytes() && *took > SLOW => end(
            State::Warn,
            format!(
                "the answer is right but took {} ms; WeChat gives up at 5 s: paste this URL at WeChat, and shorten the way",
                took.as_millis()
            ),
            format!(
                "答得对，但用了 {} 毫秒；微信只等 5 秒，请缩短代理到服务器的路",
                took.as_millis()
            ),
        ),
        200 if body == echo.as_bytes() => end(
            State::Ok,
            "answers as WeChat expects: this is the URL to paste at WeChat",
            "答复正确，可以填到微信后台",
        ),
        200 if contains(echo) => fail(
            "something on the way adds to the answer (a banner, a byte order mark): switch that off",
            "路上有东西在答复里加了内容（横幅、BOM）：请在代理里关掉它",
        ),
        200 => fail(
            "somebody else answers: let proxy or tunnel lead to this server, and switch off pages of their own",
            "答复的不是这台服务器：请让代理或隧道指向这里，并关掉它自己的页面",
        ),
        300..=399 => fail(
            "it redirects, and WeChat does not follow: set DAOGOU_PUBLIC_URL to the address it redirects to",
            "它跳转到别处，而微信不会跟着跳：请把 DAOGOU_PUBLIC_URL 改成跳转后的地址",
        ),
        // Our own words at the door.
        403 if contains("refused") => fail(
            "a Daogou answers, but knows another token: restart `daogou serve` after a change of WECHAT_TOKEN, and run the \
             doctor with the same settings",
            "答复的是另一套导购，或 Token 不一样：请检查公网地址指向的是不是这台服务器",
        ),
        404 if contains("没有这个页面") => fail(
            "a Daogou answers, but does not serve this appid: restart `daogou serve` with the same settings",
            "答复的是另一套导购，它没有这个账号：请检查公网地址指向的是不是这台服务器",
        ),
        502..=504 => end(
            State::Fail,
            format!(
                "HTTP {status}: the proxy answers, the server behind it does not; start `daogou serve` where the proxy looks for \
                 it (DAOGOU_LISTEN)"
            ),
            format!(
                "HTTP {status}：代理在，但它找不到后面的服务器；请核对代理指向的地址（DAOGOU_LISTEN）"
            ),
        ),
        500..=599 => end(
            State::Fail,
            format!("HTTP {status}: the server has a fault of its own; its log says which"),
            format!("HTTP {status}：服务器自己出错了，原因写在它的日志里"),
        ),
        _ => end(
            State::Fail,
            format!(
                "HTTP {status}: somebody else answers, or a page stands before it; let proxy or tunnel lead to this server"
            ),
            format!(
                "HTTP {status}：答复的是别的程序，或前面挡着一个页面；请让代理或隧道指向这台服务器"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(status: u16, body: &str, took: u64) -> (State, Words) {
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
            let (state, words) = says(status, body, 40);
            assert_eq!(state, State::Fail, "{status} {body}");
            assert!(
                words.terminal.contains(what),
                "{status} {body}: {}",
                words.terminal
            );
        }
    }
}
