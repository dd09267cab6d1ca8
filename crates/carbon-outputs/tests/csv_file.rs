//! What stands in the emissions file after writing to it: new, ours, the reference's, other.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]

mod example;
mod reader;

use std::fs;
use std::path::{Path, PathBuf};

use carbon_model::{EmissionsRecord, RECORD_FIELDS, TASK_RECORD_FIELDS, TaskRecord};
use carbon_outputs::csv::{Change, CsvError, CsvFile, CsvSink, Written, write_tasks};
use carbon_tracker::config::OnCsvWrite::{self, Append, Update};
use carbon_tracker::sink::Sink;
use example::record;
use proptest::prelude::*;
use reader::rows;
use tempfile::TempDir;

const STOCK_APPEND: &str = include_str!("fixtures/stock-3.3.2-append.csv");
const STOCK_UPDATE: &str = include_str!("fixtures/stock-3.3.2-update.csv");
/// Run ids of the rows that the reference wrote.
const STOCK_RUNS: [&str; 2] =
    ["7d4f7a0e-5a0c-4a3e-9a55-0c1f6a4b2d10", "c0ffee00-0000-4000-8000-000000000002"];

/// A directory with an emissions file of the given text.
struct Place {
    directory: TempDir,
    path: PathBuf,
}

impl Place {
    fn empty() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("emissions.csv");
        Self { directory, path }
    }

    fn with(text: &str) -> Self {
        let place = Self::empty();
        fs::write(&place.path, text).unwrap();
        place
    }

    fn write(&self, mode: OnCsvWrite, record: &EmissionsRecord) -> Written {
        self.try_write(mode, record).unwrap()
    }

    fn try_write(&self, mode: OnCsvWrite, record: &EmissionsRecord) -> Result<Written, CsvError> {
        CsvFile::new(self.directory.path(), Path::new("emissions.csv"), mode)?.write(record)
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.directory).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn run_ids(path: &Path) -> Vec<String> {
    rows(path).iter().map(|row| row["run_id"].clone()).collect()
}

/// The reference prints PUE and WUE as the integers that they are there by default.
fn as_the_reference(text: &str) -> String {
    text.replace(",N,1.0,0.0\n", ",N,1,0\n")
        .replace(",0.0,2.777777777777778e-05,", ",0,2.777777777777778e-05,")
}

#[test]
fn a_new_file_looks_as_the_reference_writes_it() {
    let place = Place::empty();
    let first = record(STOCK_RUNS[0]);
    assert_eq!(place.write(Append, &first).change, Change::Created);
    let second = EmissionsRecord {
        run_id: STOCK_RUNS[1].into(),
        project_name: "say \"hi\",\nfriend é".into(),
        region: Some("île-de-france".into()),
        longitude: Some(2.35),
        latitude: Some(48.85),
        duration: 1e16,
        emissions: 0.1,
        ..first
    };
    assert_eq!(place.write(Append, &second).change, Change::Appended);
    assert_eq!(as_the_reference(&place.text()), STOCK_APPEND);
}

#[test]
fn a_file_of_the_reference_is_extended_and_its_rows_stay() {
    for stock in [STOCK_APPEND, STOCK_UPDATE] {
        for mode in [Append, Update] {
            let place = Place::with(stock);
            assert_eq!(place.write(mode, &record("ours")).change, Change::Appended);
            assert!(place.text().starts_with(stock));
            assert_eq!(run_ids(&place.path).last().unwrap(), "ours");
            assert_eq!(rows(&place.path).len(), 3);
        }
    }
}

#[test]
fn an_update_replaces_the_row_of_the_run_and_no_other_byte() {
    let place = Place::with(STOCK_APPEND);
    let new = EmissionsRecord { duration: 33.5, ..record(STOCK_RUNS[0]) };
    let written = place.write(Update, &new);
    assert_eq!((written.change, written.notices.len()), (Change::Replaced, 0));
    assert_eq!(run_ids(&place.path), STOCK_RUNS);
    assert_eq!(rows(&place.path)[0]["duration"], "33.5");
    let second_row = STOCK_APPEND.split_once("\n2026").unwrap().1.split_once("\n2026").unwrap().1;
    assert!(place.text().ends_with(second_row));
    assert_eq!(place.names(), ["emissions.csv"]);
}

