//! The stage: a simulator with a clock that stands still, one service account, and a server that records the pushes
//! and answers what it is told.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use chrono::{DateTime, TimeDelta};
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_sandbox::{Sandbox, serve};
use serde_json::{Value, json};
use tokio::sync::Notify;

pub const APPID: &str = "wx1111111111111111";
pub const MINI: &str = "wx2222222222222222";
pub const SECRET: &str = "secret-of-the-account";
pub const TOKEN: &str = "GreedIsGood";
pub const ORIGINAL: &str = "gh_0123456789ab";
pub const AES_KEY: &str = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR";
pub const START: i64 = 1_786_759_500;

/// One push as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub method: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Arrived {
    pub fn query(&self, name: &str) -> &str {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The text of the first element of that name, CDATA or not.
    pub fn element(&self, name: &str) -> String {
        element(&self.body, name)
    }
}

/// The text of the first element of that name.
pub fn element(xml: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let Some(from) = xml.find(&open) else {
        return String::new();
    };
    let inner = &xml[from + open.len()..];
    let inner = &inner[..inner.find(&close).expect("the element is closed")];
    inner
        .strip_prefix("<![CDATA[")
        .and_then(|text| text.strip_suffix("]]>"))
        .unwrap_or(inner)
        .to_owned()
}

type Reply = Box<dyn FnOnce(&Arrived) -> HttpResponse + Send>;

#[derive(Default)]
struct Server {
    arrived: Mutex<Vec<Arrived>>,
    replies: Mutex<VecDeque<Reply>>,
    heard: Notify,
}

/// Simulator, account's server, clock and client.
pub struct Stage {
    pub base: String,
    pub callback: String,
    pub clock: Clock,
    pub http: reqwest::Client,
    pub sandbox: Sandbox,
    server: Arc<Server>,
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    (listener, format!("http://{address}"))
}

async fn record(request: HttpRequest, body: Bytes, server: Data<Arc<Server>>) -> HttpResponse {
    let query =
        web::Query::<Vec<(String, String)>>::from_query(request.query_string()).expect("a query");
    let headers = request.headers().iter();
    let arrived = Arrived {
        method: request.method().to_string(),
        query: query.into_inner(),
        headers: headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: String::from_utf8(body.to_vec()).expect("UTF-8"),
    };
    server.arrived.lock().unwrap().push(arrived.clone());
    server.heard.notify_one();
    if arrived.method == "GET" {
        return HttpResponse::Ok().body(arrived.query("echostr").to_owned());
    }
    let reply = server.replies.lock().unwrap().pop_front();
    reply.map_or_else(
        || HttpResponse::Ok().body("success"),
        |reply| reply(&arrived),
    )
}

