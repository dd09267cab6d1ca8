//! Copies of a file: one taken while it is written to, and one put in place of a lost file.

use std::path::Path;

use super::connection::{Connection, fault, make_private};
use super::migrate;
use crate::error::{Error, Result};

/// Writes all that is committed into a new file, compactly. Writers go on meanwhile.
pub(crate) fn back_up(source: &Path, target: &Path) -> Result<()> {
    if target.exists() {
        return Err(Error::Address("there is a file already where the copy should be"));
    }
    make_private(target)?;
    let connection = Connection::open_reader(source)?;
    let name = target.to_str().ok_or(Error::Address("the path of the copy is not UTF-8"))?;
    connection.raw().execute("VACUUM INTO ?1", [name]).map(drop).map_err(fault)
}

/// Puts a copy where the database should be. The copy is checked first, and an existing file is
/// never overwritten.
pub(crate) fn restore(copy: &Path, target: &Path) -> Result<()> {
    if target.exists() {
        return Err(Error::Address("there is a database already: move it away first"));
    }
    if !copy.is_file() {
        return Err(Error::Address("there is no such copy"));
    }
    check(copy)?;
    let mut name = target.as_os_str().to_owned();
    name.push(".restoring");
    let partial = Path::new(&name);
    make_private(partial)?;
    std::fs::copy(copy, partial).map_err(Error::internal)?;
    std::fs::File::open(partial).and_then(|file| file.sync_all()).map_err(Error::internal)?;
    std::fs::rename(partial, target).map_err(Error::internal)
}

fn check(copy: &Path) -> Result<()> {
    let damaged = |_| Error::Address("the copy is damaged, or not a database of this program");
    let connection = Connection::open_reader(copy).map_err(damaged)?;
    let answer: String = connection
        .raw()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(fault)
        .map_err(damaged)?;
    let version = migrate::version(connection.raw()).map_err(damaged)?;
    if answer == "ok" && version > 0 { Ok(()) } else { Err(damaged(Error::Conflict)) }
}
