//! The simulator's process and its control interface.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use super::process::{LOOK_EVERY, Process, is_open};
use super::{APPID, Installation};
use crate::trouble::{Result, Trouble};

/// Three attempts of a push take up to 15 s.
const ACT_WITHIN: Duration = Duration::from_secs(120);

/// A machine may be so busy that the simulator waits for its turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// The simulated platform.
pub struct Platform {
    http: Client,
    base: String,
    _process: Process,
}

impl Platform {
    /// Starts it.
    pub async fn start(program: &Path, folder: &Path, port: u16, http: Client) -> Result<Self> {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear().args([
            "sandbox",
            "--listen",
            &format!("127.0.0.1:{port}"),
        ]);
        let process = Process::start(&command, None, &folder.join("sandbox.log"))?;
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_open(port) {
            if Instant::now() > deadline {
                return Err(Trouble("the simulator does not start".into()));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(Self {
            http,
            base: format!("http://127.0.0.1:{port}"),
            _process: process,
        })
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Registers the account with one or two addresses.
    pub async fn register(&self, callbacks: &[String]) -> Result<()> {
        let account = json!({
            "appid": APPID, "secret": Installation::SECRET, "original_id": Installation::ORIGINAL_ID,
            "token": Installation::TOKEN, "encoding_aes_key": Installation::AES_KEY, "mode": "secure", "kind": "service",
            "callback_url": callbacks.first(), "second_callback_url": callbacks.get(1),
        });
        self.post("/accounts", account).await.map(drop)
    }

    /// Makes a person: the id and the openid.
    pub async fn person(&self, name: &str) -> Result<(String, String)> {
        let made = self.post("/people", json!({ "name": name })).await?;
        let text = |pointer: &str| {
            let found = made.pointer(pointer).and_then(Value::as_str);
            found.map(str::to_owned)
        };
        text("/id")
            .zip(text(&format!("/openids/{APPID}")))
            .ok_or_else(|| Trouble(format!("no person was made: {made}")))
    }

    /// Lets a person act; none when the act was not possible.
    pub async fn act(&self, id: &str, act: &Value) -> Result<Option<Value>> {
        let url = format!("{}/sandbox/v1/people/{id}/acts", self.base);
        let request = self.http.post(url).json(act).timeout(ACT_WITHIN);
        let answer = alone(request).send().await?;
        match answer.status().as_u16() {
            200 => Ok(Some(answer.json().await?)),
            409 => Ok(None),
            status => Err(Trouble(format!("{act} is answered {status}"))),
        }
    }

    /// What the person's phone shows after an item.
    pub async fn chat(&self, id: &str, after: u64) -> Result<Vec<Value>> {
        let chat = self
            .get(&format!("/people/{id}/chat?after={after}"))
            .await?;
        let items = chat.get("items").and_then(Value::as_array);
        Ok(items.cloned().unwrap_or_default())
    }

    /// POST to the control interface.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}/sandbox/v1{path}", self.base);
        Self::read(path, self.http.post(url).json(&body)).await
    }

    /// GET from the control interface.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}/sandbox/v1{path}", self.base);
        Self::read(path, self.http.get(url)).await
    }

    /// Takes back the faults that no call has met.
    pub async fn clear_faults(&self) -> Result<()> {
        let url = format!("{}/sandbox/v1/faults", self.base);
        Self::read("/faults", self.http.delete(url)).await.map(drop)
    }

    async fn read(path: &str, request: reqwest::RequestBuilder) -> Result<Value> {
        let request = alone(request).timeout(PATIENCE);
        // Asked twice: a machine may be so busy that the first is answered 408.
        let again = request.try_clone();
        let mut answer = request.send().await?;
        if let (408, Some(again)) = (answer.status().as_u16(), again) {
            answer = again.send().await?;
        }
        let status = answer.status();
        if !status.is_success() {
            return Err(Trouble(format!("the simulator's {path} answers {status}")));
        }
        Ok(answer.json().await?)
    }
}

/// On a connection of its own: a kept one may end in the very moment in which it is used again.
fn alone(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.header("Connection", "close")
}
