//! A Python with one of the two packages; each measurement is a fresh process of it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::launch::{Scratch, clean, output};
use crate::shell::Result;

/// An interpreter of a virtual environment.
pub(crate) struct Interpreter {
    /// Its program.
    pub(crate) python: PathBuf,
}

impl Interpreter {
    /// Runs `worker.py` in an empty directory; what it printed.
    pub(crate) fn worker(&self, args: &[&str]) -> Result<Value> {
        let scratch = Scratch::new()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/worker.py");
        let printed = output(clean(&self.python, scratch.path()).arg(script).args(args))?;
        let line = printed.lines().rev().find_map(|line| line.strip_prefix("@@ "));
        Ok(serde_json::from_str(line.ok_or("the worker printed no result")?)?)
    }
}
