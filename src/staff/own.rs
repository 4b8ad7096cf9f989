//! What a person does about her own account: name, password, where she is signed in.

use daogou_schema::staff::{Language, Model};
use daogou_schema::{StaffId, Timestamp, sign_in};
use sea_orm::ActiveEnum;
use serde_json::json;

use super::{Passwords, SignedIn, note, queries, rules};
use crate::audit::{self, Act, By};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};

/// Where a person is signed in now, the last used first.
///
/// # Errors
/// When the store fails.
pub async fn own_sign_ins(ctx: &Context, staff: StaffId) -> Result<Vec<sign_in::Model>> {
    let now = Timestamp::from(ctx.clock.now());
    let mut all = queries::sign_ins_of(ctx.db.reads(), staff).await?;
    all.retain(|sign_in| !rules::is_over(sign_in, now));
    all.sort_by_key(|sign_in| std::cmp::Reverse(sign_in.seen_at));
    Ok(all)
}

/// What a page calls a sign-in: enough of its digest to tell a person's own apart.
pub fn handle(sign_in: &sign_in::Model) -> &str {
    sign_in.digest.get(..16).unwrap_or_default()
}

/// Ends one of a person's own sign-ins.
///
/// # Errors
/// When the store fails.
pub async fn end_own(ctx: &Context, staff: StaffId, named: &str) -> Result<()> {
    let own = own_sign_ins(ctx, staff).await?;
    let Some(sign_in) = own.into_iter().find(|sign_in| handle(sign_in) == named) else {
        return Ok(());
    };
    ctx.db
        .write(sign_in.digest, |txn, key| {
            Box::pin(queries::delete_sign_in(txn, key))
        })
        .await
}

/// Gives herself another name.
///
/// # Errors
/// When the name will not do, or the store fails.
pub async fn rename_self(ctx: &Context, staff: StaffId, name: &str) -> Result<()> {
    let name = name.trim().to_owned();
    if let Some(wrong) = rules::wrong_name(&name) {
        return Err(Error::Invalid(wrong.into()));
    }
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((staff, name, now), |txn, (id, name, now)| {
            Box::pin(async move {
                let before = still_here(txn, *id).await?;
                if before.name == *name {
                    return Ok(());
                }
                queries::set_name(txn, *id, name).await?;
                let said = (json!({ "name": before.name }), json!({ "name": name }));
                let (by, subject) = (By::Staff(*id), audit::subject("staff", id));
                let said = (Some(said.0), Some(said.1));
                note(txn, *now, by, Act::ChangeSelf, subject, said).await
            })
        })
        .await
}

/// Reads the console in this language from now on.
///
/// # Errors
/// When she has left, or the store fails.
pub async fn choose_language(ctx: &Context, staff: StaffId, language: Language) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((staff, language, now), |txn, (id, language, now)| {
            Box::pin(async move {
                let before = still_here(txn, *id).await?;
                if before.language == Some(*language) {
                    return Ok(());
                }
                queries::set_language(txn, *id, *language).await?;
                let told = |language: Language| json!({ "language": language.to_value() });
                let said = (before.language.map(told), Some(told(*language)));
                let (by, subject) = (By::Staff(*id), audit::subject("staff", id));
                note(txn, *now, by, Act::ChangeSelf, subject, said).await
            })
        })
        .await
}

/// Takes another password; her other sign-ins end. False when the old one is wrong, or too many were.
///
/// # Errors
/// When the new one will not do, or the store fails.
pub async fn change_password(ctx: &Context, her: &SignedIn, old: &str, new: &str) -> Result<bool> {
    if let Some(wrong) = rules::wrong_password(new) {
        return Err(Error::Invalid(wrong.into()));
    }
    if !is_hers(ctx, &her.staff, old).await? {
        return Ok(false);
    }
    let hash = ctx.kept::<Passwords>().hash(ctx, new).await?;
    let now = Timestamp::from(ctx.clock.now());
    let args = (her.staff.id, hash, her.key.clone(), now);
    ctx.db
        .write(args, |txn, (id, hash, here, now)| {
            Box::pin(async move {
                still_here(txn, *id).await?;
                queries::set_password(txn, *id, hash).await?;
                queries::delete_other_sign_ins(txn, *id, here).await?;
                let said = (None, Some(json!({ "password": "replaced" })));
                let (by, subject) = (By::Staff(*id), audit::subject("staff", id));
                note(txn, *now, by, Act::ChangeSelf, subject, said).await
            })
        })
        .await?;
    Ok(true)
}

/// Whether a password is this person's. Tries count as at the sign-in: who finds a browser open cannot guess on.
pub(super) async fn is_hers(ctx: &Context, staff: &Model, password: &str) -> Result<bool> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (staff.login.clone(), now);
    let counted = ctx.db.write(args, |txn, (login, now)| {
        Box::pin(super::count_try_in(txn, login, *now))
    });
    let passwords = ctx.kept::<Passwords>();
    let Some(row) = counted.await? else {
        passwords.waste(ctx, password).await?;
        return Ok(false);
    };
    if !passwords.fits(ctx, &row.password, password).await? {
        return Ok(false);
    }
    take_back(ctx, row.id, now).await?;
    Ok(true)
}

/// The last try was right: it does not count, those before do.
pub(super) async fn take_back(ctx: &Context, staff: StaffId, tried: Timestamp) -> Result<()> {
    ctx.db
        .write((staff, tried), |txn, (id, tried)| {
            Box::pin(async move {
                let Some(row) = queries::lock(txn, *id).await? else {
                    return Ok(());
                };
                let (failures, locked) =
                    rules::without_a_try(row.failures, row.locked_until, *tried);
                queries::set_failures(txn, *id, failures, locked).await
            })
        })
        .await
}

/// The row of somebody who has not left, to be changed.
pub(super) async fn still_here(txn: &Txn, id: StaffId) -> Result<Model> {
    let found = queries::lock(txn, id).await?;
    let here = found.filter(|row| row.left_at.is_none());
    here.ok_or_else(|| Error::Refused("这个账号已停用".into()))
}
