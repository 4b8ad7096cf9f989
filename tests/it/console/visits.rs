//! Visits on a member's page, in what is told of her, and gone with her. Guides note them at the workbench; here they are
//! written into the store.

use daogou_schema::visit::{self, Concern};
use daogou_schema::{AccountId, GuideId, MemberId, StoreId, Timestamp};
use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait, Set};

use super::at;
use crate::kit::{Desk, TestApp, eventually};

async fn came(app: &TestApp, guide: i64, store: i64, products: &str, concern: Option<Concern>) {
    let row = visit::ActiveModel {
        account_id: Set(AccountId(1)),
        member_id: Set(MemberId(1)),
        guide_id: Set(GuideId(guide)),
        store_id: Set(StoreId(store)),
        products: Set(products.to_owned()),
        concern: Set(concern),
        reasons: Set("价格\n要商量".to_owned()),
        at: Set(Timestamp::from(app.clock.now())),
        ..Default::default()
    };
    row.insert(&app.database().await).await.expect("a visit");
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_stand_on_her_page_and_go_with_her() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    for store in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", store)]).await;
    }
    let lin = app.guide("林小满", "城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    let page = at("/members/1");
    assert!(!admin.opens(&page).await.text.contains("到店记录"));
    came(&app, lin.id, 1, "羽绒服\n<b>围巾</b>", Some(Concern::Fake)).await;
    // Whoever received her elsewhere has left long ago.
    came(&app, 99, 2, "", None).await;
    let shown = admin.opens(&page).await.text;
    assert!(shown.contains("到店记录") && shown.contains("到城北店，林小满接待"));
    assert!(
        shown.contains("看了：羽绒服、&lt;b&gt;围巾&lt;/b&gt;；顾虑：假货；没买：价格、要商量")
    );
    assert!(shown.contains("到城西店，已离开的导购接待"));
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    let hers = manager.opens(&page).await.text;
    assert!(hers.contains("到城北店") && !hers.contains("城西店"));
    let other = admin.invites(&app, "zhou", "store_manager", "2").await;
    assert_eq!(other.opens(&page).await.status, 404);
    let file = admin.fetches(&at("/members/1/privacy/export")).await;
    assert!(file.starts_with(b"PK"));
    let erased = admin
        .sends(&at("/members/1/privacy/erase"), &[("number", "1")])
        .await;
    assert_eq!(erased.status, 303, "{}", erased.text);
    let db = app.database().await;
    eventually("her visits going", async || {
        let left = visit::Entity::find().count(&db).await.expect("a count");
        (left == 0).then_some(())
    })
    .await;
}
