//! The meter of one AMD GPU, on whichever sensor it has.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use carbon_model::{Accuracy, Source};

use super::card::Card;
use super::ffi::AmdSmi;
use crate::clock::{Clock, Instant};
use crate::gpu::GpuDevice;
use crate::gpu::stamp::put_back;
use crate::machine::{MachineSample, MemoryUse};
use crate::meter::{Covers, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::sysroot::read_trimmed;

/// The driver renews the table behind all of its sensors when it is older than a millisecond, on a
/// clock that moves by scheduler ticks of up to 4 ms (`smu_cmn_get_metrics_table` in Linux).
const REFRESH: Duration = Duration::from_millis(5);

/// Board power when the GPU does not tell its limit, watts, and how far above the limit a change of
/// the counter is still energy.
const UNKNOWN_LIMIT_W: f64 = 1000.0;
const PLAUSIBLE_TIMES_LIMIT: f64 = 20.0;

/// Where a GPU's figure comes from.
pub(super) enum Sensor {
    /// The driver's energy counter, µJ.
    HwmonEnergy(PathBuf),
    /// The driver's power, µW.
    HwmonPower(PathBuf),
    /// The library's energy counter.
    SmiEnergy { library: Arc<AmdSmi>, bus_id: String },
}

impl Sensor {
    fn source(&self) -> Source {
        match self {
            Self::HwmonEnergy(_) => Source::HwmonEnergy,
            Self::HwmonPower(_) => Source::HwmonPower,
            Self::SmiEnergy { .. } => Source::AmdSmiEnergy,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::HwmonEnergy(path) => path.display().to_string(),
            Self::HwmonPower(path) => format!("{}, integrated", path.display()),
            Self::SmiEnergy { bus_id, .. } => format!("AMD SMI energy counter of {bus_id}"),
        }
    }
}

pub(super) struct AmdMeter {
    sensor: Sensor,
    info: MeterInfo,
    busy: PathBuf,
    last: Option<Instant>,
}

impl AmdMeter {
    pub(super) fn new(device: &GpuDevice, sensor: Sensor, card: &Card) -> Self {
        let mut detail = format!("{}: {}", device.name, sensor.detail());
        if card.is_of_dual_die_module() {
            detail.push_str("; both dies of the module");
        }
        let info = MeterInfo {
            name: format!("GPU {}", device.index),
            covers: Covers::Gpu { index: device.index },
            source: sensor.source(),
            detail,
            accuracy: Accuracy::plus_minus(0.10),
            refresh: REFRESH,
            max_interval: None,
            plausible_w: device.power_limit_w.unwrap_or(UNKNOWN_LIMIT_W) * PLAUSIBLE_TIMES_LIMIT,
            mirror_group: None,
            idle_w: None,
        };
        Self { sensor, info, busy: card.busy.clone(), last: None }
    }

    fn sample(&self, clock: &dyn Clock) -> Result<Sample, ReadError> {
        match &self.sensor {
            Sensor::HwmonEnergy(path) => {
                let count = read_number(path)?;
                let reading = Reading::Counter { count, joules_per_count: 1e-6, range: u64::MAX };
                Ok(Sample { at: clock.now(), reading })
            }
            Sensor::HwmonPower(path) => {
                let microwatts = read_number(path)?;
                let reading = Reading::Power { watts: microwatts as f64 / 1e6 };
                Ok(Sample { at: clock.now(), reading })
            }
            Sensor::SmiEnergy { library, bus_id } => {
                let energy = library.energy(bus_id).map_err(|error| ReadError::Vendor {
                    device: self.info.name.clone(),
                    message: error.to_string(),
                })?;
                let joules_per_count = f64::from(energy.resolution_uj) * 1e-6;
                let now = clock.now();
                let at = put_back(now, now.boot, Duration::from_nanos(energy.stamped_ns));
                let count = energy.count;
                let reading = Reading::Counter { count, joules_per_count, range: u64::MAX };
                Ok(Sample { at, reading })
            }
        }
    }
}

impl Meter for AmdMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let mut sample = self.sample(clock)?;
        // A stamp on a clock that only resembles ours must not turn time round.
        if self.last.is_some_and(|last| sample.at.monotonic < last.monotonic) {
            sample.at = clock.now();
        }
        self.last = Some(sample.at);
        Ok(sample)
    }

    fn utilization_percent(&mut self) -> Option<f64> {
        let told = read_number(&self.busy).ok().filter(|&percent| percent <= 100);
        match (&self.sensor, told) {
            (_, Some(percent)) => Some(percent as f64),
            (Sensor::SmiEnergy { library, bus_id }, None) => library.activity_percent(bus_id),
            (Sensor::HwmonEnergy(_) | Sensor::HwmonPower(_), None) => None,
        }
    }

    fn memory_use(&mut self) -> Option<MemoryUse> {
        let beside = |name| read_number(&self.busy.with_file_name(name)).ok();
        let total_bytes = beside("mem_info_vram_total")?;
        Some(MemoryUse { total_bytes, used_bytes: beside("mem_info_vram_used")? })
    }
}

/// Reads a file with one number.
fn read_number(path: &Path) -> Result<u64, ReadError> {
    let name = || path.display().to_string();
    let text = read_trimmed(path).map_err(|source| ReadError::Io { path: name(), source })?;
    text.parse().map_err(|_| ReadError::Garbage {
        path: name(),
        expected: "a whole number",
        found: text.chars().take(32).collect(),
    })
}
