//! The task file: one row per task of a run, written anew each time.
//!
//! Unlike the reference's, it always has all 36 columns, so that the files of several runs can be
//! read together.

use std::path::{Path, PathBuf};

use carbon_model::{TASK_RECORD_FIELDS, TaskRecord};

use super::error::CsvError;
use super::row::Row;
use crate::atomic;

/// `emissions_<experiment name>_<run id>.csv`; what would lead to another directory becomes `_`.
pub fn task_file_name(experiment_name: &str, run_id: &str) -> String {
    format!("emissions_{experiment_name}_{run_id}.csv").replace(['/', '\\', '\0'], "_")
}

/// Writes the tasks of one run and says where; without a task nothing is written.
///
/// # Errors
/// The file cannot be written; a former one is then as it was.
pub fn write_tasks(
    output_dir: &Path,
    experiment_name: &str,
    tasks: &[TaskRecord],
) -> Result<Option<PathBuf>, CsvError> {
    let Some((first, others)) = tasks.split_first() else { return Ok(None) };
    let mut text = Row::of(first).with_header(TASK_RECORD_FIELDS);
    for task in others {
        text.push_str(&Row::of(task).line(TASK_RECORD_FIELDS));
        text.push('\n');
    }
    let path = output_dir.join(task_file_name(experiment_name, &first.run_id));
    atomic::replace(&path, &[text.as_bytes()])
        .map_err(|source| CsvError::Write { path: path.clone(), source })?;
    Ok(Some(path))
}
