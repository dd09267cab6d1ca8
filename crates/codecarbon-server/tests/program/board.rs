//! `board`: files in, the same figures out as the report of them has, and what is added to them.

#![expect(clippy::disallowed_methods, reason = "tests measure their own patience")]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use carbon_report::{By, Reading, Report};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::http::{Answer, Http};
use crate::sandbox::{PATIENCE, PROGRAM, Sandbox};

const HEADER: &str =
    "timestamp,project_name,run_id,duration,emissions,energy_consumed,cpu_energy\n";

/// A board that runs; dropping it ends it.
struct Board {
    child: Child,
    _out: BufReader<ChildStdout>,
    http: Http,
    url: String,
}

impl Drop for Board {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Board {
    fn start(sandbox: &Sandbox, words: &[&str]) -> Self {
        let mut command = sandbox.command(PROGRAM);
        command.arg("board").args(words).args(["--port", "0"]).env("TZ", "UTC");
        command.stdout(Stdio::piped());
        let log = std::fs::File::create(sandbox.path("log")).unwrap();
        let mut child = command.stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let url = line.split(' ').find(|word| word.starts_with("http")).unwrap_or_else(|| {
            panic!("{line:?}, {}", std::fs::read_to_string(sandbox.path("log")).unwrap())
        });
        let url = url.trim_end_matches('/').to_owned();
        let board = Self { child, _out: out, http: Http::of(&url), url };
        // The address is there at once, the files a moment later.
        board.waits_for("the files to be read", |told| told["is_ready"] == true);
        board
    }

    /// What the board tells of its files.
    fn told(&self) -> Value {
        self.http.get("/v1/server", &[]).body["board"].clone()
    }

