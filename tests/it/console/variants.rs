//! First words for hours and days: saved at headquarters, shown for a chosen moment, said by the clock of the people.

use chrono::TimeDelta;

use super::at;
use crate::kit::{Desk, PASSWORD, TestApp};

const EVENINGS: &[(&str, &str)] = &[
    ("v0-text", "晚上好，{{ guide }}明早回复您"),
    ("v0-start", "20:00"),
    ("v0-end", "08:00"),
    ("v1-text", "周末愉快，我是{{ store }}的{{ guide }}"),
    ("v1-d5", "1"),
    ("v1-d6", "1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_first_that_fits_is_said_to_the_minute() {
    // It is Saturday, five past ten in the morning.
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    app.add_store("城北店");
    let lin = app.guide("林小满", "城北店").await;
    let page = admin.opens(&at("/guides/1")).await.text;
    assert!(page.contains("/codes/1/welcome"), "{page}");
    for (moment, wanted) in [
        ("2026-08-15T19:59", "周末愉快，我是示例门店的林小满"),
        ("2026-08-15T20:00", "晚上好，林小满明早回复您"),
        ("2026-08-17T07:59", "晚上好"),
        ("2026-08-17T08:00", "您的专属导购"),
    ] {
        let mut fields = EVENINGS.to_vec();
        fields.push(("moment", moment));
        let seen = admin.sends(&at("/codes/1/welcome/preview"), &fields).await;
        assert!(seen.text.contains(wanted), "{moment}: {}", seen.text);
    }
    let saved = admin.sends(&at("/codes/1/welcome"), EVENINGS).await;
    assert_eq!(saved.to, Some(at("/codes/1/welcome")), "{}", saved.text);
    let page = admin.opens(&at("/codes/1/welcome")).await.text;
    assert!(page.contains("value=\"20:00\"") && page.contains("v1-d5\" value=\"1\" checked"));
    let says = async |name: &str, words: &str| {
        let customer = app.person(name).await;
        customer.scans(&lin.scene).await;
        customer.sees(words).await;
    };
    says("甲", "周末愉快，我是城北店的林小满").await;
    app.later(TimeDelta::minutes(9 * 60 + 54)).await;
    says("乙", "周末愉快").await;
    app.later(TimeDelta::minutes(1)).await;
    says("丙", "晚上好，林小满明早回复您").await;
    // Monday at eight it is neither.
    app.later(TimeDelta::hours(36) - TimeDelta::seconds(1))
        .await;
    says("丁", "晚上好").await;
    app.later(TimeDelta::seconds(1)).await;
    says("戊", "您的专属导购").await;
    let right = [("login", "he"), ("password", PASSWORD)];
    admin.posts("/console/sign-in", &right).await;
    admin.sends(&at("/codes/1/welcome"), &[]).await;
    let log = admin.opens("/console/audit.csv").await.text;
    assert_eq!(log.matches("修改欢迎语").count(), 2, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_said_is_refused_beside_its_field() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    app.add_store("城北店");
    app.guide("林小满", "城北店").await;
    let long = "好".repeat(683);
    for (fields, field, why) in [
        (vec![("v0-text", "{{ name }}")], "v0-text", "填不出内容"),
        (
            vec![("v2-text", long.as_str())],
            "v2-text",
            "请删去约 1 个汉字",
        ),
        (
            vec![("v0-text", "好"), ("v0-from", "soon")],
            "v0-from",
            "这样的日期",
        ),
        (
            vec![("v0-text", "好"), ("v0-start", "25:00")],
            "v0-start",
            "这样的时间",
        ),
        (
            vec![
                ("v1-text", "好"),
                ("v1-from", "2026-10-02"),
                ("v1-until", "2026-10-01"),
            ],
            "v1-until",
            "不能早于第一天",
        ),
        (
            vec![
                ("v0-text", "好"),
                ("v0-start", "08:00"),
                ("v0-end", "08:00"),
            ],
            "v0-end",
            "不能相同",
        ),
    ] {
        let sent = admin.sends(&at("/codes/1/welcome"), &fields).await;
        assert_eq!(sent.status, 400, "{fields:?}");
        let beside = format!("id=\"p-{field}\"");
        assert!(
            sent.text.contains(why) && sent.text.contains(&beside),
            "{fields:?}"
        );
    }
    let link = admin.opens(&at("/codes/2/welcome")).await;
    assert_eq!(link.status, 404, "a link code greets nobody");
    let foreign = admin
        .is_made_to_post(&at("/codes/1/welcome"), EVENINGS)
        .await;
    assert_eq!(foreign.status, 403);
}
