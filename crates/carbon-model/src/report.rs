//! What a window on the ledger says: energy by component with interval, source and gaps.
//!
//! A report holds IT energy as measured. PUE, grid intensity and water are applied to it later, by
//! pure functions, and can be applied again with other factors.

use std::time::Duration;

use crate::interval::{Interval, combine_independent};
use crate::quantity::{Energy, Power};
use crate::source::{Accuracy, Component, Source};

/// Energy, time, use and cost of one window, immutable.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Start of the window as seconds since the Unix epoch (wall clock).
    pub started_unix_s: f64,
    /// End of the window as seconds since the Unix epoch (wall clock).
    pub ended_unix_s: f64,
    /// Time during which the machine was awake; the divisor of every power figure.
    pub active: Duration,
    /// Time including suspend.
    pub wall: Duration,
    /// Energy of the machine by component, in the order CPU, GPU, RAM.
    pub machine: Vec<ComponentReport>,
    /// The part of it that is billed to a process tree; `None` in machine mode.
    pub process: Option<ProcessShare>,
    /// Time-weighted use of the machine.
    pub utilization: Utilization,
    /// Stretches in which a meter could not be read.
    pub gaps: Vec<Gap>,
    /// What was assumed or went wrong, in sentences for people.
    pub warnings: Vec<String>,
    /// What measuring cost.
    pub self_cost: SelfCost,
}

impl Report {
    /// Energy of the whole machine, component errors taken as independent.
    pub fn machine_energy(&self) -> Interval<Energy> {
        combine_independent(self.machine.iter().map(|c| c.energy))
    }

    /// The components that are billed: the process's when the run is billed by process, else the
    /// machine's.
    pub fn billed(&self) -> &[ComponentReport] {
        self.process.as_ref().map_or(&self.machine, |p| &p.components)
    }

    /// The energy that is billed.
    pub fn billed_energy(&self) -> Interval<Energy> {
        combine_independent(self.billed().iter().map(|c| c.energy))
    }

    /// The billed energy of one component; zero when it has none.
    pub fn billed_component(&self, component: Component) -> Interval<Energy> {
        self.billed()
            .iter()
            .find(|c| c.component == component)
            .map_or_else(Interval::default, |c| c.energy)
    }

    /// Mean billed power of one component over the active time.
    pub fn billed_power(&self, component: Component) -> Power {
        self.billed_component(component).value / self.active
    }
}

/// Energy of one component in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentReport {
    /// Which component.
    pub component: Component,
    /// Its energy.
    pub energy: Interval<Energy>,
    /// Where the figure comes from; several when meters differ.
    pub sources: Vec<SourceReport>,
}

/// One source of a component's figure.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceReport {
    /// The kind of source.
    pub source: Source,
    /// What it rests on, for people: "2 packages", "TDP 350 W × 2/64 threads".
    pub detail: String,
    /// Its energy before combination.
    pub energy: Interval<Energy>,
    /// The meters behind it.
    pub meters: Vec<MeterReport>,
}

/// Energy of one meter in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct MeterReport {
    /// Stable name: "package-0", "dram-1", "GPU 0".
    pub name: String,
    /// Energy counted.
    pub energy: Energy,
    /// Systematic accuracy of the meter.
    pub accuracy: Accuracy,
    /// Whether it counts towards the total (a mirror or a part of another meter does not).
    pub counted: bool,
}

/// What part of the machine's energy a process tree is billed.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessShare {
    /// CPU seconds of the tree, children that ended included.
    pub tree_cpu_s: f64,
    /// CPU seconds of everything on the machine in the same window.
    pub machine_cpu_s: f64,
    /// Billed energy by component (`full`: idle power split by use).
    pub components: Vec<ComponentReport>,
    /// CPU energy above idle only; `None` where the idle power of the processors is not known.
    pub dynamic_cpu: Option<Interval<Energy>>,
    /// Energy of the machine that other processes are billed, and idle time.
    pub others: Energy,
}

/// Time-weighted means over a window; percent of 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Utilization {
    /// Busy share of the visible logical CPUs.
    pub cpu_percent: f64,
    /// Mean over the tracked GPUs.
    pub gpu_percent: f64,
    /// Share of memory in use.
    pub ram_percent: f64,
    /// Memory in use, GiB.
    pub ram_used_gib: f64,
}

/// A stretch without data from one meter.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The meter's name.
    pub meter: String,
    /// Seconds from the start of the window.
    pub from_s: f64,
    /// Seconds from the start of the window.
    pub to_s: f64,
    /// Why.
    pub reason: GapReason,
    /// Whether a later good reading bridged it, so that no energy is missing.
    pub bridged: bool,
}

/// Why a meter has a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapReason {
    /// A read failed; the message says how.
    ReadFailed(String),
    /// The counter started again from zero (resume, driver reload).
    CounterRestarted,
    /// The machine slept; the energy of the sleep is not billed.
    Suspended,
}

/// What the tracker itself used.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SelfCost {
    /// CPU seconds spent reading meters and keeping the ledger, within the window.
    pub cpu_s: f64,
    /// Its share of the CPU energy.
    pub energy: Energy,
    /// Readings taken.
    pub samples: u64,
}
