//! Two commands run in turn under `codecarbon monitor`, each trial in a process of its own.
//!
//! The order is A B, B A, A B, and so on: what drifts in the course of the trials (temperature, caches,
//! other users) falls on both sides alike. A trial is measured exactly as `monitor` would, because it
//! is `monitor`; its report comes back as a file that is removed.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use carbon_report::{Entry, Reading};

use crate::command::program;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// How the trials are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Trials of each side.
    pub(super) trials: u32,
    /// Runs of each side before that.
    pub(super) warmup: u32,
    /// Whether the commands' output is shown.
    pub(super) show_output: bool,
    /// Whether trials count whatever code they end with.
    pub(super) ignore_failure: bool,
}

/// A command of the comparison.
#[derive(Debug, Clone)]
pub(super) struct Side {
    words: Vec<OsString>,
}

impl Side {
    /// A command by its words.
    pub(super) fn of(words: &[OsString]) -> Self {
        Self { words: words.to_vec() }
    }

    /// The command as one line.
    pub(super) fn line(&self) -> String {
        program::as_line(&self.words)
    }
}

/// Runs the trials; the measured runs of each side, in the order of the pairs.
pub(super) fn run_trials(
    sides: &[Side; 2],
    plan: Plan,
    start: &Surroundings,
) -> Result<[Vec<Entry>; 2], CommandError> {
    let own = start
        .program()
        .ok_or_else(|| CommandError::system("the file of this program cannot be found"))?;
    let folder = tempfile::tempdir().map_err(|error| {
        CommandError::user(format!("no directory for reports: {error}"))
            .hint("TMPDIR names a directory for temporary files")
    })?;
    let report = folder.path().join("trial.json");
    let mut results = [Vec::new(), Vec::new()];
    let rounds = plan.warmup + plan.trials;
    for round in 0..rounds {
        let counts = round >= plan.warmup;
        for side in order(round) {
            if start.stderr_is_terminal {
                say_progress(round, plan, side);
            }
            let entry = trial(&own, &sides[side], plan, &report)?;
            if counts {
                results[side].push(entry);
            }
        }
    }
    if start.stderr_is_terminal {
        say("\r\x1b[K");
    }
    Ok(results)
}

/// Which side is first in a round.
fn order(round: u32) -> [usize; 2] {
    if round.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

fn say_progress(round: u32, plan: Plan, side: usize) {
    let name = ["A", "B"][side];
    let text = match round.checked_sub(plan.warmup) {
        Some(trial) => format!("trial {} of {}, {name}", trial + 1, plan.trials),
        None => format!("warming up, {name}"),
    };
    say(&format!("\r\x1b[K{text}"));
}

fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn trial(own: &Path, side: &Side, plan: Plan, report: &Path) -> Result<Entry, CommandError> {
    let output = || if plan.show_output { Stdio::inherit() } else { Stdio::null() };
    let mut json = OsString::from("--json=");
    json.push(report);
    let mut command = Command::new(own);
    command
        .args(["monitor", "--quiet", "--allow-multiple-runs"])
        // Nothing of a trial goes anywhere, whatever the configuration says.
        .args(["--output-methods=", "--emissions-endpoint=", "--prometheus-listen="])
        .arg(json)
        .arg("--")
        .args(&side.words)
        .stdin(Stdio::null())
        .stdout(output())
        .stderr(if plan.show_output { Stdio::inherit() } else { Stdio::piped() });
    let child = command
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|error| CommandError::system(format!("a trial cannot be started: {error}")))?;
    let bytes = std::fs::read(report).ok();
    let _ = std::fs::remove_file(report);
    if !child.status.success() && !plan.ignore_failure {
        let said = String::from_utf8_lossy(&child.stderr);
        let last = said.trim().lines().last().unwrap_or_default();
        let code = child.status.code().unwrap_or(1);
        let error = CommandError::user(format!("{} ended with code {code}", side.line()));
        let error = error.hint("--ignore-failure counts such trials too");
        return Err(if last.is_empty() { error } else { error.hint(format!("it said: {last}")) });
    }
    let mut reading = Reading::default();
    reading.add(Path::new("trial"), &bytes.unwrap_or_default());
    let run = reading.entries.into_iter().find(|entry| entry.told.is_some());
    run.ok_or_else(|| {
        CommandError::user(format!("{} could not be measured", side.line()))
            .hint("codecarbon monitor -- and the command tells why")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drifts_falls_on_both_sides_alike() {
        let places = |side: usize| -> u32 {
            (0..4).flat_map(order).zip(0..).filter(|(s, _)| *s == side).map(|(_, at)| at).sum()
        };
        assert_eq!(places(0), places(1));
    }
}
