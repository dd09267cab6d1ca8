//! The statements that store rows. A few rows go with one statement in one message; many are copied,
//! which costs the server half as much a row but five messages a commit.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::LazyLock;

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::columns::{NAMES, additions};
use super::link::{Link, Params, fault};
use crate::emission::{FIGURES, MEASURED, NewEmission};
use crate::error::Result;
use crate::id::EmissionId;
use crate::sums::{Sums, WIDTH};

/// Rows from which on they are copied.
const MANY: usize = 500;

/// Parameters of the rows: keys of runs, times, ids and the figures.
const OF_ROWS: usize = 3 + FIGURES;

/// Parameters of the sums of one table: keys of runs, starts and the numbers.
const OF_SUMS: usize = 2 + WIDTH;

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
        sums = add_sums(OF_ROWS + 1)
    )
});

/// The sums of rows that were copied.
static ADD_SUMS: LazyLock<String> = LazyLock::new(|| format!("WITH {}", add_sums(1)));

const COPY_KEYS: &str =
    "COPY emission_keys (run_key, timestamp_us, id) FROM STDIN WITH (FORMAT binary)";

static COPY_ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "COPY emissions (run_key, timestamp_us, id, {MEASURED}) FROM STDIN WITH (FORMAT binary)"
    )
});

/// Adds to the sums of hours and days, whose parameters begin at `first`. They come in the order of
/// their keys, so that two processes never wait for each other in a circle.
fn add_sums(first: usize) -> String {
    let table = |name: &str, first: usize| {
        format!(
            "INSERT INTO {name} (run_key, start_us, {names})
             SELECT * FROM unnest(${first}::bigint[], ${second}::bigint[], {numbers})
             ON CONFLICT (run_key, start_us) DO UPDATE SET {additions}",
            names = *NAMES,
            second = first + 1,
            numbers = arrays(first + 2, WIDTH),
            additions = additions(name)
        )
    };
    format!(
        "hours AS ({hours}) {days}",
        hours = table("run_hours", first),
        days = table("run_days", first + OF_SUMS)
    )
}

/// So many parameters that are arrays of numbers.
fn arrays(first: usize, count: usize) -> String {
    let mut text = format!("${first}::float8[]");
    for number in first + 1..first + count {
        // Writing to a string cannot fail.
        let _ = write!(text, ", ${number}::float8[]");
    }
    text
}

/// Rows of a commit that are not there yet, and their sums.
#[derive(Default)]
pub(super) struct Fresh {
    runs: Vec<i64>,
    times: Vec<i64>,
    ids: Vec<Uuid>,
    figures: [Vec<Option<f64>>; FIGURES],
    hours: BTreeMap<(i64, i64), Sums>,
    days: BTreeMap<(i64, i64), Sums>,
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
        self.hours.entry((run, row.timestamp.hour())).or_default().add(&row.measured);
        self.days.entry((run, row.timestamp.day())).or_default().add(&row.measured);
    }

    /// Stores all of them, or nothing.
    pub(super) async fn store(&self, link: &mut Link) -> Result<()> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let (hours, days) = (SumsOf::new(&self.hours), SumsOf::new(&self.days));
        let sums = hours.params().chain(days.params());
        if self.ids.len() < MANY {
            let mut params: Vec<&(dyn ToSql + Sync)> = vec![&self.runs, &self.times, &self.ids];
            params.extend(self.figures.iter().map(|figures| figures as &(dyn ToSql + Sync)));
            params.extend(sums);
            return link.query(&STORE, &params).await.map(drop).map_err(fault);
        }
        link.batch("BEGIN").await?;
        let stored = self.copy(link, &sums.collect::<Vec<_>>()).await;
        match stored {
            Ok(()) => link.batch("COMMIT").await,
            Err(error) => {
                if !link.is_closed() {
                    link.batch("ROLLBACK").await?;
                }
                Err(error)
            }
        }
    }

    async fn copy(&self, link: &mut Link, sums: Params<'_>) -> Result<()> {
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
        link.query(&ADD_SUMS, sums).await.map(drop).map_err(fault)
    }
}

/// Sums of one table, as arrays.
struct SumsOf {
    runs: Vec<i64>,
    starts: Vec<i64>,
    numbers: [Vec<f64>; WIDTH],
}

impl SumsOf {
    fn new(sums: &BTreeMap<(i64, i64), Sums>) -> Self {
        let (runs, starts) = sums.keys().copied().unzip();
        let mut numbers = std::array::from_fn(|_| Vec::with_capacity(sums.len()));
        for sums in sums.values() {
            for (array, number) in numbers.iter_mut().zip(sums.numbers()) {
                array.push(number);
            }
        }
        Self { runs, starts, numbers }
    }

    fn params(&self) -> impl Iterator<Item = &(dyn ToSql + Sync)> {
        let keys: [&(dyn ToSql + Sync); 2] = [&self.runs, &self.starts];
        keys.into_iter().chain(self.numbers.iter().map(|numbers| numbers as &(dyn ToSql + Sync)))
    }
}
