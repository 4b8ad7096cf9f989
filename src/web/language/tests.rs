//! Every text of the console has its English, and no English is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use daogou_schema::import::Kind;

use super::catalogue::{Catalogue, english};
use super::holes::filled;
use super::segments::{is_chinese, translated};
use super::{PHONES, ours};
use crate::exports;
use crate::imports::columns;
use crate::web::page;

/// Where what pages say is made, besides the console's own handlers.
const SPEAKERS: &[&str] = &[
    "web/console",
    "web/failure.rs",
    "web/page.rs",
    "accounts/change.rs",
    "accounts/rules.rs",
    "checkup",
    "imports/newcomers.rs",
    "imports/places.rs",
    "imports/rules.rs",
    "staff",
];

/// What guides, consumers and files say in Chinese, whoever reads the console.
const CHINESE: &[&str] = &[
    // Phone pages for those who would be guides.
    "web/console/join.rs",
    // A form that consumers fill in.
    "web/console/registration.rs",
    // What a preview shows as the consumer's phone does.
    "林小满",
    "示例门店",
    "王女士",
    "城北店",
    // Files and their columns.
    "会员名单-{0}",
    "{0}导入模板",
    "需要修改",
    "待修改的行",
    "序号",
    "时间（UTC）",
    "操作人",
    "对象",
    "修改前",
    "修改后",
    "摘要",
    "管理员",
    // For the command.
    "plain: pushes come in clear text, which is fine for a test account; a real account should choose 安全模式 and WECHAT_MODE=secure",
    // Only looked for.
    "、",
    "＃",
];

/// The segments of every page.
fn segments() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for (page, text) in page::templates().filter(|(page, _)| !PHONES.contains(page)) {
        let segments: &mut BTreeSet<String> = all.entry(page).or_default();
        translated(text, &mut |segment| {
            segments.insert(segment.to_owned());
            segment.to_owned()
        });
    }
    all
}

/// The Chinese texts in a source, with their holes numbered.
fn said_in(source: &str) -> Vec<String> {
    let code = source
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n").replace("'\"'", "");
    let code = without_raw_texts(&code);
    let (mut texts, mut rest) = (Vec::new(), code.as_str());
    while let Some((_, from)) = rest.split_once('"') {
        let (mut text, mut signs) = (String::new(), from.chars());
        while let Some(sign) = signs.next().filter(|sign| *sign != '"') {
            match sign {
                '\\' => match signs.next() {
                    Some('\n') => signs = signs.as_str().trim_start().chars(),
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                _ => text.push(sign),
            }
        }
        rest = signs.as_str();
        if is_chinese(&text) {
            texts.push(numbered(&text));
        }
    }
    texts
}

/// They say nothing in Chinese, but hold quotes.
fn without_raw_texts(code: &str) -> String {
    let mut parts = code.split("r#\"");
    let first = parts.next().unwrap_or_default().to_owned();
    let rests = parts.filter_map(|part| part.split_once("\"#"));
    rests.fold(first, |code, (_, rest)| code + rest)
}

/// A text to be formatted as the catalogue has it.
fn numbered(text: &str) -> String {
    let (mut whole, mut signs, mut holes) = (String::new(), text.chars().peekable(), 0);
    while let Some(sign) = signs.next() {
        match sign {
            '{' | '}' if signs.peek() == Some(&sign) => {
                signs.next();
                whole.push(sign);
            }
            '{' => {
                signs.by_ref().find(|sign| *sign == '}');
                whole += &format!("{{{holes}}}");
                holes += 1;
            }
            _ => whole.push(sign),
        }
    }
    whole
}

/// Every source below a folder, by its path in `src`.
fn sources(folder: &Path, all: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
            let name = path.strip_prefix(source).expect("a source");
            let name = name.to_string_lossy().replace('\\', "/");
            all.insert(name, std::fs::read_to_string(&path).expect("a text"));
        }
    }
}

fn every_source() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all
}

