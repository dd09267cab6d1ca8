//! A sandbox for command tests: an empty environment, a home and a working directory of its own.

#![expect(clippy::disallowed_methods, reason = "tests measure their own patience")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The light binary, which has the same `monitor` as the other and starts faster.
pub(crate) const MONITOR: &str = env!("CARGO_BIN_EXE_codecarbon-monitor");
/// The binary with every command.
pub(crate) const CODECARBON: &str = env!("CARGO_BIN_EXE_codecarbon");

/// Offline in France, as the README has it.
pub(crate) const FRANCE: [&str; 3] = ["--offline", "--country-iso-code", "FRA"];

/// Directories of one test, removed with it.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "work"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// A command in the sandbox, its streams captured.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.home())
            // No country's, so that nobody guesses where the tests run.
            .env("TZ", "UTC")
            .current_dir(self.work())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// `codecarbon-monitor --offline --country-iso-code FRA OPTIONS -- sh -c SCRIPT`.
    pub(crate) fn monitor_sh(&self, options: &[&str], script: &str) -> Command {
        let mut command = self.command(MONITOR);
        command.args(FRANCE).args(options).args(["--", "sh", "-c", script]);
        command
    }

    /// Rows of the CSV file as maps; empty when there is no file.
    pub(crate) fn rows(&self) -> Vec<Row> {
        rows(&self.work().join("emissions.csv"))
    }
}

/// Rows of a CSV file that holds no quoted line ends.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let mut lines = text.lines().map(fields);
    let Some(header) = lines.next() else { return Vec::new() };
    lines
        .map(|cells| {
            assert_eq!(cells.len(), header.len(), "{}", path.display());
            Row(header.iter().cloned().zip(cells).collect())
        })
        .collect()
}

fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// One row of a CSV file.
#[derive(Debug, Clone)]
pub(crate) struct Row(Vec<(String, String)>);

impl Row {
    pub(crate) fn text(&self, column: &str) -> &str {
        let cell = self.0.iter().find(|(name, _)| name == column);
        cell.map_or_else(|| panic!("no column {column}"), |(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column} is {text:?}"))
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Waits until something is so; gives up after ten seconds.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(10), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Reads the first line that a child prints: it has started by then.
pub(crate) fn first_line(child: &mut Child) -> String {
    let mut line = Vec::new();
    let out = child.stdout.as_mut().unwrap();
    let mut byte = [0];
    while std::io::Read::read(out, &mut byte).unwrap() == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}

#[expect(unsafe_code, reason = "kill has no safe wrapper")]
pub(crate) fn signal(child: &Child, signal: i32) {
    // SAFETY: no memory is involved, and the child has not been waited for.
    let result = unsafe { libc::kill(child.id().cast_signed(), signal) };
    assert_eq!(result, 0);
}
