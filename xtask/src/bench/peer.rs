//! The stock package, in an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::launch::{Scratch, clean, output};
use crate::shell::{Result, root, run};

/// The release that we compare with.
pub(crate) const VERSION: &str = "3.3.2";

/// An installed CodeCarbon.
pub(crate) struct Peer {
    /// Its interpreter.
    python: PathBuf,
    /// Its command.
    pub(crate) cli: PathBuf,
}

impl Peer {
    /// Installs it into `.bench/peer` unless it is there, by name from the package index, and uses
    /// it once, so that its bytecode is compiled.
    pub(crate) fn prepare() -> Result<Self> {
        let home = root().join(".bench/peer");
        let peer = Self { python: home.join("bin/python"), cli: home.join("bin/codecarbon") };
        if !peer.cli.is_file() {
            println!("installing codecarbon {VERSION} into .bench/peer");
            run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            run(Command::new(&peer.python).args(pip).arg(format!("codecarbon=={VERSION}")))?;
        }
        let scratch = Scratch::new()?;
        output(clean(&peer.cli, scratch.path()).arg("--help"))?;
        peer.worker(&["first"])?;
        Ok(peer)
    }

    /// Runs `peer.py` in a fresh interpreter; what it printed.
    pub(crate) fn worker(&self, args: &[&str]) -> Result<Value> {
        let scratch = Scratch::new()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/peer.py");
        let printed = output(clean(&self.python, scratch.path()).arg(script).args(args))?;
        let line = printed.lines().rev().find_map(|line| line.strip_prefix("@@ "));
        Ok(serde_json::from_str(line.ok_or("the peer printed no result")?)?)
    }
}
