//! The session layer as it is used: does it keep what it is given, and how fast.

use std::time::Duration;

use daogou_ground::{Chance, Clock};
use daogou_session::{Key, Session, SessionError};

use super::{Finding, State, Words, end};

/// Slower than this, every push feels it.
const SLOW: Duration = Duration::from_millis(50);

/// Gives it a word, asks for it, and takes it away again.
pub async fn try_out(session: &Session, chance: &Chance, clock: &Clock) -> Finding {
    let judged = ask(session, chance, clock).await.unwrap_or_else(|error| {
        // Its words say what to do.
        let page = format!("会话存储没有答复（{error}）：请检查 Redis 是否在运行");
        end(State::Fail, error.to_string(), page)
    });
    Finding::new("session", judged)
}

async fn ask(
    session: &Session,
    chance: &Chance,
    clock: &Clock,
) -> Result<(State, Words), SessionError> {
    let key = Key::Limit {
        name: format!("doctor-{}", chance.word(12)),
        window: Duration::from_secs(10),
    };
    let before = clock.now();
    session.put(&key, "here").await?;
    let found = session.get(&key).await?;
    session.forget(&key).await?;
    let took = (clock.now() - before).to_std().unwrap_or_default();
    Ok(match found.as_deref() {
        Some("here") if took > SLOW => end(
            State::Warn,
            format!(
                "Redis keeps what it is given, but three commands took {} ms and every push needs some: move it nearer",
                took.as_millis()
            ),
            format!(
                "Redis 记得住，但三条命令用了 {} 毫秒，每条消息都要等它：请把它放得近一些",
                took.as_millis()
            ),
        ),
        Some("here") => end(
            State::Ok,
            "Redis answers and keeps what it is given",
            "有答复，存的内容都在",
        ),
        _ => end(
            State::Fail,
            "Redis answers, but forgot at once what it was given: check its memory limit (maxmemory)",
            "Redis 有答复，但存的内容马上没了：请检查它的内存上限（maxmemory）",
        ),
    })
}
