//! `admin`: what an operator does to a database: copies, takes over, looks after.

mod accounts;
mod backup;
mod health;
mod import;
mod restore;

use clap::{ArgMatches, Command};

use crate::failure::Failure;
use crate::options;
use crate::options::list::{DATA, HEALTH, LINK};
use crate::surroundings::Surroundings;

const EXAMPLES: &str = "\
Examples:
  codecarbon admin backup /backup/codecarbon-2026-11-22.sqlite
  codecarbon admin create-operator ada@example.org";

/// Describes the command.
pub(crate) fn command() -> Command {
    let with_data = |command| options::describe(command, DATA);
    let with_link = |command| options::describe(with_data(command), LINK);
    Command::new("admin")
        .about("Look after the server's database: copies, imports, accounts")
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_data(backup::command()))
        .subcommand(with_data(restore::command()))
        .subcommand(with_data(import::command()))
        .subcommand(with_link(accounts::create_operator()))
        .subcommand(with_link(accounts::reset_password()))
        .subcommand(options::describe(health::command(), HEALTH))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    match matches.subcommand() {
        Some(("backup", matches)) => backup::run(matches, start),
        Some(("restore", matches)) => restore::run(matches, start),
        Some(("import", matches)) => import::run(matches, start),
        Some(("create-operator", matches)) => accounts::run_create_operator(matches, start),
        Some(("health", matches)) => health::run(matches, start),
        Some(("reset-password", matches)) => accounts::run_reset_password(matches, start),
        _ => {
            Err(Failure::internal("a command is missing in the dispatcher")
                .hint("please report it"))
        }
    }
}
