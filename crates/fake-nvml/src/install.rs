//! Puts a private copy of the fake library, with its script, into a temporary directory.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::script::{Script, Section};

/// File name of the script, beside the library.
pub(crate) const SCRIPT_FILE: &str = "script.txt";

/// File name of the C library, as cargo builds it.
const LIBRARY_FILE: &str = concat!("lib", env!("CARGO_CRATE_NAME"), ".so");

/// A vendor library of one's own: dropping it removes the library and its script.
#[derive(Debug)]
pub struct FakeLibrary {
    directory: TempDir,
    script: Script,
}

impl FakeLibrary {
    /// Installs a copy that answers from this script (see [`Script`] for the form).
    ///
    /// # Panics
    ///
    /// When the C library was not built beside the running test, or cannot be copied.
    pub fn new(script: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let fake = Self { directory, script: Script::parse(script) };
        let built = built_library();
        std::fs::copy(&built, fake.library())
            .unwrap_or_else(|error| panic!("{}: {error}", built.display()));
        fake.write();
        fake
    }

    /// Path of the library, to be opened in place of the real one.
    pub fn library(&self) -> PathBuf {
        self.directory.path().join(LIBRARY_FILE)
    }

    /// Directory of the library and its script.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Sets a value of one GPU, by its index.
    pub fn set(&mut self, gpu: usize, key: &str, value: impl Display) {
        self.edit(|script| script.gpus[gpu].set(key, value));
    }

    /// Removes a value of one GPU: the function that tells it becomes unsupported.
    pub fn remove(&mut self, gpu: usize, key: &str) {
        self.edit(|script| script.gpus[gpu].remove(key));
    }

    /// Adds to a counter of one GPU.
    pub fn add(&mut self, gpu: usize, key: &str, amount: u64) {
        let before = self.script.gpus[gpu].number(key).unwrap_or(0);
        self.set(gpu, key, before + amount);
    }

    /// Makes a function of one GPU (`*` for every function) fail with a code.
    pub fn fail(&mut self, gpu: usize, function: &str, code: u32) {
        self.set(gpu, &format!("fail.{function}"), code);
    }

    /// Takes a scripted failure back.
    pub fn mend(&mut self, gpu: usize, function: &str) {
        self.remove(gpu, &format!("fail.{function}"));
    }

    /// Edits what concerns the whole library.
    pub fn edit_head(&mut self, edit: impl FnOnce(&mut Section)) {
        self.edit(|script| edit(&mut script.head));
    }

    /// Edits the script at will.
    pub fn edit(&mut self, edit: impl FnOnce(&mut Script)) {
        edit(&mut self.script);
        self.write();
    }

    /// Replaces the script in one step, so that a reader never sees half of it.
    fn write(&self) {
        let path = self.directory.path().join(SCRIPT_FILE);
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, self.script.to_text()).expect("the script is written");
        std::fs::rename(&fresh, &path).expect("the script is replaced");
    }
}

/// The C library that cargo built with this crate: beside the running test, or one level up for an
/// ordinary program.
fn built_library() -> PathBuf {
    let program = std::env::current_exe().expect("the running program has a path");
    let directory = program.parent().expect("a program lies in a directory");
    let candidates = [directory.join(LIBRARY_FILE), directory.join("deps").join(LIBRARY_FILE)];
    candidates
        .iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{LIBRARY_FILE} is not in {}", directory.display()))
        .clone()
}
