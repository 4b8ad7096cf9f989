//! Registration 会员登记: a member gives her phone number and birthday by a form of her own, and agrees to what is done with
//! them. The link is hers, good for a day and for one answer; what she has given stands on no page behind it, so that whoever she
//! forwards it to reads nothing, and what is noted is told in her chat.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use daogou_schema::consent::{self, Purpose, Way};
use daogou_schema::{AccountId, Address, MemberId, Timestamp};

use crate::accounts::{self, Account, Visit};
use crate::audit::By;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::links::Form;
use crate::members::waiting::is_waiting;
use crate::members::{self, Word};
use crate::privacy::rules::{e164, masked};
use crate::vault::Vault;
use crate::{conversations, merges, privacy};

/// Which text she is shown: another one gets another name.
const TEXT: &str = "form-1";
/// Whoever is younger agrees by a guardian. (China: Personal Information Protection Law, article 31.)
const OF_AGE: u32 = 14;

/// What she fills in.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Her phone number as she typed it.
    pub phone: String,
    /// As a browser writes a day; empty: not said.
    pub birthday: String,
    /// She agrees to a profile of it.
    pub profile: bool,
    /// She wants offers.
    pub marketing: bool,
    /// Her guide may write first.
    pub contact: bool,
}

/// Why nothing was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// The link is not good, or not any more.
    Link,
    /// It was used.
    Used,
    /// It is no phone number.
    Phone,
    /// It is no day on which somebody was born who can read this.
    Birthday,
    /// A guardian has to agree.
    Child,
    /// She does not agree.
    Profile,
}

/// Whose form a link opens: the account, if it is good and was not used.
///
/// # Errors
/// When the store fails.
pub async fn open(ctx: &Context, token: &str) -> Result<Result<Arc<Account>, No>> {
    let Some(form) = ctx.links.read_form(token, Timestamp::from(ctx.clock.now())) else {
        return Ok(Err(No::Link));
    };
    let known = accounts::list(ctx).await?;
    let Some(account) = known.into_iter().find(|it| it.id == form.account) else {
        return Ok(Err(No::Link));
    };
    let words = members::consents(ctx, form.member).await?;
    Ok(match is_used(&form, &words) {
        true => Err(No::Used),
        false => Ok(account),
    })
}

/// A link is used up by whatever she fills in after she has got it.
fn is_used(form: &Form, words: &[consent::Model]) -> bool {
    words
        .iter()
        .any(|word| word.way == Way::Form && word.at >= form.since)
}

/// What is noted in one unit.
struct Notes {
    visit: Visit,
    vault: Vault,
    form: Form,
    phone: String,
    birthday: Option<NaiveDate>,
    agreed: Vec<Purpose>,
}

/// Notes what she filled in, with what she agreed to. If headquarters brought her in from a file, she is that person from then on.
///
/// # Errors
/// When the store fails, or DAOGOU_SECRET_KEY is not set.
pub async fn save(ctx: &Context, token: &str, given: &Given) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    let account = match open(ctx, token).await? {
        Ok(account) => account,
        Err(no) => return Ok(Err(no)),
    };
    let Some(form) = ctx.links.read_form(token, now) else {
        return Ok(Err(No::Link));
    };
    let Some(phone) = e164(&given.phone) else {
        return Ok(Err(No::Phone));
    };
    let today = now.to_utc().with_timezone(&ctx.config.timezone);
    let birthday = match birthday(&given.birthday, today.date_naive()) {
        Ok(birthday) => birthday,
        Err(no) => return Ok(Err(no)),
    };
    if !given.profile {
        return Ok(Err(No::Profile));
    }
    let agreed = [
        (Purpose::Profile, true),
        (Purpose::Marketing, given.marketing),
        (Purpose::Contact, given.contact),
    ];
    let agreed = agreed.iter().filter(|(_, yes)| *yes);
    let notes = Notes {
        visit: Visit::of_house(ctx, &account),
        vault: ctx.vault()?.clone(),
        form,
        phone,
        birthday,
        agreed: agreed.map(|(purpose, _)| *purpose).collect(),
    };
    ctx.db
        .write(notes, |txn, notes| Box::pin(save_in(txn, notes)))
        .await
}

async fn save_in(txn: &Txn, notes: &Notes) -> Result<Result<(), No>> {
    let (form, now) = (&notes.form, notes.visit.now);
    let member = form.member;
    conversations::lock_in(txn, &[member]).await?;
    members::lock_in(txn, member).await?;
    let Some(openid) = openid_of(txn, form.account, member).await? else {
        // She was erased since the link was made, or has become part of another profile.
        return Ok(Err(No::Link));
    };
    if privacy::are_being_erased_in(txn, &[member]).await? {
        return Ok(Err(No::Link));
    }
    if is_used(form, &members::consents_in(txn, member).await?) {
        return Ok(Err(No::Used));
    }
    for purpose in &notes.agreed {
        let word = Word {
            member,
            purpose: *purpose,
            given: true,
            way: Way::Form,
            text_version: Some(TEXT.to_owned()),
            staff: None,
            inbound: None,
            at: now,
        };
        members::note_word_in(txn, &word).await?;
    }
    if let Some(birthday) = notes.birthday {
        members::set_birthday_in(txn, member, &birthday.to_string()).await?;
    }
    privacy::replace_phone_in(txn, member, None).await?;
    let phone = (member, notes.phone.clone());
    privacy::note_phones_in(txn, &notes.vault, &[phone], now).await?;
    merges::join_in(txn, &notes.visit, &notes.vault, member, By::Command).await?;
    let visit = Visit {
        openid,
        ..notes.visit.clone()
    };
    conversations::registered_in(txn, &visit, Some(&masked(&notes.phone))).await?;
    Ok(Ok(()))
}

/// As whom a member is known in an account.
async fn openid_of(txn: &Txn, account: AccountId, member: MemberId) -> Result<Option<String>> {
    let known = members::addresses_in(txn, &[member]).await?;
    let here = |person: &Address| person.account_id == account && !is_waiting(&person.openid);
    let found = known.into_iter().find(|(_, person)| here(person));
    Ok(found.map(|(_, person)| person.openid))
}

fn birthday(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, No> {
    if text.is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = text.parse().map_err(|_unreadable| No::Birthday)?;
    if day.year() < 1900 || day > today {
        return Err(No::Birthday);
    }
    match today.years_since(day).unwrap_or_default() < OF_AGE {
        true => Err(No::Child),
        false => Ok(Some(day)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_is_a_day_of_somebody_who_may_agree() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let of = |text| birthday(text, today);
        assert_eq!(of(""), Ok(None));
        assert_eq!(of("1990-05-20"), Ok(NaiveDate::from_ymd_opt(1990, 5, 20)));
        let fourteen = NaiveDate::from_ymd_opt(2012, 11, 22);
        assert_eq!(of("2012-11-22"), Ok(fourteen), "fourteen today");
        assert_eq!(of("2012-11-23"), Err(No::Child));
        for odd in ["1899-12-31", "2026-11-23", "20.5.1990", "1990-02-30"] {
            assert_eq!(of(odd), Err(No::Birthday), "{odd}");
        }
    }
}
