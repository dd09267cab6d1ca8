//! One run at a time, where the user wants it so.

use crate::sandbox::{Sandbox, stderr};

const ALONE: [&str; 1] = ["--no-allow-multiple-runs"];

#[test]
fn the_lock_is_held_while_the_command_runs_and_gone_afterwards() {
    let sandbox = Sandbox::new();
    let script = "test -s \"$TMPDIR/.codecarbon.lock\"";
    let output = sandbox.monitor_sh(&ALONE, script).env("TMPDIR", sandbox.home()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!sandbox.home().join(".codecarbon.lock").exists());
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn a_second_run_says_who_holds_the_lock_and_runs_its_command_unmeasured() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.home().join(".codecarbon.lock"), std::process::id().to_string())
        .unwrap();
    let output =
        sandbox.monitor_sh(&ALONE, "exit 7").env("TMPDIR", sandbox.home()).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    let said = stderr(&output);
    assert!(said.contains(&format!("pid {}", std::process::id())), "{said}");
    assert!(said.contains("not measured"), "{said}");
    assert!(sandbox.rows().is_empty());
}
