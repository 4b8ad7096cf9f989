//! New guides join by a store's invitation: on a phone without a sign-in, and at the console.

use chrono::TimeDelta;
use daogou_schema::{GuideId, applicant, code, guide};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::at;
use crate::kit::{Desk, TestApp};

struct Shop {
    app: TestApp,
    admin: Desk,
    manager: Desk,
}

/// Two stores; the manager has the first one.
async fn shop() -> Shop {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    Shop {
        app,
        admin,
        manager,
    }
}

const HERE: &str = "/stores/1/joining";

impl Shop {
    /// A store's link, made anew.
    async fn link(&self, store: i64) -> String {
        let page = at(&format!("/stores/{store}/joining"));
        let made = self.admin.sends(&format!("{page}/link"), &[]).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let text = self.admin.opens(&page).await.text;
        let (_, behind) = text.split_once("/m/join/").expect("a link");
        let token = behind.split('"').next().expect("its end");
        assert_eq!(token.len(), 64);
        format!("/m/join/{token}")
    }

    /// Somebody asks with a phone of her own; where her page is.
    async fn asks(&self, link: &str, name: &str) -> (Desk, String) {
        let phone = Desk::stranger(&self.app);
        let sent = phone.posts(link, &[("name", name)]).await;
        assert_eq!(sent.status, 303, "{name}: {}", sent.text);
        let page = sent.to.expect("her page");
        assert!(page.starts_with("/m/joining/"), "{page}");
        (phone, page)
    }

    async fn says(&self, desk: &Desk, applicant: i64, word: &str) -> (u16, String) {
        let path = at(&format!("{HERE}/{applicant}/{word}"));
        let sent = desk.sends(&path, &[]).await;
        (sent.status.as_u16(), sent.text)
    }

    async fn applicants(&self) -> Vec<applicant::Model> {
        let db = self.app.database().await;
        let found = applicant::Entity::find().all(&db);
        found.await.expect("the applicants")
    }

    async fn guides(&self) -> Vec<guide::Model> {
        let db = self.app.database().await;
        let found = guide::Entity::find().all(&db);
        found.await.expect("the guides")
    }

