//! `monitor`: measures a command, or the machine until it is stopped.
//!
//! Both binaries run this module; what only one of them has is handed in as a [`Network`].

mod finish;
mod journal;
mod live;
mod machine;
mod network;
mod options;
mod record_file;
mod senders;
mod service;
mod services;
mod settings;
mod sinks;
mod stretch;
mod wrapped;

use std::path::Path;

use carbon_sensors::SysRoot;
use carbon_tracker::lock::{LockError, RunLock};
use clap::{ArgMatches, Command};

use crate::console::Console;
use crate::exit::CommandError;
use crate::sibling;
use crate::surroundings::Surroundings;
pub(crate) use network::Network;
pub(crate) use services::{Services, means};
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

/// Runs it; the exit code. A program without the code for the network gives none.
pub(crate) fn run(
    matches: &ArgMatches,
    start: &Surroundings,
    network: Option<&dyn Network>,
) -> Result<u8, CommandError> {
    let words = options::command_words(matches);
    let mut settings = Settings::read(matches, start)?;
    if words.is_empty() {
        settings.service |= service::is_started_as_one(start);
    } else if settings.service {
        return Err(service::refuse_command());
    }
    let console = settings.console(start);
    if network.is_none() {
        leave_the_network_to_codecarbon(&settings, start, console);
    }
    for notice in &settings.notices {
        console.warn(notice);
    }
    // Held until the run is over and its record saved.
    let lock = lock(&settings, start);
    match (lock, words.is_empty()) {
        (Ok(_held), true) => {
            let reread = || Settings::read(matches, start);
            machine::run(settings, start, console, network, &reread)
        }
        (Ok(_held), false) => wrapped::run(settings, &words, start, console, network),
        (Err(error), true) => {
            Err(CommandError::user(error)
                .hint("--allow-multiple-runs measures beside the other one"))
        }
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

/// If the settings ask for the network, this program becomes one that has the code for it, if there is
/// one.
fn leave_the_network_to_codecarbon(settings: &Settings, start: &Surroundings, console: Console) {
    let asking = network::asked_for_by(&settings.config);
    if !asking.is_empty() {
        let why_not = sibling::become_codecarbon("monitor", start);
        console.warn(format!(
            "this light program leaves the network to codecarbon, but {why_not}: nothing comes of {}, \
             the record is only saved here",
            asking.join(", ")
        ));
    }
}
