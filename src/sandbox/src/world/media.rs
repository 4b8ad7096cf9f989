//! Pictures, voices and videos that were uploaded, by an account or by a person's phone.

use actix_web::web::Bytes;

/// Temporary media lives three days (WeChat: upload temporary media).
pub(crate) const TEMPORARY_SECONDS: i64 = 3 * 86_400;

/// One uploaded file.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) appid: String,
    pub(crate) kind: String,
    pub(crate) content_type: String,
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
    pub(crate) created_at: i64,
    /// Seconds since 1970; `None`: permanent material.
    pub(crate) expires_at: Option<i64>,
    pub(crate) title: String,
    pub(crate) introduction: String,
}

impl Media {
    /// Whether this account may still use it.
    pub(crate) fn usable_by(&self, appid: &str, now: i64) -> bool {
        self.appid == appid && self.expires_at.is_none_or(|until| until > now)
    }
}
