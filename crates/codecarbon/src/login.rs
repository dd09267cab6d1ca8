//! `login`: signs in with a browser, here or elsewhere, and keeps the sign-in for later commands.

use std::fmt::Write;
use std::process::{Command as Program, Stdio};
use std::thread;
use std::time::Duration;

use carbon_client::ApiError;
use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::Value;

use crate::account::{self, Account, TOKEN_VARIABLE};
use crate::config::without_password;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::interruption;
use crate::print::print;
use crate::sign_in::address::{self, ProviderAddress};
use crate::sign_in::browser::BrowserSignIn;
use crate::sign_in::device::DeviceSignIn;
use crate::sign_in::provider::Provider;
use crate::sign_in::store::{SignIn, SignInStore};
use crate::sign_in::{self, SignInError, Tokens};
use crate::surroundings::Surroundings;

/// Where the browser returns unless another port is asked for: the one that codecarbon.io knows.
const USUAL_PORT: &str = "8090";

const EXAMPLES: &str = "Examples:
  codecarbon login             with the browser of this machine
  codecarbon login --device    with a code, typed into a browser elsewhere";

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("login")
        .about("Sign in to the CodeCarbon API with a browser, here or elsewhere")
        .after_help(EXAMPLES)
        .arg(account::endpoint_argument())
        .args(address::arguments())
        .arg(
            Arg::new("device")
                .long("device")
                .action(ArgAction::SetTrue)
                .help("Show a code to type into a browser on another device"),
        )
        .arg(
            Arg::new("no-browser")
                .long("no-browser")
                .action(ArgAction::SetTrue)
                .conflicts_with("device")
                .help("Only print the address to visit on this machine"),
        )
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16))
                .default_value(USUAL_PORT)
                .help("Port of this machine to which the browser returns; 0 for any that is free"),
        )
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .value_parser(value_parser!(u64).range(1..=3600))
                .default_value("300")
                .help("Longest time to wait for you"),
        )
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let account = Account::open(matches, start, console)?;
    let store = SignInStore::of(start)?;
    // Whether a sign-in can be kept should be known before somebody takes the trouble.
    drop(store.lock()?);
    interruption::end_with("interrupted: you were not signed in", console)?;
    console.print(&format!(
        "Signing in to {} ({})\n",
        without_password(&account.api_endpoint),
        account.origin
    ));
    let address = ProviderAddress::given(matches, start);
    account::warn_if_open(&address.well_known, console);
    let provider = Provider::discover(account.connections.clone(), &address)?;
    let limit = Duration::from_secs(matches.get_one("timeout").copied().unwrap_or(300));
    let port = matches.get_one("port").copied().unwrap_or(0);
    let tokens = match way(matches, start, &provider) {
        Way::Device => with_device(&provider, limit, console)?,
        Way::Browser { open } => {
            let sign_in = BrowserSignIn::begin(&provider, port)?;
            with_browser(sign_in, open.then_some(start), limit, console)?
        }
    };
    let renewable = tokens.refresh.is_some();
    let name = check_and_keep(&account, &store, address, tokens)?;
    print(&format!("Signed in to {} as {name}\n", without_password(&account.api_endpoint)));
    if !renewable {
        console.warn(
            "the sign-in service gave nothing to renew it with: it lasts as long as its token",
        );
    }
    if account.token.is_some() {
        console.warn(format!("{TOKEN_VARIABLE} is set and is used instead of this sign-in"));
    }
    warn_of_old_file(start, console);
    Ok(exit::OK)
}

/// How the person gets to the provider's page.
enum Way {
    /// With a code, from elsewhere.
    Device,
    /// From this machine, which is asked to open the page or not.
    Browser { open: bool },
}

fn way(matches: &ArgMatches, start: &Surroundings, provider: &Provider) -> Way {
    if matches.get_flag("device") {
        return Way::Device;
    }
    if matches.get_flag("no-browser") {
        return Way::Browser { open: false };
    }
    let is_set = |name: &&str| start.variable(name).is_some_and(|value| !value.is_empty());
    let shows = ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].iter().any(is_set);
    let open = shows || cfg!(target_os = "macos");
    if open || !provider.offers_device_codes() { Way::Browser { open } } else { Way::Device }
}

