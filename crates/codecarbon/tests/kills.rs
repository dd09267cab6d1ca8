//! Two hundred runs that are killed at random moments, and what is left of them.
//!
//! The machine is a fake one of constant 50 W, so what each run used until its death is known. A journal
//! is allowed to lose a second; on a machine that is busy with something else a thread also waits for
//! its turn and a disk for its, so the test measures what a thread of its own waits for the same, and
//! allows that besides.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![expect(clippy::disallowed_methods, reason = "tests measure their own patience")]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use carbon_testkit::{Machine, machines};
use serde_json::Value;

const WAVES: u64 = 4;
const RUNS_OF_A_WAVE: u64 = 50;
const WATTS: f64 = 50.0;

/// Where the runs of this test live.
struct Place {
    folder: tempfile::TempDir,
    machine: Machine,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder, machine: Machine::load(machines::SERVER_TWO_SOCKET_DRAM) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.path("home"))
            .env("TZ", "UTC")
            .current_dir(self.path("work"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn begin(&self, name: &str) -> Child {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_codecarbon-monitor"))
            .args(["--offline", "--country-iso-code=FRA", "--output-methods=csv,json"])
            .args([format!("--project-name={name}"), format!("--force-ram-power={WATTS}")])
            .arg("--measure-power-secs=600")
            .arg(format!("--sysroot={}", self.machine.path("").display()))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It says so when it measures.
        let said = child.stderr.as_mut().unwrap().read(&mut [0; 7]);
        assert!(said.is_ok_and(|bytes| bytes > 0));
        child
    }

    fn recover(&self) -> Child {
        self.command(env!("CARGO_BIN_EXE_codecarbon")).arg("recover").spawn().unwrap()
    }

    fn journals(&self) -> usize {
        let Ok(entries) = fs::read_dir(self.path("home/.local/state/codecarbon/journal")) else {
            return 0;
        };
        let is_whole = |path: &Path| path.extension().is_some_and(|ending| ending == "journal");
        entries.filter(|entry| is_whole(&entry.as_ref().unwrap().path())).count()
    }
}

fn wall_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// Numbers that look random: the same in each test, which would otherwise fail for one in a thousand.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// The longest that a thread waited for its turn and for the disk, in seconds.
fn worst_wait_s(directory: &Path, is_over: &AtomicBool) -> f64 {
    let mut worst: f64 = 0.0;
    let mut file = File::create(directory.join("probe")).unwrap();
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        thread::sleep(Duration::from_millis(50));
        file.write_all(&[0; 4096]).unwrap();
        file.sync_data().unwrap();
        worst = worst.max(began.elapsed().as_secs_f64() - 0.05);
    }
    worst
}

/// A run that was killed: its name, before it began, when it was killed, since the Unix epoch.
type Death = (String, f64, f64);

/// Begins runs and kills each at a moment of its own.
fn wave(place: &Place, number: u64, dice: &mut Dice) -> Vec<Death> {
    let began = Instant::now();
    let mut runs: Vec<(Duration, String, f64, Child)> = (0..RUNS_OF_A_WAVE)
        .map(|i| {
            let name = format!("run-{number}-{i}");
            let life = Duration::from_millis(1_100 + dice.next(3_000));
            let (begin_s, child) = (wall_s(), place.begin(&name));
            (began.elapsed() + life, name, begin_s, child)
        })
        .collect();
    runs.sort_by_key(|run| run.0);
    runs.into_iter()
        .map(|(death, name, begin_s, mut child)| {
            thread::sleep(death.saturating_sub(began.elapsed()));
            let killed_s = wall_s();
            child.kill().unwrap();
            child.wait().unwrap();
            (name, begin_s, killed_s)
        })
        .collect()
}

#[test]
fn two_hundred_kills_lose_a_second_each_at_most_and_none_twice() {
    let place = Place::new();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let is_over = Arc::new(AtomicBool::new(false));
    let probe = thread::spawn({
        let (directory, is_over) = (place.path("work"), Arc::clone(&is_over));
        move || worst_wait_s(&directory, &is_over)
    });
    let mut deaths = Vec::new();
    for number in 0..WAVES {
        deaths.extend(wave(&place, number, &mut dice));
        // Saving is cut short as well, by several at once.
        for _ in 0..5 {
            let mut savers = [place.recover(), place.recover()];
            thread::sleep(Duration::from_millis(dice.next(40)));
            for saver in &mut savers {
                saver.kill().unwrap();
                saver.wait().unwrap();
            }
        }
    }
    is_over.store(true, Ordering::Relaxed);
    let worst_wait_s = probe.join().unwrap();
    assert!(place.recover().wait().unwrap().success(), "nothing is damaged and nothing stays");
    assert_eq!(place.journals(), 0);

    let rows = fs::read_to_string(place.path("work/emissions.csv")).unwrap();
    let mut by_name: HashMap<String, Value> = HashMap::new();
    for row in rows.lines().skip(1) {
        let run_id = row.split(',').nth(2).unwrap();
        let path = place.path(&format!("work/emissions_report_{run_id}.json"));
        let report: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let name = report["run"]["project_name"].as_str().unwrap().to_owned();
        assert!(row.contains(&format!(",{name},")));
        assert!(by_name.insert(name.clone(), report).is_none(), "{name} is doubled");
    }
    let mut lost: Vec<f64> = Vec::new();
    for (name, begin_s, killed_s) in &deaths {
        let Some(report) = by_name.get(name) else {
            lost.push(killed_s - begin_s);
            continue;
        };
        let run = &report["run"];
        let (started, ended) =
            (run["started_unix_s"].as_f64().unwrap(), run["ended_unix_s"].as_f64().unwrap());
        let joules = report["energy"]["joules"]["value"].as_f64().unwrap();
        let expected = WATTS * (ended - started);
        // The clock and the meters are not read at one moment; a thread may have to wait in between.
        let slack = WATTS * (0.02 + worst_wait_s);
        assert!((joules - expected).abs() < slack, "{name}: {joules} of {expected} J");
        assert!(started >= *begin_s && ended <= killed_s + 0.05, "{name}");
        lost.push(killed_s - ended);
    }
    lost.sort_by(f64::total_cmp);
    let (median, worst) = (lost[lost.len() / 2], lost[lost.len() - 1]);
    println!(
        "{} kills, {} saved: lost {median:.3} s in the median, {worst:.3} s at most; a thread \
         waited {worst_wait_s:.3} s at most",
        deaths.len(),
        by_name.len()
    );
    // Making a journal asks the disk three times.
    assert!(worst <= 1.0 + 3.0 * worst_wait_s + 0.05, "{worst} s, {worst_wait_s} s of waiting");
    assert!(by_name.len() >= 190, "{} of 200 had lived long enough", by_name.len());
}
