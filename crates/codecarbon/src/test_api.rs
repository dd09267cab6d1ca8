//! `test-api`: asks the API for your organisations, to see whether the sign-in and the address work.

use std::fmt::Write;

use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::account::{self, Account};
use crate::config::without_password;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::sign_in::printable;
use crate::surroundings::Surroundings;

const EXAMPLES: &str = "Examples:
  codecarbon test-api
  codecarbon test-api --json | jq -r '.[].id'";

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("test-api")
        .about("Check the sign-in: list your organisations on the server")
        .after_help(EXAMPLES)
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print them as JSON"))
        .arg(account::endpoint_argument())
        .arg(account::token_argument())
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let account = Account::open(matches, start, console)?;
    let found = account.api(start)?.organizations().map_err(|error| account.failed(&error))?;
    if matches.get_flag("json") {
        let text = serde_json::to_string_pretty(&found)
            .map_err(|error| CommandError::internal(error).hint("without --json it is text"))?;
        print(&format!("{text}\n"));
        return Ok(exit::OK);
    }
    let mut text = format!("{} answers.\n", without_password(&account.api_endpoint));
    if found.is_empty() {
        text.push_str("You are a member of no organisation.\n");
    }
    for organization in found {
        let (name, id) = (printable(&organization.name), printable(&organization.id));
        let _ = writeln!(text, "{id}  {name}");
    }
    print(&text);
    Ok(exit::OK)
}
