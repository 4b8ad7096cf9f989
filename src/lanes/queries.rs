//! Lanes in the store.

use chrono::TimeDelta;
use daogou_schema::lane::{self, Entity, Way};
use daogou_schema::{Address, Timestamp};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Set, SqlErr};

use super::Hold;
use crate::db::Txn;
use crate::error::{Error, Result};

/// How long a lane is held without being renewed: longer than the longest piece of work in it, shorter than a person's
/// patience. A push is handled in one transaction; a message may need its file fetched and uploaded first (outbound's
/// deadlines).
fn lease(way: Way) -> TimeDelta {
    match way {
        Way::In => TimeDelta::seconds(15),
        Way::Out => TimeDelta::seconds(50),
    }
}

/// Takes the lane if it is free or its lease is over.
///
/// # Errors
/// When the store fails.
pub async fn take(
    txn: &Txn,
    person: &Address,
    way: Way,
    owner: &str,
    now: Timestamp,
) -> Result<Option<Hold>> {
    // The row is locked first: a condition in the UPDATE alone would be judged by what was committed before the
    // present holder let go, and a push that arrived in that moment would wait for nobody.
    let fence = match locked(txn, person, way).await? {
        Some(row) if row.owner.is_some() && row.lease_until > now => return Ok(None),
        Some(row) => row.fence + 1,
        None => 1,
    };
    let row = lane::ActiveModel {
        account_id: Set(person.account_id),
        openid: Set(person.openid.clone()),
        way: Set(way),
        owner: Set(Some(owner.to_owned())),
        lease_until: Set(now + lease(way)),
        fence: Set(fence),
    };
    let got = if fence == 1 {
        // Not "insert or ignore": MySQL would report the ignored row as inserted, and two would hold the lane.
        let inserted = Entity::insert(row).exec_without_returning(txn.conn()).await;
        inserted.map_err(|e| match e.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Error::Taken,
            _ => Error::from(e),
        })?;
        true
    } else {
        let taken = Entity::update_many()
            .set(row)
            .filter(of(person, way))
            .exec(txn.conn())
            .await?;
        taken.rows_affected == 1
    };
    let hold = Hold {
        person: person.clone(),
        way,
        owner: owner.to_owned(),
        fence,
    };
    Ok(got.then_some(hold))
}

/// Whether the lane is still this holder's; renews it when it is. Whoever comes meanwhile waits for the commit.
///
/// # Errors
/// When the store fails.
pub async fn still_held(txn: &Txn, hold: &Hold, now: Timestamp) -> Result<bool> {
    let row = locked(txn, &hold.person, hold.way).await?;
    if !row.is_some_and(|row| row.fence == hold.fence && row.owner.as_deref() == Some(&*hold.owner))
    {
        return Ok(false);
    }
    let renewed = lane::ActiveModel {
        lease_until: Set(now + lease(hold.way)),
        ..Default::default()
    };
    Entity::update_many()
        .set(renewed)
        .filter(of(&hold.person, hold.way))
        .exec(txn.conn())
        .await?;
    Ok(true)
}

/// Lets the lane go.
///
/// # Errors
/// When the store fails.
pub async fn release(txn: &Txn, hold: &Hold) -> Result<()> {
    let free = lane::ActiveModel {
        owner: Set(None),
        ..Default::default()
    };
    Entity::update_many()
        .set(free)
        .filter(of(&hold.person, hold.way))
        .filter(lane::Column::Fence.eq(hold.fence))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Waits until whoever decides now what is sent to `person` has committed, and keeps the next decision waiting until this
/// unit has: what an act changes for the sender changes between two decisions.
///
/// # Errors
/// When the store fails.
pub async fn wait_for_sender(txn: &Txn, person: &Address) -> Result<()> {
    locked(txn, person, Way::Out).await.map(drop)
}

async fn locked(txn: &Txn, person: &Address, way: Way) -> Result<Option<lane::Model>> {
    Ok(Entity::find()
        .filter(of(person, way))
        .lock_exclusive()
        .one(txn.conn())
        .await?)
}

fn of(person: &Address, way: Way) -> Condition {
    Condition::all()
        .add(lane::Column::AccountId.eq(person.account_id))
        .add(lane::Column::Openid.eq(person.openid.as_str()))
        .add(lane::Column::Way.eq(way))
}

/// Frees every lane: at the start of the only process, whoever held one is dead.
///
/// # Errors
/// When the store fails.
pub async fn free_all(txn: &Txn) -> Result<()> {
    let free = lane::ActiveModel {
        owner: Set(None),
        ..Default::default()
    };
    Entity::update_many()
        .set(free)
        .filter(lane::Column::Owner.is_not_null())
        .exec(txn.conn())
        .await?;
    Ok(())
}
