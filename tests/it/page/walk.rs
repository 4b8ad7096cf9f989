//! Stops one and two of the walk at a desk.

use super::{LIN_S_CODE, Shop};
use crate::kit::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_can_be_gone_with_finger_and_keyboard() {
    let Some(browser) = Browser::start("the walk in a browser").await else {
        return;
    };
    let mut shop = Shop::open().await;
    browser.has_screen(1440, 900).await;
    browser
        .opens(&shop.app.sandbox, &[&shop.wang, &shop.lin.phone])
        .await;
    let (wang, lin) = (browser.phone(&shop.wang), browser.phone(&shop.lin.phone));

    // She scans, follows and is welcomed; the guide hears of it.
    wang.taps("扫一扫").await;
    wang.taps_what_says(LIN_S_CODE).await;
    wang.taps("关注公众号").await;
    wang.reads("林小满").await;
    lin.reads("新朋友 #1").await;

    // Words and pictures, both ways.
    wang.types("这款防水吗").await;
    lin.reads("【新顾客 #1】这款防水吗").await;
    wang.sends_a_picture().await;
    lin.sees_a_picture().await;
    lin.types("20 米防水，泳池可以戴").await;
    wang.reads("20 米防水，泳池可以戴").await;
    lin.sends_a_picture().await;
    wang.sees_a_picture().await;

    // Another customer: the guide is asked whom the answer is for.
    shop.li.scans(&shop.lin.scene).await;
    lin.reads("新朋友 #2").await;
    browser.opens_the_phone_of("李先生", "打开一部手机").await;
    let li = browser.phone(&shop.li);
    li.types("老人会不会用").await;
    lin.reads("【新顾客 #2】老人会不会用").await;
    lin.types("很简单的").await;
    lin.reads("发给谁").await;
    lin.taps("新顾客 #2").await;
    li.reads("很简单的").await;
    lin.reads("已发给 新顾客 #2").await;
    assert_eq!(wang.count("很简单的").await, 0, "it reached the other one");

    // The server is away: WeChat says so on her phone.
    shop.app.stop().await;
    wang.types("还在吗").await;
    wang.sees_the_failure_line().await;

    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.quits().await;
}
