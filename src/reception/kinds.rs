//! Pushes by kind, for counting: the platform's words as far as they are known, so that no push makes a metric of its own.

/// The word under which a push is counted.
pub(super) fn kind(msg_type: &str, event: Option<&str>) -> &'static str {
    let (words, word) = match event {
        Some(event) => (EVENTS, event),
        None => (MESSAGES, msg_type),
    };
    let known = words.iter().find(|known| known.eq_ignore_ascii_case(word));
    known.copied().unwrap_or("other")
}

const MESSAGES: &[&str] = &[
    "text",
    "image",
    "voice",
    "video",
    "shortvideo",
    "location",
    "link",
    "miniprogrampage",
];

const EVENTS: &[&str] = &[
    "subscribe",
    "unsubscribe",
    "scan",
    "location",
    "click",
    "view",
    "view_miniprogram",
    "user_enter_tempsession",
    "templatesendjobfinish",
    "masssendjobfinish",
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
    "subscribe_msg_sent_event",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_counted_as_one() {
        assert_eq!(kind("text", None), "text");
        assert_eq!(kind("event", Some("SCAN")), "scan");
        assert_eq!(kind("event", Some("text")), "other");
        assert_eq!(kind("oSomebody", None), "other");
    }
}
