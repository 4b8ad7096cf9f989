//! Storing pushes: each once, whatever is delivered twice. What waits at the same time is stored together, and takes
//! effect in the same transaction when it is its turn.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use daogou_schema::inbound::State;
use daogou_schema::lane::Way;
use daogou_schema::{AccountId, InboundId};

use super::handle::{self, Act};
use super::intake::{Arriving, Record};
use super::steps::{self, Turn};
use super::{answer, queries};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes;

/// What became of a push.
#[derive(Clone)]
pub(super) enum Accepted {
    /// It is stored and decided: this is its passive answer, or none.
    Decided {
        id: InboundId,
        answer: Option<String>,
    },
    /// It is stored and has to wait for its turn.
    Waits { id: InboundId },
}

/// Stores pushes, each once, and lets those take effect whose turn it is: all in one transaction.
pub(super) async fn accept_all(txn: &Txn, pushes: &[Arc<Arriving>]) -> Result<Vec<Accepted>> {
    let mut places = known(txn, pushes).await?;
    let fresh = fresh(pushes, &places);
    let busy = busy(txn, &fresh).await?;
    let rows: Vec<_> = fresh
        .iter()
        .map(|push| (&push.record, state(push, &busy)))
        .collect();
    let ids = match rows.is_empty() {
        true => Vec::new(),
        false => queries::insert(txn, &rows).await?,
    };
    let mut accepted = HashMap::new();
    for (push, id) in fresh.iter().zip(&ids) {
        places.insert(push.record.key(), *id);
    }
    let stored = fresh.into_iter().zip(ids).collect();
    let mut due = Vec::new();
    for (push, id) in turns(txn, stored) {
        match (&push.push, state(push, &busy)) {
            (Some(_), State::Stored) => {
                accepted.insert(id, Accepted::Waits { id });
            }
            (Some(read), _) => due.push(Turn { push, read, id }),
            (None, _) => {
                accepted.insert(id, Accepted::Decided { id, answer: None });
            }
        }
    }
    for (id, answer) in take_all_effects(txn, due).await? {
        accepted.insert(id, Accepted::Decided { id, answer });
    }
    let mut outcomes = Vec::with_capacity(pushes.len());
    for push in pushes {
        let id = places.get(&push.record.key()).copied();
        let id = id.ok_or_else(|| Error::Internal("a push was not stored".into()))?;
        outcomes.push(match accepted.get(&id) {
            Some(outcome) => outcome.clone(),
            None => look_again(txn, id).await?,
        });
    }
    Ok(outcomes)
}

type Places<'a> = HashMap<(AccountId, &'a str), InboundId>;
type Person<'a> = (AccountId, &'a str);

/// What is stored already.
async fn known<'a>(txn: &Txn, pushes: &'a [Arc<Arriving>]) -> Result<Places<'a>> {
    let mut places = HashMap::new();
    for account in accounts_of(pushes.iter().map(|push| &push.record)) {
        let here = pushes
            .iter()
            .map(|push| &push.record)
            .filter(|record| record.person.account_id == account);
        let keys: BTreeSet<&str> = here.map(|record| record.dedupe_key.as_str()).collect();
        for (key, id) in queries::known(txn, account, keys.iter().copied()).await? {
            if let Some(key) = keys.get(key.as_str()) {
                places.insert((account, *key), id);
            }
        }
    }
    Ok(places)
}

/// What has to be stored, each push once however often it came.
fn fresh<'a>(pushes: &'a [Arc<Arriving>], known: &Places<'a>) -> Vec<&'a Arriving> {
    let mut seen = HashSet::new();
    pushes
        .iter()
        .map(AsRef::as_ref)
        .filter(|push: &&Arriving| {
            let key = push.record.key();
            !known.contains_key(&key) && seen.insert(key)
        })
        .collect()
}

/// Who has pushes that must take effect first. On the servers nobody else handles these people's pushes until this unit
/// ends.
async fn busy(txn: &Txn, fresh: &[&Arriving]) -> Result<BTreeSet<(AccountId, String)>> {
    let mut busy = BTreeSet::new();
    for account in accounts_of(fresh.iter().map(|push| &push.record)) {
        let here = fresh.iter().map(|push| &push.record.person);
        let people: BTreeSet<&str> = here
            .filter(|person| person.account_id == account && !person.openid.is_empty())
            .map(|person| person.openid.as_str())
            .collect();
        if people.is_empty() {
            continue;
        }
        lanes::lock_all(txn, account, &people, Way::In).await?;
        let found = queries::busy(txn, account, people).await?;
        busy.extend(found.into_iter().map(|openid| (account, openid)));
    }
    Ok(busy)
}

