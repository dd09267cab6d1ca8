//! Some of the runs of a file: `emissions.csv?project_name=old&country_iso_code=FRA`.

use std::path::{Path, PathBuf};

use crate::entry::Entry;

/// A file and which of its runs are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The file.
    pub path: PathBuf,
    conditions: Vec<(&'static str, String)>,
}

/// A selection that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// A condition is not `column=value`.
    #[error("{text:?} is not COLUMN=VALUE")]
    NoValue {
        /// What was given.
        text: String,
    },
    /// Runs cannot be chosen by this column.
    #[error("runs cannot be chosen by {column:?}; they can by {}", COLUMNS.join(", "))]
    Column {
        /// What was given.
        column: String,
    },
}

/// Columns by which runs can be chosen.
const COLUMNS: [&str; 9] = [
    "project_name",
    "experiment_id",
    "run_id",
    "task_name",
    "country_iso_code",
    "cloud_region",
    "cpu_model",
    "gpu_model",
    "codecarbon_version",
];

impl Selection {
    /// From `FILE` or `FILE?column=value&…`; `is_file` says whether a name is a file as it stands, for
    /// a name may hold a question mark.
    ///
    /// # Errors
    /// A condition cannot be understood.
    pub fn parse(text: &str, is_file: impl Fn(&Path) -> bool) -> Result<Self, SelectionError> {
        let whole = Path::new(text);
        let Some((path, query)) = text.split_once('?').filter(|_| !is_file(whole)) else {
            return Ok(Self { path: whole.to_owned(), conditions: Vec::new() });
        };
        let condition = |text: &str| {
            let no_value = || SelectionError::NoValue { text: text.to_owned() };
            let (column, value) = text.split_once('=').ok_or_else(no_value)?;
            let known = COLUMNS.iter().find(|known| **known == column);
            let unknown = || SelectionError::Column { column: column.to_owned() };
            Ok((*known.ok_or_else(unknown)?, value.to_owned()))
        };
        let conditions = query.split('&').map(condition).collect::<Result<_, _>>()?;
        Ok(Self { path: path.into(), conditions })
    }

    /// Whether tasks are chosen, so that they count and not their runs.
    pub fn is_of_tasks(&self) -> bool {
        self.conditions.iter().any(|(column, _)| *column == "task_name")
    }

    /// Whether a run is meant.
    pub fn takes(&self, entry: &Entry) -> bool {
        self.conditions.iter().all(|(column, value)| {
            let own: &str = match *column {
                "project_name" => &entry.project,
                "experiment_id" => &entry.experiment_id,
                "run_id" => &entry.run_id,
                "task_name" => entry.task.as_deref().unwrap_or_default(),
                "country_iso_code" => &entry.place.country_iso3,
                "cloud_region" => &entry.place.cloud_region,
                "cpu_model" => &entry.equipment.cpu_model,
                "gpu_model" => &entry.equipment.gpu_model,
                _ => &entry.equipment.version,
            };
            own == value
        })
    }
}
