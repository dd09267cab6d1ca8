//! The statements that store rows. A few rows go with one statement in one message; many are copied,
//! which costs the server half as much a row but seven messages a commit.

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::LazyLock;

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::link::{Link, fault};
use super::sums::{Kept, overtaken, write_all};
use crate::emission::{FIGURES, MEASURED, NewEmission};
use crate::error::Result;
use crate::id::EmissionId;

/// Rows from which on they are copied.
pub(super) const MANY: usize = 500;

/// Parameters of the rows: keys of runs, times, ids and the figures.
const OF_ROWS: usize = 3 + FIGURES;

/// Rows and sums at once.
static STORE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH keys AS (
           INSERT INTO emission_keys (run_key, timestamp_us, id)
           SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[])
         ), rows AS (
           INSERT INTO emissions (run_key, timestamp_us, id, {MEASURED})
           SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], {figures})
         ), {sums}",
        figures = arrays(4, FIGURES),
        sums = write_all(OF_ROWS + 1)
    )
});

/// The sums of rows that were copied.
static WRITE_SUMS: LazyLock<String> = LazyLock::new(|| format!("WITH {}", write_all(1)));

const COPY_KEYS: &str =
    "COPY emission_keys (run_key, timestamp_us, id) FROM STDIN WITH (FORMAT binary)";

static COPY_ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "COPY emissions (run_key, timestamp_us, id, {MEASURED}) FROM STDIN WITH (FORMAT binary)"
    )
});

/// So many parameters that are arrays of numbers.
fn arrays(first: usize, count: usize) -> String {
    let mut text = format!("${first}::float8[]");
    for number in first + 1..first + count {
        // Writing to a string cannot fail.
        let _ = write!(text, ", ${number}::float8[]");
    }
    text
}

/// Rows of a commit that are not there yet.
#[derive(Default)]
pub(super) struct Fresh {
    runs: Vec<i64>,
    times: Vec<i64>,
    ids: Vec<Uuid>,
    figures: [Vec<Option<f64>>; FIGURES],
}

impl Fresh {
    /// Takes up a row.
    pub(super) fn push(&mut self, run: i64, id: EmissionId, row: &NewEmission) {
        self.runs.push(run);
        self.times.push(row.timestamp.micros());
        self.ids.push(id.uuid());
        for (array, figure) in self.figures.iter_mut().zip(row.measured.figures()) {
            array.push(figure);
        }
    }

    /// Stores all of them with their sums, or nothing. Where many are stored, or `is_careful`, the
    /// sums are locked: nobody else can add to them before the commit.
    pub(super) async fn store(
        &self,
        link: &mut Link,
        kept: &mut Kept,
        is_careful: bool,
    ) -> Result<()> {
        if self.ids.is_empty() {
            return Ok(());
        }
        if self.ids.len() < MANY && !is_careful {
            kept.read(link, false).await?;
            let sums = kept.add_up();
            let mut params: Vec<&(dyn ToSql + Sync)> = vec![&self.runs, &self.times, &self.ids];
            params.extend(self.figures.iter().map(|figures| figures as &(dyn ToSql + Sync)));
            params.extend(sums.iter().map(|array| array.as_ref() as &(dyn ToSql + Sync)));
            return link.query(&STORE, &params).await.map(drop).map_err(overtaken);
        }
        link.batch("BEGIN").await?;
        match self.copy(link, kept).await {
            Ok(()) => link.batch("COMMIT").await,
            Err(error) => {
                if !link.is_closed() {
                    link.batch("ROLLBACK").await?;
                }
                Err(error)
            }
        }
    }

    async fn copy(&self, link: &mut Link, kept: &mut Kept) -> Result<()> {
        let mut types = vec![Type::INT8, Type::INT8, Type::UUID];
        let keys = link.copy_in(COPY_KEYS).await.map_err(fault)?;
        let mut keys = pin!(BinaryCopyInWriter::new(keys, &types));
        let rows = self.runs.iter().zip(&self.times).zip(&self.ids);
        for ((run, time), id) in rows.clone() {
            keys.as_mut().write(&[run, time, id]).await.map_err(fault)?;
        }
        keys.finish().await.map_err(fault)?;

        types.extend(std::iter::repeat_n(Type::FLOAT8, FIGURES));
        let copied = link.copy_in(&COPY_ROWS).await.map_err(fault)?;
        let mut copied = pin!(BinaryCopyInWriter::new(copied, &types));
        for (index, ((run, time), id)) in rows.enumerate() {
            let mut values: [&(dyn ToSql + Sync); OF_ROWS] = [run; OF_ROWS];
            values[1] = time;
            values[2] = id;
            for (value, figures) in values[3..].iter_mut().zip(&self.figures) {
                *value = &figures[index];
            }
            copied.as_mut().write(&values).await.map_err(fault)?;
        }
        copied.finish().await.map_err(fault)?;
        // Last, so that another writer of these runs waits for the end of the commit only.
        kept.read(link, true).await?;
        let sums = kept.add_up();
        let params: Vec<&(dyn ToSql + Sync)> =
            sums.iter().map(|array| array.as_ref() as &(dyn ToSql + Sync)).collect();
        link.query(&WRITE_SUMS, &params).await.map(drop).map_err(overtaken)
    }
}
