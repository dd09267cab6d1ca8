//! The dashboard: `cargo xtask web` bundles `web/` into `web/dist`, which building the server takes into
//! the program; and its tests, of numbers by themselves and of pages in a browser.
//!
//! Needs Node 20.19 or later with npm, and for the tests Chromium, which Debian has and which is
//! installed where it is missing. Without Node the step is passed over aloud, except in CI; the server
//! is built without a dashboard then.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::{find_python, succeeds};
use crate::shell::{Result, cargo, made_by, root, run, which};
use crate::stock;

/// The oldest Node that the bundler runs on.
const OLDEST: &str = "const [major, minor] = process.versions.node.split('.').map(Number); \
                      process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)";

/// Bundles the dashboard, with what it depends on as the lock file says.
pub(crate) fn build() -> Result {
    node()?;
    installed()?;
    npm(&["run", "--silent", "build"])
}

/// Bundles the dashboard, so that programs built after it have it, and sees that there is a browser.
pub(crate) fn with_browser() -> Result {
    build()?;
    chromium()
}

/// Bundles the dashboard and tests what needs no server; before anything of Rust is built, so that
/// all of it has the dashboard. Whether that could be done.
pub(crate) fn prepare() -> Result<bool> {
    if let Err(error) = node() {
        if std::env::var_os("CI").is_some() {
            return Err(error);
        }
        println!("\n==> {error}: the dashboard is neither built nor tested");
        return Ok(false);
    }
    println!("\n==> the dashboard: types, unit tests, bundle");
    installed()?;
    for script in ["check", "test", "build"] {
        npm(&["run", "--silent", script])?;
    }
    Ok(true)
}

/// The tests in a browser, against the programs as cargo has built them; pictures of what was seen go
/// to `target/web`.
pub(crate) fn in_a_browser() -> Result<Command> {
    chromium()?;
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "codecarbon", "-p", "codecarbon-server", "--bins"]);
    let made = made_by(&mut build)?;
    let program = |name: &str| -> Result<PathBuf> {
        let found = made.iter().filter(|artifact| artifact.name == name);
        found
            .filter_map(|artifact| artifact.executable.clone())
            .next_back()
            .ok_or_else(|| format!("cargo built no {name}").into())
    };
    let mut command = Command::new("node");
    command.arg("web/tests/browser/all.mjs").arg(root().join("target/web"));
    command.env("CODECARBON_SERVER", program("codecarbon-server")?);
    command.env("CODECARBON", program("codecarbon")?);
    match find_python().map(|python| stock::installed(&python)) {
        Some(Ok(stock)) => {
            command.env("CODECARBON_STOCK", stock);
        }
        Some(Err(error)) if std::env::var_os("CI").is_some() => return Err(error),
        _ => println!("\n==> without the stock package: its file is one that was recorded"),
    }
    Ok(command)
}

fn folder() -> PathBuf {
    root().join("web")
}

fn node() -> Result {
    if which("npm").is_some() && succeeds(Path::new("node"), &["-e", OLDEST]) {
        return Ok(());
    }
    Err("no Node 20.19 or later with npm was found".into())
}

/// What the lock file names, unless it is there already.
fn installed() -> Result {
    let folder = folder();
    let (locked, there) = (folder.join("package-lock.json"), folder.join("node_modules"));
    // npm writes down what it has installed.
    let changed = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    if changed(&there.join(".package-lock.json")) >= changed(&locked) {
        return Ok(());
    }
    npm(&["ci", "--silent", "--no-audit", "--no-fund"])
}

fn npm(args: &[&str]) -> Result {
    run(Command::new("npm").args(args).current_dir(folder()))
}

fn chromium() -> Result {
    if which("chromium").is_some() {
        return Ok(());
    }
    println!("\n==> installing Chromium, which the tests of the dashboard need");
    let install = || {
        let mut command = Command::new("apt-get");
        command.args(["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
        run(command.arg("fonts-dejavu-core").env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if install().is_ok() {
        return Ok(());
    }
    // A fresh container has no lists of packages yet.
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    install().map_err(|error| format!("Chromium is needed: {error}").into())
}
