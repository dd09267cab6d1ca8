//! Brings a database to the newest schema, forward only. A lock of the server makes other processes
//! that start at the same time wait.

use super::link::{Link, fault};
use crate::error::{Error, Result};

/// The steps in order, each with the schema that it makes.
const STEPS: [(i64, &str); 3] = [
    (1, include_str!("../../migrations/postgres/0001_base.sql")),
    (2, include_str!("../../migrations/postgres/0002_budgets.sql")),
    (3, include_str!("../../migrations/postgres/0003_packed_sums.sql")),
];

/// The newest schema.
const KNOWN: i64 = STEPS[STEPS.len() - 1].0;

/// The lock that who migrates holds to the end of its transaction: "carb" as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1667330658)";

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
  version BIGINT PRIMARY KEY,
  applied_us BIGINT NOT NULL
)";

const NEWEST: &str = "SELECT coalesce(max(version), 0) FROM schema_versions";

/// Applies what is missing. A schema that is newer than this program is refused.
pub(super) async fn migrate(link: &mut Link) -> Result<()> {
    // Whoever waits for the lock may wait longer than a statement usually may.
    link.batch("SET statement_timeout = 0; BEGIN").await?;
    match apply(link).await {
        Ok(()) => link.batch("COMMIT; SET statement_timeout = '30s'").await,
        Err(error) => {
            link.batch("ROLLBACK").await?;
            Err(error)
        }
    }
}

async fn apply(link: &mut Link) -> Result<()> {
    link.batch(LOCK).await?;
    link.batch(VERSIONS).await?;
    let row = link.query(NEWEST, &[]).await.map_err(fault)?;
    let found: i64 = row.first().map_or(Ok(0), |row| row.try_get(0)).map_err(fault)?;
    if found > KNOWN {
        return Err(Error::NewerSchema { found, known: KNOWN });
    }
    for (number, step) in STEPS.into_iter().filter(|(number, _)| *number > found) {
        link.batch(step).await?;
        link.batch(&format!(
            "INSERT INTO schema_versions (version, applied_us) \
             VALUES ({number}, CAST(extract(epoch FROM now()) * 1000000 AS BIGINT))"
        ))
        .await?;
    }
    Ok(())
}
