//! One connection to a SQLite file: its settings, its statements, and what its errors mean.

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql};

use super::BUSY_TIMEOUT;
use crate::cell::{Cell, Row};
use crate::error::{Error, Reason, Result};

/// Statements that a connection keeps prepared.
const KEPT_STATEMENTS: usize = 256;

/// Names of parameters, so that `$7` is found whatever its place in the text.
const PARAMETERS: [&str; 32] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
    "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28",
    "$29", "$30", "$31", "$32",
];

/// One connection.
pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    /// Opens or makes a file. Commits wait until the file is on the disk.
    pub(super) fn open(path: &Path) -> Result<Self> {
        make_private(path)?;
        let inner = rusqlite::Connection::open(path).map_err(fault)?;
        inner.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
        // Before the first table: pages that are freed go back to the file system.
        inner.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(fault)?;
        inner.pragma_update(None, "journal_mode", "WAL").map_err(fault)?;
        inner.pragma_update(None, "synchronous", "FULL").map_err(fault)?;
        inner.pragma_update(None, "wal_autocheckpoint", 4_000).map_err(fault)?;
        inner.pragma_update(None, "cache_size", -64_000).map_err(fault)?;
        Self::set_up(inner)
    }

    /// Opens a file that is only read.
    pub(super) fn open_reader(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let inner = rusqlite::Connection::open_with_flags(path, flags).map_err(fault)?;
        inner.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
        inner.pragma_update(None, "cache_size", -16_000).map_err(fault)?;
        Self::set_up(inner)
    }

    /// An empty database in memory.
    pub(super) fn open_memory() -> Result<Self> {
        Self::set_up(rusqlite::Connection::open_in_memory().map_err(fault)?)
    }

    fn set_up(inner: rusqlite::Connection) -> Result<Self> {
        inner.pragma_update(None, "foreign_keys", "ON").map_err(fault)?;
        inner.pragma_update(None, "temp_store", "MEMORY").map_err(fault)?;
        inner.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
        Ok(Self(inner))
    }

    /// The connection of the library, for statements that are run row by row.
    pub(super) fn raw(&self) -> &rusqlite::Connection {
        &self.0
    }

    /// Runs texts without parameters.
    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql).map_err(fault)
    }

    pub(crate) fn rows(&mut self, sql: &str, params: &[Cell]) -> Result<Vec<Row>> {
        let mut statement = prepare(&self.0, sql)?;
        bind(&mut statement, params)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(fault)? {
            let cells = (0..columns).map(|column| row.get_ref(column).map(cell).map_err(fault));
            found.push(Row::new(cells.collect::<Result<Vec<Cell>>>()?));
        }
        Ok(found)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Cell]) -> Result<u64> {
        let mut statement = prepare(&self.0, sql)?;
        bind(&mut statement, params)?;
        statement.raw_execute().map(|touched| touched as u64).map_err(fault)
    }
}

/// Makes a file that only its owner reads, where there is none: it holds digests of secrets, and
/// what SQLite puts beside it is as readable as it is.
pub(super) fn make_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::StorageFull => Err(Error::Full),
        Err(error) => Err(Error::internal(error)),
    }
}

/// A statement that is kept for the next time.
pub(super) fn prepare<'c>(
    connection: &'c rusqlite::Connection,
    sql: &str,
) -> Result<CachedStatement<'c>> {
    #[cfg(test)]
    super::plans::note(sql);
    connection.prepare_cached(sql).map_err(fault)
}

pub(super) fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Cell]) -> Result<()> {
    for (name, value) in PARAMETERS.iter().zip(params) {
        if let Some(index) = statement.parameter_index(name).map_err(fault)? {
            statement.raw_bind_parameter(index, value).map_err(fault)?;
        }
    }
    Ok(())
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Real(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Bool(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
        })
    }
}

pub(super) fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Integer(value),
        ValueRef::Real(value) => Cell::Real(value),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

/// What an error of SQLite means to the caller.
pub(super) fn fault(error: rusqlite::Error) -> Error {
    let Some(code) = error.sqlite_error_code() else { return Error::internal(error) };
    match code {
        ErrorCode::DiskFull => Error::Full,
        // The file may not grow: a limit of the process or a quota.
        ErrorCode::SystemIoFailure
            if matches!(
                error.sqlite_extended_code(),
                Some(
                    rusqlite::ffi::SQLITE_IOERR_WRITE
                        | rusqlite::ffi::SQLITE_IOERR_TRUNCATE
                        | rusqlite::ffi::SQLITE_IOERR_SHMSIZE
                )
            ) =>
        {
            Error::Full
        }
        ErrorCode::ConstraintViolation => Error::Conflict,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::unavailable(Reason::Busy),
        _ => Error::internal(error),
    }
}

/// The extended code, where SQLite gave one.
trait ExtendedCode {
    fn sqlite_extended_code(&self) -> Option<i32>;
}

impl ExtendedCode for rusqlite::Error {
    fn sqlite_extended_code(&self) -> Option<i32> {
        self.sqlite_error().map(|error| error.extended_code)
    }
}
