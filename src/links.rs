//! Links that are one person's for a time: signed, so that nobody can make one, or turn one into somebody else's.

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::{AccountId, MemberId, Timestamp};

use crate::vault::Vault;

/// How long the link to a form is good for.
pub const FORM_HOURS: i64 = 24;
/// What a signature is for.
const FORM: &str = "link.form";
/// So many hexadecimal digits of a signature stand in a link: 128 bits.
const MARK: usize = 32;

/// Makes and reads them. Cloning shares it.
#[derive(Clone)]
pub struct Links(Arc<Inner>);

struct Inner {
    base: String,
    vault: Option<Vault>,
}

/// What a good link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// At which account.
    pub account: AccountId,
    /// Whose form it is.
    pub member: MemberId,
    /// Since when she has the link.
    pub since: Timestamp,
}

impl Links {
    /// On this address; without a vault there are none.
    pub fn new(base: &str, vault: Option<Vault>) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        Self(Arc::new(Inner { base, vault }))
    }

    /// Where a member fills in her form; none when there is nothing to sign with.
    pub fn form(&self, account: AccountId, member: MemberId, now: Timestamp) -> Option<String> {
        let said = format!("{account}-{member}-{}", now.0);
        let mark = self.mark(&said)?;
        Some(format!("{}/m/form/{said}-{mark}", self.0.base))
    }

    /// Whose form a link of ours opens, as long as it is good.
    pub fn read_form(&self, token: &str, now: Timestamp) -> Option<Form> {
        let (said, mark) = token.rsplit_once('-')?;
        if !is_same(&self.mark(said)?, mark) {
            return None;
        }
        let mut parts = said.split('-').map(|part| part.parse::<i64>().ok());
        let mut next = || parts.next().flatten();
        let form = Form {
            account: AccountId(next()?),
            member: MemberId(next()?),
            since: Timestamp(next()?),
        };
        let good = now < form.since + TimeDelta::hours(FORM_HOURS);
        good.then_some(form)
    }

    fn mark(&self, said: &str) -> Option<String> {
        let digest = self.0.vault.as_ref()?.digest(FORM, said).ok()?;
        digest.get(..MARK).map(str::to_owned)
    }
}

/// In a time that says nothing about where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differ = one.bytes().zip(other.bytes());
    one.len() == other.len() && differ.fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
