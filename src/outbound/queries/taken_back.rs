//! What is taken back before it goes out: dropped for good, or put back to wait.

use std::collections::BTreeSet;

use daogou_schema::outbound::{self, Entity, Purpose, State};
use daogou_schema::{Address, GuideId, MemberId, MessageId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::of;
use crate::db::{Txn, among, padded};
use crate::error::Result;
use crate::outbound::Reason;

/// Drops what still waits for a guide and says which lines were among it.
pub(in crate::outbound) async fn drop_relays(txn: &Txn, to: &Address) -> Result<Vec<MessageId>> {
    let purposes = [Purpose::Relay, Purpose::Notice, Purpose::Waiting];
    let waiting = of(to)
        .add(outbound::Column::State.is_in([State::Ready, State::Held]))
        .add(outbound::Column::Purpose.is_in(purposes));
    let lines: Vec<Option<MessageId>> = Entity::find()
        .select_only()
        .column(outbound::Column::MessageId)
        .filter(waiting.clone())
        .into_tuple()
        .all(txn.conn())
        .await?;
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Dropped.into())
        .filter(waiting)
        .exec(txn.conn())
        .await?;
    Ok(lines.into_iter().flatten().collect())
}

/// Drops the lines about a member that still wait for anybody but `except`, and says which they are.
pub(in crate::outbound) async fn drop_relays_about(
    txn: &Txn,
    member: MemberId,
    except: Option<GuideId>,
) -> Result<Vec<MessageId>> {
    let mut waiting = relays_waiting().add(outbound::Column::MemberId.eq(member));
    if let Some(guide) = except {
        waiting = waiting.add(outbound::Column::GuideId.ne(guide));
    }
    let lines: Vec<Option<MessageId>> = Entity::find()
        .select_only()
        .column(outbound::Column::MessageId)
        .filter(waiting.clone())
        // Whoever is about to send one of them waits, and then finds it dropped: two guides must not get it.
        .lock_exclusive()
        .into_tuple()
        .all(txn.conn())
        .await?;
    if !lines.is_empty() {
        Entity::update_many()
            .col_expr(outbound::Column::State, State::Dropped.into())
            .filter(waiting)
            .exec(txn.conn())
            .await?;
    }
    Ok(lines.into_iter().flatten().collect())
}

/// Whose of `members` lines still wait for a guide.
pub(in crate::outbound) async fn with_relays_waiting(
    txn: &Txn,
    members: &[MemberId],
) -> Result<BTreeSet<MemberId>> {
    if members.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<Option<MemberId>> = Entity::find()
        .select_only()
        .column(outbound::Column::MemberId)
        .filter(relays_waiting())
        .filter(outbound::Column::MemberId.is_in(padded(members.iter().copied())))
        .into_tuple()
        .all(txn.conn())
        .await?;
    Ok(found.into_iter().flatten().collect())
}

fn relays_waiting() -> Condition {
    Condition::all()
        .add(outbound::Column::State.is_in([State::Ready, State::Held]))
        .add(outbound::Column::Purpose.eq(Purpose::Relay))
}

/// Drops a guide's answers that still wait for any of `people`, and says which they are and for whom.
pub(in crate::outbound) async fn drop_answers(
    txn: &Txn,
    people: &[Address],
    guide: GuideId,
) -> Result<Vec<(MemberId, MessageId)>> {
    let waiting = Condition::all()
        .add(among(
            outbound::Column::AccountId,
            outbound::Column::Openid,
            people,
        ))
        .add(outbound::Column::State.is_in([State::Ready, State::Held]))
        .add(outbound::Column::Purpose.eq(Purpose::Answer))
        .add(outbound::Column::GuideId.eq(guide));
    let found: Vec<(Option<MemberId>, Option<MessageId>)> = Entity::find()
        .select_only()
        .columns([outbound::Column::MemberId, outbound::Column::MessageId])
        .filter(waiting.clone())
        // Whoever is about to send one of them waits, and then finds it dropped.
        .lock_exclusive()
        .into_tuple()
        .all(txn.conn())
        .await?;
    if !found.is_empty() {
        Entity::update_many()
            .col_expr(outbound::Column::State, State::Dropped.into())
            .filter(waiting)
            .exec(txn.conn())
            .await?;
    }
    let found = found.into_iter();
    Ok(found
        .filter_map(|(member, message)| member.zip(message))
        .collect())
}

/// Puts the label that was sent before a file back to wait with the file.
pub(in crate::outbound) async fn hold_label(
    txn: &Txn,
    file: &outbound::Model,
    reason: Reason,
) -> Result<()> {
    // Found by the push alone, which caused little: SQLite, which knows no figures, would rather look through everything
    // that was sent.
    let caused = Entity::find()
        .filter(outbound::Column::InboundId.eq(file.inbound_id))
        .all(txn.conn())
        .await?;
    let is_label = |row: &&outbound::Model| {
        row.message_id == file.message_id
            && row.openid == file.openid
            && row.purpose == Purpose::Relay
            && row.state == State::Sent
            && row.id < file.id
    };
    let labels = caused.iter().filter(is_label).map(|row| row.id);
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Held.into())
        .col_expr(outbound::Column::Reason, reason.word().into())
        .filter(outbound::Column::Id.is_in(labels))
        .exec(txn.conn())
        .await?;
    Ok(())
}
