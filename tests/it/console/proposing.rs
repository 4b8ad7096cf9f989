//! A manager proposes who of her store takes over a guide's customers, and headquarters decides.

use daogou_schema::{GuideId, binding};
use sea_orm::EntityTrait;

use super::at;
use crate::kit::{Desk, TestApp, eventually};

struct Shop {
    app: TestApp,
    admin: Desk,
    manager: Desk,
}

const PROPOSAL: &str = "/guides/1/proposal";

/// Two guides in the manager's store, the first with a customer, and one elsewhere.
async fn shop() -> Shop {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    for name in ["城北店", "城西店"] {
        app.add_store(name);
    }
    let lin = app.guide("林小满", "城北店").await;
    app.guide("陈一鸣", "城北店").await;
    app.guide("吴桐", "城西店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    app.at_rest().await;
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    Shop {
        app,
        admin,
        manager,
    }
}

impl Shop {
    async fn proposes(&self, fields: &[(&str, &str)]) -> (u16, String) {
        let sent = self.manager.sends(&at(PROPOSAL), fields).await;
        (sent.status.as_u16(), sent.text)
    }

    async fn whose(&self) -> Vec<GuideId> {
        let db = self.app.database().await;
        let all = binding::Entity::find().all(&db);
        let all = all.await.expect("the bindings");
        all.into_iter().map(|row| row.guide_id).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_manager_proposes_happens_when_headquarters_says_yes() {
    let shop = shop().await;
    let page = shop.manager.opens(&at(PROPOSAL)).await.text;
    assert!(page.contains("陈一鸣") && !page.contains("吴桐"));
    let wish = [("cause", "departure"), ("to-2", "1")];
    assert_eq!(shop.proposes(&wish).await.0, 303);
    let page = shop.manager.opens(&at(PROPOSAL)).await.text;
    assert!(page.contains("等总部确认"));
    // Nothing has changed, and it is wished once.
    let (status, text) = shop.proposes(&wish).await;
    assert!(status == 400 && text.contains("已经提议过"), "{text}");
    assert_eq!(shop.whose().await, [GuideId(1)]);
    assert!(
        shop.manager
            .opens(&at("/guides"))
            .await
            .text
            .contains("林小满")
    );
    // She cannot say yes herself.
    for word in ["accept", "decline"] {
        let path = at(&format!("/hand-overs/1/{word}"));
        assert_eq!(shop.manager.sends(&path, &[]).await.status, 403, "{word}");
    }
    let first = shop.admin.opens(&at("")).await.text;
    assert!(first.contains("店里提议移交 林小满 的顾客"));
    let said = shop.admin.opens(&at("/hand-overs/1")).await.text;
    assert!(said.contains("同意并移交") && said.contains("陈一鸣"));
    let yes = at("/hand-overs/1/accept");
    let sent = shop.admin.sends(&yes, &[]).await;
    assert_eq!(sent.to, Some(at("/hand-overs/2")), "{}", sent.text);
    eventually("the customers at the colleague", async || {
        (shop.whose().await == [GuideId(2)]).then_some(())
    })
    .await;
    // Pressed twice it happens once.
    let again = shop.admin.sends(&yes, &[]).await;
    assert_eq!(again.to, Some(at("/hand-overs/1")));
    eventually("its end", async || {
        let text = shop.admin.opens(&at("/hand-overs/2")).await.text;
        text.contains("已完成").then_some(())
    })
    .await;
    shop.admin.sends(&at("/hand-overs/2/undo"), &[]).await;
    eventually("the customers back", async || {
        (shop.whose().await == [GuideId(1)]).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_or_is_not_the_stores_to_say_changes_nothing() {
    let shop = shop().await;
    for (fields, why) in [
        (&[("cause", "departure")][..], "请选择同一门店"),
        (&[("cause", "departure"), ("to-1", "1")], "请选择同一门店"),
        (&[("cause", "departure"), ("to-3", "1")], "请选择同一门店"),
        (&[("cause", "departure"), ("to-99", "1")], "请选择同一门店"),
        (&[("cause", "move"), ("to-2", "1")], "请选择原因"),
        (&[("cause", "closing"), ("to-2", "1")], "请选择原因"),
    ] {
        let (status, text) = shop.proposes(fields).await;
        assert!(status == 400 && text.contains(why), "{fields:?}: {text}");
    }
    let elsewhere = at("/guides/3/proposal");
    assert_eq!(shop.manager.sends(&elsewhere, &[]).await.status, 404);
    let wish = [("cause", "long-leave"), ("to-2", "1")];
    assert_eq!(shop.proposes(&wish).await.0, 303);
    for _twice in 0..2 {
        let sent = shop.admin.sends(&at("/hand-overs/1/decline"), &[]).await;
        assert_eq!(sent.status, 303);
    }
    assert!(
        shop.manager
            .opens(&at(PROPOSAL))
            .await
            .text
            .contains("提交给总部确认")
    );
    // Too late for a yes.
    shop.admin.sends(&at("/hand-overs/1/accept"), &[]).await;
    assert_eq!(shop.whose().await, [GuideId(1)]);
    // Who was to take over has gone meanwhile.
    assert_eq!(shop.proposes(&wish).await.0, 303);
    let leaves = [("guide", "2"), ("cause", "departure")];
    assert_eq!(
        shop.admin.sends(&at("/hand-overs"), &leaves).await.status,
        303
    );
    let sent = shop.admin.sends(&at("/hand-overs/2/accept"), &[]).await;
    assert!(
        sent.status == 409 && sent.text.contains("已经不在店里"),
        "{}",
        sent.text
    );
    assert_eq!(shop.whose().await, [GuideId(1)]);
}
