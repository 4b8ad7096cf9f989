//! A long story that makes the product say everything it says to its store while it runs.

mod brand;
mod headquarters;
mod organisation;
mod personal;
mod workbench;

use chrono::TimeDelta;
use daogou_schema::outbound::{self, State};
use serde_json::{Value, json};

use super::filling;
use crate::kit::{APPID, Guide, Phone, TestApp, eventually, wire};
use crate::relay::{STORE, customer, miniprogram};

const SEND: &str = "/cgi-bin/message/custom/send";

/// Those whose history grows afterwards.
pub struct People {
    pub lin: Guide,
    pub wu: Guide,
    pub wang: Phone,
}

/// Tells it, and in the middle everything grows; the server has stopped when this returns.
pub async fn tell(app: &mut TestApp) {
    // The one way into the chat that has no follower: a mini-program, with a guide's scene.
    let (lin, mini) = miniprogram::both(app).await;
    mini.does(json!({ "act": "enter", "session_from": lin.scene }))
        .await;
    lin.phone.sees("新朋友 #1").await;
    mini.says("小程序里问一句").await;
    lin.phone.sees("小程序里问一句").await;
    lin.phone.says("收到").await;
    mini.sees("收到").await;
    let wu = another_guide(app, "吴桐").await;
    let zheng = another_guide(app, "郑好").await;
    let sun = customer(app, &zheng, "孙阿姨").await;
    let wang = customer(app, &lin, "王女士").await;
    let li = customer(app, &lin, "李先生").await;
    talk(app, &lin, &wang, &li).await;
    run_out(app, &lin, &wang).await;
    go_wrong(app, &lin, &wang).await;
    app.at_rest().await;
    app.stop().await;
    let people = People { lin, wu, wang };
    filling::fill(&app.database().await, &people).await;
    app.restart().await;
    app.register().await;
    let People { lin, wu, wang } = &people;
    headquarters::look_on(app).await;
    workbench::use_it(app, lin, wang).await;
    change(app, lin, wu, wang, &li).await;
    sun.says("有人吗").await;
    headquarters::hand_over(app, &zheng).await;
    headquarters::work_in_bulk(app).await;
    headquarters::bring_files(app).await;
    organisation::organise(app).await;
    personal::know(app).await;
    organisation::invite_guides(app).await;
    organisation::close_a_store(app).await;
    organisation::propose(app, &zheng).await;
    brand::show(app, &li.openid).await;
    brand::write(app).await;
    headquarters::erase(app, &li).await;
    headquarters::invite(app).await;
    end_and_begin(app, lin, wang).await;
}

/// A guide where the account has to be named, because there are two.
async fn another_guide(app: &TestApp, name: &str) -> Guide {
    let added = command(app, &["guide", "add", name, "--store", STORE]);
    let text = |key: &str| added[key].as_str().expect("a text").to_owned();
    let guide = Guide {
        id: added["id"].as_i64().expect("an id"),
        scene: text("scene"),
        link_scene: text("link_scene"),
        phone: app.person(name).await,
    };
    guide.phone.scans(&guide.link_scene).await;
    guide.phone.sees("已和导购身份关联").await;
    guide
}

fn command(app: &TestApp, args: &[&str]) -> Value {
    app.daogou_json(&[args, &["--account", APPID, "--json"]].concat())
}

/// Questions, answers, the words of both sides.
async fn talk(app: &TestApp, lin: &Guide, wang: &Phone, li: &Phone) {
    wang.says("这款防水吗").await;
    lin.phone.sees("这款防水吗").await;
    lin.phone.says("#2 防水的").await;
    wang.sees("防水的").await;
    wang.sends("image").await;
    lin.phone.sees_a("image").await;
    lin.phone.sends("image").await;
    wang.sees_a("image").await;
    li.says("老人会用吗").await;
    lin.phone.sees("老人会用吗").await;
    for (word, answer) in [("很简单的", "发给谁"), ("撤回", "撤回"), ("会的", "发给谁")]
    {
        lin.phone.says(word).await;
        lin.phone.sees(answer).await;
    }
    lin.phone.taps("to-3").await;
    li.sees("会的").await;
    for word in ["备注 #2 王女士", "列表", "帮助", "#99 在吗", "#2", "继续"] {
        lin.phone.says(word).await;
        app.later(TimeDelta::seconds(2)).await;
    }
    for word in ["退订", "恢复订阅", "只在我问时回复", "可以联系我"] {
        wang.says(word).await;
        app.later(TimeDelta::seconds(2)).await;
    }
    // The same push twice: its answer is fetched again.
    let text = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[帮助]]></Content>\
         <MsgId>4711</MsgId></xml>",
        lin.phone.openid,
        app.clock.now().timestamp()
    );
    let help = app.sender().push("secure", text);
    let first = wire::push(app, &help).await;
    assert_eq!(first, wire::push(app, &help).await);
}

