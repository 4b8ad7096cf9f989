//! A menu's form: its buttons as fields, what is wrong with them, and how a phone would show them.

use minijinja::{Value, context};

use crate::menus::rules::{Button, Fault, KINDS, Kind, Menu, Place, SUBS_MAX, TOPS_MAX};
use crate::web::console::gate::Fields;
use crate::web::console::words::problem;
use crate::web::language::ours;

/// How many Chinese characters of a name a phone shows, at the top and below.
const SHOWN: (usize, usize) = (4, 8);

/// What the fields say; buttons of which nothing is said are left out.
pub(super) fn menu(fields: &Fields) -> Menu {
    let tops = (0..TOPS_MAX).map(|at| {
        let subs = (0..SUBS_MAX).map(|below| button(fields, &format!("b{at}-{below}")));
        Button {
            subs: subs.filter(says_something).collect(),
            ..button(fields, &format!("b{at}"))
        }
    });
    tops.filter(|top| says_something(top) || !top.subs.is_empty())
        .collect()
}

fn button(fields: &Fields, slot: &str) -> Button {
    let field = |name: &str| fields.get(&format!("{slot}-{name}")).to_owned();
    let kind = Kind::named(&field("kind")).unwrap_or_default();
    let of = |wanted: bool, name: &str| match wanted {
        true => field(name),
        false => String::new(),
    };
    let has_url = matches!(kind, Kind::View | Kind::Miniprogram);
    let is_mini = kind == Kind::Miniprogram;
    let answer = of(kind.has_answer(), "answer").replace("\r\n", "\n");
    Button {
        name: field("name"),
        kind,
        key: of(kind.has_key(), "key"),
        url: of(has_url, "url"),
        appid: of(is_mini, "appid"),
        path: of(is_mini, "path"),
        media: of(!has_url && !kind.has_key(), "media"),
        answer,
        subs: Vec::new(),
    }
}

fn says_something(button: &Button) -> bool {
    let Button {
        name,
        key,
        url,
        appid,
        path,
        media,
        answer,
        ..
    } = button;
    let all = [name, key, url, appid, path, media, answer];
    all.iter().any(|text| !text.is_empty())
}

/// What every slot of the form holds.
pub(super) fn slots(menu: &Menu) -> Vec<Value> {
    let empty = Button::default();
    let top = |at: usize| {
        let top = menu.get(at).unwrap_or(&empty);
        let subs = (0..SUBS_MAX).map(|below| {
            let sub = top.subs.get(below);
            slot(
                &format!("b{at}-{below}"),
                sub.unwrap_or(&empty),
                sub.is_some(),
            )
        });
        let subs: Vec<_> = subs.collect();
        let used = menu.get(at).is_some();
        context! { subs, below => top.subs.len(), ..slot(&format!("b{at}"), top, used) }
    };
    (0..TOPS_MAX).map(top).collect()
}

fn slot(name: &str, button: &Button, used: bool) -> Value {
    context! {
        slot => name,
        used,
        name => &button.name,
        kind => button.kind.word(),
        kind_word => ours(word(button.kind)),
        key => &button.key,
        url => &button.url,
        appid => &button.appid,
        path => &button.path,
        media => &button.media,
        answer => &button.answer,
    }
}

/// Every kind with its name.
pub(super) fn kinds() -> Vec<Value> {
    let kind = |kind: Kind| context! { id => kind.word(), name => ours(word(kind)) };
    KINDS.map(kind).into()
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Click => "回复一段文字",
        Kind::View => "打开网页",
        Kind::Miniprogram => "打开小程序",
        Kind::ScancodePush => "扫码，看扫到的内容",
        Kind::ScancodeWaitmsg => "扫码，等待回复",
        Kind::PicSysphoto => "拍照发图",
        Kind::PicPhotoOrAlbum => "拍照或从相册发图",
        Kind::PicWeixin => "从相册发图",
        Kind::LocationSelect => "发送位置",
        Kind::MediaId => "发送永久素材",
        Kind::ArticleId => "发送已发布的文章",
        Kind::ArticleViewLimited => "打开已发布的文章",
    }
}

/// What is wrong, beside its field.
pub(super) fn told(menu: &Menu, (place, fault): &(Place, Fault)) -> Value {
    let (slot, whose) = match place {
        (at, None) => (format!("b{at}"), menu.get(*at)),
        (at, Some(below)) => {
            let sub = menu.get(*at).and_then(|top| top.subs.get(*below));
            (format!("b{at}-{below}"), sub)
        }
    };
    let name = whose.map_or("", |button| button.name.as_str());
    let (field, text) = match fault {
        Fault::Empty => ("name", "菜单至少要有一个按钮".to_owned()),
        Fault::Name => ("name", "请填写按钮名称，不要用不能显示的字符".to_owned()),
        Fault::NameLong(most, bytes) => (
            "name",
            format!(
                "“{name}”有 {bytes} 字节，微信最多 {most} 字节（约 {} 个汉字）",
                most / 3
            ),
        ),
        Fault::Key => (
            "key",
            format!("“{name}”的 key 请写 1 到 128 字节，也可以留空由系统生成"),
        ),
        Fault::KeyTwice => (
            "key",
            format!("“{name}”的 key 已用在另一个按钮上，回复却不同"),
        ),
        Fault::Url => (
            "url",
            format!("“{name}”的网址请以 https:// 或 http:// 开头，最多 1024 字节"),
        ),
        Fault::Appid => (
            "appid",
            format!("“{name}”的小程序 AppID 以 wx 开头，全部小写"),
        ),
        Fault::Path => (
            "path",
            format!("“{name}”的小程序页面路径请写 1 到 1024 字节"),
        ),
        Fault::Media => ("media", format!("“{name}”要填素材或文章的编号")),
        Fault::AnswerMissing => (
            "answer",
            format!("“{name}”扫码后顾客会一直等待，请写一段回复"),
        ),
        Fault::Answer => (
            "answer",
            format!("“{name}”的回复最多 2048 字节，约 680 个汉字"),
        ),
    };
    problem(&format!("{slot}-{field}"), text)
}

/// The bar below a phone's chat, with what each button opens.
pub(super) fn bar(menu: &Menu) -> Vec<Value> {
    let top = |top: &Button| {
        let subs: Vec<_> = top.subs.iter().map(|sub| cut(&sub.name, SHOWN.1)).collect();
        context! { name => cut(&top.name, SHOWN.0), subs }
    };
    menu.iter().map(top).collect()
}

/// As much of a name as a phone shows; two Latin letters take the room of one Chinese character.
fn cut(name: &str, most: usize) -> String {
    let mut room = most * 2;
    let mut shown = String::new();
    for c in name.chars() {
        let wide = if c.is_ascii() { 1 } else { 2 };
        if wide > room {
            shown.push('…');
            break;
        }
        room -= wide;
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_shows_so_much_of_a_name_and_dots() {
        assert_eq!(cut("会员中心", 4), "会员中心");
        assert_eq!(cut("我的会员卡", 4), "我的会员…");
        assert_eq!(cut("VIP中心", 4), "VIP中心");
        assert_eq!(cut("members", 4), "members");
    }
}
