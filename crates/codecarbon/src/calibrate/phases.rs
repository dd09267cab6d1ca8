//! The procedure: idle, loads between, full load; what each took and how busy the machine was.
//!
//! Machine, clock, load, time and meter are handed in, so that a fake machine goes the same way as
//! a real one.

use std::time::Duration;

use carbon_model::Component;
use carbon_sensors::{CpuTimes, Limits, MachineParts, MachineReader};
use carbon_tracker::calibration::CalibrationPoint;
use carbon_tracker::{Billing, Hub, Machine, Preferences};

use super::bench::Bench;
use super::gauge::{Gauge, GaugeError};

/// A share of the CPUs above which the machine is too busy for its idle power to be seen.
pub(super) const BUSY_SHARE: f64 = 0.10;

/// A share below which the machine was not fully loaded.
const LOADED_SHARE: f64 = 0.80;

/// Longest stretch between two looks at meter and progress.
const STEP: Duration = Duration::from_millis(250);

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// Logical CPUs that are kept busy in each phase: 0 first, all last.
    pub(super) busy_cpus: Vec<u32>,
    /// Logical CPUs that there are.
    pub(super) cpus: u32,
    /// Time in each phase before measuring, for fans, clocks and meters to settle.
    pub(super) settle: Duration,
    /// Time of measuring in each phase.
    pub(super) measure: Duration,
}

impl Plan {
    /// Idle and full load, and with `is_thorough` a quarter, a half and three quarters between, as
    /// far as the CPUs can be divided.
    pub(super) fn new(cpus: u32, is_thorough: bool, measure: Duration) -> Self {
        let mut busy_cpus = vec![0];
        if is_thorough {
            busy_cpus.extend((1..4).map(|quarter| (cpus * quarter + 2) / 4));
        }
        busy_cpus.push(cpus);
        busy_cpus.dedup();
        // An eighth of a minute lets a laptop's firmware and most wall meters follow.
        Self { busy_cpus, cpus, settle: measure / 8, measure }
    }

    /// Time that all of it takes.
    pub(super) fn total(&self) -> Duration {
        (self.settle + self.measure) * self.busy_cpus.len() as u32
    }

