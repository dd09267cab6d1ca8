//! The reference's database, read in parts from one snapshot. Columns that an older version of it
//! does not have are read as missing.

use crate::cell::{Cell, Row};
use crate::error::{Error, Result};
use crate::postgres::{Address, Link};

/// A snapshot of the database.
pub(super) struct Source(Link);

/// An open reading of one table.
pub(super) struct Rows<'s> {
    link: &'s mut Link,
    name: &'static str,
}

/// An expression for a time as microseconds since the Unix epoch. The reference stores UTC without
/// saying so; infinite times are missing.
pub(super) fn micros(time: &str) -> String {
    format!(
        "CASE WHEN isfinite({time}) THEN CAST(extract(epoch FROM {time}) * 1000000 AS BIGINT) END"
    )
}

impl Source {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let link = Address::parse(url)?.connect().await?;
        link.batch("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
            .await?;
        link.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let mut source = Self(link);
        for (table, column) in [
            ("memberships", "is_admin"),
            ("projects", "organization_id"),
            ("experiments", "timestamp"),
            ("runs", "timestamp"),
            ("emissions", "emissions_sum"),
        ] {
            if !source.has(table, column).await? {
                return Err(Error::Address("the source is no database of the reference server"));
            }
        }
        Ok(source)
    }

    /// Whether there is such a column.
    pub(super) async fn has(&mut self, table: &str, column: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM information_schema.columns \
                   WHERE table_schema = ANY(current_schemas(false)) \
                   AND CAST(table_name AS TEXT) = $1 AND CAST(column_name AS TEXT) = $2";
        let found = self.0.rows(sql, &[table.into(), column.into()]).await?;
        let count: Option<i64> = found.into_iter().next().map(|mut row| row.next()).transpose()?;
        Ok(count.is_some_and(|count| count > 0))
    }

    /// An expression for a column of the table `t`, or for its absence.
    pub(super) async fn column(&mut self, table: &str, column: &str, kind: &str) -> Result<String> {
        Ok(if self.has(table, column).await? {
            format!("CAST(t.{column} AS {kind})")
        } else {
            format!("CAST(NULL AS {kind})")
        })
    }

    /// Begins to read.
    pub(super) async fn read(
        &mut self,
        name: &'static str,
        columns: &str,
        from: &str,
    ) -> Result<Rows<'_>> {
        let sql = format!("DECLARE read_{name} NO SCROLL CURSOR FOR SELECT {columns} FROM {from}");
        self.0.batch(&sql).await?;
        Ok(Rows { link: &mut self.0, name })
    }
}

impl Rows<'_> {
    /// The next rows, at most so many; none at the end.
    pub(super) async fn next(&mut self, count: usize) -> Result<Option<Vec<Row>>> {
        let none: [Cell; 0] = [];
        let rows = self.link.rows(&format!("FETCH {count} FROM read_{}", self.name), &none).await?;
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }
}
