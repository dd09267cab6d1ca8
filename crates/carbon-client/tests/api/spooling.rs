//! What programs leave behind, and who takes it over.

use std::fs;
use std::path::Path;
use std::time::Duration;

use carbon_client::{ApiSettings, ApiSink, Outbox, OutboxSettings, SpoolLimits, status};
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::sink::Sink;

use crate::receiver::Receiver;
use crate::runs::{delta, outbox, run, settings, sync_all};

const NOWHERE: &str = "http://127.0.0.1:9";

/// Leaves a run of so many rows behind, as a program that ended without its network.
fn leave(directory: &Path, endpoint: &str, run_id: &str, rows: u32) {
    let outbox = outbox(directory);
    let mut sink = ApiSink::over(
        outbox.clone(),
        ApiSettings { stop_wait: Duration::ZERO, ..settings(NOWHERE) },
    );
    run(&mut sink, run_id, rows);
    assert!(outbox.close(Duration::from_secs(5)));
    drop((sink, outbox));
    // The address that they were meant for has come up since.
    rewrite(directory, NOWHERE, endpoint);
}

/// Replaces a text in all spool files of a directory.
fn rewrite(directory: &Path, old: &str, new: &str) {
    for file in fs::read_dir(directory).expect("it is there") {
        rewrite_file(&file.expect("it can be read").path(), old, new);
    }
}

/// Replaces a text in a spool file.
fn rewrite_file(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).expect("text");
    let lines = text.lines().map(|line| {
        let json = line[9..].replace(old, new);
        format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))
    });
    fs::write(path, lines.collect::<String>()).expect("ours");
}

#[test]
fn the_next_run_takes_over_what_an_earlier_program_left() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    leave(directory.path(), &receiver.server.url(), "run-1", 3);
    let mut sink = ApiSink::over(outbox(directory.path()), settings(&receiver.server.url()));
    assert!(run(&mut sink, "run-2", 1).is_empty());
    assert_eq!(receiver.rows_of("run-2").len(), 1);
    let mut tries = 0;
    while receiver.rows_of("run-1").len() < 3 && tries < 500 {
        tries += 1;
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(receiver.rows_of("run-1").len(), 3);
}

#[test]
fn rows_of_a_program_that_runs_are_its_own() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    let outbox = outbox(directory.path());
    // By the end of a run its thread has looked for what others left.
    run(&mut ApiSink::over(outbox.clone(), settings(&receiver.server.url())), "run-0", 1);
    let mut sink = ApiSink::over(outbox, settings(NOWHERE));
    let first = delta("run-1", 2.0, 1.0);
    sink.live_out(&first, &first).unwrap();
    leave(&directory.path().join("other"), &receiver.server.url(), "run-2", 1);
    for file in fs::read_dir(directory.path().join("other")).unwrap() {
        let file = file.unwrap();
        fs::rename(file.path(), directory.path().join(file.file_name())).unwrap();
    }
    let before = status(directory.path()).unwrap();
    assert_eq!(before.runs.iter().filter(|run| run.is_owned).count(), 1);
    let report = sync_all(directory.path(), None);
    assert_eq!((report.sent.rows, report.left.len()), (1, 0));
    let after = status(directory.path()).unwrap();
    assert_eq!(after.runs.len(), 1);
    assert_eq!((after.runs[0].run_id.as_str(), after.runs[0].is_owned), ("run-1", true));
}

#[test]
fn the_status_tells_what_waits_and_why_and_touches_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let outbox = outbox(directory.path());
    let mut sink = ApiSink::over(outbox, settings(NOWHERE));
    run(&mut sink, "run-1", 3);
    let first = status(directory.path()).unwrap();
    let run = &first.runs[0];
    assert_eq!((run.run_id.as_str(), run.endpoint.as_str()), ("run-1", NOWHERE));
    assert_eq!((run.amount.rows, run.amount.energy_kwh), (3, 6.0));
    assert!(run.last_error.as_ref().unwrap().1.contains("cannot be reached"));
    assert!(run.oldest_unix_s > 1.7e9);
    assert_eq!(status(directory.path()).unwrap(), first);
    assert_eq!(status(&directory.path().join("none")).unwrap().runs, []);
}

#[test]
fn a_torn_or_damaged_line_costs_itself_alone() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    leave(directory.path(), &receiver.server.url(), "run-1", 4);
    let file = fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&file).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.contains(r#"{"row":{"#)).collect();
    assert_eq!(rows.len(), 4);
    let damaged = text.replace(rows[1], &rows[1].replace("\"duration\":2", "\"duration\":3"));
    let torn = damaged.rfind(rows[3]).unwrap() + 40;
    fs::write(&file, &damaged[..torn]).unwrap();
    assert_eq!(sync_all(directory.path(), None).sent.rows, 2);
    let energies: Vec<_> =
        receiver.rows_of("run-1").iter().filter_map(|row| row.energy_consumed).collect();
    assert_eq!(energies, [1.0, 3.0]);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
}

