//! What a journal tells: the run from its start (its head), what it came to so far (its state), its
//! tasks, and what was saved of it already.
//!
//! No secret is among it: addresses lose their passwords, and tokens are read again from the
//! configuration by whoever saves the run.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use carbon_model::{EmissionsRecord, TaskRecord};
use carbon_tracker::Outcome;
use carbon_tracker::config::{Config, OnCsvWrite, OutputMethod};
use serde_json::{Value, json};

use crate::field::{Field, fields};

/// Longest list of gaps of a state; older ones are left out, the newest tell most.
const MOST_GAPS: usize = 100;
/// Longest list of warnings of a state.
const MOST_WARNINGS: usize = 100;

/// What is known of a run from its start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Head {
    /// What kept it: "codecarbon monitor", "codecarbon for Python", or a program's own name.
    pub program: String,
    /// Its process.
    pub pid: u32,
    /// Where it is saved.
    pub outputs: Outputs,
}

/// Where a run is saved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outputs {
    /// Directory of the output files, absolute.
    pub output_dir: PathBuf,
    /// Name of the CSV file.
    pub output_file: PathBuf,
    /// Where records go, as the configuration names it.
    pub methods: Vec<String>,
    /// Whether a row of the run that is in the CSV file already is replaced.
    pub replaces_rows: bool,
    /// File of the JSON report beside the one of the method.
    pub json_file: Option<PathBuf>,
    /// File with what a BoAmps report says beyond the record.
    pub metadata: Option<PathBuf>,
    /// Number of processors, for the BoAmps report; 0 if it is not known.
    pub processors: u32,
    /// Part of the name of the task file.
    pub experiment_name: String,
    /// Experiment on the server.
    pub experiment_id: String,
    /// Address of the API, without a password.
    pub api_endpoint: String,
    /// Address that the record is posted to, without a password.
    pub emissions_endpoint: Option<String>,
}

/// What a run came to so far.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    /// Without its tasks, which stand for themselves.
    pub(crate) outcome: Outcome,
    /// What of it was handed out to those who follow the run.
    pub(crate) handed_out: Option<HandedOut>,
}

/// What those who follow a run have of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HandedOut {
    /// The record.
    pub record: EmissionsRecord,
    /// Bounds of its energy, kWh with PUE.
    pub energy_kwh: (f64, f64),
    /// Bounds of its emissions, kg CO2e.
    pub emissions_kg: (f64, f64),
    /// Number of tasks that had ended.
    pub tasks: usize,
}

/// A task that has ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndedTask {
    pub(crate) record: TaskRecord,
    /// Since the Unix epoch.
    pub(crate) ended: Duration,
}

/// What became of a journal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// The run has ended, and these outputs have not got it.
    Failed(Vec<String>),
    /// An output has got it since.
    Saved(String),
}

fields! {
    Head { program, pid, outputs }
    Outputs {
        output_dir, output_file, methods, replaces_rows, json_file, metadata, processors,
        experiment_name, experiment_id, api_endpoint, emissions_endpoint,
    }
    State { outcome, handed_out }
    HandedOut { record, energy_kwh, emissions_kg, tasks }
    EndedTask { record, ended }
}

impl Field for Mark {
    fn put(&self) -> Value {
        match self {
            Self::Failed(outputs) => json!(["failed", outputs]),
            Self::Saved(output) => json!(["saved", output]),
        }
    }
    fn take(value: &Value) -> Option<Self> {
        match value.get(0)?.as_str()? {
            "failed" => Vec::take(value.get(1)?).map(Self::Failed),
            "saved" => String::take(value.get(1)?).map(Self::Saved),
            _ => None,
        }
    }
}

impl Outputs {
    /// Of a configuration; `directory` is where relative paths start.
    pub fn of(config: &Config, directory: &Path) -> Self {
        Self {
            output_dir: absolute(directory, &config.output_dir),
            output_file: config.output_file.clone(),
            methods: config.output_methods.iter().map(|m| m.as_str().to_owned()).collect(),
            replaces_rows: config.on_csv_write == OnCsvWrite::Update,
            json_file: None,
            metadata: config.metadata.as_ref().map(|path| absolute(directory, path)),
            processors: 0,
            experiment_name: config.experiment_name.clone(),
            experiment_id: config.experiment_id.clone(),
            api_endpoint: without_password(&config.api_endpoint),
            emissions_endpoint: config.emissions_endpoint.as_deref().map(without_password),
        }
    }

    /// Whether there is an output that a run which was cut short could be saved to.
    pub fn are_any(&self) -> bool {
        let kept = [OutputMethod::Csv, OutputMethod::Json, OutputMethod::Boamps, OutputMethod::Api];
        self.json_file.is_some()
            || self.emissions_endpoint.is_some()
            || kept.into_iter().any(|method| self.wants(method))
    }

    /// Whether records go there.
    pub fn wants(&self, method: OutputMethod) -> bool {
        self.methods.iter().any(|name| name == method.as_str())
    }
}

impl State {
    /// Of an outcome, whose tasks are left out and whose lists are kept short.
    pub(crate) fn of(mut outcome: Outcome) -> Self {
        outcome.tasks.clear();
        outcome.task_ends.clear();
        let gaps = outcome.report.gaps.len();
        outcome.report.gaps.drain(..gaps.saturating_sub(MOST_GAPS));
        outcome.warnings.truncate(MOST_WARNINGS);
        outcome.report.warnings.truncate(MOST_WARNINGS);
        Self { outcome, handed_out: None }
    }

    /// The same without its longer lists, for a slot in which it has no room. What is left out is said
    /// in the report; no energy is.
    pub(crate) fn shortened(&self) -> Self {
        let mut short = self.clone();
        let outcome = &mut short.outcome;
        outcome.report.gaps.clear();
        outcome.report.warnings.truncate(3);
        outcome.prices.clear();
        outcome.warnings.truncate(3);
        outcome.warnings.push("gaps, prices and further warnings were not kept".to_owned());
        short
    }
}

impl HandedOut {
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let (energy, emissions) = (&outcome.footprint.energy, &outcome.footprint.emissions);
        Self {
            record: outcome.record.clone(),
            energy_kwh: (energy.low.kilowatt_hours(), energy.high.kilowatt_hours()),
            emissions_kg: (emissions.low.kilograms(), emissions.high.kilograms()),
            tasks: outcome.tasks.len(),
        }
    }
}

fn absolute(directory: &Path, path: &Path) -> PathBuf {
    let parts = directory.join(path);
    parts.components().filter(|part| *part != Component::CurDir).collect()
}

/// What the payload of a state says a run came to, without its tasks; `None` if it is none.
pub fn outcome_of(payload: &[u8]) -> Option<Outcome> {
    from_payload(payload).map(|state: State| state.outcome)
}

/// As the payload of a block.
pub(crate) fn payload(value: &impl Field) -> Vec<u8> {
    serde_json::to_vec(&value.put()).unwrap_or_default()
}

/// From the payload of a block.
pub(crate) fn from_payload<T: Field>(bytes: &[u8]) -> Option<T> {
    T::take(&serde_json::from_slice::<Value>(bytes).ok()?)
}

/// An address without what stands before the host, and without a query, which may be secrets.
pub fn without_password(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
