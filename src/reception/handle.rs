//! What each push does: one exhaustive look at its type, in one transaction with all its effects.

use std::sync::Arc;

use daogou_schema::inbound::{self, Answer, State};
use daogou_schema::reply_window::Trigger;
use daogou_schema::{Address, Timestamp, guide};
use daogou_wechat::text::strip_forbidden;
use daogou_wechat::{Body, Event, Format, Kind, Message, Push};

use super::queries;
use crate::accounts::{Account, Visit};
use crate::bindings;
use crate::context::Context;
use crate::conversations;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold};
use crate::members::{self, Arrival, Following, Known};
use crate::{guides, outbound};

/// The effect of a push.
pub(super) struct Handled {
    /// Its passive answer.
    pub answer: Option<String>,
    /// Who has messages to get.
    pub ready: Vec<Address>,
}

struct Handling {
    hold: Hold,
    visit: Visit,
    push: Push,
    /// A request is waiting, and a passive answer can be read.
    attended: bool,
    /// Which key opened the push.
    key_index: usize,
    nonce: String,
    random: [u8; 16],
}

/// Handles a push: all its effects, or none. None when the lane has been lost meanwhile.
pub(super) async fn handle(
    ctx: &Context,
    account: &Arc<Account>,
    hold: &Hold,
    row: inbound::Model,
) -> Result<Option<Handled>> {
    let format: Format = row
        .format
        .parse()
        .map_err(|_why| Error::Internal("a stored push has an unknown format".into()))?;
    let push = Push::parse(
        format,
        &strip_forbidden(row.raw.as_deref().unwrap_or_default()),
    );
    let push =
        push.map_err(|e| Error::Internal(format!("a stored push cannot be read any more: {e}")))?;
    let now = Timestamp::from(ctx.clock.now());
    let visit = Visit {
        account: account.clone(),
        openid: row.openid,
        inbound_id: row.id,
        acted_at: row.pushed_at.map_or(now, |at| at.min(now)),
        now,
        texts: ctx.texts.clone(),
        timezone: ctx.config.timezone,
    };
    let handling = Handling {
        hold: hold.clone(),
        attended: ctx.signals.is_awaited(row.id) && account.kind == Kind::Service,
        key_index: row
            .key_index
            .and_then(|index| index.try_into().ok())
            .unwrap_or(0),
        nonce: ctx.chance.below(10_000_000_000).to_string(),
        random: ctx.chance.bytes(),
        visit,
        push,
    };
    ctx.db
        .write(handling, |txn, handling| Box::pin(handle_in(txn, handling)))
        .await
}

async fn handle_in(txn: &Txn, h: &Handling) -> Result<Option<Handled>> {
    let id = h.visit.inbound_id;
    if !lanes::still_held(txn, &h.hold, h.visit.now).await?
        || !queries::finish(txn, id, State::Done).await?
    {
        return Ok(None);
    }
    if !h.visit.openid.is_empty() {
        take_effect(txn, &h.visit, &h.push).await?;
    }
    let answer = answer(txn, h).await?;
    let mut ready = queries::promised_to(txn, id).await?;
    ready.push(h.hold.person.clone());
    Ok(Some(Handled { answer, ready }))
}

async fn answer(txn: &Txn, h: &Handling) -> Result<Option<String>> {
    let (visit, door) = (&h.visit, &h.visit.account.door);
    let id = visit.inbound_id;
    let chosen = if h.attended && takes_reply(&h.push.body) {
        outbound::answer_passively(txn, visit.now, &h.hold.person).await?
    } else {
        None
    };
    let us = h
        .push
        .to
        .as_deref()
        .or(visit.account.original_id.as_deref());
    let (Some(chosen), Some(us)) = (chosen, us) else {
        queries::decide(txn, id, Answer::Api, None).await?;
        return Ok(None);
    };
    let seconds = visit.now.seconds();
    let xml = chosen.reply.to_xml(&visit.openid, us, seconds);
    let xml =
        xml.map_err(|e| Error::Internal(format!("a passive answer cannot be written: {e}")))?;
    let body = door.seal(h.key_index, &xml, seconds, &h.nonce, h.random);
    let body =
        body.map_err(|e| Error::Internal(format!("a passive answer cannot be encrypted: {e}")))?;
    if !queries::decide(txn, id, Answer::Passive, Some(&body)).await? {
        // The request has given up; the messages go through the API.
        return Ok(None);
    }
    chosen.mark_in(txn, visit.now, id).await?;
    Ok(Some(body))
}

/// Pushes whose HTTP answer WeChat shows to the person. (WeChat: passive replies.)
fn takes_reply(body: &Body) -> bool {
    match body {
        Body::Message(_) => true,
        Body::Event(event) => matches!(
            event,
            Event::Subscribe { .. }
                | Event::Scan { .. }
                | Event::Click { .. }
                | Event::Location { .. }
                | Event::ScanCode { waits: true, .. }
        ),
        Body::Unknown => false,
    }
}

