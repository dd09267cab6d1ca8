//! The commands `codecarbon`, `codecarbon-monitor` and `carbonboard`: arguments, wiring, exit codes.
//!
//! A private library that the binaries share: [`codecarbon`] has every command,
//! [`codecarbon_monitor`] only `monitor`, so that it stays small, and [`carbonboard`] becomes
//! `codecarbon board`. For the commands of the server `codecarbon` becomes `codecarbon-server`. Only
//! these two programs read the environment, the home and working directories and the terminal: here
//! in [`surroundings`].

// Signals, process groups and the terminal are those of Unix: elsewhere the programs say so, and the
// Python package measures.
#![cfg(unix)]

mod account;
mod calibrate;
pub mod command;
mod config;
pub mod console;
mod detect;
mod doctor;
pub mod exit;
mod files;
mod generate;
mod get_token;
mod interruption;
mod login;
mod logout;
mod machine;
mod monitor;
mod print;
mod private_file;
mod recover;
pub mod report;
mod server;
mod sibling;
mod sign_in;
pub mod startup;
pub mod surroundings;
mod sync;
mod test_api;

use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command};

use console::Console;
use exit::CommandError;
use startup::Startup;
use surroundings::Surroundings;

const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// What `--version` says: also for what system and how it was built, as `build.rs` learnt.
const BUILD_INFO: &str = concat!(
    "v",
    env!("CARGO_PKG_VERSION"),
    "\nsystem: ",
    env!("BUILD_TARGET"),
    "\ncompiler: ",
    env!("BUILD_COMPILER"),
    "\nbuild: ",
    env!("BUILD_PROFILE"),
    "\nfeatures: ",
    env!("BUILD_FEATURES"),
    "\ncommit: ",
    env!("BUILD_COMMIT"),
);

/// The code for the network. The compiler is kept from seeing that there is no other: it would call it
/// directly where `monitor` does, and so link it into the light program.
fn services() -> &'static dyn monitor::Network {
    std::hint::black_box(&monitor::Services)
}

/// `codecarbon`, as a whole.
pub fn codecarbon(startup: Startup) -> u8 {
    main(startup, |start| {
        if let Some(words) = server::words(start) {
            return Err(server::run(words, start));
        }
        // The description of all commands takes a third of a millisecond to make, of one next to nothing.
        let is_monitor = start.arguments.first().is_some_and(|word| word == "monitor");
        let asked =
            if is_monitor { base().subcommand(monitor::command("monitor")) } else { root() };
        let matches = match parse(asked, start) {
            Ok(matches) => matches,
            Err(code) => return Ok(code),
        };
        match matches.subcommand() {
            Some(("monitor", matches)) => {
                monitor::run(matches, start, Some(services()), Some(&monitor::LiveView))
            }
            Some(("top", matches)) => {
                monitor::run_top(matches, start, services(), &monitor::LiveView)
            }
            Some(("detect", matches)) => detect::run(matches, start),
            Some(("doctor", matches)) => doctor::run(matches, start),
            Some(("calibrate", matches)) => calibrate::run(matches, start),
            Some(("report", matches)) => files::report::run(matches, start),
            Some(("reprice", matches)) => files::reprice::run(matches, start),
            Some(("compare", matches)) => files::compare::run(matches, start),
            Some(("board", matches)) => files::board::run(matches, start),
            Some(("login", matches)) => login::run(matches, start),
            Some(("logout", matches)) => logout::run(matches, start),
            Some(("config", matches)) => config::run(matches, start),
            Some(("get-token", matches)) => get_token::run(matches, start),
            Some(("test-api", matches)) => test_api::run(matches, start),
            Some(("sync", matches)) => sync::run(matches, start),
            Some(("recover", matches)) => recover::run(matches, start),
            Some(("completions", matches)) => Ok(generate::completions(matches, root())),
            Some(("man", matches)) => generate::manual(matches, root(), start),
            _ => Err(CommandError::internal("a command is missing in the dispatcher")
                .hint("please report it")),
        }
    })
}

const EXAMPLES: &str = "\
Examples:
  codecarbon monitor --offline --country-iso-code FRA -- python train.py
  codecarbon report";

/// Describes `codecarbon` without its commands.
fn base() -> Command {
    with_version(Command::new("codecarbon"))
        .about("Measure the energy and the carbon emissions of computing")
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(true)
}

