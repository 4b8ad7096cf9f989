//! Which core does what: server and load share one, the platform's side has another.

use std::process::Command;

use crate::fault::Done;

/// The core of the server and of the load.
pub const SERVER: &str = "0";
/// The core of the platform's side.
pub const PLATFORM: &str = "1";

/// Both.
pub const ALL: &str = "0,1";

/// A command that runs on one core only; on all when none is named. The program becomes the process itself.
pub fn command_on(core: Option<&str>, program: &std::ffi::OsStr) -> Command {
    match core {
        Some(core) => {
            let mut command = Command::new("taskset");
            command.args(["-c", core]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// Pins the calling thread.
pub fn pin_this_thread(cores: &str) -> Done<()> {
    // The link reads PID/task/TID.
    let link = std::fs::read_link("/proc/thread-self")?;
    let thread = link.file_name().ok_or("this thread has no number")?;
    let output = Command::new("taskset")
        .args(["-c", "-p", cores])
        .arg(thread)
        .output()?;
    if output.status.success() {
        Ok(())
    } else {
        let why = String::from_utf8_lossy(&output.stderr);
        Err(format!("taskset: {}", why.trim()).into())
    }
}

/// Lets the calling thread run anywhere again.
pub fn unpin_this_thread() -> Done<()> {
    pin_this_thread(ALL)
}
