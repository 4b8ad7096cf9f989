//! Pictures of our own on their way to people: uploaded when they are first needed, once for all, and again when WeChat has
//! forgotten them. Photos of guides are the pictures; that messages carry them is written into the store, as the workbench does.

use chrono::TimeDelta;
use daogou_schema::outbound::{self, Purpose, State};
use daogou_schema::{AccountId, PictureId, Timestamp, message, picture, picture_line};
use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait, Set};
use serde_json::json;

use crate::kit::{APPID, Desk, Phone, Server, Session, Store, TestApp, drawn, eventually, files};
use crate::relay::{customer, one_and_one};

const SEND: &str = "/cgi-bin/message/custom/send";
const UPLOAD: &str = "/cgi-bin/media/upload";

/// How often a call was answered with `code`.
async fn answered(app: &TestApp, path: &str, code: i64) -> i64 {
    let stats = app.stats().await;
    stats["calls"][path][code.to_string()].as_i64().unwrap_or(0)
}

/// The guide's photo, which is the first picture.
async fn photo(app: &TestApp) -> Desk {
    let desk = Desk::admin(app, "he").await;
    let form = format!("/console/{APPID}/guides/1/photo");
    let sent = desk.uploads(&form, &[], "a.png", &drawn(7)).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    desk
}

/// A picture is promised to somebody, now.
async fn promise(app: &TestApp, to: &Phone) {
    let now = Timestamp::from(app.clock.now());
    let row = outbound::ActiveModel {
        account_id: Set(AccountId(1)),
        openid: Set(to.openid.clone()),
        purpose: Set(Purpose::Answer),
        content: Set(json!({ "leads": false, "body": { "picture": { "id": 1 } } })),
        state: Set(State::Ready),
        attempts: Set(0),
        due_at: Set(now),
        fence: Set(0),
        created_at: Set(now),
        ..Default::default()
    };
    let written = row.insert(&app.database().await).await;
    written.expect("a message");
}

