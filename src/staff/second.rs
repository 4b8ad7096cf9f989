//! The second step of signing in: a code of an authenticator app, or one of ten recovery codes, each taken once. Wrong
//! codes count as wrong passwords do.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use daogou_schema::staff::Model;
use daogou_schema::{StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{SignedIn, Token, digest, note, own, queries, rules, totp};
use crate::audit::{self, Act, By};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::vault::Vault;

/// How long the right password counts until the code is typed, and an offer until it is taken.
const LASTS: TimeDelta = TimeDelta::minutes(10);
const RECOVERY_CODES: usize = 10;
/// Five random bits each: who reads the digests cannot try them all.
const RECOVERY_LETTERS: usize = 16;

/// What an authenticator app is set up with.
pub struct Offer {
    /// For its camera.
    pub uri: String,
    /// For typing.
    pub secret: String,
    /// Comes back with the first code.
    pub ticket: String,
}

/// What stands in a ticket: nothing is kept of it.
#[derive(Serialize, Deserialize)]
struct Ticket {
    until: i64,
    /// Another password voids it.
    password: String,
    /// The secret that is offered.
    secret: Option<String>,
}

impl Ticket {
    fn seal(self, vault: &Vault, place: &str) -> Result<String> {
        let text = serde_json::to_string(&self).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(vault.seal(place, &text)?))
    }

    /// What this house sealed for this place, within its time.
    fn open(ctx: &Context, place: &str, sealed: &str) -> Result<Option<Self>> {
        let now = Timestamp::from(ctx.clock.now()).0;
        let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(sealed) else {
            return Ok(None);
        };
        let opened = ctx.vault()?.open(place, &bytes).ok();
        let ticket: Option<Self> = opened.and_then(|t| serde_json::from_str(t.expose()).ok());
        Ok(ticket.filter(|ticket| ticket.until > now))
    }
}

/// A person's half of a sign-in: whose password was right. Her id stands before the ticket.
pub(super) fn ticket(ctx: &Context, staff: &Model) -> Result<String> {
    let ticket = Ticket {
        until: (Timestamp::from(ctx.clock.now()) + LASTS).0,
        password: digest(&staff.password),
        secret: None,
    };
    let sealed = ticket.seal(ctx.vault()?, &half(staff.id))?;
    Ok(format!("{}.{sealed}", staff.id))
}

fn half(staff: StaffId) -> String {
    format!("staff.half.{staff}")
}

fn offered(staff: StaffId) -> String {
    format!("staff.offer.{staff}")
}

fn kept(staff: StaffId) -> String {
    format!("staff.totp.{staff}")
}

/// Signs in whoever has the ticket of the right password and types the present code, or a recovery code; none when
/// anything is wrong, or too many were.
///
/// # Errors
/// When the store fails.
pub async fn sign_in_with_code(ctx: &Context, ticket: &str, typed: &str) -> Result<Option<Token>> {
    let Some((id, sealed)) = ticket.split_once('.') else {
        return Ok(None);
    };
    let Ok(id) = id.parse().map(StaffId) else {
        return Ok(None);
    };
    let Some(ticket) = Ticket::open(ctx, &half(id), sealed)? else {
        return Ok(None);
    };
    let token = Token::new(ctx);
    let args = Try {
        vault: ctx.vault()?.clone(),
        id,
        password: ticket.password,
        typed: typed.to_owned(),
        token: digest(token.expose()),
        now: Timestamp::from(ctx.clock.now()),
    };
    let fits = ctx.db.write(args, |txn, args| Box::pin(try_in(txn, args)));
    Ok(fits.await?.then_some(token))
}

/// One typed code.
struct Try {
    vault: Vault,
    id: StaffId,
    password: String,
    typed: String,
    token: String,
    now: Timestamp,
}

/// The code is looked at under the person's row: of two who type the same one, one comes in.
async fn try_in(txn: &Txn, of: &Try) -> Result<bool> {
    let found = queries::lock(txn, of.id).await?;
    let Some(staff) = found.filter(|staff| rules::may_try(staff, of.now)) else {
        return Ok(false);
    };
    if digest(&staff.password) != of.password {
        return Ok(false);
    }
    let Some(left) = accepted(&of.vault, &staff, &of.typed, of.now)? else {
        let (failures, locked_until) = rules::after_a_try(staff.failures, of.now);
        queries::set_failures(txn, of.id, failures, locked_until).await?;
        return Ok(false);
    };
    queries::set_left_over(txn, of.id, &left).await?;
    super::enter_in(txn, of.id, &of.token, of.now).await?;
    Ok(true)
}

/// What is left after a code was taken.
pub(super) struct Left {
    pub step: Option<i64>,
    pub recovery: Option<String>,
}

fn accepted(vault: &Vault, staff: &Model, typed: &str, now: Timestamp) -> Result<Option<Left>> {
    let Some(sealed) = &staff.totp else {
        return Ok(None);
    };
    let secret = bytes(vault.open(&kept(staff.id), sealed)?.expose())?;
    if let Some(step) = totp::step_of(&secret, typed, now.seconds(), staff.totp_step) {
        return Ok(Some(Left {
            step: Some(step),
            recovery: staff.recovery.clone(),
        }));
    }
    let typed = digest(&plain(typed));
    let recovery = staff.recovery.as_deref().unwrap_or_default();
    let others: Vec<&str> = recovery.split(' ').filter(|code| *code != typed).collect();
    let others = others.join(" ");
    Ok((others.len() < recovery.len()).then_some(Left {
        step: staff.totp_step,
        recovery: Some(others),
    }))
}

