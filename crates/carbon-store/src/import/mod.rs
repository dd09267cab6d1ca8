//! Takes over a database of the reference server. Ids and tokens stay, so that clients and links
//! go on working; what the reference allows and this store does not is repaired or left out, and
//! counted. It may be run again: what is there stays.

mod source;
mod tables;

use std::collections::HashSet;

use uuid::Uuid;

use crate::emission::{Batch, FIGURES, Ingested, MAX_BATCH_ROWS, MAX_VALUE, Measured, NewEmission};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::time::Timestamp;

use source::Source;

/// What was taken over, and what could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Accounts.
    pub users: u64,
    /// Organizations. Projects without one are put into one of the name "Imported".
    pub organizations: u64,
    /// Memberships.
    pub memberships: u64,
    /// Projects.
    pub projects: u64,
    /// Tokens of projects; their secrets are valid as before.
    pub tokens: u64,
    /// Experiments.
    pub experiments: u64,
    /// Runs.
    pub runs: u64,
    /// Rows of runs.
    pub emissions: u64,
    /// Rows of telemetry.
    pub telemetry: u64,
    /// Figures that were not finite and are missing now.
    pub repaired_figures: u64,
    /// Rows of any table that hang on nothing, or whose address another account has.
    pub left_out: u64,
}

/// Ids that are here now; what refers to others is left out.
#[derive(Default)]
struct Known {
    users: HashSet<Uuid>,
    organizations: HashSet<Uuid>,
    projects: HashSet<Uuid>,
    experiments: HashSet<Uuid>,
    runs: HashSet<Uuid>,
}

impl Store {
    /// Takes over the reference's PostgreSQL database at `url`, as it is at this moment. `now` is
    /// the time of creation of what has none. The source is only read.
    pub async fn import(&self, url: &str, now: Timestamp) -> Result<Imported> {
        let mut source = Source::open(url).await?;
        let (mut done, mut known) = (Imported::default(), Known::default());
        self.import_users(&mut source, now, &mut done, &mut known).await?;
        self.import_organizations(&mut source, now, &mut done, &mut known).await?;
        self.import_memberships(&mut source, now, &mut done, &known).await?;
        self.import_projects(&mut source, now, &mut done, &mut known).await?;
        self.import_tokens(&mut source, now, &mut done, &known).await?;
        self.import_experiments(&mut source, now, &mut done, &mut known).await?;
        self.import_runs(&mut source, now, &mut done, &mut known).await?;
        self.import_emissions(&mut source, now, &mut done, &known).await?;
        self.import_telemetry(&mut source, &mut done).await?;
        Ok(done)
    }

    async fn import_emissions(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &Known,
    ) -> Result<()> {
        const FIGURES: [&str; 14] = [
            "duration",
            "emissions_sum",
            "emissions_rate",
            "cpu_power",
            "gpu_power",
            "ram_power",
            "cpu_energy",
            "gpu_energy",
            "ram_energy",
            "energy_consumed",
            "cpu_utilization_percent",
            "gpu_utilization_percent",
            "ram_utilization_percent",
            "wue",
        ];
        let mut columns = vec!["t.id".to_owned(), "t.run_id".to_owned()];
        columns.push("coalesce(t.timestamp, r.timestamp, x.timestamp)".to_owned());
        for figure in FIGURES {
            columns.push(source.column("emissions", figure, "float8").await?);
        }
        // A time as microseconds.
        columns[2] = source::micros(&columns[2]);
        let from = "emissions t LEFT JOIN runs r ON r.id = t.run_id \
                    LEFT JOIN experiments x ON x.id = r.experiment_id";
        let mut rows = source.read("emissions", &columns.join(", "), from).await?;
        while let Some(part) = rows.next(MAX_BATCH_ROWS).await? {
            let mut batch = Vec::with_capacity(part.len());
            for mut row in part {
                let (id, run): (Uuid, Option<Uuid>) = (row.next()?, row.next()?);
                let timestamp = row.next::<Option<i64>>()?.map_or(now, Timestamp::from_micros);
                let Some(run) = run.filter(|run| known.runs.contains(run)) else {
                    done.left_out += 1;
                    continue;
                };
                let mut figures = [None; FIGURES.len()];
                for figure in &mut figures {
                    let found: Option<f64> = row.next()?;
                    *figure = found.filter(|found| found.abs() <= MAX_VALUE);
                    done.repaired_figures += u64::from(figure.is_none() && found.is_some());
                }
                batch.push(NewEmission {
                    id: Some(id.into()),
                    run_id: run.into(),
                    timestamp,
                    measured: Measured::from_figures(&of_reference(&figures)),
                });
            }
            let rows = batch.len() as u64;
            match self.ingest(Batch { project: None, rows: batch }).await? {
                Ingested::Stored { .. } => done.emissions += rows,
                Ingested::NoSuchRun { .. } => return Err(Error::Conflict),
            }
        }
        Ok(())
    }
}

/// The reference's figures among ours: its rows have no bounds, which stand before the last.
fn of_reference(figures: &[Option<f64>; 14]) -> [Option<f64>; FIGURES] {
    let mut all = [None; FIGURES];
    all[..13].copy_from_slice(&figures[..13]);
    all[FIGURES - 1] = figures[13];
    all
}
