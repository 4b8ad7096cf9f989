//! Invitations 邀请: how staff come in.

use daogou_schema::staff::Role;
use daogou_schema::{InvitationId, RegionId, StoreId, Timestamp, invitation};

use super::rules::{self, INVITATION_LASTS, REGIONS_MAX};
use super::{Passwords, Token, digest, note, queries, said};
use crate::audit::{self, Act, By};
use crate::context::Context;
use crate::error::{Error, Result};

/// Somebody to be invited.
#[derive(Clone, Debug)]
pub struct Invited {
    /// How colleagues call her.
    pub name: String,
    /// As what.
    pub role: Role,
    /// The store of a store manager.
    pub store: Option<StoreId>,
    /// The regions of a dealer.
    pub regions: Vec<RegionId>,
}

/// Makes an invitation.
///
/// # Errors
/// When a store manager has no store or a dealer no region, the name is empty, or the store fails.
pub async fn invite(ctx: &Context, mut invited: Invited, by: By) -> Result<Token> {
    invited.name = invited.name.trim().to_owned();
    if let Some(wrong) = rules::wrong_name(&invited.name) {
        return Err(Error::Invalid(wrong.into()));
    }
    match (invited.role, invited.store) {
        (Role::StoreManager, None) => {
            return Err(Error::Invalid("店长需要选择门店".into()));
        }
        (Role::Dealer, _) if !(1..=REGIONS_MAX).contains(&invited.regions.len()) => {
            return Err(Error::Invalid("经销商需要选择 1 到 100 个区域".into()));
        }
        (Role::StoreManager, Some(_)) => invited.regions.clear(),
        (Role::Dealer, _) => invited.store = None,
        (_, _) => (invited.store, invited.regions) = (None, Vec::new()),
    }
    let token = Token::new(ctx);
    let now = Timestamp::from(ctx.clock.now());
    let args = (digest(token.expose()), invited, now, by);
    ctx.db
        .write(args, |txn, (digest, invited, now, by)| {
            Box::pin(async move {
                queries::forget_expired_invitations(txn, *now).await?;
                queries::insert_invitation(txn, digest, invited, *now, *now + INVITATION_LASTS)
                    .await?;
                let regions = queries::kept(&invited.regions);
                let after = said(
                    &invited.name,
                    invited.role,
                    invited.store,
                    regions.as_deref(),
                );
                let subject = "invitation".to_owned();
                note(txn, *now, *by, Act::Invite, subject, (None, after)).await
            })
        })
        .await?;
    Ok(token)
}

/// An invitation for the first administrator, when there is no staff and nobody is invited yet: a server that starts again
/// does not hand out another key.
///
/// # Errors
/// When the store fails.
pub async fn first_invitation(ctx: &Context) -> Result<Option<Token>> {
    let (db, now) = (ctx.db.reads(), Timestamp::from(ctx.clock.now()));
    if queries::anybody(db).await? || !queries::invitations(db, now).await?.is_empty() {
        return Ok(None);
    }
    let first = Invited {
        name: "管理员".into(),
        role: Role::HqAdmin,
        store: None,
        regions: Vec::new(),
    };
    Ok(Some(invite(ctx, first, By::Command).await?))
}

/// Where an invitation is taken up.
pub fn link(public_url: &str, token: &Token) -> String {
    let house = public_url.trim_end_matches('/');
    format!("{house}/console/invitations/{}", token.expose())
}

/// The invitation behind a link, while it is open.
///
/// # Errors
/// When the store fails.
pub async fn invited(ctx: &Context, token: &str) -> Result<Option<invitation::Model>> {
    let now = Timestamp::from(ctx.clock.now());
    let found = queries::invitation(ctx.db.reads(), &digest(token)).await?;
    Ok(found.filter(|row| row.expires_at > now))
}

/// Takes an invitation up: the person exists from now on and is signed in.
///
/// # Errors
/// When the link is used or over, or login or password will not do; [`Error::Taken`] when somebody has the login.
pub async fn accept(ctx: &Context, token: &str, login: &str, password: &str) -> Result<Token> {
    let login = rules::login(login);
    if let Some(wrong) = rules::wrong_login(&login).or_else(|| rules::wrong_password(password)) {
        return Err(Error::Invalid(wrong.into()));
    }
    let hash = ctx.kept::<Passwords>().hash(ctx, password).await?;
    let signed = Token::new(ctx);
    let args = (
        digest(token),
        login,
        hash,
        digest(signed.expose()),
        Timestamp::from(ctx.clock.now()),
    );
    ctx.db
        .write(args, |txn, (invitation, login, hash, signed, now)| {
            Box::pin(async move {
                let taken = queries::take_invitation(txn, invitation, *now).await?;
                let taken = taken.ok_or_else(|| {
                    Error::NotFound("链接已使用或已过期，请管理员再发一条".into())
                })?;
                let staff = queries::insert(txn, &taken, login, hash, *now).await?;
                queries::insert_sign_in(txn, signed, staff, *now).await?;
                let after = said(
                    &taken.name,
                    taken.role,
                    taken.store_id,
                    taken.regions.as_deref(),
                );
                let (by, subject) = (By::Staff(staff), audit::subject("staff", staff));
                note(txn, *now, by, Act::JoinStaff, subject, (None, after)).await
            })
        })
        .await?;
    Ok(signed)
}

/// Takes an invitation back.
///
/// # Errors
/// When the store fails.
pub async fn withdraw(ctx: &Context, by: By, invitation: InvitationId) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((invitation, by, now), |txn, (id, by, now)| {
            Box::pin(async move {
                let Some(row) = queries::invitation_in(txn, *id).await? else {
                    return Ok(());
                };
                queries::delete_invitation(txn, *id).await?;
                let before = said(&row.name, row.role, row.store_id, row.regions.as_deref());
                let subject = audit::subject("invitation", id);
                note(
                    txn,
                    *now,
                    *by,
                    Act::WithdrawInvitation,
                    subject,
                    (before, None),
                )
                .await
            })
        })
        .await
}
