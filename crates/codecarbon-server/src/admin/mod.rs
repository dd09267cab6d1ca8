//! `admin`: what an operator does to a database: copies, takes over, looks after.

mod backup;
mod restore;

use clap::{ArgMatches, Command};

use crate::failure::Failure;
use crate::options::list::DATA;
use crate::options::{self};
use crate::surroundings::Surroundings;

/// Describes the command.
pub(crate) fn command() -> Command {
    let with_data = |command| options::describe(command, DATA);
    Command::new("admin")
        .about("Look after the server's database: copies, imports, accounts")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_data(backup::command()))
        .subcommand(with_data(restore::command()))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    match matches.subcommand() {
        Some(("backup", matches)) => backup::run(matches, start),
        Some(("restore", matches)) => restore::run(matches, start),
        _ => Err(Failure::internal("a command is missing in the dispatcher")),
    }
}
