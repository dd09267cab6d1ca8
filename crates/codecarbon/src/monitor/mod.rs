//! `monitor`: measures a command, or the machine until it is stopped.
//!
//! Both binaries run this module; it depends on nothing that only one of them has.

mod finish;
mod machine;
mod options;
mod record_file;
mod settings;
mod wrapped;

use carbon_tracker::config::Config;
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
    if words.is_empty() {
        machine::run(settings, start, console)
    } else {
        wrapped::run(settings, &words, start, console)
    }
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
    if !settings.config.allow_multiple_runs {
        console.warn("allow_multiple_runs = false has no effect on this command yet");
    }
    if settings.config.experiment_id == Config::default().experiment_id {
        console.info("no experiment_id is set: nothing is sent to the CodeCarbon API");
    }
}
