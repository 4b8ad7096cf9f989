//! Who comes in, by which way, and how long.

use chrono::TimeDelta;
use serde_json::json;

use super::on_sqlite;
use crate::kit::{APPID, Bench, Desk, path_of};

#[tokio::test(flavor = "multi_thread")]
async fn wechat_says_whose_phone_it_is() {
    let house = on_sqlite().await;
    let stranger = Bench::stranger(&house.app);
    let led = stranger.opens("/workbench").await;
    assert_eq!(led.to.as_deref(), Some("/workbench/sign-in"));
    let asked = stranger.opens("/workbench/sign-in").await;
    assert!(asked.text.contains("用微信登录"));
    let bench = Bench::of(&house.app, &house.lin).await;
    let page = bench.opens("/workbench").await;
    assert!(page.text.contains("林小满") && page.status == 200);
    // A customer is no guide.
    let nobody = stranger.comes_in_as(&house.wang).await;
    assert_eq!(nobody.status, 403);
    assert!(nobody.text.contains("还没有关联导购"), "{}", nobody.text);
    assert_eq!(stranger.opens("/workbench/me").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_gone_twice_or_by_somebody_else() {
    let house = on_sqlite().await;
    let bench = Bench::stranger(&house.app);
    let back = bench.is_led_back(&house.lin.phone).await;
    // Somebody else's browser has not set out.
    let other = Bench::stranger(&house.app);
    let lost = other.opens(&back).await;
    assert_eq!(lost.status, 403);
    assert!(lost.text.contains("这次登录没有完成"), "{}", lost.text);
    let entered = bench.opens(&back).await;
    assert_eq!(entered.to.as_deref(), Some("/workbench"));
    // WeChat loads the way back twice: the second time she is in already.
    let again = bench.opens(&back).await;
    assert_eq!(again.to.as_deref(), Some("/workbench"));
    for wrong in ["?code=x&state=", "?code=&state=0x", "", "?code=a&code=b"] {
        let path = format!("/workbench/wechat/{APPID}/back{wrong}");
        let lost = other.opens(&path).await;
        assert!([400, 403].contains(&lost.status.as_u16()), "{wrong}");
    }
    assert_eq!(other.opens("/workbench/wechat/wxnobodys").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_code_is_asked_for_anew_once_and_wechats_silence_is_told() {
    let house = on_sqlite().await;
    let exchange = "/sns/oauth2/access_token";
    let bench = Bench::stranger(&house.app);
    let back = bench.is_led_back(&house.lin.phone).await;
    house
        .app
        .fault(json!({ "path": exchange, "errcode": 40163, "times": 1 }))
        .await;
    let anew = bench.opens(&back).await;
    let to = anew.to.expect("to WeChat once more");
    assert!(to.contains("/connect/oauth2/authorize"), "{to}");
    let back = bench.is_led_back(&house.lin.phone).await;
    house
        .app
        .fault(json!({ "path": exchange, "errcode": -1, "times": 1 }))
        .await;
    let refused = bench.opens(&back).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text.contains("微信暂时没有回应"),
        "{}",
        refused.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once_and_not_for_long() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    let link = async || {
        let made = bench.sends("/workbench/me/link", &[]).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let link = path_of(&made.text, "/workbench/link/");
        let word = |c: &char| c.is_ascii_alphanumeric() || "/".contains(*c);
        link.chars()
            .enumerate()
            .take_while(|(at, c)| *at < 16 || word(c))
            .map(|(_, c)| c)
            .collect::<String>()
    };
    let tablet = Bench::stranger(&house.app);
    let path = link().await;
    // Whatever looks at links first does not use them up.
    for _ in 0..2 {
        assert!(tablet.opens(&path).await.text.contains("林小满的工作台"));
    }
    let foreign = tablet.is_made_to_post(&path, &[]).await;
    assert_eq!(foreign.status, 403);
    let entered = tablet.posts(&path, &[]).await;
    assert_eq!(entered.to.as_deref(), Some("/workbench"));
    assert_eq!(tablet.opens("/workbench").await.status, 200);
    let third = Bench::stranger(&house.app);
    assert_eq!(third.posts(&path, &[]).await.status, 404);
    let late = link().await;
    house.app.pass(TimeDelta::minutes(30));
    assert_eq!(third.opens(&late).await.status, 404);
    assert_eq!(third.posts(&late, &[]).await.status, 404);
    assert_eq!(
        third.posts("/workbench/link/nobodys", &[]).await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_with_silence_with_its_guide_and_by_headquarters() {
    let house = on_sqlite().await;
    let app = &house.app;
    let bench = Bench::of(app, &house.lin).await;
    app.pass(TimeDelta::days(6));
    assert_eq!(bench.opens("/workbench").await.status, 200);
    app.pass(TimeDelta::days(6));
    assert_eq!(bench.opens("/workbench").await.status, 200);
    app.pass(TimeDelta::days(7));
    assert_eq!(bench.opens("/workbench").await.status, 303);
    // Out by her own hand.
    let bench = Bench::of(app, &house.lin).await;
    let before = bench.forgets_the_cookies();
    bench.has_the_cookies(before.clone());
    let out = bench.sends("/workbench/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    bench.has_the_cookies(before);
    assert_eq!(bench.opens("/workbench").await.status, 303);
    // Out by headquarters, which can let her in by a link.
    let bench = Bench::of(app, &house.lin).await;
    let admin = Desk::admin(app, "he").await;
    let at = format!("/console/{APPID}/guides/1/workbench");
    assert!(admin.opens(&at).await.text.contains("1 台"));
    let made = admin.sends(&format!("{at}/link"), &[]).await;
    let path = path_of(&made.text, "/workbench/link/");
    let path: String = path.chars().take("/workbench/link/".len() + 64).collect();
    let ended = admin.sends(&format!("{at}/end"), &[]).await;
    assert_eq!(ended.status, 303);
    assert_eq!(bench.opens("/workbench").await.status, 303);
    // The links that were not used yet are over, too.
    assert_eq!(bench.posts(&path, &[]).await.status, 404);
    // Out with her WeChat.
    let bench = Bench::of(app, &house.lin).await;
    house.lin.phone.says("工作台").await;
    house.lin.phone.sees("/workbench").await;
    house.lin.phone.says("解绑").await;
    house.lin.phone.sees("解除").await;
    assert_eq!(bench.opens("/workbench").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_is_out_at_once() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    let told = bench.listens().await;
    let admin = Desk::admin(&house.app, "he").await;
    let wish = [("guide", "1"), ("cause", "departure")];
    let begun = admin
        .sends(&format!("/console/{APPID}/hand-overs"), &wish)
        .await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    assert_eq!(bench.opens("/workbench").await.status, 303);
    let part = bench.part("/workbench/chats/1/lines?after=0").await;
    assert_eq!(part.status, 401);
    // An open page is told no more.
    told.ends().await;
}
