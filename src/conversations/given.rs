//! Headquarters hands customers over: open talks go on at once, everybody else hears of it at the next contact.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use daogou_schema::lane::Way;
use daogou_schema::outbound::Purpose;
use daogou_schema::{Address, GuideId, MemberId, MessageId, Timestamp, conversation, guide};
use minijinja::context;

use super::hand_over::take_along_in;
use super::route::route_in;
use super::{guide_side, queries, say, tell};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::members::waiting::is_waiting;
use crate::{bindings, guides, lanes, outbound};

/// For so long after the last word a talk is open.
const TALK_GOES_ON: TimeDelta = TimeDelta::hours(1);
/// For so long somebody waits for an answer: afterwards nobody could write to her (WeChat: 48 h after her message), and
/// a last word like 好的谢谢 needs none.
const WAITS: TimeDelta = TimeDelta::hours(48);
/// How many open talks one unit of work gives to somebody else.
const OPEN_MAX: usize = 10;

/// The guide serves nobody from now on: what waited for the guide, and every talk that waits for an answer, goes to the
/// stand-in.
///
/// # Errors
/// When the store fails.
pub async fn freeze_in(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    guides::set_duty_in(txn, guide.id, false).await?;
    guide_side::give_back(txn, visit, guide).await?;
    for row in queries::unanswered_since(txn, guide.id, visit.now - WAITS).await? {
        take_along_in(txn, &row, None, &[]).await?;
        queries::set_guide(txn, row.member_id, None).await?;
    }
    guide_side::pass_to_stand_in(txn, visit, guide).await
}

/// The guide is back: what waits in the pool for the guide comes now.
///
/// # Errors
/// When the store fails.
pub async fn resume_in(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    match guides::is_available(guide) {
        true => say::pass_on_waiting_in(txn, visit, guide).await.map(drop),
        false => Ok(()),
    }
}

/// Keeps everybody else from working for `members` until this unit ends.
///
/// # Errors
/// When the store fails.
pub async fn lock_in(txn: &Txn, members: &[MemberId]) -> Result<()> {
    // Not by their conversations: whoever never wrote has none, and may scan or write in this moment.
    let known = crate::members::addresses_in(txn, members).await?;
    let mut people: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (_, person) in known
        .iter()
        .filter(|(_, person)| !is_waiting(&person.openid))
    {
        let here = people.entry(person.account_id).or_default();
        here.insert(person.openid.as_str());
    }
    for (account, openids) in &people {
        lanes::lock_all(txn, *account, openids, Way::In).await?;
    }
    Ok(())
}

/// How many of `members`, from the first, can be given in one unit: an open talk takes some twenty questions to the store,
/// the others a few for all of them.
///
/// # Errors
/// When the store fails.
pub async fn count_for_a_unit_in(txn: &Txn, visit: &Visit, members: &[MemberId]) -> Result<usize> {
    let rows = queries::those(txn, members).await?;
    let open = open_among(txn, &rows, visit.now).await?;
    let mut talks = 0;
    let fits = |member: &&MemberId| {
        talks += usize::from(open.contains(member));
        talks <= OPEN_MAX
    };
    Ok(members.iter().take_while(fits).count())
}

/// Whether somebody waits for an answer, or is in a talk that is not over.
///
/// # Errors
/// When the store fails.
pub async fn is_open_in(txn: &Txn, visit: &Visit, member: MemberId) -> Result<bool> {
    let rows = queries::those(txn, &[member]).await?;
    Ok(!open_among(txn, &rows, visit.now).await?.is_empty())
}

