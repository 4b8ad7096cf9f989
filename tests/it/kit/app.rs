//! A whole installation: the server on a free port, its database, the simulator, one clock.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, TimeDelta, Utc};
use daogou::app::{self, Running};
use daogou::config::Config;
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_sandbox::Sandbox;
use sea_orm::{Database, DatabaseConnection};
use serde_json::{Value, json};

use super::phone::{Guide, Phone};
use super::{Backend, Sender, Session, Store};

pub const APPID: &str = "wx0123456789abcdef";
pub const ORIGINAL_ID: &str = "gh_0123456789ab";
pub const TOKEN: &str = "tokenfortests";
pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const SECRET_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const START: &str = "2026-08-15T10:05:00+08:00";

pub struct TestApp {
    pub clock: Clock,
    pub http: reqwest::Client,
    pub server: String,
    pub sandbox: String,
    pub backend: Backend,
    pub folder: tempfile::TempDir,
    running: Option<Running>,
    mode: &'static str,
    kind: &'static str,
    settings: Vec<(&'static str, String)>,
}

impl TestApp {
    /// On SQLite with the embedded session, in secure mode. `DAOGOU_TEST_STORE=postgres` or `=mariadb` puts every such
    /// test on another database for once.
    pub async fn start() -> Self {
        let store = match std::env::var("DAOGOU_TEST_STORE").as_deref() {
            Ok("postgres") => Store::Postgres,
            Ok("mariadb") => Store::MariaDb,
            _ => Store::Sqlite,
        };
        Self::on(store, Session::Embedded)
            .await
            .expect("the database is there")
    }

    /// On the named back ends; none when a server is not there.
    pub async fn on(store: Store, session: Session) -> Option<Self> {
        Self::with(store, session, "secure", "service").await
    }

    /// In another mode or for a mini-program.
    pub async fn with(
        store: Store,
        session: Session,
        mode: &'static str,
        kind: &'static str,
    ) -> Option<Self> {
        let start: DateTime<Utc> = START.parse().expect("a time");
        let clock = Clock::manual(start);
        Box::pin(Self::by(clock, store, session, mode, kind)).await
    }

    /// Where time passes as it does in processes of their own.
    pub async fn on_running_clock(store: Store, session: Session) -> Option<Self> {
        let clock = Clock::system();
        Box::pin(Self::by(clock, store, session, "secure", "service")).await
    }

    async fn by(
        clock: Clock,
        store: Store,
        session: Session,
        mode: &'static str,
        kind: &'static str,
    ) -> Option<Self> {
        install_tls();
        let folder = tempfile::tempdir().expect("a folder");
        let backend = Backend::new(folder.path(), store, session).await?;
        let http = http_client().expect("a client");
        let sandbox = start_sandbox(&clock, &http);
        let mut app = Self {
            clock,
            http,
            server: String::new(),
            sandbox,
            backend,
            folder,
            running: None,
            mode,
            kind,
            settings: Vec::new(),
        };
        app.restart().await;
        app.register().await;
        Some(app)
    }

    /// Stops the server, if it runs, and starts it on the same store, where DAOGOU_LISTEN says if it was set.
    pub async fn restart(&mut self) {
        self.stop().await;
        let set = self
            .settings
            .iter()
            .find(|(key, _)| *key == "DAOGOU_LISTEN");
        let address = set.map_or("127.0.0.1:0", |(_, address)| address);
        let listener = TcpListener::bind(address).expect("a free port");
        self.server = format!("http://{}", listener.local_addr().expect("an address"));
        let config = self.config();
        let starting = app::start(config, listener, self.clock.clone(), Chance::seeded(7));
        let running = Box::pin(starting).await;
        self.running = Some(running.unwrap_or_else(|e| panic!("the server does not start: {e}")));
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Tells the simulator where the server is.
    pub async fn register(&self) {
        self.register_at(&self.callback()).await;
    }

    /// Tells the simulator where another server for the same account is.
    pub async fn register_at(&self, callback: &str) {
        let account = json!({
            "appid": APPID, "secret": SECRET, "original_id": ORIGINAL_ID, "token": TOKEN, "encoding_aes_key": AES_KEY,
            "mode": self.mode, "callback_url": callback, "kind": self.kind,
        });
        self.control("/sandbox/v1/accounts", account).await;
    }

    pub fn callback(&self) -> String {
        format!("{}/wechat/{APPID}", self.server)
    }

    /// WeChat's side of the account: makes pushes by hand.
    pub fn sender(&self) -> Sender {
        Sender {
            appid: APPID.into(),
            token: TOKEN.into(),
            aes_key: AES_KEY.into(),
        }
    }

    /// Sets a key of the environment, from the next start on.
    pub fn set(&mut self, key: &'static str, value: &str) {
        self.settings.retain(|(known, _)| *known != key);
        self.settings.push((key, value.to_owned()));
    }

    /// The environment of `serve` and of the command line.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.usual_environment();
        environment.retain(|(key, _)| self.settings.iter().all(|(set, _)| set != key));
        environment.extend(self.settings.clone());
        environment
    }

