//! (d) What a user would otherwise pick: wechatpy with FastAPI and uvicorn, as a bare encrypted echo.

use std::path::Path;
use std::time::Duration;

use super::subjects::{Subject, echoes};
use crate::cores;
use crate::fault::Done;
use crate::load::Load;
use crate::process::{Launch, Process};
use crate::stage;
use crate::wire::{self, Sender};

const PROGRAM: &str = include_str!("../../peer.py");

/// The peer's server.
pub struct Peer<'a> {
    process: Process,
    sender: &'a Sender,
    _folder: tempfile::TempDir,
}

impl<'a> Peer<'a> {
    /// Starts it with this Python, which has what it needs.
    pub async fn start(python: &Path, sender: &'a Sender) -> Done<Self> {
        let folder = stage::folder()?;
        std::fs::write(folder.path().join("peer.py"), PROGRAM)?;
        let launch = Launch {
            program: python.as_os_str(),
            arguments: &[
                "-m",
                "uvicorn",
                "peer:app",
                "--port",
                "{port}",
                "--loop",
                "uvloop",
                "--http",
                "httptools",
                "--no-access-log",
            ],
            environment: &[
                ("WECHAT_TOKEN", wire::TOKEN.into()),
                ("WECHAT_ENCODING_AES_KEY", wire::AES_KEY.into()),
                ("WECHAT_APPID", wire::APPID.into()),
            ],
            core: Some(cores::SERVER),
            folder: folder.path(),
            name: "peer",
            ready: "/readyz",
        };
        Ok(Self {
            process: launch.start().await?,
            sender,
            _folder: folder,
        })
    }
}

impl Subject for Peer<'_> {
    fn label(&self) -> &'static str {
        "(d) peer: a text echoed by wechatpy"
    }

    fn process(&self) -> &Process {
        &self.process
    }

    fn load(&mut self, _time: Duration) -> Done<Load> {
        echoes(self.sender)
    }
}