/// `members` were with `before`, or nobody, and are bound to `next` now. With `back` they come back to `next`: who has not heard of
/// `before` need not hear anything.
///
/// # Errors
/// When the store fails.
pub async fn give_in(
    txn: &Txn,
    visit: &Visit,
    members: &[MemberId],
    before: Option<GuideId>,
    next: &guide::Model,
    back: bool,
) -> Result<()> {
    let rows = queries::those(txn, members).await?;
    let withdrawn = part(txn, &rows, before).await?;
    let knows = |row: &conversation::Model| back && before.is_some() && row.new_guide_id == before;
    let mut open = open_among(txn, &rows, visit.now).await?;
    open.extend(wait_again(&rows, &withdrawn, visit.now));
    let is_open = |row: &&conversation::Model| open.contains(&row.member_id);
    let (open, quiet): (Vec<_>, Vec<_>) = rows.iter().partition(is_open);
    // What is so old that nobody could answer it is no question to the new guide.
    let old = quiet.iter().filter(|row| row.unanswered);
    queries::set_answered(txn, old.map(|row| row.member_id).collect()).await?;
    let (unaware, rest): (Vec<_>, Vec<_>) = quiet.into_iter().partition(|row| knows(row));
    let ids = |rows: &[&conversation::Model]| rows.iter().map(|row| row.member_id).collect();
    let without = without_conversation(txn, visit, members, &rows).await?;
    queries::insert_given(txn, &without, next.id).await?;
    queries::set_given(txn, ids(&unaware), next.id, None).await?;
    queries::set_given(txn, ids(&rest), next.id, Some(next.id)).await?;
    for row in open {
        go_on_with(txn, visit, row, next, knows(row), &withdrawn).await?;
    }
    Ok(())
}

/// `members` were with `before` and have nobody any more; what they have waiting waits for the next guide.
///
/// # Errors
/// When the store fails.
pub async fn release_in(
    txn: &Txn,
    visit: &Visit,
    members: &[MemberId],
    before: GuideId,
) -> Result<()> {
    let rows = queries::those(txn, members).await?;
    let withdrawn = part(txn, &rows, Some(before)).await?;
    let mut open = open_among(txn, &rows, visit.now).await?;
    open.extend(wait_again(&rows, &withdrawn, visit.now));
    for row in rows.iter().filter(|row| open.contains(&row.member_id)) {
        take_along_in(txn, row, None, &withdrawn).await?;
    }
    queries::set_released(txn, members).await
}

/// Those of `members`, known to this account, who never wrote: their new guide is introduced when they do.
async fn without_conversation(
    txn: &Txn,
    visit: &Visit,
    given: &[MemberId],
    rows: &[conversation::Model],
) -> Result<Vec<(MemberId, Address)>> {
    let talked: BTreeSet<_> = rows.iter().map(|row| row.member_id).collect();
    let mut silent = given.to_vec();
    silent.retain(|member| !talked.contains(member));
    if silent.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = crate::members::addresses_in(txn, &silent).await?;
    known
        .retain(|(_, person)| person.account_id == visit.account.id && !is_waiting(&person.openid));
    known.dedup_by_key(|(member, _)| *member);
    Ok(known)
}

/// Nothing that is under way between these and `before`, or whoever stood in, is said or taken for theirs any more. Says
/// which answers they have not got and will not get.
async fn part(
    txn: &Txn,
    rows: &[conversation::Model],
    before: Option<GuideId>,
) -> Result<Vec<(MemberId, MessageId)>> {
    let people: Vec<_> = rows.iter().map(queries::address_of).collect();
    let withdrawn = match before.filter(|_| !people.is_empty()) {
        // What the former guide had waiting for them is not said in another's name.
        Some(before) => outbound::drop_answers_in(txn, &people, before).await?,
        None => Vec::new(),
    };
    forget_current(txn, rows, before).await?;
    Ok(withdrawn)
}

/// Who lost an answer while somebody could still give her another one.
fn wait_again<'a>(
    rows: &'a [conversation::Model],
    withdrawn: &'a [(MemberId, MessageId)],
    now: Timestamp,
) -> impl Iterator<Item = MemberId> + 'a {
    let lost = |row: &&conversation::Model| withdrawn.iter().any(|(to, _)| *to == row.member_id);
    let recent = move |row: &&conversation::Model| {
        row.last_member_at.is_some_and(|wrote| now - wrote < WAITS)
    };
    let rows = rows.iter().filter(lost).filter(recent);
    rows.map(|row| row.member_id)
}

/// Whoever had just named one of them goes on without her: a bare answer may still be meant for her, so it is asked about.
async fn forget_current(
    txn: &Txn,
    rows: &[conversation::Model],
    before: Option<GuideId>,
) -> Result<()> {
    let mut had: BTreeSet<_> = rows.iter().filter_map(|row| row.guide_id).collect();
    had.extend(before);
    for guide in had {
        let Some(guide) = guides::get_in(txn, guide).await? else {
            continue;
        };
        let current = rows
            .iter()
            .find(|row| Some(row.member_id) == guide.current_member_id);
        let Some(current) = current else { continue };
        guides::forget_current_in(txn, guide.id).await?;
        if let Some(line) = current.last_line_id {
            guides::note_lost_line_in(txn, guide.id, line).await?;
        }
    }
    Ok(())
}

