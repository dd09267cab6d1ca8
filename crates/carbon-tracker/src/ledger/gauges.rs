//! Time integrals of what is not energy: CPU seconds, memory in use, use of GPUs.
//!
//! Kept as cumulative sums like the energies, so that the mean over any window is the difference of
//! two marks and not a mean of samples of different length.

use std::time::Duration;

use carbon_model::Utilization;
use carbon_sensors::{CpuTimes, Instant, MachineSample, MemoryUse};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// Running integrals for the machine.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    cpu: Option<CpuTimes>,
    memory: Option<(Instant, MemoryUse)>,
    used_gib_s: f64,
    used_share_s: f64,
    memory_s: f64,
}

/// The integrals at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GaugeMark {
    /// CPU times at the last good read; `None` if there was none.
    pub(crate) cpu: Option<CpuTimes>,
    memory_now: Option<MemoryUse>,
    used_gib_s: f64,
    used_share_s: f64,
    memory_s: f64,
}

impl Gauges {
    /// Takes in what was read for one sample; a failed part leaves its integral as it was.
    pub(crate) fn accept(&mut self, sample: &MachineSample) {
        if sample.cpu.is_some() {
            self.cpu = sample.cpu;
        }
        let Some(now) = sample.memory else { return };
        if let Some((at, before)) = self.memory {
            let seconds = sample.at.active_since(&at).as_secs_f64();
            self.used_gib_s += f64::midpoint(gib(before.used_bytes), gib(now.used_bytes)) * seconds;
            self.used_share_s += f64::midpoint(share(before), share(now)) * seconds;
            self.memory_s += seconds;
        }
        self.memory = Some((sample.at, now));
    }

    pub(crate) fn mark(&self) -> GaugeMark {
        GaugeMark {
            cpu: self.cpu,
            memory_now: self.memory.map(|(_, m)| m),
            used_gib_s: self.used_gib_s,
            used_share_s: self.used_share_s,
            memory_s: self.memory_s,
        }
    }
}

impl GaugeMark {
    /// CPU seconds of everything on the machine between two marks; `None` if `/proc/stat` could not
    /// be read at either.
    pub(crate) fn busy_s_since(&self, earlier: &Self) -> Option<f64> {
        Some((self.cpu?.busy_s - earlier.cpu?.busy_s).max(0.0))
    }

    /// Busy share of the CPUs between two marks, 0 to 1; `None` if no tick passed.
    pub(crate) fn busy_share_since(&self, earlier: &Self) -> Option<f64> {
        let busy = self.busy_s_since(earlier)?;
        let idle = (self.cpu?.idle_s - earlier.cpu?.idle_s).max(0.0);
        (busy + idle > 0.0).then(|| busy / (busy + idle))
    }

    /// Means over the time between two marks.
    pub(crate) fn utilization_since(&self, earlier: &Self, gpu_percent: f64) -> Utilization {
        let seconds = self.memory_s - earlier.memory_s;
        let now = self.memory_now.unwrap_or_default();
        let (ram_used_gib, ram_share) = if seconds > 0.0 {
            (
                (self.used_gib_s - earlier.used_gib_s) / seconds,
                (self.used_share_s - earlier.used_share_s) / seconds,
            )
        } else {
            (gib(now.used_bytes), share(now))
        };
        Utilization {
            cpu_percent: self.busy_share_since(earlier).unwrap_or(0.0) * 100.0,
            gpu_percent,
            ram_percent: ram_share * 100.0,
            ram_used_gib,
        }
    }
}

fn gib(bytes: u64) -> f64 {
    bytes as f64 / GIB
}

fn share(memory: MemoryUse) -> f64 {
    if memory.total_bytes == 0 { 0.0 } else { memory.used_bytes as f64 / memory.total_bytes as f64 }
}

/// Running integral of the use of one GPU.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GpuUse {
    last: Option<(Instant, f64)>,
    /// Percent × seconds.
    pub(crate) percent_s: f64,
    /// Seconds covered.
    pub(crate) seconds: f64,
}

impl GpuUse {
    /// Takes in a reading, 0 to 100 percent.
    pub(crate) fn accept(&mut self, at: Instant, percent: f64) {
        if let Some((before, last)) = self.last {
            let seconds = at.active_since(&before).as_secs_f64();
            self.percent_s += f64::midpoint(last, percent) * seconds;
            self.seconds += seconds;
        }
        self.last = Some((at, percent));
    }

    /// Time since the newest reading.
    pub(crate) fn age(&self, now: &Instant) -> Option<Duration> {
        self.last.map(|(at, _)| now.active_since(&at))
    }

    /// Mean since an earlier state; the newest reading if no time was covered.
    pub(crate) fn percent_since(&self, earlier: &Self) -> f64 {
        let seconds = self.seconds - earlier.seconds;
        if seconds > 0.0 {
            (self.percent_s - earlier.percent_s) / seconds
        } else {
            self.last.map_or(0.0, |(_, percent)| percent)
        }
    }
}
