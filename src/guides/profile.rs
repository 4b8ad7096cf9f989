//! What is known of a guide besides the name: what she is good at, and her phone number, which is encrypted in the store and
//! shown masked; whoever sees the whole one is written down.

use daogou_schema::{GuideId, Timestamp, guide};
use serde_json::{Value, json};

use super::joining::{Phone, SPECIALITY_CHARS_MAX, is_plain};
use super::queries;
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// Where a guide's number is kept.
pub(super) fn phone_place(guide: GuideId) -> String {
    format!("guide.phone.{guide}")
}

/// What is to be known of a guide.
#[derive(Clone, Debug)]
pub struct Profile {
    /// What she is good at; empty: nothing is said.
    pub speciality: String,
    /// Her number: left as it is, or this one, or none.
    pub phone: NewPhone,
}

/// What becomes of a number.
#[derive(Clone, Debug)]
pub enum NewPhone {
    /// It stays.
    Same,
    /// There is none any more.
    None,
    /// This one.
    This(Phone),
}

/// Changes what is known of a guide; says whether the speciality can be shown and the guide is there.
///
/// # Errors
/// When the store fails or DAOGOU_SECRET_KEY is not set.
pub async fn change(
    ctx: &Context,
    account: &Account,
    guide: GuideId,
    profile: Profile,
    by: By,
) -> Result<bool> {
    let speciality = profile.speciality.trim().to_owned();
    if speciality.chars().count() > SPECIALITY_CHARS_MAX || !is_plain(&speciality) {
        return Ok(false);
    }
    let phone = match profile.phone {
        NewPhone::Same => None,
        NewPhone::None => Some(None),
        NewPhone::This(phone) => {
            let sealed = ctx.vault()?.seal(&phone_place(guide), &phone.number)?;
            Some(Some((sealed, phone.masked)))
        }
    };
    let speciality = Some(speciality).filter(|text| !text.is_empty());
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, guide, (speciality, phone), by, now);
    ctx.db
        .write(args, |txn, (account, id, (speciality, phone), by, now)| {
            Box::pin(async move {
                let here = |row: &guide::Model| row.account_id == *account && row.left_at.is_none();
                let Some(before) = queries::locked(txn, *id).await?.filter(here) else {
                    return Ok(false);
                };
                queries::set_speciality(txn, *id, speciality.clone()).await?;
                let has = match phone {
                    Some(phone) => {
                        queries::set_phone(txn, *id, phone.clone()).await?;
                        phone.is_some()
                    }
                    None => before.phone.is_some(),
                };
                let had = told(before.speciality.as_deref(), before.phone.is_some());
                let has = told(speciality.as_deref(), has);
                let told = (Some(had), Some(has));
                note(txn, *now, *by, Act::ChangeGuide, &before, told).await?;
                Ok(true)
            })
        })
        .await
}

/// That there is a number, never which.
fn told(speciality: Option<&str>, phone: bool) -> Value {
    json!({ "speciality": speciality, "phone": phone.then_some("1") })
}

/// A guide's whole number; that it was seen is written down first.
///
/// # Errors
/// When the store fails, or the number was stored under another key.
pub async fn reveal_phone(ctx: &Context, guide: &guide::Model, by: By) -> Result<Option<String>> {
    let Some(sealed) = &guide.phone else {
        return Ok(None);
    };
    let number = ctx.vault()?.open(&phone_place(guide.id), sealed)?;
    let args = (guide.clone(), by, Timestamp::from(ctx.clock.now()));
    ctx.db
        .write(args, |txn, (guide, by, now)| {
            Box::pin(note(txn, *now, *by, Act::RevealPhone, guide, (None, None)))
        })
        .await?;
    Ok(Some(number.expose().to_owned()))
}

async fn note(
    txn: &Txn,
    now: Timestamp,
    by: By,
    act: Act,
    guide: &guide::Model,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(guide.account_id),
        act,
        subject: audit::subject("guide", guide.id),
        before,
        after,
    };
    audit::note_in(txn, now, entry).await
}
