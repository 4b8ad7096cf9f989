//! Two profiles that are one person: found, compared, merged, and two again; and whoever was brought in from a file and comes.

use chrono::TimeDelta;
use daogou_schema::{
    binding, identity, member, member_card, member_choice, member_field, member_phone, message,
    sensitive_hit, visit,
};
use sea_orm::EntityTrait;

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
    app.add_store("城北店");
    let lin = app.guide("林小满", "城北店").await;
    let chen = app.guide("陈一鸣", "城北店").await;
    Some(Shop {
        app,
        desk,
        lin,
        chen,
    })
}

/// Everything that a merge may change, as it stands.
#[derive(Debug, PartialEq)]
struct Picture {
    members: Vec<member::Model>,
    identities: Vec<identity::Model>,
    lines: Vec<message::Model>,
    cards: Vec<member_card::Model>,
    phones: Vec<member_phone::Model>,
    fields: Vec<member_field::Model>,
    choices: Vec<member_choice::Model>,
    guides: Vec<(i64, i64)>,
    /// Lines in which sensitive words were found, and whose they are.
    found: Vec<(i64, i64)>,
    /// Visits, and whose they are.
    visits: Vec<(i64, i64)>,
}

impl Shop {
    async fn customer(&self, guide: &Guide, name: &str, says: &str) -> Phone {
        let phone = self.app.person(name).await;
        phone.scans(&guide.scene).await;
        phone.says(says).await;
        guide.phone.sees(says).await;
        guide.phone.says("好的").await;
        phone.sees("好的").await;
        phone
    }

    async fn member(&self, phone: &Phone) -> i64 {
        self.app
            .identity_of(phone)
            .await
            .expect("a member")
            .member_id
            .0
    }

    async fn picture(&self) -> Picture {
        let db = self.app.database().await;
        let mut picture = Picture {
            members: member::Entity::find().all(&db).await.expect("members"),
            identities: identity::Entity::find().all(&db).await.expect("identities"),
            lines: message::Entity::find().all(&db).await.expect("lines"),
            cards: member_card::Entity::find().all(&db).await.expect("cards"),
            phones: member_phone::Entity::find().all(&db).await.expect("phones"),
            fields: member_field::Entity::find().all(&db).await.expect("fields"),
            choices: member_choice::Entity::find()
                .all(&db)
                .await
                .expect("choices"),
            guides: binding::Entity::find()
                .all(&db)
                .await
                .expect("bindings")
                .iter()
                .map(|row| (row.member_id.0, row.guide_id.0))
                .collect(),
            found: sensitive_hit::Entity::find()
                .all(&db)
                .await
                .expect("findings")
                .iter()
                .map(|row| (row.id.0, row.member_id.0))
                .collect(),
            visits: visit::Entity::find()
                .all(&db)
                .await
                .expect("visits")
                .iter()
                .map(|row| (row.id.0, row.member_id.0))
                .collect(),
        };
        picture.members.sort_by_key(|row| row.id);
        picture.identities.sort_by_key(|row| row.openid.clone());
        picture.lines.sort_by_key(|row| row.id);
        picture.cards.sort_by_key(|row| row.member_id);
        picture.fields.sort_by_key(|row| row.member_id);
        picture.choices.sort_by_key(|row| row.member_id);
        picture.phones.sort_by_key(|row| row.member_id);
        picture.guides.sort_unstable();
        picture.found.sort_unstable();
        picture
    }

