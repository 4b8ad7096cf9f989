//! A store closes: its guides leave, their customers go to guides elsewhere, and all of it comes back.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use daogou_schema::{GuideId, binding};
use sea_orm::EntityTrait;

use super::at;
use crate::kit::{Desk, Guide, PASSWORD, Phone, Session, Store, TestApp, eventually};

struct Shop {
    app: TestApp,
    desk: Desk,
    lin: Guide,
    chen: Guide,
    wu: Guide,
    customers: Vec<Phone>,
}

const CLOSING: &str = "/stores/1/closing";

/// Two guides in the store that closes, with three customers and one, and one elsewhere.
async fn shop(store: Store) -> Option<Shop> {
    let app = TestApp::on(store, Session::Embedded).await?;
    let desk = Desk::admin(&app, "he").await;
    app.add_store("城北店");
    app.add_store("城西店");
    let lin = app.guide("林小满", "城北店").await;
    let chen = app.guide("陈一鸣", "城北店").await;
    let wu = app.guide("吴桐", "城西店").await;
    let mut customers = Vec::new();
    for (name, guide) in [
        ("王女士", &lin),
        ("李先生", &lin),
        ("赵阿姨", &lin),
        ("孙先生", &chen),
    ] {
        let person = app.person(name).await;
        person.scans(&guide.scene).await;
        person.sees(&guide.phone.name).await;
        customers.push(person);
    }
    app.at_rest().await;
    Some(Shop {
        app,
        desk,
        lin,
        chen,
        wu,
        customers,
    })
}

impl Shop {
    async fn closes(&self, to: &[&Guide]) -> (u16, String) {
        let names: Vec<_> = to.iter().map(|guide| format!("to-{}", guide.id)).collect();
        let fields: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
        let sent = self.desk.sends(&at(CLOSING), &fields).await;
        (sent.status.as_u16(), sent.text)
    }

    async fn reopens(&self) -> (u16, String) {
        let sent = self.desk.sends(&at("/stores/1/reopening"), &[]).await;
        (sent.status.as_u16(), sent.text)
    }

    async fn bindings(&self) -> Vec<binding::Model> {
        let db = self.app.database().await;
        let all = binding::Entity::find().all(&db);
        let mut all = all.await.expect("the bindings");
        all.sort_by_key(|row| row.member_id);
        all
    }

    /// How many customers each guide has, once that is so.
    async fn ends_with(&self, wanted: &[(&Guide, usize)]) {
        let wanted: BTreeMap<_, _> = wanted.iter().map(|(g, n)| (GuideId(g.id), *n)).collect();
        eventually(&format!("{wanted:?}"), async || {
            let mut found: BTreeMap<GuideId, usize> = BTreeMap::new();
            for row in self.bindings().await {
                *found.entry(row.guide_id).or_default() += 1;
            }
            (found == wanted).then_some(())
        })
        .await;
    }

