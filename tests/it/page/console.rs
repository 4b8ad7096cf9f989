//! Headquarters' console in a real browser, from an empty database to an erased member: what somebody who has never seen it
//! does in her first hours, and axe-core's rules on every page she comes by.

use chrono::TimeDelta;
use serde_json::json;

use super::access::{axe, keeps_the_rules};
use super::album::Album;
use crate::kit::{
    Backend, Browser, PASSWORD, Phone, Server, Session, Store, TestApp, eventually, path_of,
};

const APPID: &str = "wxabcdef0123456789";
const SECRET: &str = "fedcba9876543210fedcba9876543210";
const WHAT: &str = "the console in a browser";

/// An installation that knows no account yet, and the simulator beside it.
struct Empty {
    app: TestApp,
    server: Server,
}

async fn empty() -> Empty {
    let mut app = TestApp::start().await;
    app.stop().await;
    let folder = app.folder().join("empty");
    std::fs::create_dir_all(&folder).expect("a folder");
    let backend = Backend::new(&folder, Store::Sqlite, Session::Embedded).await;
    app.backend = backend.expect("SQLite");
    let nothing = [
        ("WECHAT_APPID", ""),
        ("WECHAT_APP_SECRET", ""),
        ("WECHAT_TOKEN", ""),
        ("WECHAT_ENCODING_AES_KEY", ""),
        ("WECHAT_ORIGINAL_ID", ""),
    ];
    for (key, value) in nothing {
        app.set(key, value);
    }
    let server = Server::start(&app.environment(), &app.clock).await;
    Empty { app, server }
}

impl Empty {
    /// The link with which the first administrator comes in.
    fn link(&self) -> String {
        let made = self.app.daogou_json(&["admin", "create", "何", "--json"]);
        path_of(made["link"].as_str().expect("a link"), "/console/")
    }

    fn at(&self, page: &str) -> String {
        format!("{}/console/{APPID}{page}", self.server.url)
    }

    /// Puts what the console shows into WeChat's form.
    async fn tells_wechat(&self, browser: &Browser) {
        let copied = |id: &str| format!("return document.querySelector('#c-{id}').value");
        let token = browser.asks(&copied("token")).await;
        let key = browser.asks(&copied("aes_key")).await;
        let account = json!({
            "appid": APPID, "secret": SECRET, "original_id": "gh_abcdef012345", "token": token,
            "encoding_aes_key": key, "mode": "secure", "kind": "service",
            "callback_url": self.server.callback(APPID),
        });
        self.app.control("/sandbox/v1/accounts", account).await;
        let verified = format!("/sandbox/v1/accounts/{APPID}/verify");
        let verified = self.app.control(&verified, json!({})).await;
        assert_eq!(verified["ok"], true, "{verified}");
    }

    /// The scenes of the codes that exist, by what is printed on them: the guide's name.
    async fn scene(&self, guide: i64) -> String {
        let listed = ["guide", "list", "--account", APPID, "--json"];
        let listed = self.app.daogou_json(&listed);
        let guides = listed["guides"].as_array().expect("guides").clone();
        let own = guides.iter().find(|row| row["id"] == guide);
        let scene = own.expect("the guide")["scene"].as_str();
        scene.expect("a scene").to_owned()
    }

