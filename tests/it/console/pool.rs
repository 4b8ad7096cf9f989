//! The member pool in headquarters' hands: tags, members without a guide, and the same done to many.

mod many;
mod unbound;

use daogou_schema::{GuideId, MemberId, binding, member_tag};
use sea_orm::{EntityTrait, QueryOrder};

use super::at;
use crate::kit::{Desk, Guide, Phone, Session, Store, TestApp, eventually};

const STORES: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::MariaDb];

struct Shop {
    app: TestApp,
    desk: Desk,
    lin: Guide,
    chen: Guide,
}

async fn shop(store: Store) -> Option<Shop> {
    let app = TestApp::on(store, Session::Embedded).await?;
    let desk = Desk::admin(&app, "he").await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let chen = app.guide("陈一鸣", "杭州城北店").await;
    Some(Shop {
        app,
        desk,
        lin,
        chen,
    })
}

impl Shop {
    async fn restarts(&mut self) {
        self.app.restart().await;
        self.desk.follows(&self.app);
    }

    /// Orders bulk work and says where its page is.
    async fn orders(&self, fields: &[(&str, &str)]) -> String {
        let asked = self.desk.sends(&at("/bulks/new"), fields).await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        let sent = self.desk.sends(&at("/bulks"), fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        sent.to.expect("its page")
    }

    async fn shows(&self, page: &str, text: &str) -> String {
        eventually(&format!("{page} showing {text}"), async || {
            let shown = self.desk.opens(page).await.text;
            shown.contains(text).then_some(shown)
        })
        .await
    }

    async fn undoes(&self, page: &str) {
        let sent = self.desk.sends(&format!("{page}/undo"), &[]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }

    /// Who of the members in a list are on its first page.
    async fn listed(&self, query: &str) -> Vec<i64> {
        let page = self.desk.opens(&at(&format!("/members{query}"))).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let mut ids: Vec<i64> = page
            .text
            .split("name=\"m-")
            .skip(1)
            .filter_map(|part| part.split_once('"')?.0.parse().ok())
            .collect();
        ids.sort_unstable();
        ids
    }

    async fn bindings(&self) -> Vec<binding::Model> {
        let all = binding::Entity::find().order_by_asc(binding::Column::MemberId);
        let all = all.all(&self.app.database().await).await;
        all.expect("the bindings")
    }

    async fn comes_to(&self, guide: &Guide, name: &str) -> Phone {
        let person = self.app.person(name).await;
        person.scans(&guide.scene).await;
        person.sees("您的专属").await;
        person
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_added_put_on_members_found_again_and_removed() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let desk = &shop.desk;
        for name in ["王女士", "李先生", "赵阿姨"] {
            shop.comes_to(&shop.lin, name).await;
        }
        shop.app.at_rest().await;
        assert!(desk.opens(&at("/tags")).await.text.contains("还没有标签"));
        let added = desk.sends(&at("/tags"), &[("name", " 敏感肌 ")]).await;
        assert_eq!(added.to, Some(at("/tags")), "{}", added.text);
        for (wrong, why) in [
            ("", "请填写标签名"),
            ("敏感肌", "已有同名标签"),
            ("一二三四五六七八九十一二三四五六七八九十一", "最多 20 个字"),
            ("a\u{7}b", "不能显示的字符"),
        ] {
            let sent = desk.sends(&at("/tags"), &[("name", wrong)]).await;
            assert_eq!(sent.status, 400, "{wrong}");
            assert!(sent.text.contains(why), "{wrong}: {}", sent.text);
        }
        // On one member by her page, on the others in bulk; who has it already is not counted.
        let set = desk
            .sends(&at("/members/1/tags"), &[("tag-1", "1"), ("tag-99", "1")])
            .await;
        assert_eq!(set.status, 303);
        assert_eq!(shop.listed("?tag=1").await, [1]);
        let all = [
            ("work", "tag"),
            ("tag", "1"),
            ("all", "1"),
            ("filter", "guide=1"),
        ];
        let page = shop.orders(&all).await;
        let shown = shop.shows(&page, "2 位会员已打上标签").await;
        assert!(shown.contains("另外 1 位原来就有这个标签"), "{shown}");
        assert_eq!(shop.listed("?tag=1").await, [1, 2, 3]);
        assert_eq!(shop.listed("?tag=1&guide=2").await, [0; 0]);
        assert_eq!(shop.listed("?tag=1&guide=1&following=yes").await, [1, 2, 3]);

        // She loses it again before it is undone: it is not put on anew, and the others lose it.
        desk.sends(&at("/members/3/tags"), &[]).await;
        shop.undoes(&page).await;
        let shown = shop.shows(&page, "已撤销，1 位会员").await;
        assert!(shown.contains("1 位会员这期间又有变化"), "{shown}");
        assert_eq!(shop.listed("?tag=1").await, [1]);
        shop.undoes(&page).await;
        assert_eq!(shop.listed("?tag=1").await, [1], "twice");
        // What is put on anew after it was taken off is not the first work's any more.
        let two = [("work", "tag"), ("tag", "1"), ("m-2", "1")];
        let first = shop.orders(&two).await;
        shop.shows(&first, "1 位会员已打上标签").await;
        desk.sends(&at("/members/2/tags"), &[]).await;
        shop.app.pass(chrono::TimeDelta::minutes(1));
        desk.sends(&at("/members/2/tags"), &[("tag-1", "1")]).await;
        shop.undoes(&first).await;
        shop.shows(&first, "已撤销，0 位会员").await;
        assert_eq!(shop.listed("?tag=1").await, [1, 2]);
        desk.sends(&at("/members/2/tags"), &[]).await;

        let again = [("work", "tag"), ("tag", "1"), ("m-2", "1"), ("m-3", "1")];
        let again = shop.orders(&again).await;
        shop.shows(&again, "2 位会员已打上标签").await;
        let off = [("work", "untag"), ("tag", "1"), ("m-1", "1"), ("m-2", "1")];
        let off = shop.orders(&off).await;
        shop.shows(&off, "2 位会员已去掉标签").await;
        assert_eq!(shop.listed("?tag=1").await, [3]);
        shop.undoes(&off).await;
        shop.shows(&off, "已撤销，2 位会员").await;
        assert_eq!(shop.listed("?tag=1").await, [1, 2, 3]);

        let renamed = desk.sends(&at("/tags/1/name"), &[("name", "易敏")]).await;
        assert_eq!(renamed.status, 303, "{}", renamed.text);
        assert!(desk.opens(&at("/members/1")).await.text.contains("易敏"));
        desk.sends(&at("/tags/1/remove"), &[]).await;
        assert!(!desk.opens(&at("/members")).await.text.contains("易敏"));
        // The name is free again, and nobody has the new tag.
        desk.sends(&at("/tags"), &[("name", "易敏")]).await;
        assert_eq!(shop.listed("?tag=2").await, [0; 0]);
        let gone = [("work", "tag"), ("tag", "1"), ("m-1", "1")];
        assert_eq!(desk.sends(&at("/bulks"), &gone).await.status, 400);
        // A filter that is gone is not everybody.
        for filter in ["tag=1", "guide=99", "store=99", "guide=1&tag=1"] {
            let all = [
                ("work", "assign"),
                ("to-2", "1"),
                ("all", "1"),
                ("filter", filter),
            ];
            let sent = desk.sends(&at("/bulks"), &all).await;
            assert_eq!(sent.status, 400, "{filter}");
            assert!(sent.text.contains("已经不在了"), "{}", sent.text);
        }
        shop.app.later(chrono::TimeDelta::minutes(2)).await;
        let db = shop.app.database().await;
        eventually("nobody with a removed tag", async || {
            let rows = member_tag::Entity::find().all(&db).await.expect("the rows");
            rows.is_empty().then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_dealt_to_others_and_who_went_on_by_a_scan_stays() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let wu = shop.app.guide("吴桐", "杭州城北店").await;
        shop.app
            .alter("UPDATE account SET scan_rule = 'last_wins'")
            .await;
        let mut people = Vec::new();
        for name in ["王女士", "李先生", "赵阿姨", "孙小姐"] {
            people.push(shop.comes_to(&shop.lin, name).await);
        }
        shop.app.at_rest().await;
        let before = shop.bindings().await;
        let all = [
            ("work", "assign"),
            ("all", "1"),
            ("filter", "guide=1"),
            ("to-2", "1"),
            ("to-3", "1"),
        ];
        let page = shop.orders(&all).await;
        shop.shows(&page, "4 位会员已分配").await;
        let with = |rows: &[binding::Model], guide: i64| {
            let own = rows.iter().filter(|row| row.guide_id == GuideId(guide));
            own.count()
        };
        let now = shop.bindings().await;
        assert_eq!((with(&now, 2), with(&now, 3)), (2, 2), "{store:?}");
        // Who scans meanwhile stays: another guide's code, or that of the very guide who got her.
        let has = |member: i64| {
            let own = now.iter().find(|row| row.member_id == MemberId(member));
            own.expect("hers").guide_id
        };
        let code = |guide| match guide {
            GuideId(2) => &shop.chen.scene,
            _ => &wu.scene,
        };
        let other = |guide| match guide {
            GuideId(2) => GuideId(3),
            _ => GuideId(2),
        };
        people[0].scans(code(other(has(1)))).await;
        people[1].scans(code(has(2))).await;
        shop.app.at_rest().await;
        shop.undoes(&page).await;
        let shown = shop.shows(&page, "已撤销，2 位会员").await;
        assert!(shown.contains("2 位会员这期间又有变化"), "{shown}");
        let after = shop.bindings().await;
        assert_eq!(after.get(2..), before.get(2..), "{store:?}");
        assert_eq!(after[1].guide_id, has(2));
        let log = shop.desk.opens("/console/audit").await.text;
        for act in ["开始批量操作", "撤销批量操作"] {
            assert!(log.contains(act), "{act}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_reaches_her_own_stores_members_only() {
    let Some(shop) = shop(Store::Sqlite).await else {
        return;
    };
    shop.app.add_store("杭州城西店");
    let west = shop.app.guide("周舟", "杭州城西店").await;
    shop.comes_to(&shop.lin, "王女士").await;
    shop.comes_to(&west, "李先生").await;
    shop.app.at_rest().await;
    shop.desk.sends(&at("/tags"), &[("name", "敏感肌")]).await;
    let manager = shop
        .desk
        .invites(&shop.app, "zhang", "store_manager", "1")
        .await;
    // Everybody, as the form says; but not beyond her store, whatever filter she names.
    for filter in ["", "store=1", "store=2", "guide=3", "guide=nobody"] {
        let all = [
            ("work", "tag"),
            ("tag", "1"),
            ("all", "1"),
            ("filter", filter),
        ];
        let sent = manager.sends(&at("/bulks"), &all).await;
        if let Some(page) = sent.to.filter(|_| sent.status == 303) {
            eventually("the end", async || {
                let shown = manager.opens(&page).await.text;
                (!shown.contains("进行中")).then_some(())
            })
            .await;
        }
    }
    let both = [("work", "tag"), ("tag", "1"), ("m-1", "1"), ("m-2", "1")];
    let sent = manager.sends(&at("/bulks"), &both).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    shop.app.at_rest().await;
    assert_eq!(shop.listed("?tag=1").await, [1]);
    // What headquarters does is not hers to see or stop.
    let theirs = [("work", "untag"), ("tag", "1"), ("m-1", "1")];
    let page = shop.orders(&theirs).await;
    assert_eq!(manager.opens(&page).await.status, 404);
    let undo = manager.sends(&format!("{page}/undo"), &[]).await;
    assert_eq!(undo.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_name_is_noted_by_headquarters() {
    let Some(shop) = shop(Store::Sqlite).await else {
        return;
    };
    let wang = shop.comes_to(&shop.lin, "王女士").await;
    shop.app.at_rest().await;
    for wrong in [
        "",
        "一二三四五六七八九十一二三四五六七八九十一",
        "a\u{202e}\u{0}b",
    ] {
        let sent = shop
            .desk
            .sends(&at("/members/1/name"), &[("name", wrong)])
            .await;
        assert_eq!(sent.status, 400, "{wrong:?}");
        assert!(sent.text.contains("备注名请写"), "{}", sent.text);
    }
    let named = shop
        .desk
        .sends(&at("/members/1/name"), &[("name", "王姐")])
        .await;
    assert_eq!(named.status, 303, "{}", named.text);
    wang.says("在吗").await;
    shop.lin.phone.sees("【王姐 #1】在吗").await;
    let log = shop.desk.opens("/console/audit").await.text;
    assert!(
        log.contains("修改会员备注名") && !log.contains("王姐"),
        "{log}"
    );
}
