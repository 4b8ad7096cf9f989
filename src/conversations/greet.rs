//! Greetings after a scan or follow, and what the guide is told.

use daogou_schema::outbound::Purpose;
use daogou_schema::{binding, guide, member};
use minijinja::context;

use super::hand_over::hand_over_in;
use super::{queries, say, tell};
use crate::accounts::Visit;
use crate::bindings::Scanned;
use crate::db::Txn;
use crate::error::Result;
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
    scanned: &Scanned,
) -> Result<()> {
    let row = queries::touch(txn, visit, member.id).await?;
    match scanned {
        Scanned::Bound {
            guide,
            number,
            from,
        } => {
            welcome(txn, visit, guide, *number).await?;
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

/// The guide's own welcome text, or the brand's.
async fn welcome(txn: &Txn, visit: &Visit, guide: &guide::Model, number: i32) -> Result<()> {
    let store = guides::store_in(txn, guide.store_id).await?.map(|s| s.name);
    let variables = context! { guide => &guide.name, store, number };
    let own = guide.welcome.as_ref().and_then(|text| {
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
