//! The meter of one NVIDIA GPU.
//!
//! Volta and later count energy (millijoules since the driver was loaded); the counter costs
//! nothing to miss a poll of, so it is always preferred. Older GPUs, and some virtual ones, tell
//! power only, which the ledger integrates.

use std::sync::Arc;
use std::time::Duration;

use carbon_model::{Accuracy, Source};
use nvml_wrapper::enums::device::SampleValue;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::struct_wrappers::device::FieldValueSample;
use nvml_wrapper::structs::device::FieldId;
use nvml_wrapper::sys_exports::field_id::{NVML_FI_DEV_POWER_AVERAGE, NVML_FI_DEV_POWER_INSTANT};
use nvml_wrapper::{Device, Nvml};

use super::session::Session;
use crate::clock::{Clock, Instant};
use crate::gpu::GpuDevice;
use crate::gpu::stamp::put_back;
use crate::machine::{MachineSample, MemoryUse};
use crate::meter::{Covers, Meter, MeterInfo, ProcessUtilization, ReadError, Reading, Sample};

/// NVML renews energy and power every 20 to 100 ms, by generation (PETSc's `PetscLogGpuEnergyMeter`
/// states this; Yang et al. 2024, arXiv 2312.02741, measured 100 ms for the power of most GPUs since
/// Turing). The longer figure is taken, since an edge of a window must not be called sharper than it
/// is.
const REFRESH: Duration = Duration::from_millis(100);

/// Joules per count: the counter is in millijoules.
const JOULES_PER_COUNT: f64 = 1e-3;

/// Board power when the GPU does not tell its limit, watts.
const UNKNOWN_LIMIT_W: f64 = 1000.0;

/// How far above the power limit a change of the counter is still energy: the counter moves in steps
/// of a refresh, and may be read at a quarter of that or after a stall of the driver.
const PLAUSIBLE_TIMES_LIMIT: f64 = 20.0;

/// The averaged power covers the last second; between reads closer than that it would count some
/// moments twice, and the instantaneous power is taken instead.
const AVERAGED_OVER: Duration = Duration::from_secs(1);

/// First wait before the library is started anew, and the longest one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What a GPU can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Energy,
    Power,
}

impl Kind {
    /// Tries what the GPU can tell; the error is that of the power reading if it tells neither.
    pub(super) fn of(handle: &Device<'_>) -> Result<Self, NvmlError> {
        match handle.total_energy_consumption() {
            Ok(_) => Ok(Self::Energy),
            Err(_) => power(handle, false).map(|_| Self::Power),
        }
    }
}

/// A GPU that does not answer, and when the library is started anew for it.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    generation: u64,
    retry_at: Duration,
    wait: Duration,
}

pub(super) struct NvmlMeter {
    session: Arc<Session>,
    info: MeterInfo,
    kind: Kind,
    uuid: Option<String>,
    /// NVML's index, good for one generation.
    index: u32,
    generation: u64,
    trouble: Option<Trouble>,
    last: Option<Instant>,
    last_process_sample_us: Option<u64>,
}

impl NvmlMeter {
    pub(super) fn new(
        session: Arc<Session>,
        device: &GpuDevice,
        kind: Kind,
        versions: &str,
    ) -> Self {
        let (source, what) = match kind {
            Kind::Energy => (Source::NvmlEnergy, "total energy counter"),
            Kind::Power => (Source::NvmlPower, "power, integrated (no energy counter)"),
        };
        let mut detail = format!("{}: {what}, {versions}", device.name);
        if device.name.contains("GH200") {
            detail.push_str("; the counter is the module's and includes its CPU");
        }
        if !device.mig.is_empty() {
            detail.push_str("; the whole GPU, all its MIG instances together");
        }
        let accuracy = match kind {
            Kind::Energy => Accuracy::plus_minus(0.05),
            Kind::Power => Accuracy::plus_minus(0.10),
        };
        let info = MeterInfo {
            name: format!("GPU {}", device.index),
            covers: Covers::Gpu { index: device.index },
            source,
            detail,
            accuracy,
            refresh: REFRESH,
            max_interval: None,
            plausible_w: device.power_limit_w.unwrap_or(UNKNOWN_LIMIT_W) * PLAUSIBLE_TIMES_LIMIT,
            mirror_group: None,
            idle_w: None,
        };
        Self {
            session,
            info,
            kind,
            uuid: device.uuid.clone(),
            index: device.index,
            generation: 0,
            trouble: None,
            last: None,
            last_process_sample_us: None,
        }
    }

