//! Counting conversations.

use daogou_schema::{AccountId, GuideId, Timestamp, conversation};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::db::{count_to, padded};
use crate::error::Result;
use crate::members;

/// How many guides one statement names.
const GUIDES_MAX: usize = 64;

pub(in crate::conversations) async fn active(
    db: &impl ConnectionTrait,
    account: AccountId,
    guides: Option<&[GuideId]>,
    since: Timestamp,
    most: u32,
) -> Result<u32> {
    let all = active_of_all(db, account, guides, since, most).await?;
    if all >= most {
        return Ok(all);
    }
    let ours = active_of_ours(db, account, guides, since).await?;
    Ok(all.saturating_sub(ours))
}

/// How many of them are staff and testers.
async fn active_of_ours(
    db: &impl ConnectionTrait,
    account: AccountId,
    guides: Option<&[GuideId]>,
    since: Timestamp,
) -> Result<u32> {
    let mut found = 0;
    for some in members::insiders(db).await?.chunks(GUIDES_MAX) {
        let query = conversation::Entity::find()
            .select_only()
            .column(conversation::Column::GuideId)
            .filter(conversation::Column::MemberId.is_in(padded(some.iter().copied())))
            .filter(conversation::Column::AccountId.eq(account))
            .filter(conversation::Column::LastMemberAt.gte(since));
        let served: Vec<Option<GuideId>> = query.into_tuple().all(db).await?;
        let wanted = |guide: &Option<GuideId>| {
            guides.is_none_or(|those| guide.is_some_and(|it| those.contains(&it)))
        };
        found += u32::try_from(served.iter().filter(|it| wanted(it)).count()).unwrap_or(0);
    }
    Ok(found)
}

async fn active_of_all(
    db: &impl ConnectionTrait,
    account: AccountId,
    guides: Option<&[GuideId]>,
    since: Timestamp,
    most: u32,
) -> Result<u32> {
    let rows = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::MemberId)
        .filter(conversation::Column::AccountId.eq(account))
        .filter(conversation::Column::LastMemberAt.gte(since));
    let Some(guides) = guides else {
        return count_to(db, rows.into_query(), most).await;
    };
    let mut found = 0;
    for piece in guides.chunks(GUIDES_MAX) {
        let guides = padded(piece.iter().copied());
        let theirs = rows.clone();
        let theirs = theirs.filter(conversation::Column::GuideId.is_in(guides));
        found += count_to(db, theirs.into_query(), most - found).await?;
        if found >= most {
            break;
        }
    }
    Ok(found)
}

/// Few wait in any account's pool: they are read by that alone.
pub(in crate::conversations) async fn waiting_in_pool(
    db: &impl ConnectionTrait,
    account: AccountId,
    most: u32,
) -> Result<u32> {
    let query = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::AccountId)
        .filter(conversation::Column::GuideId.is_null())
        .filter(conversation::Column::Unanswered.eq(true))
        .limit(u64::from(most));
    let found: Vec<AccountId> = query.into_tuple().all(db).await?;
    let here = found.into_iter().filter(|of| *of == account).count();
    Ok(u32::try_from(here).unwrap_or(most))
}
