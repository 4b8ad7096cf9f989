//! Reading single settings and collecting what is wrong with them.

use std::str::FromStr;

use super::{Faults, check_aes_key};

/// What the session layer connects to; its own parser looks at the rest of the address.
const REDIS_SCHEMES: &[&str] = &[
    "redis",
    "rediss",
    "redis+sentinel",
    "rediss+sentinel",
    "redis+cluster",
    "rediss+cluster",
];

/// Looks settings up and remembers faults, so that all are reported together.
pub(super) struct Reader<F> {
    lookup: F,
    faults: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    pub(super) fn new(lookup: F) -> Self {
        Self {
            lookup,
            faults: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, key: &str, what: &str) {
        self.faults.push(format!("{key}: {what}"));
    }

    pub(super) fn finish(self) -> Result<(), Faults> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Faults(self.faults))
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        (self.lookup)(key)
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.text(key).is_some()
    }

    /// The value or, when it does not parse, the default and a fault that says what was expected.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, default: &str, expected: &str) -> T {
        let text = self.text(key).unwrap_or_else(|| default.to_owned());
        if let Ok(value) = text.parse() {
            return value;
        }
        self.fault(key, &format!("{text:?} is not {expected}"));
        #[expect(
            clippy::unreachable,
            reason = "the defaults are constants of this program, covered by a test"
        )]
        default
            .parse()
            .unwrap_or_else(|_| unreachable!("the default of {key} parses"))
    }

    pub(super) fn with<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(what) => {
                self.fault(key, &what);
                None
            }
        }
    }

    /// An http or https address without its trailing slash.
    pub(super) fn url(&mut self, key: &str, default: &str) -> String {
        let text = self.text(key).unwrap_or_else(|| default.to_owned());
        if !is_url(&text, &["http", "https"]) {
            self.fault(key, &format!("{text:?} is not an address like {default}"));
        }
        text.trim_end_matches('/').to_owned()
    }

    pub(super) fn database_url(&mut self, key: &str, default: &str) -> String {
        let text = self.text(key).unwrap_or_else(|| default.to_owned());
        let known =
            text.starts_with("sqlite:") || is_url(&text, &["postgres", "postgresql", "mysql"]);
        if !known {
            // The value may hold a password, so it is not repeated.
            self.fault(key, "is not sqlite://file, postgres://… or mysql://…");
        } else if text.contains(":memory:") {
            self.fault(
                key,
                "an in-memory database loses everything at the end; name a file",
            );
        }
        text
    }

    pub(super) fn redis_url(&mut self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        if !is_url(&text, REDIS_SCHEMES) {
            // The value may hold a password, so it is not repeated.
            self.fault(
                key,
                "is not redis://…, redis+sentinel://h1,h2/master/0 or redis+cluster://h1,h2 (rediss for TLS)",
            );
        }
        Some(text)
    }

    pub(super) fn aes_key(&mut self, key: &str) -> Option<String> {
        self.with(key, |text| check_aes_key(text).map(|()| text.to_owned()))
    }

    pub(super) fn list<T: FromStr>(&mut self, key: &str, expected: &str) -> Vec<T> {
        let text = self.text(key).unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        let parsed: Result<Vec<T>, _> = parts.map(str::parse).collect();
        parsed.unwrap_or_else(|_| {
            self.fault(key, &format!("{text:?} is not {expected}"));
            Vec::new()
        })
    }

    pub(super) fn switch(&mut self, key: &str, default: bool) -> bool {
        match self.text(key).as_deref() {
            None => default,
            Some("on" | "true" | "1") => true,
            Some("off" | "false" | "0") => false,
            Some(other) => {
                self.fault(key, &format!("{other:?} is not on or off"));
                default
            }
        }
    }
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.split_once("://")
        .is_some_and(|(scheme, rest)| schemes.contains(&scheme) && !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redis(url: &str) -> Result<(), Faults> {
        let mut reader = Reader::new(|_| Some(url.to_owned()));
        reader.redis_url("REDIS_URL");
        reader.finish()
    }

    #[test]
    fn redis_may_be_one_server_sentinel_or_cluster_each_with_tls() {
        for scheme in ["redis", "redis+sentinel", "redis+cluster"] {
            for scheme in [scheme.to_owned(), scheme.replace("redis", "rediss")] {
                let url = format!("{scheme}://h1,h2/master/0");
                assert!(redis(&url).is_ok(), "{url}");
            }
        }
        let faults = redis("http://:topsecret@h1").unwrap_err();
        assert!(!faults.to_string().contains("topsecret"), "{faults}");
    }
}
