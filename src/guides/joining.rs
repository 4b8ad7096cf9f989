//! Joining 加入门店: a store invites by a link, a would-be guide says on her phone who she is and waits, and whoever looks
//! after the store says yes or no. With a yes she is a guide, and her page shows the code that links her WeChat.

mod deciding;

use chrono::TimeDelta;
use daogou_schema::applicant::{Model, State};
use daogou_schema::{
    AccountId, StaffId, StoreId, Timestamp, applicant, guide, guide_invitation, store,
};
use sea_orm::Set;
use sha2::Digest;

use super::queries;
use super::stores::check_name;
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

pub use deciding::{approve, decline};

/// How long a link is open.
pub const LINK_LASTS: TimeDelta = TimeDelta::days(7);
/// How long what an applicant said is kept, and her page is there: as long as the code that links a WeChat.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// So many can wait for one store: a link that gets about must not fill the page.
pub const WAITING_MAX: usize = 30;
/// The longest speciality, in characters.
pub const SPECIALITY_CHARS_MAX: usize = 40;
/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 20;

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The link was replaced, withdrawn or is over; or its store has closed.
    Over,
    /// The name is empty, too long, or cannot be shown.
    Name,
    /// The speciality is too long or cannot be shown.
    Speciality,
    /// Somebody in the store is called so, or waits under that name.
    Taken,
    /// [`WAITING_MAX`] wait already.
    TooMany,
    /// It was decided already, or is not there any more.
    TooLate,
    /// WeChat did not make the codes: what it said.
    Upstream(String),
}

/// What was done, or why not.
pub type Outcome<T> = std::result::Result<T, No>;

