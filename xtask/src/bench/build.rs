//! Builds what is measured, as users get it.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::shell::{Result, cargo, describe};

/// The programs that are measured.
pub(crate) struct Programs {
    /// `codecarbon`.
    pub(crate) full: PathBuf,
    /// `codecarbon-monitor`.
    pub(crate) light: PathBuf,
    /// The benchmark of the Rust API (`crates/carbon-tracker/benches/lifecycle.rs`).
    pub(crate) lifecycle: PathBuf,
}

/// Builds them with the release profile.
pub(crate) fn programs() -> Result<Programs> {
    let commands = ["build", "--release", "--locked", "-p", "codecarbon", "--bins"];
    let lifecycle =
        ["bench", "--locked", "-p", "carbon-tracker", "--bench", "lifecycle", "--no-run"];
    Ok(Programs {
        full: executable(&commands, "codecarbon")?,
        light: executable(&commands, "codecarbon-monitor")?,
        lifecycle: executable(&lifecycle, "lifecycle")?,
    })
}

/// Runs cargo and picks the program it made.
fn executable(args: &[&str], name: &str) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(args).arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{}: {}", describe(&command), output.status).into());
    }
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| format!("{} made no {name}", describe(&command)).into())
}