    async fn brings(&self, text: &str) {
        let fields = [("kind", "members")];
        let sent = self
            .desk
            .uploads(&at("/imports"), &fields, "a.csv", text.as_bytes())
            .await;
        let page = sent.to.expect(&sent.text);
        self.desk.sends(&format!("{page}/start"), &[]).await;
        eventually("the file being taken", async || {
            let shown = self.desk.opens(&page).await.text;
            shown.contains("已完成").then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_profiles_become_one_and_are_two_again_exactly_as_they_were() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        there_and_back(&shop).await;
    }
}

/// What the brand knows of both, in fields of its own.
async fn fill_in(shop: &Shop, kept: i64, gone: i64) {
    for fields in [
        &[
            ("name", "肤质"),
            ("kind", "choice"),
            ("choices", "干性\n油性"),
        ][..],
        &[("name", "鞋码"), ("kind", "number")],
    ] {
        shop.desk.sends(&at("/fields"), fields).await;
    }
    for (member, fields) in [
        (kept, &[("field-2", "38")][..]),
        (gone, &[("field-1", "干性"), ("field-2", "40")]),
    ] {
        let form = at(&format!("/members/{member}/fields"));
        assert_eq!(shop.desk.sends(&form, fields).await.status, 303);
    }
}

async fn there_and_back(shop: &Shop) {
    let wang = shop.customer(&shop.lin, "王女士", "防水吗").await;
    let wang_too = shop.customer(&shop.chen, "王女士的小号", "有货吗").await;
    let (kept, gone) = (shop.member(&wang).await, shop.member(&wang_too).await);
    let hers = at(&format!("/members/{kept}"));
    shop.desk.sends(&at("/tags"), &[("name", "老客")]).await;
    shop.desk
        .sends(&at(&format!("/members/{gone}/tags")), &[("tag-1", "1")])
        .await;
    shop.desk
        .sends(&at(&format!("/members/{gone}/name")), &[("name", "王女士")])
        .await;
    fill_in(shop, kept, gone).await;
    let phone = at(&format!("/members/{gone}/privacy/phone"));
    shop.desk.sends(&phone, &[("phone", "13911110001")]).await;
    let with = gone.to_string();
    // In the middle of a talk it waits.
    let fields = [("with", with.as_str()), ("guide", with.as_str())];
    let refused = shop.desk.sends(&format!("{hers}/merge"), &fields).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("正在和导购沟通"), "{}", refused.text);
    shop.app.later(TimeDelta::hours(2)).await;
    shop.app.at_rest().await;
    let found = shop
        .desk
        .opens(&format!("{hers}/merge?q=13911110001"))
        .await
        .text;
    assert!(found.contains(&format!("merge?with={gone}")), "{found}");
    let compared = shop
        .desk
        .opens(&format!("{hers}/merge?with={gone}"))
        .await
        .text;
    assert!(
        compared.contains("陈一鸣") && compared.contains("139****0001"),
        "{compared}"
    );
    let found = format!(
        "INSERT INTO sensitive_hit (account_id, member_id, author, content, words, at) \
         VALUES (1, {gone}, 'member', '返现吗', '返现', 1)"
    );
    shop.app.alter(&found).await;
    let came = format!(
        "INSERT INTO visit (account_id, member_id, guide_id, store_id, products, concern, reasons, at) \
         VALUES (1, {gone}, 1, 1, '羽绒服', 'fake', '价格', 1)"
    );
    shop.app.alter(&came).await;
    let before = shop.picture().await;
    let merged = shop.desk.sends(&format!("{hers}/merge"), &fields).await;
    assert_eq!(
        (merged.status.as_u16(), merged.to.as_deref()),
        (303, Some(hers.as_str())),
        "{}",
        merged.text
    );
    // An erasure of her must find it.
    assert_eq!(shop.picture().await.found, [(1, kept)]);
    assert_eq!(shop.picture().await.visits, [(1, kept)]);
    let page = shop.desk.opens(&hers).await.text;
    for told in [
        "有货吗",
        "防水吗",
        "老客",
        "陈一鸣",
        "139****0001",
        "<dd>干性",
        "<dd>38",
        "合并了会员",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(
        shop.desk
            .opens(&at(&format!("/members/{gone}")))
            .await
            .status,
        404
    );
    let pool = shop.desk.opens(&at("/members")).await.text;
    assert_eq!(
        pool.matches(&format!("/members/{kept}\"")).count(),
        1,
        "she is listed once"
    );
    let undone = shop.desk.sends(&at("/merges/1/undo"), &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.text);
    let mut after = shop.picture().await;
    // A number that is given back is encrypted as it was.
    assert_eq!(after.phones.len(), before.phones.len());
    after.phones.clone_from(&before.phones);
    assert_eq!(after, before);
    let twice = shop.desk.sends(&at("/merges/1/undo"), &[]).await;
    assert_eq!(twice.status, 409);
    let log = shop.desk.opens("/console/audit").await.text;
    assert!(log.contains("合并会员") && log.contains("撤销合并会员"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_gone_on_stays_one_and_her_messages_reach_the_guide_who_stays() {
    let shop = shop(Store::Sqlite).await.expect("SQLite");
    let wang = shop.customer(&shop.lin, "王女士", "防水吗").await;
    let wang_too = shop.customer(&shop.chen, "王女士的小号", "有货吗").await;
    let (kept, gone) = (shop.member(&wang).await, shop.member(&wang_too).await);
    shop.app.later(TimeDelta::hours(2)).await;
    shop.app.at_rest().await;
    let merge = at(&format!("/members/{kept}/merge"));
    for (with, status) in [(kept, 409), (99, 404)] {
        let with = with.to_string();
        let sent = shop.desk.sends(&merge, &[("with", &with)]).await;
        assert_eq!(sent.status, status, "{with}");
    }
    let with = gone.to_string();
    shop.desk.sends(&merge, &[("with", &with)]).await;
    wang_too.says("还在吗").await;
    shop.lin.phone.sees("还在吗").await;
    shop.app.at_rest().await;
    let late = shop.desk.sends(&at("/merges/1/undo"), &[]).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("不能自动撤销"), "{}", late.text);
    shop.app.pass(TimeDelta::hours(49));
    assert_eq!(shop.member(&wang_too).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_brought_in_from_a_file_is_joined_when_she_gives_her_number() {
    let shop = shop(Store::Sqlite).await.expect("SQLite");
    shop.desk.sends(&at("/tags"), &[("name", "老客")]).await;
    shop.brings("手机号,会员卡号,姓名,导购,标签\n13911110001,V1,王女士,陈一鸣,老客\n")
        .await;
    let stray = shop.app.person("王女士").await;
    stray.does(serde_json::json!({ "act": "follow" })).await;
    shop.app.at_rest().await;
    let member = shop.member(&stray).await;
    let phone = at(&format!("/members/{member}/privacy/phone"));
    shop.desk.sends(&phone, &[("phone", "139 1111 0001")]).await;
    let page = shop
        .desk
        .opens(&at(&format!("/members/{member}")))
        .await
        .text;
    for told in ["王女士", "陈一鸣", "老客", "按手机号认出", "已关注"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let pool = shop.desk.opens(&at("/members?q=13911110001")).await.text;
    assert!(!pool.contains("还没关注"), "{pool}");
    // The file once more: she is known.
    shop.brings("手机号,会员卡号\n13911110001,V1\n").await;
    stray.says("我来了").await;
    shop.chen.phone.sees("我来了").await;
    let db = shop.app.database().await;
    assert_eq!(
        member::Entity::find()
            .all(&db)
            .await
            .expect("members")
            .len(),
        2
    );
}
