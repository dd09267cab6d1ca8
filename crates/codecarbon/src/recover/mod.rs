//! `recover`: saves runs that were cut short, from the journals that they left, or shows them.

mod text;

use std::path::PathBuf;

use carbon_journal::{Found, awaited, find, journal_directory, recover, sweep};
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::monitor::{Network, Services};
use crate::print::print;
use crate::surroundings::Surroundings;
use text::{Row, Rows};

const AFTER_HELP: &str = "\
Runs of a second or more keep what they come to in ~/.local/state/codecarbon/journal while they go
on. One that was killed, or whose disk was full, is saved where it would have been: in its files, at
the API, at the address that records are posted to; metrics are not sent again. The next run saves
what it finds as well. The exit code is 1 if something stays.

Examples:
  codecarbon recover --list
  codecarbon recover --dry-run
  codecarbon recover";

/// Describes the command.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("recover")
        .about("Save runs that were cut short, by a kill, a crash or a full disk")
        .after_help(AFTER_HELP)
        .arg(flag("list", "Show every journal, also those of runs that go on, and save nothing"))
        .arg(flag("dry-run", "Show what would be saved where, and save nothing"))
        .arg(flag("json", "Print it as JSON"))
        .arg(
            Arg::new("directory")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Directory of the journals, instead of the user's own"),
        )
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let directory = directory(matches, start)?;
    let found = find(&directory, Vec::new).map_err(|error| {
        CommandError::user(format!("{} cannot be read: {error}", directory.display()))
            .hint("name a directory that was made by codecarbon, or none")
    })?;
    let as_json = matches.get_flag("json");
    let is_list = matches.get_flag("list");
    let mut rows = Rows::default();
    if is_list || matches.get_flag("dry-run") {
        for found in found {
            rows.add(found, is_list);
        }
        print(&rows.told(as_json));
        return Ok(exit::OK);
    }
    let console = Console::new(start.colours(), LogLevel::Warning);
    sweep(&directory, SystemClock.now().wall);
    let senders = Services.senders(start, true);
    for found in found {
        match found {
            Found::Left(left) => {
                let awaited = awaited(&left);
                let recovery = recover(*left, &*senders);
                for notice in &recovery.notices {
                    console.warn(notice);
                }
                rows.rows.push(Row::of_recovery(recovery, awaited));
            }
            other => rows.add(other, false),
        }
    }
    print(&rows.told(as_json));
    Ok(if rows.something_stays() { exit::USER } else { exit::OK })
}

fn directory(matches: &ArgMatches, start: &Surroundings) -> Result<PathBuf, CommandError> {
    if let Some(named) = matches.get_one::<PathBuf>("directory") {
        let directory = start.absolute(named);
        if !directory.is_dir() {
            let message = format!("{} is no directory", named.display());
            return Err(CommandError::user(message).hint("without DIR, the user's own is read"));
        }
        return Ok(directory);
    }
    let state = start.state_directory().ok_or_else(|| {
        CommandError::user("there is no directory of yours in which runs could have been kept")
            .hint("set HOME or XDG_STATE_HOME to what it was when the runs took place")
    })?;
    Ok(journal_directory(&state))
}
