//! Saves a run that was cut short, through the sinks that it would have had.
//!
//! Each output is served once, also if saving is cut short itself: what an output has got is marked in
//! the journal, files tell by the run's id and time whether they have it, and the journal goes when the
//! files are on the disk. Outputs that need the network are the caller's to bring.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use carbon_outputs::boamps::Context;
use carbon_outputs::csv::write_tasks;
use carbon_outputs::json::report_file_name;
use carbon_outputs::{BoampsSink, CsvFile, JsonReport};
use carbon_tracker::Outcome;
use carbon_tracker::config::{OnCsvWrite, OutputMethod};
use carbon_tracker::sink::{Delivery, Sink, SinkError};
use serde_json::Value;

use crate::left::Left;
use crate::state::Outputs;

/// An output of a run, by the name that journals know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// The emissions file.
    Csv,
    /// The file of tasks.
    Tasks,
    /// The JSON report of the method.
    Json,
    /// The JSON report in a file of the user's.
    JsonFile,
    /// The BoAmps report.
    Boamps,
    /// The CodeCarbon API.
    Api,
    /// The address that the record is posted to.
    EmissionsEndpoint,
}

impl Saving {
    /// All of them, in the order in which they are served: files first.
    pub const ALL: [Self; 7] = [
        Self::Csv,
        Self::Tasks,
        Self::Json,
        Self::JsonFile,
        Self::Boamps,
        Self::Api,
        Self::EmissionsEndpoint,
    ];

    /// Those that are files.
    pub const FILES: [Self; 5] = [Self::Csv, Self::Tasks, Self::Json, Self::JsonFile, Self::Boamps];

    /// The name of the sink that serves it.
    pub(crate) const fn sink(self) -> &'static str {
        match self {
            Self::Tasks => "csv",
            other => other.name(),
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tasks => "tasks",
            Self::Json => "json",
            Self::JsonFile => "json file",
            Self::Boamps => "boamps",
            Self::Api => "api",
            Self::EmissionsEndpoint => "emissions_endpoint",
        }
    }

    fn is_wanted(self, left: &Left, outcome: &Outcome) -> bool {
        let outputs = &left.head().outputs;
        left.awaits(self.name())
            && match self {
                Self::Csv => outputs.wants(OutputMethod::Csv),
                Self::Tasks => outputs.wants(OutputMethod::Csv) && !outcome.tasks.is_empty(),
                Self::Json => outputs.wants(OutputMethod::Json),
                Self::JsonFile => outputs.json_file.is_some(),
                Self::Boamps => outputs.wants(OutputMethod::Boamps),
                Self::Api => outputs.wants(OutputMethod::Api),
                Self::EmissionsEndpoint => outputs.emissions_endpoint.is_some(),
            }
    }
}

/// Brings the sinks that need the network: of the API, and of the user's own endpoint. `None` where it
/// has no code for one; the journal stays then.
pub trait Network {
    /// The sink of one of them, to which the rest of the run is told.
    ///
    /// # Errors
    /// The configuration cannot be used.
    fn sink(&self, which: Saving, left: &Left) -> Result<Option<Box<dyn Sink>>, SinkError>;
}

/// No network.
#[derive(Debug, Clone, Copy)]
pub struct Offline;

impl Network for Offline {
    fn sink(&self, _: Saving, _: &Left) -> Result<Option<Box<dyn Sink>>, SinkError> {
        Ok(None)
    }
}

/// What became of a run that was left.
#[derive(Debug)]
pub struct Recovery {
    /// The run, as far as it was kept.
    pub outcome: Outcome,
    /// What kept it.
    pub program: String,
    /// Its journal.
    pub journal: PathBuf,
    /// Outputs that have got it now.
    pub served: Vec<Saving>,
    /// Files that were written.
    pub saved_to: Vec<PathBuf>,
    /// What the user should hear.
    pub notices: Vec<String>,
    /// Outputs that did not take it, for which the journal stays.
    pub failed: Vec<SinkError>,
    /// Outputs that need the network, of which there is none here; the journal stays.
    pub postponed: Vec<Saving>,
}

/// The outputs that have yet to get a run.
pub fn awaited(left: &Left) -> Vec<Saving> {
    let outcome = left.outcome();
    Saving::ALL.into_iter().filter(|saving| saving.is_wanted(left, &outcome)).collect()
}

