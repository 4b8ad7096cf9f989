//! Greetings after a scan or follow, and what the guide is told.

use daogou_schema::code::Purpose as Scanning;
use daogou_schema::outbound::Purpose;
use daogou_schema::{MemberId, binding, campaign, code, guide, member};
use minijinja::context;

use super::hand_over::hand_over_in;
use super::{queries, say, tell};
use crate::accounts::Visit;
use crate::bindings::Scanned;
use crate::db::Txn;
use crate::error::Result;
use crate::guides::campaigns::rules::Phase;
use crate::guides::{self, Linked};
use crate::members;

/// Greets a consumer who scanned a code, and tells the guide.
///
/// # Errors
/// When the store fails.
pub async fn greet_in(
    txn: &Txn,
    visit: &Visit,
    member: &member::Model,
    code: &code::Model,
    scanned: &Scanned,
) -> Result<()> {
    let row = queries::touch(txn, visit, member.id).await?;
    let campaign = guides::campaigns::of_code_in(txn, visit, code).await?;
    if let Some((campaign, phase)) = &campaign {
        say_when(txn, visit, campaign, *phase).await?;
    }
    let running = campaign.filter(|(_, phase)| *phase == Phase::Running);
    let is_running = running.is_some();
    let words = running.and_then(|(campaign, _)| campaign.welcome);
    // Out of its time a campaign has nothing of its own to say.
    let first = match code.purpose {
        Scanning::Campaign if !is_running => None,
        _ => guides::variants::words_for(visit, code).or_else(|| words.clone()),
    };
    match scanned {
        Scanned::Bound {
            guide,
            number,
            from,
        } => {
            let to = (member.id, *number);
            welcome(txn, visit, guide, to, first.as_deref()).await?;
            if let Some(before) = from.filter(|before| *before != guide.id) {
                hand_over_in(txn, visit, &row, before, Some(guide)).await?;
            }
            let who = members::label(&visit.texts, member.name.as_deref(), Some(*number))?;
            tell::guide_in(
                txn,
                visit,
                guide,
                member.id,
                "new_friend",
                context! { who, asked => false },
            )
            .await?;
            if guides::is_available(guide) {
                say::pass_on_in(txn, visit, guide, &row).await?;
            }
            Ok(())
        }
        Scanned::AlreadyYours(guide) | Scanned::Kept(guide) if words.is_some() => {
            let number = guides::number_of_in(txn, guide.id, member.id).await?;
            let number = number.unwrap_or_default();
            welcome(txn, visit, guide, (member.id, number), words.as_deref()).await
        }
        Scanned::AlreadyYours(guide) => {
            tell::visitor_in(
                txn,
                visit,
                Purpose::Welcome,
                "already_yours",
                context! { guide => &guide.name },
            )
            .await
        }
        Scanned::Kept(own) => {
            tell::visitor_in(
                txn,
                visit,
                Purpose::Welcome,
                "kept",
                context! { guide => &own.name },
            )
            .await
        }
        Scanned::NobodyValid => {
            tell::visitor_in(txn, visit, Purpose::Welcome, "no_guide_valid", context! {}).await
        }
    }
}

/// Whoever scans a campaign's code out of its time reads so; everything else goes on as with any other code.
async fn say_when(
    txn: &Txn,
    visit: &Visit,
    campaign: &campaign::Model,
    phase: Phase,
) -> Result<()> {
    let name = match phase {
        Phase::Early => "campaign_early",
        Phase::Running => return Ok(()),
        Phase::Over => "campaign_over",
    };
    let from = campaign.starts_at.to_utc().with_timezone(&visit.timezone);
    let from = from.format("%-m月%-d日 %H:%M").to_string();
    let variables = context! { campaign => &campaign.name, from };
    tell::visitor_in(txn, visit, Purpose::Welcome, name, variables).await
}

/// The code's words, the guide's own welcome text, or the brand's.
async fn welcome(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    (member, number): (MemberId, i32),
    words: Option<&str>,
) -> Result<()> {
    let store = guides::store_in(txn, guide.store_id).await?.map(|s| s.name);
    let form = visit.links.form(visit.account.id, member, visit.now);
    let form = form.unwrap_or_default();
    let variables = context! { guide => &guide.name, store, number, form };
    let own = words.or(guide.welcome.as_deref()).and_then(|text| {
        match visit.texts.render_own(text, variables.clone()) {
            Ok(text) => Some(text),
            Err(error) => {
                // Checked when it was saved; a greeting is still owed to her.
                tracing::warn!(guide.id = guide.id.0, %error, "a welcome text cannot be used");
                None
            }
        }
    });
    let text = match own {
        Some(text) => text,
        None => visit.texts.render("welcome", variables)?,
    };
    tell::visitor_text_in(txn, visit, Purpose::Welcome, text).await
}

/// Whoever taps the menu reads what was chosen for the key.
///
/// # Errors
/// When the store fails.
pub async fn answer_tap_in(txn: &Txn, visit: &Visit, answer: String) -> Result<()> {
    tell::visitor_text_in(txn, visit, Purpose::Courtesy, answer).await
}

/// A linked guide scanned a guide's or store's code: nobody is bound, and the guide is told.
///
/// # Errors
/// When the store fails.
pub async fn guide_scanned_in(txn: &Txn, visit: &Visit, guide: &guide::Model) -> Result<()> {
    tell::visitor_in(
        txn,
        visit,
        Purpose::Notice,
        "guide_scans",
        context! { guide => &guide.name },
    )
    .await
}

/// Tells what scanning a link code did, and brings a newly linked guide what waits.
///
/// # Errors
/// When the store fails.
pub async fn linked_in(txn: &Txn, visit: &Visit, linked: &Linked) -> Result<()> {
    let (name, guide) = match linked {
        Linked::Now(guide) => ("linked", Some(guide)),
        Linked::Already(guide) => ("link_already", Some(guide)),
        Linked::OtherGuide(guide) => ("link_other", Some(guide)),
        Linked::Taken(guide) => ("link_taken", Some(guide)),
        Linked::Spent => ("link_spent", None),
    };
    let variables = context! { guide => guide.map(|g| &g.name) };
    tell::visitor_in(txn, visit, Purpose::Notice, name, variables).await?;
    if let Linked::Now(guide) = linked
        && let Some(guide) = guides::get_in(txn, guide.id).await?
    {
        say::pass_on_waiting_in(txn, visit, &guide).await?;
    }
    Ok(())
}

/// A bound member unfollowed: her guide is told.
///
/// # Errors
/// When the store fails.
pub async fn friend_left_in(txn: &Txn, visit: &Visit, binding: &binding::Model) -> Result<()> {
    tell_following(txn, visit, binding, "friend_left").await
}

/// A bound member follows again: her guide is told.
///
/// # Errors
/// When the store fails.
pub async fn friend_back_in(txn: &Txn, visit: &Visit, binding: &binding::Model) -> Result<()> {
    tell_following(txn, visit, binding, "friend_back").await
}

async fn tell_following(
    txn: &Txn,
    visit: &Visit,
    binding: &binding::Model,
    name: &str,
) -> Result<()> {
    let Some(guide) = guides::get_in(txn, binding.guide_id).await? else {
        return Ok(());
    };
    let who = members::label_in(txn, &visit.texts, guide.id, binding.member_id).await?;
    tell::guide_in(
        txn,
        visit,
        &guide,
        binding.member_id,
        name,
        context! { who },
    )
    .await
}
