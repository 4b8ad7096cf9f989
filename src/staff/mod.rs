//! Staff 员工: who may use the console, how they come in, and what they may do.
//!
//! Nobody is ever given a password: an invitation is a link, open for three days and used once, behind which a person
//! chooses login and password. The first one, for an administrator, is made while there is no staff.

mod invite;
mod own;
mod password;
mod queries;
mod regions;
pub mod rules;
mod second;
mod totp;

use daogou_schema::staff::{Model, Role};
use daogou_schema::{StaffId, StoreId, Timestamp};

use serde_json::{Value, json};

use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use rules::{NOTED_EVERY, SIGN_IN_LASTS};

pub use invite::{Invited, accept, first_invitation, invite, invited, link, withdraw};
pub use own::{change_password, choose_language, end_own, handle, own_sign_ins, rename_self};
pub use password::Passwords;
pub use queries::{Colleague, colleagues, invitations};
pub use regions::{has_dealer_in, set_regions};
pub use second::{
    Offer, SwitchedOn, offer, offer_again, sign_in_with_code, switch_off, switch_off_for, switch_on,
};

/// What stands in a link or a cookie: random, kept only as its digest.
pub struct Token(String);

impl Token {
    fn new(ctx: &Context) -> Self {
        Self(hex(&ctx.chance.bytes::<32>()))
    }

    /// For the link or the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub staff: Model,
    /// What her forms carry, so that no other page can send them in her name.
    pub form_key: String,
    /// Which of her sign-ins this is.
    pub key: String,
}

/// What becomes of a login and a password.
pub enum Answer {
    /// Something is wrong: what is nobody's business.
    No,
    /// She is signed in.
    In(Token),
    /// Both are right and a code is asked for: what comes back with it.
    Code(String),
}

/// Signs somebody in, or asks her for a code; no when login or password is wrong, or too many were. The try is counted
/// before the password is looked at, so that many at once are counted too.
///
/// # Errors
/// When the store fails.
pub async fn sign_in(ctx: &Context, login: &str, password: &str) -> Result<Answer> {
    let now = Timestamp::from(ctx.clock.now());
    let login = rules::login(login);
    let counted = match rules::wrong_login(&login) {
        Some(_nobodys) => None,
        None => {
            let count = ctx.db.write((login, now), |txn, (login, now)| {
                Box::pin(count_try_in(txn, login, *now))
            });
            count.await?
        }
    };
    let passwords = ctx.kept::<Passwords>();
    let Some(staff) = counted else {
        // Takes as long as for somebody, or it would tell who there is.
        passwords.waste(ctx, password).await?;
        return Ok(Answer::No);
    };
    if !passwords.fits(ctx, &staff.password, password).await? {
        return Ok(Answer::No);
    }
    if staff.totp.is_some() {
        own::take_back(ctx, staff.id, now).await?;
        return Ok(Answer::Code(second::ticket(ctx, &staff)?));
    }
    let token = Token::new(ctx);
    let args = (staff, digest(token.expose()), now);
    let is_in = ctx.db.write(args, |txn, (staff, digest, now)| {
        Box::pin(enter_as_in(txn, staff, digest, *now))
    });
    let token = is_in.await?.then_some(token);
    Ok(token.map_or(Answer::No, Answer::In))
}

/// Somebody is signed in, if all is still as it was when her password was looked at: that takes a while.
async fn enter_as_in(txn: &Txn, staff: &Model, digest: &str, now: Timestamp) -> Result<bool> {
    let found = queries::lock(txn, staff.id).await?;
    let is_same = |row: Model| {
        row.left_at.is_none() && row.password == staff.password && row.totp == staff.totp
    };
    if !found.is_some_and(is_same) {
        return Ok(false);
    }
    enter_in(txn, staff.id, digest, now).await?;
    Ok(true)
}

/// Somebody is signed in; wrong tries are forgotten.
async fn enter_in(txn: &Txn, staff: StaffId, digest: &str, now: Timestamp) -> Result<()> {
    queries::set_failures(txn, staff, 0, None).await?;
    queries::forget_sign_ins_before(txn, now - SIGN_IN_LASTS).await?;
    queries::insert_sign_in(txn, digest, staff, now).await
}

