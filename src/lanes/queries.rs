//! Lanes in the store.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use daogou_schema::lane::{self, Entity, Way};
use daogou_schema::{AccountId, Address, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, SqlErr,
};

use super::Hold;
use crate::db::{Only, Txn, padded, pieces};
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

/// A lane that nobody holds. On the servers its row is locked until the unit ends.
pub struct Free {
    person: Address,
    way: Way,
    fence: i64,
}

impl Free {
    /// The number that the next holder gets.
    pub fn fence(&self) -> i64 {
        self.fence
    }
}

/// The lane, if it is free or its lease is over.
///
/// # Errors
/// When the store fails.
pub async fn find_free(
    txn: &Txn,
    person: &Address,
    way: Way,
    now: Timestamp,
) -> Result<Option<Free>> {
    // The row is locked first: a condition in the UPDATE alone would be judged by what was committed before the
    // present holder let go, and a push that arrived in that moment would wait for nobody.
    let fence = match locked(txn, person, way).await? {
        Some(row) if row.owner.is_some() && row.lease_until > now => return Ok(None),
        Some(row) => row.fence + 1,
        None => 1,
    };
    Ok(Some(Free {
        person: person.clone(),
        way,
        fence,
    }))
}

/// Takes a free lane.
///
/// # Errors
/// [`Error::Taken`] when somebody was faster, or when the store fails.
pub async fn take(txn: &Txn, free: Free, owner: &str, now: Timestamp) -> Result<Hold> {
    let Free { person, way, fence } = free;
    let row = lane::ActiveModel {
        account_id: Set(person.account_id),
        openid: Set(person.openid.clone()),
        way: Set(way),
        owner: Set(Some(owner.to_owned())),
        lease_until: Set(now + lease(way)),
        fence: Set(fence),
    };
    if fence == 1 {
        // Not "insert or ignore": MySQL would report the ignored row as inserted, and two would hold the lane.
        let inserted = Entity::insert(row).exec_without_returning(txn.conn()).await;
        inserted.map_err(taken)?;
    } else {
        let taken = Entity::update_many()
            .set(row)
            .filter(of(&person, way))
            .exec(txn.conn())
            .await?;
        if taken.rows_affected != 1 {
            return Err(Error::Taken);
        }
    }
    Ok(Hold {
        person,
        way,
        owner: owner.to_owned(),
        fence,
    })
}

/// Whether the lane is still this holder's. Whoever comes meanwhile waits for the commit.
///
/// # Errors
/// When the store fails.
pub async fn is_held(txn: &Txn, hold: &Hold) -> Result<bool> {
    let row = locked(txn, &hold.person, hold.way).await?;
    Ok(
        row.is_some_and(|row| {
            row.fence == hold.fence && row.owner.as_deref() == Some(&*hold.owner)
        }),
    )
}

/// Holds the lane for another lease.
///
/// # Errors
/// When the store fails.
pub async fn renew(txn: &Txn, hold: &Hold, now: Timestamp) -> Result<()> {
    let renewed = lane::ActiveModel {
        lease_until: Set(now + lease(hold.way)),
        ..Default::default()
    };
    Entity::update_many()
        .set(renewed)
        .filter(of(&hold.person, hold.way))
        .filter(lane::Column::Fence.eq(hold.fence))
        .exec(txn.conn())
        .await?;
    Ok(())
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

/// Keeps everybody else from working for `people` of an account until this unit ends. They are locked in one order, so
/// that two units do not wait for each other.
///
/// # Errors
/// [`Error::Taken`] when somebody else met one of them for the first time in the same moment, or when the store fails.
pub async fn lock_all(
    txn: &Txn,
    account: AccountId,
    people: &BTreeSet<&str>,
    way: Way,
) -> Result<()> {
    if txn.is_alone() {
        return Ok(());
    }
    let locked: Vec<String> = Entity::find()
        .select_only()
        .column(lane::Column::Openid)
        .filter(lane::Column::AccountId.eq(account))
        .filter(lane::Column::Openid.is_in(padded(people.iter().copied())))
        .filter(lane::Column::Way.eq(way))
        .order_by_asc(lane::Column::Openid)
        .lock_exclusive()
        .into_tuple()
        .all(txn.conn())
        .await?;
    let new: Vec<_> = people
        .iter()
        .filter(|openid| !locked.iter().any(|known| known == *openid))
        .map(|openid| lane::ActiveModel {
            account_id: Set(account),
            openid: Set((*openid).to_owned()),
            way: Set(way),
            owner: Set(None),
            lease_until: Set(Timestamp(0)),
            fence: Set(1),
        })
        .collect();
    for piece in pieces(new) {
        let inserted = Entity::insert_many(piece).exec_without_returning(txn.conn());
        inserted.await.map_err(taken)?;
    }
    Ok(())
}

fn taken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::Taken,
        _ => Error::from(error),
    }
}

/// Waits until whoever decides now what is sent to `person` has committed, and keeps the next decision waiting until this
/// unit has: what an act changes for the sender changes between two decisions.
///
/// # Errors
/// When the store fails.
pub async fn wait_for_sender(txn: &Txn, person: &Address) -> Result<()> {
    if txn.is_alone() {
        return Ok(());
    }
    locked(txn, person, Way::Out).await.map(drop)
}

async fn locked(txn: &Txn, person: &Address, way: Way) -> Result<Option<lane::Model>> {
    Ok(Entity::find()
        .filter(of(person, way))
        .lock_exclusive()
        .only(txn.conn())
        .await?)
}

fn of(person: &Address, way: Way) -> Condition {
    Condition::all()
        .add(lane::Column::AccountId.eq(person.account_id))
        .add(lane::Column::Openid.eq(person.openid.as_str()))
        .add(lane::Column::Way.eq(way))
}

/// Frees every lane that is held: at the start of the only process, whoever held one is dead.
///
/// # Errors
/// When the store fails.
pub async fn free_all(txn: &Txn, now: Timestamp) -> Result<()> {
    let free = lane::ActiveModel {
        owner: Set(None),
        ..Default::default()
    };
    Entity::update_many()
        .set(free)
        .filter(lane::Column::LeaseUntil.gt(now))
        .exec(txn.conn())
        .await?;
    Ok(())
}
