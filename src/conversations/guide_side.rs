//! What a guide writes in the official account: a word for the house, or an answer for exactly one customer.

use chrono::TimeDelta;
use daogou_schema::outbound::Purpose;
use daogou_schema::{MemberId, MessageId, guide, question};
use daogou_wechat::Message;
use minijinja::{Value, context};

use super::line::Line;
use super::rules::{self, Current, Recipient, Unanswered};
use super::words::{self, GuideWord};
use super::{queries, say, tell};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::{bindings, guides, members, outbound};

/// Whether a guide's message is for a customer, rather than a word for the house.
pub fn is_answer(message: &Message) -> bool {
    match message {
        Message::Text {
            menu_id: Some(_), ..
        } => false,
        Message::Text { content, .. } => matches!(
            words::of_guide(content),
            GuideWord::Answer | GuideWord::To { .. }
        ),
        _ => true,
    }
}

/// Hears a linked guide's message. `lines_waited`: held lines were waiting for it and are on their way now.
///
/// # Errors
/// When the store fails.
pub async fn hear_guide_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    message: &Message,
    lines_waited: bool,
) -> Result<()> {
    let line = Line::hear_in(txn, visit, message).await?;
    let Message::Text { content, menu_id } = message else {
        return answer(txn, visit, guide, &line).await;
    };
    let word = match menu_id.as_deref().and_then(words::tapped) {
        Some(number) => GuideWord::Choose(number),
        None => words::of_guide(content),
    };
    match word {
        GuideWord::Duty(on) => set_duty(txn, visit, guide, on).await,
        GuideWord::Customers => list_customers(txn, visit, guide).await,
        GuideWord::Help => notice(txn, visit, "help", context! { guide => &guide.name }).await,
        GuideWord::Workbench => {
            let address = format!("{}/workbench", visit.config.public_url);
            notice(txn, visit, "workbench", context! { address }).await
        }
        GuideWord::Unlink => {
            unlink(txn, visit, guide).await?;
            notice(txn, visit, "unlinked", context! { guide => &guide.name }).await
        }
        GuideWord::Receive | GuideWord::ReceiveOrAnswer if lines_waited => Ok(()),
        GuideWord::Receive => notice(txn, visit, "nothing_waits", context! {}).await,
        GuideWord::ReceiveOrAnswer | GuideWord::Answer => answer(txn, visit, guide, &line).await,
        GuideWord::Drop => drop_questions(txn, visit, guide).await,
        GuideWord::Name { number, name } => note_name(txn, visit, guide, number, &name).await,
        GuideWord::Choose(number) => choose(txn, visit, guide, number).await,
        GuideWord::To { number, text } => {
            answer_to(txn, visit, guide, number, &Line::Text { text }).await
        }
    }
}

/// 解绑: this WeChat is nobody's any more, so what waited for the guide must not come here, and who links next starts
/// without a customer.
async fn unlink(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    give_back(txn, visit, guide).await?;
    guides::unlink_in(txn, guide.id).await?;
    pass_to_stand_in(txn, visit, guide).await
}

/// A guide who unfollows cannot be reached any more: off duty until back.
///
/// # Errors
/// When the store fails.
pub async fn guide_left_in(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    guides::set_duty_in(txn, guide.id, false).await?;
    give_back(txn, visit, guide).await?;
    pass_to_stand_in(txn, visit, guide).await
}

/// What waited for the guide goes back into the pool, and nothing of the present talk is left.
pub(super) async fn give_back(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    if let Some(here) = guides::address(guide) {
        let lines = outbound::drop_relays_in(txn, &here).await?;
        queries::hand_back(txn, guide.id, &lines).await?;
    }
    queries::close_questions(txn, guide.id, question::State::Dropped, visit.now).await?;
    guides::forget_current_in(txn, guide.id).await
}

pub(super) async fn pass_to_stand_in(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    if let Some(stand_in) = guides::stand_in_of(txn, guide).await? {
        say::pass_on_waiting_in(txn, visit, &stand_in).await?;
    }
    Ok(())
}

async fn notice(txn: &Txn, visit: &Visit, name: &str, variables: Value) -> Result<()> {
    tell::visitor_in(txn, visit, Purpose::Notice, name, variables).await
}

