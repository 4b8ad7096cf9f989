//! Customer-service messages: who may be written to, and for how many messages.

use super::call::{Call, Outcome, Refusal, ok};
use super::content::{Channel, content};
use crate::world::{Kind, Refused};

/// How long the typing notice shows.
const TYPING_SECONDS: i64 = 15;
/// Typing needs a message that passed within so many seconds (WeChat: typing status).
const RECENT_SECONDS: i64 = 30;

/// `POST /cgi-bin/message/custom/send`
pub(super) fn send(call: &mut Call<'_>) -> Outcome {
    let person = receiver(call)?;
    let kind = call.account()?.settings.kind;
    let channel = if kind == Kind::Service {
        Channel::ServiceChat
    } else {
        Channel::MiniprogramChat
    };
    let mut item = content(call, channel)?;
    may_write(call, person)?;
    let now = call.now;
    if call.world.quirks.counts() {
        call.relation(person)?
            .windows
            .spend(now)
            .map_err(|refused| match refused {
                Refused::OutOfTime => Refusal::new(
                    45_015,
                    "response out of time limit or subscription is canceled",
                ),
                Refused::OutOfCount => Refusal::new(45_047, "out of response count limit"),
            })?;
    }
    let relation = call.relation(person)?;
    relation.last_exchange = Some(now);
    relation.typing_until = 0;
    item.insert("via".to_owned(), "kf".into());
    if let Some(kf_account) = call.body().pointer("/customservice/kf_account") {
        item.insert("kf_account".to_owned(), kf_account.clone());
    }
    if let Some(mark) = call.body().pointer("/aimsgcontext/is_ai_msg") {
        item.insert("is_ai_msg".to_owned(), mark.clone());
    }
    let appid = call.appid.clone();
    call.world.show(&appid, person, "account", item);
    ok()
}

/// The person in `touser`.
pub(super) fn receiver(call: &Call<'_>) -> Result<usize, Refusal> {
    let openid = call
        .text("touser")
        .ok_or_else(|| Refusal::new(40_003, "invalid openid"))?;
    call.person(&openid)
}

/// Refuses those who left, refuse messages, or are on the blacklist.
fn may_write(call: &mut Call<'_>, person: usize) -> Result<(), Refusal> {
    let service = call.account()?.settings.kind == Kind::Service;
    let relation = call.relation(person)?;
    if service && !relation.subscribed {
        return Err(if relation.ever_subscribed {
            Refusal::new(
                45_015,
                "response out of time limit or subscription is canceled",
            )
        } else {
            Refusal::new(43_004, "require subscribe")
        });
    }
    if relation.blocked {
        return Err(Refusal::new(48_002, "user block receive message"));
    }
    if relation.blacklisted {
        return Err(Refusal::new(43_019, "user in blacklist"));
    }
    Ok(())
}

/// `POST /cgi-bin/message/custom/typing`
pub(super) fn typing(call: &mut Call<'_>) -> Outcome {
    let person = receiver(call)?;
    let begin = match call.text("command").as_deref() {
        Some("Typing") => true,
        Some("CancelTyping") => false,
        _ => return Err(Refusal::new(45_072, "invalid command")),
    };
    let now = call.now;
    let relation = call.relation(person)?;
    if relation
        .last_exchange
        .is_none_or(|at| at + RECENT_SECONDS < now)
    {
        return Err(Refusal::new(
            45_080,
            "require message exchange in the last 30 seconds",
        ));
    }
    if begin && relation.typing_until > now {
        return Err(Refusal::new(45_081, "already typing"));
    }
    relation.typing_until = if begin { now + TYPING_SECONDS } else { 0 };
    let (id, appid) = (
        call.world
            .people
            .get(person)
            .map(|person| person.id.clone()),
        call.appid.clone(),
    );
    call.world
        .changed("people", id.as_deref(), Some(&appid), None);
    ok()
}
