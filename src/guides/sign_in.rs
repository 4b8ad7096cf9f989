//! How guides get into their workbench: WeChat says whose phone it is, or a one-time link does. A sign-in ends with its
//! guide: who has left is out at the next request.

use chrono::TimeDelta;
use daogou_schema::guide_sign_in::{self, Way};
use daogou_schema::{GuideId, Timestamp, guide, guide_pass};
use sha2::{Digest, Sha256};

use super::queries;
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// How long a sign-in lasts.
pub const LASTS: TimeDelta = TimeDelta::days(30);
/// A phone that was not used for so long has to sign in again.
pub const SILENCE_MAX: TimeDelta = TimeDelta::days(7);
/// How long a one-time link is open.
pub const LINK_LASTS: TimeDelta = TimeDelta::minutes(30);
/// How often a sign-in's last request is written down.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// A guide who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub guide: guide::Model,
    /// What the forms of the pages carry, so that no other page can send them in the guide's name.
    pub form_key: String,
}

/// What stands in a cookie or a link: random, kept only as its digest.
fn token(ctx: &Context) -> String {
    hex(&ctx.chance.bytes::<32>())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Signs in the guide whose own WeChat this is, and gives the cookie's value; none when it is nobody's.
///
/// # Errors
/// When the store fails.
pub async fn by_wechat(ctx: &Context, account: &Account, openid: &str) -> Result<Option<String>> {
    let token = token(ctx);
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, openid.to_owned(), digest(&token), now);
    let entered = ctx.db.write(args, |txn, (account, openid, digest, now)| {
        Box::pin(async move {
            let found = queries::linked_to_in(txn, *account, openid).await?;
            let Some(guide) = found.filter(|guide| guide.left_at.is_none()) else {
                return Ok(false);
            };
            enter_in(txn, guide.id, digest, Way::Wechat, *now).await?;
            Ok(true)
        })
    });
    Ok(entered.await?.then_some(token))
}

async fn enter_in(txn: &Txn, guide: GuideId, digest: &str, way: Way, now: Timestamp) -> Result<()> {
    queries::forget_sign_ins_of(txn, guide, now - SILENCE_MAX).await?;
    let row = guide_sign_in::Model {
        digest: digest.to_owned(),
        guide_id: guide,
        way,
        created_at: now,
        seen_at: now,
    };
    queries::insert_sign_in(txn, row).await
}

/// Makes a one-time link for a guide, and gives what it carries. One that was there goes on. `by` is none when the guide
/// makes it herself, for another browser.
///
/// # Errors
/// When the store fails.
pub async fn make_link(ctx: &Context, guide: &guide::Model, by: Option<By>) -> Result<String> {
    let token = token(ctx);
    let now = Timestamp::from(ctx.clock.now());
    let row = guide_pass::Model {
        digest: digest(&token),
        guide_id: guide.id,
        expires_at: now + LINK_LASTS,
    };
    let entry = by.map(|by| entry(by, guide, Act::MakeSignInLink));
    let args = (row, entry, now);
    let made = ctx.db.write(args, |txn, (row, entry, now)| {
        Box::pin(async move {
            queries::forget_passes_of(txn, row.guide_id, *now).await?;
            queries::insert_pass(txn, row.clone()).await?;
            match entry {
                Some(entry) => audit::note_in(txn, *now, entry.clone()).await,
                None => Ok(()),
            }
        })
    });
    made.await?;
    Ok(token)
}

fn entry(by: By, guide: &guide::Model, act: Act) -> Entry {
    Entry {
        by,
        account: Some(guide.account_id),
        act,
        subject: audit::subject("guide", guide.id),
        before: None,
        after: None,
    }
}

/// Whose a link is, while it can be used.
///
/// # Errors
/// When the store fails.
pub async fn link_of(ctx: &Context, token: &str) -> Result<Option<guide::Model>> {
    let now = Timestamp::from(ctx.clock.now());
    let found = queries::pass(ctx.db.reads(), &digest(token)).await?;
    Ok(found
        .filter(|(pass, guide)| pass.expires_at > now && guide.left_at.is_none())
        .map(|(_, guide)| guide))
}

