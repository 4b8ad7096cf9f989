//! A guide goes, and the customers go to colleagues: at once, completely, and back again.

mod many;
mod withdrawn;

use chrono::TimeDelta;
use daogou_schema::{GuideId, binding};
use sea_orm::{EntityTrait, QueryOrder};

use super::at;
use crate::kit::{Desk, Guide, PASSWORD, Session, Store, TestApp, eventually};

const STORES: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::MariaDb];

struct Shop {
    app: TestApp,
    desk: Desk,
    lin: Guide,
    chen: Guide,
    wu: Guide,
}

/// Three guides in one store, the first of whom will go.
async fn shop(store: Store) -> Option<Shop> {
    let app = TestApp::on(store, Session::Embedded).await?;
    let desk = Desk::admin(&app, "he").await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let chen = app.guide("陈一鸣", "杭州城北店").await;
    let wu = app.guide("吴桐", "杭州城北店").await;
    Some(Shop {
        app,
        desk,
        lin,
        chen,
        wu,
    })
}

impl Shop {
    async fn freezes(&self, guide: &Guide, cause: &str) -> String {
        let id = guide.id.to_string();
        let fields = [("guide", id.as_str()), ("cause", cause)];
        let sent = self.desk.sends(&at("/hand-overs"), &fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        sent.to.expect("its page")
    }

    async fn gives(&self, page: &str, to: &[&Guide]) {
        let names: Vec<_> = to.iter().map(|guide| format!("to-{}", guide.id)).collect();
        let fields: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
        let sent = self.desk.sends(&format!("{page}/confirm"), &fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }

    async fn undoes(&self, page: &str) {
        let sent = self.desk.sends(&format!("{page}/undo"), &[]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }

    /// The page, when it says `text`.
    async fn shows(&self, page: &str, text: &str) -> String {
        eventually(&format!("{page} showing {text}"), async || {
            let shown = self.desk.opens(page).await.text;
            shown.contains(text).then_some(shown)
        })
        .await
    }

    async fn bindings(&self) -> Vec<binding::Model> {
        let all = binding::Entity::find().order_by_asc(binding::Column::MemberId);
        let all = all.all(&self.app.database().await).await;
        all.expect("the bindings")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_leaves_the_customers_go_on_with_a_colleague_and_come_back_as_they_were() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let Shop {
            app, lin, chen, wu, ..
        } = &shop;
        let [wang, li, zhao] = [
            app.person("王女士").await,
            app.person("李先生").await,
            app.person("赵阿姨").await,
        ];
        for person in [&wang, &li, &zhao] {
            person.scans(&lin.scene).await;
            person.sees("林小满").await;
        }
        app.at_rest().await;
        app.later(TimeDelta::hours(3)).await;
        wang.says("有货吗").await;
        lin.phone.sees("有货吗").await;
        app.at_rest().await;
        let before = shop.bindings().await;

        let page = shop.freezes(lin, "departure").await;
        // At once: the open talk goes to whoever stands in, and nothing new comes to her phone.
        let stood_in = eventually("the stand-in's line", async || {
            let lines = chen.phone.count("有货吗").await + wu.phone.count("有货吗").await;
            (lines > 0).then_some(lines)
        })
        .await;
        assert_eq!(stood_in, 1, "{store:?}");
        let frozen = shop.shows(&page, "已停止接待").await;
        assert!(frozen.contains("把 3 位会员交给谁"), "{frozen}");
        let again = [("guide", "1"), ("cause", "departure")];
        let again = shop.desk.sends(&at("/hand-overs"), &again).await;
        assert_eq!(again.status, 400, "she has left already");
        let nobody = shop.desk.sends(&format!("{page}/confirm"), &[]).await;
        assert_eq!(nobody.status, 400);
        assert!(nobody.text.contains("请选择 1 到 200 位"));
        let herself = [("to-1", "1")];
        let herself = shop.desk.sends(&format!("{page}/confirm"), &herself).await;
        assert_eq!(herself.status, 400);

        shop.gives(&page, &[chen]).await;
        shop.gives(&page, &[wu]).await;
        let done = shop.shows(&page, "3 位会员已移交给陈一鸣").await;
        assert!(
            done.contains("前可以撤销") && done.contains("已移交"),
            "{done}"
        );
        chen.phone.sees("3 位顾客交给你").await;
        // Who was talking hears it at once, the others when they write, once.
        wang.sees("我是杭州城北店的陈一鸣，以后由我为您服务").await;
        assert_eq!(wu.phone.count("位顾客交给你").await, 0, "{store:?}");
        app.at_rest().await;
        assert_eq!(chen.phone.count("有货吗").await, 1, "{store:?}");
        assert_eq!(
            li.count("以后由我为您服务").await,
            0,
            "not by a mass message"
        );
        for line in ["在吗", "还有蓝色的吗"] {
            li.says(line).await;
            chen.phone.sees(line).await;
        }
        li.sees("以后由我为您服务").await;
        app.at_rest().await;
        assert_eq!(li.count("以后由我为您服务").await, 1, "{store:?}");
        for person in [&wang, &li, &zhao] {
            assert_eq!(person.count("离职").await + person.count("离开").await, 0);
            assert_eq!(app.guide_of(person).await, Some(GuideId(chen.id)));
        }
        // The code on her old poster leads to the colleague.
        let sun = app.person("孙小姐").await;
        sun.scans(&lin.scene).await;
        sun.sees("陈一鸣").await;

        shop.undoes(&page).await;
        shop.undoes(&page).await;
        shop.shows(&page, "已撤销，3 位会员回到林小满那里").await;
        app.at_rest().await;
        let mut now = shop.bindings().await;
        let hers = now.pop().expect("the new one's");
        assert_eq!(
            hers.guide_id,
            GuideId(chen.id),
            "{store:?}: she chose nobody else"
        );
        assert_eq!(now, before, "{store:?}: exactly what was");
        // Her phone's window had been used up.
        lin.phone.says("继续").await;
        app.at_rest().await;
        zhao.says("林小姐在吗").await;
        lin.phone.sees("林小姐在吗").await;
        assert_eq!(zhao.count("以后由我为您服务").await, 0, "{store:?}");
        li.says("还是你吗").await;
        lin.phone.sees("还是你吗").await;
        li.sees("我是杭州城北店的林小满，以后由我为您服务").await;
        let history = app.history_of(&wang).await;
        let reasons: Vec<_> = history.iter().map(|event| event.reason).collect();
        use daogou_schema::binding_event::Reason;
        assert_eq!(
            reasons,
            [Reason::Scan, Reason::HandedOver, Reason::HandedBack],
            "{store:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_dealt_in_turn_and_who_went_on_by_a_scan_stays_there() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let Shop {
            app, lin, chen, wu, ..
        } = &shop;
        let mut people = Vec::new();
        for name in ["甲", "乙", "丙", "丁", "戊"] {
            let person = app.person(name).await;
            person.scans(&lin.scene).await;
            person.sees("林小满").await;
            people.push(person);
        }
        app.alter("UPDATE account SET scan_rule = 'last_wins'")
            .await;
        app.at_rest().await;
        let page = shop.freezes(lin, "long-leave").await;
        shop.gives(&page, &[chen, wu]).await;
        shop.shows(&page, "5 位会员已移交给陈一鸣、吴桐").await;
        let of = async |guide: &Guide| {
            let all = shop.bindings().await;
            let hers = all.iter().filter(|row| row.guide_id == GuideId(guide.id));
            hers.count()
        };
        assert_eq!((of(chen).await, of(wu).await), (3, 2), "{store:?}");
        // The first one chooses the other colleague herself.
        people[0].scans(&wu.scene).await;
        people[0].sees("吴桐").await;
        app.at_rest().await;
        shop.undoes(&page).await;
        let page = shop.shows(&page, "已撤销，4 位会员回到林小满那里").await;
        assert!(page.contains("1 位会员在这期间换了导购"), "{page}");
        assert_eq!((of(lin).await, of(wu).await), (4, 1), "{store:?}");
        assert_eq!(app.guide_of(&people[0]).await, Some(GuideId(wu.id)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_who_moves_goes_on_there_and_the_customers_stay() {
    let shop = shop(Store::Sqlite).await.expect("a store");
    let Shop {
        app,
        desk,
        lin,
        chen,
        ..
    } = &shop;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    let move_to = async |store: &'static str| {
        let fields = [("guide", "1"), ("cause", "move"), ("store", store)];
        desk.sends(&at("/hand-overs"), &fields).await
    };
    for nowhere in ["", "1", "99"] {
        let refused = move_to(nowhere).await;
        assert_eq!(refused.status, 400, "{nowhere}");
        assert!(refused.text.contains("请选择另一家门店"));
    }
    app.add_store("杭州城西店");
    app.guide("林小满", "杭州城西店").await;
    assert!(move_to("2").await.text.contains("同名导购"));
    app.alter("UPDATE guide SET name = '林二' WHERE id = 4")
        .await;
    let page = move_to("2").await.to.expect("its page");
    // Until it is decided she goes on with her.
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    shop.gives(&page, &[chen]).await;
    shop.shows(&page, "1 位会员已移交给陈一鸣").await;
    wang.says("到了吗").await;
    chen.phone.sees("到了吗").await;
    let sun = app.person("孙小姐").await;
    sun.scans(&lin.scene).await;
    sun.sees("杭州城西店").await;
    // Two days later it stands.
    app.pass(TimeDelta::hours(49));
    let right = [("login", "he"), ("password", PASSWORD)];
    desk.posts("/console/sign-in", &right).await;
    shop.undoes(&page).await;
    shop.shows(&page, "撤销期限已过").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(chen.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn calling_it_off_leaves_the_guide_as_before() {
    let shop = shop(Store::Sqlite).await.expect("a store");
    let Shop { app, lin, .. } = &shop;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    let page = shop.freezes(lin, "departure").await;
    shop.undoes(&page).await;
    shop.shows(&page, "已取消，没有移交会员").await;
    wang.says("在吗").await;
    lin.phone.sees("在吗").await;
    let list = shop.desk.opens(&at("/hand-overs")).await.text;
    assert!(list.contains("已取消") && list.contains("离职"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hand_overs_of_one_guide_are_undone_from_the_last_one_back() {
    let shop = shop(Store::Sqlite).await.expect("a store");
    let Shop {
        app,
        lin,
        chen,
        wu,
        desk,
    } = &shop;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    let leave = shop.freezes(lin, "long-leave").await;
    shop.gives(&leave, &[chen]).await;
    shop.shows(&leave, "1 位会员已移交给陈一鸣").await;
    lin.phone.sees("1 位顾客已由同事接手").await;
    // She is back sooner, has a new customer, and then leaves for good.
    lin.phone.says("上班").await;
    lin.phone.sees("已上班").await;
    let sun = app.person("孙小姐").await;
    sun.scans(&lin.scene).await;
    sun.sees("林小满").await;
    let gone = shop.freezes(lin, "departure").await;
    shop.gives(&gone, &[wu]).await;
    shop.shows(&gone, "1 位会员已移交给吴桐").await;
    let refused = desk.sends(&format!("{leave}/undo"), &[]).await;
    assert_eq!(refused.status, 409, "it would bring back who has left");
    assert!(refused.text.contains("请先撤销那一次"));
    shop.undoes(&gone).await;
    shop.shows(&gone, "已撤销，1 位会员回到林小满那里").await;
    shop.undoes(&leave).await;
    shop.shows(&leave, "已撤销，1 位会员回到林小满那里").await;
    for person in [&wang, &sun] {
        assert_eq!(app.guide_of(person).await, Some(GuideId(lin.id)));
    }
    sun.says("在吗").await;
    lin.phone.sees("在吗").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_to_a_guide_on_leave_by_a_scan_since_then_stays() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let Shop { app, lin, chen, .. } = &shop;
        let wang = app.person("王女士").await;
        wang.scans(&lin.scene).await;
        wang.sees("林小满").await;
        app.alter("UPDATE account SET scan_rule = 'last_wins'")
            .await;
        app.at_rest().await;
        let page = shop.freezes(lin, "long-leave").await;
        shop.gives(&page, &[chen]).await;
        shop.shows(&page, "1 位会员已移交给陈一鸣").await;
        // She chooses the one on leave again; undoing leaves that alone.
        app.pass(TimeDelta::seconds(2));
        wang.scans(&lin.scene).await;
        app.at_rest().await;
        assert_eq!(
            app.guide_of(&wang).await,
            Some(GuideId(lin.id)),
            "{store:?}"
        );
        shop.undoes(&page).await;
        shop.shows(&page, "1 位会员在这期间换了导购").await;
        assert_eq!(
            app.guide_of(&wang).await,
            Some(GuideId(lin.id)),
            "{store:?}"
        );
    }
}
