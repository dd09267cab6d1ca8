//! `doctor` as CI and people run it: exit codes, JSON, and fixes that are taken back.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Output;

use carbon_testkit::{Machine, machines};
use serde_json::Value;

use crate::sandbox::{CODECARBON, Sandbox, stderr, stdout};
use crate::terminal::Terminal;

fn doctor(sandbox: &Sandbox, machine: &Machine, more: &[&str]) -> Output {
    let root = machine.path("");
    let mut command = sandbox.command(CODECARBON);
    command.args(["doctor", "--sysroot", root.to_str().unwrap()]).args(more);
    command.output().unwrap()
}

/// A machine whose zones only their owner may read.
fn locked() -> Machine {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for zone in ["intel-rapl:0", "intel-rapl:1"] {
        let file = machine.path(&format!("sys/class/powercap/{zone}/energy_uj"));
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o400)).unwrap();
    }
    std::fs::create_dir_all(machine.path("etc")).unwrap();
    machine
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o7777
}

#[test]
fn the_exit_code_tells_a_measurement_from_an_estimate() {
    let sandbox = Sandbox::new();
    let code = |machine: &str, more: &[&str]| {
        doctor(&sandbox, &Machine::load(machine), more).status.code()
    };
    assert_eq!(code(machines::SERVER_TWO_SOCKET_DRAM, &[]), Some(0));
    assert_eq!(code(machines::NO_PERMISSION, &[]), Some(3));
    assert_eq!(code(machines::VM_WITHOUT_ANYTHING, &["--json"]), Some(3));
    assert_eq!(code(machines::VM_WITHOUT_ANYTHING, &["--unknown"]), Some(2));
    assert_eq!(code(machines::VM_WITHOUT_ANYTHING, &["--fix=everything"]), Some(2));
}

#[test]
fn text_and_json_tell_the_same_and_nothing_else_is_said() {
    let sandbox = Sandbox::new();
    let machine = Machine::load(machines::NO_PERMISSION);
    let text = doctor(&sandbox, &machine, &[]);
    assert_eq!(stderr(&text), "");
    let text = stdout(&text);
    assert!(text.contains("Figures are estimates.") && !text.contains('\x1b'), "{text}");
    let json: Value =
        serde_json::from_str(&stdout(&doctor(&sandbox, &machine, &["--json"]))).unwrap();
    assert_eq!(json["verdict"], "estimated");
    let checks = json["checks"].as_array().unwrap();
    let powercap = checks.iter().find(|check| check["name"] == "powercap").unwrap();
    assert_eq!(powercap["state"], "denied");
    assert_eq!(powercap["gains"][0]["to"]["high"], 1.05);
    for check in checks {
        assert!(text.contains(check["name"].as_str().unwrap()), "{check}");
    }
}

#[test]
fn a_bad_configuration_is_examined_and_not_a_failure() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.home().join(".codecarbon.config"), "[codecarbon]\npue = low\n").unwrap();
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let output = doctor(&sandbox, &machine, &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("broken"), "{}", stdout(&output));
}

#[test]
fn a_fix_opens_the_counters_and_undo_locks_them_again() {
    let (sandbox, machine) = (Sandbox::new(), locked());
    let zone = machine.path("sys/class/powercap/intel-rapl:0/energy_uj");
    let gid = zone.metadata().unwrap().gid().to_string();
    let fix = ["--fix=powercap-group", "--yes", "--group", &gid];
    let output = doctor(&sandbox, &machine, &fix);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(mode(&zone), 0o440);
    let rule = machine.path("etc/udev/rules.d/60-codecarbon.rules");
    assert!(std::fs::read_to_string(&rule).unwrap().contains(&format!("chgrp {gid} ")));
    let again = doctor(&sandbox, &machine, &fix);
    assert!(stdout(&again).contains("Nothing to fix"), "{}", stdout(&again));
    let undone = doctor(&sandbox, &machine, &["--undo", "--yes"]);
    assert_eq!(undone.status.code(), Some(0), "{}", stderr(&undone));
    assert_eq!(mode(&zone), 0o400);
    assert!(!rule.exists() && !machine.path("etc/codecarbon").exists());
    let again = doctor(&sandbox, &machine, &["--undo", "--yes"]);
    assert!(stdout(&again).contains("nothing to take back"), "{}", stdout(&again));
}

#[test]
fn nothing_is_changed_without_an_answer() {
    let (sandbox, machine) = (Sandbox::new(), locked());
    let zone = machine.path("sys/class/powercap/intel-rapl:0/energy_uj");
    let gid = zone.metadata().unwrap().gid().to_string();
    let output = doctor(&sandbox, &machine, &["--fix", "--group", &gid]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--yes"), "{}", stderr(&output));
    assert_eq!(mode(&zone), 0o400);
}

#[test]
fn on_a_terminal_it_asks_first() {
    let (sandbox, machine) = (Sandbox::new(), locked());
    let zone = machine.path("sys/class/powercap/intel-rapl:0/energy_uj");
    let gid = zone.metadata().unwrap().gid();
    let script = format!(
        "{CODECARBON} doctor --sysroot {} --group {gid} --fix; echo \"code $?\"",
        machine.path("").display()
    );
    for (answer, expected) in [("\n", 0o400), ("n\n", 0o400), ("y\n", 0o440)] {
        let mut terminal = Terminal::running(&sandbox, &script);
        terminal.wait_for("Do it? [y/N]");
        assert_eq!(mode(&zone), 0o400, "asked before anything is done");
        terminal.press(answer);
        terminal.wait_for("code 0");
        terminal.end();
        assert_eq!(mode(&zone), expected, "{answer:?}");
    }
}
