//! `cargo xtask systems`: whether the code still fits macOS and Windows, as far as a compiler on
//! Linux can tell.
//!
//! Types and lints are checked for each system with the standard library that rustup has for it;
//! nothing is linked and nothing runs. C code of dependencies is not needed for that, so that a
//! stand-in takes the place of a C compiler for the system: it makes empty objects.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, root, run};

/// Systems, and the packages that build for them.
const SYSTEMS: [(&str, &[&str]); 2] = [
    ("aarch64-apple-darwin", &["carbon-tracker", "codecarbon", "codecarbon-python"]),
    ("x86_64-pc-windows-gnu", &["carbon-tracker", "codecarbon", "codecarbon-python"]),
];

/// Makes the object that `-o` names, or the archive that is named; says what `cc` looks for.
const STAND_IN: &str = r#"#!/bin/sh
previous=
for word in "$@"; do
    case "$word" in
        --version | -v) echo "clang version 18.0.0"; exit 0 ;;
        -E) exec cc "$@" ;;
        *.a | *.lib) : > "$word" ;;
    esac
    [ "$previous" = -o ] && : > "$word"
    previous=$word
done
exit 0
"#;

/// Checks all of them; adds the standard libraries that are missing.
pub(crate) fn check() -> Result {
    let stand_in = stand_in(&root().join("target/systems"))?;
    for (system, packages) in SYSTEMS {
        run(Command::new("rustup").args(["target", "add", system]))?;
        let variable = system.replace('-', "_");
        let mut check = cargo();
        check.args(["clippy", "--quiet", "--target", system]);
        check.args(packages.iter().flat_map(|package| ["-p", package]));
        check.args(["--", "-D", "warnings"]);
        check.env(format!("CC_{variable}"), &stand_in).env(format!("AR_{variable}"), &stand_in);
        // The Python package is for any version from this one on; none need be here.
        check.env("PYO3_NO_PYTHON", "1").env("PYO3_CROSS_PYTHON_VERSION", "3.10");
        run(&mut check)?;
    }
    Ok(())
}

fn stand_in(directory: &Path) -> Result<PathBuf> {
    fs::create_dir_all(directory)?;
    let path = directory.join("cc");
    fs::write(&path, STAND_IN)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}
