//! The settings of the servers, and of the simulated account.

use std::path::Path;

use super::proxy::Proxy;

/// The simulated account.
pub const APPID: &str = "wx0123456789abcdef";

/// Settings of the simulated account.
pub struct Installation;

impl Installation {
    /// `gh_…`
    pub const ORIGINAL_ID: &str = "gh_0123456789ab";
    /// Of the callback.
    pub const TOKEN: &str = "tokenforchaos";
    /// Of the callback.
    pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
    /// Of the simulated account.
    pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const SECRET_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
}

pub(super) fn environment(
    database: &str,
    redis: Option<&Proxy>,
    platform: u16,
    folder: &Path,
) -> Vec<(String, String)> {
    let base = format!("http://127.0.0.1:{platform}");
    environment_at(database, redis, &base, folder)
}

pub(super) fn environment_at(
    database: &str,
    redis: Option<&Proxy>,
    platform: &str,
    folder: &Path,
) -> Vec<(String, String)> {
    let redis = redis.map(|line| format!("redis://127.0.0.1:{}", line.port()));
    let media = folder.join("media").display().to_string();
    [
        ("DATABASE_URL", database),
        ("REDIS_URL", redis.as_deref().unwrap_or_default()),
        ("DAOGOU_SECRET_KEY", Installation::SECRET_KEY),
        ("DAOGOU_MEDIA_DIR", &media),
        ("WECHAT_API_BASE", platform),
        ("WECHAT_MP_BASE", platform),
        ("WECHAT_OPEN_BASE", platform),
        ("WECHAT_APPID", APPID),
        ("WECHAT_APP_SECRET", Installation::SECRET),
        ("WECHAT_TOKEN", Installation::TOKEN),
        ("WECHAT_ENCODING_AES_KEY", Installation::AES_KEY),
        ("WECHAT_MODE", "secure"),
        ("WECHAT_ORIGINAL_ID", Installation::ORIGINAL_ID),
        ("WECHAT_KIND", "service"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}