/// Whose password may be tried now.
async fn count_try_in(txn: &Txn, login: &str, now: Timestamp) -> Result<Option<Model>> {
    let found = queries::by_login(txn, login).await?;
    let Some(staff) = found.filter(|staff| rules::may_try(staff, now)) else {
        return Ok(None);
    };
    let (failures, locked_until) = rules::after_a_try(staff.failures, now);
    queries::set_failures(txn, staff.id, failures, locked_until).await?;
    Ok(Some(staff))
}

/// Who the cookie's value stands for.
///
/// # Errors
/// When the store fails.
pub async fn signed_in(ctx: &Context, token: &str) -> Result<Option<SignedIn>> {
    let now = Timestamp::from(ctx.clock.now());
    let key = digest(token);
    let Some((sign_in, staff)) = queries::signed_in(ctx.db.reads(), &key).await? else {
        return Ok(None);
    };
    if rules::is_over(&sign_in, now) || staff.left_at.is_some() {
        return Ok(None);
    }
    if now - sign_in.seen_at >= NOTED_EVERY {
        let args = (key.clone(), now);
        ctx.db
            .write(args, |txn, (key, now)| {
                Box::pin(queries::note_seen(txn, key, *now))
            })
            .await?;
    }
    Ok(Some(SignedIn {
        form_key: digest(&format!("form:{token}")),
        key,
        staff,
    }))
}

/// Ends the sign-in that the cookie's value stands for.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(ctx: &Context, token: &str) -> Result<()> {
    ctx.db
        .write(digest(token), |txn, key| {
            Box::pin(queries::delete_sign_in(txn, key))
        })
        .await
}

/// Ends all sign-ins of a person.
///
/// # Errors
/// When the store fails.
pub async fn sign_out_everywhere(ctx: &Context, by: By, staff: StaffId) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((staff, by, now), |txn, (staff, by, now)| {
            Box::pin(async move {
                if queries::get_in(txn, *staff).await?.is_none() {
                    return Ok(());
                }
                queries::delete_sign_ins_of(txn, *staff).await?;
                let subject = audit::subject("staff", staff);
                note(txn, *now, *by, Act::SignOutStaff, subject, (None, None)).await
            })
        })
        .await
}

/// Somebody leaves: signed out at once, and never in again. `by` does it.
///
/// # Errors
/// When it is `by` herself: somebody must be left who can invite.
pub async fn leave(ctx: &Context, by: &Model, staff: StaffId) -> Result<()> {
    if by.id == staff {
        return Err(Error::Refused(
            "不能停用自己的账号，请另一位管理员来做".into(),
        ));
    }
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((by.id, staff, now), |txn, (by, staff, now)| {
            Box::pin(async move {
                let found = queries::get_in(txn, *staff).await?;
                let Some(row) = found.filter(|row| row.left_at.is_none()) else {
                    return Ok(());
                };
                queries::set_left(txn, *staff, *now).await?;
                queries::delete_sign_ins_of(txn, *staff).await?;
                let before = said(&row.name, row.role, row.store_id, row.regions.as_deref());
                let (by, subject) = (By::Staff(*by), audit::subject("staff", staff));
                note(txn, *now, by, Act::DismissStaff, subject, (before, None)).await
            })
        })
        .await
}

/// What the audit log says of a person.
fn said(name: &str, role: Role, store: Option<StoreId>, regions: Option<&str>) -> Option<Value> {
    let regions = regions.map(|_| rules::regions(regions));
    Some(json!({ "name": name, "role": rules::key(role), "store": store, "region": regions }))
}

async fn note(
    txn: &Txn,
    now: Timestamp,
    by: By,
    act: Act,
    subject: String,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let entry = Entry {
        by,
        account: None,
        act,
        subject,
        before,
        after,
    };
    audit::note_in(txn, now, entry).await
}

fn digest(text: &str) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
