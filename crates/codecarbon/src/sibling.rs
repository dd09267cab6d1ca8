//! How a program leaves what it cannot do to another one that is installed with it: it becomes that,
//! before anything has started, with the same environment and signals.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::command::{program, spawn};
use crate::surroundings::Surroundings;

/// What users call the program that has every command; what is become calls itself so.
const NAME: &str = "codecarbon";

/// Becomes a program, the one beside this one or else the one in `PATH`, with these words as its
/// arguments; returns only to say why that is not possible.
pub(crate) fn become_program(
    name: &str,
    words: impl IntoIterator<Item = OsString>,
    start: &Surroundings,
) -> String {
    let Some(path) = find(name, start) else {
        return format!("{name} is neither beside this program nor in PATH");
    };
    let words: Vec<OsString> = std::iter::once(NAME.into()).chain(words).collect();
    let error = spawn::exec(&path, &words, start.pipes_ignored);
    format!("{} cannot be run: {error}", path.display())
}

/// Becomes a command of `codecarbon` with the arguments of this program; likewise.
pub(crate) fn become_codecarbon(command: &str, start: &Surroundings) -> String {
    let words = std::iter::once(command.into()).chain(start.arguments.iter().cloned());
    become_program(NAME, words, start)
}

fn find(name: &str, start: &Surroundings) -> Option<PathBuf> {
    let beside = start.program_directory().map(|directory| directory.join(name));
    beside
        .filter(|path| path.is_file())
        .or_else(|| program::find(name.as_ref(), start.variable("PATH")).ok())
}