#[test]
fn an_update_of_several_rows_of_one_run_adds_a_row_and_says_so() {
    let place = Place::empty();
    place.write(Append, &record("same"));
    place.write(Append, &record("same"));
    let written = place.write(Update, &record("same"));
    assert_eq!(written.change, Change::Appended);
    assert_eq!(
        written.notices[0].to_string(),
        "2 rows have the run id same: a row was added, none replaced"
    );
    assert_eq!(rows(&place.path).len(), 3);
}

#[test]
fn values_go_to_the_columns_of_the_files_own_order() {
    let reversed: Vec<_> = RECORD_FIELDS.iter().rev().copied().collect();
    let place = Place::with(&(reversed.join(",") + "\n"));
    place.write(Append, &record("a"));
    place.write(Update, &EmissionsRecord { duration: 3.0, ..record("a") });
    let row = &rows(&place.path)[0];
    assert_eq!((&row["duration"][..], &row["pue"][..], &row["region"][..]), ("3.0", "1.0", ""));
    assert_eq!(row["cpu_model"], "A CPU, 8-Core");
}

#[test]
fn windows_lines_a_byte_order_mark_and_a_missing_last_line_end_are_kept_to() {
    let windows = STOCK_APPEND.replace(",\nfriend", ", friend").replace('\n', "\r\n");
    let place = Place::with(&format!("\u{feff}{}", windows.trim_end()));
    let written = place.write(Append, &record("ours"));
    assert_eq!((written.change, written.notices.len()), (Change::Appended, 0));
    let text = place.text();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.ends_with(",N,1.0,0.0\r\n"));
    assert_eq!(run_ids(&place.path), [STOCK_RUNS[0], STOCK_RUNS[1], "ours"]);
}

#[test]
fn an_empty_file_gets_a_header() {
    let place = Place::with("");
    assert_eq!(place.write(Append, &record("a")).change, Change::Created);
    assert_eq!(run_ids(&place.path), ["a"]);
}

#[test]
fn a_file_with_other_columns_is_put_aside_and_nothing_of_it_is_lost() {
    let older = STOCK_APPEND.replace(",pue,wue\n", "\n").replace(",N,1,0\n", ",N\n");
    let place = Place::with(&older);
    let written = place.write(Append, &record("new"));
    assert_eq!(written.change, Change::Created);
    let notice = written.notices[0].to_string();
    assert!(notice.ends_with("emissions.csv.bak; missing: pue, wue"), "{notice}");
    assert_eq!(
        fs::read_to_string(place.directory.path().join("emissions.csv.bak")).unwrap(),
        older
    );
    assert_eq!(run_ids(&place.path), ["new"]);
}

#[test]
fn names_of_put_aside_files_are_counted_up() {
    let place = Place::empty();
    for (mode, text) in [(Append, "a;b\n1;2\n"), (Update, "first"), (Append, "\n\n")] {
        fs::write(&place.path, text).unwrap();
        place.write(mode, &record("new"));
    }
    let expected =
        ["emissions.csv", "emissions.csv.bak", "emissions.csv_0.bak", "emissions.csv_1.bak"];
    assert_eq!(place.names(), expected);
    let kept = |name: &str| fs::read_to_string(place.directory.path().join(name)).unwrap();
    assert_eq!(kept("emissions.csv.bak"), "a;b\n1;2\n");
    assert_eq!(kept("emissions.csv_0.bak"), "first");
}

#[test]
fn a_first_line_without_end_is_no_header() {
    let place = Place::with(&"x".repeat(3 << 20));
    assert_eq!(place.write(Append, &record("a")).change, Change::Created);
    assert_eq!(run_ids(&place.path), ["a"]);
}

#[test]
fn a_missing_directory_is_named_with_what_to_do() {
    let error = CsvFile::new(Path::new("/no/such"), Path::new("e.csv"), Append).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Folder '/no/such' doesn't exist ! Create it, or set output_dir to a folder that exists."
    );
    let directory = TempDir::new().unwrap();
    let error = CsvFile::new(directory.path(), Path::new("sub/e.csv"), Append).unwrap_err();
    assert!(error.to_string().contains("sub' doesn't exist !"));
}

