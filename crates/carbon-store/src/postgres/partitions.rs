//! Makes the partition of a month when its first row comes. Rows from before 2015, or from more than
//! a month ahead of the server's clock, are left to `emissions_other`, so that a client with a wrong
//! clock does not make partitions; they move when their month gets one.

use std::collections::HashSet;

use super::link::{Link, fault};
use super::month::Month;
use crate::error::Result;
use crate::time::Timestamp;

/// The lock that who makes a partition holds: "part" as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1885434484)";

const NOW: &str = "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)";

const EXISTS: &str = "SELECT to_regclass($1) IS NOT NULL";

/// Months that have a partition, as far as one writer knows.
#[derive(Default)]
pub(super) struct Partitions(HashSet<Month>);

impl Partitions {
    /// Makes the partitions that rows of these times need.
    pub(super) async fn prepare(
        &mut self,
        link: &mut Link,
        times: impl Iterator<Item = Timestamp>,
    ) -> Result<()> {
        let mut wanted: Vec<Month> =
            times.map(Month::of).filter(|month| !self.0.contains(month)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        wanted.sort_unstable();
        wanted.dedup();
        let row = link.query(NOW, &[]).await.map_err(fault)?;
        let now: i64 = row.first().map_or(Ok(0), |row| row.try_get(0)).map_err(fault)?;
        let last = Month::of(Timestamp::from_micros(now)).next();
        for month in
            wanted.into_iter().filter(|month| (Month::january(2015)..=last).contains(month))
        {
            link.batch("BEGIN").await?;
            if let Err(error) = make(link, month).await {
                link.batch("ROLLBACK").await?;
                return Err(error);
            }
            link.batch("COMMIT").await?;
            self.0.insert(month);
        }
        Ok(())
    }
}

async fn make(link: &mut Link, month: Month) -> Result<()> {
    link.batch(LOCK).await?;
    let table = month.table();
    let found = link.query(EXISTS, &[&table]).await.map_err(fault)?;
    if found.first().map_or(Ok(false), |row| row.try_get(0)).map_err(fault)? {
        return Ok(());
    }
    let (start, end) = (month.start_us(), month.next().start_us());
    link.batch(&format!(
        "CREATE TABLE {table} (LIKE emissions INCLUDING ALL);
         WITH moved AS (
           DELETE FROM emissions_other
           WHERE timestamp_us >= {start} AND timestamp_us < {end}
           RETURNING *
         )
         INSERT INTO {table} SELECT * FROM moved;
         ALTER TABLE emissions ATTACH PARTITION {table} FOR VALUES FROM ({start}) TO ({end});"
    ))
    .await
}
