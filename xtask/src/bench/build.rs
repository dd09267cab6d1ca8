//! Builds what is measured, as users get it.

use std::path::PathBuf;

use crate::shell::{Result, cargo, describe, made_by};

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

/// The load of the server (`crates/codecarbon-server/benches/load`), which knows the server built with it.
pub(crate) fn load() -> Result<PathBuf> {
    executable(
        &["bench", "--locked", "-p", "codecarbon-server", "--bench", "load", "--no-run"],
        "load",
    )
}

/// The server with the dashboard in it.
pub(crate) fn server() -> Result<PathBuf> {
    executable(
        &["build", "--release", "--locked", "-p", "codecarbon-server", "--bins"],
        "codecarbon-server",
    )
}

/// Runs cargo and picks the program it made.
fn executable(args: &[&str], name: &str) -> Result<PathBuf> {
    let mut command = cargo();
    made_by(command.args(args))?
        .into_iter()
        .filter(|artifact| artifact.name == name)
        .find_map(|artifact| artifact.executable)
        .ok_or_else(|| format!("{} made no {name}", describe(&command)).into())
}
