//! What a measured command gives: clean streams, a record, a report, joules that are right.

use std::io::Write;
use std::process::Stdio;

use crate::sandbox::{CODECARBON, FRANCE, MONITOR, Sandbox, rows, stderr, stdout};
use carbon_testkit::machines;
use serde_json::Value;

fn json_of(path: &std::path::Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_streams_of_the_command_are_its_own() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(MONITOR)
        .args(FRANCE)
        .args(["--", "cat"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let sent: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let mut stdin = child.stdin.take().unwrap();
    let to_send = sent.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&to_send).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.stdout, sent);
}

#[test]
fn both_binaries_and_both_spellings_do_the_same() {
    let spellings: [(&str, &[&str]); 3] =
        [(CODECARBON, &["monitor"]), (MONITOR, &["monitor"]), (MONITOR, &[])];
    for (program, before) in spellings {
        let sandbox = Sandbox::new();
        let output = sandbox
            .command(program)
            .args(before)
            .args(FRANCE)
            .args(["--", "sh", "-c", "echo out; exit 4"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(4), "{before:?}");
        assert_eq!(stdout(&output), "out\n");
        let said = stderr(&output);
        assert!(said.contains("CodeCarbon Emissions Report"), "{said}");
        assert!(said.contains("Command: sh -c 'echo out; exit 4'"), "{said}");
        assert!(said.contains(" g CO2eq"), "{said}");
        let file = sandbox.work().canonicalize().unwrap().join("emissions.csv");
        assert!(said.contains(&format!("Saved to: {}", file.display())), "{said}");
        let row = &sandbox.rows()[0];
        assert_eq!(row.text("country_iso_code"), "FRA");
        assert_eq!(row.text("country_name"), "France");
        assert_eq!(row.text("tracking_mode"), "process");
        assert!(row.number("duration") > 0.0);
        assert!(row.number("energy_consumed") > 0.0);
    }
}

#[test]
fn flags_win_over_the_environment_over_the_directory_over_the_home() {
    let sandbox = Sandbox::new();
    let config =
        |name: &str| format!("[codecarbon]\nproject_name = {name}\nexperiment_name = {name}\n");
    let project = |sandbox: &Sandbox, options: &[&str], variable: Option<&str>| {
        let mut command = sandbox.monitor_sh(options, "true");
        if let Some(name) = variable {
            command.env("CODECARBON_PROJECT_NAME", name);
        }
        assert_eq!(command.output().unwrap().status.code(), Some(0));
        sandbox.rows().last().unwrap().text("project_name").to_owned()
    };
    assert_eq!(project(&sandbox, &[], None), "codecarbon");
    std::fs::write(sandbox.home().join(".codecarbon.config"), config("home")).unwrap();
    assert_eq!(project(&sandbox, &[], None), "home");
    std::fs::write(sandbox.work().join(".codecarbon.config"), config("directory")).unwrap();
    assert_eq!(project(&sandbox, &[], None), "directory");
    assert_eq!(project(&sandbox, &[], Some("environment")), "environment");
    assert_eq!(project(&sandbox, &["--project-name", "flag"], Some("environment")), "flag");
    assert_eq!(sandbox.rows().len(), 5);
}

#[test]
fn the_record_goes_where_it_is_told() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.work().join("out")).unwrap();
    let options = ["--output-dir", "out", "--output-file", "energy.csv", "--quiet"];
    let output = sandbox.monitor_sh(&options, "true").output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(rows(&sandbox.work().join("out/energy.csv")).len(), 1);
    assert!(sandbox.rows().is_empty());
    assert_eq!(sandbox.monitor_sh(&["--no-csv"], "true").output().unwrap().status.code(), Some(0));
    assert!(sandbox.rows().is_empty());
}

