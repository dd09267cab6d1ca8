//! Signals to the wrapper reach the command, and the record is written whatever happens.

use std::process::Child;

use crate::sandbox::{FRANCE, MONITOR, Sandbox, first_line, signal, stdout, until};

/// A command that says when it is ready and then waits in pieces, so that traps run.
fn waiting(trap: &str) -> String {
    format!("{trap}; echo ready; while :; do sleep 0.02; done")
}

fn started(sandbox: &Sandbox, script: &str) -> Child {
    let mut child = sandbox.monitor_sh(&[], script).spawn().unwrap();
    assert_eq!(first_line(&mut child), "ready");
    child
}

#[test]
fn a_terminated_wrapper_tells_the_command_and_writes_the_record() {
    let sandbox = Sandbox::new();
    let child = started(&sandbox, &waiting(":"));
    signal(&child, libc::SIGTERM);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn a_command_that_handles_a_signal_ends_as_it_likes() {
    for (name, number) in [
        ("INT", libc::SIGINT),
        ("TERM", libc::SIGTERM),
        ("HUP", libc::SIGHUP),
        ("QUIT", libc::SIGQUIT),
        ("USR1", libc::SIGUSR1),
        ("USR2", libc::SIGUSR2),
    ] {
        let sandbox = Sandbox::new();
        let child = started(&sandbox, &waiting(&format!("trap 'echo told; exit 7' {name}")));
        signal(&child, number);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{name}");
        assert_eq!(stdout(&output), "told\n", "{name}");
        assert_eq!(sandbox.rows().len(), 1, "{name}");
    }
}

#[test]
fn a_command_that_ignores_sigterm_has_its_record_saved_and_dies_at_the_second() {
    let sandbox = Sandbox::new();
    let child = started(&sandbox, &waiting("trap '' TERM"));
    signal(&child, libc::SIGTERM);
    until("the record of a command that goes on", || sandbox.rows().len() == 1);
    let early = sandbox.rows()[0].clone();
    signal(&child, libc::SIGTERM);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(137));
    let rows = sandbox.rows();
    assert_eq!(rows.len(), 1, "the early row is replaced, not repeated");
    assert_eq!(rows[0].text("run_id"), early.text("run_id"));
    assert!(rows[0].number("duration") > early.number("duration"));
}

#[test]
fn signals_that_were_ignored_stay_ignored() {
    let sandbox = Sandbox::new();
    let script =
        format!("trap '' HUP; exec {MONITOR} {} -- sh -c '{}'", FRANCE.join(" "), waiting(":"));
    let mut child = sandbox.command("sh").args(["-c", &script]).spawn().unwrap();
    assert_eq!(first_line(&mut child), "ready");
    signal(&child, libc::SIGHUP);
    signal(&child, libc::SIGTERM);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(143));
}

#[test]
fn the_command_finds_signals_as_they_were() {
    let sandbox = Sandbox::new();
    // The harness, a Rust program, ignores SIGPIPE but starts its children with the default.
    for options in [&["--no-cgroup"][..], &[]] {
        let script = "grep -E '^Sig(Blk|Ign)' /proc/self/status";
        let said = stdout(&sandbox.monitor_sh(options, script).output().unwrap());
        // Of the 64 signals the C library keeps 32 and 33 for itself.
        let ours = 0x7fff_ffff;
        for line in said.lines() {
            let (name, mask) = line.split_once(":\t").unwrap();
            assert_eq!(u64::from_str_radix(mask, 16).unwrap() & ours, 0, "{name} {options:?}");
        }
        assert_eq!(said.lines().count(), 2);
    }
}

#[test]
fn a_command_finds_broken_pipes_as_its_caller_has_them() {
    let sandbox = Sandbox::new();
    // The last of them is left to the other program.
    for option in ["--no-cgroup", "--quiet", "--emissions-endpoint http://127.0.0.1:9/"] {
        let wrapped = format!(
            "{MONITOR} {} {option} -- sh -c 'grep SigIgn /proc/self/status'",
            FRANCE.join(" ")
        );
        for (before, ignored) in [("trap '' PIPE;", 1), ("", 0)] {
            let script = format!("{before} exec {wrapped}");
            let said = stdout(&sandbox.command("sh").args(["-c", &script]).output().unwrap());
            let mask = said.trim().strip_prefix("SigIgn:\t").unwrap();
            let mask = u64::from_str_radix(mask, 16).unwrap();
            assert_eq!(mask >> (libc::SIGPIPE - 1) & 1, ignored, "{before} {option}");
        }
    }
}

#[test]
fn the_machine_monitor_stops_cleanly_with_its_record() {
    for number in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        let sandbox = Sandbox::new();
        let mut child = sandbox
            .command(MONITOR)
            .args(FRANCE)
            .args(["--measure-power-secs", "0.02"])
            .spawn()
            .unwrap();
        let line = first_line(&mut child);
        assert!(line.contains("CPU") && line.contains("CO2eq"), "{line}");
        signal(&child, number);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let rows = sandbox.rows();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("tracking_mode"), "machine");
        assert!(rows[0].number("duration") >= 0.02);
    }
}
