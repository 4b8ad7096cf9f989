//! Access tokens: the classic world, in which a new token ends the old one after an overlap, and the stable world.

/// How long a token lives (WeChat: getAccessToken).
pub(crate) const LIFETIME: i64 = 7_200;
/// How long an old classic token still works beside the new one; and how early a stable one is renewed.
const FIVE_MINUTES: i64 = 300;
/// Forced refreshes of the stable token: at most so many a day, so many seconds apart.
const FORCED_A_DAY: usize = 20;
const FORCED_APART: i64 = 30;

#[derive(Clone, Debug)]
struct Token {
    value: String,
    expires_at: i64,
    /// From then on it is refused although it has not expired.
    dead_at: Option<i64>,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// 42001
    Expired,
    /// 40001
    NotLatest,
}

/// The tokens of one account.
#[derive(Default)]
pub(crate) struct Tokens {
    classic: Vec<Token>,
    stable: Vec<Token>,
    forced: Vec<i64>,
}

impl Tokens {
    /// A new classic token; the previous ones work for five minutes more.
    pub(crate) fn classic(&mut self, value: String, now: i64) -> (String, i64) {
        for token in &mut self.classic {
            token.dead_at.get_or_insert(now + FIVE_MINUTES);
        }
        self.classic
            .retain(|token| token.expires_at + LIFETIME > now);
        self.classic.push(Token {
            value: value.clone(),
            expires_at: now + LIFETIME,
            dead_at: None,
        });
        (value, LIFETIME)
    }

    /// The stable token with its remaining seconds; `new` becomes one when the last five minutes have begun.
    pub(crate) fn stable(&mut self, new: String, now: i64) -> (String, i64) {
        if let Some(token) = self.stable.last().filter(|token| token.dead_at.is_none()) {
            let left = token.expires_at - now;
            if left > FIVE_MINUTES {
                return (token.value.clone(), left);
            }
        }
        self.push_stable(new, now)
    }

    /// A new stable token; the previous one ends at once. `Err` is the code of the limit that was hit.
    pub(crate) fn forced(
        &mut self,
        new: String,
        now: i64,
        limited: bool,
    ) -> Result<(String, i64), i64> {
        self.forced.retain(|at| at + 86_400 > now);
        if limited && self.forced.last().is_some_and(|at| at + FORCED_APART > now) {
            return Err(45_011);
        }
        if limited && self.forced.len() >= FORCED_A_DAY {
            return Err(45_009);
        }
        self.forced.push(now);
        for token in &mut self.stable {
            token.dead_at = Some(now);
        }
        Ok(self.push_stable(new, now))
    }

    fn push_stable(&mut self, value: String, now: i64) -> (String, i64) {
        self.stable
            .retain(|token| token.expires_at + LIFETIME > now);
        self.stable.push(Token {
            value: value.clone(),
            expires_at: now + LIFETIME,
            dead_at: None,
        });
        (value, LIFETIME)
    }

    /// Whether this token lets its bearer in.
    pub(crate) fn check(&self, value: &str, now: i64) -> Result<(), TokenFault> {
        let token = self
            .stable
            .iter()
            .rev()
            .chain(self.classic.iter().rev())
            .find(|token| token.value == value)
            .ok_or(TokenFault::NotLatest)?;
        if token.expires_at <= now {
            Err(TokenFault::Expired)
        } else if token.dead_at.is_some_and(|dead| dead <= now) {
            Err(TokenFault::NotLatest)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_classic_token_ends_the_old_one_after_five_minutes() {
        let mut tokens = Tokens::default();
        tokens.classic("old".to_owned(), 0);
        tokens.classic("new".to_owned(), 100);
        assert_eq!(tokens.check("old", 399), Ok(()));
        assert_eq!(tokens.check("old", 400), Err(TokenFault::NotLatest));
        assert_eq!(tokens.check("new", 7_299), Ok(()));
        assert_eq!(tokens.check("new", 7_300), Err(TokenFault::Expired));
    }

    #[test]
    fn the_stable_token_stays_the_same_until_its_last_five_minutes() {
        let mut tokens = Tokens::default();
        assert_eq!(tokens.stable("a".to_owned(), 0), ("a".to_owned(), 7_200));
        assert_eq!(tokens.stable("b".to_owned(), 6_899), ("a".to_owned(), 301));
        assert_eq!(
            tokens.stable("b".to_owned(), 6_900),
            ("b".to_owned(), 7_200)
        );
        assert_eq!(tokens.check("a", 7_199), Ok(()));
    }

    #[test]
    fn a_forced_refresh_ends_the_old_token_at_once_and_is_limited() {
        let mut tokens = Tokens::default();
        tokens.stable("a".to_owned(), 0);
        assert!(tokens.forced("b".to_owned(), 1, true).is_ok());
        assert_eq!(tokens.check("a", 1), Err(TokenFault::NotLatest));
        assert_eq!(tokens.forced("c".to_owned(), 30, true), Err(45_011));
        for n in 1..20 {
            assert!(tokens.forced("d".to_owned(), 1 + n * 30, true).is_ok());
        }
        assert_eq!(tokens.forced("e".to_owned(), 1_000, true), Err(45_009));
    }
}