/// A recovery code as its digest is made: dashes and blanks are for the eye.
fn plain(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    let read = BASE64_STANDARD_NO_PAD.decode(text);
    read.map_err(|e| Error::Internal(format!("a TOTP secret cannot be read: {e}")))
}

/// A new secret for a person's authenticator app; nothing is kept until its first code comes.
///
/// # Errors
/// When there is no key to seal it with.
pub fn offer(ctx: &Context, staff: &Model) -> Result<Offer> {
    let secret: [u8; totp::SECRET_BYTES] = ctx.chance.bytes();
    let ticket = Ticket {
        until: (Timestamp::from(ctx.clock.now()) + LASTS).0,
        password: digest(&staff.password),
        secret: Some(BASE64_STANDARD_NO_PAD.encode(secret)),
    };
    again(
        staff,
        &secret,
        ticket.seal(ctx.vault()?, &offered(staff.id))?,
    )
}

/// The same offer once more, after a wrong code; none when it is too old.
///
/// # Errors
/// When there is no key to open it with.
pub fn offer_again(ctx: &Context, staff: &Model, ticket: &str) -> Result<Option<Offer>> {
    match Ticket::open(ctx, &offered(staff.id), ticket)?.and_then(|open| open.secret) {
        Some(secret) => again(staff, &bytes(&secret)?, ticket.to_owned()).map(Some),
        None => Ok(None),
    }
}

fn again(staff: &Model, secret: &[u8], ticket: String) -> Result<Offer> {
    Ok(Offer {
        uri: totp::uri(&staff.login, secret),
        secret: totp::base32(secret),
        ticket,
    })
}

/// What became of switching the codes on.
pub enum SwitchedOn {
    /// They are asked for; her recovery codes, which are shown once.
    Yes(Vec<String>),
    /// The password is not hers, or too many were not.
    WrongPassword,
    /// The code or the ticket is wrong.
    WrongCode,
}

/// Asks a person for codes from now on, once she has given her password and typed the first one: who finds a browser open
/// cannot shut her out. Her other sign-ins, which were not asked for one, end.
///
/// # Errors
/// [`Error::Refused`] when codes are asked for already; when the store fails.
pub async fn switch_on(
    ctx: &Context,
    her: &SignedIn,
    password: &str,
    ticket: &str,
    typed: &str,
) -> Result<SwitchedOn> {
    let staff = &her.staff;
    if !own::is_hers(ctx, staff, password).await? {
        return Ok(SwitchedOn::WrongPassword);
    }
    let now = Timestamp::from(ctx.clock.now());
    let open = Ticket::open(ctx, &offered(staff.id), ticket)?;
    let fresh = open.filter(|ticket| ticket.password == digest(&staff.password));
    let Some(secret) = fresh.and_then(|ticket| ticket.secret) else {
        return Ok(SwitchedOn::WrongCode);
    };
    let Some(step) = totp::step_of(&bytes(&secret)?, typed, now.seconds(), None) else {
        return Ok(SwitchedOn::WrongCode);
    };
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| ctx.chance.word(RECOVERY_LETTERS))
        .collect();
    let digests: Vec<String> = codes.iter().map(|code| digest(code)).collect();
    let sealed = ctx.vault()?.seal(&kept(staff.id), &secret)?;
    let here = her.key.clone();
    let args = (staff.id, sealed, step, digests.join(" "), here, now);
    ctx.db
        .write(args, |txn, (id, sealed, step, recovery, here, now)| {
            Box::pin(async move {
                let row = own::still_here(txn, *id).await?;
                if row.totp.is_some() {
                    return Err(Error::Refused("两步验证已经开启了".into()));
                }
                queries::set_totp(txn, *id, Some((sealed, *step, recovery))).await?;
                queries::delete_other_sign_ins(txn, *id, here).await?;
                let (by, subject) = (By::Staff(*id), audit::subject("staff", id));
                note(txn, *now, by, Act::TotpOn, subject, (None, None)).await
            })
        })
        .await?;
    Ok(SwitchedOn::Yes(codes))
}

/// Asks a person for codes no more. She herself gives her password; false when it is wrong.
///
/// # Errors
/// When the store fails.
pub async fn switch_off(ctx: &Context, staff: &Model, password: &str) -> Result<bool> {
    if !own::is_hers(ctx, staff, password).await? {
        return Ok(false);
    }
    off(ctx, By::Staff(staff.id), staff.id).await?;
    Ok(true)
}

/// The same for somebody who has lost her phone and her recovery codes, by an administrator.
///
/// # Errors
/// [`Error::Refused`] when it is `by` herself: then her password is asked.
pub async fn switch_off_for(ctx: &Context, by: &Model, staff: StaffId) -> Result<()> {
    if by.id == staff {
        return Err(Error::Refused(
            "自己的两步验证，请在“我的登录”里关闭".into(),
        ));
    }
    off(ctx, By::Staff(by.id), staff).await
}

async fn off(ctx: &Context, by: By, staff: StaffId) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((staff, by, now), |txn, (id, by, now)| {
            Box::pin(async move {
                let found = queries::lock(txn, *id).await?;
                if found.is_none_or(|row| row.totp.is_none()) {
                    return Ok(());
                }
                queries::set_totp(txn, *id, None).await?;
                let subject = audit::subject("staff", id);
                note(txn, *now, *by, Act::TotpOff, subject, (None, None)).await
            })
        })
        .await
}
