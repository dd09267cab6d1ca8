//! `admin health`: asks a running server whether it can serve, for containers and scripts.

use std::net::SocketAddr;
use std::time::Duration;

use carbon_http::{Client, Policy, Request};
use clap::{ArgMatches, Command};

use crate::failure::{self, Failure};
use crate::options::Options;
use crate::options::list::METRICS_LISTEN;
use crate::options::values::{self, ADDRESS};
use crate::print::print;
use crate::serve::{own_url, settings};
use crate::surroundings::Surroundings;

/// Longest time that the answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("health")
        .about("Ask the server that runs here whether it can serve")
        .after_help(
            "Told the same options as the server, or their variables, it asks where the server listens:\n\
             for metrics, if it does. The exit code is 0 if it can serve.\n\n\
             Example:\n  codecarbon admin health --listen 127.0.0.1:8008",
        )
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    let options = Options::new(matches, start);
    let watched: Option<SocketAddr> = options
        .one(&METRICS_LISTEN)?
        .map(|given| given.read(ADDRESS, values::address))
        .transpose()?;
    let has_tls = watched.is_none() && settings::has_tls(&options)?;
    let listen = match watched {
        Some(address) => address,
        None => settings::listen(&options)?,
    };
    let url = format!("{}/readyz", own_url(None, has_tls, listen));
    let policy = Policy { total: PATIENCE, proxies: false, ..Policy::default() };
    let client = Client::new(policy).map_err(Failure::system)?;
    let answer = client.send(&Request::get(&url)).map_err(|error| {
        let failure = Failure::user(format!("{url}: {error}"))
            .hint("is the server running, with the same options or variables as this command?");
        if !has_tls {
            return failure;
        }
        failure.hint("ask where it has no certificate: serve --metrics-listen 127.0.0.1:9108")
    })?;
    if answer.status != 200 {
        return Err(Failure::user(format!("{url}: {}", answer.status))
            .hint("the log of the server says what it waits for"));
    }
    print("The server can serve.\n");
    Ok(failure::OK)
}
