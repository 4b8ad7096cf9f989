//! The guide's own WeChat: linked by a code that works once and for thirty days, freed by 解绑.

use chrono::TimeDelta;
use daogou_schema::code;
use daogou_schema::outbound::State;
use sea_orm::EntityTrait;

use super::{STORE, two_guides};
use crate::kit::{TestApp, wire};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_code_links_once_and_nobody_after_that() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let thief = app.person("路人").await;
    thief.scans(&lin.link_scene).await;
    thief.sees("林小满 已关联另一个微信").await;
    // Who has it already is told so, and stays linked.
    lin.phone.scans(&lin.link_scene).await;
    lin.phone.sees("早已关联").await;
    // After 解绑 the old code is spent.
    lin.phone.says("解绑").await;
    lin.phone.sees("已解除关联").await;
    // The same scan in the same second would be the same push to WeChat's servers.
    app.later(TimeDelta::seconds(2)).await;
    for phone in [&thief, &lin.phone] {
        phone.scans(&lin.link_scene).await;
        phone.sees("已用过或已过期").await;
    }
    // A new one works, for another phone too.
    let made = app.daogou_json(&["guide", "link", "林小满", "--json"]);
    let new = app.person("林小满的新手机").await;
    new.scans(made["link_scene"].as_str().expect("a scene"))
        .await;
    new.sees("已和导购身份关联").await;
    let customer = app.person("王女士").await;
    customer.scans(&lin.scene).await;
    customer.says("在吗").await;
    new.sees("【新顾客 #1】在吗").await;
    assert_eq!(
        lin.phone.count("在吗").await,
        0,
        "the freed phone hears nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_code_ends_after_thirty_days() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.unlinked_guide("林小满", STORE).await;
    let codes = code::Entity::find()
        .all(&app.database().await)
        .await
        .expect("codes");
    let link = codes
        .iter()
        .find(|row| row.purpose == code::Purpose::Link)
        .expect("a link code");
    assert_eq!(link.expires_at, Some(link.created_at + TimeDelta::days(30)));
    // WeChat lets nobody scan it any more; a push that was long on its way must not link either. The command ran on the
    // machine's own clock.
    let now = app.clock.now();
    app.alter(&format!(
        "UPDATE code SET expires_at = {}",
        now.timestamp_millis()
    ))
    .await;
    let event = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>\
         <EventKey><![CDATA[qrscene_{}]]></EventKey></xml>",
        lin.phone.openid,
        now.timestamp(),
        lin.link_scene
    );
    let posted = wire::push(&app, &app.sender().push("secure", event)).await;
    assert_eq!(posted.status, 200);
    app.outcome(&lin.phone, "已用过或已过期", State::Sent).await;
    let listed = app.daogou_json(&["guide", "list", "--json"]);
    assert_eq!(listed["guides"][0]["linked"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wechat_that_belongs_to_one_guide_is_refused_to_another() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wu = app.unlinked_guide("吴桐", STORE).await;
    lin.phone.scans(&wu.link_scene).await;
    lin.phone.sees("这个微信已关联导购 林小满").await;
    // The refusal did not use the code up.
    wu.phone.scans(&wu.link_scene).await;
    wu.phone.sees("吴桐，你的微信已和导购身份关联").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_guide_who_scans_a_guides_code_is_told_and_not_bound() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    lin.phone.scans(&wu.scene).await;
    lin.phone.sees("扫导购码不会绑定").await;
    lin.phone.scans(&lin.scene).await;
    lin.phone.sees("扫导购码不会绑定").await;
    assert_eq!(app.guide_of(&lin.phone).await, None);
    assert_eq!(wu.phone.count("新朋友").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_unlinking_a_phone_is_a_consumers_again() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    lin.phone.says("解绑").await;
    lin.phone.sees("已解除关联").await;
    lin.phone.scans(&wu.scene).await;
    lin.phone.sees("我是杭州城北店的吴桐").await;
    lin.phone.says("上班").await;
    wu.phone.sees("【新顾客 #1】上班").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_freed_phone_goes_to_the_next_one_and_not_to_it() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友").await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("这句在等").await;
    wang.sees("留给 林小满").await;
    lin.phone.says("解绑").await;
    lin.phone.sees("已解除关联").await;
    assert_eq!(
        lin.phone.count("这句在等").await,
        0,
        "it is nobody's phone any more"
    );
    let made = app.daogou_json(&["guide", "link", "林小满", "--json"]);
    let new = app.person("林小满的新手机").await;
    new.scans(made["link_scene"].as_str().expect("a scene"))
        .await;
    new.sees("这句在等").await;
}