    fn usual_environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.backend.database_url.clone()),
            (
                "REDIS_URL",
                self.backend.redis_url.clone().unwrap_or_default(),
            ),
            ("DAOGOU_SECRET_KEY", SECRET_KEY.into()),
            (
                "DAOGOU_MEDIA_DIR",
                self.folder.path().join("media").display().to_string(),
            ),
            ("WECHAT_API_BASE", self.sandbox.clone()),
            ("WECHAT_MP_BASE", self.sandbox.clone()),
            ("WECHAT_OPEN_BASE", self.sandbox.clone()),
            ("WECHAT_APPID", APPID.into()),
            ("WECHAT_APP_SECRET", SECRET.into()),
            ("WECHAT_TOKEN", TOKEN.into()),
            ("WECHAT_ENCODING_AES_KEY", AES_KEY.into()),
            ("WECHAT_MODE", self.mode.into()),
            ("WECHAT_ORIGINAL_ID", ORIGINAL_ID.into()),
            ("WECHAT_KIND", self.kind.into()),
        ]
    }

    fn config(&self) -> Config {
        let environment = self.environment();
        let lookup = |key: &str| {
            environment
                .iter()
                .find(|(k, _)| *k == key)
                .map(|(_, v)| v.clone())
        };
        Config::read(lookup).expect("the settings are right")
    }

    /// Runs `daogou ARGS` as a person at the terminal would, beside the running server.
    pub fn daogou(&self, args: &[&str]) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daogou"));
        command
            .current_dir(self.folder.path())
            .args(args)
            .env_clear()
            .envs(self.environment());
        command.output().expect("the command runs")
    }

    /// The one line of JSON that a command answers.
    pub fn daogou_json(&self, args: &[&str]) -> Value {
        let output = self.daogou(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "daogou {args:?} failed: {errors}");
        let text = String::from_utf8(output.stdout).expect("text");
        assert_eq!(
            text.lines().count(),
            1,
            "more than one line on stdout: {text}"
        );
        serde_json::from_str(&text).expect("JSON")
    }

    /// Asks the simulator's control interface.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}{path}", self.sandbox))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path} answers {status}: {answer}");
        answer
    }

    pub async fn stats(&self) -> Value {
        let url = format!("{}/sandbox/v1/stats", self.sandbox);
        self.http
            .get(url)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON")
    }

    /// Lets the next calls to `path` fail.
    pub async fn fault(&self, fault: Value) {
        self.control("/sandbox/v1/faults", fault).await;
    }

    /// Time passes, here and at WeChat.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// Somebody with a phone.
    pub async fn person(&self, name: &str) -> Phone {
        self.somebody(json!({ "name": name })).await
    }

    /// Somebody as `wanted`: name, openid_like.
    pub async fn somebody(&self, wanted: Value) -> Phone {
        let made = self.control("/sandbox/v1/people", wanted).await;
        Phone::new(self, &made)
    }

    pub fn add_store(&self, name: &str) {
        self.daogou_json(&["store", "add", name, "--json"]);
    }

    /// A guide of `store` with a linked phone, 5 of 5 messages left and nothing held.
    pub async fn guide(&self, name: &str, store: &str) -> Guide {
        let guide = self.unlinked_guide(name, store).await;
        guide.phone.scans(&guide.link_scene).await;
        guide.phone.sees("已和导购身份关联").await;
        guide.phone.says("上班").await;
        guide.phone.sees("已上班").await;
        guide
    }

    /// A guide of `store` who has not linked a phone yet.
    pub async fn unlinked_guide(&self, name: &str, store: &str) -> Guide {
        let added = self.daogou_json(&["guide", "add", name, "--store", store, "--json"]);
        let text = |key: &str| added[key].as_str().expect("a text").to_owned();
        let (scene, link_scene) = (text("scene"), text("link_scene"));
        Guide {
            id: added["id"].as_i64().expect("an id"),
            scene,
            link_scene,
            phone: self.person(name).await,
        }
    }

    /// A view of the store, for what cannot be seen from outside.
    pub async fn database(&self) -> DatabaseConnection {
        Database::connect(&self.backend.database_url)
            .await
            .expect("the database answers")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn start_sandbox(clock: &Clock, http: &reqwest::Client) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let sandbox = Sandbox::new(clock.clone(), Chance::seeded(11), http.clone());
    let server = daogou_sandbox::serve(listener, sandbox).expect("the simulator starts");
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's background server ends with its process"
    )]
    tokio::spawn(server);
    url
}
