//! Members of a file: whoever is known by her card or her phone number is the same person and gets what she lacks; the others are
//! new.

use std::collections::{BTreeMap, BTreeSet};

use daogou_schema::import::Model;
use daogou_schema::{GuideId, MemberId, TagId, guide};

use super::moving::{Outcome, Piece, Taken};
use super::rules::Member;
use crate::db::Txn;
use crate::error::Result;
use crate::hand_overs::rules::{nth, read as read_guides};
use crate::members::{cards, waiting};
use crate::{bindings, conversations, fields, guides, members, privacy, tags};

/// Whom rows are about.
#[derive(Default)]
struct Who {
    /// By the digest of her phone number.
    phones: BTreeMap<String, MemberId>,
    /// By the brand's number of her.
    cards: BTreeMap<String, MemberId>,
    /// The number that each of them has.
    numbers: BTreeMap<MemberId, String>,
    /// Who of them has a phone number.
    reachable: BTreeSet<MemberId>,
}

/// What a row says that is still to be noted about somebody.
struct Row<'a> {
    line: i32,
    says: &'a Member,
    digest: Option<String>,
}

/// Takes a piece of rows, and says what became of each.
pub(super) async fn take_in(txn: &Txn, import: &Model, piece: &Piece) -> Result<Outcome> {
    let mut outcome: Outcome = Vec::new();
    let mut rows = Vec::new();
    for (line, wanted) in &piece.wanted {
        match wanted {
            Ok(says) => {
                let digest = |number: &String| privacy::phone_digest(&piece.vault, number);
                rows.push(Row {
                    line: *line,
                    says,
                    digest: says.phone.as_ref().map(digest).transpose()?,
                });
            }
            Err(problem) => outcome.push((*line, Err(problem.clone()))),
        }
    }
    let mut who = known(txn, piece, &rows).await?;
    let (mut present, mut new) = (Vec::new(), Vec::new());
    for row in &rows {
        match who.of(row) {
            Ok(Some(member)) => present.push((member, row)),
            Ok(None) => {
                // Who stands in the file twice is one person: her number is taken from here on.
                let place = MemberId(-1 - i64::try_from(new.len()).unwrap_or_default());
                who.note(place, row);
                new.push(row);
            }
            Err(problem) => outcome.push((row.line, Ok(Taken::Bad(problem)))),
        }
    }
    let made = make(txn, piece, &new).await?;
    let real = |member: MemberId| match member.0 {
        // A row that is about somebody who came in by a row before it.
        before if before < 0 => {
            let place = usize::try_from(-1 - before).unwrap_or_default();
            made.get(place).copied().unwrap_or(member)
        }
        _ => member,
    };
    let mut told: Vec<(MemberId, &Row)> = made.iter().copied().zip(new).collect();
    outcome.extend(told.iter().map(|(_, row)| (row.line, Ok(Taken::Made))));
    let present: Vec<_> = present
        .into_iter()
        .map(|(member, row)| (real(member), row))
        .collect();
    complete(txn, piece, &who, &made, &present).await?;
    outcome.extend(present.iter().map(|(_, row)| (row.line, Ok(Taken::Known))));
    told.extend(present);
    put_tags(txn, piece, &told).await?;
    let said: Vec<_> = told
        .iter()
        .map(|(member, row)| (*member, &row.says.fields))
        .collect();
    fields::fill_in(txn, &said).await?;
    assign(txn, piece, import, &told).await?;
    outcome.sort_by_key(|(line, _)| *line);
    Ok(outcome)
}

async fn known(txn: &Txn, piece: &Piece, rows: &[Row<'_>]) -> Result<Who> {
    let account = piece.visit.account.id;
    let digests: Vec<_> = rows.iter().filter_map(|row| row.digest.clone()).collect();
    let numbers: Vec<_> = rows
        .iter()
        .filter_map(|row| row.says.card.clone())
        .collect();
    let owners = privacy::phone_owners_in(txn, &digests).await?;
    let cards = cards::owners_in(txn, account, &numbers).await?;
    let mut all: Vec<_> = owners.iter().map(|(_, member)| *member).collect();
    all.extend(cards.values());
    // Whoever has just been erased is nobody any more.
    let all: BTreeSet<_> = members::known_among_in(txn, &all)
        .await?
        .into_iter()
        .collect();
    let mut who = Who {
        cards: cards
            .into_iter()
            .filter(|(_, member)| all.contains(member))
            .collect(),
        numbers: cards::of_in(txn, &all.iter().copied().collect::<Vec<_>>()).await?,
        ..Who::default()
    };
    for (digest, member) in owners
        .into_iter()
        .filter(|(_, member)| all.contains(member))
    {
        who.reachable.insert(member);
        // Of a family that shares a number, whoever was here first.
        let first = who.phones.entry(digest).or_insert(member);
        *first = Ord::min(*first, member);
    }
    Ok(who)
}

impl Who {
    /// Whom a row is about, if she is known.
    fn of(&self, row: &Row) -> Result<Option<MemberId>, &'static str> {
        let card = row.says.card.as_ref();
        let by_card = card.and_then(|card| self.cards.get(card)).copied();
        let by_phone = row
            .digest
            .as_ref()
            .and_then(|digest| self.phones.get(digest))
            .copied();
        match (by_card, by_phone) {
            (Some(one), Some(other)) if one != other => {
                Err("“手机号”和“会员卡号”分别是两位会员的，请核对；是同一个人时请先合并")
            }
            (None, Some(member)) if card.is_some() && self.numbers.contains_key(&member) => {
                Err("这个“手机号”的会员已有另一个会员卡号，请核对")
            }
            (one, other) => Ok(one.or(other)),
        }
    }

    fn note(&mut self, member: MemberId, row: &Row) {
        if let Some(card) = &row.says.card {
            self.cards.insert(card.clone(), member);
            self.numbers.insert(member, card.clone());
        }
        if let Some(digest) = &row.digest {
            self.phones.insert(digest.clone(), member);
            self.reachable.insert(member);
        }
    }
}

