//! `admin create-operator` and `admin reset-password`: for who has the machine and cannot sign in, or
//! not yet.

use carbon_server::settings::{Auth, PasswordCost, Settings};
use carbon_server::{App, PasswordLink};
use clap::{Arg, ArgMatches, Command};

use crate::clock;
use crate::failure::{self, Failure};
use crate::options::Options;
use crate::options::list::PUBLIC_URL;
use crate::options::values::{self, URL};
use crate::print::print;
use crate::serve::place::Database;
use crate::serve::runtime;
use crate::surroundings::Surroundings;

/// Where a server is that was told nothing.
const DEFAULT_URL: &str = "http://127.0.0.1:8008";

/// Describes `create-operator`.
pub(crate) fn create_operator() -> Command {
    Command::new("create-operator")
        .about("Let somebody run the server; make the account if it is not there")
        .arg(email())
        .arg(Arg::new("name").long("name").value_name("NAME").help("Name of a new account"))
        .after_help(
            "Prints a link with which the person chooses a password. Where people sign in at an OpenID\n\
             provider, the account has to be there; others are named with serve --oidc-operator.\n\n\
             Example:\n  codecarbon admin create-operator ada@example.org",
        )
}

/// Describes `reset-password`.
pub(crate) fn reset_password() -> Command {
    Command::new("reset-password")
        .about("Print a link with which the person of an address chooses another password")
        .arg(email())
        .after_help("Example:\n  codecarbon admin reset-password ada@example.org")
}

fn email() -> Arg {
    Arg::new("email").value_name("EMAIL").required(true).help("Address of the person")
}

/// Runs `create-operator`; the exit code.
pub(crate) fn run_create_operator(
    matches: &ArgMatches,
    start: &Surroundings,
) -> Result<u8, Failure> {
    let email = address(matches)?;
    let name = matches.get_one::<String>("name").map_or(email, String::as_str);
    with_app(matches, start, async |app| {
        if app.make_operator(email).await.map_err(failed)?.is_some() {
            print(&format!("{email} runs this server.\n"));
        } else {
            app.create_operator(email.to_owned(), name.to_owned()).await.map_err(failed)?;
            print(&format!("{email} has an account and runs this server.\n"));
        }
        app.password_link(email).await.map_err(failed)
    })
}

/// Runs `reset-password`; the exit code.
pub(crate) fn run_reset_password(
    matches: &ArgMatches,
    start: &Surroundings,
) -> Result<u8, Failure> {
    let email = address(matches)?;
    with_app(matches, start, async |app| {
        let link = app.password_link(email).await.map_err(failed)?;
        link.map(Some).ok_or_else(|| {
            Failure::user(format!("nobody has the address {email}"))
                .hint(format!("for a new account: codecarbon admin create-operator {email}"))
        })
    })
}

/// Opens the database, does the work, and prints the link that comes of it.
fn with_app(
    matches: &ArgMatches,
    start: &Surroundings,
    work: impl AsyncFnOnce(&App) -> Result<Option<PasswordLink>, Failure>,
) -> Result<u8, Failure> {
    let options = Options::new(matches, start);
    let database = Database::read(&options)?;
    let url = options.one(&PUBLIC_URL)?.map(|given| given.read(URL, values::url)).transpose()?;
    let link = runtime()?.block_on(async {
        let store = database.open().await?;
        let auth = Auth::Local(PasswordCost::default());
        let app = App::new(store, Settings { auth, ..Settings::default() }, clock::now);
        let link = work(&app).await;
        app.store().close().await;
        link
    })?;
    if let Some(link) = link {
        let url = url.as_deref().unwrap_or(DEFAULT_URL);
        print(&format!(
            "A password is chosen with this link, which is good once and for a day:\n\n  {url}{}\n",
            link.0
        ));
    }
    Ok(failure::OK)
}

fn address(matches: &ArgMatches) -> Result<&str, Failure> {
    let email = matches.get_one::<String>("email").map_or("", String::as_str).trim();
    let is_one = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !email.contains(' ')
    });
    if is_one {
        return Ok(email);
    }
    Err(Failure::user(format!("{email:?} is no e-mail address"))
        .hint("give one such as ada@example.org"))
}

fn failed(fault: carbon_server::fault::Fault) -> Failure {
    Failure::user(fault)
        .hint("the server's own log says more; codecarbon admin health asks how it is")
}
