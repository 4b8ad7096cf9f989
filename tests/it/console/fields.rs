//! The brand's own fields: wanted, filled in, found by, brought in and taken out.

use super::at;
use crate::kit::{Desk, Session, Store, TestApp, eventually};

const STORES: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::MariaDb];

/// Skin by choice, size by number, birthday by date, and a note that is masked.
async fn wanted(app: &TestApp) -> Desk {
    let desk = Desk::admin(app, "he").await;
    app.add_store("城北店");
    let lin = app.guide("林小满", "城北店").await;
    for name in ["王女士", "李先生"] {
        let phone = app.person(name).await;
        phone.scans(&lin.scene).await;
        phone.sees("林小满").await;
    }
    for fields in [
        &[
            ("name", "肤质"),
            ("kind", "choice"),
            ("choices", "干性\n\n 油性 \n"),
        ][..],
        &[("name", "鞋码"), ("kind", "number")],
        &[("name", "纪念日"), ("kind", "date")],
        &[("name", "过敏史"), ("kind", "text"), ("masked", "1")],
    ] {
        let sent = desk.sends(&at("/fields"), fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    desk
}

async fn knows(desk: &Desk, member: u32, fields: &[(&str, &str)]) {
    let form = at(&format!("/members/{member}/fields"));
    let sent = desk.sends(&form, fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
}

async fn page(desk: &Desk, path: &str) -> String {
    let page = desk.opens(&at(path)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.text
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_filled_in_by_kind_and_members_are_found_by_a_choice() {
    for store in STORES {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = wanted(&app).await;
        let manager = desk.invites(&app, "zhang", "store_manager", "1").await;
        knows(
            &manager,
            1,
            &[
                ("field-1", "干性"),
                ("field-2", " 038.50 "),
                ("field-3", "2026-5-2"),
                ("field-4", "花生<b>"),
                ("field-99", "没有这个字段"),
                ("field-x", "也没有"),
            ],
        )
        .await;
        let hers = page(&desk, "/members/1").await;
        for said in [
            "<dd>干性",
            "<dd>38.5",
            "<dd>2026-05-02",
            "<dd>花生&lt;b&gt;",
        ] {
            assert!(hers.contains(said), "{store:?} {said}: {hers}");
        }
        // One wrong word and nothing is taken; each is told beside its field.
        let wrong = [
            ("field-1", "中性"),
            ("field-2", "大"),
            ("field-3", "2026-02-30"),
            ("field-4", "a\u{7}"),
        ];
        let sent = desk.sends(&at("/members/1/fields"), &wrong).await;
        assert_eq!(sent.status, 400);
        for told in [
            "“肤质”不是可选的值",
            "“鞋码”要写数字",
            "“纪念日”要写日期",
            "“过敏史”里有换行或不能显示",
            "href=\"#f-field-2\"",
        ] {
            assert!(sent.text.contains(told), "{told}: {}", sent.text);
        }
        assert!(page(&desk, "/members/1").await.contains("<dd>38.5"));
        let found = page(&desk, "/members?choice=1").await;
        assert!(found.contains("/members/1\"") && !found.contains("/members/2\""));
        assert!(
            !page(&desk, "/members?choice=2")
                .await
                .contains("/members/1\"")
        );
        assert!(
            page(&manager, "/members?choice=1&guide=1")
                .await
                .contains("/members/1\"")
        );
        // What cannot be chosen any more stays where it is, until something else is chosen.
        let fewer = [
            ("name", "皮肤"),
            ("kind", "text"),
            ("choices", "油性\n中性"),
        ];
        assert_eq!(desk.sends(&at("/fields/1"), &fewer).await.status, 303);
        knows(&desk, 1, &[("field-1", "干性"), ("field-2", "39")]).await;
        assert!(page(&desk, "/members/1").await.contains("<dd>干性"));
        knows(&desk, 1, &[("field-1", "中性"), ("field-2", "")]).await;
        let hers = page(&desk, "/members/1").await;
        assert!(
            hers.contains("<dd>中性") && !hers.contains("<dd>39"),
            "{hers}"
        );
        assert!(
            page(&desk, "/members?choice=3")
                .await
                .contains("/members/1\"")
        );
        desk.sends(&at("/fields/1/archive"), &[]).await;
        assert!(!page(&desk, "/members/1").await.contains("中性"));
        desk.sends(&at("/fields/1/restore"), &[]).await;
        assert!(page(&desk, "/members/1").await.contains("<dd>中性"));
        let log = desk.opens("/console/audit").await.text;
        assert!(log.contains("修改会员字段") && log.contains("修改会员资料"));
        assert!(!log.contains("花生"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_needs_a_name_of_its_own_and_choices_and_there_are_thirty() {
    let app = TestApp::start().await;
    let desk = wanted(&app).await;
    let (long, many) = ("长".repeat(21), ["x"; 2].join("\n"));
    for (fields, told) in [
        (&[("name", ""), ("kind", "text")][..], "名称请写"),
        (&[("name", &*long), ("kind", "text")], "名称请写"),
        (&[("name", "a\u{7}"), ("kind", "text")], "名称请写"),
        (&[("name", "肤质"), ("kind", "text")], "已有同名字段"),
        (&[("name", "发质"), ("kind", "choice")], "1 到 50 个选项"),
        (
            &[("name", "发质"), ("kind", "choice"), ("choices", &*long)],
            "1 到 50 个选项",
        ),
        (
            &[("name", "发质"), ("kind", "choice"), ("choices", &*many)],
            "有两个选项一样",
        ),
        (&[("name", "发质"), ("kind", "json")], "请选择能填什么"),
    ] {
        let sent = desk.sends(&at("/fields"), fields).await;
        assert_eq!(sent.status, 400, "{told}");
        assert!(sent.text.contains(told), "{told}: {}", sent.text);
    }
    // The order.
    desk.sends(&at("/fields/2/up"), &[]).await;
    let list = page(&desk, "/fields").await;
    assert!(list.find("<td>鞋码") < list.find("<td>肤质"), "{list}");
    assert_eq!(desk.sends(&at("/fields/2/up"), &[]).await.status, 303);
    assert_eq!(desk.sends(&at("/fields/2/down"), &[]).await.status, 404);
    for n in 4..30 {
        let name = format!("字段{n}");
        let sent = desk
            .sends(&at("/fields"), &[("name", &*name), ("kind", "text")])
            .await;
        assert_eq!(sent.status, 303, "{n}");
    }
    let more = [("name", "多了"), ("kind", "text")];
    let sent = desk.sends(&at("/fields"), &more).await;
    assert_eq!(sent.status, 400);
    assert!(sent.text.contains("最多用 30 个字段"), "{}", sent.text);
    desk.sends(&at("/fields/9/archive"), &[]).await;
    assert_eq!(desk.sends(&at("/fields"), &more).await.status, 303);
    assert_eq!(desk.sends(&at("/fields/9/restore"), &[]).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_brings_them_and_a_list_takes_them_out_masked_where_it_must_be() {
    for store in STORES {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = wanted(&app).await;
        let template = desk.saves(&at("/imports/template-members.csv")).await;
        let template = String::from_utf8(template).expect("UTF-8");
        assert!(
            template.contains("标签,肤质,鞋码,纪念日,过敏史"),
            "{template}"
        );
        let brings = async |text: &str| {
            let kind = [("kind", "members")];
            let sent = desk
                .uploads(&at("/imports"), &kind, "a.csv", text.as_bytes())
                .await;
            let page = sent.to.expect(&sent.text);
            let looked = desk.opens(&page).await.text;
            desk.sends(&format!("{page}/start"), &[]).await;
            eventually("the file being taken", async || {
                let shown = desk.opens(&page).await.text;
                shown.contains("已完成").then_some(())
            })
            .await;
            looked
        };
        let looked = brings(
            "手机号,肤质,鞋码,过敏史\n13911110001,干性,38,花生\n13911110002,中性,大,\n13911110001,油性,,牛奶\n",
        )
        .await;
        for told in ["“肤质”不是可选的值", "“鞋码”要写数字"] {
            assert!(looked.contains(told), "{told}: {looked}");
        }
        // Who is there gets only what she lacks.
        brings("手机号,肤质,纪念日\n13911110001,油性,2026/1/2\n").await;
        let found = page(&desk, "/members?choice=1").await;
        assert!(found.contains("/members/3\""), "{store:?}: {found}");
        let hers = page(&desk, "/members/3").await;
        for said in ["<dd>干性", "<dd>38", "<dd>2026-01-02", "<dd>花生"] {
            assert!(hers.contains(said), "{said}: {hers}");
        }
        let takes = async |phones: &[(&str, &str)]| {
            let sent = desk.sends(&at("/exports"), phones).await;
            let list = sent.to.expect(&sent.text);
            // What is changed after the order does not move the columns.
            desk.sends(&at("/fields/2/up"), &[]).await;
            eventually("the list", async || {
                let shown = desk.opens(&list).await.text;
                shown.contains("可以下载").then_some(())
            })
            .await;
            let file = desk.saves(&format!("{list}/file.csv")).await;
            String::from_utf8(file).expect("UTF-8")
        };
        let masked = takes(&[("filter", ""), ("phones", "masked")]).await;
        assert!(
            masked.contains("退订活动,肤质,鞋码,纪念日,过敏史"),
            "{masked}"
        );
        assert!(masked.contains(",干性,38,2026-01-02,花***"), "{masked}");
        let whole = [
            ("filter", ""),
            ("phones", "whole"),
            ("reason", "逐个电话邀约"),
        ];
        let whole = takes(&whole).await;
        assert!(whole.contains(",38,干性,2026-01-02,花生"), "{whole}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_puts_itself_on_by_a_choice() {
    let app = TestApp::start().await;
    let desk = wanted(&app).await;
    desk.sends(&at("/tags"), &[("name", "干皮")]).await;
    let wrong = [("kind", "choice"), ("choice", "99")];
    let sent = desk.sends(&at("/tags/1/rule"), &wrong).await;
    assert_eq!(sent.status, 400);
    assert!(sent.text.contains("请选择一项会员资料"));
    knows(&desk, 2, &[("field-1", "干性")]).await;
    let rule = [("kind", "choice"), ("choice", "1")];
    assert_eq!(desk.sends(&at("/tags/1/rule"), &rule).await.status, 303);
    assert!(
        page(&desk, "/tags")
            .await
            .contains("资料里是“肤质：干性”的人")
    );
    eventually("the tag being where it belongs", async || {
        let found = page(&desk, "/members?tag=1").await;
        let right = found.contains("/members/2\"") && !found.contains("/members/1\"");
        right.then_some(())
    })
    .await;
}
