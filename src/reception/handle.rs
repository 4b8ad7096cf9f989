//! What each push does: one exhaustive look at its type, in one transaction with all its effects.

use daogou_ground::Chance;
use daogou_schema::reply_window::Trigger;
use daogou_schema::{Address, CodeId, InboundId, guide, inbound};
use daogou_wechat::text::strip_forbidden;
use daogou_wechat::{Body, Event, Format, Kind, Message, Push};

use super::queries;
use crate::accounts::Visit;
use crate::bindings;
use crate::conversations;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::guides::Linked;
use crate::lanes::Holders;
use crate::members::{self, Arrival, Following, Known};
use crate::outbound::{PassiveAnswer, Standing};
use crate::{fans, guides, insiders, menus, outbound, privacy};

/// A push as it takes effect: everything about it that is not in the store.
pub(super) struct Act<'a> {
    pub push: &'a Push,
    pub visit: &'a Visit,
    /// A request is waiting.
    pub attended: bool,
    /// Which key opened the push.
    pub key_index: usize,
    pub seal: &'a Seal,
    /// Who is sending.
    pub holders: &'a Holders,
}

/// What sealing an answer needs besides the key.
#[derive(Clone)]
pub(super) struct Seal {
    nonce: String,
    random: [u8; 16],
}

impl Seal {
    pub(super) fn draw(chance: &Chance) -> Self {
        Self {
            nonce: chance.below(10_000_000_000).to_string(),
            random: chance.bytes(),
        }
    }
}

/// A passive answer and what it carries.
pub(super) struct Answering {
    pub body: String,
    chosen: PassiveAnswer,
}

impl Answering {
    /// The answer of `push` is this one: what it carries need not be sent.
    pub(super) async fn mark_in(self, txn: &Txn, visit: &Visit, id: InboundId) -> Result<String> {
        self.chosen.mark_in(txn, visit.now, id).await?;
        txn.take_back(&here(visit));
        Ok(self.body)
    }
}

/// Lets a push take effect and chooses its passive answer. The caller decides whether it is given.
pub(super) async fn handle_in(txn: &Txn, act: &Act<'_>) -> Result<Option<Answering>> {
    let (visit, push) = (act.visit, act.push);
    let stood = match visit.openid.is_empty() {
        true => false,
        false => take_effect(txn, visit, push).await?,
    };
    let person = here(visit);
    let may_answer = act.attended && visit.account.kind == Kind::Service && takes_reply(&push.body);
    if !may_answer || !(stood || txn.has_promised(&person)) {
        return Ok(None);
    }
    let chosen = outbound::answer_passively(txn, act.holders, visit.now, &person).await?;
    let us = push.to.as_deref().or(visit.account.original_id.as_deref());
    let (Some(chosen), Some(us)) = (chosen, us) else {
        return Ok(None);
    };
    let seconds = visit.now.seconds();
    let xml = chosen.reply.to_xml(&visit.openid, us, seconds);
    let xml =
        xml.map_err(|e| Error::Internal(format!("a passive answer cannot be written: {e}")))?;
    let door = &visit.account.door;
    let body = door.seal(
        act.key_index,
        &xml,
        seconds,
        &act.seal.nonce,
        act.seal.random,
    );
    let body =
        body.map_err(|e| Error::Internal(format!("a passive answer cannot be encrypted: {e}")))?;
    Ok(Some(Answering { body, chosen }))
}

