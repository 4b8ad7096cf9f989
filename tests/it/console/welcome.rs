//! A guide's welcome text: typed at headquarters, shown as the phone will show it, read by the next customer.

use super::at;
use crate::kit::{Desk, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_next_customer_reads_what_was_saved_and_the_log_knows_it() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let page = admin.opens(&at("/guides/1")).await.text;
    assert!(page.contains("您好，我是杭州城北店的林小满") && page.contains("通用的欢迎语"));
    let text = "<b>{{ store }}</b>的{{guide}}来了，\r\n第 {{ number }} 位";
    let shown = "&lt;b&gt;杭州城北店&lt;/b&gt;的林小满来了，\n第 1 位";
    let preview = [("welcome", text)];
    let seen = admin
        .sends(&at("/guides/1/welcome/preview"), &preview)
        .await;
    assert!(seen.text.contains(shown), "{}", seen.text);
    assert!(!seen.text.contains("<html"), "only the fragment");
    let page = admin.opens(&at("/guides/1")).await.text;
    assert!(page.contains("通用的欢迎语"), "looking changes nothing");
    let saved = admin.sends(&at("/guides/1/welcome"), &preview).await;
    assert_eq!(saved.to, Some(at("/guides/1#welcome")), "{}", saved.text);
    assert!(admin.opens(&at("/guides/1")).await.text.contains(shown));
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("<b>杭州城北店</b>的林小满来了，\n第 1 位").await;
    // The same once more is no change; nothing at all is the brand's.
    admin.sends(&at("/guides/1/welcome"), &preview).await;
    admin
        .sends(&at("/guides/1/welcome"), &[("welcome", "  ")])
        .await;
    let log = admin.opens("/console/audit.csv").await.text;
    assert_eq!(log.matches("修改欢迎语").count(), 2, "{log}");
    let li = app.person("李先生").await;
    li.scans(&lin.scene).await;
    li.sees("您好，我是杭州城北店的林小满").await;
    assert!(app.daogou(&["audit", "verify"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_phone_shows_is_refused_beside_the_field() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    app.add_store("杭州城北店");
    let guide = [("name", "林小满"), ("store", "1"), ("welcome", "")];
    admin.sends(&at("/guides"), &guide).await;
    let long = "好".repeat(683);
    for (text, why) in [
        ("{{ name }}", "name"),
        ("{% for i in range(9999) %}x{% endfor %}", "填不出内容"),
        ("{{ guide * 99999999 }}", "填不出内容"),
        ("您好\u{7}", "不能显示的字符"),
        (long.as_str(), "请删去约 1 个汉字"),
    ] {
        let sent = admin
            .sends(&at("/guides/1/welcome"), &[("welcome", text)])
            .await;
        assert_eq!(sent.status, 400, "{text}");
        assert!(sent.text.contains(why) && sent.text.contains("id=\"p-welcome\""));
        let seen = [("welcome", text)];
        let seen = admin.sends(&at("/guides/1/welcome/preview"), &seen).await;
        assert!(seen.status == 200 && seen.text.contains(why), "{text}");
    }
    let page = admin.opens(&at("/guides/1")).await.text;
    assert!(page.contains("通用的欢迎语"), "nothing was saved");
    let odd = [("name", "吴桐"), ("store", "1"), ("welcome", "{{ name }}")];
    assert_eq!(admin.sends(&at("/guides"), &odd).await.status, 400);
    let foreign = [("welcome", "您好")];
    let sent = admin
        .is_made_to_post(&at("/guides/1/welcome"), &foreign)
        .await;
    assert_eq!(sent.status, 403);
}
