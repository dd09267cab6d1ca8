//! `board`: files of records in the browser. Where `codecarbon-server` is installed this becomes it,
//! which has the dashboard in it; else the HTML page of the files is served on this machine, and shown
//! anew when a file changes.
//!
//! Also what `carbonboard` becomes, so its options are read as python-fire reads them for the
//! reference: `--filepath=…`, `--port=…`, `--debug=True`.

mod answers;
mod request;
mod serve;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use self::answers::Board;
use super::{DEFAULT_FILE, files_argument};
use crate::console::Console;
use crate::exit::CommandError;
use crate::print::print;
use crate::surroundings::Surroundings;
use crate::{server, sibling};

const AFTER_HELP: &str = "\
Where codecarbon-server is beside this program or in PATH, that is the dashboard, over the files and
read-only; else, or with --light, it is one page. Both are for this machine only, unless --host says
otherwise, are shown until Ctrl-C, and follow files that change. carbonboard is this command under
the name that CodeCarbon gives it.

Examples:
  codecarbon board
  carbonboard --filepath=results/emissions.csv --port=8060";

/// Ports that are looked at for one to propose.
const PROPOSED_PORTS: u16 = 20;

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("board")
        .about("Show files of records as a page in the browser")
        .after_help(AFTER_HELP)
        .arg(files_argument())
        .arg(
            Arg::new("filepath")
                .long("filepath")
                .short('f')
                .value_name("FILE")
                .help("A file, as carbonboard takes it")
                .hide(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("port")
                .long("port")
                .short('p')
                .value_name("PORT")
                .help("Port (default 8050; 0 takes a free one)")
                .value_parser(value_parser!(u16)),
        )
        .arg(
            Arg::new("host")
                .long("host")
                .value_name("ADDRESS")
                .help("Address to listen on (default 127.0.0.1)"),
        )
        .arg(
            Arg::new("light")
                .long("light")
                .help("Show one page, also where the dashboard is installed")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new("no-watch")
                .long("no-watch")
                .help("Let the dashboard read the files once, and not again when they change")
                .action(ArgAction::SetTrue),
        )
        .arg(
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
        )
}

/// Runs it until the process is ended.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let is_light = matches.get_flag("light");
    if !is_light {
        // It returns only where there is no such program.
        sibling::become_program(server::PROGRAM, start.arguments.clone(), start);
    }
    let console = Console::new(start.colours(), LogLevel::Warning);
    let named: Vec<PathBuf> = match matches.get_one::<PathBuf>("filepath") {
        Some(path) => vec![path.clone()],
        None => matches.get_many("files").into_iter().flatten().cloned().collect(),
    };
    let files = named.into_iter().map(|path| (start.absolute(&path), path)).collect::<Vec<_>>();
    for (path, name) in &files {
        if !path.exists() {
            let hint = if name.as_os_str() == DEFAULT_FILE { "; name another file" } else { "" };
            console.warn(format!("{} is not there yet{hint}", name.display()));
        }
    }
    let host = matches.get_one::<String>("host").map_or("127.0.0.1", String::as_str);
    let address = address(host)?;
    if !address.is_loopback() {
        console.warn("everybody who can reach this machine at that address can read the page");
    }
    let port = *matches.get_one::<u16>("port").unwrap_or(&8050);
    let listener = listen(address, port)?;
    let at = listener.local_addr().map_err(CommandError::system)?;
    let debug =
        matches.get_one::<String>("debug").is_some_and(|word| word.eq_ignore_ascii_case("true"));
    print(&format!("The page is at http://{at}/ until Ctrl-C\n"));
    if !is_light {
        print("The whole dashboard needs codecarbon-server beside this program or in PATH\n");
    }
    serve::serve(&listener, Board::new(files, host, address), debug.then_some(console));
    Ok(crate::exit::OK)
}

/// An address by its numbers, or that of `localhost`; other names would be looked up elsewhere.
fn address(host: &str) -> Result<IpAddr, CommandError> {
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    host.trim_matches(['[', ']']).parse().map_err(|_| {
        CommandError::user(format!("--host {host} is no address"))
            .hint("give numbers such as 127.0.0.1 or ::1, or 0.0.0.0 for all addresses")
    })
}

/// Listens, or says why not and where it could be done.
fn listen(address: IpAddr, port: u16) -> Result<TcpListener, CommandError> {
    TcpListener::bind((address, port)).map_err(|error| {
        let wanted = SocketAddr::new(address, port);
        if error.kind() != std::io::ErrorKind::AddrInUse {
            return CommandError::user(format!("cannot listen on {wanted}: {error}"))
                .hint("--host is an address of this machine; ports below 1024 need rights");
        }
        let error = CommandError::user(format!("port {port} is in use by another program"));
        let free = (1..=PROPOSED_PORTS)
            .filter_map(|step| port.checked_add(step))
            .find(|port| TcpListener::bind((address, *port)).is_ok());
        match free {
            Some(free) => error.hint(format!("--port {free} is free")),
            None => error.hint("--port 0 takes a free one"),
        }
    })
}
