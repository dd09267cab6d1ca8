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
mod view;
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
use view::{Asked, Request};
pub(crate) use view::{LiveView, Viewer};

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
    let command = Command::new(name).about(ABOUT).after_help(AFTER_HELP);
    let view = clap::ArgGroup::new("view").args(["live", "pid"]).multiple(true);
    options::add_to(command.args(view::asked::arguments(true)).group(view))
}

const TOP_ABOUT: &str = "Show power, energy and processes as they change; nothing is saved";

const TOP_AFTER_HELP: &str = "\
Without a command or --pid, this machine is shown. A command gets no keys; what it writes to the
terminal is shown beside the figures and again at the end. q ends the view, not the command. The
other options are those of monitor.

Examples:
  codecarbon top --country-iso-code FRA
  codecarbon top --country-iso-code FRA -- python train.py
  codecarbon top --pid 4242 --interval 0.25";

/// Describes `top`.
pub(crate) fn top_command() -> Command {
    let command = Command::new("top").about(TOP_ABOUT).after_help(TOP_AFTER_HELP);
    let unwatched = ["service", "record-every-secs"];
    unwatched
        .into_iter()
        .fold(options::add_to(command.args(view::asked::arguments(false))), |command, name| {
            command.mut_arg(name, |argument| argument.hide(true))
        })
}

/// Runs it; the exit code. A program without the code for the network or for the view gives
/// none.
pub(crate) fn run(
    matches: &ArgMatches,
    start: &Surroundings,
    network: Option<&dyn Network>,
    viewer: Option<&dyn Viewer>,
) -> Result<u8, CommandError> {
    let words = options::command_words(matches);
    let mut settings = Settings::read(matches, start)?;
    let asked = Asked::of_monitor(matches)?;
    if asked.is_some() && viewer.is_none() {
        return Err(leave_the_view_to_codecarbon(start));
    }
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
        (Ok(_held), _) if let (Some(asked), Some(viewer)) = (asked, viewer) => {
            let reports = true;
            viewer.run(Request { asked, reports, settings, words, start, console, network })
        }
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

/// Runs `top`: the view alone, which saves nothing that it is not asked to.
pub(crate) fn run_top(
    matches: &ArgMatches,
    start: &Surroundings,
    network: &dyn Network,
    viewer: &dyn Viewer,
) -> Result<u8, CommandError> {
    let words = options::command_words(matches);
    let asked = Asked::of(matches)?;
    if matches.get_flag("service") {
        let error = CommandError::usage("a view is for people, --service for nobody");
        return Err(error.hint("codecarbon monitor --service is the service"));
    }
    let settings = Settings::read(matches, start)?.without_outputs_of_the_configuration(matches);
    let console = settings.console(start);
    let (reports, network) = (false, Some(network));
    viewer.run(Request { asked, reports, settings, words, start, console, network })
}

/// The light program has no view; returns why it cannot become the one that has.
fn leave_the_view_to_codecarbon(start: &Surroundings) -> CommandError {
    let why_not = sibling::become_codecarbon("monitor", start);
    CommandError::user(format!("the live view is a part of codecarbon, but {why_not}"))
        .hint("install codecarbon beside this program, or measure without the view")
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