    async fn link_scene(&self, guide: GuideId) -> String {
        let found = code::Entity::find()
            .filter(code::Column::GuideId.eq(guide))
            .filter(code::Column::Purpose.eq(code::Purpose::Link))
            .one(&self.app.database().await)
            .await;
        found.expect("the codes").expect("a code").scene
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_scans_a_stores_link_is_a_guide_after_a_yes_and_links_her_wechat() {
    let shop = shop().await;
    let link = shop.link(1).await;
    let svg = at(&format!("{HERE}/link.svg"));
    assert_eq!(shop.manager.opens(&svg).await.status, 200);
    let phone = Desk::stranger(&shop.app);
    let asked = phone.opens(&link).await;
    assert!(asked.status == 200 && asked.text.contains("加入城北店"));
    let said = [
        ("name", " 沈知秋 "),
        ("phone", "138 1234 5678"),
        ("speciality", "羽绒服"),
    ];
    let sent = phone.posts(&link, &said).await;
    let page = sent.to.expect(&sent.text);
    let waits = phone.opens(&page).await;
    assert!(waits.text.contains("等店长确认") && waits.text.contains("refresh"));
    for picture in ["link.png", "code.png"] {
        let drawn = phone.opens(&format!("{page}/{picture}")).await;
        assert_eq!(drawn.status, 404, "{picture}");
    }
    // Pressed twice, or scanned again: it is the same.
    assert_eq!(phone.posts(&link, &said).await.to.as_deref(), Some(&*page));
    assert_eq!(phone.opens(&link).await.to.as_deref(), Some(&*page));
    assert_eq!(shop.applicants().await.len(), 1);

    let first = shop.manager.opens(&at("")).await.text;
    assert!(first.contains("1 位新导购申请加入城北店"), "{first}");
    let listed = shop.manager.opens(&at(HERE)).await.text;
    assert!(listed.contains("沈知秋") && listed.contains("138****5678"));
    assert!(!listed.contains("13812345678") && listed.contains("擅长 羽绒服"));
    let (status, text) = shop.says(&shop.manager, 1, "approve").await;
    assert_eq!(status, 303, "{text}");
    let guide = shop.guides().await.remove(0);
    assert_eq!((guide.name.as_str(), guide.store_id.0), ("沈知秋", 1));
    assert_eq!(guide.speciality.as_deref(), Some("羽绒服"));
    assert_eq!(guide.phone_masked.as_deref(), Some("138****5678"));
    let row = shop.applicants().await.remove(0);
    assert_eq!((row.guide_id, row.phone), (Some(guide.id), None));

    let passed = phone.opens(&page).await.text;
    assert!(passed.contains("还差一步") && passed.contains("link.png"));
    for picture in ["link.png", "code.png"] {
        let drawn = phone.opens(&format!("{page}/{picture}")).await;
        assert_eq!(drawn.status, 200, "{picture}");
    }
    let shen = shop.app.person("沈知秋").await;
    shen.scans(&shop.link_scene(guide.id).await).await;
    shen.sees("已和导购身份关联").await;
    let linked = phone.opens(&page).await.text;
    assert!(linked.contains("关联好了") && !linked.contains("refresh"));
    let spent = phone.opens(&format!("{page}/link.png")).await;
    assert_eq!(spent.status, 404);
    let log = shop.admin.opens("/console/audit").await.text;
    assert!(log.contains("同意加入") && !log.contains("13812345678"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_replaced_withdrawn_or_is_over_is_refused_in_words() {
    let shop = shop().await;
    let phone = Desk::stranger(&shop.app);
    let refused = async |link: &str| {
        for answered in [
            phone.opens(link).await,
            phone.posts(link, &[("name", "沈")]).await,
        ] {
            assert_eq!(answered.status, 404);
            assert!(answered.text.contains("请向店长要一条新的链接"));
        }
    };
    let first = shop.link(1).await;
    let second = shop.link(1).await;
    refused(&first).await;
    assert_eq!(phone.opens(&second).await.status, 200);
    let withdraw = at(&format!("{HERE}/withdraw"));
    for _twice in 0..2 {
        assert_eq!(shop.manager.sends(&withdraw, &[]).await.status, 303);
    }
    refused(&second).await;
    refused("/m/join/x").await;
    refused(&format!("/m/join/{}", "0".repeat(64))).await;
    let third = shop.link(1).await;
    // A page of another site does not send it.
    let foreign = phone.is_made_to_post(&third, &[("name", "沈知秋")]).await;
    assert_eq!(foreign.status, 403);
    // Who asked before it was over still has her page.
    let (early, page) = shop.asks(&third, "沈知秋").await;
    shop.app.pass(TimeDelta::days(7));
    refused(&third).await;
    assert_eq!(early.opens(&page).await.status, 200);
    shop.app.pass(TimeDelta::days(24));
    let late = early.opens(&page).await;
    assert!(late.status == 404 && late.text.contains("链接已失效"));
    assert_eq!(early.opens("/m/joining/x").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_would_be_guide_says_is_looked_at() {
    let shop = shop().await;
    shop.app.guide("林小满", "城北店").await;
    let link = shop.link(1).await;
    shop.asks(&link, "沈知秋").await;
    let phone = Desk::stranger(&shop.app);
    let (long, long_name) = ("长".repeat(41), "长".repeat(21));
    let (long, long_name) = (long.as_str(), long_name.as_str());
    for (fields, why) in [
        ([("name", ""), ("phone", "")], "1 到 20 个"),
        ([("name", "林\u{202e}满"), ("phone", "")], "1 到 20 个"),
        ([("name", "\u{200b}"), ("phone", "")], "1 到 20 个"),
        ([("name", "林\n满"), ("phone", "")], "1 到 20 个"),
        ([("name", long_name), ("phone", "")], "1 到 20 个"),
        ([("name", "林小满"), ("phone", "")], "已有同名"),
        ([("name", "沈知秋"), ("phone", "")], "已有同名"),
        ([("name", "何"), ("phone", "12345")], "11 位手机号"),
        ([("name", "何"), ("speciality", long)], "40 个以内"),
    ] {
        let sent = phone.posts(&link, &fields).await;
        assert_eq!(sent.status, 400, "{fields:?}");
        assert!(sent.text.contains(why), "{fields:?}: {}", sent.text);
    }
    // What she typed stays, and is only text.
    let tried = "<b>何</b>";
    let sent = phone.posts(&link, &[("name", tried), ("phone", "1")]).await;
    assert!(sent.text.contains("&lt;b&gt;") && !sent.text.contains(tried));
    assert_eq!(shop.applicants().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_wait_for_one_store() {
    let shop = shop().await;
    let link = shop.link(1).await;
    for number in 0..30 {
        shop.asks(&link, &format!("新人{number}")).await;
    }
    let phone = Desk::stranger(&shop.app);
    let sent = phone.posts(&link, &[("name", "第三十一")]).await;
    assert!(sent.status == 400 && sent.text.contains("等待确认的人太多"));
    let other = shop.link(2).await;
    shop.asks(&other, "第三十一").await;
    assert_eq!(shop.says(&shop.manager, 1, "decline").await.0, 303);
    shop.asks(&link, "第三十一").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_decided_once_and_by_whoever_looks_after_the_store() {
    let shop = shop().await;
    let (link, other) = (shop.link(1).await, shop.link(2).await);
    let (phone, page) = shop.asks(&link, "沈知秋").await;
    shop.asks(&other, "别店的").await;
    // Another store's applicant is nobody here, whoever asks.
    for desk in [&shop.manager, &shop.admin] {
        for word in ["approve", "decline"] {
            let (status, text) = shop.says(desk, 2, word).await;
            assert!(status == 409 && text.contains("已经处理过"), "{word}");
        }
    }
    let elsewhere = at("/stores/2/joining/2/approve");
    assert_eq!(shop.manager.sends(&elsewhere, &[]).await.status, 404);
    assert_eq!(shop.says(&shop.manager, 1, "decline").await.0, 303);
    for word in ["approve", "decline"] {
        assert_eq!(shop.says(&shop.admin, 1, word).await.0, 409, "{word}");
    }
    assert!(phone.opens(&page).await.text.contains("这次没有通过"));
    // Who was declined may ask once more.
    assert_eq!(phone.opens(&link).await.status, 200);
    let (_, page) = shop.asks(&link, "沈知秋").await;
    // WeChat does not make codes: nobody is added, and it can be done again.
    let fault = json!({ "path": "/cgi-bin/qrcode/create", "errcode": 48001, "times": 1 });
    shop.app.fault(fault).await;
    let (status, text) = shop.says(&shop.manager, 3, "approve").await;
    assert!(
        status == 409 && text.contains("微信没有生成二维码"),
        "{text}"
    );
    assert!(shop.guides().await.is_empty());
    // Somebody of that name came in between.
    shop.app.guide("沈知秋", "城北店").await;
    let (status, text) = shop.says(&shop.manager, 3, "approve").await;
    assert!(status == 409 && text.contains("已有同名导购"), "{text}");
    assert_eq!(shop.guides().await.len(), 1);
    assert!(phone.opens(&page).await.text.contains("等店长确认"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guides_number_is_masked_and_who_sees_it_is_written_down() {
    let shop = shop().await;
    shop.app.guide("林小满", "城北店").await;
    let page = at("/guides/1");
    let change = async |fields: &[(&str, &str)]| {
        let sent = shop.manager.sends(&format!("{page}/profile"), fields).await;
        (sent.status.as_u16(), sent.text)
    };
    let known = [("speciality", "护肤"), ("phone", "+86 138-1234-5678")];
    assert_eq!(change(&known).await.0, 303);
    let text = shop.manager.opens(&page).await.text;
    assert!(text.contains("138****5678") && text.contains("护肤"));
    assert!(!text.contains("13812345678"));
    let whole = shop.manager.sends(&format!("{page}/phone"), &[]).await;
    assert!(whole.text.contains("13812345678"), "{}", whole.text);
    // Left empty it stays.
    assert_eq!(change(&[("speciality", "")]).await.0, 303);
    let text = shop.manager.opens(&page).await.text;
    assert!(text.contains("138****5678") && !text.contains("护肤"));
    let long = "长".repeat(41);
    for (fields, why) in [
        ([("speciality", "护肤"), ("phone", "123")], "11 位手机号"),
        ([("speciality", long.as_str()), ("phone", "")], "40 个以内"),
        ([("speciality", "护\u{202e}肤"), ("phone", "")], "40 个以内"),
    ] {
        let (status, text) = change(&fields).await;
        assert!(status == 400 && text.contains(why), "{fields:?}");
    }
    assert_eq!(change(&[("no_phone", "1")]).await.0, 303);
    let text = shop.manager.opens(&page).await.text;
    assert!(!text.contains("138****5678"));
    let log = shop.admin.opens("/console/audit").await.text;
    assert!(log.contains("查看手机号") && !log.contains("13812345678"));
}
