//! What WeChat says to one process about too many messages holds for all of them: for a while nobody asks. It stands in
//! the session layer only; whoever has not heard of it is told by WeChat itself.

use std::time::Duration;

use daogou_session::Key;
use daogou_wechat::CallError;

use crate::accounts::Account;
use crate::context::Context;

/// Too many in a minute, and in a day. (WeChat: return codes.)
const LIMITS: [i64; 2] = [45011, 45009];
/// For so long nobody sends then. Not longer: WeChat is known to say so about a single person too, and what the others
/// may still send must not wait for that.
const PAUSE: Duration = Duration::from_secs(10);

/// Whether the account's messages wait because of what WeChat has said a moment ago.
pub(super) async fn is_paused(ctx: &Context, account: &Account) -> bool {
    matches!(ctx.session.get(&key(account)).await, Ok(Some(_)))
}

/// Tells everybody what WeChat answered, if it is about too many messages.
pub(super) async fn note(ctx: &Context, account: &Account, answer: &Result<(), CallError>) {
    let refusal = answer.as_ref().err().and_then(CallError::refusal);
    let Some(code) = refusal.map(|r| r.code).filter(|c| LIMITS.contains(c)) else {
        return;
    };
    tracing::warn!(
        code,
        account.appid,
        "WeChat limits this account's messages; sending pauses"
    );
    let (key, code) = (key(account), code.to_string());
    if let Err(error) = ctx.session.put_for(&key, &code, PAUSE).await {
        tracing::warn!(%error, code, "the others will hear of the limit from WeChat");
    }
}

fn key(account: &Account) -> Key {
    Key::SendPause {
        appid: account.appid.clone(),
    }
}
