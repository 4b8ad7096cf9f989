//! Lanes in the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::lane::{self, Entity, Way};
use daogou_schema::{AccountId, Address, Timestamp};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, UpdateMany,
};

use super::{Hold, Holders};
use crate::db::{Txn, among, case, insert_all, padded};
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

/// The lane, if it is free, or if its lease is over and its holder is not known to be at work. Pushes are handled in
/// units that are short and fenced: their lanes are judged by the lease alone, as a node that only takes requests in does
/// not look after its own.
///
/// # Errors
/// When the store fails.
pub async fn find_free(
    txn: &Txn,
    person: &Address,
    way: Way,
    holders: &Holders,
    now: Timestamp,
) -> Result<Option<Free>> {
    let at_work =
        |row: &lane::Model| row.lease_until > now || (way == Way::Out && holders.is_at_work(row));
    // The row is locked first: a condition in the UPDATE alone would be judged by what was committed before the
    // present holder let go, and a push that arrived in that moment would wait for nobody.
    let fence = match locked(txn, person, way).await? {
        Some(row) if row.owner.is_some() && at_work(&row) => return Ok(None),
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
pub async fn take(txn: &Txn, free: Free, owner: Arc<str>, now: Timestamp) -> Result<Hold> {
    let hold = Hold {
        person: free.person,
        way: free.way,
        owner,
        fence: free.fence,
    };
    let until = now + lease(hold.way);
    match hold.fence {
        1 => {
            let row = lane::ActiveModel {
                account_id: Set(hold.person.account_id),
                openid: Set(hold.person.openid.clone()),
                way: Set(hold.way),
                owner: Set(Some(hold.owner.to_string())),
                lease_until: Set(until),
                fence: Set(hold.fence),
            };
            // Not "insert or ignore": MySQL would report the ignored row as inserted, and two would hold the lane.
            txn.together(row, |txn, rows| Box::pin(insert_all(txn, rows)))
                .await?;
        }
        _ => {
            txn.together((hold.clone(), until), |txn, holds| {
                Box::pin(take_all(txn, holds))
            })
            .await?;
        }
    }
    Ok(hold)
}

/// Their rows are locked since [`find_free`], so each has the fence that it had.
async fn take_all(txn: &Txn, holds: &[(Hold, Timestamp)]) -> Result<Vec<()>> {
    for (owner, way, latest, holds) in alike(holds) {
        let taken = Entity::update_many()
            .col_expr(lane::Column::Owner, owner.to_string().into())
            .col_expr(lane::Column::LeaseUntil, latest.0.into())
            .col_expr(lane::Column::Fence, Expr::col(lane::Column::Fence).add(1))
            .filter(those(holds.iter().map(|hold| &hold.person), way))
            .exec(txn.conn())
            .await?;
        if usize::try_from(taken.rows_affected).ok() != Some(holds.len()) {
            return Err(Error::Taken);
        }
    }
    Ok(vec![(); holds.len()])
}

/// Those of one owner, one way and one account, with the latest of their times.
fn alike(holds: &[(Hold, Timestamp)]) -> Vec<(Arc<str>, Way, Timestamp, Vec<&Hold>)> {
    let mut groups: BTreeMap<_, (Timestamp, Vec<&Hold>)> = BTreeMap::new();
    for (hold, until) in holds {
        let kind = (
            hold.owner.clone(),
            hold.person.account_id,
            hold.way.to_value(),
        );
        let (latest, group) = groups.entry(kind).or_insert((*until, Vec::new()));
        *latest = Ord::max(*latest, *until);
        group.push(hold);
    }
    let groups = groups
        .into_iter()
        .filter_map(|((owner, ..), (latest, group))| {
            let way = group.first()?.way;
            Some((owner, way, latest, group))
        });
    groups.collect()
}

/// Whether the lane is still this holder's. Whoever comes meanwhile waits for the commit.
///
/// # Errors
/// When the store fails.
pub async fn is_held(txn: &Txn, hold: &Hold) -> Result<bool> {
    let row = locked(txn, &hold.person, hold.way).await?;
    let hers =
        |row: lane::Model| row.fence == hold.fence && row.owner.as_deref() == Some(&*hold.owner);
    Ok(row.is_some_and(hers))
}

/// Holds the lane for another lease.
///
/// # Errors
/// When the store fails.
pub async fn renew(txn: &Txn, hold: &Hold, now: Timestamp) -> Result<()> {
    let until = now + lease(hold.way);
    txn.together((hold.clone(), until), |txn, holds| {
        Box::pin(async move {
            for (_, way, latest, group) in alike(holds) {
                let renewed = held(&group, way);
                renewed
                    .col_expr(lane::Column::LeaseUntil, latest.0.into())
                    .exec(txn.conn())
                    .await?;
            }
            Ok(vec![(); holds.len()])
        })
    })
    .await
}

/// Lets the lane go.
///
/// # Errors
/// When the store fails.
pub async fn release(txn: &Txn, hold: &Hold) -> Result<()> {
    txn.together((hold.clone(), Timestamp(0)), |txn, holds| {
        Box::pin(async move {
            for (_, way, _, group) in alike(holds) {
                let nobody = Expr::value(None::<String>);
                held(&group, way)
                    .col_expr(lane::Column::Owner, nobody)
                    .exec(txn.conn())
                    .await?;
            }
            Ok(vec![(); holds.len()])
        })
    })
    .await
}

/// A change of lanes, of one account, that are still held under the same numbers.
fn held(holds: &[&Hold], way: Way) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(those(holds.iter().map(|hold| &hold.person), way))
        .filter(Expr::col(lane::Column::Fence).eq(fences(holds)))
}

/// The numbers under which people of one account are held.
fn fences(holds: &[&Hold]) -> SimpleExpr {
    let fences = holds
        .iter()
        .map(|hold| (hold.person.openid.as_str(), hold.fence));
    case(lane::Column::Openid, padded(fences))
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
    insert_all(txn, &new).await.map(drop)
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

/// The sending lanes of `people`.
///
/// # Errors
/// When the store fails.
pub async fn find_senders<'a>(
    txn: &Txn,
    people: impl IntoIterator<Item = &'a Address>,
) -> Result<Vec<lane::Model>> {
    let lanes = Entity::find().filter(those(people, Way::Out));
    Ok(lanes.all(txn.conn()).await?)
}

async fn locked(txn: &Txn, person: &Address, way: Way) -> Result<Option<lane::Model>> {
    txn.together((person.clone(), way), |txn, lanes| {
        Box::pin(all_locked(txn, lanes))
    })
    .await
}

/// In one order, so that two units do not wait for each other.
async fn all_locked(txn: &Txn, lanes: &[(Address, Way)]) -> Result<Vec<Option<lane::Model>>> {
    let mut found = Vec::new();
    for way in [Way::In, Way::Out] {
        let mut accounts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (person, _) in lanes.iter().filter(|(_, of)| *of == way) {
            accounts
                .entry(person.account_id)
                .or_default()
                .insert(person);
        }
        for people in accounts.into_values() {
            let rows = Entity::find()
                .filter(those(people, way))
                .order_by_asc(lane::Column::Openid)
                .lock_exclusive()
                .all(txn.conn());
            found.extend(rows.await?);
        }
    }
    let of = |(person, way): &(Address, Way)| {
        let here = |row: &&lane::Model| {
            row.account_id == person.account_id && row.openid == person.openid && row.way == *way
        };
        found.iter().find(here).cloned()
    };
    Ok(lanes.iter().map(of).collect())
}

fn those<'a>(people: impl IntoIterator<Item = &'a Address>, way: Way) -> Condition {
    let people = among(lane::Column::AccountId, lane::Column::Openid, people);
    Condition::all().add(people).add(lane::Column::Way.eq(way))
}

/// Forgets the lanes of somebody whom nobody works for; false, and nothing is done, while somebody does. Whoever comes
/// next waits for this unit and begins anew.
///
/// # Errors
/// When the store fails.
pub async fn forget(
    txn: &Txn,
    person: &Address,
    holders: &Holders,
    now: Timestamp,
) -> Result<bool> {
    for way in [Way::In, Way::Out] {
        if find_free(txn, person, way, holders, now).await?.is_none() {
            return Ok(false);
        }
    }
    for way in [Way::In, Way::Out] {
        Entity::delete_many()
            .filter(those([person], way))
            .exec(txn.conn())
            .await?;
    }
    Ok(true)
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