fn accounts_of<'a>(records: impl Iterator<Item = &'a Record>) -> BTreeSet<AccountId> {
    records.map(|record| record.person.account_id).collect()
}

fn state(push: &Arriving, busy: &BTreeSet<(AccountId, String)>) -> State {
    let person = &push.record.person;
    match push.push {
        None => State::Unreadable,
        Some(_) if busy.contains(&(person.account_id, person.openid.clone())) => State::Stored,
        Some(_) => State::Done,
    }
}

/// In which order pushes take effect: as they came. Where units run beside each other, people who scanned one code stand
/// together and codes in one order, so that two units do not wait for each other's guides; a person's pushes keep theirs.
fn turns<'a>(
    txn: &Txn,
    mut stored: Vec<(&'a Arriving, InboundId)>,
) -> Vec<(&'a Arriving, InboundId)> {
    if txn.is_alone() {
        return stored;
    }
    let mut scanned: HashMap<Person<'a>, &'a str> = HashMap::new();
    for (push, _) in &stored {
        if let Some(scene) = push.push.as_ref().and_then(steps::scene) {
            scanned.entry(push.record.person()).or_insert(scene);
        }
    }
    stored.sort_by_key(|(push, id)| {
        let person = push.record.person();
        let scene = scanned.get(&person).copied().unwrap_or_default();
        (scene, person, *id)
    });
    stored
}

type Answers = Vec<(InboundId, Option<String>)>;

async fn take_all_effects(txn: &Txn, turns: Vec<Turn<'_>>) -> Result<Answers> {
    let steps = steps::divide(txn, turns).await?;
    let mut answers = Answers::new();
    for step in &steps.abreast {
        let given = txn.abreast_all(step, |txn, turn| Box::pin(take_effect(txn, turn)));
        let ids = step.iter().map(|turn| turn.id);
        answers.extend(ids.zip(given.await?));
    }
    for turn in &steps.alone {
        answers.push((turn.id, take_effect(txn, turn).await?));
    }
    Ok(answers)
}

async fn take_effect(txn: &Txn, turn: &Turn<'_>) -> Result<Option<String>> {
    let Turn { push, read, id } = *turn;
    let record = &push.record;
    let now = record.received_at;
    let visit = Visit {
        account: push.account.clone(),
        openid: record.person.openid.clone(),
        inbound_id: Some(id),
        acted_at: record.pushed_at.map_or(now, |at| at.min(now)),
        now,
        texts: push.texts.clone(),
        timezone: push.timezone,
        links: push.links.clone(),
        sensitive: push.sensitive.clone(),
        config: push.config.clone(),
    };
    let key_index = record.key_index.and_then(|index| index.try_into().ok());
    let act = Act {
        push: read,
        visit: &visit,
        attended: push.is_attended(),
        key_index: key_index.unwrap_or(0),
        seal: &push.seal,
        holders: &push.holders,
    };
    let Some(answering) = handle::handle_in(txn, &act).await? else {
        return Ok(None);
    };
    let body = answering.mark_in(txn, &visit, id).await?;
    queries::set_passive(txn, id, &body).await?;
    Ok(Some(body))
}

/// A push that is stored already: a duplicate gets the answer again.
async fn look_again(txn: &Txn, id: InboundId) -> Result<Accepted> {
    // Forgotten after its days: it took effect long ago.
    let decided = queries::get(txn.conn(), id)
        .await?
        .map_or(Some(None), answer::read);
    Ok(match decided {
        Some(answer) => Accepted::Decided { id, answer },
        None => Accepted::Waits { id },
    })
}

/// Stores a push without letting it take effect: something about it fails.
pub(super) async fn store_only(txn: &Txn, push: &Arriving) -> Result<Accepted> {
    let record = &push.record;
    let known = queries::known(txn, record.person.account_id, [record.dedupe_key.as_str()]).await?;
    if let Some((_, id)) = known.first() {
        return look_again(txn, *id).await;
    }
    let state = match push.push {
        Some(_) => State::Stored,
        None => State::Unreadable,
    };
    let ids = queries::insert(txn, &[(record, state)]).await?;
    let id = ids.first().copied().unwrap_or(InboundId(0));
    Ok(match state {
        State::Stored => Accepted::Waits { id },
        _ => Accepted::Decided { id, answer: None },
    })
}
