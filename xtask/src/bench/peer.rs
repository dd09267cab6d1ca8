//! The stock package, in an environment of its own.

use std::path::PathBuf;

use super::interpreter::Interpreter;
use super::launch::{Scratch, clean, output};
use crate::python::find_python;
use crate::shell::Result;
use crate::stock;

/// An installed CodeCarbon.
pub(crate) struct Peer {
    /// Its interpreter.
    pub(crate) interpreter: Interpreter,
    /// Its command.
    pub(crate) cli: PathBuf,
}

impl Peer {
    /// Installs it unless it is there, and uses it once, so that its bytecode is compiled.
    pub(crate) fn prepare() -> Result<Self> {
        let python = stock::installed(&find_python().ok_or("there is no Python")?)?;
        let cli = python.with_file_name("codecarbon");
        let scratch = Scratch::new()?;
        output(clean(&cli, scratch.path()).arg("--help"))?;
        let interpreter = Interpreter { python };
        interpreter.worker(&["first"])?;
        Ok(Self { interpreter, cli })
    }
}
