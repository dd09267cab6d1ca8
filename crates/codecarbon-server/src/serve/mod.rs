//! `serve`: runs the server until it is told to stop.

mod greeting;
mod notify;
pub(crate) mod place;
pub(crate) mod settings;
pub(crate) mod signals;

use std::net::SocketAddr;
use std::sync::Arc;

use carbon_server::fault::Fault;
use carbon_server::tls::Tls;
use carbon_server::{App, Listeners};
use carbon_store::Store;
use clap::{ArgMatches, Command};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::clock;
use crate::failure::{self, Failure};
use crate::log;
use crate::options::list::{LISTEN, METRICS_LISTEN, SERVE};
use crate::options::{self, Options, Setting};
use crate::print::print;
use crate::surroundings::Surroundings;
use greeting::Greeting;
pub(crate) use greeting::url as own_url;
use settings::Plan;
use signals::Signals;

const ABOUT: &str = "Run the server: the API, sign-in and the store behind them";

const AFTER: &str = "\
Each option has a variable: CODECARBON_SERVER_ and its name, as CODECARBON_SERVER_DATA_DIR. What may \
hold a password has also one that names a file: CODECARBON_SERVER_DATABASE_URL_FILE. The names of the \
reference server (DATABASE_URL, AUTH_PROVIDER, OIDC_…, FRONTEND_URL, CORS_ORIGINS, …) count where \
nothing else is given.

Examples:
  codecarbon serve
  codecarbon serve --listen 0.0.0.0:8008 --data-dir /var/lib/codecarbon
  CODECARBON_SERVER_DATABASE_URL=postgres://carbon@db/carbon codecarbon serve";

/// Describes the command.
pub(crate) fn command() -> Command {
    options::describe(Command::new("serve").about(ABOUT).after_help(AFTER), SERVE)
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    let plan = Plan::read(&Options::new(matches, start))?;
    log::install(plan.log_level, plan.log_format, start.colours());
    for warning in &plan.warnings {
        tracing::warn!("{warning}");
    }
    runtime()?.block_on(serve(plan, start))
}

/// What the server runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.enable_all().thread_name("server").build();
    let runtime =
        built.map_err(|error| Failure::system(format!("threads cannot be started: {error}")))?;
    signals::survive_limits_of_files(&runtime)?;
    Ok(runtime)
}

async fn serve(plan: Plan, start: &Surroundings) -> Result<u8, Failure> {
    let tls = plan.tls.as_ref().map(|(certificate, key)| Tls::load(certificate, key));
    let tls = tls.transpose().map_err(|error| {
        Failure::user(error).hint("--tls-cert and --tls-key name files in PEM that belong together")
    })?;
    if plan.is_migration_only {
        plan.database.open().await?.close().await;
        print(&format!("{} is up to date.\n", plan.database));
        return Ok(failure::OK);
    }
    let signals = Signals::watch()?;
    let requests = listen(plan.listen, &LISTEN).await?;
    let metrics = match plan.metrics {
        Some(address) => Some(listen(address, &METRICS_LISTEN).await?),
        None => None,
    };
    let (stopper, stopping) = carbon_server::stopper();
    let stopped = Arc::new(Notify::new());
    signals.obey(stopper, tls.clone(), Arc::clone(&stopped), start.clone());
    let store = tokio::select! {
        store = plan.database.open() => store?,
        () = stopped.notified() => return Ok(failure::OK),
    };
    let address = requests.local_addr().unwrap_or(plan.listen);
    let app = prepare(&plan, store, address, start).await?;
    notify::tell(start, "READY=1");
    let ended = carbon_server::serve(Listeners { requests, metrics, tls }, app, stopping).await;
    if ended.cut_off > 0 {
        tracing::warn!("{} connections were cut off", ended.cut_off);
    }
    Ok(failure::OK)
}

/// Makes the application, with what a fresh one begins with, and says so.
async fn prepare(
    plan: &Plan,
    store: Store,
    listen: SocketAddr,
    start: &Surroundings,
) -> Result<App, Failure> {
    let settings = &plan.settings;
    let app = App::new(store, settings.clone(), clock::now);
    let failed = |fault| match fault {
        Fault::Internal(source) => broken(&format!("{}: {source}", plan.database)),
        other => broken(&format!("{}: {other}", plan.database)),
    };
    let client = match settings.develop_key {
        Some(_) => None,
        None => app.prepare_first_client().await.map_err(failed)?,
    };
    let set_up = app.prepare_sign_in().await.map_err(failed)?;
    let greeting = Greeting {
        url: greeting::url(settings.public_url.as_deref(), settings.has_tls, listen),
        listen,
        database: &plan.database,
        set_up,
        client,
        colours: start.colours_out(),
    };
    print(&greeting.text());
    Ok(app)
}

/// A database that opened and does not do what a fresh one does.
fn broken(message: &str) -> Failure {
    Failure::user(message)
        .hint("has its disk room, and may this user write it? codecarbon admin backup makes a copy")
}

async fn listen(address: SocketAddr, setting: &Setting) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let failure = Failure::user(format!("{address} cannot be listened on: {error}"));
        match error.kind() {
            std::io::ErrorKind::AddrInUse => failure
                .hint("another program, perhaps a server that is running already, has this port")
                .hint(format!("another port: --{} {}", setting.name, next_port(address))),
            std::io::ErrorKind::PermissionDenied => {
                failure.hint("ports below 1024 need rights: choose a greater one")
            }
            std::io::ErrorKind::AddrNotAvailable => {
                failure.hint("this machine has no such address; 0.0.0.0 is all that it has")
            }
            _ => failure.hint(format!("--{} takes another address", setting.name)),
        }
    })
}

fn next_port(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(8008))
}