/// Who of these waits for an answer, or wrote what nobody has seen, or is in a talk that is not over.
async fn open_among(
    txn: &Txn,
    rows: &[conversation::Model],
    now: Timestamp,
) -> Result<BTreeSet<MemberId>> {
    let members: Vec<_> = rows.iter().map(|row| row.member_id).collect();
    let mut open = outbound::with_relays_waiting_in(txn, &members).await?;
    let talks = |row: &&conversation::Model| {
        let last = row.last_member_at.max(row.last_reply_at);
        let pooled = row.guide_id.is_none() && row.last_line_id.is_some();
        pooled || waits(row, now) || last.is_some_and(|last| now - last < TALK_GOES_ON)
    };
    open.extend(rows.iter().filter(talks).map(|row| row.member_id));
    Ok(open)
}

fn waits(row: &conversation::Model, now: Timestamp) -> bool {
    row.unanswered && row.last_member_at.is_some_and(|wrote| now - wrote < WAITS)
}

async fn go_on_with(
    txn: &Txn,
    visit: &Visit,
    row: &conversation::Model,
    next: &guide::Model,
    knows: bool,
    withdrawn: &[(MemberId, MessageId)],
) -> Result<()> {
    let member = row.member_id;
    // What nobody could get so far waits too, however old it is.
    let pooled = row.guide_id.is_none() && row.last_line_id.is_some();
    let unseen = take_along_in(txn, row, Some(next.id), withdrawn).await?;
    let told = knows || introduce(txn, visit, row, next).await?;
    let untold = (!told).then_some(next.id);
    queries::set_given(txn, vec![member], next.id, untold).await?;
    if !(unseen || pooled || waits(row, visit.now)) {
        return Ok(());
    }
    match route_in(txn, member).await?.guide() {
        Some(serves) => say::pass_on_in(txn, visit, serves, row).await.map(drop),
        None => queries::set_guide(txn, member, None).await,
    }
}

/// Says who serves her from now on, if anything can be said to her now.
async fn introduce(
    txn: &Txn,
    visit: &Visit,
    row: &conversation::Model,
    guide: &guide::Model,
) -> Result<bool> {
    let to = queries::address_of(row);
    if outbound::remaining_in(txn, &to, visit.now).await? == 0 {
        return Ok(false);
    }
    let store = guides::store_in(txn, guide.store_id).await?.map(|s| s.name);
    let variables = context! { guide => &guide.name, store };
    let text = visit.texts.render("new_guide", variables)?;
    tell::person_in(txn, visit, to, Purpose::Courtesy, text).await?;
    Ok(true)
}

/// The first contact after a hand-over: her new guide says so, once.
pub(super) async fn introduce_once(
    txn: &Txn,
    visit: &Visit,
    row: &conversation::Model,
) -> Result<()> {
    let Some(new) = row.new_guide_id else {
        return Ok(());
    };
    let own = bindings::guide_of_in(txn, row.member_id).await?;
    // She may have gone to somebody else by a scan meanwhile, who has greeted her.
    let told = match own.filter(|own| own.id == new) {
        Some(own) => introduce(txn, visit, row, &own).await?,
        None => true,
    };
    match told {
        true => queries::forget_new_guide(txn, row.member_id).await,
        false => Ok(()),
    }
}

/// Tells a guide how many customers have come, all at once.
///
/// # Errors
/// When the store fails.
pub async fn tell_given_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    count: i64,
) -> Result<()> {
    let Some(to) = guides::address(guide) else {
        return Ok(());
    };
    let text = visit.texts.render("given", context! { count })?;
    tell::person_in(txn, visit, to, Purpose::Notice, text).await
}

/// Tells a guide who goes on elsewhere, or later, that colleagues serve the customers now.
///
/// # Errors
/// When the store fails.
pub async fn tell_taken_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    count: i32,
) -> Result<()> {
    let Some(to) = guides::address(guide) else {
        return Ok(());
    };
    let text = visit.texts.render("taken", context! { count })?;
    tell::person_in(txn, visit, to, Purpose::Notice, text).await
}
