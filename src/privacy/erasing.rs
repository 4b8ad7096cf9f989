//! An erasure at work. First she becomes unknown, in one unit that nobody who acts for her gets in between of: from then on
//! she is a new acquaintance if she comes again. A minute later, when nothing of hers is under way any more, what she left
//! goes a piece at a time; whoever goes on after a dead process begins where it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use daogou_schema::erasure::{Cause, Model, State};
use daogou_schema::lane::Way;
use daogou_schema::{Address, ErasureId, Timestamp, erasure, identity, media, message};
use sea_orm::Set;

use super::queries::{erase, left, orders};
use super::rules;
use crate::accounts;
use crate::context::Context;
use crate::conversations;
use crate::db::Txn;
use crate::error::Result;
use crate::lanes::Holders;
use crate::{
    bindings, care, fields, guides, lanes, members, pictures, search, sensitive, tags, visits,
};

/// How many erasures one round begins, and goes on with.
const ROUND: u64 = 50;

/// What became of a piece.
enum Piece {
    /// Something was deleted; there may be more.
    More,
    /// Nothing is left, for now.
    Nothing,
}

/// Begins what was ordered and goes on with what was begun.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    for row in orders::asked(ctx.db.reads(), ROUND).await? {
        // One that cannot go on must not keep the others waiting.
        if let Err(error) = begin(ctx, row.id, now).await {
            tracing::error!(erasure.id = row.id.0, %error, "an erasure does not begin; it is tried again");
        }
    }
    let settled = now - rules::SETTLES_AFTER;
    for row in orders::running(ctx.db.reads(), settled, ROUND).await? {
        if let Err(error) = go_on(ctx, &row, now).await {
            tracing::error!(erasure.id = row.id.0, %error, "an erasure broke off; it goes on with the next round");
        }
    }
    Ok(())
}

struct Beginning {
    id: ErasureId,
    now: Timestamp,
    appids: BTreeMap<i64, String>,
    raw_days: u32,
}

async fn begin(ctx: &Context, id: ErasureId, now: Timestamp) -> Result<()> {
    let accounts = accounts::list(ctx).await?;
    let args = Beginning {
        id,
        now,
        appids: accounts.iter().map(|a| (a.id.0, a.appid.clone())).collect(),
        raw_days: ctx.config.raw_days,
    };
    ctx.db
        .write(args, |txn, args| Box::pin(begin_in(txn, args)))
        .await
}

/// She becomes unknown: who she is, who serves her and what waits for her.
async fn begin_in(txn: &Txn, args: &Beginning) -> Result<()> {
    let Some(asked) = orders::by_id(txn.conn(), args.id).await? else {
        return Ok(());
    };
    let (member, now) = (asked.member_id, args.now);
    let all = addresses(&erase::identities(txn, member).await?);
    keep_out_others(txn, &all).await?;
    // After her lanes: whoever handles a push of hers that orders it has those in hand.
    let row = orders::locked(txn, args.id).await?;
    let Some(row) = row.filter(|row| row.state == State::Asked) else {
        return Ok(());
    };
    // Once more: until now somebody may have handled what she sent.
    let identities = erase::identities(txn, member).await?;
    if addresses(&identities) != all {
        return Ok(());
    }
    if row.cause == Cause::Unfollowed {
        if identities.iter().any(|identity| identity.subscribed) {
            return orders::withdraw(txn, row.id).await;
        }
        // It may say that she is back.
        if erase::is_unheard(txn, &all).await? {
            return Ok(());
        }
    }
    let people = without_guides(txn, &all).await?;
    let numbers = guides::forget_member_in(txn, member).await?;
    bindings::end_in(txn, member, now).await?;
    erase::drop_waiting(txn, member, &people).await?;
    let unheard = erase::unfinished_pushes(txn, &people).await?;
    let windows = erase::windows(txn, &people).await?;
    let conversations = erase::conversation(txn, member).await?;
    let phones = erase::phone(txn, member).await?;
    erase::merges(txn, member).await?;
    let cards = members::cards::forget_in(txn, member).await?;
    let tags = tags::forget_member_in(txn, member).await?;
    let fields = fields::forget_member_in(txn, member).await?;
    let stopped = sensitive::forget_member_in(txn, member).await?;
    let (notes, tasks) = care::forget_member_in(txn, member).await?;
    let visits = visits::forget_member_in(txn, member).await?;
    let known = erase::identities_of(txn, member).await?;
    let names = erase::names(txn, member).await?;
    let proofs: Vec<_> = all
        .iter()
        .filter_map(|person| {
            let appid = args.appids.get(&person.account_id.0)?;
            Some(rules::proof(appid, &person.openid))
        })
        .collect();
    let left_pushes = rules::left_pushes(&identities, args.raw_days, now);
    let running = erasure::ActiveModel {
        state: Set(State::Running),
        people: Set(Some(rules::written(&people))),
        proof: Set(Some(proofs.join(","))),
        inbound_until: Set(match left_pushes {
            true => erase::newest_push(txn).await?,
            false => 0,
        }),
        outbound_until: Set(erase::newest_message(txn).await?),
        counts: Set(rules::counted(
            &row.counts,
            &[
                ("identity", known),
                ("member", names),
                ("member_phone", phones),
                ("member_card", cards),
                ("member_tag", tags),
                ("member_field", fields),
                ("sensitive_hit", stopped),
                ("member_note", notes),
                ("task", tasks),
                ("visit", visits),
                ("conversation", conversations),
                ("reply_window", windows),
                ("guide_number", numbers),
                ("inbound", unheard),
            ],
        )),
        begun_at: Set(Some(now)),
        ..Default::default()
    };
    orders::update(txn, row.id, running).await
}