/// Describes `codecarbon` with every command.
fn root() -> Command {
    base()
        .subcommand(monitor::command("monitor"))
        .subcommand(monitor::top_command())
        .subcommand(detect::command())
        .subcommand(doctor::command())
        .subcommand(calibrate::command())
        .subcommand(files::report::command())
        .subcommand(files::reprice::command())
        .subcommand(files::compare::command())
        .subcommand(files::board::command())
        .subcommand(login::command())
        .subcommand(logout::command())
        .subcommand(config::command())
        .subcommand(get_token::command())
        .subcommand(test_api::command())
        .subcommand(sync::command())
        .subcommand(recover::command())
        .subcommand(generate::completions_command())
        .subcommand(generate::man_command())
        .subcommands(server::commands())
}

/// `carbonboard`, as a whole: it becomes `codecarbon board`. Installed under the name of
/// `codecarbon-monitor`, as the Python package does to stay small, it becomes `codecarbon monitor`.
pub fn carbonboard(startup: Startup) -> u8 {
    main(startup, |start| {
        let mut start = start.clone();
        let is_monitor = start
            .program()
            .is_some_and(|path| path.file_stem() == Some("codecarbon-monitor".as_ref()));
        let (name, command) =
            if is_monitor { ("codecarbon-monitor", "monitor") } else { ("carbonboard", "board") };
        if is_monitor {
            drop_word(&mut start, command);
        }
        if is_about_version(&start) {
            let stub = with_version(Command::new(name));
            return Ok(parse(stub, &start).err().unwrap_or(exit::OK));
        }
        let why_not = sibling::become_codecarbon(command, &start);
        Err(CommandError::user(format!("{name} is a part of codecarbon, but {why_not}"))
            .hint("install codecarbon beside it, or into PATH"))
    })
}

/// Whether the version is asked for and nothing else.
fn is_about_version(start: &Surroundings) -> bool {
    let is_one =
        |word: &std::ffi::OsString| ["-v", "-V", "--version"].iter().any(|flag| word == flag);
    matches!(start.arguments.as_slice(), [word] if is_one(word))
}

/// Removes the command's name where the program has it already.
fn drop_word(start: &mut Surroundings, command: &str) {
    if start.arguments.first().is_some_and(|word| word == command) {
        start.arguments.remove(0);
    }
}

/// `codecarbon-monitor`, as a whole: `monitor`, with or without that word.
pub fn codecarbon_monitor(startup: Startup) -> u8 {
    main(startup, |start| {
        let mut start = start.clone();
        drop_word(&mut start, "monitor");
        let root = with_version(monitor::command("codecarbon-monitor"));
        match parse(root, &start) {
            Ok(matches) => monitor::run(&matches, &start, None, None),
            Err(code) => Ok(code),
        }
    })
}

fn with_version(command: Command) -> Command {
    command.version(VERSION).long_version(BUILD_INFO).disable_version_flag(true).arg(
        Arg::new("version")
            .long("version")
            .short('v')
            .short_alias('V')
            .action(ArgAction::Version)
            .help("Print the version; --version also how it was built"),
    )
}

/// Parses the arguments; help, version and mistakes are printed here and end with a code.
fn parse(root: Command, start: &Surroundings) -> Result<ArgMatches, u8> {
    let name = root.get_name().to_owned();
    let words = std::iter::once(name.into()).chain(start.arguments.iter().cloned());
    root.try_get_matches_from(words).map_err(|error| {
        // A reader that has gone away is not an error.
        let _ = error.print();
        u8::try_from(error.exit_code()).unwrap_or(exit::USAGE)
    })
}

/// Runs a command; turns errors into messages and exit codes, a panic into 70.
fn main(startup: Startup, run: impl FnOnce(&Surroundings) -> Result<u8, CommandError>) -> u8 {
    let start = Surroundings::of_this_process(startup);
    let console = Console::new(start.colours(), LogLevel::Warning);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&start)))
        .unwrap_or_else(|_| {
            Err(CommandError::internal("this is a fault of codecarbon, not of your program")
                .hint("please report it with the message above"))
        });
    result.unwrap_or_else(|error| {
        console.error(&error);
        error.code
    })
}
