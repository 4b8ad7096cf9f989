//! Scripts 话术: what guides say often. Headquarters writes them for everybody or for one store, each guide her own; they are
//! found by their words or by the first letters of their pinyin, those that are used most first.

mod archiving;
mod queries;
pub mod rules;
mod saving;

use daogou_schema::script::Model;
use daogou_schema::{AccountId, GuideId, ScriptId, Timestamp, guide};

use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use queries::Sought;

pub use archiving::{archive, archive_own, restore};
pub use rules::{Names, categories, filled};
pub use saving::{Draft, NewPicture, No, save, save_own};

/// How many scripts headquarters has in use at the most, and every guide.
pub const BRAND_MAX: u32 = 1000;
/// The same for every guide.
pub const OWN_MAX: u32 = 200;
/// How many are handed out at once: more than anybody looks through on a phone.
const HANDED_OUT: u64 = 100;

/// What somebody looks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Words, or the first letters of their pinyin; empty: all.
    pub text: &'a str,
    /// One category; empty: all.
    pub category: &'a str,
}

/// Whether a script is a guide's own.
pub fn is_own(script: &Model) -> bool {
    script.guide_id != GuideId::NONE
}

fn is_in_use(script: &Model) -> bool {
    script.archived_at == Timestamp(0)
}

/// Whether a guide may say it: her own, or headquarters' for all stores or for hers.
fn may_say(script: &Model, guide: &guide::Model) -> bool {
    let whose = match script.guide_id {
        GuideId::NONE => script.store_id.is_none_or(|store| store == guide.store_id),
        own => own == guide.id,
    };
    whose && script.account_id == guide.account_id && is_in_use(script)
}

/// What a guide may say, her own and headquarters', those that are used most first; two statements.
///
/// # Errors
/// When the store fails.
pub async fn for_guide(
    ctx: &Context,
    guide: &guide::Model,
    wanted: Wanted<'_>,
) -> Result<Vec<Model>> {
    let letters = rules::sought(wanted.text);
    let mut all = Vec::new();
    for whose in [guide.id, GuideId::NONE] {
        let sought = Sought {
            account: guide.account_id,
            guide: whose,
            store: Some(guide.store_id).filter(|_| whose == GuideId::NONE),
            letters: &letters,
            category: wanted.category,
            limit: HANDED_OUT,
        };
        all.extend(queries::found(ctx.db.reads(), &sought).await?);
    }
    all.sort_by_key(|script| (std::cmp::Reverse(script.uses), script.place, script.id));
    Ok(all)
}

/// One that a guide may say.
///
/// # Errors
/// When the store fails.
pub async fn get_for_guide(
    ctx: &Context,
    guide: &guide::Model,
    id: ScriptId,
) -> Result<Option<Model>> {
    let found = queries::get(ctx.db.reads(), id).await?;
    Ok(found.filter(|script| may_say(script, guide)))
}

/// Counts that a guide said it; none when she may not.
///
/// # Errors
/// When the store fails.
pub async fn used_in(txn: &Txn, id: ScriptId, guide: &guide::Model) -> Result<Option<Model>> {
    let found = queries::get(txn.conn(), id).await?;
    let found = found.filter(|script| may_say(script, guide));
    if found.is_some() {
        queries::count_use(txn, id).await?;
    }
    Ok(found)
}

/// Headquarters' scripts in use, by category and place.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: AccountId, wanted: Wanted<'_>) -> Result<Vec<Model>> {
    let letters = rules::sought(wanted.text);
    let sought = Sought {
        account,
        guide: GuideId::NONE,
        store: None,
        letters: &letters,
        category: wanted.category,
        limit: BRAND_MAX.into(),
    };
    let mut found = queries::found(ctx.db.reads(), &sought).await?;
    found.sort_by(|one, other| {
        let key = |row: &Model| (row.place, row.id);
        (one.category.as_str(), key(one)).cmp(&(other.category.as_str(), key(other)))
    });
    Ok(found)
}

/// Headquarters' scripts that were put away, the last one first.
///
/// # Errors
/// When the store fails.
pub async fn archived(ctx: &Context, account: AccountId) -> Result<Vec<Model>> {
    queries::archived(ctx.db.reads(), account, HANDED_OUT).await
}

/// One of headquarters', in use or put away.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: AccountId, id: ScriptId) -> Result<Option<Model>> {
    let found = queries::get(ctx.db.reads(), id).await?;
    Ok(found.filter(|script| script.account_id == account && !is_own(script)))
}
