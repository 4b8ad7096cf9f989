//! The page on a real phone: 360 pixels wide, a finger instead of a pointer.

use serde_json::Value;

use super::{LIN_S_CODE, Shop};
use crate::kit::{APPID, Browser};

/// The account has no name here, so the page calls it by its id.
const ACCOUNT: &str = APPID;

/// Names what is wider than the screen and every button that a finger misses 22 pixels beside its middle. Links inside a
/// text are as high as its lines.
const OUT_OF_REACH: &str = r"
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} wide`);
    // What slides in has arrived.
    const ends = ({ effect }) => Number.isFinite(effect.getComputedTiming().endTime);
    document.getAnimations().filter(ends).forEach((sliding) => sliding.finish());
    // What lies over the phones is all that a finger gets at.
    const top = document.querySelector('dialog[open], .aside--open') ?? document;
    const isInText = (button) => button.closest('.words') !== null;
    for (const button of top.querySelectorAll('button, summary')) {
        if (button.closest('[inert]') || isInText(button) || !button.checkVisibility({ visibilityProperty: true })) continue;
        const name = `${button.getAttribute('aria-label') ?? button.textContent} (${button.className})`;
        button.scrollIntoView({ block: 'center', inline: 'center' });
        const { left, right, top, bottom } = button.getBoundingClientRect();
        if (left < 0 || right > innerWidth) found.push(`${name} leaves the screen`);
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        for (const [dx, dy] of [[-21, 0], [21, 0], [0, -21], [0, 21]]) {
            const hit = document.elementFromPoint(x + dx, y + dy);
            if (!button.contains(hit)) found.push(`${name} is too small: ${dx}, ${dy} from its middle lies ${hit?.className}`);
        }
    }
    return found;";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_everything_fits_and_a_finger_finds_every_button() {
    let Some(browser) = Browser::start("the page on a narrow screen").await else {
        return;
    };
    let shop = Shop::with_customers().await;
    browser.has_screen(360, 740).await;
    browser
        .opens(&shop.app.sandbox, &[&shop.wang, &shop.lin.phone])
        .await;
    let wang = browser.phone(&shop.wang);

    fits(&browser, "the chat").await;
    wang.taps("更多").await;
    fits(&browser, "the + panel").await;
    wang.taps("照片").await;
    fits(&browser, "a sheet").await;
    wang.taps("用一张示例照片").await;
    wang.taps("表情").await;
    fits(&browser, "the faces").await;
    wang.taps("改用语音").await;
    fits(&browser, "the voice key").await;
    wang.taps("返回").await;
    for tab in ["微信", "通讯录", "发现", "我"] {
        wang.taps(tab).await;
        fits(&browser, tab).await;
    }
    browser.taps_what_says("先试试").await;
    browser.taps("平台脾气").await;
    fits(&browser, "the column beside the phones").await;
    browser.taps("收起").await;
    browser.taps("打开或合上手机").await;
    fits(&browser, "the people").await;
    browser.taps("关闭").await;
    browser.opens_the_phone_of("李先生", "打开或合上手机").await;
    fits(&browser, "three phones").await;

    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.quits().await;
}

async fn fits(browser: &Browser, view: &str) {
    let found = browser.asks(OUT_OF_REACH).await;
    assert_eq!(found, Value::Array(Vec::new()), "{view}: {found:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_back_key_leaves_one_screen_after_the_other() {
    let Some(browser) = Browser::start("the back key").await else {
        return;
    };
    let shop = Shop::with_customers().await;
    browser.has_screen(360, 740).await;
    browser.opens(&shop.app.sandbox, &[&shop.wang]).await;
    let wang = browser.phone(&shop.wang);

    // Into the chat, the account's page, a sheet: out again one by one.
    wang.taps(&format!("{ACCOUNT}的资料")).await;
    wang.taps("不再关注").await;
    wang.finds_the_key("取消").await;
    browser.goes_back_from(3).await;
    wang.taps("发消息").await;
    wang.is_at(ACCOUNT).await;
    browser.goes_back_from(1).await;
    wang.is_at("微信").await;

    // The scanner makes room for the chat: one step, not two.
    wang.taps("扫一扫").await;
    wang.taps_what_says(LIN_S_CODE).await;
    wang.is_at(ACCOUNT).await;
    browser.goes_back_from(1).await;
    wang.is_at("微信").await;

    // The column beside the phones lies over them.
    browser.taps_what_says("先试试").await;
    browser.finds("//aside").await;
    browser.goes_back_from(1).await;
    wang.taps("通讯录").await;
    wang.is_at("通讯录").await;

    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.quits().await;
}
