//! The platform's interface that the server under test calls: the real simulator, or a counting one that costs nothing
//! and notes when each line arrives.

use std::ffi::OsStr;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use crate::cores;
use crate::fault::Done;
use crate::http::Connection;
use crate::process::{Launch, Process};
use crate::wire;

/// The platform's side.
pub enum Api {
    /// `daogou sandbox`.
    Simulator(Process),
    /// Counts only.
    Counter(Counter),
}

/// An interface that says yes to everything and notes it. It runs in a thread of its own.
pub struct Counter {
    address: SocketAddr,
    seen: Arc<Seen>,
}

/// A customer-service message as the platform got it.
pub struct Arrival {
    /// When its call had been read.
    pub at: Instant,
    /// The body of the call.
    pub body: String,
}

impl Arrival {
    /// To whom.
    pub fn to(&self) -> &str {
        let found = self.body.split_once("\"touser\":\"");
        let rest = found.and_then(|(_, rest)| rest.split_once('"'));
        rest.map_or("", |(openid, _)| openid)
    }
}

#[derive(Default)]
struct Seen {
    sends: AtomicU64,
    codes: AtomicU64,
    arrivals: Mutex<Vec<Arrival>>,
}

impl Api {
    /// Starts the simulator with the account under test, on the platform's core. Windows are not counted in it: it has
    /// not seen the pushes of this load.
    pub async fn simulator(program: &OsStr, folder: &Path, core: Option<&str>) -> Done<Self> {
        let launch = Launch {
            program,
            arguments: &["sandbox", "--listen", "127.0.0.1:{port}"],
            environment: &[],
            core,
            folder,
            name: "sandbox",
            ready: "/sandbox/v1/accounts",
        };
        let process = launch.start().await?;
        let mut control = Connection::open(process.address).await?;
        let account = json!({
            "appid": wire::APPID, "secret": wire::APP_SECRET, "original_id": wire::ORIGINAL_ID, "token": wire::TOKEN,
            "encoding_aes_key": wire::AES_KEY, "mode": "secure", "callback_url": "", "kind": "service",
        });
        control.json("/sandbox/v1/accounts", Some(&account)).await?;
        control
            .json("/sandbox/v1/quirks", Some(&json!({"quota": "off"})))
            .await?;
        Ok(Self::Simulator(process))
    }

    /// Starts the counting interface on these cores.
    pub fn counter(cores: &'static str) -> Done<Self> {
        let listener = StdListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let counter = Counter {
            address,
            seen: seen.clone(),
        };
        std::thread::Builder::new()
            .name("counter".into())
            .spawn(move || {
                if let Err(error) = count(listener, &seen, cores) {
                    eprintln!("the counting interface ended: {error}");
                }
            })?;
        Ok(Self::Counter(counter))
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Simulator(process) => process.address,
            Self::Counter(counter) => counter.address,
        }
    }

    /// The openids of `count` followers.
    pub async fn followers(&self, seed: u64, count: usize) -> Done<Vec<String>> {
        let Self::Simulator(process) = self else {
            return (0..count)
                .map(|n| Ok(wire::openid(seed, u64::try_from(n)?)))
                .collect();
        };
        let mut control = Connection::open(process.address).await?;
        let mut openids = Vec::with_capacity(count);
        for n in 0..count {
            let name = json!({"name": format!("顾客{n}")});
            let person = control.json("/sandbox/v1/people", Some(&name)).await?;
            let text = |pointer: &str| {
                person
                    .pointer(pointer)
                    .and_then(|v| v.as_str())
                    .map(str::to_owned)
            };
            let id = text("/id").ok_or("a person without id")?;
            let follow = json!({"appid": wire::APPID, "act": "follow", "wait": false});
            control
                .json(&format!("/sandbox/v1/people/{id}/acts"), Some(&follow))
                .await?;
            openids
                .push(text(&format!("/openids/{}", wire::APPID)).ok_or("a person without openid")?);
        }
        Ok(openids)
    }

    /// How many messages were sent by the interface so far.
    pub async fn sends(&self) -> Done<u64> {
        match self {
            Self::Counter(counter) => Ok(counter.seen.sends.load(Ordering::Relaxed)),
            Self::Simulator(process) => {
                let stats = Connection::open(process.address)
                    .await?
                    .json("/sandbox/v1/stats", None)
                    .await?;
                let by_code = stats
                    .pointer("/calls/~1cgi-bin~1message~1custom~1send")
                    .and_then(|v| v.as_object());
                let taken = |codes: &serde_json::Map<String, serde_json::Value>| -> Done<u64> {
                    if codes.keys().any(|code| code != "0") {
                        return Err(format!("the simulator refused messages: {codes:?}").into());
                    }
                    Ok(codes.values().filter_map(serde_json::Value::as_u64).sum())
                };
                by_code.map_or(Ok(0), taken)
            }
        }
    }

    /// The messages that arrived since the last look. The simulator does not tell.
    pub fn arrivals(&self) -> Vec<Arrival> {
        match self {
            Self::Counter(counter) => std::mem::take(&mut *lock(&counter.seen.arrivals)),
            Self::Simulator(_) => Vec::new(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn count(listener: StdListener, seen: &Arc<Seen>, cores: &str) -> Done<()> {
    cores::pin_this_thread(cores)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = LocalSet::new();
    runtime.block_on(local.run_until(async {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            let seen = seen.clone();
            tokio::task::spawn_local(async move {
                if let Err(error) = answer(stream, &seen).await {
                    eprintln!("the counting interface: {error}");
                }
            });
        }
    }))
}

async fn answer(stream: TcpStream, seen: &Seen) -> Done<()> {
    let mut connection = Connection::from(stream)?;
    while let Some(request) = connection.read().await? {
        let now = Instant::now();
        let answer = match request.path() {
            "/cgi-bin/message/custom/send" => {
                seen.sends.fetch_add(1, Ordering::Relaxed);
                let body = String::from_utf8_lossy(request.body).into_owned();
                lock(&seen.arrivals).push(Arrival { at: now, body });
                json!({"errcode": 0, "errmsg": "ok"})
            }
            "/cgi-bin/stable_token" => json!({"access_token": "bench", "expires_in": 7200}),
            "/cgi-bin/qrcode/create" => {
                let number = seen.codes.fetch_add(1, Ordering::Relaxed);
                json!({"ticket": format!("gQ{number}"), "url": format!("http://weixin.qq.com/q/{number}")})
            }
            other => json!({"errcode": 48001, "errmsg": format!("no {other} here")}),
        };
        let body = answer.to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.write(answer.as_bytes()).await?;
    }
    Ok(())
}
