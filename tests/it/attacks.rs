//! Strangers who mean harm, against a real process: whatever they do, its memory and their time are bounded, and WeChat's
//! pushes are answered meanwhile.
//!
//! `DAOGOU_TEST_STRANGERS` sets how many come at once; the figures of a run are printed with `--no-capture`.

mod bodies;
mod connections;
mod heads;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::wire::push_to;
use crate::kit::{APPID, Process, Sender, TestApp};

/// WeChat gives up here.
const IN_TIME: Duration = Duration::from_secs(5);
/// How often somebody honest writes meanwhile.
const PUSH_EVERY: Duration = Duration::from_millis(50);
/// How much more memory an attack may take: enough for what is bounded, far from what it sends.
const MORE_KB_MAX: u64 = 150 * 1024;
/// Longer than any of it lasts, so that a slow machine fails nothing.
const END: Duration = Duration::from_secs(90);

/// A process under attack, and somebody honest.
struct House {
    app: TestApp,
    server: Process,
    peak_before: Option<u64>,
}

impl House {
    async fn open() -> Self {
        let mut app = TestApp::start().await;
        app.stop().await;
        let server = Process::serve(&app, &[]);
        server.is_healthy(&app).await;
        let peak_before = server.peak_kb();
        Self {
            app,
            server,
            peak_before,
        }
    }

    async fn connect(&self) -> TcpStream {
        let address = self.server.url.trim_start_matches("http://");
        TcpStream::connect(address).await.expect("a connection")
    }

    fn callback(&self) -> String {
        format!("{}/wechat/{APPID}", self.server.url)
    }

    /// Lets honest pushes come one after the other until `attack` is over; all are taken in time. Says how the attack
    /// ended, and prints what it cost.
    async fn during<T>(&self, what: &str, attack: impl Future<Output = T>) -> T {
        let over = AtomicBool::new(false);
        let honest = async {
            let mut slowest = Duration::ZERO;
            let mut count = 0;
            let mut each = tokio::time::interval(PUSH_EVERY);
            while count < 3 || !over.load(Ordering::Relaxed) {
                each.tick().await;
                let since = Instant::now();
                self.honest_push(what).await;
                slowest = slowest.max(since.elapsed());
                count += 1;
            }
            (slowest, count)
        };
        let began = Instant::now();
        let attack = async {
            let end = tokio::time::timeout(END, attack).await;
            over.store(true, Ordering::Relaxed);
            end.unwrap_or_else(|_| panic!("{what} is never over"))
        };
        let (end, (slowest, count)) = futures_util::future::join(attack, honest).await;
        assert!(slowest < IN_TIME, "{what}: an honest push took {slowest:?}");
        let (before, after) = (self.peak_before, self.server.peak_kb());
        if let (Some(before), Some(after)) = (before, after) {
            println!(
                "{what}: {:.1} s, peak {} kB more, {count} honest pushes, the slowest {} ms",
                began.elapsed().as_secs_f64(),
                after - before,
                slowest.as_millis()
            );
            assert!(
                after - before < MORE_KB_MAX,
                "{what}: {} kB more",
                after - before
            );
        }
        end
    }

    async fn honest_push(&self, what: &str) {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let text = format!(
            "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oHonest{id}]]></FromUserName>\
             <CreateTime>1786759500</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[您好]]></Content>\
             <MsgId>{id}</MsgId></xml>"
        );
        let message = self.sender().push("secure", text);
        let posted = push_to(&self.app.http, &self.callback(), &message).await;
        assert_eq!(
            posted.status, 200,
            "an honest push during {what}: {posted:?}"
        );
    }

    fn sender(&self) -> Sender {
        self.app.sender()
    }
}

/// How many come at once.
fn strangers() -> usize {
    let told = std::env::var("DAOGOU_TEST_STRANGERS").ok();
    told.map_or(60, |count| count.parse().expect("a number"))
}

/// The head of a push of `length` bytes, or of one without end.
fn head(query: &[(&str, String)], length: Option<usize>) -> String {
    let query: Vec<_> = query.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let length = match length {
        Some(length) => format!("Content-Length: {length}"),
        None => "Transfer-Encoding: chunked".to_owned(),
    };
    format!(
        "POST /wechat/{APPID}?{} HTTP/1.1\r\nHost: here\r\n{length}\r\n\r\n",
        query.join("&")
    )
}

/// Everything that comes until the other side closes.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // A reset is an end too.
    let _end = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

/// The number in an answer's first line; none when there was no answer.
fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

/// Writes until it is told to stop, or the other side does; says how much went out.
async fn write_on(stream: &mut TcpStream, piece: &[u8], most: usize) -> usize {
    let mut sent = 0;
    while sent < most && stream.write_all(piece).await.is_ok() {
        sent += piece.len();
    }
    sent
}
