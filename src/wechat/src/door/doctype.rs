//! Finds a DTD without processing one.

/// Whether a document type declaration stands in this XML text, in any case, outside CDATA sections and comments: a
/// person may well write `<!DOCTYPE html>` to a shop.
pub(super) fn occurs_in(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("<!") {
        rest = if after
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
        {
            return true;
        } else if let Some(section) = after.strip_prefix("[CDATA[") {
            skip_past(section, "]]>")
        } else if let Some(comment) = after.strip_prefix("--") {
            skip_past(comment, "-->")
        } else {
            after
        };
    }
    false
}

/// What follows `end`; everything when it does not occur, so that an unclosed section hides nothing.
fn skip_past<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or(text, |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::occurs_in;

    #[test]
    fn a_dtd_is_found_in_any_case_and_not_in_what_a_person_wrote() {
        assert!(occurs_in(
            "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml>&a;</xml>"
        ));
        assert!(occurs_in(
            "<?xml version=\"1.0\"?>\n<!doctype xml SYSTEM \"file:///etc/passwd\"><xml/>"
        ));
        assert!(occurs_in("<xml><!-- a --><!DocType b></xml>"));
        assert!(occurs_in(
            "<xml><Content><![CDATA[never closed <!DOCTYPE x></Content></xml>"
        ));
        assert!(!occurs_in(
            "<xml><Content><![CDATA[<!DOCTYPE html><p>]]></Content></xml>"
        ));
        assert!(!occurs_in("<xml><!-- <!DOCTYPE b> --></xml>"));
    }
}