impl Stage {
    /// An empty world with a server that waits for pushes.
    pub async fn empty() -> Self {
        install_tls();
        let server = Arc::new(Server::default());
        let (listener, callback) = listen();
        let recording = Data::new(server.clone());
        let running = HttpServer::new(move || {
            App::new()
                .app_data(recording.clone())
                .default_service(web::to(record))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("the listener works")
        .run();
        actix_web::rt::spawn(running);
        let clock = Clock::manual(DateTime::from_timestamp(START, 0).expect("a time"));
        let http = http_client().expect("a client");
        let sandbox = Sandbox::new(clock.clone(), Chance::seeded(7), http.clone());
        let (listener, base) = listen();
        actix_web::rt::spawn(serve(listener, sandbox.clone()).expect("the simulator starts"));
        Self {
            base,
            callback: format!("{callback}/wechat"),
            clock,
            http,
            sandbox,
            server,
        }
    }

    /// With the service account, in this mode.
    pub async fn new(mode: &str) -> Self {
        let stage = Self::empty().await;
        stage.account(APPID, "service", mode).await;
        stage
    }

    pub async fn account(&self, appid: &str, kind: &str, mode: &str) {
        let settings = json!({
            "appid": appid, "secret": SECRET, "original_id": ORIGINAL, "token": TOKEN, "encoding_aes_key": AES_KEY,
            "mode": mode, "callback_url": self.callback, "kind": kind,
        });
        self.post("/sandbox/v1/accounts", settings).await;
    }

    /// What the next push is answered with.
    pub fn reply(&self, reply: impl FnOnce(&Arrived) -> HttpResponse + Send + 'static) {
        self.server
            .replies
            .lock()
            .unwrap()
            .push_back(Box::new(reply));
    }

    /// A text as plain passive reply to the next push.
    pub fn reply_text(&self, text: &'static str) {
        self.reply(move |push| {
            HttpResponse::Ok()
                .content_type("text/xml")
                .body(text_reply(&push.element("FromUserName"), text))
        });
    }

    /// The pushes that arrived since the last look.
    pub fn arrived(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.server.arrived.lock().unwrap())
    }

    /// What arrived, once it is as many: a second address may be a moment later than the answer of the first.
    pub async fn arrivals(&self, count: usize) -> Vec<Arrived> {
        let all = async {
            let mut found = Vec::new();
            loop {
                found.extend(self.arrived());
                if found.len() >= count {
                    return found;
                }
                self.server.heard.notified().await;
            }
        };
        let late = std::time::Duration::from_secs(10);
        tokio::time::timeout(late, all)
            .await
            .unwrap_or_else(|_| panic!("{count} pushes did not arrive"))
    }

    /// The next event of that name; results come a moment after the call.
    pub async fn event(&self, name: &str) -> Arrived {
        let found = async {
            loop {
                if let Some(push) = self
                    .arrived()
                    .into_iter()
                    .find(|push| push.element("Event") == name)
                {
                    return push;
                }
                self.server.heard.notified().await;
            }
        };
        let late = std::time::Duration::from_secs(10);
        tokio::time::timeout(late, found)
            .await
            .unwrap_or_else(|_| panic!("{name} was not pushed"))
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Status and body of a POST.
    pub async fn try_post(&self, path: &str, body: Value) -> (u16, Value) {
        let response = self
            .http
            .post(format!("{}{path}", self.base))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        (
            response.status().as_u16(),
            response.json().await.expect("JSON"),
        )
    }

    /// The body of a POST that must be answered with 200.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_post(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self
            .http
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.json().await.expect("JSON")
    }

    /// A new person's id and openid at the service account.
    pub async fn person(&self, name: &str) -> (String, String) {
        let person = self.post("/sandbox/v1/people", json!({"name": name})).await;
        let openid = person["openids"][APPID]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (person["id"].as_str().expect("an id").to_owned(), openid)
    }

    /// A person who follows.
    pub async fn follower(&self, name: &str) -> (String, String) {
        let (id, openid) = self.person(name).await;
        self.act(&id, json!({"act": "follow"})).await;
        self.arrived();
        (id, openid)
    }

    pub async fn act(&self, id: &str, mut act: Value) -> Value {
        if act.get("appid").is_none() {
            act["appid"] = json!(APPID);
        }
        self.post(&format!("/sandbox/v1/people/{id}/acts"), act)
            .await
    }

    pub async fn says(&self, id: &str, text: &str) -> Value {
        self.act(id, json!({"act": "send", "msgtype": "text", "text": text}))
            .await
    }

    pub async fn chat(&self, id: &str) -> Vec<Value> {
        let chat = self
            .get(&format!(
                "/sandbox/v1/people/{id}/chat?appid={APPID}&after=0"
            ))
            .await;
        chat["items"].as_array().expect("items").clone()
    }

    pub async fn token(&self) -> String {
        self.token_of(APPID).await
    }

    pub async fn token_of(&self, appid: &str) -> String {
        let body = json!({"grant_type": "client_credential", "appid": appid, "secret": SECRET});
        let answer = self.post("/cgi-bin/stable_token", body).await;
        answer["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }

    /// A call of the platform with a fresh token of the service account.
    pub async fn call(&self, path: &str, body: Value) -> Value {
        let token = self.token().await;
        self.post(&format!("{path}?access_token={token}"), body)
            .await
    }

    pub async fn call_of(&self, appid: &str, path: &str, body: Value) -> Value {
        let token = self.token_of(appid).await;
        self.post(&format!("{path}?access_token={token}"), body)
            .await
    }

    /// A customer-service text.
    pub async fn writes(&self, openid: &str, text: &str) -> Value {
        let body = json!({"touser": openid, "msgtype": "text", "text": {"content": text}});
        self.call("/cgi-bin/message/custom/send", body).await
    }

    /// The code of a permanent scene.
    pub async fn code(&self, scene: &str) -> Value {
        let body = json!({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}});
        self.call("/cgi-bin/qrcode/create", body).await
    }
}

pub fn text_reply(to: &str, text: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{ORIGINAL}]]></FromUserName>\
         <CreateTime>1786759500</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>\
         </xml>"
    )
}
