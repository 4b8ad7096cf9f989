//! The workbench in a real browser at 390 × 844: two guides, three consumers, lines from either side, a phone that sleeps,
//! a server that is started again in the middle; at the end every page shows the same lines in the same order. And axe-core's
//! rules on every page, in light and dark, and at 360 pixels with large type.

use serde_json::{Value, json};

use super::access::{axe, keeps_the_rules};
use super::album::Album;
use crate::kit::{Bench, Browser, Guide, Phone, TestApp, eventually};

const WHAT: &str = "the workbench in a browser";

struct Hall {
    app: TestApp,
    lin: Guide,
    wu: Guide,
    wang: Phone,
    li: Phone,
    chen: Phone,
}

/// 王女士 and 李先生 are 林小满's, 陈小姐 is 吴桐's.
async fn hall() -> Hall {
    let app = TestApp::start().await;
    app.add_store("城北店");
    let (lin, wu) = (
        app.guide("林小满", "城北店").await,
        app.guide("吴桐", "城北店").await,
    );
    let (wang, li, chen) = (
        app.person("王女士").await,
        app.person("李先生").await,
        app.person("陈小姐").await,
    );
    for (phone, guide, name) in [
        (&wang, &lin, "林小满"),
        (&li, &lin, "林小满"),
        (&chen, &wu, "吴桐"),
    ] {
        phone.scans(&guide.scene).await;
        phone.sees(name).await;
    }
    Hall {
        app,
        lin,
        wu,
        wang,
        li,
        chen,
    }
}

/// The browser is signed in as this guide.
async fn comes_in(browser: &Browser, app: &TestApp, guide: &Guide) {
    let bench = Bench::of(app, guide).await;
    let cookie = json!({
        "name": "daogou_workbench", "value": bench.cookie(), "url": format!("{}/workbench", app.server),
    });
    browser.tells("Network.setCookie", cookie).await;
}

