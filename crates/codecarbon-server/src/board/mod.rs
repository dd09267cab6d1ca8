//! `board`: the dashboard over files of records, without a database and without sign-in. Also what
//! `codecarbon board` and `carbonboard` become where this program is installed.
//!
//! The files go into a store in memory; the server over it only reads, and is for this machine unless
//! the user says otherwise. Files that change are read again, and what is new in them appears.

mod facts;
mod figures;
mod files;
mod picture;
mod shelf;

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use carbon_server::settings::Settings;
use carbon_server::{App, Listeners};
use carbon_store::{NewOrganization, OrganizationId, Store};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::failure::{self, Failure};
use crate::log::{self, Format, Level};
use crate::print::print;
use crate::serve::runtime;
use crate::serve::signals::Signals;
use crate::surroundings::Surroundings;
use crate::{clock, surroundings};
use files::Files;
use picture::Picture;
use shelf::{ORGANIZATION, Shelf};

const ABOUT: &str = "Show files of records in the dashboard";

const AFTER: &str = "\
The board is for this machine only, unless --host says otherwise, and it only reads. It is shown
until Ctrl-C; what is added to a file appears, on open pages too. carbonboard is this command
under the name that CodeCarbon gives it.

Examples:
  codecarbon board emissions.csv results/ old.csv.gz run.json
  carbonboard --filepath=results/emissions.csv --port=8060";

/// The file that trackers write when nobody says otherwise.
const DEFAULT_FILE: &str = "emissions.csv";

/// How often files are looked at.
const LOOKED_AT: Duration = Duration::from_secs(1);

/// Ports that are looked at for one to propose.
const PROPOSED_PORTS: u16 = 20;

/// Faults that are told one by one.
const FAULTS_TOLD: usize = 20;

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("board").about(ABOUT).after_help(AFTER).args([
        Arg::new("files")
            .value_name("FILE")
            .help("CSV files of records, task files or JSON reports, also with .gz, or folders of them")
            .num_args(1..)
            .default_value(DEFAULT_FILE)
            .value_parser(value_parser!(PathBuf)),
        Arg::new("filepath")
            .long("filepath")
            .short('f')
            .value_name("FILE")
            .help("A file, as carbonboard takes it")
            .hide(true)
            .value_parser(value_parser!(PathBuf)),
        Arg::new("port")
            .long("port")
            .short('p')
            .value_name("PORT")
            .help("Port; 0 takes a free one")
            .default_value("8050")
            .value_parser(value_parser!(u16)),
        Arg::new("host")
            .long("host")
            .value_name("ADDRESS")
            .help("Address to listen on")
            .default_value("127.0.0.1"),
        Arg::new("no-watch")
            .long("no-watch")
            .help("Read the files once, and not again when they change")
            .action(ArgAction::SetTrue),
        Arg::new("debug")
            .long("debug")
            .short('d')
            .value_name("BOOL")
            .help("Say what is asked for")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .hide_possible_values(true)
            .value_parser(["true", "false"])
            .ignore_case(true),
    ])
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    let is_debug =
        matches.get_one::<String>("debug").is_some_and(|word| word.eq_ignore_ascii_case("true"));
    let level = if is_debug { "debug" } else { "warn" };
    log::install(Level::parse(level).unwrap_or_default(), Format::Text, start.colours());
    if !carbon_web::is_built() {
        return Err(Failure::user("this program was built without the dashboard")
            .hint("codecarbon board --light shows the files on one page")
            .hint("or build it: cargo xtask web, then this program again"));
    }
    let named: Vec<PathBuf> = match matches.get_one::<PathBuf>("filepath") {
        Some(path) => vec![path.clone()],
        None => matches.get_many("files").into_iter().flatten().cloned().collect(),
    };
    let address = address(matches.get_one::<String>("host").map_or("127.0.0.1", String::as_str))?;
    let port = *matches.get_one::<u16>("port").unwrap_or(&8050);
    let is_watched = !matches.get_flag("no-watch");
    runtime()?.block_on(serve(Files::new(named), SocketAddr::new(address, port), is_watched, start))
}