/// What a phone shows next is the picture.
async fn gets_it(app: &TestApp, phone: &Phone) {
    let item = phone.sees_a("image").await;
    let id = item["media_id"].as_str().expect("a media id");
    let url = format!("{}/sandbox/v1/media/{id}", app.sandbox);
    let answer = app.http.get(url).send().await.expect("an answer");
    assert_eq!(answer.bytes().await.expect("bytes"), drawn(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_uploaded_when_it_is_first_needed_and_renewed_before_wechat_forgets_it() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let li = customer(&app, &lin, "李先生").await;
    let _desk = photo(&app).await;
    assert_eq!(answered(&app, UPLOAD, 0).await, 0, "nobody needs it yet");
    wang.says("长什么样").await;
    li.says("我也看看").await;
    for phone in [&wang, &li, &wang] {
        promise(&app, phone).await;
        gets_it(&app, phone).await;
    }
    assert_eq!(answered(&app, UPLOAD, 0).await, 1, "one for all");
    app.later(TimeDelta::hours(71)).await;
    wang.says("再看看").await;
    promise(&app, &wang).await;
    gets_it(&app, &wang).await;
    assert_eq!(
        answered(&app, UPLOAD, 0).await,
        2,
        "an hour too early, not too late"
    );
    // WeChat has lost it, whatever it promised.
    app.at_rest().await;
    app.fault(json!({ "path": SEND, "errcode": 40007, "times": 1 }))
        .await;
    promise(&app, &wang).await;
    gets_it(&app, &wang).await;
    assert_eq!(answered(&app, UPLOAD, 0).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_an_upload_that_goes_wrong_is_said() {
    let app = TestApp::start().await;
    let (_lin, wang) = one_and_one(&app).await;
    let _desk = photo(&app).await;
    wang.says("长什么样").await;
    app.at_rest().await;
    // Busy, and taken at the next try.
    app.fault(json!({ "path": UPLOAD, "errcode": -1, "times": 1 }))
        .await;
    promise(&app, &wang).await;
    eventually("the next try", async || {
        app.pass(TimeDelta::seconds(3));
        let rows = app.outbound_to(&wang).await;
        let last = rows.into_iter().next_back().expect("a message");
        (last.state == State::Sent && last.attempts == 2).then_some(())
    })
    .await;
    // Refused for good, with the reason.
    app.later(TimeDelta::days(4)).await;
    wang.says("还在吗").await;
    app.at_rest().await;
    app.fault(json!({ "path": UPLOAD, "errcode": 40009, "times": 1 }))
        .await;
    promise(&app, &wang).await;
    let row = app.outcome(&wang, "picture", State::Refused).await;
    assert_eq!(
        (row.code, row.reason.as_deref()),
        (Some(40009), Some("content"))
    );
    // Our own copy is gone.
    std::fs::remove_dir_all(app.folder().join("media")).expect("a folder");
    app.alter("DELETE FROM outbound WHERE state = 'refused'")
        .await;
    promise(&app, &wang).await;
    let row = app.outcome(&wang, "picture", State::Refused).await;
    assert_eq!((row.code, row.reason.as_deref()), (None, Some("media")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_need_it_at_once_upload_it_twice_at_the_most() {
    let Some(app) = TestApp::on(Store::Postgres, Session::Redis).await else {
        return;
    };
    let (lin, wang) = one_and_one(&app).await;
    let mut people = vec![wang];
    for n in 0..5 {
        let person = app.person(&format!("顾客{n}")).await;
        person.scans(&lin.scene).await;
        person.sees("的林小满").await;
        people.push(person);
    }
    app.later(TimeDelta::minutes(2)).await;
    let _desk = photo(&app).await;
    for person in &people {
        person.says("长什么样").await;
    }
    app.at_rest().await;
    let other = Server::start(&app.environment(), &app.clock).await;
    for person in &people {
        promise(&app, person).await;
    }
    for person in &people {
        gets_it(&app, person).await;
    }
    let uploads = answered(&app, UPLOAD, 0).await;
    assert!((1..=2).contains(&uploads), "{uploads}");
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_said_stays_with_the_talk_and_goes_with_it() {
    let mut app = TestApp::start().await;
    let (_lin, wang) = one_and_one(&app).await;
    let desk = photo(&app).await;
    wang.says("长什么样").await;
    app.at_rest().await;
    let db = app.database().await;
    let member = app.identity_of(&wang).await.expect("a member").member_id;
    let line = message::ActiveModel {
        member_id: Set(member),
        account_id: Set(AccountId(1)),
        author: Set(message::Author::Guide),
        guide_id: Set(Some(daogou_schema::GuideId(1))),
        content: Set(json!({ "type": "picture", "picture": 1 })),
        at: Set(Timestamp::from(app.clock.now())),
        ..Default::default()
    };
    let line = line.insert(&db).await.expect("a line").id;
    let carried = picture_line::ActiveModel {
        message_id: Set(line),
        picture_id: Set(PictureId(1)),
    };
    carried.insert(&db).await.expect("a row");
    let talk = format!("/console/{APPID}/conversations/{member}");
    let file = format!("{talk}/lines/{line}/file");
    let taken = format!("/console/{APPID}/guides/1/photo/remove");
    assert_eq!(desk.sends(&taken, &[]).await.status, 303);
    app.later(TimeDelta::days(31)).await;
    app.restart().await;
    // Nobody stays signed in so long; and the chance of tests begins anew.
    app.alter("DELETE FROM sign_in").await;
    let desk = Desk::admin(&app, "ma").await;
    eventually("the picture being looked at", async || {
        let row = picture::Entity::find_by_id(PictureId(1)).one(&db).await;
        let used = row.expect("an answer").expect("it stays").used_at;
        (used == Timestamp::from(app.clock.now())).then_some(())
    })
    .await;
    assert!(desk.opens(&talk).await.text.contains(&file));
    assert_eq!(desk.saves(&file).await, drawn(7));
    // Once she is erased, nobody has it: not in a month, but with the next look.
    let form = format!("/console/{APPID}/members/{member}/privacy/erase");
    let number = member.to_string();
    let sent = desk.sends(&form, &[("number", &number)]).await;
    let receipt = sent.to.expect(&sent.text);
    eventually("its beginning", async || {
        let page = desk.opens(&receipt).await.text;
        page.contains("约一分钟后").then_some(())
    })
    .await;
    app.later(TimeDelta::seconds(61)).await;
    let lines = async || picture_line::Entity::find().count(&db).await.expect("rows");
    eventually("the line being erased", async || {
        (lines().await == 0).then_some(())
    })
    .await;
    app.restart().await;
    eventually("the picture being removed", async || {
        (files(&app) == 0).then_some(())
    })
    .await;
}
