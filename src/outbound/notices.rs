//! Live notices to the processes that send: a process that only takes requests promises messages and sends none. They
//! carry no truth; what a lost one would have said, the sweep finds a second later.

use daogou_schema::{AccountId, Address};
use daogou_session::{Key, MISSED};
use futures_util::future::join_all;

use crate::context::Context;

/// Where it is said who has messages to get.
const CHANNEL: &str = "outbound";
/// How many people one notice names.
const PEOPLE_MAX: usize = 200;

/// Tells the processes that send what is ready here. Ends with the process.
pub async fn call_senders(ctx: Context) {
    loop {
        let mut people = ctx.signals.next_outbound().await;
        people.sort_unstable();
        people.dedup();
        for some in people.chunks(PEOPLE_MAX) {
            if let Err(error) = ctx.session.publish(CHANNEL, &written(some)).await {
                tracing::debug!(%error, "what is ready will be found by the next sweep");
            }
        }
    }
}

/// Hears what is ready elsewhere. Ends with the process.
pub async fn listen(ctx: Context) {
    if !ctx.session.is_shared() {
        return;
    }
    let mut notices = ctx.subscribe(CHANNEL).await;
    while let Some(text) = notices.next().await {
        // What was missed the sweep finds anyway.
        if text == MISSED {
            continue;
        }
        let Some(people) = read(&text) else {
            tracing::warn!("a notice of another version is not understood");
            continue;
        };
        let ours = join_all(people.into_iter().map(|person| ours(&ctx, person))).await;
        ctx.signals.outbound_ready(ours.into_iter().flatten());
    }
}

/// The person, if this process is the first to answer the call: everybody hears it, and one sender is enough. Who has
/// sent to her a moment ago does it again.
async fn ours(ctx: &Context, person: Address) -> Option<Address> {
    let key = Key::Sender {
        account: person.account_id.0,
        person: person.openid.clone(),
    };
    // Without an answer two may try; the lane lets one of them send.
    let first = ctx.session.claim(&key, &ctx.node).await.unwrap_or(true);
    first.then_some(person)
}

fn written(people: &[Address]) -> String {
    let people: Vec<(i64, &str)> = people
        .iter()
        .map(|person| (person.account_id.0, person.openid.as_str()))
        .collect();
    serde_json::json!(people).to_string()
}

fn read(text: &str) -> Option<Vec<Address>> {
    let people: Vec<(i64, String)> = serde_json::from_str(text).ok()?;
    let people = people.into_iter().map(|(account, openid)| Address {
        account_id: AccountId(account),
        openid,
    });
    Some(people.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_named_is_read_again_and_nonsense_is_not() {
        let people = ["oA\"b", "oa\"b"].map(|openid| Address {
            account_id: AccountId(7),
            openid: openid.to_owned(),
        });
        assert_eq!(read(&written(&people)).as_deref(), Some(&people[..]));
        assert_eq!(read(MISSED), None);
        assert_eq!(read("{\"7\":1}"), None);
    }
}