fn addresses(identities: &[identity::Model]) -> Vec<Address> {
    let mut all: Vec<_> = identities
        .iter()
        .map(|identity| Address {
            account_id: identity.account_id,
            openid: identity.openid.clone(),
        })
        .collect();
    all.sort();
    all
}

/// Until this unit ends nobody handles what these people send, and nobody decides what is sent to them.
async fn keep_out_others(txn: &Txn, people: &[Address]) -> Result<()> {
    let mut accounts: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for person in people {
        accounts
            .entry(person.account_id)
            .or_default()
            .insert(&person.openid);
    }
    for (account, openids) in &accounts {
        lanes::lock_all(txn, *account, openids, Way::In).await?;
    }
    for person in people {
        lanes::wait_for_sender(txn, person).await?;
    }
    Ok(())
}

/// Whoever is a guide by now goes on working: only what she was as a customer is erased.
async fn without_guides(txn: &Txn, people: &[Address]) -> Result<Vec<Address>> {
    let mut found = Vec::new();
    for person in people {
        let guide = guides::linked_to_in(txn, person.account_id, &person.openid).await?;
        if guide.is_none() {
            found.push(person.clone());
        }
    }
    Ok(found)
}

async fn go_on(ctx: &Context, row: &Model, now: Timestamp) -> Result<()> {
    while let Piece::More = lines(ctx, row).await? {}
    while let Piece::More = messages(ctx, row).await? {}
    while let Piece::More = pushes(ctx, row.id).await? {}
    let args = (row.id, now, ctx.kept::<Holders>());
    ctx.db
        .write(args, |txn, (id, now, holders)| {
            Box::pin(finish_in(txn, *id, holders, *now))
        })
        .await
}

struct Lines {
    id: ErasureId,
    lines: Vec<message::Model>,
    files: Vec<media::Model>,
}

/// Lines of her conversation with their files.
async fn lines(ctx: &Context, row: &Model) -> Result<Piece> {
    let lines = left::lines(ctx.db.reads(), row.member_id).await?;
    if lines.is_empty() {
        return Ok(Piece::Nothing);
    }
    let named = lines
        .iter()
        .flat_map(|line| conversations::files_of(&line.content));
    let files = crate::media::those(ctx, &named.collect::<Vec<_>>()).await?;
    crate::media::remove_copies(ctx, &files).await?;
    let args = Lines {
        id: row.id,
        lines,
        files,
    };
    ctx.db
        .write(args, |txn, args| Box::pin(forget_lines_in(txn, args)))
        .await?;
    Ok(Piece::More)
}

async fn forget_lines_in(txn: &Txn, args: &Lines) -> Result<()> {
    let Some(row) = running(txn, args.id).await? else {
        return Ok(());
    };
    let Some(files) = crate::media::forget_in(txn, &args.files).await? else {
        // One was fetched meanwhile: its copy goes with the next try.
        return Ok(());
    };
    let ids: Vec<_> = args.lines.iter().map(|line| line.id).collect();
    let mut pushes = erase::questions(txn, &args.lines).await?;
    pushes.extend(args.lines.iter().filter_map(|line| line.inbound_id));
    erase::blank_pushes(txn, &pushes).await?;
    let told = erase::told_about(txn, &pushes).await?;
    let lines = erase::lines(txn, &ids).await?;
    search::forget_in(txn, &args.lines).await?;
    pictures::let_go_in(txn, &ids).await?;
    count(
        txn,
        &row,
        &[("message", lines), ("media", files), ("outbound", told)],
    )
    .await
}

