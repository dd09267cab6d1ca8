//! A meter: a thing that can be read, and what it says of itself.
//!
//! A meter reports raw readings; the ledger of `carbon-tracker` turns them into energy. What a
//! meter covers is a value ([`Covers`]), not a naming habit, so that a package and its cores, or a
//! system meter and the packages in it, are never added up.

use std::time::Duration;

use carbon_model::{Accuracy, Component, Source};

use crate::clock::Instant;
use crate::machine::{MachineSample, MemoryUse};

/// What a meter's energy includes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Covers {
    /// The whole system: CPU, RAM and integrated GPU together (psys, battery).
    System,
    /// One processor package; `die` when the package has several counters.
    Package {
        /// Socket number.
        package: u32,
        /// Die number within the socket.
        die: Option<u32>,
    },
    /// Cores of a package: part of [`Covers::Package`].
    Cores {
        /// Socket number.
        package: u32,
    },
    /// Uncore or integrated GPU of a package: part of [`Covers::Package`].
    Uncore {
        /// Socket number.
        package: u32,
    },
    /// Memory behind one socket.
    Dram {
        /// Socket number.
        package: u32,
    },
    /// All processors together, from a model.
    Processors,
    /// All memory together, from a model.
    Memory,
    /// One GPU.
    Gpu {
        /// Index in the vendor library's order, counted over all vendors.
        index: u32,
    },
}

impl Covers {
    /// The component that the energy is reported under; `None` for parts that are not added.
    pub const fn component(&self) -> Option<Component> {
        match self {
            Self::System | Self::Package { .. } | Self::Processors => Some(Component::Cpu),
            Self::Dram { .. } | Self::Memory => Some(Component::Ram),
            Self::Gpu { .. } => Some(Component::Gpu),
            Self::Cores { .. } | Self::Uncore { .. } => None,
        }
    }
}

/// What is known of a meter before it is read.
#[derive(Debug, Clone)]
pub struct MeterInfo {
    /// Stable name for people and reports: "package-0", "dram-1", "GPU 0".
    pub name: String,
    /// What its energy includes.
    pub covers: Covers,
    /// What produces the figure.
    pub source: Source,
    /// What the figure rests on, for people: a path, a TDP, a library version.
    pub detail: String,
    /// Systematic accuracy (about 95 %).
    pub accuracy: Accuracy,
    /// How often the device renews its reading: 1 ms for RAPL. A reading younger than a quarter of
    /// this is not taken again, and each edge of a window carries an error of power × this.
    pub refresh: Duration,
    /// The longest time between two readings that loses nothing: a counter's range ÷ (4 × plausible
    /// power), the longest sample of a model; `None` where any time will do.
    pub max_interval: Option<Duration>,
    /// Watts above which a change of the counter is taken for a restart, not for energy.
    pub plausible_w: f64,
    /// Meters with the same number may be mirrors of one counter (dies of one package): while their
    /// counters stay within 1 J of each other only the first counts.
    pub mirror_group: Option<u32>,
    /// Watts of the covered devices when idle, where it is known (models, calibration).
    pub idle_w: Option<f64>,
}

impl MeterInfo {
    /// Whether its energy includes the GPUs, whoever made them: a battery and the input of a board
    /// feed everything, where a system meter of the processor leaves out cards.
    pub fn includes_gpus(&self) -> bool {
        let feeds_all =
            matches!(self.source, Source::Battery | Source::HwmonPower | Source::RaspberryPiPmic);
        self.covers == Covers::System && feeds_all
    }
}

/// What a read returned, raw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A cumulative counter.
    Counter {
        /// Ticks since an arbitrary start.
        count: u64,
        /// Joules per tick.
        joules_per_count: f64,
        /// Largest value before the counter starts at zero again; `u64::MAX` for counters that
        /// never wrap.
        range: u64,
    },
    /// An instantaneous or averaged power; the ledger integrates it (trapezoid).
    Power {
        /// Watts now.
        watts: f64,
    },
    /// Energy that a model has accumulated since the meter was made; it never goes back.
    Accumulated {
        /// Joules.
        joules: f64,
    },
}

/// A reading and the moment it was taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When the device was read (or the device's own timestamp).
    pub at: Instant,
    /// What it said.
    pub reading: Reading,
}

/// Why a read failed. Every failure is a gap, never a zero.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file or device could not be read.
    #[error("{path}: {source}")]
    Io {
        /// File or device.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The device answered something that is not a reading.
    #[error("{path}: expected {expected}, found {found:?}")]
    Garbage {
        /// File or device.
        path: String,
        /// What a reading looks like.
        expected: &'static str,
        /// The first bytes of what came.
        found: String,
    },
    /// A vendor library refused.
    #[error("{device}: {message}")]
    Vendor {
        /// Device or library.
        device: String,
        /// Its message.
        message: String,
    },
    /// Another reading that this one is computed from is missing.
    #[error("{what} could not be read")]
    Missing {
        /// Which.
        what: &'static str,
    },
}

/// Something that can be read for energy or power.
pub trait Meter: Send {
    /// What is known of it.
    fn info(&self) -> &MeterInfo;

    /// Reads it. `machine` holds what was read once for this sample (`/proc/stat`,
    /// `/proc/meminfo`), for models that need it; meters with a device of their own ignore it and
    /// stamp the reading with `clock`.
    fn read(
        &mut self,
        machine: &MachineSample,
        clock: &dyn crate::Clock,
    ) -> Result<Sample, ReadError>;

    /// Use of the device now, 0 to 100 percent; `None` if the device does not tell.
    fn utilization_percent(&mut self) -> Option<f64> {
        None
    }

    /// Memory of the device's own; `None` if it has none or does not tell.
    fn memory_use(&mut self) -> Option<MemoryUse> {
        None
    }

    /// What each process used of the device since the last call, 0 to 100 percent; `None` if the
    /// device does not tell.
    fn process_utilization(&mut self) -> Option<Vec<ProcessUtilization>> {
        None
    }
}

/// Use of one device by one process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessUtilization {
    /// Process id in our namespace.
    pub pid: u32,
    /// Share of the device, 0 to 100 percent.
    pub percent: f64,
}

/// What stands between a device and its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hindrance {
    /// The user may not read it.
    Denied,
    /// A container hides it.
    Hidden,
    /// It is there and gives no reading.
    Broken,
    /// A driver or library that it needs is not there.
    Missing,
    /// Another meter counts the same.
    Unneeded,
    /// It does not tell what is asked for, or not now.
    Unsuited,
}

impl Hindrance {
    /// What a failed read stands for.
    pub fn of(error: &ReadError) -> Self {
        match error {
            ReadError::Io { source, .. }
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Self::Denied
            }
            _ => Self::Broken,
        }
    }
}

/// A device that was found but is not used, with the reason and how to change that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What kind of figures it would have given.
    pub source: Source,
    /// What stands in the way, for programs.
    pub hindrance: Hindrance,
    /// File, device or library.
    pub what: String,
    /// Why it is not used.
    pub reason: String,
    /// The command or setting that would change it; `None` if nothing would.
    pub fix: Option<String>,
}
