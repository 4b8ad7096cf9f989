//! Every key of the session layer with its lifetime, in one place.

use std::fmt;
use std::time::Duration;

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// A typed key. Its text carries a `{…}` hash tag, so that in Redis Cluster everything about one person, appid or guide
/// lies on one node.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The access token of an account. WeChat names its lifetime: use [`crate::Session::put_for`].
    AccessToken {
        /// Whose token.
        appid: String,
    },
    /// Held by the process that is fetching a new access token.
    TokenRefresh {
        /// Whose token.
        appid: String,
    },
    /// Held by the process that asks for another token instead of one that WeChat refused, and what it heard.
    TokenDoubt {
        /// Whose token.
        appid: String,
        /// The refused one; the key holds its hash.
        token: String,
    },
    /// WeChat has said that there are too many messages of an account. The caller says for how long: use
    /// [`crate::Session::put_for`].
    SendPause {
        /// Whose messages.
        appid: String,
    },
    /// The ticket that signs JS-SDK pages. WeChat names its lifetime: use [`crate::Session::put_for`].
    JsTicket {
        /// Whose ticket.
        appid: String,
    },
    /// Who this openid is (customer of which guide, or a guide), as JSON.
    Route {
        /// Our number of the account.
        account: i64,
        /// The openid.
        person: String,
    },
    /// Mirror of the person's reply window.
    Window {
        /// Our number of the account.
        account: i64,
        /// The openid.
        person: String,
    },
    /// To whom a guide's bare answer goes.
    CurrentCustomer {
        /// Our number of the guide.
        guide: i64,
    },
    /// Held by the process that answered the last call for a sender to this person.
    Sender {
        /// Our number of the account.
        account: i64,
        /// The openid.
        person: String,
    },
    /// Held by the process that takes an account's followers in.
    Followers {
        /// Our number of the account.
        account: i64,
    },
    /// Whether a guide is on duty.
    Duty {
        /// Our number of the guide.
        guide: i64,
    },
    /// A counter shared by all processes, see [`crate::Session::count`].
    Limit {
        /// What is limited, for whom.
        name: String,
        /// How long a count lives.
        window: Duration,
    },
}

impl Key {
    /// How long it lives when [`crate::Session::put`], `claim` or `count` sets it.
    pub fn lifetime(&self) -> Duration {
        match self {
            // WeChat gives 7200 s; five minutes less, since the old one is honoured for that long after a refresh.
            Self::AccessToken { .. } | Self::JsTicket { .. } => minutes(115),
            // Longer than a call may take, shorter than a person's patience when the holder dies.
            Self::TokenRefresh { .. } => Duration::from_secs(15),
            // So often a token that WeChat refuses and hands out again is asked for.
            Self::TokenDoubt { .. } => Duration::from_secs(10),
            Self::SendPause { .. } => Duration::from_secs(10),
            Self::Route { .. } | Self::Window { .. } => minutes(10),
            Self::CurrentCustomer { .. } => minutes(60),
            // As long as the sweep needs to find what the holder, dead by then, has left.
            Self::Sender { .. } => Duration::from_secs(1),
            // Longer than a hundred people take, shorter than anybody waits when the holder dies.
            Self::Followers { .. } => Duration::from_secs(30),
            Self::Duty { .. } => minutes(1),
            Self::Limit { window, .. } => *window,
        }
    }

    /// What kind of key it is: what may be logged about it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AccessToken { .. } => "access_token",
            Self::TokenRefresh { .. } => "token_refresh",
            Self::TokenDoubt { .. } => "token_doubt",
            Self::SendPause { .. } => "send_pause",
            Self::JsTicket { .. } => "js_ticket",
            Self::Route { .. } => "route",
            Self::Window { .. } => "window",
            Self::CurrentCustomer { .. } => "current_customer",
            Self::Sender { .. } => "sender",
            Self::Followers { .. } => "followers",
            Self::Duty { .. } => "duty",
            Self::Limit { .. } => "limit",
        }
    }

    /// `{tag}:kind`, without the prefix that the body puts before it.
    pub(crate) fn text(&self) -> String {
        let tag = match self {
            Self::AccessToken { appid }
            | Self::TokenRefresh { appid }
            | Self::SendPause { appid }
            | Self::JsTicket { appid } => plain(appid),
            Self::TokenDoubt { appid, token } => format!("{}:{:016x}", plain(appid), hash(token)),
            Self::Route { account, person }
            | Self::Window { account, person }
            | Self::Sender { account, person } => format!("{account}:{}", plain(person)),
            Self::Followers { account } => format!("account:{account}"),
            Self::CurrentCustomer { guide } | Self::Duty { guide } => format!("guide:{guide}"),
            Self::Limit { name, window } => format!("{}:{}", plain(name), window.as_millis()),
        };
        format!("{{{tag}}}:{}", self.kind())
    }
}

/// The kind only: an openid does not belong into a log.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.kind())
    }
}

/// Tells values apart that must not stand in a key themselves.
fn hash(value: &str) -> u64 {
    // FNV-1a: the same in every process and release.
    value.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Keeps what openids and appids are made of and spells the rest as `%XX`, so that no value can close the hash tag or
/// pass for another key.
fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' => {
                text.push(char::from(byte))
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(account: i64, person: &str) -> String {
        Key::Route {
            account,
            person: person.to_owned(),
        }
        .text()
    }

    #[test]
    fn a_persons_keys_share_one_hash_tag() {
        let person = "oA_1-b".to_owned();
        assert_eq!(route(7, &person), "{7:oA_1-b}:route");
        assert_eq!(
            Key::Window { account: 7, person }.text(),
            "{7:oA_1-b}:window"
        );
    }

    #[test]
    fn no_two_people_share_a_key() {
        assert_ne!(
            route(1, "oABC"),
            route(1, "oabc"),
            "openids are case-sensitive"
        );
        assert_ne!(route(1, "o"), route(11, "o"));
        assert_ne!(route(1, "a}:route"), route(1, "a"));
        assert_eq!(route(1, "a}:route"), "{1:a%7D%3Aroute}:route");
    }

    #[test]
    fn a_doubted_token_is_told_from_others_and_not_shown() {
        let doubt = |token: &str| Key::TokenDoubt {
            appid: "wx1".to_owned(),
            token: token.to_owned(),
        };
        assert_ne!(doubt("87_secret").text(), doubt("88_secret").text());
        assert!(!doubt("87_secret").text().contains("secret"));
    }

    #[test]
    fn a_key_in_a_log_names_no_one() {
        let key = Key::Route {
            account: 1,
            person: "oSecret".to_owned(),
        };
        assert_eq!(format!("{key:?}"), "Key(route)");
    }

    #[test]
    fn two_windows_of_one_limit_are_two_counters() {
        let name = || "login".to_owned();
        let minute = Key::Limit {
            name: name(),
            window: minutes(1),
        };
        let hour = Key::Limit {
            name: name(),
            window: minutes(60),
        };
        assert_ne!(minute.text(), hour.text());
        assert_eq!(hour.lifetime(), minutes(60));
    }
}
