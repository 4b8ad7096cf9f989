//! A browser at the console, without a screen: pages, forms and the cookie.

use std::sync::Mutex;

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};

use super::TestApp;

/// Long enough, and nobody's.
pub const PASSWORD: &str = "总部的密码要写得长一点才好";

/// What a page answered.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    /// Where it leads on.
    pub to: Option<String>,
    pub text: String,
}

/// Somebody at the console.
pub struct Desk {
    http: Client,
    base: String,
    cookie: Mutex<Option<String>>,
}

impl Desk {
    /// Nobody is signed in.
    pub fn stranger(app: &TestApp) -> Self {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().expect("a client"),
            base: app.server.clone(),
            cookie: Mutex::default(),
        }
    }

    /// The first administrator, who came by the command line's link.
    pub async fn admin(app: &TestApp, login: &str) -> Self {
        let link = app.daogou_json(&["admin", "create", "何", "--json"]);
        let desk = Self::stranger(app);
        desk.takes_up(link["link"].as_str().expect("a link"), login)
            .await;
        desk
    }

    /// Goes on, still signed in, at the server that `app` has now.
    pub fn follows(&mut self, app: &TestApp) {
        self.base.clone_from(&app.server);
    }

    /// Somebody whom `self` invites.
    pub async fn invites(&self, app: &TestApp, login: &str, role: &str, store: &str) -> Self {
        let link = self.makes_a_link_for(login, role, store).await;
        let desk = Self::stranger(app);
        desk.takes_up(&link, login).await;
        desk
    }

    /// A dealer with these regions, whom `self` invites.
    pub async fn invites_dealer(&self, app: &TestApp, login: &str, regions: &[i64]) -> Self {
        let ticks: Vec<_> = regions.iter().map(|id| format!("region-{id}")).collect();
        let mut fields = vec![("name", login), ("role", "dealer")];
        fields.extend(ticks.iter().map(|tick| (tick.as_str(), "1")));
        let link = self.makes_a_link(&fields).await;
        let desk = Self::stranger(app);
        desk.takes_up(&link, login).await;
        desk
    }

    /// Where somebody whom `self` invites comes in.
    pub async fn makes_a_link_for(&self, name: &str, role: &str, store: &str) -> String {
        let fields = [("name", name), ("role", role), ("store", store)];
        self.makes_a_link(&fields).await
    }

    async fn makes_a_link(&self, fields: &[(&str, &str)]) -> String {
        let page = self.sends("/console/staff", fields).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let shown = path_of(&page.text, "/console/invitations/");
        let word = |c: &char| c.is_ascii_alphanumeric() || "/-_".contains(*c);
        shown.chars().take_while(word).collect()
    }

    /// Chooses login and password behind an invitation.
    pub async fn takes_up(&self, link: &str, login: &str) {
        let path = &path_of(link, "/console/");
        let fields = [
            ("login", login),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let taken = self.posts(path, &fields).await;
        assert_eq!(taken.status, 303, "{}", taken.text);
        assert_eq!(taken.to.as_deref(), Some("/console"));
    }

    pub async fn opens(&self, path: &str) -> Answered {
        self.asks(Method::GET, path, None, &self.base).await
    }

    /// Posts a form as it is.
    pub async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        self.asks(Method::POST, path, Some(fields), &self.base)
            .await
    }

    /// The same from another site's page.
    pub async fn is_made_to_post(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        self.asks(Method::POST, path, Some(fields), "https://evil.example")
            .await
    }

    /// Posts a form of our own page.
    pub async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let key = self.form_key().await;
        let mut fields = fields.to_vec();
        fields.push(("csrf", &key));
        self.posts(path, &fields).await
    }

    /// The file that a form of our own page answers.
    pub async fn fetches(&self, path: &str) -> Vec<u8> {
        let key = self.form_key().await;
        let cookie = self.cookie.lock().expect("one at a time").clone();
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header(COOKIE, cookie.expect("somebody is signed in"))
            .form(&[("csrf", key)]);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.bytes().await.expect("a whole file").to_vec()
    }

    /// Posts a form of our own page with a file.
    pub async fn uploads(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        name: &str,
        bytes: &[u8],
    ) -> Answered {
        let file = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let mut form = reqwest::multipart::Form::new().part("file", file);
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let form = form.text("csrf", self.form_key().await);
        let cookie = self.cookie.lock().expect("one at a time").clone();
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header(ORIGIN, &self.base)
            .header(COOKIE, cookie.unwrap_or_default())
            .multipart(form);
        let answer = request.send().await.expect("an answer");
        let to = answer.headers().get(LOCATION);
        let to = to.map(|to| to.to_str().expect("a text").to_owned());
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        Answered { status, to, text }
    }

    /// A file that a page links to.
    pub async fn saves(&self, path: &str) -> Vec<u8> {
        let cookie = self.cookie.lock().expect("one at a time").clone();
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .header(COOKIE, cookie.unwrap_or_default());
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.expect("a whole file").to_vec()
    }

    /// What our pages put into their forms.
    pub async fn form_key(&self) -> String {
        let first = self.opens("/console").await;
        let page = self.opens(&first.to.expect("an account")).await;
        let (_, after) = page
            .text
            .split_once("name=\"csrf\" value=\"")
            .expect("a form");
        after.split('"').next().expect("a value").to_owned()
    }

    pub fn forgets_the_cookie(&self) -> Option<String> {
        self.cookie.lock().expect("one at a time").take()
    }

    pub fn has_the_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().expect("one at a time") = cookie;
    }

    /// Keeps a cookie beside those of other names; an empty one is gone.
    fn keeps(&self, pair: &str) {
        let (name, value) = pair.split_once('=').expect("a pair");
        let kept = self.forgets_the_cookie().unwrap_or_default();
        let others = kept
            .split("; ")
            .filter(|other| !other.is_empty() && !other.starts_with(&format!("{name}=")));
        let pairs: Vec<_> = others
            .chain(Some(pair).filter(|_| !value.is_empty()))
            .collect();
        self.has_the_cookie(Some(pairs.join("; ")).filter(|pairs| !pairs.is_empty()));
    }

    async fn asks(
        &self,
        method: Method,
        path: &str,
        fields: Option<&[(&str, &str)]>,
        origin: &str,
    ) -> Answered {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = self.cookie.lock().expect("one at a time").clone() {
            request = request.header(COOKIE, cookie);
        }
        if let Some(fields) = fields {
            request = request.header(ORIGIN, origin).form(fields);
        }
        let answer = request.send().await.expect("an answer");
        let header = |name| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().expect("a text").to_owned())
        };
        if let Some(set) = header(SET_COOKIE) {
            assert!(set.contains("HttpOnly"), "{set}");
            let pair = set.split(';').next().expect("a pair");
            self.keeps(pair);
        }
        let (status, to) = (answer.status(), header(LOCATION));
        // As a browser reads it.
        let text = answer.text().await.unwrap_or_default();
        let text = text.replace("&#x2f;", "/").replace("&amp;", "&");
        Answered { status, to, text }
    }
}

/// What of a link or a page begins with `start`.
pub fn path_of(link: &str, start: &str) -> String {
    let (_, behind) = link.split_once(start).expect("a link");
    format!("{start}{behind}")
}
