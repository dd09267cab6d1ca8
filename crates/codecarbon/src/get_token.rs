//! `get-token`: makes a token of a project, with which runs and emissions are sent.

use carbon_api::ProjectTokenIn;
use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgMatches, Command};

use crate::account::{self, Account};
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;

/// What a token of the client is for: it writes and does not read.
pub(crate) const WRITE: i64 = 2;

const EXAMPLES: &str = "Examples:
  codecarbon get-token 5f0c1a3e-7a43-4f0e-9c55-2d0f8d6a0c11
  codecarbon config set api_key -     then paste it";

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("get-token")
        .about("Make a token of a project, for api_key; it is shown once")
        .after_help(EXAMPLES)
        .arg(Arg::new("project").value_name("PROJECT_ID").required(true).help("Id of the project"))
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("NAME")
                .default_value("api token")
                .help("Name of the token on the server"),
        )
        .arg(account::endpoint_argument())
        .arg(account::token_argument())
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let account = Account::open(matches, start, console)?;
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let project = text("project");
    let new = ProjectTokenIn { name: Some(text("name")), access: WRITE };
    let token = account
        .api(start)?
        .create_project_token(&project, &new)
        .map_err(|error| account.failed(&error))?
        .token
        .ok_or_else(|| {
            CommandError::user("API request failed: the answer holds no token").hint(
                "`codecarbon test-api` tells whether this is a server of ours or of CodeCarbon",
            )
        })?;
    print(&format!("Your token: {token}\n"));
    Ok(exit::OK)
}