/// A bare answer: to the one it is certainly meant for, otherwise the guide is asked.
async fn answer(txn: &Txn, visit: &Visit, guide: &guide::Model, line: &Line) -> Result<()> {
    if !line.can_be_sent_on() {
        return notice(txn, visit, "unsupported", context! { title => "" }).await;
    }
    // While a question is open, more of the same answer joins it.
    let asked = !queries::open_questions(txn, guide.id).await?.is_empty();
    let unanswered: Vec<_> = queries::unanswered(txn, guide.id)
        .await?
        .into_iter()
        .filter_map(|c| {
            Some(Unanswered {
                member: c.member_id,
                line: c.last_line_id?,
            })
        })
        .collect();
    let current = current(txn, guide).await?;
    // Whoever the guide was talking to may be meant still, although she is a colleague's by now.
    let lost =
        guide.lost_line_id.is_some() || (guide.current_member_id.is_some() && current.is_none());
    match rules::recipient(current, &unanswered, lost) {
        Recipient::One(member) if !asked => {
            guides::current_answered_in(txn, guide, member).await?;
            say::answer_in(txn, visit, guide, member, line)
                .await
                .map(drop)
        }
        Recipient::One(member) => ask(txn, visit, guide, line, &[member]).await,
        Recipient::Ask(members) => ask(txn, visit, guide, line, &members).await,
        Recipient::Nobody => {
            let recent = queries::recent(txn, guide.id).await?;
            if recent.is_empty() {
                return notice(txn, visit, "which_none", context! { guide => &guide.name }).await;
            }
            let members: Vec<_> = recent.iter().take(5).map(|c| c.member_id).collect();
            ask(txn, visit, guide, line, &members).await
        }
    }
}

/// The current customer, while this guide still serves her.
async fn current(txn: &Txn, guide: &guide::Model) -> Result<Option<Current>> {
    let Some(member) = guide.current_member_id else {
        return Ok(None);
    };
    let serves = serves(txn, guide, member).await?;
    Ok(serves.then_some(Current {
        member,
        seen: guide.current_seen,
    }))
}

/// The guide names her: what the guide had got from others does not make a bare answer unclear. A line that is still on
/// its way, or held, or that arrived only after the guide wrote, was not known when the name was given.
async fn name_current(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    member: MemberId,
) -> Result<()> {
    let waiting = queries::unanswered(txn, guide.id).await?;
    let lines: Vec<_> = waiting.iter().filter_map(|row| row.last_line_id).collect();
    let newest = lines.first().copied().unwrap_or(MessageId(0));
    let mut unseen = Vec::new();
    if let Some(here) = guides::address(guide) {
        unseen.extend(outbound::oldest_on_its_way_in(txn, &here).await?);
        unseen.extend(outbound::oldest_arrived_in(txn, &here, &lines, visit.acted_at).await?);
    }
    let before = unseen.iter().map(|line| MessageId(line.0 - 1)).min();
    let seen = before.map_or(newest, |before| newest.min(before));
    guides::choose_current_in(txn, guide.id, member, seen).await
}

/// Whether a guide may write to a member now: she is the guide's, or the guide stands in for hers.
pub(super) async fn serves(txn: &Txn, guide: &guide::Model, member: MemberId) -> Result<bool> {
    let bound = bindings::get_in(txn, member)
        .await?
        .is_some_and(|b| b.guide_id == guide.id);
    Ok(bound
        || queries::get(txn, member)
            .await?
            .is_some_and(|c| c.guide_id == Some(guide.id)))
}

/// Keeps the answer and asks for whom it is: as a free passive reply with names to tap.
async fn ask(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    line: &Line,
    members: &[MemberId],
) -> Result<()> {
    queries::insert_question(txn, visit, guide.id, line).await?;
    let mut people = Vec::new();
    for member in members {
        people.push(person(txn, visit, guide, *member).await?);
    }
    let count = queries::open_questions(txn, guide.id).await?.len();
    notice(txn, visit, "which", context! { people, count }).await
}

async fn person(txn: &Txn, visit: &Visit, guide: &guide::Model, member: MemberId) -> Result<Value> {
    let number = guides::give_number_in(txn, guide.id, member, visit.now).await?;
    let who = members::label_in(txn, &visit.texts, guide.id, member).await?;
    Ok(context! { who, number, tap => words::tap_id(number) })
}