fn with_device(
    provider: &Provider,
    limit: Duration,
    console: Console,
) -> Result<Tokens, SignInError> {
    let sign_in = DeviceSignIn::begin(provider, limit)?;
    let mut text = format!("Visit {}\nand type the code {}\n", sign_in.url, sign_in.user_code);
    if let Some(url) = &sign_in.complete_url {
        let _ = writeln!(text, "or visit {url}");
    }
    console.print(&text);
    sign_in.finish(&mut thread::sleep)
}

fn with_browser(
    sign_in: BrowserSignIn<'_>,
    opening: Option<&Surroundings>,
    limit: Duration,
    console: Console,
) -> Result<Tokens, SignInError> {
    console.print(&format!("Visit this address to sign in:\n\n  {}\n\n", sign_in.url));
    match opening.map(|start| open_page(&sign_in.url, start)) {
        Some(true) => console.print("Your browser should have opened it.\n"),
        Some(false) => console.print("No browser could be started; open it yourself.\n"),
        None => {}
    }
    sign_in.finish(limit)
}

/// Opens a page by the program in `BROWSER`, else as the desktop does. Waits for neither.
fn open_page(url: &str, start: &Surroundings) -> bool {
    let Some(browser) = start.variable("BROWSER").filter(|value| !value.is_empty()) else {
        return open::that_detached(url).is_ok();
    };
    // A list of commands, by an old convention; the first that starts is used.
    browser.split(':').any(|command| {
        let mut words = command.split_whitespace();
        let Some(program) = words.next() else { return false };
        Program::new(program)
            .args(words)
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .is_ok()
    })
}

/// Asks the API whom it sees, and keeps the sign-in unless it is refused; the person's name.
fn check_and_keep(
    account: &Account,
    store: &SignInStore,
    provider: ProviderAddress,
    tokens: Tokens,
) -> Result<String, CommandError> {
    const FAILED: &str = "Authentication check failed";
    let api = account.api_with(tokens.access.clone());
    let sign_in = SignIn { api_endpoint: account.api_endpoint.clone(), provider, tokens };
    match api.check_auth() {
        Ok(answer) => {
            let name = name_in(&answer).ok_or_else(|| {
                CommandError::user(format!("{FAILED}: the API does not say who you are"))
                    .hint("--api-endpoint is the address of a CodeCarbon API, its path included")
            })?;
            store.lock()?.put(sign_in)?;
            Ok(name)
        }
        Err(error @ (ApiError::NoAnswer(_) | ApiError::ServerFault { .. })) => {
            store.lock()?.put(sign_in)?;
            Err(account
                .explained(FAILED, &error)
                .hint("the sign-in itself went well and is kept; try `codecarbon test-api` later"))
        }
        Err(error) => Err(account.explained(FAILED, &error)),
    }
}

/// Name of the person in the answer of `/auth/check`.
fn name_in(answer: &Value) -> Option<String> {
    let user = answer.get("user").filter(|user| user.is_object())?;
    let claim = |name: &&str| user.get(name).and_then(Value::as_str);
    let name = ["email", "preferred_username", "name", "sub"].iter().find_map(claim)?;
    Some(sign_in::printable(name))
}

/// The Python client keeps tokens in the working directory, where others may read them.
fn warn_of_old_file(start: &Surroundings, console: Console) {
    let path = start.directory.join("credentials.json");
    let Ok(text) = std::fs::read(&path) else { return };
    let holds_token = serde_json::from_slice::<Value>(&text).is_ok_and(|value| {
        value.get("access_token").is_some() || value.get("refresh_token").is_some()
    });
    if holds_token {
        console.warn(format!(
            "{} holds tokens of the Python client, which are not used here; remove it unless that \
             client still needs it",
            path.display()
        ));
    }
}
