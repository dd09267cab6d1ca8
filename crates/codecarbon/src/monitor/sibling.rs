//! How the light programs leave what they cannot do to `codecarbon`: they become it, before anything
//! has started, with the same arguments, environment and signals.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::command::{program, spawn};
use crate::surroundings::Surroundings;

const NAME: &str = "codecarbon";

/// Becomes a command of `codecarbon`, the one beside this program or else the one in `PATH`; returns
/// only to say why that is not possible.
pub(crate) fn become_codecarbon(command: &str, start: &Surroundings) -> String {
    let Some(path) = find(start) else {
        return format!("{NAME} is neither beside this program nor in PATH");
    };
    let words: Vec<OsString> =
        [NAME.into(), command.into()].into_iter().chain(start.arguments.iter().cloned()).collect();
    let error = spawn::exec(&path, &words, start.pipes_ignored);
    format!("{} cannot be run: {error}", path.display())
}

fn find(start: &Surroundings) -> Option<PathBuf> {
    let beside = start.program_directory().map(|directory| directory.join(NAME));
    beside
        .filter(|path| path.is_file())
        .or_else(|| program::find(NAME.as_ref(), start.variable("PATH")).ok())
}
