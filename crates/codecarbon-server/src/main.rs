//! The program that runs the server, which `codecarbon serve` and `codecarbon admin` become:
//! arguments, variables, wiring, signals, exit codes.
//!
//! It is a program of its own so that the commands which measure stay small and start at once: an
//! async runtime and two databases are in here and nowhere else. What the server does is in
//! `carbon-server`, what it keeps in `carbon-store`.

mod admin;
mod board;
mod clock;
mod failure;
mod log;
mod options;
mod print;
mod serve;
mod surroundings;

use std::process::ExitCode;

use clap::{Arg, ArgAction, Command};

use failure::Failure;
use surroundings::Surroundings;

const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// What `--version` says: also for what system and how it was built, as the build script learnt.
const BUILD_INFO: &str = concat!(
    "v",
    env!("CARGO_PKG_VERSION"),
    "\nsystem: ",
    env!("BUILD_TARGET"),
    "\ncompiler: ",
    env!("BUILD_COMPILER"),
    "\nbuild: ",
    env!("BUILD_PROFILE"),
    "\ncommit: ",
    env!("BUILD_COMMIT"),
);

fn main() -> ExitCode {
    let start = Surroundings::of_this_process();
    ExitCode::from(run(&start).unwrap_or_else(|failure| {
        failure.tell(start.colours());
        failure.code
    }))
}

fn run(start: &Surroundings) -> Result<u8, Failure> {
    let root = Command::new(start.name())
        .about("Run and look after a CodeCarbon server")
        .after_help("Examples:\n  codecarbon serve\n  codecarbon admin health")
        .version(VERSION)
        .long_version(BUILD_INFO)
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .long("version")
                .short('v')
                .short_alias('V')
                .action(ArgAction::Version)
                .help("Print the version; --version also how it was built"),
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .subcommand(board::command())
        .subcommand(admin::command());
    let words = std::iter::once(start.name().into()).chain(start.arguments.iter().cloned());
    let matches = match root.try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => {
            // A reader that has gone away is not an error.
            let _ = error.print();
            return Ok(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE));
        }
    };
    match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches, start),
        Some(("admin", matches)) => admin::run(matches, start),
        Some(("board", matches)) => board::run(matches, start),
        _ => {
            Err(Failure::internal("a command is missing in the dispatcher")
                .hint("please report it"))
        }
    }
}
