//! What a menu is, what WeChat takes of it, and how two of them differ. No I/O.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// WeChat: custom menus. Names, keys and addresses are counted in bytes of UTF-8.
pub const TOPS_MAX: usize = 3;
/// Below one top button.
pub const SUBS_MAX: usize = 5;
const TOP_NAME_BYTES: usize = 16;
const SUB_NAME_BYTES: usize = 60;
const KEY_BYTES: usize = 128;
const URL_BYTES: usize = 1024;
/// How many menus for tags one account has here.
pub const RULES_MAX: usize = 10;

/// What a button does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sends its key; we answer.
    #[default]
    Click,
    /// Opens a page.
    View,
    /// Opens a mini-program.
    Miniprogram,
    /// Scans, and shows what was scanned.
    ScancodePush,
    /// Scans, and waits for our answer.
    ScancodeWaitmsg,
    /// Takes a picture.
    PicSysphoto,
    /// Takes a picture or chooses one.
    PicPhotoOrAlbum,
    /// Chooses a picture.
    PicWeixin,
    /// Chooses a place.
    LocationSelect,
    /// Sends permanent material.
    MediaId,
    /// Sends a published article.
    ArticleId,
    /// Opens a published article.
    ArticleViewLimited,
}

/// Every kind.
pub const KINDS: [Kind; 12] = [
    Kind::Click,
    Kind::View,
    Kind::Miniprogram,
    Kind::ScancodePush,
    Kind::ScancodeWaitmsg,
    Kind::PicSysphoto,
    Kind::PicPhotoOrAlbum,
    Kind::PicWeixin,
    Kind::LocationSelect,
    Kind::MediaId,
    Kind::ArticleId,
    Kind::ArticleViewLimited,
];

impl Kind {
    /// WeChat's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::View => "view",
            Self::Miniprogram => "miniprogram",
            Self::ScancodePush => "scancode_push",
            Self::ScancodeWaitmsg => "scancode_waitmsg",
            Self::PicSysphoto => "pic_sysphoto",
            Self::PicPhotoOrAlbum => "pic_photo_or_album",
            Self::PicWeixin => "pic_weixin",
            Self::LocationSelect => "location_select",
            Self::MediaId => "media_id",
            Self::ArticleId => "article_id",
            Self::ArticleViewLimited => "article_view_limited",
        }
    }

    /// The kind of that word.
    pub fn named(word: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it sends a key.
    pub fn has_key(self) -> bool {
        !matches!(
            self,
            Self::View
                | Self::Miniprogram
                | Self::MediaId
                | Self::ArticleId
                | Self::ArticleViewLimited
        )
    }

    /// Whether we may answer a tap at once. (WeChat: passive replies.)
    pub fn has_answer(self) -> bool {
        matches!(self, Self::Click | Self::ScancodeWaitmsg)
    }
}

/// One button. What its kind has no use for is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Button {
    /// What stands on it.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// What a tap sends.
    pub key: String,
    /// Where it leads; for a mini-program, where old phones are led.
    pub url: String,
    /// The mini-program.
    pub appid: String,
    /// Its page.
    pub path: String,
    /// The number of the material or article.
    pub media: String,
    /// What a tap is answered with.
    pub answer: String,
    /// What it opens; then it does nothing else.
    pub subs: Vec<Button>,
}

/// The buttons of one menu.
pub type Menu = Vec<Button>;

/// A menu for followers with a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// WeChat's number of the tag.
    pub tag: i64,
    /// Its name when it was chosen.
    pub name: String,
    /// What they see.
    pub menu: Menu,
}

/// All menus of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Menus {
    /// What everybody else sees.
    pub usual: Menu,
    /// Of those that fit, the last one is seen.
    pub rules: Vec<Rule>,
}

impl Menus {
    /// As they are stored.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As they are stored.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The usual menu, or the one for a tag.
    pub fn of(&self, tag: Option<i64>) -> Option<&Menu> {
        match tag {
            None => Some(&self.usual),
            Some(tag) => self
                .rules
                .iter()
                .find(|rule| rule.tag == tag)
                .map(|r| &r.menu),
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, tag: Option<i64>) -> Option<&mut Menu> {
        match tag {
            None => Some(&mut self.usual),
            Some(tag) => {
                let rule = self.rules.iter_mut().find(|rule| rule.tag == tag);
                rule.map(|rule| &mut rule.menu)
            }
        }
    }

    /// What each key is answered with, in all menus.
    pub fn answers(&self) -> BTreeMap<&str, &str> {
        let menus = std::iter::once(&self.usual).chain(self.rules.iter().map(|rule| &rule.menu));
        menus
            .flat_map(|menu| leaves(menu))
            .filter(|button| button.kind.has_answer() && !button.answer.is_empty())
            .map(|button| (button.key.as_str(), button.answer.as_str()))
            .collect()
    }
}

/// The buttons that do something.
pub fn leaves(menu: &Menu) -> Vec<&Button> {
    menu.iter().flat_map(of_top).collect()
}

fn of_top(top: &Button) -> &[Button] {
    match top.subs.is_empty() {
        true => std::slice::from_ref(top),
        false => &top.subs,
    }
}

/// What is wrong with a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no button at all.
    Empty,
    /// It has no name, or one with characters that cannot be shown.
    Name,
    /// So many bytes are allowed, and so many there are.
    NameLong(usize, usize),
    /// No key, or one that is too long.
    Key,
    /// The same key is answered in two ways.
    KeyTwice,
    /// No address of a page, or one that is too long.
    Url,
    /// No mini-program, or its number is not in small letters.
    Appid,
    /// No page of the mini-program, or one that is too long.
    Path,
    /// No material.
    Media,
    /// Whoever scanned waits for an answer.
    AnswerMissing,
    /// It cannot be shown, or has more bytes than WeChat takes.
    Answer,
}

