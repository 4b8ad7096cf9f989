//! The demo's stage: a fresh folder, the simulator and the server in one process, on one clock.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_sandbox::{Sandbox, ServerHandle};
use daogou_wechat::{Hosts, Kind, Mode};
use serde_json::{Value, json};

use super::super::Failure;
use crate::accounts;
use crate::app::{self, Running};
use crate::audit::By;
use crate::config::{AccountSettings, Config, Role, Secret, SecretKey};
use crate::context::Context;

/// The demo's clock starts on the Saturday before school: 2026-08-15 10:05 in Beijing.
const START: &str = "2026-08-15T10:05:00+08:00";

/// Everything the demo runs on.
pub(super) struct Stage {
    folder: tempfile::TempDir,
    running: Running,
    sandbox: Sandbox,
    sandbox_server: ServerHandle,
    sandbox_url: String,
    appid: String,
    http: reqwest::Client,
}

impl Stage {
    /// Builds it; the server listens on `listener`, the simulator on a free port, both on loopback only.
    pub(super) async fn set(listener: TcpListener) -> Result<Self, Failure> {
        install_tls();
        let start: DateTime<Utc> = START.parse().map_err(|e| failed("the clock", &e))?;
        let clock = Clock::starting_at(start);
        let chance = Chance::system();
        let http = http_client().map_err(|e| failed("the HTTP client", &e))?;
        let folder = tempfile::Builder::new()
            .prefix("daogou-demo-")
            .tempdir()
            .map_err(|e| failed("a folder", &e))?;

        let sandbox = Sandbox::new(clock.clone(), chance.clone(), http.clone());
        let place =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| failed("a free port", &e))?;
        let sandbox_url = format!(
            "http://{}",
            place.local_addr().map_err(|e| failed("a free port", &e))?
        );
        let server = daogou_sandbox::serve(place, sandbox.clone())
            .map_err(|e| failed("the simulator", &e))?;
        let sandbox_server = server.handle();

        let address = listener
            .local_addr()
            .map_err(|e| failed("the server's address", &e))?;
        let account = account(&chance);
        let callback = format!("http://{address}/wechat/{}", account.appid);
        let config = config(folder.path(), address, &sandbox_url, &account, &chance);
        let running = app::start(config, listener, clock, chance).await?;
        running.context().tasks.run(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the simulator ended");
            }
        });
        let appid = account.appid.clone();
        let stage = Self {
            folder,
            running,
            sandbox,
            sandbox_server,
            sandbox_url,
            appid,
            http,
        };
        stage
            .post("/sandbox/v1/accounts", registration(&account, &callback))
            .await?;
        let ctx = stage.context();
        let stored = accounts::choose(ctx, None).await?;
        accounts::rename(ctx, stored.id, "禾豆星", By::Command).await?;
        Ok(stage)
    }

    /// Ends everything; the folder goes with it.
    pub(super) async fn clear(self) {
        let Self {
            folder,
            running,
            sandbox,
            sandbox_server,
            ..
        } = self;
        // Together: open pages listen to live notices, which only the simulator itself can end.
        tokio::join!(sandbox.close(), sandbox_server.stop(true));
        running.stop().await;
        if let Err(error) = folder.close() {
            tracing::warn!(%error, "the demo's folder stays");
        }
    }

    pub(super) fn context(&self) -> &Context {
        self.running.context()
    }

    pub(super) fn server_url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    pub(super) fn sandbox_url(&self) -> String {
        self.sandbox_url.clone()
    }

    pub(super) fn appid(&self) -> &str {
        &self.appid
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tells the simulator's control interface.
    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.ask(path, self.http.post(self.place(path)).json(&body))
            .await
    }

    /// Asks the simulator's control interface.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(path, self.http.get(self.place(path))).await
    }

    fn place(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox_url)
    }

    async fn ask(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Value, Failure> {
        let answer = request
            .send()
            .await
            .map_err(|e| failed("the simulator", &e))?;
        let status = answer.status();
        let answer: Value = answer
            .json()
            .await
            .map_err(|e| failed("the simulator's answer", &e))?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(failed(path, &answer))
        }
    }
}

fn failed(what: &str, why: &dyn std::fmt::Display) -> Failure {
    Failure::Failed(format!("the demo cannot start: {what}: {why}"))
}

/// An account of the simulator with keys made for this run.
fn account(chance: &Chance) -> AccountSettings {
    let key = BASE64_STANDARD.encode(chance.bytes::<32>());
    AccountSettings {
        appid: format!("wx{}", hex(&chance.bytes::<8>())),
        secret: Secret::new(hex(&chance.bytes::<16>())),
        token: Secret::new(chance.word(16)),
        // 43 characters: base64 of 32 bytes without its padding sign. WeChat allows letters and digits only.
        aes_key: Some(Secret::new(
            key.trim_end_matches('=').replace(['+', '/'], "A"),
        )),
        aes_key_previous: None,
        mode: Mode::Secure,
        original_id: Some(format!("gh_{}", hex(&chance.bytes::<6>()))),
        kind: Kind::Service,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn config(
    folder: &Path,
    address: std::net::SocketAddr,
    sandbox: &str,
    account: &AccountSettings,
    chance: &Chance,
) -> Config {
    Config {
        listen: address,
        public_url: format!("http://{address}"),
        database_url: Secret::new(format!(
            "sqlite://{}?mode=rwc",
            folder.join("daogou.db").display()
        )),
        redis_url: None,
        secret_key: Some(SecretKey::from_bytes(chance.bytes())),
        hosts: Hosts {
            api: sandbox.to_owned(),
            mp: sandbox.to_owned(),
            open: sandbox.to_owned(),
        },
        account: Some(account.clone()),
        timezone: chrono_tz::Asia::Shanghai,
        raw_days: 30,
        unfollowed_days: 30,
        media_dir: folder.join("media"),
        templates_dir: None,
        trusted_proxies: Vec::new(),
        migrate: true,
        role: Role::All,
    }
}

fn registration(account: &AccountSettings, callback: &str) -> Value {
    json!({
        "appid": account.appid,
        "name": "禾豆星",
        "secret": account.secret.expose(),
        "original_id": account.original_id,
        "token": account.token.expose(),
        "encoding_aes_key": account.aes_key.as_ref().map(Secret::expose),
        "mode": account.mode.to_string(),
        "callback_url": callback,
        "kind": account.kind.to_string(),
    })
}
