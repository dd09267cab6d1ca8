//! Totals of runs, whole and by project, experiment, run, task, country or month.
//!
//! A CSV file has no bounds. What can be said of its rows is how far the grid's annual figure may be
//! off; that the energy has an error of its own, and of unknown size, is said beside it
//! ([`Coverage`]) instead of making a number up.

mod group;

use std::collections::{HashMap, HashSet};

use crate::entry::{Entry, Text};
use crate::grids::Grids;
use crate::local_time::LocalTime;
use crate::runs::Runs;

pub use group::{Bounded, Coverage, Group, PlaceShare};

/// What entries are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Name of the project.
    #[default]
    Project,
    /// Id of the experiment.
    Experiment,
    /// Id of the run.
    Run,
    /// Name of the task; runs whose tasks are known are shown by these alone.
    Task,
    /// Country.
    Country,
    /// Month in which the run ended.
    Month,
}

impl By {
    /// Every choice with its word.
    pub const ALL: [(Self, &str); 6] = [
        (Self::Project, "project"),
        (Self::Experiment, "experiment"),
        (Self::Run, "run"),
        (Self::Task, "task"),
        (Self::Country, "country"),
        (Self::Month, "month"),
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(by, _)| *by == self).map_or("", |(_, word)| word)
    }

    /// The group of an entry, in words; what is not known has a word too.
    pub fn key(self, entry: &Entry) -> String {
        let or = |text: &str, none: &str| if text.is_empty() { none } else { text }.to_owned();
        let place = &entry.place;
        match self {
            Self::Project => or(&entry.project, "(no name)"),
            Self::Experiment => or(&entry.experiment_id, "(no experiment)"),
            Self::Run => or(&entry.run_id, "(no id)"),
            Self::Task => or(entry.task.as_deref().unwrap_or_default(), "(whole run)"),
            Self::Country => or(&place.country_name, &or(&place.country_iso3, "(unknown)")),
            Self::Month => entry.ended.map_or_else(|| "(no date)".to_owned(), LocalTime::month),
        }
    }
}

/// Totals of runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// What the groups are.
    pub by: By,
    /// Everything that counts.
    pub total: Group,
    /// The groups: months by date, others by emissions, largest first.
    pub groups: Vec<Group>,
}

impl Summary {
    /// Adds up runs. `grids` says how far the grid of a row without bounds may be off.
    pub fn of(runs: &Runs, by: By, grids: &mut Grids) -> Self {
        let mut total = Group::named("Total");
        let mut groups = Groups { by, list: Vec::new(), places: HashMap::new() };
        let tasks = if by == By::Task { runs.tasks.as_slice() } else { &[] };
        let shown_by_tasks: HashSet<&Text> = tasks.iter().map(|task| &task.run_id).collect();
        for entry in &runs.counted {
            let bounded = Bounded::of(entry, grids);
            total.add(entry, bounded);
            if entry.task.is_some() || !shown_by_tasks.contains(&entry.run_id) {
                groups.add(entry, bounded);
            }
        }
        for task in tasks {
            groups.add(task, Bounded::of(task, grids));
        }
        Self { by, total, groups: groups.sorted() }
    }
}

struct Groups {
    by: By,
    list: Vec<Group>,
    places: HashMap<String, usize>,
}

impl Groups {
    fn add(&mut self, entry: &Entry, bounded: Bounded) {
        let list = &mut self.list;
        let place = *self.places.entry(self.by.key(entry)).or_insert_with_key(|name| {
            list.push(Group::named(name));
            list.len() - 1
        });
        list[place].add(entry, bounded);
    }

    fn sorted(self) -> Vec<Group> {
        let mut groups = self.list;
        groups.sort_by(|a, b| {
            let larger = b.emissions.grams().total_cmp(&a.emissions.grams());
            let by_name = a.name.cmp(&b.name);
            if self.by == By::Month { by_name } else { larger.then(by_name) }
        });
        groups
    }
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
