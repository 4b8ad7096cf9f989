//! A real browser, Debian's Chromium through its ChromeDriver, and the phones page in it: a finger, a keyboard and eyes.

mod pages;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use daogou_ground::install_tls;
use serde_json::{Value, json};
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};

use super::{Phone, eventually, not_run};

/// How long the page may take to show something: far more than it does, so that a slow machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// Without them Chromium calls home all the time; with the last one, what slides on the page stands at once.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
];

/// An open browser window. It closes with its value.
pub struct Browser {
    driver: WebDriver,
    _process: ChromeDriver,
    _profile: tempfile::TempDir,
}

/// One person's phone on the page.
pub struct Handset<'a> {
    browser: &'a Browser,
    person: String,
}

struct ChromeDriver {
    process: Child,
    // Kept open, so that what it still prints does not end it.
    output: BufReader<ChildStdout>,
}

impl ChromeDriver {
    /// On a port that it chooses itself and prints; the answer has its address.
    fn start(program: &Path) -> (Self, String) {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ChromeDriver starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let mut driver = Self { process, output };
        let port = driver.port();
        (driver, format!("http://127.0.0.1:{port}"))
    }

    fn port(&mut self) -> u16 {
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("it speaks") > 0 {
            if let Some((_, port)) = line.trim().split_once("successfully on port ") {
                let port = port.trim_end_matches('.').parse();
                return port.expect("a port is a number");
            }
            line.clear();
        }
        panic!("ChromeDriver does not say its port");
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        let _ended_already = self.process.kill();
        let _status = self.process.wait();
    }
}

impl Browser {
    /// None when there is no browser on this machine; the list of what did not run says so.
    pub async fn start(what: &str) -> Option<Self> {
        let (Some(chromium), Some(chromedriver)) = (program("chromium"), program("chromedriver"))
        else {
            not_run(what, "chromium and chromedriver are not installed");
            return None;
        };
        install_tls();
        let (process, url) = ChromeDriver::start(&chromedriver);
        let profile = tempfile::tempdir().expect("a folder");
        let mut wanted = DesiredCapabilities::chrome();
        let at = format!("--user-data-dir={}", profile.path().display());
        for flag in FLAGS.iter().copied().chain([at.as_str()]) {
            wanted.add_arg(flag).expect("a flag can be set");
        }
        let chromium = chromium.to_string_lossy();
        wanted.set_binary(&chromium).expect("a program can be set");
        wanted
            .set_browser_log_level(LoggingPrefsLogLevel::Warning)
            .expect("a log level can be set");
        let driver = WebDriver::new(url, wanted).await.expect("Chromium starts");
        driver.set_poller(Arc::new(ElementPollerWithTimeout::new(
            PATIENCE, LOOK_EVERY,
        )));
        Some(Self {
            driver,
            _process: process,
            _profile: profile,
        })
    }

    /// From now on a screen of that size, in CSS pixels.
    pub async fn has_screen(&self, width: u32, height: u32) {
        let touch = width < 720;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch });
        self.tell("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// From now on somebody who likes it dark, or light.
    pub async fn likes(&self, scheme: &str) {
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.tell("Emulation.setEmulatedMedia", media).await;
    }

    async fn tell(&self, command: &str, parameters: Value) {
        self.tells(command, parameters).await;
    }

    /// Tells the browser something in its own language, and says what it answers.
    pub async fn tells(&self, command: &str, parameters: Value) -> Value {
        let told = self.driver.cdp().send_raw(command, parameters).await;
        told.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// Opens the page of the simulator with these people's phones, and waits until it is ready.
    pub async fn opens(&self, sandbox: &str, people: &[&Phone]) {
        let ids: Vec<_> = people.iter().map(|phone| phone.id.as_str()).collect();
        let url = format!("{sandbox}/?people={}", ids.join(","));
        self.driver.goto(url).await.expect("the page opens");
        self.finds("//body[@data-ready='yes']").await;
    }

    /// That person's phone.
    pub fn phone(&self, phone: &Phone) -> Handset<'_> {
        Handset {
            browser: self,
            person: phone.id.clone(),
        }
    }

    /// Waits until the page shows what `path` names.
    pub async fn finds(&self, path: &str) -> WebElement {
        let query = self.driver.query(By::XPath(path)).and_displayed();
        match query.first().await {
            Ok(element) => element,
            Err(error) => panic!("{path}: {error}\n{}", self.words().await),
        }
    }

    /// Taps the button, or what folds and unfolds, of that name, anywhere on the page.
    pub async fn taps(&self, name: &str) {
        let keys = "//*[self::button or self::summary]";
        self.taps_at(&format!("{keys}{REACHABLE}{}", called(name)))
            .await;
    }

    /// Taps the button whose words contain `words`, anywhere on the page.
    pub async fn taps_what_says(&self, words: &str) {
        self.taps_at(&format!("//button{REACHABLE}[contains(., '{words}')]"))
            .await;
    }

    /// Opens the phone of another person, by the key for it.
    pub async fn opens_the_phone_of(&self, name: &str, key: &str) {
        self.taps(key).await;
        self.taps_at(&format!("//dialog[@open]//button[contains(., '{name}')]"))
            .await;
    }

    async fn taps_at(&self, path: &str) {
        let element = self.finds(path).await;
        let tapped = element.click_when_ready().await;
        tapped.unwrap_or_else(|e| panic!("{path} cannot be tapped: {e}"));
    }

    /// The browser's own back key, once the page has written into the history that there are `steps` steps to go back:
    /// it does so a moment after what it shows.
    pub async fn goes_back_from(&self, steps: u64) {
        eventually(&format!("{steps} steps in the history"), async || {
            let written = self.asks("return history.state?.steps ?? 0").await;
            (written == steps).then_some(())
        })
        .await;
        self.driver.back().await.expect("there is a way back");
    }

    /// What a script on the page answers.
    pub async fn asks(&self, script: &str) -> Value {
        let answer = self.driver.execute(script, Vec::new()).await;
        let answer = answer.unwrap_or_else(|e| panic!("{script}: {e}"));
        answer.json().clone()
    }

    /// The same for a script that hands its answer to `arguments[0]` later.
    pub async fn asks_and_waits(&self, script: &str) -> Value {
        let answer = self.driver.execute_async(script, Vec::new()).await;
        let answer = answer.unwrap_or_else(|e| panic!("{script}: {e}"));
        answer.json().clone()
    }

    /// What the browser has complained of: errors in scripts, broken styles, files that are missing.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.expect("there is a log");
        log.into_iter().map(|entry| entry.message).collect()
    }

    async fn words(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// Closes the window.
    pub async fn quits(self) {
        self.driver.quit().await.expect("Chromium ends");
    }
}

