//! What can be seen without leaving the house: settings, folders, the account's mode.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;

use daogou_wechat::{Hosts, Mode};
use reqwest::Url;

use super::patients::Patient;
use super::report::{Report, State};
use crate::config::Config;
use crate::texts::Texts;

/// The settings that were read, and the public address.
pub(super) fn settings(report: &mut Report, config: &Config) {
    report.ok(
        "configuration",
        &format!(
            "settings read, DAOGOU_SECRET_KEY is set, time zone {}",
            config.timezone
        ),
    );
    let api = &config.hosts.api;
    let simulated = (*api != Hosts::default().api).then_some(api.as_str());
    let (state, text) = public_url(&config.public_url, simulated);
    report.note("public_url", state, &text);
}

/// Whether WeChat can call `url`; `simulated` names what plays WeChat here.
fn public_url(url: &str, simulated: Option<&str>) -> (State, String) {
    let Some((scheme, host, port)) = parts(url) else {
        return (
            State::Fail,
            format!(
                "DAOGOU_PUBLIC_URL {url} is not an address: write it like https://wx.example.com"
            ),
        );
    };
    if let Some(api) = simulated {
        return (State::Ok, format!("{url}; WeChat is played by {api}"));
    }
    let right_port = if scheme == "https" { 443 } else { 80 };
    if is_inside(&host) {
        let text = format!(
            "{url} is reached from here only: set DAOGOU_PUBLIC_URL to the https address of your proxy or tunnel, or WeChat \
             cannot call"
        );
        (State::Warn, text)
    } else if port != right_port {
        let text = format!(
            "{url}: WeChat calls https on port 443 and http on port 80 only; let the proxy or tunnel listen there and \
             correct DAOGOU_PUBLIC_URL"
        );
        (State::Fail, text)
    } else if scheme == "http" {
        let text = format!(
            "{url}: WeChat calls it, but nothing is encrypted on the way; put a proxy with a certificate before the \
             server and write https"
        );
        (State::Warn, text)
    } else {
        (State::Ok, url.to_owned())
    }
}

fn parts(url: &str) -> Option<(String, String, u16)> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    Some((url.scheme().to_owned(), host, url.port_or_known_default()?))
}

/// Whether this name or address leads nowhere from outside.
fn is_inside(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
        }
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".local") || !host.contains('.'),
    }
}

/// The folders; says whether the message texts can be used.
pub(super) fn folders(report: &mut Report, config: &Config) -> bool {
    let media = &config.media_dir;
    match try_out(media) {
        Ok(()) => report.ok(
            "media_folder",
            &format!("{} can be written", media.display()),
        ),
        Err(error) => report.fail(
            "media_folder",
            &format!(
                "{} cannot be written ({error}): give the user that runs Daogou the right to, or set DAOGOU_MEDIA_DIR to \
                 another folder",
                media.display()
            ),
        ),
    }
    let own = config.templates_dir.as_deref();
    match (Texts::load(own), own) {
        (Ok(_), None) => report.ok("templates", "the built-in texts"),
        (Ok(_), Some(folder)) => report.ok(
            "templates",
            &format!("{}, and the built-in texts for the rest", folder.display()),
        ),
        (Err(error), _) => {
            report.fail(
                "templates",
                &format!("{error}; correct the file, or take it away to use the built-in text"),
            );
            return false;
        }
    }
    true
}

/// Writes a file into `folder`, making the folder as the first picture would, and takes it away again.
fn try_out(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".daogou-doctor-")
        .tempfile_in(folder)?;
    file.write_all(b"daogou doctor")?;
    file.close()
}

/// How the account's pushes are protected.
pub(super) fn mode(report: &mut Report, patient: &Patient) {
    let keys = patient.door.keys.len();
    let (state, text) = match (patient.door.mode, keys) {
        (Mode::Plain, _) => (
            State::Warn,
            "plain: pushes come in clear text, which is fine for a test account; a real account should choose 安全模式 and \
             WECHAT_MODE=secure"
                .to_owned(),
        ),
        (mode, 0) => (
            State::Fail,
            format!("{mode}, but there is no EncodingAESKey: set WECHAT_ENCODING_AES_KEY"),
        ),
        (mode, 1) => (State::Ok, format!("{mode}, EncodingAESKey is set")),
        (mode, _) => (
            State::Ok,
            format!(
                "{mode}, EncodingAESKey and the previous one are set; take the previous one away a day after the change"
            ),
        ),
    };
    report.note("mode", state, &patient.says(&text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(url: &str) -> State {
        public_url(url, None).0
    }

    #[test]
    fn only_https_on_its_own_port_is_called_without_a_word() {
        assert_eq!(state("https://wx.example.com"), State::Ok);
        assert_eq!(state("https://wx.example.com:443/shop"), State::Ok);
        assert_eq!(state("http://wx.example.com"), State::Warn);
        assert_eq!(state("https://wx.example.com:8443"), State::Fail);
        assert_eq!(state("http://wx.example.com:8080"), State::Fail);
        assert_eq!(state("https://"), State::Fail);
    }

    #[test]
    fn an_address_that_only_this_network_knows_is_warned_of_unless_wechat_is_played() {
        for url in [
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "https://192.168.1.4",
            "http://[::1]:8080",
            "https://server",
        ] {
            assert_eq!(state(url), State::Warn, "{url}");
            let played = public_url(url, Some("http://127.0.0.1:8081"));
            assert_eq!(played.0, State::Ok, "{url}");
        }
    }
}
