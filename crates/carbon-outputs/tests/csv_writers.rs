//! Many writers at once, and a disk that fills up: no row is lost, torn or mixed with another.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]

mod example;
mod reader;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use carbon_model::EmissionsRecord;
use carbon_outputs::csv::{CsvError, CsvFile};
use carbon_tracker::config::OnCsvWrite::{self, Append, Update};
use example::record;
use reader::rows;
use tempfile::TempDir;

const WRITERS: usize = 8;
const ROWS: usize = 200;

fn write_rows(path: &Path, mode: OnCsvWrite, writer: &str) {
    let file = CsvFile::new(path.parent().unwrap(), path, mode).unwrap();
    for number in 0..ROWS {
        let run_id = format!("{writer}-{number}");
        // Long and awkward enough that a torn row could not pass for a whole one.
        let project_name = format!("\"{run_id}\", {}\n", "x".repeat(number));
        file.write(&EmissionsRecord { project_name, ..record(&run_id) }).unwrap();
    }
}

fn assert_whole(path: &Path, rows_expected: usize) {
    let mut ids = BTreeSet::new();
    for row in rows(path) {
        assert!(row["project_name"].starts_with(&format!("\"{}\", ", row["run_id"])));
        assert!(ids.insert(row["run_id"].clone()), "{} stands twice", row["run_id"]);
    }
    assert_eq!(ids.len(), rows_expected);
    let names = fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(names.count(), 1, "nothing is left beside the file");
}

/// This test binary once more, running only the test of that name below.
fn child(wrapper: &[&str], test: &str, path: &Path, mode: &str) -> Child {
    let own = std::env::current_exe().unwrap();
    let mut command = match wrapper {
        [] => Command::new(&own),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(&own);
            command
        }
    };
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    // Standard output may be a file, which a limit on the size of files would hold for too.
    command.env("CSV_PATH", path).env("CSV_MODE", mode).stdout(Stdio::null()).spawn().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the parent test passes its order this way")]
fn order() -> (std::path::PathBuf, OnCsvWrite) {
    let mode = std::env::var("CSV_MODE").unwrap().parse().unwrap();
    (std::env::var_os("CSV_PATH").unwrap().into(), mode)
}

#[test]
#[ignore = "the child of another test"]
fn child_writes_rows() {
    let (path, mode) = order();
    write_rows(&path, mode, &std::process::id().to_string());
}

#[test]
fn processes_that_append_at_once_lose_and_tear_nothing() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("emissions.csv");
    let children: Vec<_> =
        (0..WRITERS).map(|_| child(&[], "child_writes_rows", &path, "append")).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_whole(&path, WRITERS * ROWS);
}

#[test]
fn threads_that_append_at_once_lose_and_tear_nothing() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("emissions.csv");
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || write_rows(path, Append, &writer.to_string()));
        }
    });
    assert_whole(&path, WRITERS * ROWS);
}

#[test]
fn writers_that_replace_their_row_do_not_disturb_those_that_append() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("emissions.csv");
    thread::scope(|scope| {
        for updater in ["left", "right"] {
            let path = &path;
            scope.spawn(move || {
                let file = CsvFile::new(path.parent().unwrap(), path, Update).unwrap();
                for number in 0..100 {
                    let project_name = format!("\"{updater}\", ");
                    let duration = f64::from(number);
                    let new = EmissionsRecord { project_name, duration, ..record(updater) };
                    file.write(&new).unwrap();
                }
            });
        }
        scope.spawn(|| write_rows(&path, Append, "append"));
    });
    assert_whole(&path, ROWS + 2);
    let last = rows(&path).into_iter().filter(|r| r["duration"] == "99.0");
    assert_eq!(last.count(), 2, "both updated rows hold their last value");
}

#[test]
#[ignore = "the child of another test"]
fn child_writes_until_the_disk_is_full() {
    let (path, mode) = order();
    let file = CsvFile::new(path.parent().unwrap(), &path, mode).unwrap();
    let error = (0..100).find_map(|n| file.write(&record(&n.to_string())).err()).unwrap();
    assert!(matches!(error, CsvError::Write { .. }), "{error}");
    assert!(error.to_string().ends_with("the rows in it are untouched"), "{error}");
}

/// A limit on the size of files cuts a write short as a full disk does.
#[test]
fn a_row_that_does_not_fit_on_the_disk_leaves_the_others_whole() {
    let limit = ["sh", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"];
    for mode in ["append", "update"] {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("emissions.csv");
        let mut child = child(&limit, "child_writes_until_the_disk_is_full", &path, mode);
        assert!(child.wait().unwrap().success());
        let rows = rows(&path);
        assert!(rows.len() > 3);
        for (number, row) in rows.iter().enumerate() {
            assert_eq!((&row["run_id"], &row["wue"][..]), (&number.to_string(), "0.0"));
        }
        assert!(fs::read_to_string(&path).unwrap().ends_with('\n'));
    }
}