    async fn person(&self, name: &str) -> Phone {
        self.app.person(name).await.at(APPID)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_database_to_an_erased_member() {
    let (Some(axe), Some(browser)) = (axe(), Browser::start(WHAT).await) else {
        return;
    };
    let house = Box::pin(empty()).await;
    browser.has_screen(1440, 900).await;
    let rules = Rules {
        axe,
        browser: &browser,
        album: Album::new("console"),
    };

    // She comes in by the link, and the console leads her to the account.
    browser
        .goes_to(&format!("{}{}", house.server.url, house.link()))
        .await;
    rules.hold("the invitation").await;
    browser.fills("login", "he").await;
    browser.fills("password", PASSWORD).await;
    browser.fills("again", PASSWORD).await;
    browser.presses("设置密码并登录").await;
    browser.fills("name", "禾豆星").await;
    browser.fills("appid", APPID).await;
    browser.fills("secret", SECRET).await;
    rules.hold("the wizard").await;
    browser.presses("下一步").await;
    rules.hold("the wizard's second form").await;
    browser.presses("添加服务号").await;
    browser.finds("//input[@id='c-token']").await;
    rules.hold("what WeChat has to know").await;
    house.tells_wechat(&browser).await;

    two_stores_and_three_guides(&house, &browser, &rules).await;

    // The poster is printed, and the code on it scanned.
    browser.goes_to(&house.at("/guides/1")).await;
    rules.hold("a guide").await;
    browser.follows("海报").await;
    browser.shows("林小满").await;
    let drawn =
        "return [...document.querySelectorAll('.poster img')].every((it) => it.naturalWidth > 100)";
    assert_eq!(browser.asks(drawn).await, true, "the code on the poster");
    rules.hold("the poster").await;
    let wang = house.person("王女士").await;
    wang.scans(&house.scene(1).await).await;
    wang.sees("林小满").await;
    wang.says("有货吗").await;

    // She is found, named and tagged.
    browser.goes_to(&house.at("/members")).await;
    browser.shows("新顾客 1").await;
    rules.hold("the pool").await;
    browser.follows("新顾客 1").await;
    browser.shows("有货吗").await;
    browser.follows("改备注名").await;
    browser.fills("name", "王女士").await;
    browser.presses("保存备注名").await;
    browser.finds("//h1[contains(., '王女士')]").await;
    browser.goes_to(&house.at("/tags")).await;
    rules.hold("no tags").await;
    browser.follows("添加标签").await;
    browser.fills("name", "敏感肌").await;
    browser.presses("添加标签").await;
    browser.shows("敏感肌").await;
    browser.goes_to(&house.at("/members")).await;
    browser.ticks("m-1").await;
    browser.presses("打标签").await;
    browser.shows("给 1 位会员打标签").await;
    browser.chooses("tag", "敏感肌").await;
    rules.hold("what is to be done to whom").await;
    browser.presses("给 1 位会员打标签").await;
    browser.shows("1 位会员已打上标签").await;
    rules.hold("what was done to whom").await;
    browser.goes_to(&house.at("/members?tag=1")).await;
    browser.shows("王女士").await;

    look_over_conversations(&house, &browser, &rules).await;
    hand_over_and_back(&house, &browser, &rules).await;
    export_and_erase(&house, &browser, &rules).await;

    for page in PAGES {
        browser.goes_to(&house.at(page)).await;
        rules.hold(page).await;
    }
    for page in ["accounts", "staff", "audit", "me", "me/codes"] {
        let url = format!("{}/console/{page}", house.server.url);
        browser.goes_to(&url).await;
        rules.hold(page).await;
    }
    in_english(&house, &browser, &rules).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.quits().await;
    house.server.stop().await;
}

/// What she has not come by otherwise.
const PAGES: &[&str] = &[
    "",
    "/stores",
    "/stores/1",
    "/guides",
    "/guides/2",
    "/codes",
    "/codes/1",
    "/undelivered",
    "/members",
    "/members?guide=nobody",
    "/tags",
    "/bulks",
    "/hand-overs",
    "/erasures",
    "/conversations?days=1&state=waiting&guide=2",
    "/conversations?q=羽",
    "/sensitive/hits",
    "/sensitive/hits?by=members",
];

async fn two_stores_and_three_guides(house: &Empty, browser: &Browser, rules: &Rules<'_>) {
    browser.goes_to(&house.at("/stores")).await;
    rules.hold("no stores").await;
    for store in ["杭州城北店", "杭州城西店"] {
        browser.goes_to(&house.at("/stores")).await;
        browser.follows("添加门店").await;
        browser.fills("name", store).await;
        browser.presses("添加门店").await;
        browser.shows(store).await;
    }
    for (guide, store) in [
        ("林小满", "杭州城北店"),
        ("陈一鸣", "杭州城北店"),
        ("周舟", "杭州城西店"),
    ] {
        browser.goes_to(&house.at("/guides")).await;
        browser.follows("添加导购").await;
        browser.fills("name", guide).await;
        browser.chooses("store", store).await;
        browser.presses("添加导购").await;
        browser.shows(guide).await;
    }
}

/// The guide leaves, the customer goes to a colleague, and everything is taken back.
async fn hand_over_and_back(house: &Empty, browser: &Browser, rules: &Rules<'_>) {
    browser.goes_to(&house.at("/guides/1")).await;
    browser.follows("移交顾客").await;
    browser.presses("提交，下一步分配顾客").await;
    browser.shows("把 1 位会员交给谁").await;
    rules.hold("who gets the customers").await;
    let chosen = "return document.querySelector(\"[name='to-2']\").checked";
    if browser.asks(chosen).await == false {
        browser.ticks("to-2").await;
    }
    browser.presses("开始移交").await;
    browser.agrees("移交 1 位会员").await;
    browser.shows("1 位会员已移交给陈一鸣").await;
    rules.hold("a hand-over").await;
    browser.goes_to(&house.at("/members/1")).await;
    browser.shows("总部移交，由 林小满 转到 陈一鸣").await;
    browser.goes_to(&house.at("/hand-overs/1")).await;
    browser.presses("撤销移交").await;
    browser.agrees("撤销移交").await;
    browser.shows("已撤销").await;
    browser.goes_to(&house.at("/members/1")).await;
    browser.shows("总部撤销，由 陈一鸣 回到 林小满").await;
}

/// She asks what is kept about her, and then that nothing is.
async fn export_and_erase(house: &Empty, browser: &Browser, rules: &Rules<'_>) {
    browser.goes_to(&house.at("/members/1/privacy")).await;
    rules.hold("privacy").await;
    let file = browser.fetches("/privacy/export").await;
    assert_eq!(file[0], 200, "{file}");
    assert!(file[2].as_u64().is_some_and(|size| size > 500), "{file}");
    browser.goes_to(&house.at("/members/1/privacy/erase")).await;
    rules.hold("what an erasure takes").await;
    browser.fills("number", "1").await;
    browser.presses("删除全部资料").await;
    eventually("the receipt", async || {
        house.app.clock.advance(TimeDelta::seconds(30));
        browser.goes_to(&house.at("/erasures/1")).await;
        let words = browser.asks("return document.body.innerText").await;
        let words = words.as_str().unwrap_or_default().to_owned();
        words.contains("已全部删除").then_some(())
    })
    .await;
    rules.hold("the receipt").await;
    browser.goes_to(&house.at("/members?q=王女士")).await;
    browser.shows("没有符合条件的会员").await;
}

/// The longer words of the other language break no page.
async fn in_english(house: &Empty, browser: &Browser, rules: &Rules<'_>) {
    browser
        .asks("document.querySelector('.header__end').open = true")
        .await;
    browser.presses("English").await;
    browser.finds("//html[@lang='en']").await;
    for page in PAGES {
        browser.goes_to(&house.at(page)).await;
        for width in [768, 1280] {
            browser.has_screen(width, 900).await;
            rules.fits(&format!("{page} in English"), width).await;
        }
    }
}

/// Conversations are looked over, a word is forbidden, and what was said is looked for.
async fn look_over_conversations(house: &Empty, browser: &Browser, rules: &Rules<'_>) {
    browser.goes_to(&house.at("/conversations")).await;
    browser.shows("有货吗").await;
    rules.hold("conversations").await;
    browser.follows("王女士").await;
    browser.shows("谁在接待").await;
    rules.hold("a conversation").await;
    browser.goes_to(&house.at("/sensitive")).await;
    rules.hold("no sensitive words").await;
    browser.follows("添加敏感词").await;
    rules.hold("adding sensitive words").await;
    browser.fills("words", "返现").await;
    browser.presses("添加敏感词").await;
    browser.shows("共 1 个敏感词").await;
    rules.hold("sensitive words").await;
    eventually("the line being found", async || {
        house.app.clock.advance(TimeDelta::seconds(20));
        browser.goes_to(&house.at("/conversations?q=有货")).await;
        let marked = "return document.querySelectorAll('mark').length";
        (browser.asks(marked).await == 1).then_some(())
    })
    .await;
    rules.hold("what was found").await;
}

/// axe-core's rules, asked on each page in light and dark; and a picture of it at a desk, in the dark and on a tablet.
struct Rules<'a> {
    axe: String,
    browser: &'a Browser,
    album: Album,
}

impl Rules<'_> {
    async fn hold(&self, page: &str) {
        self.browser.asks(&self.axe).await;
        for (scheme, width) in [("light", 768), ("dark", 1440), ("light", 1440)] {
            self.browser.has_screen(width, 900).await;
            self.browser.likes(scheme).await;
            // Fields keep the colour of the scheme before until they are laid out anew.
            let anew = "document.body.hidden = true; document.body.offsetHeight; document.body.hidden = false";
            self.browser.asks(anew).await;
            // What slides in has arrived.
            let arrived = "document.getAnimations().filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime)).forEach((it) => it.finish())";
            self.browser.asks(arrived).await;
            self.fits(page, width).await;
            if width == 1440 {
                keeps_the_rules(self.browser, scheme, page).await;
            }
            self.album.take(self.browser, page, scheme, width).await;
        }
        self.browser.has_screen(1280, 900).await;
        self.fits(page, 1280).await;
        self.browser.has_screen(1440, 900).await;
    }

    async fn fits(&self, page: &str, width: u32) {
        let wide = "return document.documentElement.scrollWidth - innerWidth";
        let wide = self.browser.asks(wide).await;
        assert!(
            wide.as_i64().is_some_and(|by| by <= 0),
            "{page} is {wide} px too wide at {width}"
        );
    }
}
