//! Killed at any moment: what was accepted takes effect once, after the restart if it has to.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use daogou_schema::inbound::{self, Answer, State};
use daogou_schema::lane::{self, Way};
use daogou_schema::{AccountId, Timestamp, inbound_key, message, outbound};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use crate::kit::{APPID, Phone, TestApp};

const ACCOUNT: AccountId = AccountId(1);

/// Leaves the store exactly as a process does that is killed between the commit of a push and its handler.
pub(crate) async fn leave_stored(app: &TestApp, from: &Phone, text: &str) {
    let now = Timestamp::from(app.clock.now());
    let seconds = now.seconds();
    let raw = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<FromUserName><![CDATA[{}]]></FromUserName>\n\
         <CreateTime>{seconds}</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n\
         <Content><![CDATA[{text}]]></Content>\n<MsgId>987654321</MsgId>\n</xml>",
        from.openid
    );
    let db = app.database().await;
    let row = inbound::ActiveModel {
        account_id: Set(ACCOUNT),
        openid: Set(from.openid.clone()),
        msg_type: Set("text".into()),
        format: Set("xml".into()),
        raw: Set(Some(raw)),
        pushed_at: Set(Some(now)),
        received_at: Set(now),
        state: Set(State::Stored),
        answer: Set(Answer::Open),
        attempts: Set(0),
        ..Default::default()
    };
    let id = row.insert(&db).await.expect("a row").id;
    let key = inbound_key::ActiveModel {
        account_id: Set(ACCOUNT),
        dedupe_key: Set("m:987654321:text".into()),
        inbound_id: Set(id),
        received_at: Set(now),
    };
    key.insert(&db).await.expect("a key");
    lane::Entity::delete_many()
        .filter(lane::Column::Openid.eq(from.openid.as_str()))
        .filter(lane::Column::Way.eq(Way::In))
        .exec(&db)
        .await
        .expect("her lane");
    let held = lane::ActiveModel {
        account_id: Set(ACCOUNT),
        openid: Set(from.openid.clone()),
        way: Set(Way::In),
        owner: Set(Some("a dead process".into())),
        lease_until: Set(now + chrono::TimeDelta::seconds(15)),
        fence: Set(41),
    };
    held.insert(&db).await.expect("a lane");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_stored_and_not_handled_is_relayed_after_the_restart() {
    let mut app = TestApp::start().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友").await;
    app.stop().await;

    leave_stored(&app, &wang, "被打断的一句").await;
    app.restart().await;
    app.register().await;

    lin.phone.sees("被打断的一句").await;
    // What comes after it stays behind it.
    wang.says("后面的一句").await;
    lin.phone.sees("后面的一句").await;
    assert_eq!(lin.phone.count("被打断的一句").await, 1);
}

/// A server that can be killed.
struct Killable(Child);

impl Killable {
    async fn start(app: &TestApp, port: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_daogou"))
            .arg("serve")
            .current_dir(app.folder())
            .env_clear()
            .envs(app.environment())
            .env("DAOGOU_LISTEN", format!("127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let ready = async {
            let mut looks = tokio::time::interval(Duration::from_millis(10));
            let url = format!("http://127.0.0.1:{port}/readyz");
            loop {
                looks.tick().await;
                if app
                    .http
                    .get(&url)
                    .send()
                    .await
                    .is_ok_and(|a| a.status().is_success())
                {
                    return;
                }
            }
        };
        let started = tokio::time::timeout(Duration::from_secs(20), ready).await;
        started.expect("the server is ready at once, also after kill -9");
        Self(child)
    }

    /// kill -9.
    fn kill(mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_the_middle_of_traffic_loses_nothing_and_doubles_nothing() {
    let mut app = TestApp::start().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let mut people = Vec::new();
    for n in 0..6 {
        let person = app.person(&format!("顾客 {n}")).await;
        person.scans(&lin.scene).await;
        people.push(person);
    }
    app.stop().await;
    let port = free_port();
    let mut server = Killable::start(&app, port).await;
    app.register_at(&format!("http://127.0.0.1:{port}/wechat/{APPID}"))
        .await;
    let before = count_lines(&app).await;

    let accepted = AtomicU64::new(0);
    for round in 0..5 {
        let goal = accepted.load(Relaxed) + 3 + 4 * round;
        let talking = futures_util::future::join_all(people.iter().map(|person| {
            let accepted = &accepted;
            async move {
                for n in 0..8 {
                    let text =
                        json!({ "act": "send", "msgtype": "text", "text": format!("{round}-{n}") });
                    if person.act(text).await["http_status"] == 200 {
                        accepted.fetch_add(1, Relaxed);
                    }
                }
            }
        }));
        let killing = async {
            // In the middle of the round: while others of this round are under way.
            let mut looks = tokio::time::interval(Duration::from_millis(1));
            while accepted.load(Relaxed) < goal {
                looks.tick().await;
            }
            server.kill();
            Killable::start(&app, port).await
        };
        let (_talked, restarted) = tokio::join!(talking, killing);
        server = restarted;
        // WeChat stops pushing for a minute after several failures.
        app.pass(chrono::TimeDelta::seconds(61));
    }
    let accepted = accepted.load(Relaxed);
    assert!(
        accepted >= 5 * 3,
        "some pushes came through before each kill"
    );

    // Everything accepted is handled, by the restarted process if it has to be.
    let db = app.database().await;
    let settled = async {
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        let open = inbound::Column::State.eq(State::Stored);
        while inbound::Entity::find()
            .filter(open.clone())
            .count(&db)
            .await
            .expect("a count")
            > 0
        {
            looks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(40), settled)
        .await
        .expect("nothing stays behind");
    let lines = count_lines(&app).await - before;
    assert!(
        lines >= accepted,
        "{accepted} pushes were accepted and only {lines} took effect"
    );
    let pushes = inbound::Entity::find()
        .filter(inbound::Column::MsgType.eq("text"))
        .all(&db)
        .await
        .expect("pushes");
    for push in pushes {
        let lines = message::Entity::find()
            .filter(message::Column::InboundId.eq(push.id))
            .count(&db)
            .await;
        assert!(
            lines.expect("a count") <= 1,
            "push {} took effect twice",
            push.id
        );
        let relays = outbound::Entity::find()
            .filter(outbound::Column::InboundId.eq(push.id))
            .filter(outbound::Column::Purpose.eq(outbound::Purpose::Relay))
            .count(&db)
            .await;
        assert!(
            relays.expect("a count") <= 1,
            "push {} was relayed twice",
            push.id
        );
    }
    server.kill();
}

async fn count_lines(app: &TestApp) -> u64 {
    let lines = message::Entity::find().filter(message::Column::Author.eq(message::Author::Member));
    lines.count(&app.database().await).await.expect("a count")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