async fn take_effect(txn: &Txn, visit: &Visit, push: &Push) -> Result<()> {
    match &push.body {
        Body::Message(message) => hear(txn, visit, message).await,
        Body::Event(Event::Subscribe { scene, .. }) => {
            act(txn, visit, Trigger::Follow).await?;
            arrive(txn, visit, scene.as_deref()).await
        }
        Body::Event(Event::Scan { scene, .. }) => {
            act(txn, visit, Trigger::Scan).await?;
            arrive(txn, visit, Some(scene)).await
        }
        Body::Event(Event::Unsubscribe) => leave(txn, visit).await,
        // Taps that open a window. (WeChat: customer-service messages; only these three menu types do.)
        Body::Event(Event::Click { .. } | Event::ScanCode { .. }) => {
            act(txn, visit, Trigger::Menu).await?;
            meet(txn, visit, Following::Yes).await.map(drop)
        }
        Body::Event(Event::EnterTempSession { session_from }) => {
            act(txn, visit, Trigger::Enter).await?;
            arrive(txn, visit, session_from.as_deref()).await
        }
        // Acts of a follower that change nothing but that she was here.
        Body::Event(
            Event::View { .. }
            | Event::ViewMiniProgram { .. }
            | Event::Location { .. }
            | Event::LocationSelect { .. }
            | Event::Pictures { .. },
        ) => meet(txn, visit, Following::Yes).await.map(drop),
        // Kept raw and acknowledged: job results, reviews, cards, privacy, and what is not known yet. Their sender may
        // be the platform, so nobody is made a member by them.
        Body::Event(_) | Body::Unknown => Ok(()),
    }
}

fn here(visit: &Visit) -> Address {
    Address {
        account_id: visit.account.id,
        openid: visit.openid.clone(),
    }
}

/// An own act: opens a window and frees what waited for one. Says whether lines were waiting.
async fn act(txn: &Txn, visit: &Visit, trigger: Trigger) -> Result<bool> {
    let person = here(visit);
    outbound::open_window_in(txn, &person, trigger, visit.acted_at).await?;
    let waited = outbound::held_count_in(txn, &person).await? > 0;
    if waited {
        let wrote = trigger == Trigger::Message;
        outbound::release_held_in(txn, visit.now, &person, wrote).await?;
    }
    Ok(waited)
}

/// Meets the visitor and, when a bound member is back, tells her guide.
async fn meet(txn: &Txn, visit: &Visit, following: Following) -> Result<Known> {
    let known = members::meet_in(txn, visit, following).await?;
    if known.arrival == Arrival::Again
        && let Some(binding) = bindings::get_in(txn, known.member.id).await?
    {
        bindings::note_following_in(txn, visit, &binding, true).await?;
        conversations::friend_back_in(txn, visit, &binding).await?;
    }
    Ok(known)
}

/// Whether acting here means following: mini-programs have no followers.
fn following(visit: &Visit) -> Following {
    match visit.account.kind {
        Kind::Service => Following::Yes,
        Kind::MiniProgram => Following::Unknown,
    }
}

async fn own_guide(txn: &Txn, visit: &Visit) -> Result<Option<guide::Model>> {
    guides::linked_to_in(txn, visit.account.id, &visit.openid).await
}

async fn hear(txn: &Txn, visit: &Visit, message: &Message) -> Result<()> {
    // A tapped menu item counts as a menu tap and opens no 48-hour window. (WeChat: customer-service messages.)
    let tapped = matches!(
        message,
        Message::Text {
            menu_id: Some(_),
            ..
        }
    );
    let waited = act(
        txn,
        visit,
        if tapped {
            Trigger::Menu
        } else {
            Trigger::Message
        },
    )
    .await?;
    if let Some(guide) = own_guide(txn, visit).await? {
        return conversations::hear_guide_in(txn, visit, &guide, message, waited).await;
    }
    let known = meet(txn, visit, following(visit)).await?;
    conversations::hear_member_in(txn, visit, &known.member, message).await
}

/// Somebody came, perhaps by a code.
async fn arrive(txn: &Txn, visit: &Visit, scene: Option<&str>) -> Result<()> {
    let code = match scene {
        Some(scene) if !scene.is_empty() => guides::resolve_in(txn, visit, scene).await?,
        _ => None,
    };
    let link = code
        .as_ref()
        .filter(|code| code.purpose == daogou_schema::code::Purpose::Link);
    if let Some(link) = link {
        let linked = guides::link_in(txn, visit, link).await?;
        return conversations::linked_in(txn, visit, &linked).await;
    }
    if let Some(guide) = own_guide(txn, visit).await? {
        if code.is_some() {
            conversations::guide_scanned_in(txn, visit, &guide).await?;
        }
        return Ok(());
    }
    let known = meet(txn, visit, following(visit)).await?;
    if let Some(code) = code {
        let scanned = bindings::scan_in(txn, visit, known.member.id, &code).await?;
        conversations::greet_in(txn, visit, &known.member, &scanned).await?;
    }
    Ok(())
}

/// She unfollowed: nothing can be sent; the binding stays and her guide is told.
async fn leave(txn: &Txn, visit: &Visit) -> Result<()> {
    outbound::shut_windows_in(txn, &here(visit)).await?;
    if let Some(guide) = own_guide(txn, visit).await? {
        return conversations::guide_left_in(txn, visit, &guide).await;
    }
    let known = members::meet_in(txn, visit, Following::Left).await?;
    if let Some(binding) = bindings::get_in(txn, known.member.id).await? {
        bindings::note_following_in(txn, visit, &binding, false).await?;
        conversations::friend_left_in(txn, visit, &binding).await?;
    }
    Ok(())
}
