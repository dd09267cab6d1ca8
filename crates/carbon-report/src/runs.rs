//! Which of the entries count: every run once, and tasks only where their run is not there too.
//!
//! A tracker that is flushed writes a row of its totals so far, under the same run id; the last of
//! them stands for the run. A run may be in a CSV file and in a JSON report: the report knows more
//! and stands for both. Tasks are parts of their run.

use std::collections::HashMap;

use crate::entry::{Entry, Text};
use crate::read::Reading;

/// Entries that count, and what was left out of them.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// Runs, each once, and tasks whose run is not among the files; in the order of the files.
    pub counted: Vec<Entry>,
    /// Tasks whose run is counted: parts of it.
    pub tasks: Vec<Entry>,
    /// Rows that are earlier states of a run that is counted, or the same run again.
    pub superseded: usize,
}

impl Runs {
    /// Settles the entries of files.
    pub fn of(reading: &mut Reading) -> Self {
        Self::settle(std::mem::take(&mut reading.entries))
    }

    /// Settles entries.
    pub fn settle(entries: Vec<Entry>) -> Self {
        let total = entries.len();
        // Place of the entry that stands for a run or a task, by their names.
        let mut chosen: HashMap<(Text, Option<Text>), usize> = HashMap::with_capacity(total);
        let mut counts = vec![true; total];
        for (index, entry) in entries.iter().enumerate() {
            let Some(run_id) = entry.known_run_id() else { continue };
            let known = chosen.entry((run_id.clone(), entry.task.clone())).or_insert(index);
            if *known != index {
                let replaces = stands_for_more(entry, &entries[*known]);
                let loser = if replaces { std::mem::replace(known, index) } else { index };
                counts[loser] = false;
            }
        }
        let mut runs = Self::default();
        for (entry, counts) in entries.into_iter().zip(counts) {
            let has_run = || {
                let run_id = entry.known_run_id()?;
                chosen.get(&(run_id.clone(), None))
            };
            if !counts {
                runs.superseded += 1;
            } else if entry.task.is_some() && has_run().is_some() {
                runs.tasks.push(entry);
            } else {
                runs.counted.push(entry);
            }
        }
        runs
    }

    /// Keeps what a question is about.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(&Entry) -> bool) -> Self {
        self.counted.retain(&wanted);
        self.tasks.retain(&wanted);
        self
    }
}

/// Whether the entry says more of its run than another: it lasted longer, or as long (but for the
/// digits of a file) and with bounds.
fn stands_for_more(entry: &Entry, other: &Entry) -> bool {
    let (duration, others) = (entry.duration_s, other.duration_s);
    if (duration - others).abs() <= 1e-6 * duration.max(others) {
        entry.told.is_some() || other.told.is_none()
    } else {
        duration > others
    }
}
