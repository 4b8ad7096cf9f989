//! What a consumer writes: on to her guide, a stand-in or the pool, with an honest word when nobody can answer now.

use chrono::TimeDelta;
use daogou_schema::message::Author;
use daogou_schema::outbound::Purpose;
use daogou_schema::{MemberId, consent, conversation, guide, member};
use daogou_wechat::Message;
use minijinja::context;

use super::given::introduce_once;
use super::hand_over::{hand_over_in, leave_in};
use super::line::Line;
use super::queries::{self, NewLine};
use super::route::{Route, route_in};
use super::words::{self, MemberWord};
use super::{say, tell};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::guides::hours::Hours;
use crate::links::FORM_HOURS;
use crate::{bindings, guides, members, outbound};

/// After this long without a word she has come back rather than gone on: she is told anew.
const SILENCE: TimeDelta = TimeDelta::hours(12);
/// For this long after an answer a talk is going on.
const TALK_GOES_ON: TimeDelta = TimeDelta::hours(1);

/// Whether a consumer's message is for her guide, rather than a word for the house.
pub fn is_line(message: &Message) -> bool {
    match message {
        Message::Text {
            content,
            menu_id: None,
        } => words::of_member(content).is_none(),
        _ => true,
    }
}

/// Hears a consumer's message.
///
/// # Errors
/// When the store fails.
pub async fn hear_member_in(
    txn: &Txn,
    visit: &Visit,
    member: &member::Model,
    message: &Message,
) -> Result<()> {
    let row = queries::touch(txn, visit, member.id).await?;
    if let Message::Text {
        content,
        menu_id: None,
    } = message
        && let Some(word) = words::of_member(content)
    {
        return obey(txn, visit, &row, word).await;
    }
    introduce_once(txn, visit, &row).await?;
    let line = Line::hear_in(txn, visit, message).await?;
    let route = route_in(txn, member.id).await?;
    let guide = route.guide();
    let new = NewLine {
        member: member.id,
        author: Author::Member,
        guide: guide.map(|g| g.id),
        line: &line,
    };
    let id = queries::insert_line(txn, visit, new).await?;
    leave_in(txn, &row, guide.map(|guide| guide.id)).await?;
    if let Some(guide) = guide {
        if row.guide_id.is_none() {
            say::pass_on_in(txn, visit, guide, &row).await?;
        }
        let number = guides::give_number_in(txn, guide.id, member.id, visit.now).await?;
        let who = members::label(&visit.texts, member.name.as_deref(), Some(number))?;
        say::relay_in(txn, visit, guide, (member.id, &who), &line, id).await?;
    }
    let unread = row.unread.unwrap_or(0).saturating_add(1);
    queries::set_heard(txn, member.id, guide.map(|g| g.id), id, unread, visit.now).await?;
    if needs_word(&row, guide, visit) {
        tell_honestly(txn, visit, &row, &route).await?;
    }
    Ok(())
}

/// Once per silence, not per message. While whoever serves her answers, the talk goes on and nothing has to be said.
fn needs_word(row: &conversation::Model, guide: Option<&guide::Model>, visit: &Visit) -> bool {
    let Some(told) = row.told_at else { return true };
    let Some(reply) = row.last_reply_at.filter(|reply| *reply > told) else {
        return visit.now - told >= SILENCE;
    };
    let serves_already = guide.is_some_and(|guide| row.guide_id == Some(guide.id));
    !serves_already || visit.now - reply >= TALK_GOES_ON
}

/// Says who will answer when it is not her guide at once; says nothing when it is.
async fn tell_honestly(
    txn: &Txn,
    visit: &Visit,
    row: &conversation::Model,
    route: &Route,
) -> Result<()> {
    let text = match route {
        Route::Pool { own } => Some(
            visit
                .texts
                .render("pool", context! { guide => own.as_ref().map(|g| &g.name) })?,
        ),
        Route::StandIn { guide, own } => Some(visit.texts.render(
            "waiting_for_guide",
            context! { guide => &own.name, stand_in => &guide.name },
        )?),
        Route::Own(guide) => away_text(txn, visit, guide).await?,
    };
    let Some(text) = text else { return Ok(()) };
    tell::visitor_text_in(txn, visit, Purpose::Courtesy, text).await?;
    queries::set_told(txn, row.member_id, visit.now).await
}

