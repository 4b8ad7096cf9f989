//! How much the web server takes from strangers: how many connections, and how long each may say nothing.
//!
//! A body is bounded where it is read (`web/webhook`), a head by actix-web itself: 128 kB and 96 headers.

use std::time::Duration;

/// How long the head of a request may take. WeChat gives up the whole push after 5 s.
pub(super) const HEAD_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection may say nothing between two requests. A proxy in front keeps its idle connections for a shorter
/// time than this, or it sends a push into one that is just being closed.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a connection that is being closed may take to notice.
pub(super) const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// Files that are not for strangers: the store, calls to WeChat (64 at once), Redis, media, logs.
const OWN_FILES: u64 = 512;
/// More open files than this are not asked for.
const FILES_MAX: u64 = 65_536;
/// More connections than this are not taken at once; further ones wait in the system's queue. An idle one costs about
/// 10 kB.
const CONNECTIONS_MAX: u64 = 16_384;

/// How many connections each of `threads` takes. Without a limit strangers could use up the process's open files, and then
/// the store and the calls to WeChat would find none.
pub(super) fn connections_for_each(threads: usize) -> usize {
    let files = open_files();
    let share = share(files, threads);
    if share * threads < 1024 {
        tracing::warn!(
            open_files = files,
            connections = share * threads,
            "few connections are taken at once, because the process may open few files; raise its limit (LimitNOFILE, ulimit -n)"
        );
    }
    share
}

fn share(files: u64, threads: usize) -> usize {
    // Of very few files, half.
    let strangers = files.saturating_sub(OWN_FILES).max(files / 2);
    let all = usize::try_from(strangers.min(CONNECTIONS_MAX)).unwrap_or(usize::MAX);
    (all / threads.max(1)).max(1)
}

/// How many files the process may have open, after raising that as far as it may itself: the usual 1024 is meant for
/// programs that hand out file numbers to old system calls.
#[cfg(unix)]
fn open_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // None: no limit.
    let now = current.unwrap_or(FILES_MAX);
    let wanted = maximum.unwrap_or(FILES_MAX).min(FILES_MAX);
    if wanted <= now {
        return now;
    }
    let raised = Rlimit {
        current: Some(wanted),
        maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, "the number of open files cannot be raised");
            now
        }
    }
}

#[cfg(not(unix))]
fn open_files() -> u64 {
    FILES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_never_get_the_files_that_the_house_needs() {
        assert_eq!(share(65_536, 4), 4096);
        assert_eq!(share(20_000, 2), 8192);
        assert_eq!(share(4096, 2), 1792);
        for files in [64, 256, 1024, 2048, 65_536, u64::MAX] {
            let all = u64::try_from(share(files, 4) * 4).unwrap();
            assert!(all <= files / 2 || files - all >= OWN_FILES, "{files}");
        }
        assert_eq!(share(0, 2), 1, "one always gets in");
    }
}
