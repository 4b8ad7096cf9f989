//! Settings, read once from the environment; all faults are reported at once; secrets print as `[hidden]`.

mod environment;
mod parse;
mod role;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono_tz::Tz;
use daogou_wechat::{AesKey, Hosts, Kind, Mode};
use secrecy::SecretString;

use parse::Reader;

pub use role::Role;

/// Every key that is read, in the order of `.env.example`.
pub const KEYS: &[&str] = &[
    "DAOGOU_LISTEN",
    "DAOGOU_PUBLIC_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "DAOGOU_SECRET_KEY",
    "WECHAT_API_BASE",
    "WECHAT_MP_BASE",
    "WECHAT_OPEN_BASE",
    "WECHAT_APPID",
    "WECHAT_APP_SECRET",
    "WECHAT_TOKEN",
    "WECHAT_ENCODING_AES_KEY",
    "WECHAT_ENCODING_AES_KEY_PREVIOUS",
    "WECHAT_MODE",
    "WECHAT_ORIGINAL_ID",
    "WECHAT_KIND",
    "DAOGOU_TIMEZONE",
    "DAOGOU_RAW_DAYS",
    "DAOGOU_UNFOLLOWED_DAYS",
    "DAOGOU_MEDIA_DIR",
    "DAOGOU_TEMPLATES_DIR",
    "DAOGOU_TRUSTED_PROXIES",
    "DAOGOU_MIGRATE",
];

/// The settings of one process.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the web server.
    pub listen: SocketAddr,
    /// What links and callbacks are built on, without a trailing slash.
    pub public_url: String,
    /// The database; may carry a password, so it prints as hidden.
    pub database_url: Secret,
    /// Redis; none means the embedded session.
    pub redis_url: Option<Secret>,
    /// Encrypts columns and signs links; `serve` and everything that reads or writes accounts need it.
    pub secret_key: Option<SecretKey>,
    /// Where WeChat is reached.
    pub hosts: Hosts,
    /// The account that the environment describes, if any.
    pub account: Option<AccountSettings>,
    /// The time zone of people; the store is UTC.
    pub timezone: Tz,
    /// For how many days the raw text of pushes is kept.
    pub raw_days: u32,
    /// For how many days somebody who unfollowed is kept, so that she finds everything again when she comes back.
    pub unfollowed_days: u32,
    /// Where media files are kept.
    pub media_dir: PathBuf,
    /// A brand's own templates.
    pub templates_dir: Option<PathBuf>,
    /// Proxies whose `X-Request-Id` is taken over, and whose `X-Forwarded-For` will count.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether pending migrations are applied when the store is opened.
    pub migrate: bool,
    /// What this process does; the command line says so.
    pub role: Role,
}

/// The first account, as the environment describes it.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// Appid.
    pub appid: String,
    /// AppSecret.
    pub secret: Secret,
    /// Token of the callback.
    pub token: Secret,
    /// EncodingAESKey; required unless the mode is plain.
    pub aes_key: Option<Secret>,
    /// The key before the last rotation.
    pub aes_key_previous: Option<Secret>,
    /// How pushes are protected.
    pub mode: Mode,
    /// `gh_…`; a push names it anyway, so it may be left out.
    pub original_id: Option<String>,
    /// Service account or mini-program.
    pub kind: Kind,
}

