//! CPU power from CPU load, for machines on which no counter can be read.
//!
//! W = T · (i + (F − i) · ln(1 + 3.4·u) / ln 4.4), where u is the busy share of the CPUs. The curve
//! is steep at first and flat later, as processors are: on ten machines with RAPL it was off by
//! 25 % on average, where a straight line was off by 40 % and a cubic one by 49 %. Which T to take is
//! [`choose_tdp`]'s question; the full-load power of real machines is 0.52 to 1.29 × TDP, so the
//! figures are as wide as their [`Accuracy`](carbon_model::Accuracy) says.

mod power_limit;
mod tdp;

use std::time::Duration;

use crate::clock::{Clock, Instant};
use crate::machine::{CpuTimes, MachineSample};
use crate::meter::{Covers, Meter, MeterInfo, ReadError, Reading, Sample};

pub use power_limit::package_power_limits_w;
pub use tdp::{
    Calibration, CalibrationScope, LoadModelSpec, ProcessorPower, TdpInputs, WATTS_PER_UNKNOWN_CPU,
    choose_tdp,
};

/// Bend of the curve between idle and full load, of machines that were not measured in between: the
/// mean of machines with RAPL. At 0 the curve would be a straight line.
pub const USUAL_BEND: f64 = 3.4;

impl LoadModelSpec {
    /// Watts at a busy share of 0 to 1; a share outside is brought inside. It never falls with load.
    pub fn power_w(&self, busy_share: f64) -> f64 {
        let u = busy_share.clamp(0.0, 1.0);
        self.tdp_w * (self.idle_share + (self.full_share - self.idle_share) * rise(self.bend, u))
    }
}

/// How much of the way from idle to full load the power has gone at a busy share of 0 to 1:
/// ln(1 + bend·u) / ln(1 + bend), the straight line at a bend of 0. A bend is above −1; below 0 the
/// curve is flat first and steep later. It rises from 0 to 1 whatever the bend.
pub fn rise(bend: f64, busy_share: f64) -> f64 {
    if bend.abs() < 1e-6 { busy_share } else { (bend * busy_share).ln_1p() / bend.ln_1p() }
}

/// A sample is closed, and its load final, when it is at least this long.
const SHORTEST_SAMPLE: Duration = Duration::from_millis(100);

/// The curve bends, so that the power of a mean load is not the mean power: samples are no longer
/// than this.
const LONGEST_SAMPLE: Duration = Duration::from_secs(1);

/// `/proc/stat` counts in ticks of this; each edge of a window is as uncertain.
const TICK: Duration = Duration::from_millis(10);

/// An open sample is believed from three clock ticks of `/proc/stat` on.
const SHORTEST_USABLE: Duration = Duration::from_millis(30);

/// Integrates the curve over the CPU times of the samples it is shown.
///
/// `/proc/stat` counts in ticks of 10 ms, so the load of a millisecond is not known; and the curve
/// bends, so that the power of a mean load is not the mean power. Hence the model keeps a sample
/// open until it is 100 ms long. Read before that, it takes the open sample's own load when three
/// ticks have passed, else the load of the sample before. Each meter has its own baseline: two of
/// them do not disturb each other. Time is awake time, so a suspended machine is not billed.
#[derive(Debug)]
pub struct LoadModel {
    info: MeterInfo,
    spec: LoadModelSpec,
    open: Option<Open>,
    closed_j: f64,
    told_j: f64,
    told_at: Option<Instant>,
    last_share: Option<f64>,
}

/// Where the open sample began.
#[derive(Debug, Clone, Copy)]
struct Open {
    at: Instant,
    cpu: CpuTimes,
}

impl LoadModel {
    /// A meter over the curve of `spec`.
    pub fn new(spec: LoadModelSpec) -> Self {
        let info = MeterInfo {
            name: "cpu".to_owned(),
            covers: match spec.scope {
                CalibrationScope::Processors => Covers::Processors,
                CalibrationScope::Computer => Covers::System,
            },
            source: spec.source,
            detail: spec.detail.clone(),
            accuracy: spec.accuracy,
            refresh: TICK,
            max_interval: Some(LONGEST_SAMPLE),
            plausible_w: 2.0 * spec.power_w(1.0),
            mirror_group: None,
            idle_w: Some(spec.power_w(0.0)),
        };
        Self { info, spec, open: None, closed_j: 0.0, told_j: 0.0, told_at: None, last_share: None }
    }

    /// Joules up to the instant `at`.
    fn energy_j(&mut self, at: Instant, cpu: CpuTimes) -> f64 {
        let open = *self.open.get_or_insert(Open { at, cpu });
        let length = at.active_since(&open.at);
        let own_share = busy_share(open.cpu, cpu);
        let share = if length >= SHORTEST_USABLE {
            own_share.or(self.last_share)
        } else {
            self.last_share.or(own_share)
        };
        let open_j = self.spec.power_w(share.unwrap_or(0.0)) * length.as_secs_f64();
        let energy_j = self.closed_j + open_j;
        if length >= SHORTEST_SAMPLE {
            self.closed_j = energy_j;
            self.open = Some(Open { at, cpu });
            self.last_share = share;
        }
        // A sample that turned out less busy than the one before it takes nothing back, and one that
        // turned out busier is made up for no faster than at full load.
        let since_told =
            self.told_at.replace(at).map_or(Duration::ZERO, |told| at.active_since(&told));
        let most_j = self.told_j + self.spec.power_w(1.0) * since_told.as_secs_f64();
        self.told_j = energy_j.min(most_j).max(self.told_j);
        self.told_j
    }
}

impl Meter for LoadModel {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    /// Joules since the first read, which sets the baseline. Without CPU times it fails, and the
    /// next read that has them bridges the gap.
    fn read(&mut self, machine: &MachineSample, _: &dyn Clock) -> Result<Sample, ReadError> {
        let cpu = machine.cpu.ok_or(ReadError::Missing { what: "CPU time of the machine" })?;
        let joules = self.energy_j(machine.at, cpu);
        Ok(Sample { at: machine.at, reading: Reading::Accumulated { joules } })
    }

    fn utilization_percent(&mut self) -> Option<f64> {
        self.last_share.map(|share| 100.0 * share)
    }
}

/// Busy share between two readings, 0 to 1; `None` when no tick has passed between them.
fn busy_share(before: CpuTimes, after: CpuTimes) -> Option<f64> {
    let busy_s = (after.busy_s - before.busy_s).max(0.0);
    let idle_s = (after.idle_s - before.idle_s).max(0.0);
    let total_s = busy_s + idle_s;
    (total_s > 0.0).then(|| busy_s / total_s)
}
