//! What the files say, as the store is to show it: every run that counts, once, with the states that it
//! went through. Which count is `carbon-report`'s to say, so that a board and a report have one sum.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;

use carbon_report::render::printable;
use carbon_report::{Entry, Fault, LocalTime, Reading, Runs, Text};

use super::figures::Totals;

/// All runs of the files.
#[derive(Debug, Default)]
pub(super) struct Picture {
    /// In the order of the files.
    pub(super) runs: Vec<Shown>,
    /// What could not be read, in sentences.
    pub(super) faults: Vec<String>,
}

/// A run, or a task whose run is not among the files.
#[derive(Debug)]
pub(super) struct Shown {
    /// What names it among all runs of the files, now and when they are read again.
    pub(super) key: String,
    /// What stands for it.
    pub(super) entry: Entry,
    /// Its earlier states, first to last.
    pub(super) earlier: Vec<(Option<LocalTime>, Totals)>,
    /// Its tasks.
    pub(super) tasks: Vec<Entry>,
}

impl Shown {
    /// What it has come to.
    pub(super) fn totals(&self) -> Totals {
        Totals::of(&self.entry)
    }
}

impl Picture {
    /// Of what was read.
    pub(super) fn of(mut reading: Reading) -> Self {
        let mut faults: Vec<String> = reading.faults.iter().map(words).collect();
        let mut earlier = states_of_flushed_runs(&reading.entries);
        let Runs { counted, tasks, .. } = Runs::of(&mut reading);
        let mut tasks_of: HashMap<Text, Vec<Entry>> = HashMap::new();
        for task in tasks {
            tasks_of.entry(task.run_id.clone()).or_default().push(task);
        }
        let mut nameless = HashMap::<usize, usize>::new();
        let mut runs = Vec::with_capacity(counted.len());
        for mut entry in counted {
            if !Totals::of(&entry).can_be_kept() {
                let file = &reading.files[entry.origin.file];
                let text = format!(
                    "{}, line {}: a figure is beyond 1e15; the run is not shown",
                    file.display(),
                    entry.origin.line
                );
                faults.push(printable(&text));
                continue;
            }
            let key = match (entry.known_run_id(), &entry.task) {
                (Some(id), None) => id.to_string(),
                (Some(id), Some(task)) => format!("{id}\n{task}"),
                (None, _) => {
                    let number = nameless.entry(entry.origin.file).or_default();
                    *number += 1;
                    format!("{}\n{number}", reading.files[entry.origin.file].display())
                }
            };
            let is_run = entry.task.is_none();
            let known = entry.known_run_id().filter(|_| is_run).cloned();
            let earlier = known.as_ref().and_then(|id| earlier.remove(id)).unwrap_or_default();
            let mut tasks = known.as_ref().and_then(|id| tasks_of.remove(id)).unwrap_or_default();
            if !is_run {
                tasks.push(entry.clone());
            }
            tasks.retain(|task| Totals::of(task).can_be_kept());
            entry.task = None;
            runs.push(Shown { key, entry, earlier, tasks });
        }
        Self { runs, faults }
    }
}

/// A fault for people. What is not there may come: whoever starts a board before a run waits for it.
fn words(fault: &Fault) -> String {
    match fault {
        Fault::File { path, source } if source.kind() == ErrorKind::NotFound => {
            printable(&format!("{} is not there; it is shown when it is written", path.display()))
        }
        fault => printable(&fault.to_string()),
    }
}

/// The states of runs that have more rows than one, by their ids: shortest first.
fn states_of_flushed_runs(entries: &[Entry]) -> HashMap<Text, Vec<(Option<LocalTime>, Totals)>> {
    let whole = || entries.iter().filter(|entry| entry.task.is_none());
    let mut once = HashSet::with_capacity(entries.len());
    let ids = whole().filter_map(Entry::known_run_id);
    let repeated: HashSet<&Text> = ids.filter(|id| !once.insert(*id)).collect();
    let mut states = HashMap::<Text, Vec<(Option<LocalTime>, Totals)>>::new();
    if repeated.is_empty() {
        return states;
    }
    for entry in whole() {
        if let Some(id) = entry.known_run_id().filter(|id| repeated.contains(id)) {
            let of_run = states.entry(id.clone()).or_default();
            of_run.push((entry.ended, Totals::of(entry)));
        }
    }
    for of_run in states.values_mut() {
        of_run.sort_by(|(_, a), (_, b)| a.duration_s().total_cmp(&b.duration_s()));
    }
    states
}