impl Handset<'_> {
    fn path(&self, inside: &str) -> String {
        format!("//section[@data-person='{}']{inside}", self.person)
    }

    /// Taps the button of that name.
    pub async fn taps(&self, name: &str) {
        let path = self.path(&format!("//button{REACHABLE}{}", called(name)));
        self.browser.taps_at(&path).await;
    }

    /// Taps the button whose words contain `words`.
    pub async fn taps_what_says(&self, words: &str) {
        let path = self.path(&format!("//button{REACHABLE}[contains(., '{words}')]"));
        self.browser.taps_at(&path).await;
    }

    /// Types into the chat's field and sends with the enter key.
    pub async fn types(&self, text: &str) {
        let path = self.path(&format!("//textarea{REACHABLE}"));
        let field = self.browser.finds(&path).await;
        let typed = field.send_keys(text + Key::Enter).await;
        typed.unwrap_or_else(|e| panic!("{text:?} cannot be typed: {e}"));
    }

    /// Sends a picture that the page draws.
    pub async fn sends_a_picture(&self) {
        self.taps("更多").await;
        self.taps("照片").await;
        self.taps("用一张示例照片").await;
    }

    /// Waits for a line of the account with these words.
    pub async fn reads(&self, words: &str) {
        let line = format!(
            "//div{FROM_THE_ACCOUNT}//*[{}][contains(., '{words}')]",
            class("words")
        );
        self.browser.finds(&self.path(&line)).await;
    }

    /// How many lines of the account have these words.
    pub async fn count(&self, words: &str) -> usize {
        let line = format!(
            "//div{FROM_THE_ACCOUNT}//*[{}][contains(., '{words}')]",
            class("words")
        );
        let found = self.browser.driver.find_all(By::XPath(self.path(&line)));
        found.await.expect("lines can be counted").len()
    }

    /// Waits for a picture from the account that has really been loaded.
    pub async fn sees_a_picture(&self) {
        let path = self.path(&format!("//div{FROM_THE_ACCOUNT}//img"));
        let picture = self.browser.driver.query(By::XPath(path));
        let seen = picture.with_property("naturalWidth", "720").first().await;
        seen.expect("a picture is shown");
    }

    /// Waits for the line with which WeChat says that the account's server has failed.
    pub async fn sees_the_failure_line(&self) {
        let path = self.path(&format!("//p[{}]", class("note--failed")));
        self.browser.finds(&path).await;
    }

    /// Waits until a button of that name is there.
    pub async fn finds_the_key(&self, name: &str) {
        let path = self.path(&format!("//button{REACHABLE}{}", called(name)));
        self.browser.finds(&path).await;
    }

    /// Waits until the screen with that title is the one in front.
    pub async fn is_at(&self, title: &str) {
        let path = self.path(&format!("//h2{REACHABLE}[normalize-space()='{title}']"));
        self.browser.finds(&path).await;
    }
}

const REACHABLE: &str = "[not(ancestor-or-self::*[@inert or @hidden])]";
const FROM_THE_ACCOUNT: &str =
    "[contains(concat(' ', @class, ' '), ' row ')][not(contains(@class, 'row--own'))]";

fn called(name: &str) -> String {
    format!("[@aria-label='{name}' or normalize-space()='{name}']")
}

fn class(name: &str) -> String {
    format!("contains(concat(' ', @class, ' '), ' {name} ')")
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