#[test]
fn an_unknown_place_is_the_world_average_and_said_so() {
    let sandbox = Sandbox::new();
    let output = sandbox.command(MONITOR).args(["--", "true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("world average"), "{}", stderr(&output));
    assert_eq!(sandbox.rows()[0].text("country_iso_code"), "");
}

/// The shell's own account of its children, in seconds.
fn seconds_of(times: &str) -> f64 {
    let time = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    };
    times.split_whitespace().map(time).sum()
}

const BURN: &str = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";

#[test]
fn children_that_lived_shortly_are_counted() {
    for options in [&["--no-cgroup"][..], &[]] {
        let sandbox = Sandbox::new();
        let script = format!("for n in 1 2 3 4 5 6; do sh -c '{BURN}'; done; times");
        let options = [&["--json=report.json"], options].concat();
        let output = sandbox.monitor_sh(&options, &script).output().unwrap();
        let expected = seconds_of(&stdout(&output));
        let report = json_of(&sandbox.work().join("report.json"));
        let counted = report["process"]["tree_cpu_s"].as_f64().unwrap();
        assert!(expected > 0.02, "{expected}");
        assert!((counted - expected).abs() < 0.25 * expected + 0.012, "{counted} of {expected} s");
    }
}

#[test]
fn orphans_are_counted_as_long_as_the_command_runs() {
    for options in [&["--no-cgroup"][..], &[]] {
        let sandbox = Sandbox::new();
        // The middle shell ends at once; the burning one is nobody's child but ours.
        let orphan = format!("({BURN}; times > orphan.times; mv orphan.times done) &");
        let script =
            format!("sh -c '{orphan}'; while ! [ -e done ]; do sleep 0.01; done; sleep 0.02");
        let options = [&["--json=report.json"], options].concat();
        sandbox.monitor_sh(&options, &script).output().unwrap();
        let times = std::fs::read_to_string(sandbox.work().join("done")).unwrap();
        let expected = seconds_of(times.lines().next().unwrap());
        let report = json_of(&sandbox.work().join("report.json"));
        let counted = report["process"]["tree_cpu_s"].as_f64().unwrap();
        assert!(counted >= 0.8 * expected - 0.01, "{counted} of {expected} s, {options:?}");
    }
}

#[test]
fn a_short_command_is_billed_its_memory() {
    for options in [&["--no-cgroup"][..], &[]] {
        let sandbox = Sandbox::new();
        let options = [&["--json=report.json"], options].concat();
        let script = "x=$(head -c 30000000 /dev/zero | tr '\\0' a); : $x";
        sandbox.monitor_sh(&options, script).output().unwrap();
        let report = json_of(&sandbox.work().join("report.json"));
        let ram_j = |whose: &str| {
            let parts = report[whose]["components"].as_array().unwrap();
            let ram = parts.iter().find(|part| part["component"] == "ram").unwrap();
            ram["energy"]["joules"]["value"].as_f64().unwrap()
        };
        let total = report["record"]["ram_total_size"].as_f64().unwrap() * 1024.0_f64.powi(3);
        let billed = ram_j("process") / ram_j("machine") * total;
        assert!((20e6..500e6).contains(&billed), "{billed} bytes, {options:?}");
    }
}

#[test]
fn a_fake_machine_gives_its_joules() {
    let machine = carbon_testkit::Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let sandbox = Sandbox::new();
    // The command itself turns the counters: 60 + 30 mJ of the packages, 8 mJ of one memory.
    let zone = |name: &str| machine.path(&format!("sys/class/powercap/{name}/energy_uj"));
    let turn = |name: &str, by_uj: u64| {
        let path = zone(name);
        let now: u64 = std::fs::read_to_string(&path).unwrap().trim().parse().unwrap();
        format!("echo {} > {}; ", now + by_uj, path.display())
    };
    let script =
        [turn("intel-rapl:0", 60_000), turn("intel-rapl:1", 30_000), turn("intel-rapl:0:0", 8_000)]
            .concat();
    let root = machine.path("");
    let options = ["--sysroot", root.to_str().unwrap(), "--tracking-mode", "machine"];
    let output = sandbox.monitor_sh(&options, &script).output().unwrap();
    let row = &sandbox.rows()[0];
    let joules = |column: &str| row.number(column) * 3.6e6;
    assert!(
        (joules("cpu_energy") - 0.090).abs() < 1e-9,
        "{} {}",
        joules("cpu_energy"),
        stderr(&output)
    );
    assert!(
        (joules("ram_energy") - 0.008).abs() < 1e-9,
        "{} {}",
        joules("ram_energy"),
        stderr(&output)
    );
}

#[test]
fn the_json_report_goes_to_standard_error_under_a_command() {
    let sandbox = Sandbox::new();
    let output = sandbox.monitor_sh(&["--json", "--quiet"], "echo mine; exit 2").output().unwrap();
    assert_eq!(stdout(&output), "mine\n");
    let report: Value = serde_json::from_str(&stderr(&output)).unwrap();
    assert_eq!(report["command"]["exit_code"], 2);
}

#[test]
fn the_machine_is_reported_in_json_lines_until_nobody_reads() {
    use std::io::BufRead;
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(MONITOR)
        .args(FRANCE)
        .args(["--measure-power-secs", "0.01", "--json", "--no-csv"])
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let energy_j = |line: String| {
        let report: Value = serde_json::from_str(&line).unwrap();
        report["energy"]["joules"]["value"].as_f64().unwrap()
    };
    let first = energy_j(lines.next().unwrap().unwrap());
    let second = energy_j(lines.next().unwrap().unwrap());
    assert!(first > 0.0 && second > first, "{first} {second}");
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_hardware_is_detected() {
    let machine = carbon_testkit::Machine::load(machines::NO_PERMISSION);
    let sandbox = Sandbox::new();
    let root = machine.path("");
    let run = |more: &[&str]| {
        let output = sandbox
            .command(CODECARBON)
            .args(["detect", "--sysroot", root.to_str().unwrap()])
            .args(more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    let text = run(&[]);
    for part in ["Available RAM: ", "CPU model: ", "GPU count: 0", "Sources", "Not used", "fix: "] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let json: Value = serde_json::from_str(&run(&["--json"])).unwrap();
    assert!(json["ram_total_size"].as_f64().unwrap() > 0.0);
    assert_eq!(json["gpu_count"], 0);
    assert_eq!(json["sources"][0]["component"], "cpu");
}
