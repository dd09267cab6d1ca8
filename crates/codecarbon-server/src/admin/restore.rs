//! `admin restore`: puts a copy in the place of a database that is gone.

use std::path::Path;

use carbon_store::Store;
use clap::{Arg, ArgMatches, Command};

use crate::failure::{self, Failure};
use crate::options::Options;
use crate::print::print;
use crate::serve::place::{Database, make_directory};
use crate::serve::runtime;
use crate::surroundings::Surroundings;

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("restore")
        .about("Put a copy in the place of a database that is gone; nothing is overwritten")
        .arg(Arg::new("file").value_name("FILE").required(true).help("The copy"))
        .after_help("Example:\n  codecarbon admin restore /backup/codecarbon-2026-11-22.sqlite")
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, Failure> {
    let database = Database::read(&Options::new(matches, start))?;
    let Database::File(path) = &database else {
        return Err(Failure::user(format!("{database} is PostgreSQL, which has its own program"))
            .hint("pg_restore --dbname=DATABASE FILE"));
    };
    make_directory(path.parent())?;
    let copy = Path::new(matches.get_one::<String>("file").map_or("", String::as_str));
    let restored = runtime()?.block_on(Store::restore(copy, path));
    restored.map_err(|error| {
        let failure = Failure::user(format!("{}: {error}", copy.display()));
        if path.exists() {
            failure.hint(format!("it is {}", path.display()))
        } else {
            failure.hint("name a copy that codecarbon admin backup made")
        }
    })?;
    print(&format!("{} is back.\n", path.display()));
    Ok(failure::OK)
}