/// The store is closed, or the guide's own window is shut: the line waits for the guide.
async fn away_text(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<Option<String>> {
    let store = guides::store_in(txn, guide.store_id).await?;
    let hours = store
        .as_ref()
        .and_then(|s| s.hours.as_deref())
        .and_then(Hours::from_json);
    if let (Some(store), Some(hours)) = (&store, hours)
        && !hours.is_open(visit.now.to_utc(), visit.timezone)
    {
        let today = hours.today(visit.now.to_utc(), visit.timezone);
        if let Some(own) = &store.away_text {
            let hours = today.as_deref().unwrap_or("今天休息");
            let variables = context! { guide => &guide.name, store => &store.name, hours };
            match visit.texts.render_own(own, variables) {
                Ok(text) => return Ok(Some(text)),
                // Her line is worth more than the brand's own words.
                Err(error) => {
                    tracing::warn!(store.id = store.id.0, %error, "a store's text for the night cannot be said")
                }
            }
        }
        let variables = context! { guide => &guide.name, store => &store.name, hours => today };
        return visit.texts.render("away", variables).map(Some);
    }
    let Some(to) = guides::address(guide) else {
        return Ok(None);
    };
    if outbound::remaining_in(txn, &to, visit.now).await? > 0 {
        return Ok(None);
    }
    visit
        .texts
        .render(
            "waiting_for_guide",
            context! { guide => &guide.name, stand_in => () },
        )
        .map(Some)
}

async fn obey(txn: &Txn, visit: &Visit, row: &conversation::Model, word: MemberWord) -> Result<()> {
    let member = row.member_id;
    let text = match word {
        MemberWord::ChangeGuide => return change_guide(txn, visit, row).await,
        MemberWord::Register => return offer_form(txn, visit, member).await,
        MemberWord::Mute => agree(txn, visit, member, consent::Purpose::Marketing, false).await?,
        MemberWord::Unmute => agree(txn, visit, member, consent::Purpose::Marketing, true).await?,
        MemberWord::Quiet => agree(txn, visit, member, consent::Purpose::Contact, false).await?,
        MemberWord::Unquiet => agree(txn, visit, member, consent::Purpose::Contact, true).await?,
    };
    tell::visitor_in(txn, visit, Purpose::Courtesy, text, context! {}).await
}

/// The link to a form of her own.
async fn offer_form(txn: &Txn, visit: &Visit, member: MemberId) -> Result<()> {
    let link = visit.links.form(visit.account.id, member, visit.now);
    let variables = context! { link, hours => FORM_HOURS };
    tell::visitor_in(txn, visit, Purpose::Courtesy, "form", variables).await
}

/// Her form was filled in: she is told so in the chat, where nobody else reads it.
///
/// # Errors
/// When the store fails.
pub async fn registered_in(txn: &Txn, visit: &Visit, phone: Option<&str>) -> Result<()> {
    let variables = context! { phone };
    tell::visitor_in(txn, visit, Purpose::Courtesy, "registered", variables).await
}

/// Notes what she agrees to or takes back, and says which text answers it.
async fn agree(
    txn: &Txn,
    visit: &Visit,
    member: MemberId,
    purpose: consent::Purpose,
    given: bool,
) -> Result<&'static str> {
    let word = members::Word {
        member,
        purpose,
        given,
        way: consent::Way::Chat,
        text_version: None,
        staff: None,
        inbound: visit.inbound_id,
        at: visit.now,
    };
    members::note_word_in(txn, &word).await?;
    Ok(match (purpose, given) {
        (consent::Purpose::Contact, false) => "quiet",
        (consent::Purpose::Contact, true) => "unquiet",
        (_, false) => "muted",
        (_, true) => "unmuted",
    })
}

async fn change_guide(txn: &Txn, visit: &Visit, row: &conversation::Model) -> Result<()> {
    let Some(binding) = bindings::get_in(txn, row.member_id).await? else {
        return tell::visitor_in(
            txn,
            visit,
            Purpose::Courtesy,
            "pool",
            context! { guide => () },
        )
        .await;
    };
    let next = bindings::change_asked_in(txn, visit, &binding).await?;
    let next = next.as_ref();
    hand_over_in(txn, visit, row, binding.guide_id, next).await?;
    match next {
        Some(next) => {
            let who = members::label_in(txn, &visit.texts, next.id, row.member_id).await?;
            tell::guide_in(
                txn,
                visit,
                next,
                row.member_id,
                "new_friend",
                context! { who, asked => true },
            )
            .await?;
            say::pass_on_in(txn, visit, next, row).await?;
            tell::visitor_in(
                txn,
                visit,
                Purpose::Courtesy,
                "changed_guide",
                context! { guide => &next.name },
            )
            .await
        }
        None => {
            tell::visitor_in(
                txn,
                visit,
                Purpose::Courtesy,
                "changed_to_pool",
                context! {},
            )
            .await
        }
    }
}
