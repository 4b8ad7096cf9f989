//! Members 会员: one person each, known by an openid per account.

pub mod cards;
mod consents;
mod followers;
mod queries;
pub mod waiting;

use daogou_schema::{Address, CodeId, GuideId, MemberId, Timestamp, identity, member};
use minijinja::context;

use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::guides;
use crate::texts::Texts;

pub use consents::{Word, consents, consents_in, note_word_in};
pub use followers::{Follower, take_followers_in};
pub use queries::{
    addresses_in, get_in, has_left_in, identities_in, insiders, insiders_after, insiders_among,
    known_among_in, lock_in, member_at_in, set_birthday_in, set_insider_in, set_name_in,
};

/// The longest name a guide may note for a customer, in characters.
pub const NAME_CHARS_MAX: usize = 20;

/// A member together with the identity she acted under.
#[derive(Clone, Debug)]
pub struct Known {
    /// The person.
    pub member: member::Model,
    /// She follows for the first time ever, or anew.
    pub arrival: Arrival,
    /// By which code she followed last, as far as it was counted.
    pub code: Option<CodeId>,
    /// Nobody knew her so far.
    pub is_new: bool,
}

/// Whether a member can be called so: short enough, and in characters that can be shown.
pub fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=NAME_CHARS_MAX).contains(&length) && !name.chars().any(char::is_control)
}

/// Headquarters, or a store's manager, notes how a member is called. What she was called is no part of the audit log.
///
/// # Errors
/// [`Error::Invalid`] when it is no name ([`is_name`]); when the store fails.
pub async fn rename(
    ctx: &Context,
    account: &Account,
    member: MemberId,
    name: &str,
    by: By,
) -> Result<()> {
    let name = name.trim().to_owned();
    if !is_name(&name) {
        return Err(Error::Invalid(format!(
            "a member's name has 1 to {NAME_CHARS_MAX} characters that can be shown"
        )));
    }
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, member, name, now, by);
    ctx.db
        .write(args, |txn, (account, member, name, now, by)| {
            Box::pin(async move {
                set_name_in(txn, *member, name).await?;
                let entry = Entry {
                    by: *by,
                    account: Some(*account),
                    act: Act::NameMember,
                    subject: audit::subject("member", *member),
                    before: None,
                    after: None,
                };
                audit::note_in(txn, *now, entry).await
            })
        })
        .await
}

/// What the act changed about following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Nothing.
    None,
    /// The first follow ever.
    First,
    /// She had unfollowed and is back.
    Again,
}

/// What an act says about following the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    /// She must be following to act so.
    Yes,
    /// She has just pressed follow, by this code or [`CodeId::NONE`].
    By(CodeId),
    /// She has unfollowed.
    Left,
    /// It says nothing: mini-programs.
    Unknown,
}

/// The visitor as a member, made at her first act.
///
/// # Errors
/// When the store fails.
pub async fn meet_in(txn: &Txn, visit: &Visit, following: Following) -> Result<Known> {
    let to = Address {
        account_id: visit.account.id,
        openid: visit.openid.clone(),
    };
    let (before, member) = match queries::known(txn, &to).await? {
        Some((identity, member)) => (Some(identity), member),
        None => (None, None),
    };
    let member = match member {
        Some(member) => member,
        None => queries::insert(txn, visit.now).await?,
    };
    let arrival = arrival(before.as_ref(), following);
    let is_new = before.is_none();
    let identity =
        queries::save_identity(txn, &to, member.id, before, following, visit.now).await?;
    Ok(Known {
        member,
        arrival,
        code: identity.code_id,
        is_new,
    })
}

fn arrival(before: Option<&identity::Model>, following: Following) -> Arrival {
    match (before, following) {
        (_, Following::Left | Following::Unknown) => Arrival::None,
        (None, _) => Arrival::First,
        (Some(before), _) if before.subscribed => Arrival::None,
        (Some(before), _) if before.first_subscribed_at.is_none() => Arrival::First,
        (Some(_), _) => Arrival::Again,
    }
}

/// How a guide calls a member: `王女士 #12`, or `新顾客 #12` until a remark or a form gives a name.
///
/// # Errors
/// When the store fails.
pub async fn label_in(
    txn: &Txn,
    texts: &Texts,
    guide: GuideId,
    member: MemberId,
) -> Result<String> {
    let name = queries::get_in(txn, member).await?.and_then(|m| m.name);
    let number = guides::number_of_in(txn, guide, member).await?;
    label(texts, name.as_deref(), number)
}

/// The same, where name and number are at hand.
///
/// # Errors
/// When the template is wrong.
pub fn label(texts: &Texts, name: Option<&str>, number: Option<i32>) -> Result<String> {
    texts.render("label", context! { name, number })
}