/// Windows that are used up or shut, and what waits for them.
async fn run_out(app: &TestApp, lin: &Guide, wang: &Phone) {
    app.later(TimeDelta::hours(1)).await;
    wang.says("还在吗").await;
    lin.phone.sees("还在吗").await;
    for n in 0..7 {
        lin.phone.says(&format!("#2 第{n}句")).await;
    }
    app.outcome(wang, "第6句", State::Held).await;
    wang.says("我在看").await;
    wang.sees("第6句").await;
    for n in 0..7 {
        app.later(TimeDelta::seconds(3)).await;
        wang.says(&format!("问{n}")).await;
    }
    app.outcome(&lin.phone, "问6", State::Held).await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("有人吗").await;
    lin.phone.says("继续").await;
    lin.phone.sees("有人吗").await;
    app.later(TimeDelta::hours(49)).await;
    // The label goes as the answer of her word, the picture by a call that is refused: both wait together again.
    wang.sends("image").await;
    let shut = json!({ "path": SEND, "errcode": 45015 });
    app.fault(shut).await;
    lin.phone.says("继续").await;
    let label = |row: &outbound::Model| row.state == State::Held && row.channel.is_some();
    eventually("the label waiting again", async || {
        app.outbound_to(&lin.phone)
            .await
            .iter()
            .any(label)
            .then_some(())
    })
    .await;
    app.later(TimeDelta::hours(49)).await;
    lin.phone.says("#2 来迟了").await;
    lin.phone.sees("没有送出").await;
    wang.says("没关系").await;
    wang.sees("来迟了").await;
}

/// What WeChat refuses, leaves open or asks to be tried again.
async fn go_wrong(app: &TestApp, lin: &Guide, wang: &Phone) {
    for (n, fault) in [
        json!({ "errcode": 45015 }),
        json!({ "errcode": 45047 }),
        json!({ "errcode": 45009 }),
        json!({ "errcode": 40003 }),
        json!({ "errcode": 40001 }),
        json!({ "errcode": -1 }),
        json!({ "drop": true }),
    ]
    .into_iter()
    .enumerate()
    {
        app.later(TimeDelta::seconds(90)).await;
        wang.says(&format!("再问{n}")).await;
        lin.phone.says("继续").await;
        app.at_rest().await;
        let mut fault = fault;
        fault["path"] = json!(SEND);
        app.fault(fault).await;
        lin.phone.says(&format!("#2 再答{n}")).await;
        app.at_rest().await;
    }
    app.outcome(wang, "再答6", State::Unknown).await;
    // As the store looks when a process ends in the middle.
    app.alter(&format!(
        "UPDATE outbound SET state = 'claimed', settled_at = NULL, lease_until = {} WHERE openid = '{}' AND purpose = 'answer'",
        app.clock.now().timestamp_millis() - 1,
        wang.openid
    ))
    .await;
    lin.phone.says("帮助").await;
    app.outcome(wang, "再答0", State::Unknown).await;
}

/// Duty, hand-over, leaving and coming back.
async fn change(app: &TestApp, lin: &Guide, wu: &Guide, wang: &Phone, li: &Phone) {
    lin.phone.says("下班").await;
    lin.phone.sees("已下班").await;
    wu.phone.says("下班").await;
    wu.phone.sees("已下班").await;
    li.says("今天有人吗").await;
    wu.phone.says("上班").await;
    wu.phone.sees("已上班").await;
    lin.phone.says("上班").await;
    lin.phone.sees("已上班").await;
    wang.says("换导购").await;
    wang.sees("吴桐").await;
    lin.phone.says("#2 还在吗").await;
    lin.phone.sees("现在由").await;
    let made = command(app, &["store", "code", STORE]);
    let chen = app.person("陈女士").await;
    chen.scans(made["scene"].as_str().expect("a scene")).await;
    chen.sees("专属导购").await;
    chen.scans(&wu.scene).await;
    app.later(TimeDelta::seconds(2)).await;
    wu.phone.scans(&lin.scene).await;
    li.does(json!({ "act": "unfollow" })).await;
    app.later(TimeDelta::seconds(2)).await;
    li.does(json!({ "act": "follow" })).await;
    app.at_rest().await;
    wu.phone.does(json!({ "act": "unfollow" })).await;
    wang.says("在吗").await;
    app.later(TimeDelta::seconds(2)).await;
    wu.phone.does(json!({ "act": "follow" })).await;
    wu.phone.says("解绑").await;
    wu.phone.sees("已解除关联").await;
    let made = command(app, &["guide", "link", "吴桐"]);
    app.later(TimeDelta::seconds(2)).await;
    wu.phone
        .scans(made["link_scene"].as_str().expect("a scene"))
        .await;
    wu.phone.sees("已和导购身份关联").await;
}

/// A restart with work left over, and a season later another, which forgets old pushes.
async fn end_and_begin(app: &mut TestApp, lin: &Guide, wang: &Phone) {
    app.later(TimeDelta::seconds(30)).await;
    app.restart().await;
    app.register().await;
    wang.says("还开着吗").await;
    app.later(TimeDelta::days(100)).await;
    app.restart().await;
    app.register().await;
    lin.phone.says("继续").await;
    wang.says("回来了").await;
    app.at_rest().await;
    app.stop().await;
}
