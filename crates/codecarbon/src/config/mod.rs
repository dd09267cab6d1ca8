//! `config`: asks which organisation, project and experiment records belong to and writes it to a
//! configuration file; `config show`, `set` and `unset` look at the settings and change single ones.
//!
//! Files are changed line by line ([`edit`]), at once and last of all, so that whoever stops half
//! way finds them as they were.

mod ask;
mod choose;
mod edit;
mod file;
mod set;
mod show;
mod wizard;

pub(crate) use show::without_password;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::account;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

const EXAMPLES: &str = "Examples:
  codecarbon config                     asks what it needs to know
  codecarbon config --yes --organization Lab --project translation --experiment tuning
  codecarbon config show
  codecarbon config set country_iso_code FRA";

/// Describes the command.
pub(crate) fn command() -> Command {
    let text = |name: &'static str, shown: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(shown).help(help)
    };
    let of_new = |argument: Arg| argument.help_heading("Of a new experiment");
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("config")
        .about("Choose organisation, project and experiment, and write the configuration")
        .after_help(EXAMPLES)
        .args_conflicts_with_subcommands(true)
        .subcommand(show::command())
        .subcommand(set::set_command())
        .subcommand(set::unset_command())
        .arg(account::endpoint_argument())
        .arg(account::token_argument())
        .arg(text("organization", "NAME|ID", "Organisation; with --yes it is made if need be"))
        .arg(text("project", "NAME|ID", "Project of the organisation"))
        .arg(text("experiment", "NAME|ID", "Experiment of the project"))
        .arg(text("path", "FILE", "Configuration file (default ~/.codecarbon.config)"))
        .arg(switch("new-token", "Make a new project token even where the file has one"))
        .arg(switch("yes", "Ask nothing: take what the flags and the file say").short('y'))
        .arg(of_new(text("country-iso-code", "CODE", "Country, as three letters such as FRA")))
        .arg(of_new(text("region", "NAME", "State, province or zone of the country")))
        .arg(of_new(text("cloud-provider", "NAME", "Cloud: aws, azure or gcp")))
        .arg(of_new(text("cloud-region", "NAME", "Region of the cloud").requires("cloud-provider")))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    match matches.subcommand() {
        Some(("show", matches)) => show::run(matches, start),
        Some(("set", matches)) => set::run_set(matches, start),
        Some(("unset", matches)) => set::run_unset(matches, start),
        _ => wizard::run(matches, start),
    }
}
