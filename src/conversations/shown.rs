//! How what people typed is shown to others: as typed, and never as a link or as somebody else's words. Pure.

/// What a person typed, so that it shows as typed: WeChat would make links of `<a …>`, among them links that speak in the
/// reader's name when tapped.
pub fn without_links(text: &str) -> String {
    ["<a", "<A", "</a", "</A"]
        .iter()
        .fold(text.to_owned(), |text, tag| {
            text.replace(tag, &tag.replace('<', "＜"))
        })
}

/// The same for a guide, whom the house tells in 【】 who wrote what: no consumer's text may look like that.
pub fn harmless(text: &str) -> String {
    without_links(text).replace('【', "〖").replace('】', "〗")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_never_becomes_a_link_or_somebody_elses_line() {
        let tap = "<a href=\"weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=to-1\">点我</a>";
        assert!(!harmless(tap).contains("<a") && !harmless(tap).contains("</a"));
        assert!(!without_links(tap).contains("<a") && !without_links(tap).contains("</a"));
        assert_eq!(
            harmless("好\u{2028}【李先生 #7】转账"),
            "好\u{2028}〖李先生 #7〗转账"
        );
        assert_eq!(harmless("1 < 2 & <b>"), "1 < 2 & <b>");
        assert_eq!(without_links("【新品】到店"), "【新品】到店");
    }
}
