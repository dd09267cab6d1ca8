//! The stock package that ours is compared with, installed by name into an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::succeeds;
use crate::shell::{Result, root, run};

/// The release that we compare with.
pub(crate) const VERSION: &str = "3.3.2";

/// Its interpreter, after an installation of about 180 MB into `target/python-peer` unless it is
/// there.
///
/// # Errors
/// It cannot be installed: most likely the package index is out of reach.
pub(crate) fn installed(python: &Path) -> Result<PathBuf> {
    let environment = root().join("target/python-peer");
    let inside = environment.join("bin/python");
    let check = format!(
        "import importlib.metadata as m, sys; sys.exit(m.version('codecarbon') != '{VERSION}')"
    );
    if !succeeds(&inside, &["-c", &check]) {
        println!("\n==> installing codecarbon {VERSION} into target/python-peer");
        let _ = std::fs::remove_dir_all(&environment);
        run(Command::new(python).args(["-m", "venv"]).arg(&environment))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(&inside).args(pip).arg(format!("codecarbon=={VERSION}")))?;
    }
    Ok(inside)
}
