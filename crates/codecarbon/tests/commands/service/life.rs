//! What the manager hears, and what a service reads again when it is told to.

use std::os::unix::fs::MetadataExt;

use super::{Service, log_of};
use crate::sandbox::{CODECARBON, Sandbox, stderr};

fn configure(sandbox: &Sandbox, text: &str) {
    let text = format!("[codecarbon]\n{text}\n");
    std::fs::write(sandbox.work().join(".codecarbon.config"), text).unwrap();
}

#[test]
fn the_manager_hears_that_it_is_ready_lives_and_stops() {
    let sandbox = Sandbox::new();
    // Signs of life are wanted every 0.1 s.
    let watched = [("WATCHDOG_USEC", "200000")];
    let service = Service::start(&sandbox, &["--measure-power-secs", "0.05"], &watched);
    let told = service.told();
    assert!(told.starts_with("READY=1\nSTATUS="), "{told}");
    let told = service.tells("STATUS=");
    assert!(told.contains(" W of late; ") && told.contains("CO2eq in"), "{told}");
    for _ in 0..3 {
        assert_eq!(service.tells("WATCHDOG=1"), "WATCHDOG=1");
    }
    assert!(sandbox.rows().is_empty(), "no record is closed before its time");
    let (status, log) = service.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    let rows = sandbox.rows();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].number("energy_consumed") > 0.0);
    let mut lines = log.lines();
    assert_eq!(
        lines.next(),
        Some("codecarbon: measuring this machine, a record every 1 h 00 min 00 s")
    );
    assert!(lines.last().unwrap().ends_with("emissions.csv"), "{log}");
    assert!(!log.contains('\x1b'), "{log}");
}

#[test]
fn nobody_is_told_of_life_who_did_not_ask() {
    let sandbox = Sandbox::new();
    let other = [("WATCHDOG_USEC", "20000"), ("WATCHDOG_PID", "1")];
    let service = Service::start(&sandbox, &["--measure-power-secs", "0.02"], &other);
    assert!(service.told().starts_with("READY=1"));
    for _ in 0..5 {
        let told = service.told();
        assert!(told.starts_with("STATUS="), "{told}");
    }
}

#[test]
fn a_hang_up_brings_the_new_configuration_into_force_and_a_bad_one_changes_nothing() {
    let sandbox = Sandbox::new();
    configure(&sandbox, "project_name = first\npue = 1.5");
    let service = Service::start(&sandbox, &["--measure-power-secs", "0.05"], &[]);
    service.tells("READY=1");
    let reload = || {
        service.signal(libc::SIGHUP);
        let told = service.tells("RELOADING=1\nMONOTONIC_USEC=");
        let at_us = told.rsplit('=').next().unwrap();
        assert!(at_us.parse::<u64>().is_ok_and(|at_us| at_us > 0), "{told}");
        service.tells("READY=1");
    };

    reload();
    service.logs("SIGHUP: the configuration is as it was");
    assert!(sandbox.rows().is_empty());

    configure(&sandbox, "project_name = second\npue = 2");
    reload();
    service.logs("SIGHUP: the configuration has changed");
    assert_eq!(sandbox.rows().len(), 1);

    configure(&sandbox, "project_name = third\npue = 0.2");
    reload();
    service.logs("hint: the configuration that was in force before stays");
    assert!(service.log().contains("pue = \"0.2\""), "{}", service.log());
    configure(&sandbox, "project_name = third\noutput_dir = /nonexistent");
    reload();
    service.logs("Folder '/nonexistent'");
    configure(&sandbox, "project_name = second\npue = 2\nsysroot = /nonexistent");
    reload();
    service.logs("these settings wait for a restart: sysroot");
    assert_eq!(sandbox.rows().len(), 1, "{}", service.log());

    let (status, log) = service.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    let rows = sandbox.rows();
    let told: Vec<_> =
        rows.iter().map(|row| (row.text("project_name"), row.number("pue"))).collect();
    assert_eq!(told, [("first", 1.5), ("second", 2.0)]);
    assert_ne!(rows[0].text("run_id"), rows[1].text("run_id"));
}

#[test]
fn the_journal_gets_priorities_and_a_file_does_not() {
    let sandbox = Sandbox::new();
    let plain = Service::start(&sandbox, &[], &[("JOURNAL_STREAM", "8:12345")]);
    plain.tells("READY=1");
    let (_, log) = plain.stop();
    assert!(log.starts_with("codecarbon: "), "{log}");

    let sandbox = Sandbox::new();
    let log = std::fs::File::create(log_of(&sandbox)).unwrap().metadata().unwrap();
    let stream = format!("{}:{}", log.dev(), log.ino());
    let journal = Service::start(&sandbox, &[], &[("JOURNAL_STREAM", &stream)]);
    journal.tells("READY=1");
    let (_, log) = journal.stop();
    let is_marked =
        |line: &str| line.starts_with("<5>codecarbon: ") || line.starts_with("<4>Warning: ");
    assert!(log.lines().count() >= 2 && log.lines().all(is_marked), "{log}");
}

#[test]
fn a_command_is_no_service() {
    let sandbox = Sandbox::new();
    let words = ["monitor", "--service", "--offline", "--country-iso-code", "FRA", "--", "true"];
    let output = sandbox.command(CODECARBON).args(words).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("hint:"), "{}", stderr(&output));
}
