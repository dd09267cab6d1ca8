//! Where a figure comes from and how far it can be trusted.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The part of the machine that an energy figure is about, as records name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Processor packages.
    Cpu,
    /// Graphics processors.
    Gpu,
    /// Main memory.
    Ram,
}

impl Component {
    /// Every component, in the order of the record's columns.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Gpu, Self::Ram];

    /// The name in tables and messages: "CPU", "GPU", "RAM".
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Gpu => "GPU",
            Self::Ram => "RAM",
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What produced an energy figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// RAPL counter through the kernel's `power` performance events.
    RaplPerf,
    /// RAPL counter through `/sys/class/powercap`.
    RaplPowercap,
    /// Energy counter of a hwmon driver (`energy*_input`).
    HwmonEnergy,
    /// Power sensor of a hwmon driver (`power*_average`, `power*_input`), integrated over time.
    HwmonPower,
    /// Discharge power of a battery, integrated over time; the whole system.
    Battery,
    /// Energy counter of Windows' Energy Meter Interface.
    WindowsEmi,
    /// Energy counter of an Apple processor, told by IOReport.
    AppleIoReport,
    /// Mean power that macOS's `powermetrics` tells, times the length of its samples.
    Powermetrics,
    /// Power of the rails of a Raspberry Pi's supply chip, integrated over time.
    RaspberryPiPmic,
    /// NVML total energy counter.
    NvmlEnergy,
    /// NVML power reading, integrated over time.
    NvmlPower,
    /// AMD SMI energy accumulator.
    AmdSmiEnergy,
    /// AMD SMI power reading, integrated over time.
    AmdSmiPower,
    /// CPU load model with coefficients that were calibrated on this machine.
    LoadModelCalibrated,
    /// CPU load model over a known thermal design power.
    LoadModel,
    /// CPU load model over a guessed thermal design power (4 W per logical CPU).
    LoadModelGuessed,
    /// CPU load model scaled to the share of a virtual machine.
    LoadModelVirtual,
    /// RAM model by installed size and use.
    RamModel,
    /// A wattage that the user gave.
    UserConstant,
    /// Included in the figure of another component (RAM under a system meter).
    Included,
    /// Nothing could be read or modelled.
    Unknown,
}

/// How a figure came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A sensor counted it.
    Measured,
    /// Integrated or apportioned from measured values.
    Derived,
    /// A model computed it from load or size.
    Modelled,
    /// Assumed, for want of anything better, or given by the user.
    Default,
}

/// Bounds of a figure as factors on its value (about 95 %).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Factor of the low bound, 0 to 1.
    pub low: f64,
    /// Factor of the high bound, at least 1.
    pub high: f64,
}

impl Accuracy {
    /// No error.
    pub const EXACT: Self = Self { low: 1.0, high: 1.0 };

    /// Symmetric bounds, for example `plus_minus(0.05)` for ± 5 %.
    pub const fn plus_minus(relative: f64) -> Self {
        Self { low: 1.0 - relative, high: 1.0 + relative }
    }

    /// Bounds by factors.
    pub const fn factors(low: f64, high: f64) -> Self {
        Self { low, high }
    }
}

impl Source {
    /// Whether the figure is measured, derived, modelled or a default.
    pub const fn basis(self) -> Basis {
        match self {
            Self::RaplPerf
            | Self::RaplPowercap
            | Self::HwmonEnergy
            | Self::WindowsEmi
            | Self::AppleIoReport
            | Self::NvmlEnergy
            | Self::AmdSmiEnergy
            | Self::Included => Basis::Measured,
            Self::HwmonPower
            | Self::Battery
            | Self::Powermetrics
            | Self::RaspberryPiPmic
            | Self::NvmlPower
            | Self::AmdSmiPower => Basis::Derived,
            Self::LoadModelCalibrated
            | Self::LoadModel
            | Self::LoadModelVirtual
            | Self::RamModel => Basis::Modelled,
            Self::LoadModelGuessed | Self::UserConstant | Self::Unknown => Basis::Default,
        }
    }

    /// The name that people read in reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RaplPerf => "RAPL (perf)",
            Self::RaplPowercap => "RAPL (powercap)",
            Self::HwmonEnergy => "hwmon energy counter",
            Self::HwmonPower => "hwmon power sensor",
            Self::Battery => "battery discharge",
            Self::WindowsEmi => "Windows EMI",
            Self::AppleIoReport => "Apple IOReport",
            Self::Powermetrics => "powermetrics",
            Self::RaspberryPiPmic => "Raspberry Pi PMIC",
            Self::NvmlEnergy => "NVML energy counter",
            Self::NvmlPower => "NVML power",
            Self::AmdSmiEnergy => "AMD SMI energy counter",
            Self::AmdSmiPower => "AMD SMI power",
            Self::LoadModelCalibrated => "CPU load model, calibrated",
            Self::LoadModel => "CPU load model",
            Self::LoadModelGuessed => "CPU load model, TDP guessed",
            Self::LoadModelVirtual => "CPU load model, share of a virtual machine",
            Self::RamModel => "RAM model",
            Self::UserConstant => "given by the user",
            Self::Included => "included in another meter",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
