//! Members 会员: one person each, known by an openid per account.

mod consents;
mod queries;

use daogou_schema::{Address, GuideId, MemberId, identity, member};
use minijinja::context;

use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;
use crate::texts::Texts;

pub use consents::{Word, consents, note_word_in};
pub use queries::{get_in, has_left_in, set_name_in};

/// The longest name a guide may note for a customer, in characters.
pub const NAME_CHARS_MAX: usize = 20;

/// A member together with the identity she acted under.
#[derive(Clone, Debug)]
pub struct Known {
    /// The person.
    pub member: member::Model,
    /// She follows for the first time ever, or anew.
    pub arrival: Arrival,
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
    /// She pressed follow, or must be following to act so.
    Yes,
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
    queries::save_identity(txn, &to, member.id, before, following, visit.now).await?;
    Ok(Known { member, arrival })
}

fn arrival(before: Option<&identity::Model>, following: Following) -> Arrival {
    match (before, following) {
        (_, Following::Left | Following::Unknown) => Arrival::None,
        (None, Following::Yes) => Arrival::First,
        (Some(before), Following::Yes) if before.subscribed => Arrival::None,
        (Some(before), Following::Yes) if before.first_subscribed_at.is_none() => Arrival::First,
        (Some(_), Following::Yes) => Arrival::Again,
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