async fn serve(
    files: Files,
    listen: SocketAddr,
    is_watched: bool,
    start: &Surroundings,
) -> Result<u8, Failure> {
    let signals = Signals::watch()?;
    let requests = bind(listen).await?;
    let at = requests.local_addr().map_err(Failure::system)?;
    let (stopper, stopping) = carbon_server::stopper();
    signals.obey(stopper, None, Arc::new(Notify::new()), start.clone());
    if !at.ip().is_loopback() {
        tracing::warn!("everybody who can reach this machine at {at} can read the board");
    }
    let settings = Settings {
        is_board: true,
        is_open_on_purpose: !at.ip().is_loopback(),
        ..Settings::default()
    };
    let now = clock::now();
    let store = Store::open_memory().await.map_err(Failure::system)?;
    let app = App::new(store.clone(), settings, clock::now);
    let organization = NewOrganization {
        id: OrganizationId::from(ORGANIZATION),
        name: "All files".to_owned(),
        description: "What the files of this board say".to_owned(),
        created: now,
    };
    let failed = |error: carbon_server::fault::Fault| Failure::system(format!("{error:?}"));
    app.prepare_board(organization).await.map_err(failed)?;
    let shelf = Shelf::new(store, surroundings::zone(), now);
    print(&format!("The page is at http://{at}/ until Ctrl-C\n"));
    tokio::spawn(follow(files, shelf, app.clone(), is_watched));
    carbon_server::serve(Listeners { requests, metrics: None, tls: None }, app, stopping).await;
    Ok(failure::OK)
}

/// Shows the files, and what is new in them as long as the board runs. Pages can be opened before that:
/// they are told when there is something else to see.
async fn follow(mut files: Files, mut shelf: Shelf, app: App, is_watched: bool) {
    let mut told = HashSet::new();
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let picture = files.read();
            (files, picture)
        });
        let Ok((same, picture)) = read.await else { return };
        files = same;
        if let Some(picture) = picture {
            tell(&picture, &mut told);
            if let Err(error) = shelf.show(&picture, clock::now()).await {
                tracing::error!(%error, "the files cannot be shown");
                return;
            }
            app.board().shows(picture.runs.len(), &picture.faults);
        }
        if !is_watched {
            return;
        }
        tokio::time::sleep(LOOKED_AT).await;
    }
}

/// Says what could not be read, and was not said already.
fn tell(picture: &Picture, told: &mut HashSet<String>) {
    let new = picture.faults.iter().filter(|fault| !told.contains(*fault));
    let new: Vec<&String> = new.collect();
    for fault in new.iter().take(FAULTS_TOLD) {
        tracing::warn!("{fault}");
    }
    if new.len() > FAULTS_TOLD {
        tracing::warn!("{} more could not be read", new.len() - FAULTS_TOLD);
    }
    *told = picture.faults.iter().cloned().collect();
}

/// An address by its numbers, or that of `localhost`; other names would be looked up elsewhere.
fn address(host: &str) -> Result<IpAddr, Failure> {
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    host.trim_matches(['[', ']']).parse().map_err(|_| {
        Failure::user(format!("--host {host} is no address"))
            .hint("give numbers such as 127.0.0.1 or ::1, or 0.0.0.0 for all addresses")
    })
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            Failure::user(format!("port {} is in use by another program", listen.port()))
                .hint(free_port(listen))
        }
        _ => Failure::user(format!("cannot listen on {listen}: {error}"))
            .hint("--host is an address of this machine; ports below 1024 need rights"),
    })
}

/// What to do where a port is taken: another one that is free now.
fn free_port(listen: SocketAddr) -> String {
    let mut ports = (1..=PROPOSED_PORTS).filter_map(|step| listen.port().checked_add(step));
    let is_free = |port: &u16| std::net::TcpListener::bind((listen.ip(), *port)).is_ok();
    match ports.find(is_free) {
        Some(port) => format!("--port {port} is free"),
        None => "--port 0 takes a free one".to_owned(),
    }
}
