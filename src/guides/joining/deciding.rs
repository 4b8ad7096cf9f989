//! Yes or no to who wants to join.

use daogou_schema::applicant::{Model, State};
use daogou_schema::{ApplicantId, GuideId, StoreId, Timestamp, store};
use serde_json::{Value, json};

use super::{KEPT_FOR, No, Outcome, has_guide_in, phone_place};
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::guides::codes::{self, Code, Wanted};
use crate::guides::profile;
use crate::guides::queries::{self, NewGuide};
use crate::vault::Vault;

/// What is decided about whom.
#[derive(Clone, Copy)]
struct Deciding {
    store: StoreId,
    applicant: ApplicantId,
    by: By,
    now: Timestamp,
}

/// Somebody who wants to join a store becomes a guide. WeChat makes her codes first, so that a refusal leaves no half guide.
///
/// # Errors
/// When the store fails.
pub async fn approve(
    ctx: &Context,
    account: &Account,
    store: &store::Model,
    applicant: ApplicantId,
    by: By,
) -> Result<Outcome<GuideId>> {
    let deciding = deciding(ctx, store, applicant, by);
    let found = queries::applicant(ctx.db.reads(), applicant).await?;
    if !found.is_some_and(|row| is_open(&row, deciding)) {
        return Ok(Err(No::TooLate));
    }
    if store.closed_at.is_some() {
        return Ok(Err(No::Over));
    }
    let made = async {
        let code = codes::create(ctx, account, Wanted::Permanent { prefix: "g" }).await?;
        Ok::<_, Error>((code, codes::create(ctx, account, Wanted::Link).await?))
    };
    let (code, link) = match made.await {
        Ok(made) => made,
        Err(Error::Upstream(why)) => return Ok(Err(No::Upstream(why))),
        Err(error) => return Err(error),
    };
    let args = (deciding, code, link, ctx.vault()?.clone());
    ctx.db
        .write(args, |txn, (deciding, code, link, vault)| {
            Box::pin(approve_in(txn, *deciding, code, link, vault))
        })
        .await
}

fn deciding(ctx: &Context, store: &store::Model, applicant: ApplicantId, by: By) -> Deciding {
    Deciding {
        store: store.id,
        applicant,
        by,
        now: Timestamp::from(ctx.clock.now()),
    }
}

fn is_open(row: &Model, deciding: Deciding) -> bool {
    let kept = row.created_at > deciding.now - KEPT_FOR;
    row.store_id == deciding.store && row.state == State::Waiting && kept
}

async fn approve_in(
    txn: &Txn,
    deciding: Deciding,
    code: &Code,
    link: &Code,
    vault: &Vault,
) -> Result<Outcome<GuideId>> {
    let found = queries::locked_applicant(txn, deciding.applicant).await?;
    let Some(row) = found.filter(|row| is_open(row, deciding)) else {
        return Ok(Err(No::TooLate));
    };
    if has_guide_in(txn, row.account_id, row.store_id, &row.name).await? {
        return Ok(Err(No::Taken));
    }
    let new = NewGuide {
        account_id: row.account_id,
        store_id: row.store_id,
        name: row.name.clone(),
        welcome: None,
        speciality: row.speciality.clone(),
    };
    let guide = codes::insert_in(txn, &new, code, link, deciding.now).await?;
    if let (Some(sealed), Some(masked)) = (&row.phone, &row.phone_masked) {
        // What is sealed can be opened in its own row only.
        let number = vault.open(&phone_place(&row.digest), sealed)?;
        let sealed = vault.seal(&profile::phone_place(guide.id), number.expose())?;
        queries::set_phone(txn, guide.id, Some((sealed, masked.clone()))).await?;
    }
    let told = json!({ "name": guide.name, "store": guide.store_id, "guide": guide.id });
    decide(
        txn,
        deciding,
        &row,
        Some(guide.id),
        Act::ApproveApplicant,
        told,
    )
    .await?;
    Ok(Ok(guide.id))
}

/// Somebody who wants to join a store does not.
///
/// # Errors
/// When the store fails.
pub async fn decline(
    ctx: &Context,
    store: &store::Model,
    applicant: ApplicantId,
    by: By,
) -> Result<Outcome<()>> {
    let deciding = deciding(ctx, store, applicant, by);
    ctx.db
        .write(deciding, |txn, deciding| {
            Box::pin(async move {
                let found = queries::locked_applicant(txn, deciding.applicant).await?;
                let Some(row) = found.filter(|row| is_open(row, *deciding)) else {
                    return Ok(Err(No::TooLate));
                };
                let told = json!({ "name": row.name, "store": row.store_id });
                decide(txn, *deciding, &row, None, Act::DeclineApplicant, told).await?;
                Ok(Ok(()))
            })
        })
        .await
}

async fn decide(
    txn: &Txn,
    deciding: Deciding,
    row: &Model,
    guide: Option<GuideId>,
    act: Act,
    told: Value,
) -> Result<()> {
    let state = match guide {
        Some(_) => State::Approved,
        None => State::Declined,
    };
    let staff = deciding.by.staff();
    queries::decide(txn, row.id, state, guide, staff, deciding.now).await?;
    let entry = Entry {
        by: deciding.by,
        account: Some(row.account_id),
        act,
        subject: audit::subject("applicant", row.id),
        before: None,
        after: Some(told),
    };
    audit::note_in(txn, deciding.now, entry).await
}
