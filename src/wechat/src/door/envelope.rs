//! Finds `Encrypt` in a body that need not be well-formed.

/// How many places are tried: a real body has one, and one more for whatever a person may have written.
const CANDIDATES_MAX: usize = 64;

/// Every value that stands where `Encrypt` could stand, in XML or JSON, in the order of the body. Only text of the
/// base64 alphabet counts, so the candidates do not overlap and the search is linear.
pub(super) fn candidates(body: &str) -> Vec<String> {
    let in_xml = body.split("<Encrypt>").skip(1).filter_map(xml_value);
    let in_json = body.split("\"Encrypt\"").skip(1).filter_map(json_value);
    in_xml
        .chain(in_json)
        .filter(|value| !value.is_empty())
        .take(CANDIDATES_MAX)
        .collect()
}

/// Whether nothing of the push stands beside `Encrypt`: a compatible body says its kind in clear too.
pub(super) fn is_only_encrypted(body: &str) -> bool {
    let says_its_kind = body.contains("<MsgType") || body.contains("\"MsgType\"");
    !says_its_kind && !candidates(body).is_empty()
}

fn xml_value(after: &str) -> Option<String> {
    let after = after.trim_start();
    let inside = after.strip_prefix("<![CDATA[").unwrap_or(after);
    let (value, _) = inside.split_once(['<', ']'])?;
    base64_only(value)
}

fn json_value(after: &str) -> Option<String> {
    let quoted = after
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    let (value, _) = quoted.split_once('"')?;
    // Some encoders write `/` as `\/` and `+` as `\u002b`.
    base64_only(&serde_json::from_str::<String>(&format!("\"{value}\"")).ok()?)
}

/// The value without blanks; `None` when it holds anything else than base64.
fn base64_only(value: &str) -> Option<String> {
    let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        .then_some(value)
}

#[cfg(test)]
mod tests {
    use super::{CANDIDATES_MAX, candidates};

    #[test]
    fn encrypt_is_found_in_xml_and_json_with_and_without_cdata() {
        assert_eq!(
            candidates("<xml>\n <Encrypt> <![CDATA[ab+/==]]> </Encrypt>\n</xml>"),
            ["ab+/=="]
        );
        assert_eq!(candidates("<xml><Encrypt>ab\ncd</Encrypt></xml>"), ["abcd"]);
        assert_eq!(
            candidates(r#"{"ToUserName":"gh_1", "Encrypt" : "ab\/c\u002b="}"#),
            ["ab/c+="]
        );
    }

    #[test]
    fn a_broken_clear_half_does_not_hide_the_encrypted_one() {
        let body = "<xml><Content><![CDATA[a]]>b\u{2}<Encrypt>fake]]></Content><Encrypt><![CDATA[real]]></Encrypt></xml>";
        assert_eq!(candidates(body), ["fake", "real"]);
        assert!(candidates("<xml><Content><![CDATA[hello]]></Content></xml>").is_empty());
        assert!(candidates("<xml><Encrypt></Encrypt></xml>").is_empty());
    }

    #[test]
    fn a_body_full_of_openings_yields_a_bounded_number() {
        assert_eq!(
            candidates(&"<Encrypt>a</Encrypt>".repeat(20_000)).len(),
            CANDIDATES_MAX
        );
    }
}
