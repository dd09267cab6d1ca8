//! The stock package, in an environment of its own.

use std::path::{Path, PathBuf};
use serde_json::Value;

use super::launch::{Scratch, clean, output};
use crate::python::find_python;
use crate::shell::Result;
use crate::stock;

/// An installed CodeCarbon.
pub(crate) struct Peer {
    /// Its interpreter.
    python: PathBuf,
    /// Its command.
    pub(crate) cli: PathBuf,
}

impl Peer {
    /// Installs it unless it is there, and uses it once, so that its bytecode is compiled.
    pub(crate) fn prepare() -> Result<Self> {
        let python = stock::installed(&find_python().ok_or("there is no Python")?)?;
        let peer = Self { cli: python.with_file_name("codecarbon"), python };
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
