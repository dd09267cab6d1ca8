//! Everything that a report of files says, before it is written in some format.

use carbon_tracker::config::FactorTable;

use crate::equivalents::{self, Equivalent};
use crate::grids::Grids;
use crate::methods::Methods;
use crate::read::Reading;
use crate::runs::Runs;
use crate::summary::{By, Summary};

/// A report of runs.
#[derive(Debug)]
pub struct Report {
    /// The runs.
    pub runs: Runs,
    /// Totals.
    pub summary: Summary,
    /// What the emissions equal.
    pub equivalents: Vec<Equivalent>,
    /// The paragraph for a paper.
    pub methods: Methods,
    /// What was done with the files beyond reading them, in sentences.
    pub remarks: Vec<String>,
    /// What could not be read, in sentences.
    pub faults: Vec<String>,
}

impl Report {
    /// A report of what files say.
    pub fn of(mut reading: Reading, by: By) -> Self {
        let runs = Runs::of(&mut reading);
        Self::of_runs(runs, &reading, by)
    }

    /// A report of some of the runs of files.
    pub fn of_runs(runs: Runs, reading: &Reading, by: By) -> Self {
        let mut grids = Grids::new(FactorTable::Current);
        let summary = Summary::of(&runs, by, &mut grids);
        let methods = Methods::of(&runs, &summary, &mut grids);
        Self {
            equivalents: equivalents::of(summary.total.emissions),
            remarks: remarks(&runs, reading, &summary),
            faults: reading.faults.iter().map(ToString::to_string).collect(),
            runs,
            summary,
            methods,
        }
    }
}

fn remarks(runs: &Runs, reading: &Reading, summary: &Summary) -> Vec<String> {
    let mut remarks = Vec::new();
    let coverage = summary.total.coverage.remark();
    if !coverage.is_empty() {
        remarks.push(format!("The interval of the emissions covers {coverage}."));
    }
    if runs.superseded > 0 {
        remarks.push(format!(
            "{} of a run that is there with its final figures, or twice: counted once.",
            rows(runs.superseded, "is an earlier state", "are earlier states")
        ));
    }
    if !runs.tasks.is_empty() && summary.by != By::Task {
        remarks.push(format!(
            "{} of runs that are counted, and not added to them (--by task lists them).",
            rows(runs.tasks.len(), "is a task", "are tasks")
        ));
    }
    let nameless = |is_task: bool| {
        let of_kind = runs.counted.iter().filter(|entry| entry.task.is_some() == is_task);
        of_kind.filter(|entry| entry.known_run_id().is_none()).count()
    };
    let tasks = nameless(true);
    if tasks > 0 && nameless(false) > 0 {
        remarks.push(format!(
            "{} of no run that has an id, and counted by themselves: if their runs are in these files \
             too, leave the files of tasks out.",
            rows(tasks, "is a task", "are tasks")
        ));
    }
    if reading.realigned > 0 {
        remarks.push(format!(
            "{} had lost its empty cells, as CodeCarbon 3.3.0 writes them, and was read by the \
             columns that are left.",
            rows(reading.realigned, "of a CSV file", "of CSV files")
        ));
    }
    let unknown = runs.counted.iter().filter(|entry| {
        entry.told.is_none() && entry.place.country_iso3.is_empty() && !entry.place.is_cloud()
    });
    match unknown.count() {
        0 => {}
        count => remarks.push(format!(
            "{} no place: the interval is that of the world average, a factor of two either way.",
            rows(count, "names", "name")
        )),
    }
    remarks
}

fn rows(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 row {one}") } else { format!("{count} rows {many}") }
}
