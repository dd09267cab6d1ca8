//! The commands that read files of records: `report`, `reprice`, `compare`, `board`.

pub(crate) mod board;
pub(crate) mod compare;
pub(crate) mod report;
pub(crate) mod reprice;
mod trials;

use std::path::{Path, PathBuf};

use carbon_report::Reading;
use clap::{Arg, ArgMatches, value_parser};

use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// The file that trackers write when nobody says otherwise.
const DEFAULT_FILE: &str = "emissions.csv";

/// The argument for files; without one, it is the file that trackers write.
fn files_argument() -> Arg {
    Arg::new("files")
        .value_name("FILE")
        .help("CSV files of records, task files or JSON reports, also with .gz, or folders of them")
        .num_args(1..)
        .default_value(DEFAULT_FILE)
        .value_parser(value_parser!(PathBuf))
}

/// Reads files by the names that the user gave them, so that messages name them the same way.
fn read(matches: &ArgMatches, start: &Surroundings) -> Reading {
    let mut reading = Reading::default();
    for named in matches.get_many::<PathBuf>("files").into_iter().flatten() {
        read_one(&mut reading, named, start);
    }
    reading
}

fn read_one(reading: &mut Reading, named: &Path, start: &Surroundings) {
    reading.read(&start.absolute(named), named);
}

/// Says what could not be read, the first of many by name.
fn say_faults(faults: &[String], console: Console) {
    const NAMED: usize = 20;
    for fault in faults.iter().take(NAMED) {
        console.warn(carbon_report::render::printable(fault));
    }
    if faults.len() > NAMED {
        console.warn(format!("{} more could not be read", faults.len() - NAMED));
    }
}

/// Writes a result to a file of the user's.
fn write(path: &Path, text: &str, start: &Surroundings) -> Result<(), CommandError> {
    std::fs::write(start.absolute(path), text)
        .map_err(|error| CommandError::file(format!("{}: {error}", path.display())))
}
