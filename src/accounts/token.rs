//! The access token: shared by all nodes through the session layer, fetched by one refresher at a time.

use std::time::Duration;

use daogou_session::Key;
use daogou_wechat::{CallError, Class};

use super::Account;
use crate::context::Context;
use crate::telemetry::figures;

/// A token is dropped this long before WeChat lets it expire: from then on `stable_token` hands out the next one.
/// (WeChat: stable access token.)
const RENEW_BEFORE: i64 = 300;
/// A token is kept at least this long, so that a short `expires_in` cannot turn every call into two.
const KEEP_AT_LEAST: i64 = 10;
/// How often and how long others wait for the refresher, five seconds in all, before they ask WeChat themselves, which is
/// harmless: `stable_token` answers everybody the same token.
const WAITS: u32 = 100;
const WAIT: Duration = Duration::from_millis(50);
/// What is kept of a token that WeChat refuses to take and hands out again all the same.
const STANDS: &str = "stands";

/// The account's access token.
///
/// # Errors
/// What WeChat said when a new one was needed.
async fn access_token(ctx: &Context, account: &Account) -> Result<String, CallError> {
    if let Some(token) = cached(ctx, account).await {
        return Ok(token);
    }
    let lock = Key::TokenRefresh {
        appid: account.appid.clone(),
    };
    let asker = asker(ctx);
    for _ in 0..WAITS {
        // Without a session there is no lock either, and everybody may ask.
        if ctx.session.claim(&lock, &asker).await.unwrap_or(true) {
            break;
        }
        // Somebody else is fetching it; nothing tells when it is there but looking again.
        tokio::time::sleep(WAIT).await;
        if let Some(token) = cached(ctx, account).await {
            return Ok(token);
        }
    }
    // Somebody may have fetched it between the last look and the lock.
    let fetched = match cached(ctx, account).await {
        Some(token) => Ok(token),
        None => fetch(ctx, account).await,
    };
    if let Err(e) = ctx.session.forget_if(&lock, &asker).await {
        tracing::warn!(error = %e, "the token lock stays until it expires");
    }
    fetched
}

/// Whether a token is at hand.
pub async fn has_token(ctx: &Context, account: &Account) -> bool {
    cached(ctx, account).await.is_some()
}

/// Calls WeChat with the token; when WeChat says the token is no good, once more with a new one.
///
/// # Errors
/// What WeChat said.
pub async fn call<T, F>(
    ctx: &Context,
    account: &Account,
    ask: impl Fn(String) -> F,
) -> Result<T, CallError>
where
    F: Future<Output = Result<T, CallError>>,
{
    let token = access_token(ctx, account).await?;
    figures::token_used(account.id.0, &token, ctx.clock.now().timestamp());
    match ask(token.clone()).await {
        Err(CallError::Refused(refusal)) if refusal.class == Class::Token => {
            ask(renewed(ctx, account, &token).await?).await
        }
        outcome => outcome,
    }
}

/// The token after WeChat has refused `bad`: fetched by the first who hears of it and taken over by all others. The same
/// one when WeChat has handed it out again a moment ago: asking anew for every message that waits would only use up the
/// account's calls.
async fn renewed(ctx: &Context, account: &Account, bad: &str) -> Result<String, CallError> {
    let doubt = Key::TokenDoubt {
        appid: account.appid.clone(),
        token: bad.to_owned(),
    };
    let asker = asker(ctx);
    for _ in 0..WAITS {
        match cached(ctx, account).await {
            Some(other) if other != bad => return Ok(other),
            _ => {}
        }
        // Without a session everybody asks.
        if ctx.session.claim(&doubt, &asker).await.unwrap_or(true) {
            return renew(ctx, account, bad, &doubt).await;
        }
        let said = ctx.session.get(&doubt).await.ok().flatten();
        if said.as_deref() == Some(STANDS) {
            break;
        }
        // Somebody else is asking WeChat about it; the answer is looked for again.
        tokio::time::sleep(WAIT).await;
    }
    Ok(bad.to_owned())
}

async fn renew(
    ctx: &Context,
    account: &Account,
    bad: &str,
    doubt: &Key,
) -> Result<String, CallError> {
    drop_token(ctx, account, bad).await;
    let fetched = access_token(ctx, account).await;
    let noted = match &fetched {
        Ok(token) if token == bad => ctx.session.put(doubt, STANDS).await,
        Ok(_) => Ok(()),
        // The next one asks again.
        Err(_) => ctx.session.forget(doubt).await,
    };
    if let Err(e) = noted {
        tracing::warn!(error = %e, "others will ask for a new token too");
    }
    fetched
}

/// In a name of its own: another task of this process is another asker.
fn asker(ctx: &Context) -> String {
    format!("{}-{}", ctx.node, ctx.chance.word(8))
}

async fn fetch(ctx: &Context, account: &Account) -> Result<String, CallError> {
    let fresh = ctx
        .wechat
        .stable_token(&account.appid, account.secret.expose(), false)
        .await?;
    let keep = (fresh.expires_in - RENEW_BEFORE).max(KEEP_AT_LEAST);
    let keep = Duration::from_secs(keep.unsigned_abs());
    if let Err(e) = ctx.session.put_for(&key(account), &fresh.token, keep).await {
        tracing::warn!(error = %e, "the access token is not shared");
    }
    Ok(fresh.token)
}

async fn cached(ctx: &Context, account: &Account) -> Option<String> {
    ctx.session.get(&key(account)).await.unwrap_or_else(|e| {
        tracing::warn!(error = %e, "the session layer does not answer; asking WeChat instead");
        None
    })
}

/// Only the bad token is dropped: another node may have stored a good one meanwhile.
async fn drop_token(ctx: &Context, account: &Account, bad: &str) {
    if let Err(e) = ctx.session.forget_if(&key(account), bad).await {
        tracing::warn!(error = %e, "a bad access token stays cached until it expires");
    }
}

fn key(account: &Account) -> Key {
    Key::AccessToken {
        appid: account.appid.clone(),
    }
}