/// Where a button stands: which top one, and which one below.
pub type Place = (usize, Option<usize>);

/// What WeChat would refuse of a menu, or nobody could use.
pub fn faults(menu: &Menu) -> Vec<(Place, Fault)> {
    let mut found = Vec::new();
    if menu.is_empty() {
        found.push(((0, None), Fault::Empty));
    }
    let mut answers: BTreeMap<&str, &str> = BTreeMap::new();
    for (at, top) in menu.iter().enumerate() {
        let mut note = |place: Place, fault: Option<Fault>| {
            found.extend(fault.map(|fault| (place, fault)));
        };
        note((at, None), name(top, TOP_NAME_BYTES));
        let places: Vec<(Place, &Button)> = match top.subs.is_empty() {
            true => vec![((at, None), top)],
            false => {
                let subs = top.subs.iter().enumerate();
                subs.map(|(below, sub)| ((at, Some(below)), sub)).collect()
            }
        };
        for (place, button) in places {
            if place.1.is_some() {
                note(place, name(button, SUB_NAME_BYTES));
            }
            note(place, acts(button));
            note(place, answer(button));
            if button.kind.has_answer() {
                let before = answers.insert(&button.key, &button.answer);
                let other = before.is_some_and(|before| before != button.answer);
                note(place, other.then_some(Fault::KeyTwice));
            }
        }
    }
    found
}

fn name(button: &Button, most: usize) -> Option<Fault> {
    match button.name.len() {
        0 => Some(Fault::Name),
        _ if button.name.chars().any(char::is_control) => Some(Fault::Name),
        bytes if bytes > most => Some(Fault::NameLong(most, bytes)),
        _ => None,
    }
}

fn acts(button: &Button) -> Option<Fault> {
    let within = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && !text.chars().any(char::is_control)
    };
    let is_page = |url: &str| {
        within(url, URL_BYTES) && (url.starts_with("https://") || url.starts_with("http://"))
    };
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    match button.kind {
        kind if kind.has_key() => (!within(&button.key, KEY_BYTES)).then_some(Fault::Key),
        Kind::View => (!is_page(&button.url)).then_some(Fault::Url),
        Kind::Miniprogram if !is_page(&button.url) => Some(Fault::Url),
        Kind::Miniprogram
            if !button.appid.starts_with("wx") || !button.appid.chars().all(small) =>
        {
            Some(Fault::Appid)
        }
        Kind::Miniprogram => (!within(&button.path, URL_BYTES)).then_some(Fault::Path),
        _ => (!within(&button.media, KEY_BYTES)).then_some(Fault::Media),
    }
}

fn answer(button: &Button) -> Option<Fault> {
    if !button.kind.has_answer() {
        return None;
    }
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    match button.answer.len() {
        0 if button.kind == Kind::ScancodeWaitmsg => Some(Fault::AnswerMissing),
        bytes if bytes > daogou_wechat::text::TEXT_BYTES_MAX => Some(Fault::Answer),
        _ => button.answer.chars().any(odd).then_some(Fault::Answer),
    }
}

/// A menu as WeChat takes it.
pub fn to_wire(menu: &Menu) -> Value {
    menu.iter().map(button_to_wire).collect()
}

fn button_to_wire(button: &Button) -> Value {
    let name = &button.name;
    if !button.subs.is_empty() {
        return json!({ "name": name, "sub_button": to_wire(&button.subs) });
    }
    let kind = button.kind.word();
    match button.kind {
        Kind::View => json!({ "type": kind, "name": name, "url": button.url }),
        Kind::Miniprogram => json!({
            "type": kind, "name": name, "url": button.url, "appid": button.appid, "pagepath": button.path,
        }),
        Kind::MediaId => json!({ "type": kind, "name": name, "media_id": button.media }),
        Kind::ArticleId | Kind::ArticleViewLimited => {
            json!({ "type": kind, "name": name, "article_id": button.media })
        }
        _ => json!({ "type": kind, "name": name, "key": button.key }),
    }
}

/// A menu of WeChat's, a line a button: where it stands, what stands on it, and what it does.
pub fn lines(buttons: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for button in buttons.as_array().into_iter().flatten() {
        let text = |button: &Value, field: &str| {
            let value = button.get(field).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let does = |button: &Value| {
            let fields = [
                "type",
                "key",
                "url",
                "appid",
                "pagepath",
                "media_id",
                "article_id",
            ];
            let said: Vec<_> = fields
                .into_iter()
                .map(|field| text(button, field))
                .filter(|value| !value.is_empty())
                .collect();
            said.join(" ")
        };
        let top = text(button, "name");
        let subs = button.get("sub_button").and_then(Value::as_array);
        match subs.filter(|subs| !subs.is_empty()) {
            Some(subs) => lines.extend(
                subs.iter()
                    .map(|sub| format!("{top} › {}：{}", text(sub, "name"), does(sub))),
            ),
            None => lines.push(format!("{top}：{}", does(button))),
        }
    }
    lines
}

#[cfg(test)]
mod tests;
