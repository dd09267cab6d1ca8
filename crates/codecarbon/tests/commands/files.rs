//! `report`, `reprice`, `compare`, `board` and `carbonboard`: files of records in, words and pages out.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Output};

use crate::sandbox::{CODECARBON, Sandbox, first_line, stderr, stdout};

const CARBONBOARD: &str = env!("CARGO_BIN_EXE_carbonboard");

const HEADER: &str = "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,\
    ram_energy,energy_consumed,country_name,country_iso_code,pue";

fn row(project: &str, run: u32, kwh: f64) -> String {
    let kg = 0.5 * kwh;
    format!("2024-03-01T10:00:00,{project},r{run},60,{kg},{kwh},0,0,{kwh},France,FRA,1.0\n")
}

/// A sandbox with `emissions.csv`.
fn sandbox(rows: &[String]) -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox, "emissions.csv", rows);
    sandbox
}

fn write(sandbox: &Sandbox, name: &str, rows: &[String]) {
    std::fs::write(sandbox.work().join(name), format!("{HEADER}\n{}", rows.concat())).unwrap();
}

fn codecarbon(sandbox: &Sandbox, words: &[&str]) -> Output {
    sandbox.command(CODECARBON).args(words).output().unwrap()
}

#[test]
fn report_adds_up_the_file_that_trackers_write() {
    let sandbox = sandbox(&[row("a", 1, 1.0), row("b", 2, 2.0)]);
    let output = codecarbon(&sandbox, &["report"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let text = stdout(&output);
    assert!(text.contains("Energy:       3.00 kWh\n"), "{text}");
    assert!(text.contains("\nMethods\n"), "{text}");
    let by_country = stdout(&codecarbon(&sandbox, &["report", "--by", "country"]));
    assert!(by_country.contains("\nFrance      2"), "{by_country}");
    let one = stdout(&codecarbon(&sandbox, &["report", "--project", "b"]));
    assert!(one.contains("Energy:       2.00 kWh\n"), "{one}");
}

#[test]
fn report_names_what_it_cannot_read_and_counts_the_rest() {
    let sandbox = sandbox(&[row("a", 1, 1.0), "broken\n".to_owned(), row("b", 2, 2.0)]);
    let output = codecarbon(&sandbox, &["report", "emissions.csv", "missing.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("Energy:       3.00 kWh\n"));
    let said = stderr(&output);
    assert!(said.contains("Warning: emissions.csv, line 3: 1 fields where"), "{said}");
    assert!(said.contains("Warning: missing.csv: No such file"), "{said}");
}

#[test]
fn report_does_not_pass_nothing_off_as_a_result() {
    let sandbox = sandbox(&[row("a", 1, 1.0)]);
    let mistyped = codecarbon(&sandbox, &["report", "--project", "A"]);
    assert_eq!((mistyped.status.code(), stdout(&mistyped).as_str()), (Some(1), ""));
    assert!(stderr(&mistyped).contains("no run is of the project A\n  hint: there are a\n"));
    let missing = codecarbon(&sandbox, &["report", "missing.csv"]);
    assert_eq!((missing.status.code(), stdout(&missing).as_str()), (Some(1), ""));
    let said = stderr(&missing);
    assert!(said.contains("missing.csv: No such file") && said.contains("hint: name the file"));
    let json = codecarbon(&sandbox, &["report", "--format", "json", "missing.csv"]);
    let value: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!((json.status.code(), &value["total"]["runs"]), (Some(1), &0.into()));
    let folder = codecarbon(&sandbox, &["report", "."]);
    assert!(stdout(&folder).contains("Energy:       1.00 kWh\n"), "{}", stderr(&folder));
}

#[test]
fn report_writes_the_format_that_the_files_ending_names() {
    let sandbox = sandbox(&[row("a", 1, 1.0)]);
    for (name, beginning) in [
        ("r.md", "## Energy and emissions"),
        ("r.tex", "% Written by codecarbon report"),
        ("r.json", "{"),
        ("r.html", "<!doctype html>"),
    ] {
        let output = codecarbon(&sandbox, &["report", "--output", name]);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
        let text = std::fs::read_to_string(sandbox.work().join(name)).unwrap();
        assert!(text.trim_start().starts_with(beginning), "{name}: {}", &text[..60]);
    }
    let refused = codecarbon(&sandbox, &["report", "--format", "pdf"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_record_that_monitor_writes_is_read_back_with_its_interval() {
    let sandbox = Sandbox::new();
    let run = sandbox.monitor_sh(&["--json=run.json", "-q"], "exit 0").output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let text = stdout(&codecarbon(&sandbox, &["report", "emissions.csv", "run.json"]));
    assert!(text.starts_with("Runs:         1\n"), "{text}");
    assert!(text.contains(" CO2e (95 %: "), "{text}");
    assert!(text.contains("codecarbon-rs 0."), "{text}");
}

#[test]
fn reprice_shows_old_and_new_and_keeps_both_in_a_file_of_its_own() {
    let sandbox = sandbox(&[row("a", 1, 1.0)]);
    let before = std::fs::read(sandbox.work().join("emissions.csv")).unwrap();
    let words = ["reprice", "--with", "country_iso_code=DEU", "--with", "pue=1.5", "-o", "new.csv"];
    let output = codecarbon(&sandbox, &words);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let text = stdout(&output);
    // 1 kWh at 500 g, then 1.5 kWh at 342.06 g.
    assert!(text.contains("1.00 kWh  1.50 kWh      500 g  513 g  +2.6 %"), "{text}");
    assert!(text.contains("Grid: Germany: 342 g CO2e/kWh (Ember"), "{text}");
    assert_eq!(std::fs::read(sandbox.work().join("emissions.csv")).unwrap(), before);
    let new = std::fs::read_to_string(sandbox.work().join("new.csv")).unwrap();
    assert!(new.lines().next().unwrap().contains(",original_emissions,"), "{new}");
    let again = codecarbon(&sandbox, &words);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("new.csv is there already"), "{}", stderr(&again));
    let onto = codecarbon(&sandbox, &["reprice", "--with", "pue=2", "-o", "emissions.csv"]);
    assert_eq!(onto.status.code(), Some(1));
    assert_eq!(std::fs::read(sandbox.work().join("emissions.csv")).unwrap(), before);
}

#[test]
fn reprice_refuses_what_is_no_factor() {
    let sandbox = sandbox(&[row("a", 1, 1.0)]);
    let output = codecarbon(&sandbox, &["reprice", "--with", "pue=0.5"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("pue = \"0.5\""), "{}", stderr(&output));
    assert_eq!(codecarbon(&sandbox, &["reprice", "emissions.csv"]).status.code(), Some(2));
}

#[test]
fn compare_says_what_two_selections_show() {
    let rows = [row("old", 1, 1.0), row("old", 2, 1.01), row("new", 3, 0.5), row("new", 4, 0.51)];
    let sandbox = sandbox(&rows);
    let words = ["emissions.csv?project_name=old", "emissions.csv?project_name=new"];
    let output = codecarbon(&sandbox, &["compare", words[0], words[1]]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let text = stdout(&output);
    assert!(text.contains("Energy: B uses 49.8 % less than A (95 %: "), "{text}");
    assert!(text.contains("Time: no difference that these runs can show"), "{text}");
    let nobody = codecarbon(&sandbox, &["compare", "emissions.csv?project_name=x", words[1]]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("there is no such run"), "{}", stderr(&nobody));
}

#[test]
fn compare_runs_two_commands_in_turn() {
    let sandbox = Sandbox::new();
    let words = ["compare", "--trials", "3", "--warmup", "0", "--json", "--"];
    let mut command = sandbox.command(CODECARBON);
    command.env("CODECARBON_OFFLINE", "true").env("CODECARBON_COUNTRY_ISO_CODE", "FRA");
    command.args(words).args(["sh", "-c", "echo A >> order; sleep 0.05", "---"]);
    let output = command.args(["sh", "-c", "echo B >> order"]).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let order = std::fs::read_to_string(sandbox.work().join("order")).unwrap();
    assert_eq!(order.split_whitespace().collect::<String>(), "ABBAAB");
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let time = &json["figures"]["duration_s"];
    assert_eq!((&json["design"], &time["a"]["count"]), (&"pairs".into(), &3.into()));
    let difference = time["difference"].as_f64().unwrap();
    assert!(difference < -0.02, "{difference}");
    let names: Vec<_> = std::fs::read_dir(sandbox.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["order"], "trials leave no records");
}

#[test]
fn compare_stops_at_a_trial_that_fails() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(CODECARBON);
    command.env("CODECARBON_OFFLINE", "true").env("CODECARBON_COUNTRY_ISO_CODE", "FRA");
    command.args(["compare", "--", "true", "---", "sh", "-c", "echo no such input >&2; exit 3"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("ended with code 3") && said.contains("no such input"), "{said}");
    let usage = codecarbon(&sandbox, &["compare", "--", "true"]);
    assert_eq!(usage.status.code(), Some(2));
}

/// A board that is ended with the test.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(sandbox: &Sandbox, program: &str, words: &[&str]) -> Self {
        let mut child = sandbox.command(program).args(words).spawn().unwrap();
        let line = first_line(&mut child);
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next());
        Self { port: port.unwrap_or_else(|| panic!("{line:?}")).parse().unwrap(), child }
    }

    fn ask(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn board_serves_the_page_to_those_who_name_this_machine() {
    let sandbox = sandbox(&[row("first", 1, 1.0)]);
    let board =
        Served::start(&sandbox, CODECARBON, &["board", "--light", "emissions.csv", "--port", "0"]);
    let page = board.ask("GET / HTTP/1.1\r\nHost: localhost");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'; style-src 'sha256-"));
    assert!(page.contains("x-content-type-options: nosniff") && page.contains("first"));
    write(&sandbox, "emissions.csv", &[row("second", 2, 1.0)]);
    assert!(board.ask("GET / HTTP/1.1\r\nHost: localhost").contains("second"));
    let head = board.ask("HEAD / HTTP/1.1\r\nHost: localhost");
    assert!(head.ends_with("\r\n\r\n") && head.contains("200 OK"), "{head}");
    let elsewhere = board.ask("GET / HTTP/1.1\r\nHost: evil.example");
    assert!(elsewhere.starts_with("HTTP/1.1 421") && !elsewhere.contains("second"), "{elsewhere}");
    assert!(board.ask("\u{16}\u{3}").starts_with("HTTP/1.1 400"));
    let port = board.port.to_string();
    let second = codecarbon(&sandbox, &["board", "--light", "emissions.csv", "--port", &port]);
    assert_eq!(second.status.code(), Some(1));
    let said = stderr(&second);
    assert!(said.contains(&format!("port {port} is in use")) && said.contains("hint: --port"));
}

#[test]
fn carbonboard_takes_the_options_of_the_reference() {
    let sandbox = sandbox(&[row("board", 1, 1.0)]);
    let words = ["--filepath=emissions.csv", "--port=0", "--debug=False", "--light"];
    let board = Served::start(&sandbox, CARBONBOARD, &words);
    assert!(board.ask("GET / HTTP/1.1\r\nHost: 127.0.0.1").contains("board"));
    let words = ["emissions.csv", "--port", "0", "--light"];
    let positional = Served::start(&sandbox, CARBONBOARD, &words);
    assert!(positional.ask("GET /version HTTP/1.1\r\nHost: localhost").contains("200 OK"));
}

#[test]
fn the_small_program_under_the_name_of_the_monitor_measures() {
    let sandbox = Sandbox::new();
    for (program, name) in [(CARBONBOARD, "codecarbon-monitor"), (CODECARBON, "codecarbon")] {
        std::fs::copy(program, sandbox.work().join(name)).unwrap();
    }
    for words in [&["--offline"][..], &["monitor", "--offline"]] {
        let output = sandbox
            .command(sandbox.work().join("codecarbon-monitor"))
            .args(words)
            .args(["--country-iso-code", "FRA", "--", "sh", "-c", "exit 7"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(7), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let csv = std::fs::read_to_string(sandbox.work().join("emissions.csv")).unwrap();
    assert_eq!(csv.lines().count(), 3);
}