#[test]
fn an_absolute_file_wins_over_the_directory() {
    let (directory, place) = (TempDir::new().unwrap(), Place::empty());
    let file = CsvFile::new(directory.path(), &place.path, Append).unwrap();
    file.write(&record("a")).unwrap();
    assert_eq!(run_ids(&place.path), ["a"]);
}

#[test]
fn a_directory_in_the_place_of_the_file_is_an_error() {
    let place = Place::empty();
    fs::create_dir(&place.path).unwrap();
    let error = place.try_write(Append, &record("a")).unwrap_err();
    assert!(matches!(error, CsvError::Open { .. }), "{error}");
}

#[test]
fn the_sink_writes_the_total_and_says_where() {
    let place = Place::empty();
    let mut sink =
        CsvSink::new(place.directory.path(), Path::new("emissions.csv"), Append).unwrap();
    let (total, delta) = (record("a"), EmissionsRecord { duration: 1.0, ..record("a") });
    let delivery = sink.out(&total, &delta).unwrap();
    assert_eq!(delivery.saved_to.as_ref(), Some(&place.path));
    assert_eq!(rows(&place.path)[0]["duration"], "10.0");
    assert_eq!(sink.live_out(&total, &delta).unwrap().saved_to, None);
    assert_eq!(rows(&place.path).len(), 1);
}

#[test]
fn the_task_file_has_a_row_for_each_task_and_always_all_columns() {
    let directory = TempDir::new().unwrap();
    let tasks = ["load, then train", "évaluer"].map(|name| TaskRecord::new(name, record("run")));
    for _ in 0..2 {
        write_tasks(directory.path(), "base", &tasks).unwrap();
    }
    let path = directory.path().join("emissions_base_run.csv");
    let rows = rows(&path);
    assert_eq!(
        rows.iter().map(|r| &r["task_name"][..]).collect::<Vec<_>>(),
        ["load, then train", "évaluer"]
    );
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().next().unwrap(), TASK_RECORD_FIELDS.join(","));
    assert_eq!(write_tasks(directory.path(), "base", &[]).unwrap(), None);
}

#[test]
fn the_name_of_an_experiment_leads_to_no_other_directory() {
    let directory = TempDir::new().unwrap();
    let task = [TaskRecord::new("t", record("run"))];
    let path = write_tasks(directory.path(), "../a/b", &task).unwrap().unwrap();
    assert_eq!(path, directory.path().join("emissions_.._a_b_run.csv"));
    assert!(path.is_file());
}

/// A pipe cannot be read back, so it simply gets the rows.
#[cfg(unix)]
#[test]
fn a_device_is_written_without_being_read() {
    let file = CsvFile::new(Path::new("/dev"), Path::new("null"), Append).unwrap();
    assert_eq!(file.write(&record("a")).unwrap().change, Change::Appended);
    assert!(!Path::new("/dev/null.bak").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_stands_in_a_record_is_read_back(
        name in "[ -~\n\ré,\"]{0,20}", model in any::<String>(),
        numbers in prop::array::uniform3(prop::num::f64::NORMAL | prop::num::f64::ZERO),
        count in any::<u32>(), place in prop::option::of(-180.0..180.0f64),
    ) {
        let file = Place::empty();
        let new = EmissionsRecord {
            project_name: name.clone(),
            cpu_model: model.clone(),
            duration: numbers[0],
            emissions: numbers[1],
            wue: numbers[2],
            cpu_count: count,
            longitude: place,
            ..record("a")
        };
        for id in ["a", "b"] {
            file.write(Append, &EmissionsRecord { run_id: id.into(), ..new.clone() });
        }
        file.write(Update, &EmissionsRecord { run_id: "a".into(), ..new });
        for row in rows(&file.path) {
            prop_assert_eq!(&row["project_name"], &name);
            prop_assert_eq!(&row["cpu_model"], &model);
            prop_assert_eq!(row["duration"].parse(), Ok(numbers[0]));
            prop_assert_eq!(row["emissions"].parse(), Ok(numbers[1]));
            prop_assert_eq!(row["wue"].parse(), Ok(numbers[2]));
            prop_assert_eq!(row["cpu_count"].parse(), Ok(count));
            prop_assert_eq!(row["longitude"].parse().ok(), place);
        }
        prop_assert_eq!(run_ids(&file.path), ["a", "b"]);
    }
}