    fn waits_for(&self, what: &str, holds: impl Fn(&Value) -> bool) {
        let begun = Instant::now();
        while !holds(&self.told()) {
            assert!(begun.elapsed() < PATIENCE, "{what}: {}", self.told());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn organization(&self, path: &str) -> Value {
        let all = self.http.get("/v1/organizations", &[]);
        let id = all.body["items"][0]["id"].as_str().unwrap().to_owned();
        self.http.get(&format!("/v1/organizations/{id}{path}"), &[]).body
    }

    fn total(&self) -> Value {
        self.organization("/sums?by=project")["total"].clone()
    }

    /// Waits until the energy in all is this.
    fn comes_to(&self, energy_kwh: f64) {
        let begun = Instant::now();
        while !is_near(&self.total()["energy_kwh"], energy_kwh) {
            assert!(begun.elapsed() < PATIENCE, "{}", self.total());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn is_near(found: &Value, expected: f64) -> bool {
    found.as_f64().is_some_and(|found| (found - expected).abs() <= 1e-12 * expected.abs())
}

fn fixture(name: &str) -> String {
    format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"))
}

fn report_of(files: &[&str]) -> Report {
    Report::of(Reading::of_files(files.iter().map(Path::new)), By::Project)
}

/// A row of a run that came to so many tenths of a kilowatt hour.
fn row(project: &str, run: &str, tenths: u32) -> String {
    let (duration, kwh) = (tenths * 60, f64::from(tenths) / 10.0);
    format!("2026-11-22T20:{tenths:02}:00,{project},{run},{duration},{kwh},{kwh},{kwh}\n")
}

fn write(sandbox: &Sandbox, name: &str, rows: &[String]) -> String {
    let path = sandbox.path(name);
    std::fs::write(&path, format!("{HEADER}{}", rows.concat())).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn files_of_the_stock_package_and_a_report_come_to_what_the_report_of_them_says() {
    let csv = fixture("carbon-report/tests/fixtures/stock-3.3.0-offline.csv");
    let json = fixture("carbon-report/tests/fixtures/report.json");
    let append = fixture("carbon-outputs/tests/fixtures/stock-3.3.2-append.csv");
    for files in [&[csv.as_str()][..], &[&append], &[&csv, &append, &json]] {
        let sandbox = Sandbox::new();
        let board = Board::start(&sandbox, files);
        let report = report_of(files);
        let (of_report, total) = (&report.summary.total, board.total());
        assert!(is_near(&total["energy_kwh"], of_report.energy.total.kilowatt_hours()), "{total}");
        assert!(is_near(&total["cpu_energy_kwh"], of_report.energy.cpu.kilowatt_hours()));
        assert!(is_near(&total["ram_energy_kwh"], of_report.energy.ram.kilowatt_hours()));
        assert!(is_near(&total["emissions_kg"], of_report.emissions.kilograms()), "{total}");
        assert!(is_near(&total["duration_s"], of_report.duration_s.min(1e15)), "{total}");
        // One of the runs was flushed on its way: its rows are intervals.
        assert!(total["rows"].as_u64() >= Some(of_report.runs as u64), "{total}");
        let sums = board.organization("/sums?by=project");
        let mut names: Vec<&str> = sums["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|g| g["name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        // A name is shown on one line.
        let expected: Vec<String> =
            of_report.projects.iter().map(|name| name.replace('\n', " ")).collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn a_run_counts_once_however_many_rows_and_files_have_it_and_its_rows_are_intervals() {
    let sandbox = Sandbox::new();
    let flushed = [row("a", "r1", 1), row("a", "r1", 3), row("a", "r1", 4), row("a", "r2", 2)];
    let first = write(&sandbox, "one.csv", &flushed);
    let second = write(&sandbox, "two.csv", &[row("a", "r1", 4), row("b", "r3", 5)]);
    let board = Board::start(&sandbox, &[&first, &second]);
    let total = board.total();
    assert!(is_near(&total["energy_kwh"], 1.1), "{total}");
    assert_eq!(total["rows"], 5, "three intervals of the first run, one of each other: {total}");
    let report = report_of(&[&first, &second]);
    assert!(is_near(&total["energy_kwh"], report.summary.total.energy.total.kilowatt_hours()));
}

#[test]
fn what_is_added_to_a_file_appears_and_what_is_taken_out_of_it_goes() {
    let sandbox = Sandbox::new();
    let file = write(&sandbox, "e.csv", &[row("a", "r1", 1)]);
    let board = Board::start(&sandbox, &[&file]);
    board.comes_to(0.1);
    let append = |row: &str| {
        let mut file = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
        file.write_all(row.as_bytes()).unwrap();
    };
    append(&row("new", "r2", 2));
    board.comes_to(0.3);
    // The first run goes on: it is the same run with one interval more.
    append(&row("a", "r1", 4));
    board.comes_to(0.6);
    assert_eq!(board.total()["rows"], 3);
    // It is another one now, and the other is gone.
    write(&sandbox, "e.csv", &[row("a", "r1", 2)]);
    board.comes_to(0.2);
    // Its project and its experiment go with it, and come again with it.
    let names = || {
        let projects = board.organization("/projects");
        let items = projects["items"].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    board.waits_for("the project to go", |_| names() == ["a"]);
    for (project, kwh) in [("b", 0.3), ("a", 0.4), ("b", 0.5)] {
        write(&sandbox, "e.csv", &[row(project, "r3", (kwh * 10.0) as u32)]);
        board.comes_to(kwh);
        board.waits_for("the other project", |_| names() == [project]);
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_place_and_the_rest_is_shown() {
    let sandbox = Sandbox::new();
    let broken = "2026-11-22T20:01:00,a,r9,60,much,1,1\n".to_owned();
    let file = write(&sandbox, "broken.csv", &[row("a", "r1", 1), broken]);
    let missing = sandbox.path("missing.csv");
    let board = Board::start(&sandbox, &[&file, missing.to_str().unwrap()]);
    board.comes_to(0.1);
    let log = std::fs::read_to_string(sandbox.path("log")).unwrap();
    assert!(log.contains("broken.csv, line 3: emissions is \"much\""), "{log}");
    assert!(log.contains("missing.csv is not there; it is shown when it is written"), "{log}");
    // Who looks at the page is told the same, until it is mended.
    let told = board.told();
    assert_eq!((&told["runs"], &told["fault_count"]), (&1.into(), &2.into()));
    assert!(told["faults"][0].as_str().unwrap().contains("broken.csv, line 3"), "{told}");
    let before = told["revision"].clone();
    std::fs::write(&missing, format!("{HEADER}{}", row("b", "r2", 2))).unwrap();
    board.waits_for("the file that was missing", |told| told["fault_count"] == 1);
    assert_ne!(board.told()["revision"], before);
    board.comes_to(0.3);
}

#[test]
fn a_folder_and_packed_files_are_shown_and_what_comes_into_the_folder() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("results");
    std::fs::create_dir(&folder).unwrap();
    write(&sandbox, "results/a.csv", &[row("a", "r1", 1)]);
    std::fs::write(folder.join("metrics.csv"), "epoch,loss\n1,2\n").unwrap();
    let text = format!("{HEADER}{}", row("b", "r2", 2));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    std::fs::write(folder.join("b.csv.gz"), packed.finish().unwrap()).unwrap();
    let board = Board::start(&sandbox, &[folder.to_str().unwrap()]);
    board.comes_to(0.3);
    assert_eq!(board.told()["faults"], serde_json::json!([]));
    write(&sandbox, "results/c.csv", &[row("c", "r3", 3)]);
    board.comes_to(0.6);
}

#[test]
fn a_time_with_a_zone_is_that_instant_wherever_the_board_is() {
    let sandbox = Sandbox::new();
    let zoned = row("a", "r1", 1).replace(":00,a", ":00+02:00,a");
    let file = write(&sandbox, "e.csv", &[zoned]);
    let board = Board::start(&sandbox, &[&file]);
    let runs = board.organization("/projects?limit=1");
    let project = runs["items"][0]["id"].as_str().unwrap().to_owned();
    let runs = board.http.get(&format!("/v1/projects/{project}/runs"), &[]).body;
    // It ended at 20:01 two hours east, after a minute.
    assert_eq!(runs["items"][0]["timestamp"], "2026-11-22T18:00:00Z", "{runs}");
}

#[test]
fn a_board_says_that_it_is_one_only_reads_and_is_for_this_machine() {
    let sandbox = Sandbox::new();
    let file = write(&sandbox, "e.csv", &[row("a", "r1", 1)]);
    let board = Board::start(&sandbox, &[&format!("--filepath={file}"), "--debug=False"]);
    assert!(board.url.starts_with("http://127.0.0.1:"), "{}", board.url);
    let server = board.http.get("/v1/server", &[]).body;
    assert_eq!((&server["auth"], &server["features"]["board"]), (&"none".into(), &true.into()));
    assert_eq!(board.organization("")["role"], "viewer");
    let asked: Answer = board.http.post("/organizations", &[], &serde_json::json!({"name": "x"}));
    assert_eq!(asked.status, 405, "{}", asked.text);
    let other = board.http.get("/v1/organizations", &[("host", "evil.example")]);
    assert_eq!(other.status, 421, "{}", other.text);
    let page = board.http.get("/", &[("accept", "text/html")]);
    assert!(page.text.contains("<!doctype html>"), "{}", page.text);
    let port = board.url.rsplit(':').next().unwrap();
    let taken = sandbox.run(&["board", &file, "--port", port], &[]);
    assert_eq!(taken.code, Some(1));
    assert!(taken.err.contains(&format!("port {port} is in use")), "{}", taken.err);
    assert!(taken.err.contains("is free") || taken.err.contains("--port 0"), "{}", taken.err);
}

#[test]
fn ten_thousand_runs_are_shown() {
    let sandbox = Sandbox::new();
    let mut rows = String::new();
    for run in 0..10_000 {
        let _ = write!(rows, "{}", row(&format!("p{}", run % 7), &format!("run {run}"), 1));
    }
    let file = write(&sandbox, "many.csv", &[rows]);
    let board = Board::start(&sandbox, &[&file, "--no-watch"]);
    assert_eq!(board.total()["rows"], 10_000);
    assert!((board.total()["energy_kwh"].as_f64().unwrap() - 1_000.0).abs() < 1e-6);
}
