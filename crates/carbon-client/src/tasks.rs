//! The tasks of a run, told with its rows.

use std::time::Duration;

use carbon_api::v1::TaskIn;
use carbon_model::TaskRecord;
use carbon_sensors::clock::utc_timestamp;
use carbon_tracker::Outcome;
use uuid::Uuid;

/// Tasks that one row can carry.
const MOST_OF_A_ROW: usize = 1_000;

/// Characters of a name that a server takes.
const LONGEST_NAME: usize = 1_000;

/// Tasks that have ended, and how many of them rows have told.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    seen: usize,
    waiting: Vec<TaskIn>,
}

impl Tasks {
    /// Of a run whose first tasks were told by somebody else.
    pub(crate) fn told(count: usize) -> Self {
        Self { seen: count, waiting: Vec::new() }
    }

    /// Takes those that ended since the last time.
    pub(crate) fn hear(&mut self, outcome: &Outcome) {
        let ended = outcome.tasks.iter().zip(&outcome.task_ends);
        self.waiting.extend(ended.skip(self.seen).map(|(task, end)| task_in(task, *end)));
        self.seen = outcome.tasks.len();
    }

    /// Those that the next row carries.
    pub(crate) fn take(&mut self) -> Vec<TaskIn> {
        let rest = self.waiting.split_off(self.waiting.len().min(MOST_OF_A_ROW));
        std::mem::replace(&mut self.waiting, rest)
    }

    /// How many no row could carry.
    pub(crate) fn left(&self) -> usize {
        self.waiting.len()
    }

    /// Forgets what waits; what a parent process measured is the parent's to tell.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
    }
}

fn task_in(task: &TaskRecord, end: Duration) -> TaskIn {
    let known = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
    let took = Duration::try_from_secs_f64(task.duration).unwrap_or_default();
    TaskIn {
        id: Some(Uuid::new_v4().to_string()),
        name: task.task_name.chars().take(LONGEST_NAME).collect(),
        start: utc_timestamp(end.saturating_sub(took)),
        duration_s: known(task.duration),
        energy_kwh: known(task.energy_consumed),
        emissions_kg: known(task.emissions),
        cpu_energy_kwh: Some(known(task.cpu_energy)),
        gpu_energy_kwh: Some(known(task.gpu_energy)),
        ram_energy_kwh: Some(known(task.ram_energy)),
    }
}