/// Whom a number names, if the guide may write to her now; otherwise the guide is told why not.
async fn named(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    number: i32,
) -> Result<Option<(MemberId, String)>> {
    let Some(member) = guides::member_of_number_in(txn, guide.id, number).await? else {
        notice(txn, visit, "number_unknown", context! { number }).await?;
        return Ok(None);
    };
    let who = members::label_in(txn, &visit.texts, guide.id, member).await?;
    if serves(txn, guide, member).await? {
        return Ok(Some((member, who)));
    }
    let other = match bindings::get_in(txn, member).await? {
        Some(binding) => Some(guides::name_of(txn.conn(), binding.guide_id).await?),
        None => None,
    };
    let variables = context! { who, guide => other };
    tell::guide_in(txn, visit, guide, member, "number_moved", variables).await?;
    Ok(None)
}

/// Whom a number names, that a guide writes to. When she cannot be written to, who is meant by what comes next, before the
/// refusal was read, is not certain.
async fn meant(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    number: i32,
) -> Result<Option<(MemberId, String)>> {
    let named = named(txn, visit, guide, number).await?;
    if named.is_none() {
        guides::note_lost_line_in(txn, guide.id, MessageId(0)).await?;
    }
    Ok(named)
}

/// For this long a name answers the question "for whom is this?"; later it just names somebody.
const QUESTION_LIVES: TimeDelta = TimeDelta::minutes(30);

/// `#12` or a tap: she is the current customer now, and what was just asked about is for her.
async fn choose(txn: &Txn, visit: &Visit, guide: &guide::Model, number: i32) -> Result<()> {
    let Some((member, who)) = meant(txn, visit, guide, number).await? else {
        return Ok(());
    };
    name_current(txn, visit, guide, member).await?;
    let dropped = queries::drop_stale(txn, guide.id, visit.now - QUESTION_LIVES, visit.now).await?;
    let fresh = queries::open_questions(txn, guide.id).await?;
    queries::close_questions(txn, guide.id, question::State::Sent, visit.now).await?;
    let mut count = 0;
    for line in &fresh {
        count += usize::from(say::answer_in(txn, visit, guide, member, line).await?);
    }
    let variables = context! { who, count, dropped };
    tell::guide_in(txn, visit, guide, member, "chosen", variables).await
}

/// `#12 text`: certain by itself. What was asked about before is most likely the same, said again.
async fn answer_to(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    number: i32,
    line: &Line,
) -> Result<()> {
    let Some((member, _who)) = meant(txn, visit, guide, number).await? else {
        return Ok(());
    };
    name_current(txn, visit, guide, member).await?;
    say::answer_in(txn, visit, guide, member, line).await?;
    let dropped =
        queries::close_questions(txn, guide.id, question::State::Dropped, visit.now).await?;
    if dropped > 0 {
        notice(txn, visit, "dropped", context! { count => dropped }).await?;
    }
    Ok(())
}

async fn drop_questions(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    let dropped =
        queries::close_questions(txn, guide.id, question::State::Dropped, visit.now).await?;
    let name = if dropped == 0 {
        "nothing_held"
    } else {
        "dropped"
    };
    notice(txn, visit, name, context! { count => dropped }).await
}

async fn note_name(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    number: i32,
    name: &str,
) -> Result<()> {
    let Some((member, _who)) = meant(txn, visit, guide, number).await? else {
        return Ok(());
    };
    if !members::is_name(name) {
        return notice(
            txn,
            visit,
            "name_wrong",
            context! { max => members::NAME_CHARS_MAX },
        )
        .await;
    }
    members::set_name_in(txn, member, name).await?;
    let who = members::label_in(txn, &visit.texts, guide.id, member).await?;
    tell::guide_in(txn, visit, guide, member, "named", context! { who }).await
}

/// 上班 brings what customers of the guide, or of colleagues who are away, wrote meanwhile; 下班 says who takes over.
async fn set_duty(txn: &Txn, visit: &Visit, guide: &guide::Model, on: bool) -> Result<()> {
    guides::set_duty_in(txn, guide.id, on).await?;
    if !on {
        let stand_in = guides::stand_in_of(txn, guide).await?.map(|g| g.name);
        return notice(txn, visit, "off_duty", context! { stand_in }).await;
    }
    let waiting = say::pass_on_waiting_in(txn, visit, guide).await?;
    notice(
        txn,
        visit,
        "on_duty",
        context! { guide => &guide.name, waiting },
    )
    .await
}

async fn list_customers(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    let mut people = Vec::new();
    for row in queries::recent(txn, guide.id).await? {
        let waits = row.unanswered;
        let current = guide.current_member_id == Some(row.member_id);
        people.push(context! { waits, current, ..person(txn, visit, guide, row.member_id).await? });
    }
    notice(txn, visit, "customers", context! { people }).await
}