#[test]
fn every_text_of_every_page_has_its_english() {
    let english = english();
    let mut missing = Vec::new();
    for (page, segments) in segments() {
        let unknown = |segment: &&String| english.on_page(page, segment).is_none();
        missing.extend(
            segments
                .iter()
                .filter(unknown)
                .map(|segment| format!("{page}: {segment}")),
        );
    }
    assert!(
        missing.is_empty(),
        "templates/lang/en.json lacks\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_text_that_the_program_makes_has_its_english() {
    let english = english();
    let mut missing = Vec::new();
    for (name, source) in every_source() {
        let speaks = SPEAKERS.iter().any(|speaker| name.starts_with(speaker));
        if !speaks || CHINESE.contains(&name.as_str()) || name.ends_with("tests.rs") {
            continue;
        }
        for text in said_in(&source) {
            if !CHINESE.contains(&text.as_str()) && !knows(english, &text) {
                missing.push(format!("{name}: {text}"));
            }
        }
    }
    let helps = [Kind::Member, Kind::Guide, Kind::Store]
        .into_iter()
        .flat_map(columns::fields);
    let helps = helps.map(|field| field.help.to_owned());
    let shown = helps.chain(exports::USUAL.iter().map(|head| (*head).to_owned()));
    missing.extend(shown.filter(|help| is_chinese(help) && !knows(english, help)));
    assert!(
        missing.is_empty(),
        "templates/lang/en.json lacks the words\n{}",
        missing.join("\n")
    );
}

fn knows(english: &Catalogue, text: &str) -> bool {
    english.words.contains_key(text) || english.shared.contains_key(text)
}

#[test]
fn no_english_is_left_over() {
    let (english, segments) = (english(), segments());
    let said: BTreeSet<String> = every_source()
        .values()
        .flat_map(|source| said_in(source))
        .collect();
    let mut unused = Vec::new();
    for (page, texts) in &english.pages {
        let used = |text: &String| {
            segments
                .get(page.as_str())
                .is_some_and(|all| all.contains(text))
        };
        unused.extend(
            texts
                .keys()
                .filter(|text| !used(text))
                .map(|text| format!("{page}: {text}")),
        );
    }
    let on_pages = |text: &&String| segments.values().any(|all| all.contains(*text));
    let shared = english
        .shared
        .keys()
        .filter(|text| !on_pages(text) && !said.contains(*text));
    unused.extend(shared.map(|text| format!("shared: {text}")));
    let words = english
        .words
        .keys()
        .filter(|text| !said.contains(*text) && !is_sign(text));
    unused.extend(words.map(|text| format!("words: {text}")));
    assert!(unused.is_empty(), "nobody says\n{}", unused.join("\n"));
}

/// Signs are written as characters, too.
fn is_sign(text: &str) -> bool {
    text.chars().count() == 1
}

#[test]
fn english_fits_where_it_is_put() {
    let english = english();
    let pages = english.pages.values().chain([&english.shared]).flatten();
    for (chinese, english) in pages.clone() {
        assert!(
            !english.contains('"'),
            "in an attribute, a quote ends it: {english}"
        );
        assert_eq!(tags(chinese), tags(english), "{chinese}");
    }
    for (chinese, english) in pages.chain(&english.words) {
        let known = holes(chinese);
        let wrong: Vec<_> = holes(english).difference(&known).copied().collect();
        assert!(
            wrong.is_empty(),
            "{english} has holes {wrong:?} that {chinese} has not"
        );
    }
}

fn tags(text: &str) -> Vec<&str> {
    let mut tags: Vec<_> = text
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split('>').next())
        .collect();
    tags.sort_unstable();
    tags
}

fn holes(text: &str) -> BTreeSet<usize> {
    let all = std::cell::RefCell::new(BTreeSet::new());
    filled(text, |hole| {
        all.borrow_mut().insert(hole.number);
        String::new()
    });
    all.into_inner()
}

#[test]
fn every_text_of_scripts_has_its_english() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/console/js");
    let words = std::fs::read_to_string(folder.join("words.js")).expect("the words");
    let mut said = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if !path.ends_with("words.js") {
            let script = std::fs::read_to_string(path).expect("a script");
            said.extend(
                said_in(&script)
                    .into_iter()
                    .map(|text| format!("\"{text}\": \"")),
            );
        }
    }
    let missing: Vec<_> = said.iter().filter(|text| !words.contains(*text)).collect();
    assert!(missing.is_empty(), "words.js lacks {missing:?}");
    let known = words.lines().filter(|line| line.contains("\": \"")).count();
    assert_eq!(known, said.len(), "words.js has what no script says");
}

#[test]
fn outside_a_request_everything_is_chinese() {
    assert_eq!(ours("会员池"), "会员池");
}
