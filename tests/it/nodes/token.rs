//! One access token for all processes, and one of them fetches it.

use chrono::TimeDelta;
use daogou_ground::Chance;
use daogou_schema::outbound::State;
use futures_util::future::join_all;
use serde_json::json;

use super::{SEND, STORES, Scene, answered};
use crate::kit::{APPID, Balancer, Phone, Server, Store, TestApp};

const TOKEN: &str = "/cgi-bin/stable_token";
const PROCESSES: usize = 3;
const CUSTOMERS: usize = 12;

/// Three processes behind a balancer, and many customers who are in a chat with their guide.
struct Crowd {
    scene: Scene,
    servers: Vec<Server>,
    people: Vec<Phone>,
}

impl Crowd {
    async fn on(store: Store) -> Option<Self> {
        let scene = Scene::on(store).await?;
        let app = &scene.app;
        let mut servers = Vec::new();
        for _ in 0..PROCESSES {
            servers.push(Server::start(&app.environment(), &app.clock).await);
        }
        let balancer = Balancer::start(&app.http, Chance::system());
        balancer.serve_by(servers.iter().map(|server| server.url.clone()));
        app.register_at(&format!("{}/wechat/{APPID}", balancer.url))
            .await;
        let mut people = Vec::new();
        for n in 0..CUSTOMERS {
            let person = app.person(&format!("顾客 {n}")).await;
            person.scans(&scene.lin.scene).await;
            scene.lin.phone.says("列表").await;
            people.push(person);
        }
        join_all(people.iter().map(|person| person.says("您好"))).await;
        scene.lin.phone.says("列表").await;
        Some(Self {
            scene,
            servers,
            people,
        })
    }

    /// The guide answers everybody; each answer is a call of whichever process took the push.
    async fn answer_all(&self, text: &str) {
        // #1 is the customer of the scene.
        for number in 2..CUSTOMERS + 2 {
            let answer = format!("#{number} {text}");
            self.scene.lin.phone.says(&answer).await;
        }
    }

    fn app(&self) -> &TestApp {
        &self.scene.app
    }

    async fn stop(self) {
        for server in self.servers {
            server.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_with_an_expired_token_fetch_one() {
    for store in STORES {
        let Some(crowd) = Box::pin(Crowd::on(store)).await else {
            continue;
        };
        let app = crowd.app();
        // WeChat's side of the token is over; Redis, which counts by its own clock, still hands it out.
        app.later(TimeDelta::hours(3)).await;
        let before = answered(app, TOKEN, 0).await;
        // Longer than the others used to be patient.
        app.fault(json!({ "path": TOKEN, "delay_ms": 1500, "times": 1 }))
            .await;
        crowd.answer_all("在的").await;
        for person in &crowd.people {
            person.sees("在的").await;
        }
        assert_eq!(answered(app, TOKEN, 0).await - before, 1, "{store:?}");
        let refused = answered(app, SEND, 42001).await + answered(app, SEND, 40001).await;
        assert!(refused > 0, "{store:?}: the old token was tried");
        crowd.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_wechat_refuses_and_hands_out_again_is_not_asked_for_by_every_message() {
    for store in STORES {
        let Some(crowd) = Box::pin(Crowd::on(store)).await else {
            continue;
        };
        let app = crowd.app();
        app.at_rest().await;
        let before = answered(app, TOKEN, 0).await;
        app.fault(json!({ "path": SEND, "errcode": 40001, "times": 1000 }))
            .await;
        crowd.answer_all("在的").await;
        for person in &crowd.people {
            app.outcome(person, "在的", State::Refused).await;
        }
        let asked = answered(app, TOKEN, 0).await - before;
        // Once, and perhaps again when the answer of the first time is forgotten after ten seconds.
        assert!((1..=3).contains(&asked), "{store:?}: asked {asked} times");
        crowd.stop().await;
    }
}
