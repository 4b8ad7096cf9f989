//! What the parts of an account must look like, in words for whoever types them. Pure.

use chrono::TimeDelta;
use daogou_wechat::{AesKey, KeyError, Mode};

/// How long the token and the key before a change are accepted: time to change WeChat over.
pub const PREVIOUS_LASTS: TimeDelta = TimeDelta::hours(24);

const NAME_CHARS_MAX: usize = 30;
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 3..=32;
const SECRET_CHARS: usize = 32;
/// What follows `wx` in an appid.
const APPID_DIGITS: usize = 16;

/// What is wrong with a name.
pub fn wrong_name(name: &str) -> Option<&'static str> {
    match name.trim().chars().count() {
        0 => Some("请填写名称，就用微信里显示的"),
        n if n > NAME_CHARS_MAX => Some("名称最多 30 个字"),
        _ if name.chars().any(char::is_control) => Some("名称里有不能显示的字符"),
        _ => None,
    }
}

/// What is wrong with an appid.
pub fn wrong_appid(appid: &str) -> Option<&'static str> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    match appid.strip_prefix("wx") {
        Some(digits) if digits.len() == APPID_DIGITS && digits.bytes().all(hex) => None,
        _ if appid.is_empty() => Some("请填写 AppID"),
        _ if appid.starts_with("gh_") => {
            Some("gh_ 开头的是原始 ID；AppID 以 wx 开头，和它在同一页")
        }
        _ => Some("AppID 是 wx 加 16 位小写字母和数字，请重新复制，不要带空格"),
    }
}

/// What is wrong with going from a mode to another one while the token and the key before are kept: a token and a key are
/// accepted beside the new ones, a mode is not.
pub fn wrong_change(before: Mode, after: Mode, keep: bool) -> Option<&'static str> {
    let is_other_form = (before == Mode::Plain) != (after == Mode::Plain);
    (keep && is_other_form).then_some(
        "明文和加密不能同时接受，直接换会丢消息。请先在微信后台改为兼容模式，再回到这里填写微信后台现在的 Token 和 \
         EncodingAESKey，并勾选“马上停用”",
    )
}

/// What is wrong with an AppSecret.
pub fn wrong_secret(secret: &str) -> Option<&'static str> {
    match secret.len() {
        0 => Some("请填写 AppSecret"),
        SECRET_CHARS if secret.bytes().all(|b| b.is_ascii_alphanumeric()) => None,
        _ => Some("AppSecret 是 32 位字母和数字，请重新复制，不要带空格"),
    }
}

/// What is wrong with a token.
pub fn wrong_token(token: &str) -> Option<&'static str> {
    let right =
        TOKEN_CHARS.contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric());
    (!right).then_some("Token 用 3 到 32 个字母或数字")
}

/// What is wrong with an EncodingAESKey.
pub fn wrong_aes_key(key: &str) -> Option<String> {
    match AesKey::parse(key) {
        Ok(_) => None,
        Err(KeyError::Length(0)) => Some("加密的两种模式都需要 EncodingAESKey".into()),
        Err(KeyError::Length(n)) => Some(format!(
            "EncodingAESKey 是 43 个字母和数字，这里有 {n} 个字符，请重新复制"
        )),
        Err(KeyError::Alphabet | KeyError::Missing) => {
            Some("EncodingAESKey 只有字母和数字，请重新复制".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_wrongly_is_named() {
        assert_eq!(wrong_appid("wx0123456789abcdef"), None);
        for appid in [
            "",
            "wx",
            "gh_0123456789ab",
            "wx0123456789ABCDEF",
            "wx0123456789abcde",
            "wx0123456789abcdef0",
            "wx0123456789abcde ",
            "wx../../../../etc/",
        ] {
            assert!(wrong_appid(appid).is_some(), "{appid}");
        }
        assert!(wrong_appid("gh_0123456789ab").is_some_and(|why| why.contains("原始 ID")));
        assert_eq!(wrong_secret(&"a1".repeat(16)), None);
        assert!(wrong_secret(&"a1".repeat(15)).is_some());
        assert!(wrong_secret(&"密".repeat(16)).is_some());
        assert_eq!(wrong_token("Daogou2026"), None);
        assert!(wrong_token("ab").is_some() && wrong_token(&"a".repeat(33)).is_some());
        assert!(wrong_token("a b c").is_some());
        assert_eq!(wrong_aes_key(&"A".repeat(43)), None);
        assert!(wrong_aes_key(&"A".repeat(42)).is_some_and(|why| why.contains("42")));
        assert!(wrong_aes_key(&"+".repeat(43)).is_some_and(|why| why.contains("只有")));
    }
}
