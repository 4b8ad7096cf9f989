//! What can be seen without leaving the house: the public address, folders, the account's mode.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;

use daogou_wechat::{Hosts, Mode};
use reqwest::Url;

use super::patient::Patient;
use super::{Finding, State, Words, end};
use crate::config::Config;
use crate::texts::Texts;

/// Whether WeChat can call the address that is set.
pub fn public_url(config: &Config) -> Finding {
    let api = &config.hosts.api;
    let simulated = (*api != Hosts::default().api).then_some(api.as_str());
    Finding::new("public_url", judge(&config.public_url, simulated))
}

/// Whether WeChat can call `url`; `simulated` names what plays WeChat here.
fn judge(url: &str, simulated: Option<&str>) -> (State, Words) {
    let Some((scheme, host, port)) = parts(url) else {
        return end(
            State::Fail,
            format!(
                "DAOGOU_PUBLIC_URL {url} is not an address: write it like https://wx.example.com"
            ),
            format!(
                "公网地址 {url} 写得不对：请在服务器的 .env 里把 DAOGOU_PUBLIC_URL 写成 https://wx.example.com 这样，再重启"
            ),
        );
    };
    if let Some(api) = simulated {
        return end(
            State::Ok,
            format!("{url}; WeChat is played by {api}"),
            format!("{url}；这里的微信由模拟器 {api} 扮演"),
        );
    }
    let right_port = if scheme == "https" { 443 } else { 80 };
    if is_inside(&host) {
        end(
            State::Warn,
            format!(
                "{url} is reached from here only: set DAOGOU_PUBLIC_URL to the https address of your proxy or tunnel, or WeChat \
                 cannot call"
            ),
            format!(
                "{url} 只有内网能打开，微信连不上：请在服务器的 .env 里把 DAOGOU_PUBLIC_URL 设为对外的 https 地址，再重启"
            ),
        )
    } else if port != right_port {
        end(
            State::Fail,
            format!(
                "{url}: WeChat calls https on port 443 and http on port 80 only; let the proxy or tunnel listen there and \
                 correct DAOGOU_PUBLIC_URL"
            ),
            format!(
                "{url}：微信只连 https 的 443 端口和 http 的 80 端口。请让代理在那里监听，并改正 DAOGOU_PUBLIC_URL"
            ),
        )
    } else if scheme == "http" {
        end(
            State::Warn,
            format!(
                "{url}: WeChat calls it, but nothing is encrypted on the way; put a proxy with a certificate before the \
                 server and write https"
            ),
            format!(
                "{url}：微信连得上，但路上没有加密。请在服务器前放一个带证书的代理，并改用 https"
            ),
        )
    } else {
        end(State::Ok, url, url)
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

/// Whether pictures and sounds can be kept.
pub fn media_folder(config: &Config) -> Finding {
    let media = &config.media_dir;
    let judged = match try_out(media) {
        Ok(()) => end(
            State::Ok,
            format!("{} can be written", media.display()),
            format!("{} 可以写入", media.display()),
        ),
        Err(error) => end(
            State::Fail,
            format!(
                "{} cannot be written ({error}): give the user that runs Daogou the right to, or set DAOGOU_MEDIA_DIR to \
                 another folder",
                media.display()
            ),
            format!(
                "{} 不能写入（{error}），图片和语音存不下来：请给运行导购的用户写权限，或用 DAOGOU_MEDIA_DIR 换一个文件夹",
                media.display()
            ),
        ),
    };
    Finding::new("media_folder", judged)
}

/// The message texts, and whether they can be used.
pub fn templates(config: &Config) -> (Finding, bool) {
    let own = config.templates_dir.as_deref();
    let loaded = Texts::load(own);
    let usable = loaded.is_ok();
    let judged = match (loaded, own) {
        (Ok(_), None) => end(State::Ok, "the built-in texts", "使用内置文案"),
        (Ok(_), Some(folder)) => end(
            State::Ok,
            format!("{}, and the built-in texts for the rest", folder.display()),
            format!("使用 {} 里的文案，其余用内置文案", folder.display()),
        ),
        (Err(error), _) => end(
            State::Fail,
            format!("{error}; correct the file, or take it away to use the built-in text"),
            format!("文案文件有错（{error}）：请改正，或删掉它改用内置文案"),
        ),
    };
    (Finding::new("templates", judged), usable)
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
pub fn mode(patient: &Patient) -> Finding {
    let keys = patient.door.keys.len();
    let judged = match (patient.door.mode, keys) {
        (Mode::Plain, _) => end(
            State::Warn,
            "plain: pushes come in clear text, which is fine for a test account; a real account should choose 安全模式 and \
             WECHAT_MODE=secure",
            "明文模式：消息不加密，测试号可以这样用；正式账号请在微信和这里都改成安全模式",
        ),
        (mode, 0) => end(
            State::Fail,
            format!("{mode}, but there is no EncodingAESKey: set WECHAT_ENCODING_AES_KEY"),
            "选了加密，但没有 EncodingAESKey：请在账号设置里补上",
        ),
        (mode, 1) => end(
            State::Ok,
            format!("{mode}, EncodingAESKey is set"),
            format!("{}，EncodingAESKey 已保存", in_chinese(mode)),
        ),
        (mode, _) => end(
            State::Ok,
            format!(
                "{mode}, EncodingAESKey and the previous one are set; take the previous one away a day after the change"
            ),
            format!("{}，新旧 EncodingAESKey 目前都接受", in_chinese(mode)),
        ),
    };
    Finding::new("mode", judged)
}

fn in_chinese(mode: Mode) -> &'static str {
    match mode {
        Mode::Plain => "明文模式",
        Mode::Compatible => "兼容模式",
        Mode::Secure => "安全模式",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(url: &str) -> State {
        judge(url, None).0
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
            let played = judge(url, Some("http://127.0.0.1:8081"));
            assert_eq!(played.0, State::Ok, "{url}");
        }
    }
}
