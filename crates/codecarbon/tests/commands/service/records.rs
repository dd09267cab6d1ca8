//! The records of a service add up to the whole, whatever becomes of their file.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Service;
use crate::sandbox::{Row, Sandbox, rows, until};

const EVERY_SECOND: [&str; 4] = ["--record-every-secs", "1", "--measure-power-secs", "0.5"];

/// Seconds that rows cover.
fn covered_s(rows: &[Row]) -> f64 {
    rows.iter().map(|row| row.number("duration")).sum()
}

fn wait_for_rows(path: &Path, count: usize) {
    until("a record", || rows(path).len() >= count);
}

#[test]
fn rotation_begins_a_file_with_a_header_and_neither_loses_nor_doubles_a_second() {
    let sandbox = Sandbox::new();
    let file = sandbox.work().join("emissions.csv");
    let turned =
        |number: u32| -> PathBuf { sandbox.work().join(format!("emissions-{number}.csv")) };
    let service = Service::start(&sandbox, &EVERY_SECOND, &[]);
    service.tells("READY=1");
    let ready = Instant::now();
    wait_for_rows(&file, 1);
    std::fs::rename(&file, turned(1)).unwrap();
    wait_for_rows(&file, 1);
    // As copytruncate does it, between two records.
    std::fs::copy(&file, turned(2)).unwrap();
    std::fs::File::options().write(true).truncate(true).open(&file).unwrap();
    wait_for_rows(&file, 1);
    let at_least_s = ready.elapsed().as_secs_f64();
    let spawned = service.spawned;
    let (status, log) = service.stop();
    let at_most_s = spawned.elapsed().as_secs_f64();
    assert_eq!(status.code(), Some(0), "{log}");

    let all: Vec<Row> = [turned(1), turned(2), file].iter().flat_map(|path| rows(path)).collect();
    let covered_s = covered_s(&all);
    assert!((at_least_s..at_most_s).contains(&covered_s), "{covered_s}, {at_least_s}..{at_most_s}");
    let mut ids: Vec<&str> = all.iter().map(|row| row.text("run_id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "every record is one of its own");
}

#[test]
fn records_that_cannot_be_saved_wait_until_they_can() {
    let sandbox = Sandbox::new();
    let file = sandbox.work().join("emissions.csv");
    // No file can be written where a folder is.
    std::fs::create_dir(&file).unwrap();
    let service = Service::start(&sandbox, &EVERY_SECOND, &[]);
    service.tells("READY=1");
    let ready = Instant::now();
    service.logs("records that wait for the next try: 2");
    std::fs::remove_dir(&file).unwrap();
    wait_for_rows(&file, 3);
    let at_least_s = ready.elapsed().as_secs_f64();
    let (status, log) = service.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    let covered_s = covered_s(&rows(&file));
    assert!(covered_s >= at_least_s, "{covered_s} of {at_least_s}");
}

#[test]
fn a_folder_that_goes_and_comes_back_costs_nothing() {
    let sandbox = Sandbox::new();
    let folder = sandbox.work().join("records");
    std::fs::create_dir(&folder).unwrap();
    let options = [&EVERY_SECOND[..], &["--output-dir", "records"]].concat();
    let service = Service::start(&sandbox, &options, &[]);
    service.tells("READY=1");
    let ready = Instant::now();
    std::fs::remove_dir(&folder).unwrap();
    service.logs("hint: the record goes on, and is closed when that is put right");
    std::fs::create_dir(&folder).unwrap();
    wait_for_rows(&folder.join("emissions.csv"), 1);
    let at_least_s = ready.elapsed().as_secs_f64();
    let (status, log) = service.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    let covered_s = covered_s(&rows(&folder.join("emissions.csv")));
    assert!(covered_s >= at_least_s, "{covered_s} of {at_least_s}");
}
