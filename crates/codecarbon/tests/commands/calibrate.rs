//! `calibrate` against meters that tests play: a file, an address, a person; and what later runs
//! make of it.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use carbon_testkit::http::{HttpServer, Reply};
use carbon_testkit::{Machine, machines};
use serde_json::Value;

use crate::sandbox::{CODECARBON, FRANCE, Sandbox, stderr, stdout};
use crate::terminal::Terminal;

/// A sandbox and a machine without a sensor that could be read.
struct Lab {
    sandbox: Sandbox,
    machine: Machine,
}

impl Lab {
    fn new() -> Self {
        Self { sandbox: Sandbox::new(), machine: Machine::load(machines::NO_PERMISSION) }
    }

    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = self.sandbox.command(CODECARBON);
        command.args(words).args(["--sysroot", self.machine.path("").to_str().unwrap()]);
        command
    }

    fn calibrate(&self, more: &[&str]) -> std::process::Output {
        self.command(&[&["calibrate"], more].concat()).output().unwrap()
    }

    fn shown(&self) -> Value {
        let output = self.calibrate(&["--show", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    }
}

/// What a wall meter would show of a calibration that is under way: it works with threads of its own.
fn watts_of(pid: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    if threads > 3 { 90.0 } else { 30.0 }
}

/// Writes to a file what the meter shows until the child has ended.
#[expect(clippy::disallowed_methods, reason = "a meter has a clock of its own")]
fn meter_into(path: &std::path::Path, child: &mut Child) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    while child.try_wait().unwrap().is_none() {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        // The row is of the time before it was looked at.
        let watts = watts_of(child.id());
        writeln!(file, "{:.3};{watts}", now.as_secs_f64()).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn close(value: &Value, expected: f64, by: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() <= by, "{found} is not {expected}");
}

#[test]
fn a_meter_s_file_calibrates_the_machine_and_later_runs_go_by_it() {
    let lab = Lab::new();
    let file = lab.sandbox.work().join("power.csv");
    std::fs::write(&file, "timestamp;power\n").unwrap();
    let words = ["--meter", "power.csv", "--covers", "processors", "--seconds", "0.4"];
    let mut command = lab.command(&[&["calibrate", "--non-interactive"], &words[..]].concat());
    let mut child = command.spawn().unwrap();
    meter_into(&file, &mut child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("idle\nfull load\n"), "{}", stderr(&output));
    assert!(stdout(&output).contains("against the meter of power.csv"), "{}", stdout(&output));
    let shown = lab.shown();
    close(&shown["idle_w"], 30.0, 2.0);
    close(&shown["full_w"], 90.0, 4.0);
    assert_eq!(shown["scope"], "processors");
    assert!(shown["relative_error"].as_f64().unwrap() >= 0.2);

    let monitor =
        [&["monitor"], &FRANCE[..], &["--json=report.json", "--tracking-mode", "machine"]].concat();
    let mut command = lab.command(&monitor);
    let run = command.args(["--", "true"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let report = std::fs::read_to_string(lab.sandbox.work().join("report.json")).unwrap();
    assert!(report.contains("load_model_calibrated"), "{report}");
    assert!(report.contains("against the meter of power.csv"), "{report}");

    let doctor = lab.command(&["doctor", "--json"]).output().unwrap();
    assert_eq!(doctor.status.code(), Some(3), "a calibrated estimate is an estimate");
    let examined: Value = serde_json::from_str(&stdout(&doctor)).unwrap();
    let checks = examined["checks"].as_array().unwrap();
    let calibration = checks.iter().find(|check| check["name"] == "calibration").unwrap();
    assert_eq!(calibration["state"], "used");
}

#[test]
fn what_is_exported_holds_for_another_machine_of_the_kind_until_it_is_reset() {
    let lab = Lab::new();
    let server = HttpServer::start(|_| Reply::json(200, r#"{"apower": 30}"#));
    let url = format!("http://{}/rpc/Switch.GetStatus", server.address());
    // A meter that shows the same watts at rest and at work tells nothing.
    let flat = lab.calibrate(&["--meter", &url, "--seconds", "0.1", "--non-interactive"]);
    assert_eq!(flat.status.code(), Some(1));
    assert!(stderr(&flat).contains("power does not rise with load"), "{}", stderr(&flat));
    drop(server);

    let pid = Arc::new(AtomicU32::new(0));
    let of_child = Arc::clone(&pid);
    let asked = AtomicU32::new(0);
    let server = HttpServer::start(move |_| {
        // One answer of three is lost, as on a busy radio network; the first decides whether this is
        // a meter at all.
        if asked.fetch_add(1, Ordering::SeqCst) % 3 == 1 {
            return Reply::new(503, "");
        }
        Reply::json(200, format!("{{\"power\": {}}}", watts_of(of_child.load(Ordering::SeqCst))))
    });
    let url = format!("http://{}/status", server.address());
    let words = [
        "calibrate",
        "--meter",
        &url,
        "--seconds",
        "0.3",
        "--non-interactive",
        "--thorough",
        "--json",
    ];
    let child = lab.command(&words).spawn().unwrap();
    pid.store(child.id(), Ordering::SeqCst);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = lab.shown();
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    close(&told["full_w"], shown["full_w"].as_f64().unwrap(), 0.01);
    assert_eq!((&told["against"], &told["file"]), (&shown["against"], &shown["file"]));
    assert_eq!(shown["scope"], "computer");
    assert_eq!(shown["points"].as_array().unwrap().len(), 5);
    assert!(shown["against"].as_str().unwrap().contains("127.0.0.1"), "{shown}");

    let exported = stdout(&lab.calibrate(&["--export"]));
    assert!(exported.contains("machine = any"), "{exported}");
    let other = Lab::new();
    assert_eq!(other.calibrate(&["--show"]).status.code(), Some(1));
    other.machine.write("etc/codecarbon/calibration.ini", &exported);
    assert_eq!(other.shown()["full_w"], shown["full_w"]);

    assert_eq!(lab.calibrate(&["--reset"]).status.code(), Some(0));
    let gone = lab.calibrate(&["--show"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).contains("not calibrated"), "{}", stderr(&gone));
    assert!(stdout(&lab.calibrate(&["--reset"])).contains("nothing to forget"));
}

#[test]
fn a_person_types_what_the_meter_shows() {
    let lab = Lab::new();
    let script = format!(
        "{CODECARBON} calibrate --sysroot {} --meter ask --seconds 0.1; echo \"code $?\"",
        lab.machine.path("").display()
    );
    let mut terminal = Terminal::running(&lab.sandbox, &script);
    terminal.wait_for("Enter begins");
    terminal.press("\n");
    terminal.wait_for("idle: how many watts");
    terminal.press("lots\n");
    terminal.wait_for("a number such as");
    terminal.press("31,5\n");
    terminal.wait_for("full load: how many watts");
    terminal.press("90 W\n");
    terminal.wait_for("code 0");
    let shown = terminal.end();
    assert!(shown.contains("31.5 W idle, 90.0 W at full load"), "{shown}");
    assert!(shown.contains("read by eye"), "{shown}");
}

#[test]
fn ctrl_c_ends_it_with_nothing_kept_and_no_load_left() {
    let lab = Lab::new();
    std::fs::write(lab.sandbox.work().join("power.csv"), "").unwrap();
    let script = format!(
        "{CODECARBON} calibrate --sysroot {} --meter power.csv --seconds 60; echo \"code $?\"",
        lab.machine.path("").display()
    );
    let mut terminal = Terminal::running(&lab.sandbox, &script);
    terminal.wait_for("Enter begins");
    terminal.press("\n");
    terminal.wait_for("left");
    terminal.press("\x03");
    terminal.wait_for("nothing was kept");
    terminal.wait_for("code 130");
    terminal.end();
    assert_eq!(lab.calibrate(&["--show"]).status.code(), Some(1));
}

#[test]
fn without_a_meter_it_says_what_would_be_one() {
    let lab = Lab::new();
    let output = lab.calibrate(&["--non-interactive"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("no sensor") && said.contains("--meter ask"), "{said}");
    assert!(said.contains("hint: sudo "), "{said}");
    let missing = lab.calibrate(&["--meter", "nowhere.csv", "--non-interactive"]);
    assert!(stderr(&missing).contains("nowhere.csv"), "{}", stderr(&missing));
    let silent = lab.calibrate(&["--meter", "http://127.0.0.1:9/", "--non-interactive"]);
    assert!(stderr(&silent).contains("the meter at http://127.0.0.1:9/"), "{}", stderr(&silent));
}

#[test]
fn in_a_container_with_a_quota_full_load_cannot_be_made() {
    let lab =
        Lab { sandbox: Sandbox::new(), machine: Machine::load(machines::CONTAINER_CGROUP_V2) };
    let output = lab.calibrate(&["--meter", "power.csv", "--non-interactive"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("only 2 of 8 CPUs may be used"), "{}", stderr(&output));
}