#[test]
fn a_spool_that_grows_too_large_merges_rows_and_loses_no_energy() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    let limits = SpoolLimits { bytes: 256 << 10, ..SpoolLimits::default() };
    let outbox =
        Outbox::new(OutboxSettings { directory: Some(directory.path().to_owned()), limits });
    let mut sink = ApiSink::over(outbox.clone(), settings(NOWHERE));
    let said = run(&mut sink, "run-1", 1000);
    let kept = status(directory.path()).unwrap();
    assert!(kept.bytes <= 96 << 10, "{} bytes", kept.bytes);
    assert_eq!(kept.amount().energy_kwh, 500_500.0, "{said:?}");
    assert_eq!(kept.given_up.rows, 0);
    assert!(outbox.close(Duration::from_secs(5)));
    drop((sink, outbox));
    rewrite(directory.path(), NOWHERE, &receiver.server.url());
    assert_eq!(sync_all(directory.path(), None).left, []);
    let rows = receiver.rows_of("run-1");
    assert!(rows.len() < 1000);
    assert_eq!(rows.iter().filter_map(|row| row.energy_consumed).sum::<f64>(), 500_500.0);
    assert_eq!(rows.iter().map(|row| row.duration).sum::<u64>(), 2000);
}

#[test]
fn runs_that_cannot_be_merged_further_are_given_up_loudly() {
    let directory = tempfile::tempdir().unwrap();
    let limits = SpoolLimits { bytes: 64 << 10, ..SpoolLimits::default() };
    let outbox =
        Outbox::new(OutboxSettings { directory: Some(directory.path().to_owned()), limits });
    let mut said = Vec::new();
    for i in 0..100 {
        let mut sink = ApiSink::over(outbox.clone(), settings(NOWHERE));
        said.extend(run(&mut sink, &format!("run-{i}"), 1));
    }
    let loud: Vec<&String> = said.iter().filter(|line| line.contains("are given up")).collect();
    assert!(!loud.is_empty());
    assert!(loud[0].contains("the spool is full"), "{loud:?}");
    let kept = status(directory.path()).unwrap();
    assert_eq!(kept.amount().plus(kept.given_up).rows, 100);
    assert_eq!(kept.amount().plus(kept.given_up).energy_kwh, 100.0);
    assert!(kept.runs.iter().any(|run| run.run_id == "run-99"), "the newest are kept");
}

#[test]
fn many_small_files_of_ended_programs_are_too_much_together() {
    let limits = SpoolLimits { bytes: 128 << 10, ..SpoolLimits::default() };
    let directory = tempfile::tempdir().unwrap();
    leave(directory.path(), NOWHERE, "run-000", 1);
    let first = fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    for i in 1..100 {
        let older = directory.path().join(format!("{i:03}.spool1"));
        fs::copy(&first, &older).unwrap();
        rewrite_file(&older, "run-000", &format!("run-{i:03}"));
        let then = std::time::UNIX_EPOCH + SystemClock.now().wall - Duration::from_secs(i);
        fs::File::options().append(true).open(&older).unwrap().set_modified(then).unwrap();
    }
    let outbox =
        Outbox::new(OutboxSettings { directory: Some(directory.path().to_owned()), limits });
    run(&mut ApiSink::over(outbox.clone(), settings(NOWHERE)), "last", 1);
    let kept = || status(directory.path()).unwrap();
    let mut tries = 0;
    while kept().bytes > limits.bytes / 2 + 10_000 && tries < 500 {
        tries += 1;
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(outbox.close(Duration::from_secs(5)));
    let kept = kept();
    assert!(kept.bytes <= limits.bytes, "{} bytes", kept.bytes);
    assert!(kept.runs.len() > 20, "{} runs", kept.runs.len());
    assert_eq!(kept.amount().plus(kept.given_up).rows, 101);
    let is_kept = |run_id: &str| kept.runs.iter().any(|run| run.run_id == run_id);
    assert!(!is_kept("run-099") && is_kept("run-001") && is_kept("last"));
    let said = run(&mut ApiSink::over(outbox, settings(NOWHERE)), "next", 1).join("\n");
    assert!(said.contains("earlier runs are given up, because the spool is full (in "), "{said}");
}

#[test]
fn what_could_not_be_sent_for_a_month_is_given_up_but_first_tried() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    // Without its first digit a time of today is one of the last century.
    let age = |directory: &Path| rewrite(directory, "\"at_unix_s\":1", "\"at_unix_s\":");
    leave(directory.path(), &receiver.server.url(), "run-1", 2);
    age(directory.path());
    assert_eq!(sync_all(directory.path(), None).sent.rows, 2);
    leave(directory.path(), NOWHERE, "run-2", 2);
    age(directory.path());
    let report = sync_all(directory.path(), None);
    assert!(report.notices[0].contains("could not be sent for 30 days"), "{:?}", report.notices);
    let after = status(directory.path()).unwrap();
    assert_eq!((after.runs.len(), after.given_up.rows, after.given_up.energy_kwh), (0, 2, 3.0));
}

#[test]
fn files_without_rows_are_removed_and_strange_ones_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (empty, strange) = ("a.spool1", "notes.txt");
    fs::write(directory.path().join(empty), "").unwrap();
    fs::write(directory.path().join(strange), "mine").unwrap();
    sync_all(directory.path(), None);
    let names: Vec<_> =
        fs::read_dir(&directory).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, [strange]);
}
