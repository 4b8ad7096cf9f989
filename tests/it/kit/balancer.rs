//! What stands before several servers: each push goes to one of them at random, now and then to two at once; what one
//! does not answer another gets, as behind nginx.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::web::{Bytes, Data, PayloadConfig, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use daogou_ground::Chance;

/// As long as WeChat itself waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// A balancer on a port of its own; it ends with the test's process.
#[derive(Clone)]
pub struct Balancer {
    pub url: String,
    state: Arc<State>,
}

struct State {
    http: reqwest::Client,
    chance: Chance,
    servers: Mutex<Vec<String>>,
    unlike: Mutex<Vec<String>>,
}

impl Balancer {
    pub fn start(http: &reqwest::Client, chance: Chance) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State {
            http: http.clone(),
            chance,
            servers: Mutex::default(),
            unlike: Mutex::default(),
        });
        let data = Data::from(state.clone());
        let app = move || {
            App::new()
                .app_data(data.clone())
                .app_data(PayloadConfig::new(1 << 20))
                .default_service(to(pass_on))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .listen(listener)
            .expect("the balancer listens")
            .run();
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's background server ends with its process"
        )]
        tokio::spawn(server);
        Self { url, state }
    }

    /// The servers from now on.
    pub fn serve_by(&self, urls: impl IntoIterator<Item = String>) {
        *lock(&self.state.servers) = urls.into_iter().collect();
    }

    /// Pairs of answers to one push that differ.
    pub fn unlike(&self) -> Vec<String> {
        lock(&self.state.unlike).clone()
    }
}

async fn pass_on(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let mut servers = lock(&state.servers).clone();
    // The first of a shuffled deck is the server; the others are asked when it does not answer.
    for end in (1..servers.len()).rev() {
        let other = state.chance.below(end as u64 + 1);
        servers.swap(end, usize::try_from(other).expect("an index"));
    }
    let path = request.uri().to_string();
    let push = (path, body);
    if servers.len() > 1 && state.chance.below(3) == 0 {
        let (one, two) = (servers.remove(0), servers.remove(0));
        if let Some((status, body)) = state.into_inner().post_to_both(one, two, &push).await {
            return answer(status, body);
        }
        return HttpResponse::BadGateway().finish();
    }
    for server in &servers {
        if let Some((status, body)) = state.post(server, &push).await {
            return answer(status, body);
        }
    }
    HttpResponse::BadGateway().finish()
}

/// A path and a body.
type Pushed = (String, Bytes);
type Answered = Option<(u16, Bytes)>;

impl State {
    /// The answer; none when the server is not there or died while it worked.
    async fn post(&self, server: &str, (path, body): &Pushed) -> Answered {
        let request = self
            .http
            .post(format!("{server}{path}"))
            .header("Content-Type", "text/xml")
            .timeout(PATIENCE)
            .body(body.clone());
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.bytes().await.ok()?))
    }

    /// The answer that comes first; the other one is read too.
    async fn post_to_both(self: Arc<Self>, one: String, two: String, push: &Pushed) -> Answered {
        let (send, mut answers) = tokio::sync::mpsc::channel(2);
        for server in [one, two] {
            let (state, push, send) = (self.clone(), push.clone(), send.clone());
            let post = async move {
                let answer = state.post(&server, &push).await;
                // Whoever asks has gone home with the first one.
                let _unread = send.send(answer).await;
            };
            #[expect(clippy::disallowed_methods, reason = "it ends with its request")]
            tokio::spawn(post);
        }
        let first = answers.recv().await.flatten();
        let state = self.clone();
        let (tell, told) = tokio::sync::oneshot::channel();
        let compare = async move {
            if first.is_some() {
                let _gone = tell.send(first.clone());
                state.compare(first, answers.recv().await.flatten());
            } else {
                let _gone = tell.send(answers.recv().await.flatten());
            }
        };
        #[expect(clippy::disallowed_methods, reason = "it ends with its request")]
        tokio::spawn(compare);
        told.await.ok().flatten()
    }

    fn compare(&self, one: Answered, two: Answered) {
        if let (Some((200, one)), Some((200, two))) = (one, two)
            && one != two
        {
            lock(&self.unlike).push(format!("{one:?} and {two:?}"));
        }
    }
}

fn answer(status: u16, body: Bytes) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
    HttpResponse::build(status)
        .content_type("text/xml")
        .body(body)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