    /// What a phase is called.
    pub(super) fn name(&self, busy_cpus: u32) -> String {
        match busy_cpus {
            0 => "idle".to_owned(),
            n if n == self.cpus => "full load".to_owned(),
            n => format!("{n} of {} CPUs", self.cpus),
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Progress {
    /// The phase.
    pub(super) phase: String,
    /// Time that has gone by in all.
    pub(super) done: Duration,
    /// Time that all of it takes.
    pub(super) total: Duration,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Measured {
    /// By rising load.
    pub(super) points: Vec<CalibrationPoint>,
    /// Largest scatter of a phase, as a share of its power.
    pub(super) scatter: f64,
}

/// Why there is no calibration.
#[derive(Debug, thiserror::Error)]
pub(super) enum PhaseError {
    /// Others use the machine.
    #[error("the machine is busy: {:.0} % of its CPU time is used while it should be idle", .0 * 100.0)]
    Busy(f64),
    /// The load does not get the CPUs.
    #[error("full load reached only {:.0} % of the CPUs", .0 * 100.0)]
    NotLoaded(f64),
    /// The meter gives nothing.
    #[error(transparent)]
    Gauge(#[from] GaugeError),
}

/// Everything that a calibration is carried out with.
pub(super) struct Workshop<'a> {
    pub(super) machine: &'a Machine,
    pub(super) hub: &'a Hub,
    pub(super) preferences: &'a Preferences,
    pub(super) bench: &'a mut dyn Bench,
    pub(super) gauge: &'a mut dyn Gauge,
    pub(super) tell: &'a mut dyn FnMut(&Progress),
}

impl Workshop<'_> {
    /// Carries it out. The load is taken away at the end, however it ends.
    ///
    /// # Errors
    /// The machine is busy, is not loaded, or the meter gives nothing.
    pub(super) fn carry_out(&mut self, plan: &Plan) -> Result<Measured, PhaseError> {
        let result = self.all_phases(plan);
        self.bench.load(0);
        result
    }

    /// Busy share of the machine over a time, and nothing else; `None` where it is not told.
    pub(super) fn busy_share(&mut self, over: Duration) -> Option<f64> {
        let mut reader = MachineReader::open(&self.machine.root, &Limits::none());
        let before = reader.read(&*self.machine.clock, MachineParts::CPU).cpu;
        self.bench.wait(over);
        busy_share(before, reader.read(&*self.machine.clock, MachineParts::CPU).cpu)
    }

    fn all_phases(&mut self, plan: &Plan) -> Result<Measured, PhaseError> {
        let mut measured = Measured::default();
        let mut done = Duration::ZERO;
        for &busy_cpus in &plan.busy_cpus {
            let point = self.phase(plan, busy_cpus, done, &mut measured.scatter)?;
            done += plan.settle + plan.measure;
            measured.points.push(point);
        }
        Ok(measured)
    }

    fn phase(
        &mut self,
        plan: &Plan,
        busy_cpus: u32,
        done: Duration,
        scatter: &mut f64,
    ) -> Result<CalibrationPoint, PhaseError> {
        let name = plan.name(busy_cpus);
        let mut progress = Progress { phase: name.clone(), done, total: plan.total() };
        self.bench.load(busy_cpus);
        self.pass(plan.settle, &mut progress, &mut |_| Ok(()))?;

        let mut reader = MachineReader::open(&self.machine.root, &Limits::none());
        let clock = std::sync::Arc::clone(&self.machine.clock);
        let cpu_before = reader.read(&*clock, MachineParts::CPU).cpu;
        let window = self.hub.open(self.preferences, Billing::Machine, Duration::from_secs(1));
        self.gauge.begin(clock.now(), &window)?;
        let mut watch = |workshop: &mut Self| {
            workshop.hub.poll();
            workshop.gauge.look(clock.now(), &window)
        };
        self.pass(plan.measure, &mut progress, &mut watch)?;
        let mean = self.gauge.end(clock.now(), &window, &name)?;
        let share = busy_share(cpu_before, reader.read(&*clock, MachineParts::CPU).cpu);
        let report = window.close();

        match share {
            Some(share) if busy_cpus == 0 && share > BUSY_SHARE => {
                return Err(PhaseError::Busy(share));
            }
            Some(share) if busy_cpus == plan.cpus && share < LOADED_SHARE => {
                return Err(PhaseError::NotLoaded(share));
            }
            _ => {}
        }
        // GPUs have meters of their own and are counted by them, also in later runs.
        let gpus_j: f64 = report
            .machine
            .iter()
            .filter(|part| part.component == Component::Gpu)
            .map(|part| part.energy.value.joules())
            .sum();
        let gpus_w = if self.gauge.includes_gpus() && !report.active.is_zero() {
            gpus_j / report.active.as_secs_f64()
        } else {
            0.0
        };
        *scatter = scatter.max(mean.scatter);
        let nominal = f64::from(busy_cpus) / f64::from(plan.cpus.max(1));
        let power_w = (mean.power_w - gpus_w).max(0.0);
        Ok(CalibrationPoint { busy_share: share.unwrap_or(nominal), power_w })
    }

    /// Lets a time pass in steps, each with a look.
    fn pass(
        &mut self,
        time: Duration,
        progress: &mut Progress,
        look: &mut dyn FnMut(&mut Self) -> Result<(), GaugeError>,
    ) -> Result<(), GaugeError> {
        let clock = std::sync::Arc::clone(&self.machine.clock);
        let begin = clock.monotonic();
        let done_before = progress.done;
        loop {
            let gone = clock.monotonic().saturating_sub(begin);
            progress.done = done_before + gone.min(time);
            (self.tell)(progress);
            if gone >= time {
                return Ok(());
            }
            // Short times, as in tests, are looked at in tenths.
            let step = STEP.min(time / 10).max(Duration::from_millis(1));
            self.bench.wait(time.saturating_sub(gone).min(step));
            look(self)?;
        }
    }
}

/// Busy share between two readings; `None` where they are not told or no tick has passed.
fn busy_share(before: Option<CpuTimes>, after: Option<CpuTimes>) -> Option<f64> {
    let (before, after) = (before?, after?);
    let busy_s = (after.busy_s - before.busy_s).max(0.0);
    let idle_s = (after.idle_s - before.idle_s).max(0.0);
    (busy_s + idle_s > 0.0).then(|| busy_s / (busy_s + idle_s))
}

#[cfg(test)]
#[path = "phases_tests.rs"]
mod tests;
