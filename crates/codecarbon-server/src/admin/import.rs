//! `admin import`: takes over a database of the reference server. Its tokens stay valid.

use std::fmt::Write;
use std::path::Path;

use carbon_store::{Error, Imported};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::clock;
use crate::failure::{self, Failure};
use crate::options::{Kind, Options, Setting};
use crate::print::print;
use crate::serve::place::{Database, without_password};
use crate::serve::runtime;
use crate::surroundings::Surroundings;

/// Where the address of the source is, if it is no argument: it may hold a password.
static SOURCE: Setting = Setting {
    name: "import-url",
    argument: "url",
    value: "URL",
    kind: Kind::Private,
    also: &[],
    help: "Address of the reference's database: postgres://user:password@host/database",
};

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("import")
        .about("Take over a PostgreSQL database of the reference server, with its tokens")
        .arg(Arg::new(SOURCE.argument).value_name(SOURCE.value).help(SOURCE.help))
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Only count what would be taken over; nothing is kept"),
        )
        .after_help(
            "The source is only read, as it is at one moment; import again for what came since. The\n\
             address can be in CODECARBON_SERVER_IMPORT_URL, or in a file that …_URL_FILE names.\n\n\
             Example:\n  codecarbon admin import postgres://codecarbon-user@old-host/codecarbon_db",
        )
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    let options = Options::new(matches, start);
    let source = options.one(&SOURCE)?.ok_or_else(|| {
        Failure::user("the address of the reference's database is missing")
            .hint("codecarbon admin import postgres://user@host/database")
    })?;
    let name = without_password(&source.text);
    let is_trial = matches.get_flag("dry-run");
    let database = if is_trial { trial(start) } else { Database::read(&options)? };
    let done = runtime()?.block_on(async {
        let store = database.open().await?;
        let done = store.import(source.text.trim(), clock::now()).await;
        store.close().await;
        done.map_err(|error| failed(&name, &error))
    });
    if is_trial && let Database::File(path) = &database {
        remove(path);
    }
    let verb = if is_trial { "would be taken over" } else { "was taken over" };
    let mut text = format!("From {name} {verb}:\n\n{}", counts(&done?));
    if !is_trial {
        text.push_str("\nIf nobody runs this server yet: codecarbon admin create-operator EMAIL\n");
    }
    print(&text);
    Ok(failure::OK)
}

fn failed(source: &str, error: &Error) -> Failure {
    match error {
        Error::Internal(why) => Failure::user(format!("{source}: {why}")).hint(
            "--dry-run reads all and keeps nothing; docs/server-administration.md has the steps",
        ),
        Error::Full => Failure::user("the server's database has no room left")
            .hint("make room on its disk and do it again"),
        _ => Failure::user(format!("{source}: {error}"))
            .hint("is PostgreSQL running there, and are user, password and database right?"),
    }
}

fn counts(done: &Imported) -> String {
    let counts = [
        ("accounts", done.users),
        ("organizations", done.organizations),
        ("memberships", done.memberships),
        ("projects", done.projects),
        ("tokens, valid as before", done.tokens),
        ("experiments", done.experiments),
        ("runs", done.runs),
        ("rows of runs", done.emissions),
        ("rows of telemetry", done.telemetry),
        ("figures that were not finite: missing now", done.repaired_figures),
        ("rows that hang on nothing, or are twice: left out", done.left_out),
    ];
    counts.iter().fold(String::new(), |mut text, (what, count)| {
        let _ = writeln!(text, "{count:>12}  {what}");
        text
    })
}

/// A database that is thrown away.
fn trial(start: &Surroundings) -> Database {
    let folder = start.variable("TMPDIR").unwrap_or("/tmp");
    let name = format!("codecarbon-import-{}.sqlite", std::process::id());
    Database::File(Path::new(folder).join(name))
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}