/// A text that never prints.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself: only for the call that needs it.
    pub fn expose(&self) -> &str {
        secrecy::ExposeSecret::expose_secret(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

/// The 32 bytes that encrypt columns and sign links.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// From bytes, for tests and the demo, which makes its own.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From base64 of 32 bytes.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .map_err(|e| format!("is not base64 ({e})"))?;
        let bytes: [u8; 32] = bytes
            .try_into()
            .map_err(|b: Vec<u8>| format!("has {} bytes, not 32", b.len()))?;
        Ok(Self(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Everything that is wrong with the settings, each with its key.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Faults(pub Vec<String>);

/// The command that makes a key, shown where one is missing.
pub const KEY_COMMAND: &str = "openssl rand -base64 32";

impl Config {
    /// Reads `.env` (the real environment wins) and the environment.
    ///
    /// # Errors
    /// All faults at once.
    pub fn from_env() -> Result<Self, Faults> {
        Self::read(environment::lookup()?)
    }

    /// The same for what cannot do without `DAOGOU_SECRET_KEY`: where it is missing, that is one of the faults.
    ///
    /// # Errors
    /// All faults at once.
    pub fn from_env_with_key() -> Result<Self, Faults> {
        Self::read_with_key(environment::lookup()?)
    }

    fn read_with_key(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let key_is_missing = lookup("DAOGOU_SECRET_KEY").is_none_or(|key| key.trim().is_empty());
        match Self::read(lookup) {
            Ok(config) => config.require_secret_key().map(drop).map(|()| config),
            Err(mut faults) => {
                faults.0.extend(key_is_missing.then(no_key));
                Err(faults)
            }
        }
    }

    /// Reads the settings from `lookup`; an empty value counts as absent.
    ///
    /// # Errors
    /// All faults at once.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut r = Reader::new(lookup);
        let config = Self {
            listen: r.parsed(
                "DAOGOU_LISTEN",
                "127.0.0.1:8080",
                "an address like 127.0.0.1:8080",
            ),
            public_url: r.url("DAOGOU_PUBLIC_URL", "http://127.0.0.1:8080"),
            database_url: Secret::new(
                r.database_url("DATABASE_URL", "sqlite://daogou.db?mode=rwc"),
            ),
            redis_url: r.redis_url("REDIS_URL").map(Secret::new),
            secret_key: r.with("DAOGOU_SECRET_KEY", SecretKey::parse),
            hosts: Hosts {
                api: r.url("WECHAT_API_BASE", "https://api.weixin.qq.com"),
                mp: r.url("WECHAT_MP_BASE", "https://mp.weixin.qq.com"),
                open: r.url("WECHAT_OPEN_BASE", "https://open.weixin.qq.com"),
            },
            account: read_account(&mut r),
            timezone: r.parsed(
                "DAOGOU_TIMEZONE",
                "Asia/Shanghai",
                "a time zone like Asia/Shanghai",
            ),
            raw_days: r.parsed("DAOGOU_RAW_DAYS", "30", "a number of days"),
            unfollowed_days: r.parsed("DAOGOU_UNFOLLOWED_DAYS", "30", "a number of days"),
            media_dir: PathBuf::from(
                r.text("DAOGOU_MEDIA_DIR")
                    .unwrap_or_else(|| "./media".into()),
            ),
            templates_dir: r.text("DAOGOU_TEMPLATES_DIR").map(PathBuf::from),
            trusted_proxies: r.list("DAOGOU_TRUSTED_PROXIES", "IP addresses separated by commas"),
            migrate: r.switch("DAOGOU_MIGRATE", true),
            role: Role::All,
        };
        if let Some(dir) = &config.templates_dir
            && !Path::is_dir(dir)
        {
            r.fault(
                "DAOGOU_TEMPLATES_DIR",
                &format!("{} is not a folder", dir.display()),
            );
        }
        r.finish().map(|()| config)
    }

    /// The key, or the fault that says how to make one.
    ///
    /// # Errors
    /// When `DAOGOU_SECRET_KEY` is not set.
    pub fn require_secret_key(&self) -> Result<&SecretKey, Faults> {
        self.secret_key
            .as_ref()
            .ok_or_else(|| Faults(vec![no_key()]))
    }
}

fn no_key() -> String {
    format!("DAOGOU_SECRET_KEY: is not set; make one with `{KEY_COMMAND}` and keep it safe")
}

fn read_account(r: &mut Reader<impl Fn(&str) -> Option<String>>) -> Option<AccountSettings> {
    let mode: Mode = r.parsed("WECHAT_MODE", "secure", "plain, compatible or secure");
    let kind: Kind = r.parsed("WECHAT_KIND", "service", "service or miniprogram");
    let aes_key = r.aes_key("WECHAT_ENCODING_AES_KEY");
    let aes_key_previous = r.aes_key("WECHAT_ENCODING_AES_KEY_PREVIOUS");
    let original_id = r.text("WECHAT_ORIGINAL_ID");
    let (secret, token) = (r.text("WECHAT_APP_SECRET"), r.text("WECHAT_TOKEN"));
    let Some(appid) = r.text("WECHAT_APPID") else {
        if secret.is_some() || token.is_some() || aes_key.is_some() {
            r.fault(
                "WECHAT_APPID",
                "is not set although other WECHAT_ settings are",
            );
        }
        return None;
    };
    if !is_appid(&appid) {
        r.fault(
            "WECHAT_APPID",
            "is not an appid: letters and digits only, like wx0123456789abcdef",
        );
    }
    if secret.is_none() {
        r.fault("WECHAT_APP_SECRET", "is not set although WECHAT_APPID is");
    }
    if token.is_none() {
        r.fault(
            "WECHAT_TOKEN",
            "is not set although WECHAT_APPID is; it is the Token of the callback settings",
        );
    }
    if aes_key.is_none() && !matches!(mode, Mode::Plain) && !r.has("WECHAT_ENCODING_AES_KEY") {
        r.fault(
            "WECHAT_ENCODING_AES_KEY",
            &format!("is not set although WECHAT_MODE is {mode}"),
        );
    }
    Some(AccountSettings {
        appid,
        secret: Secret::new(secret?),
        token: Secret::new(token?),
        aes_key: aes_key.map(Secret::new),
        aes_key_previous: aes_key_previous.map(Secret::new),
        mode,
        original_id,
        kind,
    })
}

/// Whether an account can be called so.
pub(crate) fn is_appid(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether `text` is a usable EncodingAESKey, as a sentence when it is not.
pub(crate) fn check_aes_key(text: &str) -> Result<(), String> {
    AesKey::parse(text).map(drop).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Faults> {
        Config::read(|key| {
            pairs
                .iter()
                .find(|(k, _)| *k == key)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_gives_the_documented_defaults() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url.expose(), "sqlite://daogou.db?mode=rwc");
        assert_eq!(config.raw_days, 30);
        assert!(config.account.is_none() && config.redis_url.is_none() && config.migrate);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let faults = read(&[
            ("DAOGOU_LISTEN", "here"),
            ("DATABASE_URL", "oracle://x"),
            ("DAOGOU_SECRET_KEY", "c2hvcnQ="),
            ("WECHAT_APPID", "wx1"),
            ("DAOGOU_TIMEZONE", "Moon/Base"),
        ])
        .unwrap_err()
        .0;
        for key in [
            "DAOGOU_LISTEN",
            "DATABASE_URL",
            "DAOGOU_SECRET_KEY",
            "WECHAT_APP_SECRET",
            "WECHAT_TOKEN",
            "DAOGOU_TIMEZONE",
            "WECHAT_ENCODING_AES_KEY",
        ] {
            assert!(
                faults.iter().any(|f| f.starts_with(key)),
                "{key} is missing from {faults:?}"
            );
        }
    }

    #[test]
    fn a_missing_key_is_named_beside_the_other_faults() {
        let faults = Config::read_with_key(|key| (key == "DAOGOU_LISTEN").then(|| "here".into()))
            .unwrap_err()
            .0;
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults.iter().any(|f| f.starts_with("DAOGOU_SECRET_KEY")));
        assert!(Config::read_with_key(|_| None).is_err());
    }

    #[test]
    fn secrets_print_as_hidden() {
        let config = read(&[
            ("WECHAT_APPID", "wx1"),
            ("WECHAT_APP_SECRET", "topsecret"),
            ("WECHAT_TOKEN", "tok-en"),
            ("WECHAT_MODE", "plain"),
            ("DATABASE_URL", "postgres://u:topsecret@h/d"),
        ])
        .unwrap();
        let text = format!("{config:?}");
        assert!(
            !text.contains("topsecret") && !text.contains("tok-en"),
            "{text}"
        );
    }
}
