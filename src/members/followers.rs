//! Followers whom WeChat lists: who is not known yet becomes a member, without having acted.

use std::collections::{HashMap, HashSet};

use daogou_schema::{AccountId, MemberId, Timestamp, identity, member};

use super::queries::followers as queries;
use crate::db::Txn;
use crate::error::Result;

/// Somebody who follows, as WeChat tells of her.
#[derive(Clone, Debug)]
pub struct Follower {
    /// Who.
    pub openid: String,
    /// Who she is across accounts.
    pub unionid: Option<String>,
    /// Since when she follows.
    pub since: Timestamp,
    /// How she came, in WeChat's words.
    pub scene: Option<String>,
}

/// What became of them.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Nobody knew these so far.
    pub new: Vec<MemberId>,
    /// These are known at another account, and now here too.
    pub joined: Vec<MemberId>,
    /// How many had unfollowed and are back.
    pub back: usize,
}

/// Makes members of followers. What they did themselves counts for more than what WeChat told of them before: whoever has
/// unfollowed since stays so, and whoever is known stays as she is.
///
/// # Errors
/// [`crate::error::Error::Taken`] when one of them acts in the same moment; when the store fails.
pub async fn take_followers_in(
    txn: &Txn,
    account: AccountId,
    followers: &[Follower],
    now: Timestamp,
) -> Result<Taken> {
    let openids: Vec<_> = followers.iter().map(|it| it.openid.as_str()).collect();
    let known = queries::known_here(txn, account, &openids).await?;
    let known: HashMap<_, _> = known
        .iter()
        .map(|(row, member)| (row.openid.as_str(), (row, member.as_ref())))
        .collect();
    let unionids: Vec<_> = followers
        .iter()
        .filter_map(|it| it.unionid.as_deref())
        .collect();
    let mut holders = queries::holders(txn, &unionids).await?;
    let mut taken = Taken::default();
    let mut new = Vec::new();
    let mut seen = HashSet::new();
    for follower in followers.iter().filter(|it| seen.insert(&it.openid)) {
        match known.get(follower.openid.as_str()) {
            Some((row, member)) => {
                taken.back += usize::from(is_back(txn, row, follower).await?);
                learn(txn, follower, *member, &mut holders).await?;
            }
            None => new.push(follower),
        }
    }
    insert(txn, account, &new, &holders, now, &mut taken).await?;
    Ok(taken)
}

/// Notes that somebody is back whose return nobody pushed.
async fn is_back(txn: &Txn, row: &identity::Model, follower: &Follower) -> Result<bool> {
    let left = row.unsubscribed_at.unwrap_or(Timestamp(0));
    if row.subscribed || follower.since <= left {
        return Ok(false);
    }
    queries::come_back(txn, row, follower).await
}

/// Notes who a known one is across accounts, unless that is another member: two who turn out to be one are not merged here.
async fn learn(
    txn: &Txn,
    follower: &Follower,
    member: Option<&member::Model>,
    holders: &mut HashMap<String, MemberId>,
) -> Result<()> {
    let (Some(unionid), Some(member)) = (&follower.unionid, member) else {
        return Ok(());
    };
    if member.unionid.is_none() && !holders.contains_key(unionid) {
        queries::set_unionid(txn, member.id, unionid).await?;
        holders.insert(unionid.clone(), member.id);
    }
    Ok(())
}

async fn insert(
    txn: &Txn,
    account: AccountId,
    followers: &[&Follower],
    holders: &HashMap<String, MemberId>,
    now: Timestamp,
    taken: &mut Taken,
) -> Result<()> {
    let holder = |it: &Follower| it.unionid.as_ref().and_then(|id| holders.get(id)).copied();
    let strangers: Vec<_> = followers
        .iter()
        .copied()
        .filter(|it| holder(it).is_none())
        .collect();
    let ids = queries::insert_members(txn, &strangers, now).await?;
    let mut rows: Vec<_> = strangers.iter().copied().zip(ids.iter().copied()).collect();
    taken.new.extend(ids);
    for follower in followers {
        if let Some(member) = holder(follower) {
            rows.push((*follower, member));
            taken.joined.push(member);
        }
    }
    queries::insert_identities(txn, account, &rows).await
}
