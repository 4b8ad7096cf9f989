//! The console in English: who may switch, what is kept of it, and that no page says anything in Chinese but what people
//! typed.

use super::at;
use crate::kit::{Desk, PASSWORD, TestApp};

const SWITCH: &str = "/console/language";
const ENGLISH: [(&str, &str); 1] = [("language", "en")];

/// What English pages say in Chinese: the other language's own name, what WeChat's pages and our files are called, what
/// consumers read, and the first administrator.
const CHINESE: &[&str] = &[
    "中文",
    "“我的业务”",
    "“消息与事件推送”",
    "“提交”",
    "“启用”",
    "“重置”",
    "“IP 白名单”",
    "“用户管理”",
    "“设置与开发”",
    "“基本配置”",
    "“开发管理”",
    "“开发设置”",
    "手机号",
    "会员卡号",
    "姓名",
    "导购姓名",
    "导购",
    "门店名称",
    "门店",
    "标签",
    "欢迎语",
    "名称",
    "营业时间",
    "with 、 between",
    "返现&#10;最低价，广告法",
    "您好，我是{{ store }}的{{ guide }}，有什么想了解的直接留言就好。",
    "何",
];

/// What belongs to one account. A page with a question has a member, a guide or a store behind it.
const PAGES: &[&str] = &[
    "",
    "/members",
    "/members?tag=1",
    "/members?q=99",
    "/members/1",
    "/members/1/privacy",
    "/members/1/privacy/erase",
    "/members/1/merge",
    "/tags",
    "/bulks",
    "/bulks/1",
    "/followers",
    "/imports",
    "/exports",
    "/exports/1",
    "/erasures",
    "/stores",
    "/stores/1",
    "/stores/1/closing",
    "/stores/1/joining",
    "/guides",
    "/guides/1",
    "/codes",
    "/codes/1",
    "/codes/1/welcome",
    "/campaigns",
    "/campaigns/new",
    "/hand-overs",
    "/hand-overs/1",
    "/conversations",
    "/conversations/1",
    "/conversations?q=ready",
    "/sensitive",
    "/sensitive/hits",
    "/sensitive/hits?by=members",
    "/menu",
    "/menu/live",
    "/undelivered",
    "/members/99",
];

const ELSEWHERE: &[&str] = &[
    "/console/me",
    "/console/me/codes",
    "/console/accounts",
    "/console/accounts/new",
    "/console/accounts/1",
    "/console/staff",
    "/console/audit",
];

/// Forms that are refused: what they say beside their fields is ours, too.
const REFUSED: &[(&str, &[(&str, &str)])] = &[
    ("/stores", &[("name", "")]),
    ("/guides", &[("name", "")]),
    ("/tags", &[("name", "")]),
    ("/sensitive", &[("words", "x")]),
    ("/hand-overs", &[("guide", "99")]),
    ("/members/1/name", &[("name", "")]),
    ("/members/1/privacy/phone", &[("phone", "12")]),
    ("/members/1/privacy/erase", &[("number", "2")]),
    ("/guides/1/welcome", &[("welcome", "{{ nobody }}")]),
    ("/campaigns", &[("name", "")]),
    ("/menu", &[]),
];