/// A stored push, read again.
pub(super) fn read_again(row: &inbound::Model) -> Result<Push> {
    let format: Format = row
        .format
        .parse()
        .map_err(|_why| Error::Internal("a stored push has an unknown format".into()))?;
    let text = strip_forbidden(row.raw.as_deref().unwrap_or_default());
    Push::parse(format, &text)
        .map_err(|e| Error::Internal(format!("a stored push cannot be read any more: {e}")))
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

/// Says whether something stood for the sender before, which her answer may carry.
async fn take_effect(txn: &Txn, visit: &Visit, push: &Push) -> Result<bool> {
    match &push.body {
        Body::Message(message) => hear(txn, visit, message).await,
        Body::Event(Event::Subscribe { scene, .. }) => {
            let standing = act(txn, visit, Trigger::Follow).await?;
            arrive(txn, visit, Way::Followed, scene.as_deref()).await?;
            Ok(standing.any)
        }
        Body::Event(Event::Scan { scene, .. }) => {
            let standing = act(txn, visit, Trigger::Scan).await?;
            arrive(txn, visit, Way::Scanned, Some(scene)).await?;
            Ok(standing.any)
        }
        Body::Event(Event::Unsubscribe) => {
            leave(txn, visit).await?;
            Ok(false)
        }
        // Taps that open a window. (WeChat: customer-service messages; only these three menu types do.)
        Body::Event(Event::Click { key, .. } | Event::ScanCode { key, .. }) => {
            let standing = act(txn, visit, Trigger::Menu).await?;
            meet(txn, visit, Following::Yes).await?;
            if let Some(answer) = menus::answer_in(txn, visit, key).await? {
                conversations::answer_tap_in(txn, visit, answer).await?;
            }
            Ok(standing.any)
        }
        Body::Event(Event::EnterTempSession { session_from }) => {
            let standing = act(txn, visit, Trigger::Enter).await?;
            arrive(txn, visit, Way::Entered, session_from.as_deref()).await?;
            Ok(standing.any)
        }
        // Acts of a follower that change nothing but that she was here.
        Body::Event(
            Event::View { .. }
            | Event::ViewMiniProgram { .. }
            | Event::Location { .. }
            | Event::LocationSelect { .. }
            | Event::Pictures { .. },
        ) => {
            meet(txn, visit, Following::Yes).await?;
            Ok(true)
        }
        // The platform speaks of somebody's rights. Its push names her, and has said all it has to say.
        Body::Event(Event::AuthorizationCancellation { openid, .. }) => {
            privacy::cancelled_in(txn, visit, openid).await?;
            queries::forget_raw(txn, visit.inbound_id).await?;
            Ok(false)
        }
        Body::Event(Event::AuthorizationRevoke {
            openid,
            revoke_info,
            ..
        }) => {
            privacy::revoked_in(txn, visit, openid, revoke_info).await?;
            queries::forget_raw(txn, visit.inbound_id).await?;
            Ok(false)
        }
        Body::Event(Event::UserInfoModified { openid, .. }) => {
            privacy::cleaned_in(txn, visit, openid).await?;
            queries::forget_raw(txn, visit.inbound_id).await?;
            Ok(false)
        }
        // Kept raw and acknowledged: job results, reviews, cards, and what is not known yet. Their sender may
        // be the platform, so nobody is made a member by them.
        Body::Event(_) | Body::Unknown => Ok(false),
    }
}

fn here(visit: &Visit) -> Address {
    Address {
        account_id: visit.account.id,
        openid: visit.openid.clone(),
    }
}

/// An own act: opens a window and frees what waited for one. Says what stood before it.
async fn act(txn: &Txn, visit: &Visit, trigger: Trigger) -> Result<Standing> {
    let person = here(visit);
    outbound::open_window_in(txn, &person, trigger, visit.acted_at).await?;
    let standing = outbound::standing_in(txn, &person).await?;
    if standing.held {
        let wrote = trigger == Trigger::Message;
        outbound::release_held_in(txn, visit.now, &person, wrote).await?;
    }
    Ok(standing)
}

/// Meets the visitor, who did not come by a code and may have no guide.
async fn meet(txn: &Txn, visit: &Visit, following: Following) -> Result<Known> {
    let known = meet_first(txn, visit, following).await?;
    if known.is_new {
        note_unbound(txn, visit, &known).await?;
    }
    Ok(known)
}

/// Meets the visitor and, when a bound member is back, tells her guide.
async fn meet_first(txn: &Txn, visit: &Visit, following: Following) -> Result<Known> {
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

async fn hear(txn: &Txn, visit: &Visit, message: &Message) -> Result<bool> {
    // A tapped menu item counts as a menu tap and opens no 48-hour window. (WeChat: customer-service messages.)
    let tapped = matches!(
        message,
        Message::Text {
            menu_id: Some(_),
            ..
        }
    );
    let trigger = if tapped {
        Trigger::Menu
    } else {
        Trigger::Message
    };
    let standing = act(txn, visit, trigger).await?;
    if let Some(guide) = own_guide(txn, visit).await? {
        conversations::hear_guide_in(txn, visit, &guide, message, standing.held).await?;
    } else {
        let known = meet(txn, visit, following(visit)).await?;
        conversations::hear_member_in(txn, visit, &known.member, message).await?;
    }
    Ok(standing.any)
}

/// How somebody comes.
#[derive(Clone, Copy)]
enum Way {
    /// She pressed follow, perhaps after a scan.
    Followed,
    /// She follows and scanned a code.
    Scanned,
    /// She opened the chat of a mini-program.
    Entered,
}

/// Somebody came, perhaps by a code.
async fn arrive(txn: &Txn, visit: &Visit, way: Way, scene: Option<&str>) -> Result<()> {
    let code = match scene {
        Some(scene) if !scene.is_empty() => guides::resolve_in(txn, visit, scene).await?,
        _ => None,
    };
    let link = code
        .as_ref()
        .filter(|code| code.purpose == daogou_schema::code::Purpose::Link);
    if let Some(link) = link {
        let linked = guides::link_in(txn, visit, link).await?;
        if let Linked::Now(_) = linked {
            insiders::linked_in(txn, visit).await?;
        }
        return conversations::linked_in(txn, visit, &linked).await;
    }
    if let Some(guide) = own_guide(txn, visit).await? {
        if code.is_some() {
            conversations::guide_scanned_in(txn, visit, &guide).await?;
        }
        return Ok(());
    }
    let came_by = code.as_ref().map(|code| code.id);
    let known = match way {
        Way::Followed if visit.account.kind == Kind::Service => {
            let by = came_by.unwrap_or(CodeId::NONE);
            let known = meet_first(txn, visit, Following::By(by)).await?;
            if is_customer(&known) {
                fans::followed_in(txn, visit, by).await?;
            }
            known
        }
        Way::Followed | Way::Scanned | Way::Entered => {
            meet_first(txn, visit, following(visit)).await?
        }
    };
    if let (Way::Scanned, Some(code), true) = (way, came_by, is_customer(&known)) {
        fans::scanned_in(txn, visit, code).await?;
    }
    let scanned = match &code {
        Some(code) => Some(bindings::scan_in(txn, visit, known.member.id, code).await?),
        None => None,
    };
    if known.is_new && !scanned.as_ref().is_some_and(bindings::has_guide) {
        note_unbound(txn, visit, &known).await?;
    }
    match code.as_ref().zip(scanned) {
        Some((code, scanned)) => {
            conversations::greet_in(txn, visit, &known.member, code, &scanned).await
        }
        None => Ok(()),
    }
}

/// What staff and testers do is counted nowhere.
fn is_customer(known: &Known) -> bool {
    known.member.insider.is_none()
}

async fn note_unbound(txn: &Txn, visit: &Visit, known: &Known) -> Result<()> {
    bindings::note_unbound_in(txn, visit.account.id, known.member.id, visit.now).await
}

/// She unfollowed: nothing can be sent; the binding stays and her guide is told.
async fn leave(txn: &Txn, visit: &Visit) -> Result<()> {
    outbound::shut_windows_in(txn, &here(visit)).await?;
    if let Some(guide) = own_guide(txn, visit).await? {
        return conversations::guide_left_in(txn, visit, &guide).await;
    }
    let known = members::meet_in(txn, visit, Following::Left).await?;
    if known.is_new {
        note_unbound(txn, visit, &known).await?;
    }
    if is_customer(&known) {
        fans::lost_in(txn, visit, known.code).await?;
    }
    if let Some(binding) = bindings::get_in(txn, known.member.id).await? {
        bindings::note_following_in(txn, visit, &binding, false).await?;
        conversations::friend_left_in(txn, visit, &binding).await?;
    }
    Ok(())
}
