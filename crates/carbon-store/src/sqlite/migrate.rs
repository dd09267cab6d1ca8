//! Brings a file to the newest schema, forward only, in one transaction that other processes wait
//! for.

use super::connection::{Connection, fault};
use crate::error::{Error, Result};

/// The steps in order, each with the schema that it makes.
const STEPS: [(i64, &str); 2] = [
    (1, include_str!("../../migrations/sqlite/0001_base.sql")),
    (2, include_str!("../../migrations/sqlite/0002_budgets.sql")),
];

/// The newest schema.
const KNOWN: i64 = STEPS[STEPS.len() - 1].0;

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
  version INTEGER PRIMARY KEY,
  applied_us INTEGER NOT NULL
)";

const NEWEST: &str = "SELECT coalesce(max(version), 0) FROM schema_versions";

const APPLIED: &str =
    "INSERT INTO schema_versions (version, applied_us) VALUES (?1, unixepoch() * 1000000)";

/// Applies what is missing. A schema that is newer than this program is refused.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    connection.batch("BEGIN IMMEDIATE")?;
    match apply(connection.raw()) {
        Ok(()) => connection.batch("COMMIT"),
        Err(error) => {
            connection.batch("ROLLBACK")?;
            Err(error)
        }
    }
}

fn apply(connection: &rusqlite::Connection) -> Result<()> {
    connection.execute_batch(VERSIONS).map_err(fault)?;
    let found = version(connection)?;
    if found > KNOWN {
        return Err(Error::NewerSchema { found, known: KNOWN });
    }
    for (number, step) in STEPS.into_iter().filter(|(number, _)| *number > found) {
        connection.execute_batch(step).map_err(fault)?;
        connection.execute(APPLIED, [number]).map_err(fault)?;
    }
    Ok(())
}

/// Schema of a database.
pub(super) fn version(connection: &rusqlite::Connection) -> Result<i64> {
    connection.query_row(NEWEST, [], |row| row.get(0)).map_err(fault)
}
