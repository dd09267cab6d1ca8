//! `monitor`: measures a command, or the machine until it is stopped.
//!
//! Both binaries run this module; it depends on nothing that only one of them has.

mod finish;
mod machine;
mod options;
mod record_file;
mod settings;
mod wrapped;

use std::path::Path;

use carbon_sensors::SysRoot;
use carbon_tracker::config::Config;
use carbon_tracker::lock::{LockError, RunLock};
use clap::{ArgMatches, Command};

use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;
use settings::Settings;

const ABOUT: &str = "Measure the energy and emissions of a command, or of the machine";

const AFTER_HELP: &str = "\
The first word that is no option begins the command; its output and its exit code are its own, and
the report goes to standard error. Settings come from ~/.codecarbon.config, ./.codecarbon.config,
variables CODECARBON_* and options, later ones win.

Examples:
  codecarbon monitor --offline --country-iso-code FRA -- python train.py
  codecarbon monitor --offline --country-iso-code FRA";

/// Describes the command under the given name.
pub(crate) fn command(name: &'static str) -> Command {
    options::add_to(Command::new(name).about(ABOUT).after_help(AFTER_HELP))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let settings = Settings::read(matches, start)?;
    let console = Console::new(start.colours(), settings.log_level());
    say_remarks(&settings, console);
    let words = options::command_words(matches);
    // Held until the run is over and its record saved.
    let lock = lock(&settings, start);
    match (lock, words.is_empty()) {
        (Ok(_held), true) => machine::run(settings, start, console),
        (Ok(_held), false) => wrapped::run(settings, &words, start, console),
        (Err(error), true) => Err(CommandError::user(error)),
        (Err(error), false) => {
            console
                .error(&CommandError::user(error).hint("The command runs, but it is not measured"));
            wrapped::run_unmeasured(&words, start)
        }
    }
}

/// The lock that keeps runs apart, if the user wants them apart; in the directory for temporary
/// files, where the reference has it.
fn lock(settings: &Settings, start: &Surroundings) -> Result<Option<RunLock>, LockError> {
    if settings.config.allow_multiple_runs {
        return Ok(None);
    }
    let directory = ["TMPDIR", "TEMP", "TMP"]
        .into_iter()
        .find_map(|name| start.variable(name))
        .unwrap_or("/tmp");
    RunLock::acquire(Path::new(directory), &SysRoot::default()).map(Some)
}

fn say_remarks(settings: &Settings, console: Console) {
    for notice in &settings.notices {
        console.warn(notice);
    }
    let unserved = settings.unserved();
    if !unserved.is_empty() {
        console.warn(format!(
            "this version sends nothing to {}: the record is only saved here",
            unserved.join(", ")
        ));
    }
    if settings.config.experiment_id == Config::default().experiment_id {
        console.info("no experiment_id is set: nothing is sent to the CodeCarbon API");
    }
}