/// Those who are new, in the order of their rows.
async fn make(txn: &Txn, piece: &Piece, rows: &[&Row<'_>]) -> Result<Vec<MemberId>> {
    let (account, now) = (piece.visit.account.id, piece.visit.now);
    let names: Vec<_> = rows.iter().map(|row| row.says.name.clone()).collect();
    let made = waiting::expect_in(txn, account, &names, now).await?;
    let own = || made.iter().copied().zip(rows);
    let phones: Vec<_> = own()
        .filter_map(|(member, row)| Some((member, row.says.phone.clone()?)))
        .collect();
    let cards: Vec<_> = own()
        .filter_map(|(member, row)| Some((member, row.says.card.clone()?)))
        .collect();
    privacy::note_phones_in(txn, &piece.vault, &phones, now).await?;
    cards::give_in(txn, account, &cards).await?;
    bindings::note_all_unbound_in(txn, account, &made, now).await?;
    Ok(made)
}

/// Those who are known get what they lack: a name, a number; and they are known to this account from now on.
async fn complete(
    txn: &Txn,
    piece: &Piece,
    who: &Who,
    made: &[MemberId],
    rows: &[(MemberId, &Row<'_>)],
) -> Result<()> {
    let (account, now) = (piece.visit.account.id, piece.visit.now);
    let ids: Vec<_> = rows.iter().map(|(member, _)| *member).collect();
    let here = waiting::whom_account_knows_in(txn, account, &ids).await?;
    let away: BTreeSet<_> = ids
        .iter()
        .copied()
        .filter(|id| !here.contains(id))
        .collect();
    waiting::stand_in(txn, account, &away.into_iter().collect::<Vec<_>>()).await?;
    let mut done = BTreeSet::new();
    for (member, row) in rows {
        // What a row before has just said stays.
        if made.contains(member) || !done.insert(*member) {
            continue;
        }
        if let Some(name) = &row.says.name
            && members::get_in(txn, *member)
                .await?
                .is_some_and(|it| it.name.is_none())
        {
            members::set_name_in(txn, *member, name).await?;
        }
        if let Some(card) = row
            .says
            .card
            .clone()
            .filter(|_| !who.numbers.contains_key(member))
        {
            cards::give_in(txn, account, &[(*member, card)]).await?;
        }
        if let Some(phone) = row
            .says
            .phone
            .clone()
            .filter(|_| !who.reachable.contains(member))
        {
            let has = privacy::has_phone_in(txn, *member).await?;
            if !has {
                privacy::note_phones_in(txn, &piece.vault, &[(*member, phone)], now).await?;
            }
        }
    }
    Ok(())
}

async fn put_tags(txn: &Txn, piece: &Piece, rows: &[(MemberId, &Row<'_>)]) -> Result<()> {
    let mut tagged: BTreeMap<TagId, BTreeSet<MemberId>> = BTreeMap::new();
    for (member, row) in rows {
        for tag in &row.says.tags {
            tagged.entry(*tag).or_default().insert(*member);
        }
    }
    for (tag, members) in tagged {
        let members: Vec<_> = members.into_iter().collect();
        tags::put_in(txn, tag, &members, piece.visit.now).await?;
    }
    Ok(())
}

/// Whoever has no guide gets the one whose turn it is among those whom the row names, or among those chosen for all.
async fn assign(
    txn: &Txn,
    piece: &Piece,
    import: &Model,
    rows: &[(MemberId, &Row<'_>)],
) -> Result<()> {
    let visit = &piece.visit;
    let for_all = read_guides(import.targets.as_deref().unwrap_or_default());
    let mut wanted: BTreeMap<MemberId, (i32, &[GuideId])> = BTreeMap::new();
    for (member, row) in rows {
        let named = match row.says.guides.as_slice() {
            [] => for_all.as_slice(),
            named => named,
        };
        if !named.is_empty() {
            wanted.entry(*member).or_insert((row.line, named));
        }
    }
    let ids: Vec<_> = wanted.keys().copied().collect();
    conversations::lock_in(txn, &ids).await?;
    for bound in bindings::those_in(txn, &ids).await? {
        wanted.remove(&bound.member_id);
    }
    let mut dealt: BTreeMap<GuideId, Vec<MemberId>> = BTreeMap::new();
    for (member, (line, named)) in wanted {
        let turn = usize::try_from(line).unwrap_or_default();
        if let Some(to) = nth(named, turn) {
            dealt.entry(to).or_default().push(member);
        }
    }
    for (to, members) in dealt {
        let there = |guide: &guide::Model| guide.left_at.is_none();
        let Some(to) = guides::get_in(txn, to).await?.filter(there) else {
            continue;
        };
        bindings::assign_in(txn, &members, &[], &to, visit.now).await?;
        conversations::give_in(txn, visit, &members, None, &to, false).await?;
    }
    Ok(())
}
