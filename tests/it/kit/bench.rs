//! A guide's browser at the workbench, without a screen: pages, parts of pages, forms, cookies, and what it is told live.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};

use super::app::APPID;
use super::desk::Answered;
use super::{Guide, Phone, TestApp};

/// A guide's browser.
pub struct Bench {
    http: Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Bench {
    /// Nobody is signed in.
    pub fn stranger(app: &TestApp) -> Self {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().expect("a client"),
            base: app.server.clone(),
            cookies: Mutex::default(),
        }
    }

    /// The guide has come in by her own WeChat.
    pub async fn of(app: &TestApp, guide: &Guide) -> Self {
        let bench = Self::stranger(app);
        let entered = bench.comes_in_as(&guide.phone).await;
        assert_eq!(
            entered.to.as_deref(),
            Some("/workbench"),
            "{}",
            entered.text
        );
        bench
    }

    /// Goes the way through WeChat with this person's phone.
    pub async fn comes_in_as(&self, phone: &Phone) -> Answered {
        let back = self.is_led_back(phone).await;
        self.opens(&back).await
    }

    /// Goes to WeChat with this person's phone, and says where WeChat leads back to.
    pub async fn is_led_back(&self, phone: &Phone) -> String {
        let begun = self.opens(&format!("/workbench/wechat/{APPID}")).await;
        let address = begun.to.expect("a way to WeChat");
        assert!(address.ends_with("#wechat_redirect"), "{address}");
        let address = address.trim_end_matches("#wechat_redirect");
        let asked = self.http.get(format!("{address}&person={}", phone.id));
        let led = asked.send().await.expect("WeChat answers");
        let back = led.headers()[LOCATION].to_str().expect("an address");
        // The server knows itself by another address than a test does.
        let (_, path) = back.split_once("/workbench/").expect("the workbench");
        format!("/workbench/{path}")
    }

    pub async fn opens(&self, path: &str) -> Answered {
        self.answered(self.asks(Method::GET, path)).await
    }

    /// What a script of the page fetches.
    pub async fn part(&self, path: &str) -> Answered {
        let request = self.asks(Method::GET, path).header("x-part", "1");
        self.answered(request).await
    }

    /// Posts a form as it is.
    pub async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let request = self.asks(Method::POST, path).header(ORIGIN, &self.base);
        self.answered(request.form(fields)).await
    }

    /// The same from another site's page.
    pub async fn is_made_to_post(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let request = self.asks(Method::POST, path);
        let request = request.header(ORIGIN, "https://evil.example");
        self.answered(request.form(fields)).await
    }

    /// Posts a form of our own page.
    pub async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let key = self.form_key().await;
        let mut fields = fields.to_vec();
        fields.push(("csrf", &key));
        self.posts(path, &fields).await
    }

    /// Writes a line as the page's script does.
    pub async fn writes(&self, member: i64, key: &str, text: &str) -> Answered {
        let csrf = self.form_key().await;
        let path = format!("/workbench/chats/{member}/lines");
        let request = self.asks(Method::POST, &path).header("x-part", "1");
        let fields = [
            ("csrf", csrf.as_str()),
            ("key", key),
            ("text", text),
            ("after", "0"),
        ];
        self.answered(request.header(ORIGIN, &self.base).form(&fields))
            .await
    }

    /// Sends a file as the page's script does.
    pub async fn brings(&self, path: &str, key: &str, bytes: &[u8]) -> Answered {
        let csrf = self.form_key().await;
        let request = self.asks(Method::POST, path).header("x-part", "1");
        let request = request.header("x-csrf", csrf).header("x-key", key);
        let request = request.header(ORIGIN, &self.base).body(bytes.to_vec());
        self.answered(request).await
    }

    /// What our pages put into their forms.
    pub async fn form_key(&self) -> String {
        let page = self.opens("/workbench/me").await;
        let parts = page.text.split_once("name=\"csrf\" value=\"");
        let (_, after) = parts.expect("a form");
        after.split('"').next().expect("a value").to_owned()
    }

    /// Hears what the open page is told from now on.
    pub async fn listens(&self) -> Told {
        let request = self.asks(Method::GET, "/workbench/live");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let mut told = Told {
            answer,
            read: String::new(),
        };
        told.next("shown").await;
        told
    }

    pub fn forgets_the_cookies(&self) -> BTreeMap<String, String> {
        std::mem::take(&mut *self.cookies.lock().expect("one at a time"))
    }

    pub fn has_the_cookies(&self, cookies: BTreeMap<String, String>) {
        *self.cookies.lock().expect("one at a time") = cookies;
    }

    /// The value of the sign-in's cookie.
    pub fn cookie(&self) -> String {
        let cookies = self.cookies.lock().expect("one at a time");
        cookies["daogou_workbench"].clone()
    }

    fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let cookies = self.cookies.lock().expect("one at a time");
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        match pairs.is_empty() {
            true => request,
            false => request.header(COOKIE, pairs.join("; ")),
        }
    }

    async fn answered(&self, request: RequestBuilder) -> Answered {
        let answer = request.send().await.expect("an answer");
        for set in answer.headers().get_all(SET_COOKIE) {
            let set = set.to_str().expect("a text");
            assert!(set.contains("HttpOnly"), "{set}");
            let pair = set.split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("name and value");
            let mut cookies = self.cookies.lock().expect("one at a time");
            match value {
                "" => cookies.remove(name),
                value => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let to = answer.headers().get(LOCATION);
        let to = to.map(|to| to.to_str().expect("a text").to_owned());
        let status = answer.status();
        // As a browser reads it.
        let text = answer.text().await.unwrap_or_default();
        let text = text.replace("&#x2f;", "/").replace("&amp;", "&");
        Answered { status, to, text }
    }
}

/// What an open page is told.
pub struct Told {
    answer: Response,
    read: String,
}

impl Told {
    /// Waits for the next event of that name, and gives its data.
    pub async fn next(&mut self, name: &str) -> serde_json::Value {
        let event = format!("event: {name}\n");
        loop {
            while let Some((said, rest)) = self.read.split_once("\n\n") {
                let (said, rest) = (said.to_owned(), rest.to_owned());
                self.read = rest;
                if format!("{said}\n").starts_with(&event) {
                    let (_, data) = said.split_once("data: ").expect("data");
                    return serde_json::from_str(data).expect("JSON");
                }
            }
            let more = self.more().await;
            assert!(more, "the stream ended before {name}");
        }
    }

    /// Waits until the server says no more.
    pub async fn ends(mut self) {
        while self.more().await {}
    }

    async fn more(&mut self) -> bool {
        let chunk = tokio::time::timeout(Duration::from_secs(60), self.answer.chunk());
        match chunk.await.expect("something is told in time") {
            Ok(Some(bytes)) => {
                self.read.push_str(&String::from_utf8_lossy(&bytes));
                true
            }
            Ok(None) | Err(_) => false,
        }
    }
}

/// The lines of a chat's page or part, as its script reads them: whose side, and the words.
pub fn lines(html: &str) -> Vec<(i64, String)> {
    let parts = html.split("data-line=\"").skip(1);
    parts
        .map(|part| {
            let id: String = part.chars().take_while(char::is_ascii_digit).collect();
            let text = part
                .split_once("class=\"bubble\">")
                .and_then(|(_, text)| text.split_once('<'))
                .map_or(String::new(), |(text, _)| text.trim().to_owned());
            (id.parse().expect("an id"), text)
        })
        .collect()
}