/// Saves a run, and removes its journal if every output has got it.
pub fn recover(mut left: Left, network: &dyn Network) -> Recovery {
    let mut recovery = Recovery {
        outcome: left.outcome(),
        program: left.head().program.clone(),
        journal: left.path().to_owned(),
        served: Vec::new(),
        saved_to: Vec::new(),
        notices: Vec::new(),
        failed: Vec::new(),
        postponed: Vec::new(),
    };
    for saving in awaited(&left) {
        let served = match saving {
            Saving::Api | Saving::EmissionsEndpoint => send(saving, &mut left, network, &recovery),
            file => write(file, &left, &recovery.outcome).map(Some),
        };
        match served {
            Ok(Some(delivery)) => {
                recovery.served.push(saving);
                recovery.saved_to.extend(delivery.saved_to);
                recovery.notices.extend(delivery.notices);
                // A file that is written again is as it was.
                let _ = left.mark_saved(saving.name());
            }
            Ok(None) => recovery.postponed.push(saving),
            Err(error) => recovery.failed.push(error),
        }
    }
    if recovery.failed.is_empty() && recovery.postponed.is_empty() {
        let gone = force(&recovery.saved_to).and_then(|()| left.remove());
        if let Err(error) = gone {
            recovery.failed.push(SinkError::new("journal", error));
        }
    }
    recovery
}

fn write(saving: Saving, left: &Left, outcome: &Outcome) -> Result<Delivery, SinkError> {
    let outputs = &left.head().outputs;
    let name = saving.name();
    let saved_to = |path| Delivery { saved_to: path, ..Delivery::default() };
    match saving {
        Saving::Csv => {
            let how = if outputs.replaces_rows { OnCsvWrite::Update } else { OnCsvWrite::Append };
            let file = CsvFile::new(&outputs.output_dir, &outputs.output_file, how);
            let written = file.and_then(|file| Ok((file.write_once(&outcome.record)?, file)));
            let (written, file) = written.map_err(|error| SinkError::new(name, error))?;
            let notices = written.notices.iter().map(ToString::to_string).collect();
            Ok(Delivery { saved_to: Some(file.path().to_owned()), notices })
        }
        Saving::Tasks => write_tasks(&outputs.output_dir, &outputs.experiment_name, &outcome.tasks)
            .map(saved_to)
            .map_err(|error| SinkError::new(name, error)),
        Saving::Json => {
            let run_id = &outcome.record.run_id;
            write_json(name, &outputs.output_dir.join(report_file_name(run_id)), outcome)
        }
        Saving::JsonFile => match &outputs.json_file {
            Some(path) => write_json(name, path, outcome),
            None => Ok(Delivery::default()),
        },
        _ => boamps(name, outputs)?.out(&outcome.record, &outcome.record),
    }
}

/// Writes the report, unless a report of the same run is there that is of as long a time.
fn write_json(name: &'static str, path: &Path, outcome: &Outcome) -> Result<Delivery, SinkError> {
    let known: Option<Value> =
        fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let is_known = known.is_some_and(|report| {
        let active_s = report["run"]["active_s"].as_f64().unwrap_or(0.0);
        report["run"]["run_id"] == outcome.record.run_id.as_str()
            && active_s >= outcome.report.active.as_secs_f64() - 1e-6
    });
    if !is_known {
        JsonReport::new(outcome).write_to(path).map_err(|error| SinkError::new(name, error))?;
    }
    Ok(Delivery { saved_to: Some(path.to_owned()), ..Delivery::default() })
}

fn boamps(name: &'static str, outputs: &Outputs) -> Result<BoampsSink, SinkError> {
    let context = match &outputs.metadata {
        Some(path) => Context::of_file(path).map_err(|error| SinkError::new(name, error))?,
        None => Context::default(),
    };
    let processors = (outputs.processors > 0).then_some(outputs.processors);
    Ok(BoampsSink::new(&outputs.output_dir, context, processors))
}

/// Tells a run to a receiver; `None` if there is no code for that.
fn send(
    saving: Saving,
    left: &mut Left,
    network: &dyn Network,
    recovery: &Recovery,
) -> Result<Option<Delivery>, SinkError> {
    let Some(mut sink) = network.sink(saving, left)? else { return Ok(None) };
    let total = &recovery.outcome.record;
    let rest = carbon_tracker::sink::rest(total, left.handed_out().map(|out| &out.record));
    if saving == Saving::Api {
        if rest.duration <= 0.0 {
            return Ok(Some(Delivery::default()));
        }
        // Marked first: what is in the spool is as good as sent, and must not go there twice.
        left.mark_saved(saving.name()).map_err(|error| SinkError::new(saving.name(), error))?;
    }
    sink.hear(&recovery.outcome);
    let mut delivery = sink.out(total, &rest)?;
    let notices = sink.exit();
    if saving == Saving::EmissionsEndpoint && !notices.is_empty() {
        let why = io::Error::other(notices.join("; "));
        return Err(SinkError::new(saving.name(), why));
    }
    delivery.notices.extend(notices);
    Ok(Some(delivery))
}

/// Forces files to the disk, so that the journal does not go before them.
fn force(files: &[PathBuf]) -> io::Result<()> {
    for path in files {
        // A pipe or a terminal has nothing to force.
        if fs::metadata(path)?.is_file() {
            File::open(path)?.sync_all()?;
        }
    }
    Ok(())
}
