//! `admin backup`: a copy of the SQLite file, taken while the server runs.

use std::path::Path;

use clap::{Arg, ArgMatches, Command};

use crate::failure::{self, Failure};
use crate::options::Options;
use crate::print::print;
use crate::serve::place::Database;
use crate::serve::runtime;
use crate::surroundings::Surroundings;

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("backup")
        .about("Copy the database into a new file, while the server runs")
        .arg(Arg::new("file").value_name("FILE").required(true).help("The copy; must not exist"))
        .after_help("Example:\n  codecarbon admin backup /backup/codecarbon-2026-11-22.sqlite")
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    let database = Database::read(&Options::new(matches, start))?;
    let Database::File(path) = &database else {
        return Err(Failure::user(format!("{database} is PostgreSQL, which has its own program"))
            .hint("pg_dump --format=custom --file=FILE DATABASE"));
    };
    if !path.is_file() {
        return Err(Failure::user(format!("{} does not exist", path.display()))
            .hint("name the folder of the server's data: --data-dir DIR"));
    }
    let copy = Path::new(matches.get_one::<String>("file").map_or("", String::as_str));
    runtime()?.block_on(async {
        let store = database.open().await?;
        let copied = store.back_up(copy).await;
        store.close().await;
        copied.map_err(|error| {
            Failure::user(format!("{}: {error}", copy.display()))
                .hint("name a new file in a folder that this user may write and that has room")
        })
    })?;
    let bytes = std::fs::metadata(copy).map(|copy| copy.len()).unwrap_or_default();
    print(&format!("{} is a copy of {} ({bytes} bytes).\n", copy.display(), path.display()));
    Ok(failure::OK)
}
