//! What the view shows, as values: taken from a run at one moment, drawn as often as one likes.

use std::time::Duration;

use carbon_model::{CarbonMass, Component, Energy, Interval, Power, Pue};
use carbon_sensors::MemoryUse;
use carbon_sensors::process::ProcessId;
use carbon_tracker::GridUsed;

use crate::choices::Choices;
use crate::draw::Theme;

/// Whose energy is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// This machine's.
    Machine,
    /// That of a command and all that it starts; the command as one line.
    Command(String),
    /// That of a program that runs already, with all that it starts.
    Process {
        /// Its process id.
        pid: u32,
        /// Its command line or name.
        name: String,
    },
}

/// A component's power now and before.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentFigures {
    /// Which.
    pub component: Component,
    /// Over the last stretch.
    pub power: Power,
    /// Power of the stretches before and of this one, oldest first, W.
    pub history_w: Vec<f64>,
    /// Where the figure comes from: "RAPL (perf)".
    pub source: String,
}

/// A GPU now.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuFigures {
    /// Its meter: "GPU 0".
    pub name: String,
    /// Product name.
    pub model: String,
    /// Over the last stretch.
    pub power: Power,
    /// Share of time in which it works, 0 to 100 percent.
    pub percent: Option<f64>,
    /// Its memory.
    pub memory: Option<MemoryUse>,
}

/// A living process.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessFigures {
    /// Which.
    pub id: ProcessId,
    /// Command line, or the name of a thread of the kernel in brackets.
    pub command: String,
    /// CPU time over the last stretch, percent of one CPU.
    pub cpu_percent: f64,
    /// Memory of its own, bytes.
    pub private_bytes: Option<u64>,
    /// Over the last stretch.
    pub power: Power,
    /// Since the view began.
    pub energy: Energy,
}

/// Tasks of one name that have ended in a program with a tracker of its own, by its own figures.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskFigures {
    /// The program's process.
    pub pid: u32,
    /// Their name.
    pub name: String,
    /// How many.
    pub count: u64,
    /// Time that they took together.
    pub duration: Duration,
    /// Energy of all of them, PUE included.
    pub energy: Energy,
    /// Greenhouse gases of all of them.
    pub emissions: CarbonMass,
}

/// The energy that no living process pays, and all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Remainder {
    /// Processes that have ended: how many and what they had paid.
    pub ended: (u64, Energy),
    /// Idle processors, GPUs and memory; `None` for a process tree, which is billed its part of it.
    pub idle: Option<Energy>,
    /// What nobody can be named for.
    pub unattributed: Energy,
    /// Processes, ended ones, idle and unattributed together.
    pub total: Energy,
}

/// What time costs at the pace of the last minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Mean power of the equipment.
    pub power: Power,
    /// Greenhouse gases per hour.
    pub emissions_per_hour: CarbonMass,
}

/// Everything that is shown of one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Whose.
    pub subject: Subject,
    /// How long it has been measured, sleep not counted.
    pub active: Duration,
    /// Time between two moments.
    pub every: Duration,
    /// Those that can be measured or modelled.
    pub components: Vec<ComponentFigures>,
    /// All components together; their power before and now, W.
    pub total_w: Vec<f64>,
    /// Power of the whole machine, where only a part of it is shown.
    pub machine_power: Option<Power>,
    /// Energy of the equipment so far.
    pub energy: Interval<Energy>,
    /// Greenhouse gases so far, PUE included.
    pub emissions: Interval<CarbonMass>,
    /// `None` in the first moments.
    pub rate: Option<Rate>,
    /// The grid in use.
    pub grid: GridUsed,
    /// Power usage effectiveness of the place.
    pub pue: Pue,
    /// GPUs that count.
    pub gpus: Vec<GpuFigures>,
    /// Living processes, in no order; empty where none can be listed.
    pub processes: Vec<ProcessFigures>,
    /// What they do not pay.
    pub remainder: Remainder,
    /// Tasks of programs, in no order.
    pub tasks: Vec<TaskFigures>,
    /// The last lines that the command wrote; `None` where the view does not show them.
    pub output: Option<Vec<String>>,
    /// What was assumed or went wrong.
    pub notices: Vec<String>,
}

/// Figures, what the user chose, and how the terminal wants it.
#[derive(Debug, Clone, Copy)]
pub struct ViewModel<'a> {
    /// What is shown.
    pub figures: &'a Figures,
    /// How it is sorted, filtered and written.
    pub choices: &'a Choices,
    /// Colours and characters.
    pub theme: Theme,
}

impl Figures {
    /// Power of all components over the last stretch.
    pub fn power(&self) -> Power {
        Power::from_watts(self.total_w.last().copied().unwrap_or(0.0))
    }

    /// Tasks, those with the most energy first.
    pub(crate) fn tasks_by_energy(&self) -> Vec<&TaskFigures> {
        let mut tasks: Vec<&TaskFigures> = self.tasks.iter().collect();
        let energy = |task: &TaskFigures| task.energy.joules();
        tasks.sort_by(|a, b| energy(b).total_cmp(&energy(a)).then_with(|| a.name.cmp(&b.name)));
        tasks
    }

    /// Part of the total that an energy is, percent.
    pub fn share_percent(&self, energy: Energy) -> f64 {
        let total = self.remainder.total;
        if total > Energy::ZERO { 100.0 * (energy / total) } else { 0.0 }
    }
}
