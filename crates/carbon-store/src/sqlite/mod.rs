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

use std::path::Path;
use std::time::Duration;

pub(crate) use connection::Connection;
pub(crate) use figures::answer;
pub(crate) use readers::Readers;
pub(crate) use writer::{Guard, Writer};

pub(crate) use backup::{back_up, restore};

use crate::error::Result;

/// How long a statement waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The file, or the memory, and who may use it.
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    /// None for a database in memory: it has one connection, the writer's.
    pub(crate) readers: Option<Readers>,
}

impl Sqlite {
    /// Opens a file, makes it where it is missing, and brings its schema up to date.
    pub(crate) fn open_file(path: &Path) -> Result<Self> {
        let mut connection = Connection::open(path)?;
        migrate::migrate(&mut connection)?;
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