/// What a page says in Chinese without leave.
fn chinese(page: &str) -> Vec<String> {
    // Previews show what consumers read, and from whom.
    let mut text = page.replace(">店<", "><");
    while let Some((before, from)) = text.split_once("<p class=\"bubble\">") {
        let (_, after) = from.split_once("</p>").expect("the end of a bubble");
        text = format!("{before}{after}");
    }
    let is_chinese = |sign: char| matches!(sign, '\u{3001}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    text.split(['<', '>', '"'])
        .map(|piece| {
            CHINESE
                .iter()
                .fold(piece.to_owned(), |piece, known| piece.replace(known, ""))
        })
        .filter(|piece| piece.contains(is_chinese))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_says_anything_in_chinese_but_what_people_typed() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    desk.sends(&at("/stores"), &[("name", "North")]).await;
    let lin = app.guide("Lin", "North").await;
    app.guide("Wu", "North").await;
    let wang = app.person("Wang").await;
    wang.scans(&lin.scene).await;
    wang.sees("Lin").await;
    wang.says("Is it ready?").await;
    for (form, fields) in [
        ("/tags", vec![("name", "Friends")]),
        ("/sensitive", vec![("words", "cheap")]),
        ("/members/1/tags", vec![("tag-1", "1")]),
        (
            "/bulks",
            vec![("work", "untag"), ("tag", "1"), ("m-1", "1")],
        ),
        ("/exports", vec![("filter", ""), ("phones", "masked")]),
        ("/stores/1/joining/link", vec![]),
        ("/hand-overs", vec![("guide", "2"), ("cause", "departure")]),
        (
            "/members/1/privacy/consents",
            vec![("purpose", "profile"), ("given", "yes")],
        ),
    ] {
        let sent = desk.sends(&at(form), &fields).await;
        assert_eq!(sent.status, 303, "{form}: {}", sent.text);
    }
    desk.sends(SWITCH, &ENGLISH).await;
    let mut said = Vec::new();
    let pages = PAGES.iter().map(|page| at(page));
    for page in pages.chain(ELSEWHERE.iter().map(|page| (*page).to_owned())) {
        let shown = desk.opens(&page).await;
        assert!(
            [200, 404].contains(&shown.status.as_u16()),
            "{page}: {}",
            shown.status
        );
        assert!(
            shown.text.contains("<html lang=\"en\">"),
            "{page}: {}",
            shown.text
        );
        said.extend(
            chinese(&shown.text)
                .into_iter()
                .map(|text| format!("{page}: {text}")),
        );
    }
    for (form, fields) in REFUSED {
        let refused = desk.sends(&at(form), fields).await;
        assert_eq!(refused.status, 400, "{form}: {}", refused.text);
        said.extend(
            chinese(&refused.text)
                .into_iter()
                .map(|text| format!("{form}: {text}")),
        );
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_typed_stays_as_it_is() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    desk.sends(&at("/stores"), &[("name", "会员池")]).await;
    let guide = [("name", "门店"), ("store", "1"), ("welcome", "")];
    desk.sends(&at("/guides"), &guide).await;
    desk.sends(SWITCH, &ENGLISH).await;
    let page = desk.opens(&at("/guides/1")).await.text;
    assert!(
        page.contains("<h1>门店</h1>") && page.contains("会员池"),
        "{page}"
    );
    let log = desk.opens("/console/audit").await.text;
    assert!(
        log.contains("Add guide") && log.contains("Name: 门店"),
        "{log}"
    );
    // What asks a member comes out in her language, whoever reads the console.
    let poster = desk.opens(&at("/guides/1/poster")).await.text;
    assert!(poster.contains("微信扫一扫") && poster.contains("Print posters"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_switches_in_her_browser_and_staff_for_good() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let stranger = Desk::stranger(&app);
    let door = "/console/sign-in";
    assert!(
        stranger
            .opens(door)
            .await
            .text
            .contains("<html lang=\"zh-CN\">")
    );
    let switched = stranger.posts(SWITCH, &ENGLISH).await;
    assert_eq!(
        (switched.status.as_u16(), switched.to.as_deref()),
        (303, Some("/console"))
    );
    let page = stranger.opens(door).await.text;
    assert!(
        page.contains("Sign-in name") && page.contains("aria-pressed=\"true\">English"),
        "{page}"
    );
    let wrong = [("login", "he"), ("password", "nobody's")];
    let refused = stranger.posts(door, &wrong).await;
    assert!(
        refused.text.contains("After 5 wrong tries"),
        "{}",
        refused.text
    );
    let dull = stranger.posts(SWITCH, &[("language", "xx")]).await;
    assert_eq!(dull.status, 400);
    let forced = stranger
        .is_made_to_post(SWITCH, &[("language", "zh")])
        .await;
    assert_eq!(forced.status, 403);
    assert!(forced.text.contains("Not submitted"), "{}", forced.text);

    // Nobody switches for her: a form without her key is not hers.
    assert_eq!(desk.posts(SWITCH, &ENGLISH).await.status, 403);
    assert!(desk.opens(&at("")).await.text.contains("概览"));
    assert_eq!(desk.sends(SWITCH, &ENGLISH).await.status, 303);
    assert!(desk.opens(&at("")).await.text.contains("Overview"));
    let log = desk.opens("/console/audit").await.text;
    assert!(
        log.contains("Change own profile") && log.contains("Language: English"),
        "{log}"
    );

    // In another browser she reads what she chose, whatever that browser had.
    let elsewhere = Desk::stranger(&app);
    let right = [("login", "he"), ("password", PASSWORD)];
    assert_eq!(elsewhere.posts(door, &right).await.status, 303);
    assert!(elsewhere.opens(&at("")).await.text.contains("Overview"));
    elsewhere.sends(SWITCH, &[("language", "zh")]).await;
    assert!(desk.opens(&at("")).await.text.contains("概览"));
}
