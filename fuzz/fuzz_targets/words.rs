//! What people type in the chat: words are read the same way twice, and no text becomes a link or somebody else's line.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/conversations/shown.rs"]
mod shown;
#[path = "../../src/conversations/words.rs"]
mod words;

use words::GuideWord;

fuzz_target!(|text: &str| {
    match words::of_guide(text) {
        GuideWord::To { number, text: rest } => {
            assert!(number >= 0 && !rest.is_empty() && text.contains(&rest));
            let again = words::of_guide(&format!("#{number} {rest}"));
            assert_eq!(again, GuideWord::To { number, text: rest });
        }
        GuideWord::Choose(number) => {
            assert_eq!(
                words::of_guide(&format!("＃{number}")),
                GuideWord::Choose(number)
            );
            assert_eq!(words::tapped(&words::tap_id(number)), Some(number));
        }
        GuideWord::Name { number, name } => {
            let again = words::of_guide(&format!("备注 #{number} {name}"));
            assert_eq!(again, GuideWord::Name { number, name });
        }
        word => assert_eq!(words::of_guide(text.trim()), word),
    }
    assert_eq!(
        words::of_member(text),
        words::of_member(&format!(" {text}。"))
    );
    if let Some(number) = words::tapped(text) {
        assert_eq!(words::tapped(&words::tap_id(number)), Some(number));
    }
    let (typed, relayed) = (shown::without_links(text), shown::harmless(text));
    assert_eq!(shown::without_links(&typed), typed);
    assert_eq!(shown::harmless(&relayed), relayed);
    for shown in [&typed, &relayed] {
        let small = shown.to_lowercase();
        assert!(!small.contains("<a") && !small.contains("</a"));
        assert_eq!(shown.chars().count(), text.chars().count());
    }
    assert!(!relayed.contains(['【', '】']));
});
