//! In which steps pushes take effect that are stored in one unit of work: many abreast, where none of them decides by what
//! another one changes, and the others alone.

use std::collections::{BTreeSet, HashSet};

use daogou_schema::{AccountId, InboundId};
use daogou_wechat::{Body, Event, Kind, Push};

use super::intake::Arriving;
use crate::conversations;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;

/// A stored push whose turn it is.
pub(super) struct Turn<'a> {
    pub push: &'a Arriving,
    pub read: &'a Push,
    pub id: InboundId,
}

/// The turns of one unit of work, in the order of their steps.
pub(super) struct Steps<'a> {
    /// Those in one of these take effect at once.
    pub abreast: Vec<Vec<Turn<'a>>>,
    /// After them, one by one.
    pub alone: Vec<Turn<'a>>,
}

/// What a push may stand abreast with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    /// People who come.
    Arrival,
    /// Customers' lines.
    Line,
    /// Guides' answers.
    Answer,
}

const RANKS: [Rank; 3] = [Rank::Arrival, Rank::Line, Rank::Answer];

/// Divides `turns`. A person's pushes keep their order: her first one may stand abreast with other people's.
pub(super) async fn divide<'a>(txn: &Txn, turns: Vec<Turn<'a>>) -> Result<Steps<'a>> {
    let mut alone = Vec::new();
    let mut abreast = Vec::new();
    let accounts: BTreeSet<AccountId> = turns.iter().map(|turn| account_of(turn)).collect();
    let mut rest = turns;
    for account in accounts {
        let (here, others) = rest
            .into_iter()
            .partition(|turn| account_of(turn) == account);
        rest = others;
        let mut steps = of_account(txn, account, here).await?;
        abreast.append(&mut steps.abreast);
        alone.append(&mut steps.alone);
    }
    Ok(Steps { abreast, alone })
}

fn account_of(turn: &Turn<'_>) -> AccountId {
    turn.push.record.person.account_id
}

async fn of_account<'a>(txn: &Txn, account: AccountId, turns: Vec<Turn<'a>>) -> Result<Steps<'a>> {
    if turns.len() == 1 {
        return Ok(Steps {
            abreast: Vec::new(),
            alone: turns,
        });
    }
    let known = Known::ask(txn, account, &turns).await?;
    let mut seen = HashSet::new();
    let mut ranks = RANKS.map(|_| Vec::new());
    let mut alone = Vec::new();
    for turn in turns {
        let first = seen.insert(turn.push.record.person.openid.as_str());
        let rank = known.rank(&turn).filter(|_| first);
        let place = rank.and_then(|rank| RANKS.iter().position(|r| *r == rank));
        match place.and_then(|place| ranks.get_mut(place)) {
            Some(row) => row.push(turn),
            None => alone.push(turn),
        }
    }
    Ok(Steps {
        abreast: ranks.into(),
        alone,
    })
}

/// What has to be known to tell the ranks apart.
struct Known {
    guides: BTreeSet<String>,
    /// Codes whose guide takes whoever scans them. By any other code somebody is chosen, and who is chosen next depends on
    /// that.
    certain: BTreeSet<String>,
}

impl Known {
    async fn ask(txn: &Txn, account: AccountId, turns: &[Turn<'_>]) -> Result<Self> {
        let people = turns.iter().map(|turn| turn.push.record.person.clone());
        let people: BTreeSet<_> = people.collect();
        let scenes: BTreeSet<&str> = turns.iter().filter_map(|turn| scene(turn.read)).collect();
        Ok(Self {
            guides: guides::linked_among_in(txn, people).await?,
            certain: match scenes.is_empty() {
                true => BTreeSet::new(),
                false => guides::certain_codes_in(txn, account, &scenes).await?,
            },
        })
    }

    fn rank(&self, turn: &Turn<'_>) -> Option<Rank> {
        let person = &turn.push.record.person.openid;
        if person.is_empty() || turn.push.account.kind != Kind::Service {
            return None;
        }
        let is_guide = self.guides.contains(person);
        match &turn.read.body {
            Body::Message(message) if is_guide => {
                conversations::is_answer(message).then_some(Rank::Answer)
            }
            Body::Message(message) => conversations::is_line(message).then_some(Rank::Line),
            Body::Event(Event::Subscribe { .. } | Event::Scan { .. }) => {
                let certain = scene(turn.read).is_none_or(|scene| self.certain.contains(scene));
                (certain && !is_guide).then_some(Rank::Arrival)
            }
            Body::Event(
                Event::Click { .. }
                | Event::View { .. }
                | Event::ViewMiniProgram { .. }
                | Event::Location { .. },
            ) => (!is_guide).then_some(Rank::Arrival),
            Body::Event(_) | Body::Unknown => None,
        }
    }
}

/// The code that somebody came by.
pub(super) fn scene(push: &Push) -> Option<&str> {
    let scene = match &push.body {
        Body::Event(Event::Subscribe { scene, .. }) => scene.as_deref(),
        Body::Event(Event::Scan { scene, .. }) => Some(scene.as_str()),
        _ => None,
    };
    scene.filter(|scene| !scene.is_empty())
}
