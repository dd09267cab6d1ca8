//! `recover`, and what `monitor` keeps for it: runs that are killed, disks that are full.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

use serde_json::Value;

use crate::sandbox::{CODECARBON, FRANCE, Sandbox, first_line, signal, stderr, stdout, until};

pub(crate) fn directory(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/state/codecarbon/journal")
}

pub(crate) fn journals(sandbox: &Sandbox) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory(sandbox)) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

pub(crate) fn recover(sandbox: &Sandbox, options: &[&str]) -> Output {
    sandbox.command(CODECARBON).arg("recover").args(options).output().unwrap()
}

/// A command under `monitor` that is kept from its start; it has been for a moment.
fn kept(sandbox: &Sandbox, options: &[&str]) -> Child {
    let mut child = sandbox
        .monitor_sh(&[&["--journal=on"], options].concat(), "echo begun; exec sleep 30")
        .spawn()
        .unwrap();
    assert_eq!(first_line(&mut child), "begun");
    until("the journal", || journals(sandbox).iter().any(|path| is_whole(path)));
    child
}

fn is_whole(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "journal")
}

/// Kills it and what it started.
fn kill(child: &mut Child) {
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let started = std::fs::read_to_string(children).unwrap_or_default();
    signal(child, libc::SIGKILL);
    child.wait().unwrap();
    for pid in started.split_whitespace() {
        Command::new("/bin/sh").args(["-c", &format!("kill -9 {pid}")]).status().unwrap();
    }
}

#[test]
fn a_run_that_is_killed_is_saved_once_where_it_would_have_been() {
    let sandbox = Sandbox::new();
    let mut child =
        kept(&sandbox, &["--project-name=cut", "--output-methods=csv,json", "--pue=1.5"]);
    let shown = stdout(&recover(&sandbox, &["--list"]));
    assert!(shown.contains("Its program still runs"), "{shown}");
    assert_eq!(stdout(&recover(&sandbox, &[])), "No run was cut short.\n");
    kill(&mut child);
    assert!(sandbox.rows().is_empty());
    let planned = stdout(&recover(&sandbox, &["--dry-run"]));
    for part in ["was cut short", "cut (codecarbon monitor)", "Goes to:   csv, json"] {
        assert!(planned.contains(part), "{part} is missing in {planned}");
    }
    assert!(sandbox.rows().is_empty() && journals(&sandbox).len() == 1);
    let saved = recover(&sandbox, &[]);
    assert_eq!(saved.status.code(), Some(0), "{}", stderr(&saved));
    let rows = sandbox.rows();
    assert_eq!((rows.len(), rows[0].text("project_name")), (1, "cut"));
    assert_eq!((rows[0].number("pue"), rows[0].text("country_iso_code")), (1.5, "FRA"));
    let report = sandbox.work().join(format!("emissions_report_{}.json", rows[0].text("run_id")));
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["record"]["duration"], rows[0].number("duration"));
    assert!(report["warnings"].to_string().contains("the program was cut short"));
    assert!(journals(&sandbox).is_empty());
    assert_eq!(stdout(&recover(&sandbox, &[])), "No run was cut short.\n");
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn the_next_run_saves_what_the_last_one_could_not() {
    let sandbox = Sandbox::new();
    kill(&mut kept(&sandbox, &["--project-name=first"]));
    let mut next = sandbox.monitor_sh(&["--journal=on", "--project-name=second"], "sleep 0.5");
    let output = next.output().unwrap();
    let said = stderr(&output);
    assert!(said.contains("which was cut short"), "{said}");
    let mut names: Vec<String> =
        sandbox.rows().iter().map(|row| row.text("project_name").to_owned()).collect();
    names.sort();
    assert_eq!(names, ["first", "second"]);
    assert!(journals(&sandbox).is_empty());
}

#[test]
fn short_runs_and_those_that_want_none_leave_the_disk_alone() {
    let sandbox = Sandbox::new();
    for options in [&["--journal=off"][..], &[]] {
        let output = sandbox.monitor_sh(options, "true").output().unwrap();
        assert_eq!(output.status.code(), Some(0));
    }
    assert!(!directory(&sandbox).exists());
    assert_eq!(sandbox.rows().len(), 2);
}

#[test]
fn a_journal_is_for_its_user_alone_and_holds_no_token() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let secret = ["--api-key=cpt_secret", "--emissions-endpoint=http://me:hunter2@127.0.0.1:9/"];
    let mut command = sandbox.command(CODECARBON);
    command.arg("monitor").args(FRANCE).args(secret).args(["--journal=on", "--", "sleep", "30"]);
    let mut child = command.spawn().unwrap();
    until("the journal", || journals(&sandbox).iter().any(|path| is_whole(path)));
    let path = &journals(&sandbox)[0];
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path), mode(&directory(&sandbox))), (0o600, 0o700));
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("127.0.0.1:9") && !text.contains("hunter2") && !text.contains("cpt_"));
    kill(&mut child);
}

#[test]
fn a_disk_that_is_full_at_the_end_costs_nothing() {
    let sandbox = Sandbox::new();
    sandbox.monitor_sh(&[], "true").output().unwrap();
    let file = sandbox.work().join("emissions.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let (header, row) = text.split_once('\n').unwrap();
    std::fs::write(&file, format!("{header}\n{}", row.repeat(1_000))).unwrap();
    // Files may grow to 200 KiB, which the CSV file has passed.
    let words = format!(
        "trap '' XFSZ; ulimit -f 400; exec {CODECARBON} monitor {} --journal=on -- sleep 0.5",
        FRANCE.join(" ")
    );
    let output = sandbox.command("/bin/sh").args(["-c", &words]).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("cannot be written") && said.contains("codecarbon recover"), "{said}");
    assert_eq!(sandbox.rows().len(), 1_000);
    let shown = stdout(&recover(&sandbox, &["--list"]));
    assert!(shown.contains("not all of it could be saved") && shown.contains("Goes to:   csv"));
    assert_eq!(recover(&sandbox, &[]).status.code(), Some(0));
    assert_eq!(sandbox.rows().len(), 1_001);
    assert!(sandbox.rows()[1_000].number("duration") >= 0.5);
}

#[test]
fn a_place_that_cannot_be_written_is_one_warning_and_no_other_harm() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.home().join(".local"), "a file in the way").unwrap();
    let output = sandbox.monitor_sh(&["--journal=on"], "sleep 1; exit 7").output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(said.matches("the journal cannot be written").count(), 1, "{said}");
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn what_cannot_be_used_stays_and_is_named() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(directory(&sandbox)).unwrap();
    std::fs::write(directory(&sandbox).join("a.journal"), "something else").unwrap();
    let output = recover(&sandbox, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("it is no journal"), "{}", stdout(&output));
    let told: Value = serde_json::from_str(&stdout(&recover(&sandbox, &["--json"]))).unwrap();
    assert_eq!(told["journals"][0]["status"], "unusable");
    assert_eq!(journals(&sandbox).len(), 1);
    let elsewhere = recover(&sandbox, &["nowhere"]);
    assert_eq!(elsewhere.status.code(), Some(1));
    assert!(stderr(&elsewhere).contains("nowhere is no directory"));
}
