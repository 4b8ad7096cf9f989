//! The command line: what cannot be meant is refused before anything is started.

use std::process::Command;

fn refuses(args: &[&str], why: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daogou-chaos"));
    let Ok(output) = command.args(args).output() else {
        panic!("it does not run");
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(said.contains(why), "{args:?}: {said}");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let program = env!("CARGO_BIN_EXE_daogou-chaos");
    refuses(&[], "--program");
    refuses(&["--program", "/nowhere/daogou"], "/nowhere/daogou");
    refuses(&["--program", program, "--store", "oracle"], "oracle");
    refuses(&["--program", program, "--seeds", "few"], "few");
}
