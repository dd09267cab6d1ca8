//! SQLite: one file, one writer thread that commits what has queued while the last commit ran, and
//! a few connections for readers, who never wait for it (write-ahead log).

mod backup;
mod connection;
mod figures;
mod ingest;
mod migrate;
#[cfg(test)]
mod plans;
mod readers;
mod sums;
mod writer;

use std::io;
use std::path::Path;
use std::time::Duration;

pub(crate) use connection::Connection;
pub(crate) use figures::answer;
pub(crate) use readers::Readers;
pub(crate) use writer::{Guard, Writer};

pub(crate) use backup::{back_up, restore};

use crate::error::{Error, Reason, Result};

/// How long a statement waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Pauses between tries to open a file. SQLite refuses some steps of it at once, without the wait
/// above, while another process makes or leaves the write-ahead log.
const PAUSES_MS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 400];

/// The file, or the memory, and who may use it.
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    /// None for a database in memory: it has one connection, the writer's.
    pub(crate) readers: Option<Readers>,
}

impl Sqlite {
    /// Opens a file, makes it where it is missing, and brings its schema up to date.
    pub(crate) fn open_file(path: &Path) -> Result<Self> {
        let mut opened = open_newest(path);
        for pause_ms in PAUSES_MS {
            if !is_busy(&opened) {
                break;
            }
            std::thread::sleep(Duration::from_millis(pause_ms));
            opened = open_newest(path);
        }
        let connection = opened.map_err(of_opening)?;
        let readers = Readers::new(path.to_owned());
        Ok(Self { writer: Writer::start(connection)?, readers: Some(readers) })
    }

    /// Opens an empty database in memory.
    pub(crate) fn open_memory() -> Result<Self> {
        let mut connection = Connection::open_memory()?;
        migrate::migrate(&mut connection)?;
        Ok(Self { writer: Writer::start(connection)?, readers: None })
    }
}

/// A connection to a file that has the newest schema.
fn open_newest(path: &Path) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    migrate::migrate(&mut connection)?;
    Ok(connection)
}

fn is_busy<T>(opened: &Result<T>) -> bool {
    matches!(opened, Err(Error::Unavailable { reason: Reason::Busy, .. }))
}

/// A file that may not be written, or a folder in which nothing may be made, is told like any file's.
fn of_opening(error: Error) -> Error {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    let Error::Internal(source) = error else { return error };
    match source.downcast::<rusqlite::Error>() {
        Ok(source) => match source.sqlite_error_code() {
            Some(CannotOpen | PermissionDenied | ReadOnly) => {
                Error::internal(io::Error::new(io::ErrorKind::PermissionDenied, source))
            }
            _ => Error::Internal(source),
        },
        Err(source) => Error::Internal(source),
    }
}