    /// Uses the GPU's handle, looking its index up again after a new start of the library.
    fn with_device<T>(
        &mut self,
        use_device: impl FnOnce(&Device<'_>) -> Result<T, NvmlError>,
    ) -> Result<T, NvmlError> {
        let (index, generation) = (&mut self.index, &mut self.generation);
        let uuid = self.uuid.as_deref();
        self.session.with(|nvml, now| {
            if *generation != now {
                *index = find(nvml, uuid, *index)?;
                *generation = now;
            }
            use_device(&nvml.device_by_index(*index)?)
        })
    }

    /// Starts the library anew if this GPU is in trouble and has waited long enough.
    fn recover(&mut self, now: Duration) {
        if let Some(trouble) = self.trouble.filter(|trouble| now >= trouble.retry_at) {
            // A start that fails shows in the read that follows.
            let _ = self.session.reopen(trouble.generation);
        }
    }

    /// Notes a failure, and when the library is to be started anew for it, if that can help.
    fn note_failure(&mut self, error: &NvmlError, now: Duration) {
        if !needs_new_start(error) {
            return;
        }
        let generation = self.session.generation();
        self.trouble = Some(match self.trouble {
            Some(trouble) if trouble.generation == generation => trouble,
            Some(trouble) => {
                let wait = (trouble.wait * 2).min(LONGEST_WAIT);
                Trouble { generation, retry_at: now + wait, wait }
            }
            None => Trouble { generation, retry_at: now + FIRST_WAIT, wait: FIRST_WAIT },
        });
    }

    fn query(&mut self, clock: &dyn Clock) -> Result<Sample, NvmlError> {
        let kind = self.kind;
        let last = self.last;
        let now = clock.now();
        let averaged = last.is_some_and(|last| now.active_since(&last) >= AVERAGED_OVER);
        let sample = self.with_device(|device| match kind {
            Kind::Energy => {
                let count = device.total_energy_consumption()?;
                let joules_per_count = JOULES_PER_COUNT;
                let reading = Reading::Counter { count, joules_per_count, range: u64::MAX };
                Ok(Sample { at: clock.now(), reading })
            }
            Kind::Power => {
                let (watts, stamped) = power(device, averaged)?;
                let now = clock.now();
                let at = stamped.map_or(now, |stamped| put_back(now, now.wall, stamped));
                Ok(Sample { at, reading: Reading::Power { watts } })
            }
        })?;
        // A step of the wall clock between two stamps must not turn time round.
        let at = match last {
            Some(last) if sample.at.monotonic < last.monotonic => now,
            _ => sample.at,
        };
        self.last = Some(at);
        Ok(Sample { at, ..sample })
    }
}

impl Meter for NvmlMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let now = clock.now().monotonic;
        self.recover(now);
        match self.query(clock) {
            Ok(sample) => {
                self.trouble = None;
                Ok(sample)
            }
            Err(error) => {
                self.note_failure(&error, now);
                Err(ReadError::Vendor {
                    device: self.info.name.clone(),
                    message: error.to_string(),
                })
            }
        }
    }

    fn utilization_percent(&mut self) -> Option<f64> {
        self.with_device(|device| Ok(f64::from(device.utilization_rates()?.gpu))).ok()
    }

    fn memory_use(&mut self) -> Option<MemoryUse> {
        let ask = |device: &Device<'_>| {
            let memory = device.memory_info()?;
            Ok(MemoryUse { total_bytes: memory.total, used_bytes: memory.used })
        };
        self.with_device(ask).ok()
    }

    /// NVML tells processes by the ids of the host, also inside a container. The first call only
    /// sets the beginning, and returns no process.
    fn process_utilization(&mut self) -> Option<Vec<ProcessUtilization>> {
        let since_us = self.last_process_sample_us.unwrap_or(0);
        let samples = match self.with_device(|device| device.process_utilization_stats(since_us)) {
            Ok(samples) => samples,
            Err(NvmlError::NotFound) => Vec::new(),
            Err(_) => return None,
        };
        let first = self.last_process_sample_us.is_none();
        let newest_us = samples.iter().map(|sample| sample.timestamp).fold(since_us, u64::max);
        self.last_process_sample_us = Some(newest_us);
        if first {
            return Some(Vec::new());
        }
        let fresh = samples.iter().filter(|sample| sample.timestamp > since_us);
        Some(mean_by_process(fresh.map(|sample| (sample.pid, sample.sm_util))))
    }
}

/// Finds a GPU again after a new start of the library.
fn find(nvml: &Nvml, uuid: Option<&str>, index: u32) -> Result<u32, NvmlError> {
    match uuid {
        Some(uuid) => nvml.device_by_uuid(uuid)?.index(),
        None => Ok(index),
    }
}

/// Errors that last until the library is started anew.
fn needs_new_start(error: &NvmlError) -> bool {
    matches!(
        error,
        NvmlError::Uninitialized
            | NvmlError::GpuLost
            | NvmlError::ResetRequired
            | NvmlError::DriverNotLoaded
            | NvmlError::NotFound
            | NvmlError::Unknown
    )
}

/// Power in watts with the time since the Unix epoch at which it was taken, where that is told:
/// from the field values (since driver 530), else the older call.
fn power(device: &Device<'_>, averaged: bool) -> Result<(f64, Option<Duration>), NvmlError> {
    let fields = [NVML_FI_DEV_POWER_INSTANT, NVML_FI_DEV_POWER_AVERAGE].map(FieldId);
    let mut samples = device.field_values_for(&fields).unwrap_or_default();
    if averaged {
        samples.reverse();
    }
    if let Some(found) = samples.into_iter().flatten().find_map(|field| watts_of(&field)) {
        return Ok(found);
    }
    Ok((f64::from(device.power_usage()?) / 1e3, None))
}

fn watts_of(field: &FieldValueSample) -> Option<(f64, Option<Duration>)> {
    let milliwatts = match field.value.as_ref().ok()? {
        SampleValue::U32(value) => f64::from(*value),
        SampleValue::U64(value) => *value as f64,
        SampleValue::F64(value) => *value,
        SampleValue::I64(value) => *value as f64,
    };
    let stamped = u64::try_from(field.timestamp).ok().filter(|&stamp_us| stamp_us > 0);
    Some((milliwatts / 1e3, stamped.map(Duration::from_micros)))
}

/// Mean over the samples of each process; shares above 100 % are the driver's way to say nothing.
fn mean_by_process(samples: impl Iterator<Item = (u32, u32)>) -> Vec<ProcessUtilization> {
    let mut sums: std::collections::BTreeMap<u32, (f64, f64)> = std::collections::BTreeMap::new();
    for (pid, percent) in samples.filter(|&(_, percent)| percent <= 100) {
        let (sum, count) = sums.entry(pid).or_default();
        *sum += f64::from(percent);
        *count += 1.0;
    }
    let mean = |(pid, (sum, count))| ProcessUtilization { pid, percent: sum / count };
    sums.into_iter().map(mean).collect()
}
