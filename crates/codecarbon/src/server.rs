//! `serve` and `admin`: this program becomes `codecarbon-server`, which has the server in it. So what
//! measures stays small and starts at once.

use std::ffi::OsString;

use clap::Command;

use crate::exit::CommandError;
use crate::sibling;
use crate::surroundings::Surroundings;

/// The program that has the server and the dashboard in it.
pub(crate) const PROGRAM: &str = "codecarbon-server";

/// Describes the commands, for the list of all of them; their own help is the other program's.
pub(crate) fn commands() -> [Command; 2] {
    [
        Command::new("serve").about("Run a server that collects runs, for a machine or a team"),
        Command::new("admin").about("Look after the server's database: copies, imports, accounts"),
    ]
}

/// The words for the other program, if this command line is for it.
pub(crate) fn words(start: &Surroundings) -> Option<Vec<OsString>> {
    let is_ours = |word: &OsString| word == "serve" || word == "admin";
    match start.arguments.as_slice() {
        [first, ..] if is_ours(first) => Some(start.arguments.clone()),
        [help, rest @ ..] if help == "help" && rest.first().is_some_and(is_ours) => {
            Some(rest.iter().cloned().chain(["--help".into()]).collect())
        }
        _ => None,
    }
}

/// Becomes the other program; returns only if that is not possible.
pub(crate) fn run(words: Vec<OsString>, start: &Surroundings) -> CommandError {
    let why_not = sibling::become_program(PROGRAM, words, start);
    CommandError::user(format!("the server is a program of its own, but {why_not}"))
        .hint(
            "it is not in the Python package; build it: cargo build --release -p codecarbon-server",
        )
        .hint("and put it beside codecarbon, or into PATH")
}
