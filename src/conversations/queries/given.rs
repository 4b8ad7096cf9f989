//! Conversations that headquarters gives to somebody else.

use daogou_schema::{Address, GuideId, MemberId, Timestamp, conversation};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::update;
use crate::db::{Txn, insert_all, padded};
use crate::error::Result;

pub(in crate::conversations) async fn those(
    txn: &Txn,
    members: &[MemberId],
) -> Result<Vec<conversation::Model>> {
    let query = conversation::Entity::find()
        .filter(conversation::Column::MemberId.is_in(padded(members.iter().copied())))
        .order_by_asc(conversation::Column::MemberId);
    Ok(query.all(txn.conn()).await?)
}

/// The conversations of a guide whose last line came after `since` and has no answer, the newest first.
pub(in crate::conversations) async fn unanswered_since(
    txn: &Txn,
    guide: GuideId,
    since: Timestamp,
) -> Result<Vec<conversation::Model>> {
    let query = super::waiting_for(guide)
        .filter(conversation::Column::LastMemberAt.gte(since))
        .order_by_desc(conversation::Column::LastLineId)
        .limit(super::POOLED_MAX);
    Ok(query.all(txn.conn()).await?)
}

/// `next` serves these who never wrote, and has still to say so.
pub(in crate::conversations) async fn insert_given(
    txn: &Txn,
    people: &[(MemberId, Address)],
    next: GuideId,
) -> Result<()> {
    let row = |(member, person): &(MemberId, Address)| {
        let row = conversation::Model {
            member_id: *member,
            account_id: person.account_id,
            openid: person.openid.clone(),
            guide_id: Some(next),
            last_member_at: None,
            last_line_id: None,
            unanswered: false,
            unread: None,
            last_reply_at: None,
            told_at: None,
            new_guide_id: Some(next),
        };
        conversation::ActiveModel::from(row).reset_all()
    };
    let rows: Vec<_> = people.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

/// `next` serves these from now on; `untold` has still to say so.
pub(in crate::conversations) async fn set_given(
    txn: &Txn,
    members: Vec<MemberId>,
    next: GuideId,
    untold: Option<GuideId>,
) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let row = conversation::ActiveModel {
        guide_id: Set(Some(next)),
        new_guide_id: Set(untold),
        ..Default::default()
    };
    conversation::Entity::update_many()
        .set(row)
        .filter(conversation::Column::MemberId.is_in(padded(members)))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// She knows who serves her.
pub(in crate::conversations) async fn forget_new_guide(txn: &Txn, member: MemberId) -> Result<()> {
    let row = conversation::ActiveModel {
        new_guide_id: Set(None),
        ..Default::default()
    };
    update(txn, member, row).await
}

/// Nobody waits for an answer to what these wrote last.
pub(in crate::conversations) async fn set_answered(
    txn: &Txn,
    members: Vec<MemberId>,
) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let row = conversation::ActiveModel {
        unanswered: Set(false),
        ..Default::default()
    };
    conversation::Entity::update_many()
        .set(row)
        .filter(conversation::Column::MemberId.is_in(padded(members)))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Nobody serves these now, and nobody has to introduce herself.
pub(in crate::conversations) async fn set_released(txn: &Txn, members: &[MemberId]) -> Result<()> {
    let row = conversation::ActiveModel {
        guide_id: Set(None),
        new_guide_id: Set(None),
        ..Default::default()
    };
    conversation::Entity::update_many()
        .set(row)
        .filter(conversation::Column::MemberId.is_in(padded(members.iter().copied())))
        .exec(txn.conn())
        .await?;
    Ok(())
}