/// What was sent to her and about her.
async fn messages(ctx: &Context, row: &Model) -> Result<Piece> {
    let people = rules::read(row.people.as_deref());
    let found = left::messages(ctx.db.reads(), row, &people).await?;
    if found.is_empty() {
        return Ok(Piece::Nothing);
    }
    ctx.db
        .write((row.id, found), |txn, (id, found)| {
            Box::pin(async move {
                let Some(row) = running(txn, *id).await? else {
                    return Ok(());
                };
                // Her own pushes go anyway; what a guide said to her or about her stands in the guide's.
                let pushes = found
                    .iter()
                    .flat_map(|(_, cause, answer)| [*cause, *answer]);
                erase::blank_pushes(txn, &pushes.flatten().collect::<Vec<_>>()).await?;
                let ids: Vec<_> = found.iter().map(|(id, ..)| *id).collect();
                let gone = erase::messages(txn, &ids).await?;
                count(txn, &row, &[("outbound", gone)]).await
            })
        })
        .await?;
    Ok(Piece::More)
}

/// What she sent, as it came. No index leads from a person to her pushes: all are looked through, once.
async fn pushes(ctx: &Context, id: ErasureId) -> Result<Piece> {
    let Some(row) = orders::by_id(ctx.db.reads(), id).await? else {
        return Ok(Piece::Nothing);
    };
    let looked = left::pushes(ctx.db.reads(), row.inbound_done, row.inbound_until).await?;
    let Some((last, _)) = looked.last().cloned() else {
        return Ok(Piece::Nothing);
    };
    let people = rules::read(row.people.as_deref());
    let hers: Vec<_> = looked
        .into_iter()
        .filter(|(_, person)| people.contains(person))
        .map(|(id, _)| id)
        .collect();
    ctx.db
        .write((id, hers, last), |txn, (id, hers, last)| {
            Box::pin(async move {
                let Some(row) = running(txn, *id).await? else {
                    return Ok(());
                };
                let gone = erase::pushes(txn, hers).await?;
                let looked = erasure::ActiveModel {
                    inbound_done: Set(Ord::max(row.inbound_done, last.0)),
                    counts: Set(rules::counted(&row.counts, &[("inbound", gone)])),
                    ..Default::default()
                };
                orders::update(txn, row.id, looked).await
            })
        })
        .await?;
    Ok(Piece::More)
}

/// Nothing is left: her lanes go, and the erasure is done. What is still under way is waited for.
async fn finish_in(txn: &Txn, id: ErasureId, holders: &Arc<Holders>, now: Timestamp) -> Result<()> {
    let Some(row) = running(txn, id).await? else {
        return Ok(());
    };
    let people = rules::read(row.people.as_deref());
    if left::anything(txn, &row, &people).await? {
        return Ok(());
    }
    // What somebody noted at the console in the very moment in which she became unknown.
    erase::names(txn, row.member_id).await?;
    erase::phone(txn, row.member_id).await?;
    members::cards::forget_in(txn, row.member_id).await?;
    tags::forget_member_in(txn, row.member_id).await?;
    fields::forget_member_in(txn, row.member_id).await?;
    sensitive::forget_member_in(txn, row.member_id).await?;
    care::forget_member_in(txn, row.member_id).await?;
    visits::forget_member_in(txn, row.member_id).await?;
    for person in &people {
        keep_out_others(txn, std::slice::from_ref(person)).await?;
        // Who has come again is somebody new, and uses them.
        if erase::is_known(txn, person).await? {
            continue;
        }
        if !lanes::forget(txn, person, holders, now).await? {
            return Ok(());
        }
        erase::windows(txn, std::slice::from_ref(person)).await?;
    }
    guides::forget_member_in(txn, row.member_id).await?;
    bindings::end_in(txn, row.member_id, now).await?;
    let done = erasure::ActiveModel {
        state: Set(State::Done),
        people: Set(None),
        done_at: Set(Some(now)),
        ..Default::default()
    };
    orders::update(txn, row.id, done).await
}

/// The erasure, locked, if it is under way.
async fn running(txn: &Txn, id: ErasureId) -> Result<Option<Model>> {
    let row = orders::locked(txn, id).await?;
    Ok(row.filter(|row| row.state == State::Running))
}

async fn count(txn: &Txn, row: &Model, more: &[(&str, u64)]) -> Result<()> {
    let counted = erasure::ActiveModel {
        counts: Set(rules::counted(&row.counts, more)),
        ..Default::default()
    };
    orders::update(txn, row.id, counted).await
}
