//! The tests of the Python package: the extension is built into an environment of its own and pytest
//! runs there.
//!
//! Needs a Python of 3.10 or later; what else it needs (maturin, pytest, jsonschema) is installed by
//! name into `target/python-tests`, and the stock package, which is asked the same questions, into
//! `target/python-peer`. Where there is no Python the step is passed over aloud, except in CI;
//! likewise the comparison, where the stock package cannot be installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, made_by, root, run, unnested};
use crate::stock;

const PACKAGES: [&str; 3] = ["maturin>=1.9.4,<2", "pytest>=8,<10", "jsonschema>=4.18,<5"];

/// The oldest Python that the package supports.
const OLDEST: (u32, u32) = (3, 10);

/// The command that runs the tests, once everything is in place; `None` without a Python.
pub(crate) fn tests() -> Result<Option<Command>> {
    let Some(python) = find_python() else {
        let message = format!("no Python {}.{} or later was found", OLDEST.0, OLDEST.1);
        if std::env::var_os("CI").is_some() {
            return Err(message.into());
        }
        println!("\n==> {message}: the tests of the Python package are skipped");
        return Ok(None);
    };
    let environment = root().join("target/python-tests");
    let inside = environment.join("bin/python");
    if !works(&inside) {
        let _ = std::fs::remove_dir_all(&environment);
        run(Command::new(&python).args(["-m", "venv"]).arg(&environment))?;
    }
    if !has_packages(&inside) {
        run(Command::new(&inside).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    }
    // The environment's own maturin, and the profile of all other steps. Installed, so that pytest
    // finds the package's plugin as its users' does.
    let mut develop = Command::new(environment.join("bin/maturin"));
    develop.args(["develop", "--quiet", "--locked"]).current_dir(root());
    develop.env("VIRTUAL_ENV", &environment).env_remove("PYTHONPATH");
    unnested(&mut develop);
    run(&mut develop)?;
    let mut pytest = Command::new(&inside);
    pytest.args(["-W", "error", "-m", "pytest"]).current_dir(root()).env_remove("PYTHONPATH");
    pytest.env("CODECARBON_TEST_NVML", fake_nvml()?);
    match stock::installed(&python) {
        Ok(stock) => {
            pytest.env("CODECARBON_TEST_PEER", stock);
        }
        Err(error) if std::env::var_os("CI").is_some() => return Err(error),
        Err(error) => println!("\n==> {error}: the comparison with the stock package is skipped"),
    }
    Ok(Some(pytest))
}

/// The library that shows GPUs where there are none.
fn fake_nvml() -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--locked", "-p", "fake-nvml", "--lib"]);
    let made = made_by(&mut build)?.into_iter();
    made.flat_map(|artifact| artifact.filenames)
        .find(|path| path.extension().is_some_and(|extension| extension == "so"))
        .ok_or_else(|| "cargo built no library of fake-nvml".into())
}

/// A Python that the package supports.
pub(crate) fn find_python() -> Option<PathBuf> {
    let check = format!("import sys; sys.exit(sys.version_info < {OLDEST:?})");
    ["python3", "python3.13", "python3.12", "python3.11", "python3.10"]
        .into_iter()
        .map(PathBuf::from)
        .find(|python| succeeds(python, &["-c", &check]))
}

fn works(python: &Path) -> bool {
    succeeds(python, &["-c", "import pip"])
}

fn has_packages(python: &Path) -> bool {
    succeeds(python, &["-c", "import maturin, pytest, jsonschema"])
}

/// Whether a program can be run and ends well.
pub(crate) fn succeeds(program: &Path, args: &[&str]) -> bool {
    let output = Command::new(program).args(args).output();
    output.is_ok_and(|output| output.status.success())
}