/// A store's link while it is open.
#[derive(Clone, Debug)]
pub struct Link {
    /// What it carries.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A phone number as it is kept: whoever takes it in has read it.
#[derive(Clone, Debug)]
pub struct Phone {
    /// In E.164.
    pub number: String,
    /// What everybody may see of it.
    pub masked: String,
}

/// What a would-be guide says.
#[derive(Clone, Debug)]
pub struct Application {
    /// The name that consumers would see.
    pub name: String,
    /// What she is good at.
    pub speciality: String,
    /// Her number.
    pub phone: Option<Phone>,
}

fn place(store: StoreId) -> String {
    format!("guide_invitation.sealed.{store}")
}

/// Where a number is kept: with the digest of her page, because the row has no id yet.
fn phone_place(digest: &str) -> String {
    format!("applicant.phone.{digest}")
}

fn digest(text: &str) -> String {
    let bytes = sha2::Sha256::digest(text.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Letters and digits that nobody guesses.
fn token(ctx: &Context) -> String {
    let bytes = ctx.chance.bytes::<32>();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a store's link; one that was there is over at once.
///
/// # Errors
/// When the store fails or DAOGOU_SECRET_KEY is not set.
pub async fn make_link(ctx: &Context, store: &store::Model, staff: StaffId) -> Result<Outcome<()>> {
    if store.closed_at.is_some() {
        return Ok(Err(No::Over));
    }
    let (token, now) = (token(ctx), Timestamp::from(ctx.clock.now()));
    let row = guide_invitation::ActiveModel {
        store_id: Set(store.id),
        account_id: Set(store.account_id),
        digest: Set(digest(&token)),
        sealed: Set(ctx.vault()?.seal(&place(store.id), &token)?),
        staff_id: Set(staff),
        created_at: Set(now),
        expires_at: Set(now + LINK_LASTS),
    };
    let entry = entry(By::Staff(staff), store, Act::MakeJoinLink);
    let args = (row, store.id, entry, now);
    let made = ctx.db.write(args, |txn, (row, store, entry, now)| {
        Box::pin(async move {
            queries::replace_invitation(txn, row.clone(), *store).await?;
            audit::note_in(txn, *now, entry.clone()).await
        })
    });
    made.await.map(Ok)
}

fn entry(by: By, store: &store::Model, act: Act) -> Entry {
    Entry {
        by,
        account: Some(store.account_id),
        act,
        subject: audit::subject("store", store.id),
        before: None,
        after: None,
    }
}

/// Takes a store's link back: nobody comes by it any more. Who waits goes on waiting.
///
/// # Errors
/// When the store fails.
pub async fn withdraw_link(ctx: &Context, store: &store::Model, by: By) -> Result<()> {
    let entry = entry(by, store, Act::WithdrawJoinLink);
    let args = (store.id, entry, Timestamp::from(ctx.clock.now()));
    ctx.db
        .write(args, |txn, (store, entry, now)| {
            Box::pin(async move {
                match queries::delete_invitation(txn, *store).await? {
                    true => audit::note_in(txn, *now, entry.clone()).await,
                    false => Ok(()),
                }
            })
        })
        .await
}

/// A store's link, while it is open.
///
/// # Errors
/// When the store fails, or the link was made under another key.
pub async fn link_of(ctx: &Context, store: &store::Model) -> Result<Option<Link>> {
    let now = Timestamp::from(ctx.clock.now());
    let found = queries::invitation_of(ctx.db.reads(), store.id).await?;
    let Some(row) = found.filter(|row| row.expires_at > now && store.closed_at.is_none()) else {
        return Ok(None);
    };
    let token = ctx.vault()?.open(&place(store.id), &row.sealed)?;
    Ok(Some(Link {
        token: token.expose().to_owned(),
        expires_at: row.expires_at,
    }))
}

/// The store that invites by this link, while it is open.
///
/// # Errors
/// When the store fails.
pub async fn invited_to(ctx: &Context, token: &str) -> Result<Option<store::Model>> {
    let (db, now) = (ctx.db.reads(), Timestamp::from(ctx.clock.now()));
    let found = queries::invitation_by(db, &digest(token)).await?;
    let Some(row) = found.filter(|row| row.expires_at > now) else {
        return Ok(None);
    };
    let store = queries::store(db, row.store_id).await?;
    Ok(store.filter(|store| store.closed_at.is_none()))
}

/// Somebody asks to join by a link; what her page carries from now on.
///
/// # Errors
/// When the store fails or DAOGOU_SECRET_KEY is not set.
pub async fn apply(ctx: &Context, link: &str, application: Application) -> Result<Outcome<String>> {
    let Some(name) = name_of(&application.name) else {
        return Ok(Err(No::Name));
    };
    let speciality = application.speciality.trim();
    if speciality.chars().count() > SPECIALITY_CHARS_MAX || !is_plain(speciality) {
        return Ok(Err(No::Speciality));
    }
    let (key, now) = (token(ctx), Timestamp::from(ctx.clock.now()));
    let own = digest(&key);
    let phone = match &application.phone {
        Some(phone) => Some(ctx.vault()?.seal(&phone_place(&own), &phone.number)?),
        None => None,
    };
    let row = applicant::ActiveModel {
        digest: Set(own),
        name: Set(name),
        speciality: Set(Some(speciality.to_owned()).filter(|text| !text.is_empty())),
        phone: Set(phone),
        phone_masked: Set(application.phone.map(|phone| phone.masked)),
        state: Set(State::Waiting),
        created_at: Set(now),
        ..Default::default()
    };
    let args = (digest(link), row, now);
    let applied = ctx.db.write(args, |txn, (link, row, now)| {
        Box::pin(apply_in(txn, link, row, *now))
    });
    Ok(applied.await?.map(|()| key))
}

async fn apply_in(
    txn: &Txn,
    link: &str,
    row: &applicant::ActiveModel,
    now: Timestamp,
) -> Result<Outcome<()>> {
    let found = queries::locked_invitation(txn, link).await?;
    let Some(link) = found.filter(|link| link.expires_at > now) else {
        return Ok(Err(No::Over));
    };
    let store = queries::store_in(txn, link.store_id).await?;
    if store.is_none_or(|store| store.closed_at.is_some()) {
        return Ok(Err(No::Over));
    }
    queries::forget_applicants_before(txn, now - KEPT_FOR).await?;
    let mut waiting = queries::applicants_of(txn.conn(), link.store_id).await?;
    waiting.retain(|other| other.state == State::Waiting);
    let name = row.name.clone().take().unwrap_or_default();
    let here = waiting.iter().any(|other| other.name == name);
    if here || has_guide_in(txn, link.account_id, link.store_id, &name).await? {
        return Ok(Err(No::Taken));
    }
    if waiting.len() >= WAITING_MAX {
        return Ok(Err(No::TooMany));
    }
    let row = applicant::ActiveModel {
        account_id: Set(link.account_id),
        store_id: Set(link.store_id),
        ..row.clone()
    };
    queries::insert_applicant(txn, row).await?;
    Ok(Ok(()))
}

async fn has_guide_in(txn: &Txn, account: AccountId, store: StoreId, name: &str) -> Result<bool> {
    let named = queries::by_name(txn.conn(), account, name).await?;
    let here = |guide: &guide::Model| guide.store_id == store && guide.left_at.is_none();
    Ok(named.iter().any(here))
}

/// A name that consumers can read and that says nothing else than it shows.
fn name_of(text: &str) -> Option<String> {
    let name = check_name(text).ok()?;
    (name.chars().count() <= NAME_CHARS_MAX && is_plain(&name)).then_some(name)
}

/// Without what is not seen, or turns the direction of what follows.
pub(super) fn is_plain(text: &str) -> bool {
    let unseen = |c: char| {
        matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
    };
    !text.chars().any(|c| c.is_control() || unseen(c))
}

/// Who came by the page that carries `key`, as long as it is kept, and the store.
///
/// # Errors
/// When the store fails.
pub async fn applied(ctx: &Context, key: &str) -> Result<Option<(Model, store::Model)>> {
    let (db, now) = (ctx.db.reads(), Timestamp::from(ctx.clock.now()));
    let found = queries::applicant_by(db, &digest(key)).await?;
    let Some(row) = found.filter(|row| row.created_at > now - KEPT_FOR) else {
        return Ok(None);
    };
    let store = queries::store(db, row.store_id).await?;
    Ok(store.map(|store| (row, store)))
}

/// Who wants to join a store: who waits, and who was decided on lately, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn applicants(ctx: &Context, store: StoreId) -> Result<Vec<Model>> {
    let since = Timestamp::from(ctx.clock.now()) - KEPT_FOR;
    let mut found = queries::applicants_of(ctx.db.reads(), store).await?;
    found.retain(|row| row.created_at > since);
    Ok(found)
}

/// The stores in which somebody waits, as often as people do.
///
/// # Errors
/// When the store fails.
pub async fn waiting(ctx: &Context, account: &Account) -> Result<Vec<StoreId>> {
    let since = Timestamp::from(ctx.clock.now()) - KEPT_FOR;
    queries::stores_with_waiting(ctx.db.reads(), account.id, since).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_all_that_it_says() {
        assert_eq!(name_of(" 林小满 ").as_deref(), Some("林小满"));
        assert_eq!(name_of("Zoë O'Hara").as_deref(), Some("Zoë O'Hara"));
        for hostile in [
            "",
            " ",
            "林\n小满",
            "林\u{202e}满",
            "\u{200b}",
            "\u{feff}林",
        ] {
            assert_eq!(name_of(hostile), None, "{hostile:?}");
        }
        assert_eq!(name_of(&"长".repeat(21)), None);
    }
}
