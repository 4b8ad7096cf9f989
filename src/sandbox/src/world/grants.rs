//! Codes and tokens that a person's consent gave: web authorisation, mini-program login, phone number.

use std::collections::HashMap;

/// A code is good for five minutes and for one use (WeChat: web authorisation, login).
const CODE_SECONDS: i64 = 300;
const ACCESS_SECONDS: i64 = 7_200;
const REFRESH_SECONDS: i64 = 30 * 86_400;

/// What a code is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Web authorisation with this scope.
    Web(String),
    /// `wx.login` of a mini-program.
    Login,
    /// The phone-number button of a mini-program.
    Phone,
}

/// Whose consent it is and for which account.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) appid: String,
    pub(crate) person: usize,
    pub(crate) purpose: Purpose,
    at: i64,
    used: bool,
}

/// Why a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeFault {
    /// 40029: unknown, expired, or of another account or purpose.
    Invalid,
    /// 40163
    Used,
}

/// A token of web authorisation.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) appid: String,
    pub(crate) person: usize,
    pub(crate) scope: String,
    pub(crate) until: i64,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Grants {
    codes: HashMap<String, Grant>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Access>,
}

impl Grants {
    pub(crate) fn add(
        &mut self,
        code: String,
        appid: &str,
        person: usize,
        purpose: Purpose,
        now: i64,
    ) {
        // Used and expired codes are remembered for a day, to tell the two apart; then forgotten.
        self.codes.retain(|_, grant| grant.at + 86_400 > now);
        self.codes.insert(
            code,
            Grant {
                appid: appid.to_owned(),
                person,
                purpose,
                at: now,
                used: false,
            },
        );
    }

    pub(crate) fn log_in(&mut self, code: String, appid: &str, person: usize, now: i64) {
        self.add(code, appid, person, Purpose::Login, now);
    }

    pub(crate) fn show_phone(&mut self, code: String, appid: &str, person: usize, now: i64) {
        self.add(code, appid, person, Purpose::Phone, now);
    }

    /// Uses a code of this account up.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        appid: &str,
        fits: impl Fn(&Purpose) -> bool,
        now: i64,
    ) -> Result<Grant, CodeFault> {
        let grant = self
            .codes
            .get_mut(code)
            .filter(|grant| grant.appid == appid && fits(&grant.purpose))
            .ok_or(CodeFault::Invalid)?;
        if grant.used {
            return Err(CodeFault::Used);
        }
        if grant.at + CODE_SECONDS <= now {
            return Err(CodeFault::Invalid);
        }
        grant.used = true;
        Ok(grant.clone())
    }

    /// Keeps a pair of tokens for what was granted.
    pub(crate) fn issue(&mut self, access: String, refresh: String, granted: Access, now: i64) {
        self.access.retain(|_, one| one.until > now);
        self.refresh.retain(|_, one| one.until > now);
        self.access.insert(
            access,
            Access {
                until: now + ACCESS_SECONDS,
                ..granted.clone()
            },
        );
        self.refresh.insert(
            refresh,
            Access {
                until: now + REFRESH_SECONDS,
                ..granted
            },
        );
    }

    pub(crate) fn access(&self, token: &str, now: i64) -> Option<&Access> {
        self.access.get(token).filter(|one| one.until > now)
    }

    pub(crate) fn refresh(&self, token: &str, now: i64) -> Option<&Access> {
        self.refresh.get(token).filter(|one| one.until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_for_five_minutes() {
        let mut grants = Grants::default();
        grants.log_in("a".to_owned(), "wx1", 0, 0);
        grants.log_in("b".to_owned(), "wx1", 0, 0);
        let login = |purpose: &Purpose| *purpose == Purpose::Login;
        assert_eq!(
            grants.redeem("a", "wx2", login, 1).unwrap_err(),
            CodeFault::Invalid
        );
        assert!(grants.redeem("a", "wx1", login, 299).is_ok());
        assert_eq!(
            grants.redeem("a", "wx1", login, 299).unwrap_err(),
            CodeFault::Used
        );
        assert_eq!(
            grants.redeem("b", "wx1", login, 300).unwrap_err(),
            CodeFault::Invalid
        );
    }
}