    async fn hand_overs(&self, word: &str) {
        eventually(word, async || {
            let text = self.desk.opens(&at("/hand-overs")).await.text;
            (text.matches(word).count() >= 2).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_closes_gives_its_customers_to_others_and_gets_them_back() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let Shop { app, desk, .. } = &shop;
        let xu = app.guide("许诺", "城西店").await;
        let before = shop.bindings().await;
        let page = desk.opens(&at(CLOSING)).await.text;
        assert!(page.contains("3 位会员") && page.contains("许诺"), "{page}");
        let (status, text) = shop.closes(&[&shop.wu, &xu]).await;
        assert_eq!(status, 303, "{text}");
        // Four customers, and two guides: two each, whoever had how many.
        shop.ends_with(&[(&shop.wu, 2), (&xu, 2)]).await;
        shop.hand_overs("已完成").await;
        let gone = desk.opens(&at("/guides")).await.text;
        assert!(!gone.contains("林小满") && !gone.contains("陈一鸣"));
        let stores = desk.opens(&at("/stores")).await.text;
        assert!(stores.contains("已关店"), "{stores}");
        // Who scans the code of a guide who left gets whoever took over.
        let late = app.person("周小姐").await;
        late.scans(&shop.lin.scene).await;
        late.sees("城西店").await;
        assert_eq!(shop.closes(&[&shop.wu]).await.0, 409);

        let (status, text) = shop.reopens().await;
        assert_eq!(status, 303, "{text}");
        shop.hand_overs("已撤销").await;
        app.at_rest().await;
        let after: Vec<_> = shop.bindings().await.into_iter().take(4).collect();
        assert_eq!(after, before, "{store:?}");
        shop.customers[0].says("在吗").await;
        shop.lin.phone.sees("在吗").await;
        assert_eq!(shop.reopens().await.0, 409);
        let log = desk.opens("/console/audit").await.text;
        assert!(log.contains("关店") && log.contains("撤销关店"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_takes_nobody_and_is_left_as_it_is() {
    let Some(shop) = shop(Store::Sqlite).await else {
        return;
    };
    let desk = &shop.desk;
    let link = at("/stores/1/joining/link");
    desk.sends(&link, &[]).await;
    let text = desk.opens(&at("/stores/1/joining")).await.text;
    let (_, behind) = text.split_once("/m/join/").expect("a link");
    let invited = format!("/m/join/{}", behind.split('"').next().expect("its end"));
    // Nobody of its own, nobody at all, nobody who is there.
    for (fields, why) in [
        (&[][..], "其他门店在职"),
        (&[("to-2", "1")], "其他门店在职"),
        (&[("to-3", "1"), ("to-1", "1")], "其他门店在职"),
        (&[("to-99", "1")], "其他门店在职"),
    ] {
        let sent = desk.sends(&at(CLOSING), fields).await;
        assert!(sent.status == 400 && sent.text.contains(why), "{fields:?}");
    }
    // A guide whose customers are on their way.
    let id = shop.chen.id.to_string();
    let away = [("guide", id.as_str()), ("cause", "long-leave")];
    let frozen = desk.sends(&at("/hand-overs"), &away).await.to;
    let frozen = frozen.expect("its page");
    let (status, text) = shop.closes(&[&shop.wu]).await;
    assert!(
        status == 409 && text.contains("陈一鸣的顾客正在移交"),
        "{text}"
    );
    assert!(!desk.opens(&at("/stores")).await.text.contains("已关店"));
    desk.sends(&format!("{frozen}/undo"), &[]).await;
    eventually("the hand-over being over", async || {
        let text = desk.opens(&frozen).await.text;
        text.contains("已取消").then_some(())
    })
    .await;
    assert_eq!(shop.closes(&[&shop.wu]).await.0, 303);
    shop.ends_with(&[(&shop.wu, 4)]).await;
    // One by one nothing of it is taken back.
    let sent = desk.sends(&at("/hand-overs/2/undo"), &[]).await;
    assert!(sent.status == 409 && sent.text.contains("关店的一部分"));
    // Nobody comes to it any more.
    let new = [("name", "新人"), ("store", "1")];
    assert_eq!(desk.sends(&at("/guides"), &new).await.status, 400);
    assert_eq!(desk.sends(&link, &[]).await.status, 409);
    let phone = Desk::stranger(&shop.app);
    assert_eq!(phone.opens(&invited).await.status, 404);
    let id = shop.wu.id.to_string();
    let goes = [("guide", id.as_str()), ("cause", "move"), ("store", "1")];
    let sent = desk.sends(&at("/hand-overs"), &goes).await;
    assert!(sent.status == 400 && sent.text.contains("请选择另一家门店"));
    // After two days it stays closed.
    shop.app.later(TimeDelta::hours(49)).await;
    let again = [("login", "he"), ("password", PASSWORD)];
    desk.posts("/console/sign-in", &again).await;
    let (status, text) = shop.reopens().await;
    assert!(status == 409 && text.contains("撤销期限已过"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_guides_just_closes() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    app.add_store("城北店");
    let page = desk.opens(&at(CLOSING)).await.text;
    assert!(page.contains("可以直接关店"));
    assert_eq!(desk.sends(&at(CLOSING), &[]).await.status, 303);
    assert!(desk.opens(&at(CLOSING)).await.text.contains("撤销关店"));
    let reopened = desk.sends(&at("/stores/1/reopening"), &[]).await;
    assert_eq!(reopened.status, 303);
    assert!(desk.opens(&at(CLOSING)).await.text.contains("关闭门店"));
}