/// What the open chat shows, line by line.
async fn shown(browser: &Browser) -> Vec<String> {
    let all = "return [...document.querySelectorAll('[data-line] .bubble, [data-line] img')].map((it) => it.tagName === 'IMG' ? '[图片]' : it.textContent.trim())";
    let all = browser.asks(all).await;
    let texts = all.as_array().expect("a list").iter();
    texts
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

async fn shows_lines(browser: &Browser, wanted: &[&str]) {
    let mut last = Vec::new();
    for _try in 0..600 {
        last = shown(browser).await;
        if last == wanted {
            return;
        }
        let turn = "const done = arguments[arguments.length - 1]; setTimeout(() => done(0), 50)";
        browser.asks_and_waits(turn).await;
    }
    panic!("the page shows {last:?}, not {wanted:?}");
}

async fn writes(browser: &Browser, text: &str) {
    browser.fills("text", text).await;
    browser.presses("发送").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interleaved_talks_are_the_same_on_every_page_in_the_end() {
    let (Some(mine), Some(hers)) = (Browser::start(WHAT).await, Browser::start(WHAT).await) else {
        return;
    };
    let mut hall = Box::pin(hall()).await;
    // One address for the pages, whatever happens to the server.
    hall.app.set("DAOGOU_LISTEN", &address(&hall.app));
    for (browser, guide) in [(&mine, &hall.lin), (&hers, &hall.wu)] {
        browser.has_screen(390, 844).await;
        comes_in(browser, &hall.app, guide).await;
    }
    let at = |app: &TestApp, page: &str| format!("{}/workbench{page}", app.server);
    mine.goes_to(&at(&hall.app, "/chats")).await;
    mine.shows("还没有会话").await;
    hers.goes_to(&at(&hall.app, "/chats/3")).await;

    // The list fills by itself, and the chat opens from it.
    hall.wang.says("这款防水吗").await;
    mine.shows("这款防水吗").await;
    hall.li.says("老人会用吗").await;
    mine.shows("老人会用吗").await;
    hall.chen.says("有粉色的吗").await;
    shows_lines(&hers, &["有粉色的吗"]).await;
    mine.follows("这款防水吗").await;
    shows_lines(&mine, &["这款防水吗"]).await;
    writes(&mine, "防水的").await;
    hall.wang.sees("防水的").await;
    writes(&hers, "有的").await;
    hall.chen.sees("有的").await;
    hall.wang.sends("image").await;
    shows_lines(&mine, &["这款防水吗", "防水的", "[图片]"]).await;
    // From the official account, to another customer and to this one.
    hall.lin.phone.says("#2 很简单").await;
    hall.li.sees("很简单").await;
    hall.lin.phone.says("#1 好看").await;
    hall.wang.sees("好看").await;
    shows_lines(&mine, &["这款防水吗", "防水的", "[图片]", "好看"]).await;

    // One phone sleeps through fifty lines and a server that is started again.
    let offline = json!({
        "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    mine.tells("Network.enable", json!({})).await;
    mine.tells("Network.emulateNetworkConditions", offline)
        .await;
    let mut said: Vec<String> = ["这款防水吗", "防水的", "[图片]", "好看"]
        .map(str::to_owned)
        .to_vec();
    for at in 0..25 {
        hall.wang.says(&format!("第 {at} 句")).await;
        said.push(format!("第 {at} 句"));
    }
    hall.app.restart().await;
    for at in 25..50 {
        hall.wang.says(&format!("第 {at} 句")).await;
        said.push(format!("第 {at} 句"));
    }
    // What she writes without a network goes out when there is one.
    writes(&mine, "都收到了").await;
    let online = json!({
        "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    mine.tells("Network.emulateNetworkConditions", online).await;
    hall.wang.sees("都收到了").await;
    said.push("都收到了".to_owned());
    let wanted: Vec<_> = said.iter().map(String::as_str).collect();
    shows_lines(&mine, &wanted).await;
    // The colleague's page goes on after the restart, too.
    hall.chen.says("什么时候到").await;
    shows_lines(&hers, &["有粉色的吗", "有的", "什么时候到"]).await;

    // A page that is opened anew shows the newest of the same, and the older ones when asked.
    mine.goes_to(&at(&hall.app, "/chats/1")).await;
    let newest = &wanted[wanted.len() - 40..];
    shows_lines(&mine, newest).await;
    mine.follows("更早的消息").await;
    shows_lines(&mine, &wanted).await;
    let twice = hall.wang.chat().await;
    let twice = twice.iter().filter(|it| it["text"] == "都收到了").count();
    assert_eq!(twice, 1);
    mine.quits().await;
    hers.quits().await;
}

fn address(app: &TestApp) -> String {
    let (_, address) = app.server.split_once("//").expect("an address");
    address.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_keeps_the_rules_of_access_and_fits_a_small_phone() {
    let (Some(axe), Some(browser)) = (axe(), Browser::start(WHAT).await) else {
        return;
    };
    let hall = Box::pin(hall()).await;
    let album = Album::new("workbench");
    let out = format!("{}/workbench/sign-in?asked", hall.app.server);
    browser.goes_to(&out).await;
    looks_well(&browser, &axe, &album, "sign-in").await;
    comes_in(&browser, &hall.app, &hall.lin).await;
    for (page, name) in [("/tasks", "no tasks"), ("/chats", "no chats")] {
        let page = format!("{}/workbench{page}", hall.app.server);
        browser.goes_to(&page).await;
        looks_well(&browser, &axe, &album, name).await;
    }
    hall.wang
        .says("这款防水吗？孩子游泳能戴不，平时洗手洗澡会不会进水")
        .await;
    hall.wang.sends("image").await;
    hall.wang.sends("voice").await;
    hall.li.says("老人会用吗").await;
    let bench = Bench::of(&hall.app, &hall.lin).await;
    bench
        .writes(1, "k", "20 米防水，泳池可以戴；热水澡和桑拿不行哦。")
        .await;
    hall.wang.sees("20 米防水").await;
    let send = "/cgi-bin/message/custom/send";
    let refused = json!({ "path": send, "errcode": 45002, "times": 1 });
    hall.app.at_rest().await;
    hall.app.fault(refused).await;
    bench.writes(1, "k2", "要不要先给您留一只粉色的？").await;
    let at = "/workbench/customers/1";
    for (page, fields) in [
        ("/name", &[("name", "王女士")][..]),
        ("/star", &[("on", "yes")]),
        ("/notes", &[("text", "孩子 3 岁，喜欢浅色")]),
        (
            "/tasks",
            &[("text", "告诉她 92 码到货"), ("due", "2026-08-15T20:00")],
        ),
    ] {
        bench.sends(&format!("{at}{page}"), fields).await;
    }
    eventually("the refusal is there", async || {
        let page = bench.opens("/workbench/chats/1").await;
        page.text.contains("fate--refused").then_some(())
    })
    .await;
    for (page, name) in [
        ("", "today"),
        ("/chats", "chats"),
        ("/chats/1", "chat"),
        ("/customers", "customers"),
        ("/customers/1", "customer"),
        ("/tasks", "tasks"),
        ("/me", "me"),
        ("/chats/99", "nothing there"),
    ] {
        let page = format!("{}/workbench{page}", hall.app.server);
        browser.goes_to(&page).await;
        looks_well(&browser, &axe, &album, name).await;
    }
    let weight = browser.asks("return performance.getEntriesByType('resource').reduce((sum, it) => sum + it.encodedBodySize, 0) + performance.getEntriesByType('navigation')[0].encodedBodySize").await;
    println!("the last page weighs {weight} bytes, uncompressed");
    let complaints = browser.complaints().await;
    let of_ours = complaints.iter().filter(|it| !it.contains("404"));
    assert_eq!(of_ours.collect::<Vec<_>>(), Vec::<&String>::new());
    browser.quits().await;
}

/// No serious fault, nothing too wide, and a picture for whoever looks.
async fn looks_well(browser: &Browser, axe: &str, album: &Album, page: &str) {
    browser.asks(axe).await;
    for (scheme, width, large) in [
        ("light", 390, false),
        ("dark", 390, false),
        ("light", 360, true),
    ] {
        browser.has_screen(width, 844).await;
        browser.likes(scheme).await;
        let type_ = format!(
            "document.documentElement.style.zoom = '{}'",
            if large { "1.25" } else { "1" }
        );
        browser.asks(&type_).await;
        let anew =
            "document.body.hidden = true; document.body.offsetHeight; document.body.hidden = false";
        browser.asks(anew).await;
        let wide: Value = browser
            .asks("return document.documentElement.scrollWidth - innerWidth")
            .await;
        assert!(
            wide.as_f64().is_some_and(|by| by <= 1.0),
            "{page} is {wide} px too wide at {width}"
        );
        if !large {
            keeps_the_rules(browser, scheme, page).await;
        }
        album.take(browser, page, scheme, width).await;
    }
    browser
        .asks("document.documentElement.style.zoom = '1'")
        .await;
}
