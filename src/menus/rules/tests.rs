//! The rules of menus, limit by limit.

use super::*;

fn click(name: &str, key: &str) -> Button {
    Button {
        name: name.to_owned(),
        key: key.to_owned(),
        ..Button::default()
    }
}

#[test]
fn every_limit_of_wechat_is_one_of_ours() {
    let only = |button: Button| {
        let found = faults(&vec![button]);
        found
            .into_iter()
            .map(|(_, fault)| fault)
            .collect::<Vec<_>>()
    };
    assert_eq!(only(click("联系我们", "k")), []);
    assert_eq!(only(click("", "k")), [Fault::Name]);
    assert_eq!(only(click("a\u{7}", "k")), [Fault::Name]);
    assert_eq!(only(click("我们的品牌故", "k")), [Fault::NameLong(16, 18)]);
    assert_eq!(only(click("a", "")), [Fault::Key]);
    assert_eq!(only(click("a", &"k".repeat(128))), []);
    assert_eq!(only(click("a", &"k".repeat(129))), [Fault::Key]);
    let of = |kind, change: fn(&mut Button)| {
        let mut button = click("a", "k");
        button.kind = kind;
        change(&mut button);
        only(button)
    };
    assert_eq!(of(Kind::View, |_| ()), [Fault::Url]);
    assert_eq!(
        of(Kind::View, |b| b.url = "javascript:1".into()),
        [Fault::Url]
    );
    assert_eq!(of(Kind::View, |b| b.url = "https://a.cn".into()), []);
    let long = |b: &mut Button| b.url = format!("https://{}", "a".repeat(1017));
    assert_eq!(of(Kind::View, long), [Fault::Url]);
    let mini = |b: &mut Button| {
        b.url = "https://a.cn".into();
        b.appid = "wxA".into();
    };
    assert_eq!(of(Kind::Miniprogram, mini), [Fault::Appid]);
    let mini = |b: &mut Button| {
        b.url = "https://a.cn".into();
        b.appid = "wx1".into();
    };
    assert_eq!(of(Kind::Miniprogram, mini), [Fault::Path]);
    assert_eq!(of(Kind::MediaId, |_| ()), [Fault::Media]);
    assert_eq!(of(Kind::ScancodeWaitmsg, |_| ()), [Fault::AnswerMissing]);
    assert_eq!(
        of(Kind::Click, |b| b.answer = "好".repeat(683)),
        [Fault::Answer]
    );
    assert_eq!(faults(&Vec::new()), [((0, None), Fault::Empty)]);
}

#[test]
fn a_key_has_one_answer_and_a_folder_does_nothing_itself() {
    let mut one = click("一", "k");
    one.answer = "你好".to_owned();
    let mut other = click("二", "k");
    other.answer = "再见".to_owned();
    let folder = Button {
        name: "更多".to_owned(),
        subs: vec![one.clone(), other],
        ..Button::default()
    };
    let menu = vec![folder];
    assert_eq!(faults(&menu), [((0, Some(1)), Fault::KeyTwice)]);
    let wire = to_wire(&vec![Button {
        name: "更多".into(),
        subs: vec![one],
        ..Button::default()
    }]);
    let told =
        json!([{ "name": "更多", "sub_button": [{ "type": "click", "name": "一", "key": "k" }] }]);
    assert_eq!(wire, told);
    assert_eq!(lines(&wire), ["更多 › 一：click k"]);
}
