//! Scripts of headquarters: written, checked, found by words and by first letters, put away and brought back.

use super::at;
use crate::kit::{Answered, Desk, TestApp, drawn, eventually, files};

async fn shop(app: &TestApp) -> Desk {
    let admin = Desk::admin(app, "he").await;
    for store in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", store)]).await;
    }
    admin
}

/// Writes a script without a picture.
async fn writes(desk: &Desk, category: &str, text: &str) -> Answered {
    let fields = [("category", category), ("text", text)];
    desk.uploads(&at("/scripts"), &fields, "", b"").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_found_by_its_words_and_by_first_letters() {
    let app = TestApp::start().await;
    let admin = shop(&app).await;
    assert!(
        admin
            .opens(&at("/scripts"))
            .await
            .text
            .contains("还没有话术")
    );
    for (category, text) in [
        ("问候", "{顾客称呼}您好，欢迎光临{门店}"),
        ("售后", "不合适 7 天内可以退换，吊牌请留着"),
        ("优惠", "100%_纯棉 <b>新款</b>"),
    ] {
        let sent = writes(&admin, category, text).await;
        assert_eq!(sent.to, Some(at("/scripts")), "{}", sent.text);
    }
    let all = admin.opens(&at("/scripts")).await.text;
    assert!(all.contains("共 <b>3</b> 条") && !all.contains("<b>新款</b>"));
    for (asked, found) in [
        ("?q=光临", "欢迎光临"),
        ("?q=hygl", "欢迎光临"),
        ("?q=NHHY", "欢迎光临"),
        ("?q=shouhou&category=售后", ""),
        ("?q=7tn", "吊牌请留着"),
        ("?category=优惠", "纯棉"),
        // What means "anything" to a database means itself.
        ("?q=%25_", "纯棉"),
        ("?q=_您", ""),
        ("?q=光临&category=优惠", ""),
    ] {
        let page = admin.opens(&at(&format!("/scripts{asked}"))).await.text;
        match found {
            "" => assert!(page.contains("没有找到"), "{asked}"),
            found => {
                assert!(page.contains(found), "{asked}");
                assert!(page.contains("找到 <b>1</b> 条"), "{asked}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_changed_put_away_and_brought_back() {
    let app = TestApp::start().await;
    let admin = shop(&app).await;
    let fields = [("category", "产品"), ("text", "羽绒服"), ("store", "2")];
    let sent = admin
        .uploads(&at("/scripts"), &fields, "a.gif", &drawn(40))
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let list = admin.opens(&at("/scripts")).await.text;
    assert!(list.contains("城西店") && list.contains("/scripts/1/picture?v=1"));
    assert_eq!(admin.saves(&at("/scripts/1/picture")).await, drawn(40));
    let edit = admin.opens(&at("/scripts?edit=1")).await.text;
    assert!(edit.contains("修改话术") && edit.contains(">羽绒服</textarea>"));
    // Without a new picture the old one stays.
    let fields = [("category", "产品"), ("text", "轻薄羽绒服"), ("store", "")];
    let sent = admin.uploads(&at("/scripts/1"), &fields, "", b"").await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let list = admin.opens(&at("/scripts")).await.text;
    assert!(list.contains("轻薄羽绒服") && list.contains("全部门店"));
    assert_eq!(admin.saves(&at("/scripts/1/picture")).await, drawn(40));
    let fields = [("text", "轻薄羽绒服"), ("no_picture", "1")];
    admin.uploads(&at("/scripts/1"), &fields, "", b"").await;
    assert_eq!(admin.opens(&at("/scripts/1/picture")).await.status, 404);
    assert_eq!(files(&app), 1, "it stays on the disk for a while");
    for (form, shown, page) in [
        ("archive", "没有找到", "?q=轻薄"),
        ("restore", "找到 <b>1</b> 条", "?q=轻薄"),
    ] {
        // Twice is once.
        for _again in 0..2 {
            let sent = admin.sends(&at(&format!("/scripts/1/{form}")), &[]).await;
            assert_eq!(sent.status, 303, "{}", sent.text);
        }
        writes(&admin, "", "另一条").await;
        let text = admin.opens(&at(&format!("/scripts{page}"))).await.text;
        assert!(text.contains(shown), "{form}");
    }
    admin.sends(&at("/scripts/1/archive"), &[]).await;
    let fields = [("text", "改已归档的")];
    let late = admin.uploads(&at("/scripts/1"), &fields, "", b"").await;
    assert!(late.status == 400 && late.text.contains("已经不在了"));
    let log = admin.opens("/console/audit").await.text;
    for act in ["添加话术", "修改话术", "归档话术", "恢复话术"] {
        assert!(log.contains(act), "{act}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_customer_could_get_is_refused_in_words() {
    let app = TestApp::start().await;
    let admin = shop(&app).await;
    admin
        .sends(&at("/sensitive"), &[("words", "全网最低")])
        .await;
    let long = "长".repeat(601);
    let category = "长".repeat(21);
    for (category, text, told) in [
        ("", "  \r\n ", "请填写话术内容"),
        ("", long.as_str(), "最多 600 个字"),
        ("", "您好\u{7}", "不能显示的字符"),
        ("", "{姓名}您好", "没有变量“{姓名}”"),
        ("", "今天全网 最低", "含敏感词“全网最低”"),
        (category.as_str(), "您好", "场景最多 20 个字"),
    ] {
        let sent = eventually(told, async || {
            let sent = writes(&admin, category, text).await;
            sent.text.contains(told).then_some(sent)
        })
        .await;
        assert_eq!(sent.status, 400, "{told}");
    }
    for (fields, file, told) in [
        (
            [("text", "您好"), ("store", "99")],
            &b""[..],
            "请选择一家门店",
        ),
        ([("text", "您好"), ("place", "-1")], b"", "0 到 9999"),
        ([("text", "您好"), ("place", "")], b"MZ\x90", "只能上传 JPG"),
    ] {
        let sent = admin.uploads(&at("/scripts"), &fields, "a.png", file).await;
        assert!(sent.status == 400 && sent.text.contains(told), "{told}");
        assert!(
            sent.text.contains(">您好</textarea>"),
            "what was typed stays"
        );
    }
    assert!(
        admin
            .opens(&at("/scripts"))
            .await
            .text
            .contains("还没有话术")
    );
    let shown = admin
        .sends(
            &at("/scripts/preview"),
            &[("text", "{顾客称呼}好，<i>全网最低</i>")],
        )
        .await;
    assert!(shown.text.contains("王女士好") && shown.text.contains("含敏感词"));
    assert!(!shown.text.contains("<i>"));
}
