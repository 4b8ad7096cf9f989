//! Reading conversations for who looks them over.

use daogou_schema::{
    AccountId, GuideId, MemberId, MessageId, Timestamp, conversation, conversation::Column, message,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::conversations::list::Place;
use crate::db::{Only, padded};
use crate::error::Result;

/// The conversations of an account, who wrote last first.
pub(in crate::conversations) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Option<Timestamp>,
    after: Option<Place>,
    count: u64,
) -> Result<Vec<conversation::Model>> {
    // Who never wrote has no time.
    let since = Column::LastMemberAt.gte(since.unwrap_or(Timestamp(1)));
    let Some(after) = after else {
        return a_stretch(db, account, Condition::all().add(since), count).await;
    };
    // Asked for both at once, a database reads all who wrote at the same moment.
    let same_moment = Condition::all()
        .add(Column::LastMemberAt.eq(after.at))
        .add(Column::MemberId.lt(after.member));
    let mut found = a_stretch(db, account, same_moment, count).await?;
    let missing = count.saturating_sub(found.len().try_into().unwrap_or(count));
    if missing > 0 {
        let before = Condition::all()
            .add(since)
            .add(Column::LastMemberAt.lt(after.at));
        found.extend(a_stretch(db, account, before, missing).await?);
    }
    Ok(found)
}

async fn a_stretch(
    db: &impl ConnectionTrait,
    account: AccountId,
    which: Condition,
    count: u64,
) -> Result<Vec<conversation::Model>> {
    let query = conversation::Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(which)
        .order_by_desc(Column::LastMemberAt)
        .order_by_desc(Column::MemberId)
        .limit(count);
    Ok(query.all(db).await?)
}

/// The conversations that a guide serves, or nobody, who wrote last first.
pub(in crate::conversations) async fn served_by(
    db: &impl ConnectionTrait,
    guide: Option<GuideId>,
    unanswered: bool,
    before: Option<MessageId>,
    count: u64,
) -> Result<Vec<conversation::Model>> {
    let by = match guide {
        Some(guide) => Column::GuideId.eq(guide),
        None => Column::GuideId.is_null(),
    };
    let wrote = match before {
        Some(before) => Column::LastLineId.lt(before),
        None => Column::LastLineId.is_not_null(),
    };
    let query = conversation::Entity::find()
        .filter(by)
        .filter(Column::Unanswered.eq(unanswered))
        .filter(wrote)
        .order_by_desc(Column::LastLineId)
        .limit(count);
    Ok(query.all(db).await?)
}

/// These lines.
pub(in crate::conversations) async fn lines_of(
    db: &impl ConnectionTrait,
    ids: &[MessageId],
) -> Result<Vec<message::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = message::Column::Id.is_in(padded(ids.iter().copied()));
    Ok(message::Entity::find().filter(these).all(db).await?)
}

/// A member's line, if it was said through the account.
pub(in crate::conversations) async fn line(
    db: &impl ConnectionTrait,
    account: AccountId,
    member: MemberId,
    id: MessageId,
) -> Result<Option<message::Model>> {
    let found = message::Entity::find_by_id(id).only(db).await?;
    Ok(found.filter(|line| line.account_id == account && line.member_id == member))
}

/// The next lines of a member's, oldest first.
pub(in crate::conversations) async fn lines_after(
    db: &impl ConnectionTrait,
    member: MemberId,
    after: MessageId,
    count: u64,
) -> Result<Vec<MessageId>> {
    let query = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::MemberId.eq(member))
        .filter(message::Column::Id.gt(after))
        .order_by_asc(message::Column::Id)
        .limit(count);
    Ok(query.into_tuple().all(db).await?)
}

/// A member's conversation.
pub(in crate::conversations) async fn of_member(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Option<conversation::Model>> {
    let query = conversation::Entity::find_by_id(member);
    Ok(query.only(db).await?)
}