/// Signs in by a link, which is used up, and gives the cookie's value; none when it was used, is over, or its guide left.
///
/// # Errors
/// When the store fails.
pub async fn by_link(ctx: &Context, link: &str) -> Result<Option<String>> {
    let token = token(ctx);
    let now = Timestamp::from(ctx.clock.now());
    let args = (digest(link), digest(&token), now);
    let entered = ctx.db.write(args, |txn, (link, digest, now)| {
        Box::pin(async move {
            let Some(pass) = queries::take_pass(txn, link).await? else {
                return Ok(false);
            };
            let guide = queries::get_in(txn, pass.guide_id).await?;
            let stays = guide.is_some_and(|guide| guide.left_at.is_none());
            if pass.expires_at <= *now || !stays {
                return Ok(false);
            }
            enter_in(txn, pass.guide_id, digest, Way::Link, *now).await?;
            Ok(true)
        })
    });
    Ok(entered.await?.then_some(token))
}

/// Who the cookie's value stands for.
///
/// # Errors
/// When the store fails.
pub async fn signed_in(ctx: &Context, token: &str) -> Result<Option<SignedIn>> {
    let now = Timestamp::from(ctx.clock.now());
    let key = digest(token);
    let Some((sign_in, guide)) = queries::signed_in(ctx.db.reads(), &key).await? else {
        return Ok(None);
    };
    if is_over(&sign_in, now) || guide.left_at.is_some() {
        return Ok(None);
    }
    if now - sign_in.seen_at >= NOTED_EVERY {
        let noted = ctx.db.write((key, now), |txn, (key, now)| {
            Box::pin(queries::note_sign_in_seen(txn, key, *now))
        });
        noted.await?;
    }
    Ok(Some(SignedIn {
        form_key: digest(&format!("form:{token}")),
        guide,
    }))
}

/// Whether a sign-in is over. Pure.
fn is_over(sign_in: &guide_sign_in::Model, now: Timestamp) -> bool {
    now - sign_in.created_at >= LASTS || now - sign_in.seen_at >= SILENCE_MAX
}

/// Ends one sign-in.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(ctx: &Context, token: &str) -> Result<()> {
    ctx.db
        .write(digest(token), |txn, key| {
            Box::pin(queries::delete_sign_in(txn, key))
        })
        .await
}

/// In how many browsers a guide's workbench is open to whoever holds the phone.
///
/// # Errors
/// When the store fails.
pub async fn count(ctx: &Context, guide: GuideId) -> Result<usize> {
    let now = Timestamp::from(ctx.clock.now());
    let rows = queries::sign_ins_of(ctx.db.reads(), guide).await?;
    Ok(rows.iter().filter(|row| !is_over(row, now)).count())
}

/// Ends all sign-ins of a guide, and the links that were not used yet.
///
/// # Errors
/// When the store fails.
pub async fn sign_out_everywhere(ctx: &Context, guide: &guide::Model, by: By) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let entry = entry(by, guide, Act::SignOutGuide);
    let ended = ctx
        .db
        .write((guide.id, entry, now), |txn, (guide, entry, now)| {
            Box::pin(async move {
                end_all_in(txn, *guide).await?;
                audit::note_in(txn, *now, entry.clone()).await
            })
        });
    ended.await
}

/// The same in a unit, without a word about it: with a link that is freed, for example.
///
/// # Errors
/// When the store fails.
pub async fn end_all_in(txn: &Txn, guide: GuideId) -> Result<()> {
    queries::delete_sign_ins_of(txn, guide).await?;
    queries::delete_passes_of(txn, guide).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_ends_after_a_month_or_a_week_of_silence() {
        let row = |created: i64, seen: i64| guide_sign_in::Model {
            digest: String::new(),
            guide_id: GuideId(1),
            way: Way::Wechat,
            created_at: Timestamp(created * 86_400_000),
            seen_at: Timestamp(seen * 86_400_000),
        };
        let now = Timestamp(40 * 86_400_000);
        assert!(!is_over(&row(20, 39), now));
        assert!(is_over(&row(10, 39), now), "older than a month");
        assert!(is_over(&row(30, 33), now), "silent for a week");
    }
}
