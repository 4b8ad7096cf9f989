//! The test kit: a whole installation with verbs that read as sentences.

mod app;
mod backend;
mod balancer;
mod bench;
mod browser;
mod desk;
mod envelope;
mod eventually;
mod fans;
mod phone;
mod pictures;
mod process;
mod proxy;
mod rows;
mod server;
pub mod wire;

use std::path::PathBuf;

pub use app::{APPID, TestApp};
pub use backend::{Backend, Session, Store};
pub use balancer::Balancer;
pub use bench::{Bench, lines};
pub use browser::Browser;
pub use desk::{Answered, Desk, PASSWORD, path_of};
pub use envelope::{Push, Sender};
pub use eventually::{PATIENCE, eventually, within};
pub use phone::{Guide, Phone, text_of};
pub use pictures::{drawn, files};
pub use process::Process;
pub use proxy::Proxy;
pub use server::{Server, with};

/// The samples from elsewhere, or none with a line that says what was not run.
pub fn fixtures(what: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let folder = std::env::var_os("DAOGOU_FIXTURES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    not_run(
        &format!("samples: {what}"),
        "the samples of ../shared/fixtures are not there",
    );
    None
}

/// Says loudly that something did not run.
pub fn not_run(what: &str, why: &str) {
    use std::io::Write;
    eprintln!("NOT RUN: {what}: {why}");
    if let Some(list) = std::env::var_os("DAOGOU_NOT_RUN") {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list)
            .expect("the list can be opened");
        writeln!(file, "{what}: {why}").expect("the list can be written");
    }
}
