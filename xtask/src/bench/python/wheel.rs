//! The Python package as users get it: a wheel, installed into an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::interpreter::Interpreter;
use crate::python::{find_python, succeeds};
use crate::shell::{Result, root, run, unnested};

/// The installed package and what it came in.
pub(crate) struct Package {
    /// Its interpreter.
    pub(super) interpreter: Interpreter,
    /// The wheel, megabytes.
    pub(super) wheel_mb: f64,
}

impl Package {
    /// Builds the wheel into `target/bench-wheel`, installs it into `target/bench-python` and uses
    /// it once, so that its bytecode is compiled.
    pub(crate) fn prepare() -> Result<Self> {
        let environment = root().join("target/bench-python");
        let python = environment.join("bin/python");
        if !succeeds(&python, &["-c", "import pip"]) {
            let _ = fs::remove_dir_all(&environment);
            let found = find_python().ok_or("there is no Python")?;
            run(Command::new(found).args(["-m", "venv"]).arg(&environment))?;
        }
        let wheels = root().join("target/bench-wheel");
        let _ = fs::remove_dir_all(&wheels);
        let mut build = pip(&python, &["wheel", "--no-deps", "--wheel-dir"]);
        run(build.arg(&wheels).arg(root()))?;
        let wheel = only_file(&wheels)?;
        let mut install = pip(&python, &["install", "--no-deps", "--force-reinstall"]);
        run(install.arg(&wheel))?;
        let interpreter = Interpreter { python };
        interpreter.worker(&["first"])?;
        Ok(Self { interpreter, wheel_mb: fs::metadata(&wheel)?.len() as f64 / 1e6 })
    }
}

fn pip(python: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]).args(args);
    unnested(&mut command);
    command
}

fn only_file(directory: &Path) -> Result<PathBuf> {
    let mut files = fs::read_dir(directory)?;
    let file = files.next().ok_or_else(|| format!("{} is empty", directory.display()))?;
    Ok(file?.path())
}
