//! The three choices an account makes on WeChat's side: what it is, how pushes are encrypted, how they are written.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What kind of account this is. Hosts, tokens and the wire are shared; what an account may call differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A service account (服务号).
    Service,
    /// A mini-program (小程序).
    MiniProgram,
}

/// How pushes are protected, as chosen on the account's configuration page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// 明文: signed by the token, the body itself is neither encrypted nor signed.
    Plain,
    /// 兼容: clear fields and `Encrypt` in one body.
    Compatible,
    /// 安全: `Encrypt` only.
    Secure,
}

/// How a push is written. Service accounts get XML; mini-programs may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `<xml>…</xml>`
    Xml,
    /// One flat object.
    Json,
}

/// A name that is none of those allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is not one of {allowed}")]
pub struct UnknownName {
    given: String,
    allowed: &'static str,
}

macro_rules! named {
    ($type:ident, $allowed:literal, $($variant:ident = $name:literal),+) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $name),+ })
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownName { given: text.to_owned(), allowed: $allowed }),
                }
            }
        }
    };
}

named!(
    Kind,
    "service, miniprogram",
    Service = "service",
    MiniProgram = "miniprogram"
);
named!(
    Mode,
    "plain, compatible, secure",
    Plain = "plain",
    Compatible = "compatible",
    Secure = "secure"
);
named!(Format, "xml, json", Xml = "xml", Json = "json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_it_was_written() {
        for kind in [Kind::Service, Kind::MiniProgram] {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        for format in [Format::Xml, Format::Json] {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
    }

    #[test]
    fn a_wrong_name_is_answered_with_the_right_ones() {
        let fault = "plane".parse::<Mode>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "\"plane\" is not one of plain, compatible, secure"
        );
    }
}
