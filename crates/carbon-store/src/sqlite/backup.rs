//! Copies of a file: one taken while it is written to, and one put in place of a lost file.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::connection::{Connection, fault, make_private};
use super::migrate;
use crate::error::{Error, Result};

/// Writes all that is committed into a new file, compactly. Writers go on meanwhile. The file has its
/// name when it is whole and on the disk: what is cut off leaves `NAME.partial`, which the next copy
/// of that name begins anew.
pub(crate) fn back_up(source: &Path, target: &Path) -> Result<()> {
    if target.exists() {
        return Err(Error::Address("there is a file already where the copy should be"));
    }
    let partial = beside(target, ".partial");
    // Held until the copy has its name; the system lets go of it however this process ends.
    let _turn = empty(&partial)?;
    let copied = copy_into(source, &partial).and_then(|()| put(&partial, target));
    if copied.is_err() {
        // It is of no use, and may be what filled the disk.
        drop(std::fs::remove_file(&partial));
    }
    copied
}

/// An empty file that only one process at a time has.
fn empty(partial: &Path) -> Result<File> {
    make_private(partial)?;
    let file = OpenOptions::new().write(true).open(partial).map_err(of_file)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            return Err(Error::Address("somebody else is making a copy of that name"));
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(of_file(error)),
    }
    file.set_len(0).map_err(of_file)?;
    Ok(file)
}

fn copy_into(source: &Path, partial: &Path) -> Result<()> {
    let connection = Connection::open_reader(source)?;
    let name = partial.to_str().ok_or(Error::Address("the path of the copy is not UTF-8"))?;
    connection.raw().execute("VACUUM INTO ?1", [name]).map(drop).map_err(fault)
}

/// Puts a copy where the database should be. The copy is checked first, and an existing file is
/// never overwritten.
pub(crate) fn restore(copy: &Path, target: &Path) -> Result<()> {
    if target.exists() {
        return Err(Error::Address("there is a database already: move it away first"));
    }
    // SQLite would take what is in there for the newest of the copy, which it would spoil.
    let has_log = |suffix| std::fs::metadata(beside(target, suffix)).is_ok_and(|log| log.len() > 0);
    if has_log("-wal") || has_log("-journal") {
        return Err(Error::Address(
            "beside it is the log of a database that was there (-wal): move it away first",
        ));
    }
    if !copy.is_file() {
        return Err(Error::Address("there is no such copy"));
    }
    check(copy)?;
    let partial = beside(target, ".restoring");
    make_private(&partial)?;
    std::fs::copy(copy, &partial).map_err(of_file)?;
    put(&partial, target)
}

/// Gives a file its name when it is on the disk.
fn put(partial: &Path, target: &Path) -> Result<()> {
    File::open(partial).and_then(|file| file.sync_all()).map_err(of_file)?;
    std::fs::rename(partial, target).map_err(of_file)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|dir| dir.sync_all()).map_err(of_file)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn of_file(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Error::Full,
        _ => Error::internal(error),
    }
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
