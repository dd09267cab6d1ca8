//! `logout`: makes the tokens of a sign-in void, as far as the provider allows, and forgets them.

use carbon_tracker::config::LogLevel;
use clap::{ArgMatches, Command};

use crate::account::{self, Account};
use crate::config::without_password;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::sign_in::SignInError;
use crate::sign_in::provider::Provider;
use crate::sign_in::store::{SignIn, SignInStore};
use crate::surroundings::Surroundings;

const EXAMPLES: &str = "Example:
  codecarbon logout

Tokens of projects (api_key) stay good: they are not part of a sign-in.";

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("logout")
        .about("End your sign-in and forget its tokens")
        .after_help(EXAMPLES)
        .arg(account::endpoint_argument())
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let account = Account::open(matches, start, console)?;
    let store = SignInStore::of(start)?;
    let mut locked = match store.lock() {
        Ok(locked) => locked,
        Err(error @ SignInError::Store { doing: "read", .. }) => {
            console.warn(&error);
            store.remove_file()?;
            print(&format!("Removed {}\n", store.path().display()));
            return Ok(exit::OK);
        }
        Err(error) => return Err(error.into()),
    };
    let Some(sign_in) = locked.find(&account.api_endpoint).cloned() else {
        print(&format!("You were not signed in to {}\n", without_password(&account.api_endpoint)));
        return Ok(exit::OK);
    };
    let revoked = revoke(&sign_in, &account);
    // The tokens go whatever the provider says.
    locked.remove(&account.api_endpoint)?;
    match revoked {
        Ok(true) => {}
        Ok(false) => console.warn(
            "the sign-in service cannot make tokens void: a copy of yours would be good until it \
             ends",
        ),
        Err(error) => console.warn(format!("{error}; the tokens were not made void there")),
    }
    print(&format!("Signed out of {}\n", without_password(&account.api_endpoint)));
    Ok(exit::OK)
}

/// Makes the tokens void; false when the provider has no means for it.
fn revoke(sign_in: &SignIn, account: &Account) -> Result<bool, SignInError> {
    let provider = Provider::discover(account.connections.clone(), &sign_in.provider)?;
    let tokens = &sign_in.tokens;
    if let Some(refresh) = &tokens.refresh
        && !provider.revoke(refresh, "refresh_token")?
    {
        return Ok(false);
    }
    provider.revoke(&tokens.access, "access_token")
}
