//! A member's own form, from the chat to the store: a link that is hers, for a day and for one answer, and what she agrees to.

use chrono::TimeDelta;
use daogou_schema::consent::{self, Purpose, Way};
use daogou_schema::{member, member_phone};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};

use super::at;
use crate::kit::{Desk, Guide, Phone, Session, Store, TestApp, eventually, path_of};

async fn shop(app: &TestApp) -> (Desk, Guide, Phone) {
    let admin = Desk::admin(app, "he").await;
    app.add_store("城北店");
    let lin = app.guide("林小满", "城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    app.later(TimeDelta::seconds(2)).await;
    (admin, lin, wang)
}

/// The address of the form in what the chat shows.
fn link_in(text: &str) -> String {
    let link = path_of(text, "/m/form/");
    let fits = |c: &char| c.is_ascii_alphanumeric() || "/-".contains(*c);
    link.chars().take_while(fits).collect()
}

async fn asks_for_the_form(app: &TestApp, wang: &Phone) -> String {
    app.later(TimeDelta::seconds(2)).await;
    let before = wang.count("/m/form/").await;
    wang.says("登记").await;
    let shown = eventually("the link", async || {
        let texts = wang.texts().await;
        let links: Vec<_> = texts
            .into_iter()
            .filter(|it| it.contains("/m/form/"))
            .collect();
        (links.len() > before).then(|| links.last().cloned())
    })
    .await;
    link_in(&shown.expect("a link"))
}

const GOOD: &[(&str, &str)] = &[
    ("phone", "138 1234 5678"),
    ("birthday", "1990-05-20"),
    ("profile", "1"),
    ("marketing", "1"),
];

async fn phones(app: &TestApp) -> u64 {
    let db = app.database().await;
    member_phone::Entity::find()
        .count(&db)
        .await
        .expect("phones")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_fills_in_is_noted_once_and_told_in_her_chat() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let (admin, lin, wang) = shop(&app).await;
        let link = asks_for_the_form(&app, &wang).await;
        // A word for the house is no line to her guide.
        assert_eq!(lin.phone.count("登记").await, 0);
        let browser = Desk::stranger(&app);
        let page = browser.opens(&link).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("会员登记") && !page.text.contains("王女士"));
        let saved = browser.posts(&link, GOOD).await;
        assert_eq!(saved.status, 200, "{}", saved.text);
        assert!(saved.text.contains("已登记，谢谢您"), "{store:?}");
        wang.sees("手机号 138****5678").await;
        let id = app.identity_of(&wang).await.expect("known").member_id;
        let db = app.database().await;
        let row = member::Entity::find_by_id(id).one(&db).await.expect("rows");
        assert_eq!(row.expect("she").birthday.as_deref(), Some("1990-05-20"));
        let words = consent::Entity::find().order_by_asc(consent::Column::Id);
        let words = words.all(&db).await.expect("words");
        let told: Vec<_> = words
            .iter()
            .map(|it| (it.purpose, it.given, it.way))
            .collect();
        let wanted = [Purpose::Profile, Purpose::Marketing].map(|it| (it, true, Way::Form));
        assert_eq!(told, wanted, "{store:?}");
        assert_eq!(words[0].text_version.as_deref(), Some("form-1"));
        let page = admin.opens(&at(&format!("/members/{id}"))).await.text;
        for shown in ["1990-05-20", "138****5678", "顾客自己填的登记表"] {
            assert!(page.contains(shown), "{store:?} {shown}: {page}");
        }
        // Once more, by her or by whom she forwarded it to: nothing is shown, nothing is noted.
        for answered in [browser.opens(&link).await, browser.posts(&link, GOOD).await] {
            assert_eq!(answered.status, 410, "{}", answered.text);
            assert!(answered.text.contains("已经用过了"));
            assert!(!answered.text.contains("5678") && !answered.text.contains("1990"));
        }
        // A new link is for a new answer, which stands instead of the first.
        let link = asks_for_the_form(&app, &wang).await;
        let other = [("phone", "13812340000"), ("profile", "1")];
        assert_eq!(browser.posts(&link, &other).await.status, 200);
        wang.sees("手机号 138****0000").await;
        assert_eq!(phones(&app).await, 1, "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_one_persons_for_a_day_and_nobody_can_make_one() {
    let app = TestApp::start().await;
    let (admin, lin, wang) = shop(&app).await;
    let li = app.person("李先生").await;
    li.scans(&lin.scene).await;
    li.sees("林小满").await;
    let link = asks_for_the_form(&app, &wang).await;
    let number = async |phone: &Phone| app.identity_of(phone).await.expect("known").member_id;
    let (hers, his) = (number(&wang).await, number(&li).await);
    let turned = link.replace(&format!("-{hers}-"), &format!("-{his}-"));
    assert_ne!(turned, link);
    let mut shorter = link.clone();
    shorter.pop();
    let mut flipped = link.clone();
    let last = flipped.pop().expect("a digit");
    flipped.push(if last == '0' { '1' } else { '0' });
    let browser = Desk::stranger(&app);
    let long = format!("/m/form/{}", "9".repeat(4000));
    for bad in [
        turned.as_str(),
        &flipped,
        &format!("{link}0"),
        &shorter,
        "/m/form/x",
        "/m/form/1-1-1-",
        "/m/form/----",
        &long,
    ] {
        for answered in [browser.opens(bad).await, browser.posts(bad, GOOD).await] {
            assert_eq!(answered.status, 410, "{bad}");
            assert!(answered.text.contains("链接已失效"), "{bad}");
        }
    }
    let evil = browser.is_made_to_post(&link, GOOD).await;
    assert_eq!(evil.status, 403, "{}", evil.text);
    app.later(TimeDelta::hours(24)).await;
    let late = browser.posts(&link, GOOD).await;
    assert!(late.status == 410 && late.text.contains("链接已失效"));
    assert_eq!(phones(&app).await, 0);
    // Whoever was erased since has no form any more.
    let link = asks_for_the_form(&app, &wang).await;
    let right = [("login", "he"), ("password", crate::kit::PASSWORD)];
    admin.posts("/console/sign-in", &right).await;
    let id = hers.to_string();
    let erase = at(&format!("/members/{hers}/privacy/erase"));
    let sent = admin.sends(&erase, &[("number", id.as_str())]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert_eq!(browser.posts(&link, GOOD).await.status, 410);
    assert_eq!(phones(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_told_beside_its_field_and_nothing_is_noted() {
    let app = TestApp::start().await;
    let (_, _, wang) = shop(&app).await;
    let link = asks_for_the_form(&app, &wang).await;
    let browser = Desk::stranger(&app);
    let child = (app.clock.now() - TimeDelta::days(365 * 10)).format("%Y-%m-%d");
    let child = child.to_string();
    for (fields, told) in [
        (&[("phone", "")][..], "请填写 11 位手机号"),
        (
            &[("phone", "12345<script>"), ("profile", "1")],
            "请填写 11 位手机号",
        ),
        (&[("phone", "13812345678")], "同意后才能保存"),
        (
            &[
                ("phone", "13812345678"),
                ("birthday", "昨天"),
                ("profile", "1"),
            ],
            "正确的出生日期",
        ),
        (
            &[
                ("phone", "13812345678"),
                ("birthday", &*child),
                ("profile", "1"),
            ],
            "未满 14 岁",
        ),
    ] {
        let sent = browser.posts(&link, fields).await;
        assert_eq!(sent.status, 400, "{told}");
        assert!(sent.text.contains(told), "{told}: {}", sent.text);
        assert!(!sent.text.contains("<script>"));
    }
    assert_eq!(phones(&app).await, 0);
    // All at once, one of them is taken.
    let (one, two) = tokio::join!(browser.posts(&link, GOOD), browser.posts(&link, GOOD));
    let mut ends = [one.status.as_u16(), two.status.as_u16()];
    ends.sort_unstable();
    assert_eq!(ends, [200, 410]);
    assert_eq!(phones(&app).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_file_brought_is_she_when_her_number_is_known_and_a_welcome_can_hold_the_link() {
    let app = TestApp::start().await;
    let (admin, lin, _) = shop(&app).await;
    let text = "手机号,姓名,会员卡号\n13812345678,赵女士,V7\n";
    let kind = [("kind", "members")];
    let sent = admin
        .uploads(&at("/imports"), &kind, "a.csv", text.as_bytes())
        .await;
    let page = sent.to.expect(&sent.text);
    admin.sends(&format!("{page}/start"), &[]).await;
    eventually("the file being taken", async || {
        let shown = admin.opens(&page).await.text;
        shown.contains("已完成").then_some(())
    })
    .await;
    let welcome = at(&format!("/guides/{}/welcome", lin.id));
    let unknown = [("welcome", "请登记：{{ phone }}")];
    assert_eq!(admin.sends(&welcome, &unknown).await.status, 400);
    let own = [("welcome", "我是{{ guide }}，请登记：{{ form }}")];
    let saved = admin.sends(&welcome, &own).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let zhao = app.person("赵女士").await;
    zhao.scans(&lin.scene).await;
    zhao.sees("请登记：").await;
    let texts = zhao.texts().await;
    let shown = texts.iter().find(|text| text.contains("/m/form/"));
    let link = link_in(shown.expect("a link"));
    let browser = Desk::stranger(&app);
    let saved = browser.posts(&link, GOOD).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    zhao.sees("已登记您的会员资料").await;
    let id = app.identity_of(&zhao).await.expect("known").member_id;
    let page = admin.opens(&at(&format!("/members/{id}"))).await.text;
    for shown in ["赵女士", "V7", "按手机号认出", "林小满"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}
