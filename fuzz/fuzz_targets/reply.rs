//! Replies made of anything that people and brands can write: what is written is well-formed and reads as what was said.
#![no_main]

use arbitrary::Arbitrary;
use daogou_fuzz::{door, is_forbidden, signed};
use daogou_wechat::text::{TEXT_BYTES_MAX, split, strip_forbidden};
use daogou_wechat::{Article, Mode, Node, Reply, ReplyFault};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    kind: u8,
    to: String,
    from: String,
    at: i64,
    texts: [Option<String>; 4],
    needed: String,
    articles: Vec<(String, String, String, String)>,
}

fuzz_target!(|input: Input| {
    let [title, description, music_url, hq_music_url] = input.texts.clone();
    let media_id = input.needed.clone();
    let reply = match input.kind % 7 {
        0 => Reply::Text { content: media_id },
        1 => Reply::Image { media_id },
        2 => Reply::Voice { media_id },
        3 => Reply::Video {
            media_id,
            title,
            description,
        },
        4 => Reply::Music {
            title,
            description,
            music_url,
            hq_music_url,
            thumb_media_id: media_id,
        },
        5 => Reply::News {
            articles: input.articles.iter().cloned().map(article).collect(),
        },
        _ => Reply::TransferCustomerService { kf_account: title },
    };
    check_stripping(&input.needed);
    let xml = match reply.to_xml(&input.to, &input.from, input.at) {
        Ok(xml) => xml,
        Err(ReplyFault::Empty(_)) => return,
        Err(ReplyFault::TextTooLong(bytes)) => return assert!(bytes > TEXT_BYTES_MAX),
        Err(ReplyFault::TooManyArticles(count)) => return assert!(count > 8),
    };
    assert!(!xml.chars().any(is_forbidden));
    let read = Node::from_xml(&xml).unwrap_or_else(|e| panic!("{e}: {xml}"));
    let same = |name: &str, said: &str| {
        let read = read.verbatim(name).unwrap_or_default();
        assert_eq!(plain(read), plain(&strip_forbidden(said)), "{name}");
    };
    same("ToUserName", &input.to);
    same("FromUserName", &input.from);
    assert_eq!(read.number_of("CreateTime"), Some(input.at));
    let expected = match &reply {
        Reply::Text { content } => {
            same("Content", content);
            5
        }
        Reply::News { articles } => {
            let items: Vec<_> = read
                .child("Articles")
                .expect("articles")
                .all("item")
                .collect();
            assert_eq!(items.len(), articles.len());
            for (item, article) in items.iter().zip(articles) {
                let url = item.verbatim("Url").unwrap_or_default();
                assert_eq!(plain(url), plain(&strip_forbidden(&article.url)));
            }
            6
        }
        Reply::TransferCustomerService { kf_account } => 4 + usize::from(kf_account.is_some()),
        _ => 5,
    };
    assert_eq!(
        read.children().count(),
        expected,
        "nobody can add an element: {xml}"
    );
    // Sealed and opened it is the same.
    let secure = door(Mode::Secure);
    let sealed = secure.seal(0, &xml, input.at, "1", [7; 16]).expect("a key");
    let encrypted = Node::from_xml(&sealed).expect("an envelope");
    let encrypted = encrypted
        .text_of("Encrypt")
        .expect("something encrypted")
        .to_owned();
    let query = signed(&input.at.to_string(), "1", Some(&encrypted));
    assert_eq!(
        secure
            .open(&query, sealed.as_bytes())
            .expect("it opens")
            .raw,
        xml
    );
});

fn article((title, description, pic_url, url): (String, String, String, String)) -> Article {
    Article {
        title,
        description,
        pic_url,
        url,
    }
}

/// XML knows one kind of line break.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Stripping twice is stripping once, and a split loses only what it may.
fn check_stripping(text: &str) {
    let once = strip_forbidden(text).into_owned();
    assert_eq!(strip_forbidden(&once), once);
    assert!(!once.chars().any(is_forbidden));
    let pieces = split(&once, 40);
    assert!(
        pieces
            .iter()
            .all(|piece| piece.len() <= 40 && !piece.trim().is_empty())
    );
    let letters = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    assert_eq!(letters(&pieces.concat()), letters(&once));
}
