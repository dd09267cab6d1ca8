//! Finds and reads energy meters: RAPL by perf and powercap, hwmon, battery, NVML, AMD SMI, Windows'
//! EMI, Apple's IOReport, the sensors of Raspberry Pi and Jetson boards, the CPU load and RAM models,
//! and the CPU time of process trees.
//!
//! This crate knows how a device is read and what it covers. It does not add anything up, keeps no
//! history beyond what a reading needs, and knows neither runs nor emissions. It never reads the
//! environment, and every path starts at a [`SysRoot`].

pub mod apple;
pub mod battery;
pub mod clock;
mod counter_bank;
mod counter_file;
pub mod discovery;
pub mod emi;
pub mod facts;
pub mod gpu;
pub mod hwmon;
pub mod jetson;
mod kept_file;
pub mod limits;
pub mod load_model;
pub mod machine;
pub mod meter;
mod native;
mod power_file;
pub mod process;
pub mod ram_model;
pub mod rapl;
pub mod raspberry_pi;
pub mod sysroot;
pub mod tree;

pub use clock::{Clock, Instant, SystemClock};
pub use discovery::Discovery;
pub use facts::{CpuFacts, DmiFacts, MachineClass, MemoryFacts, Vendor};
pub use limits::{LimitSource, Limits, SlurmJob};
pub use load_model::{
    Calibration, CalibrationScope, LoadModel, LoadModelSpec, ProcessorPower, TdpInputs, choose_tdp,
};
pub use machine::{CpuTimes, MachineParts, MachineReader, MachineSample, MemoryUse};
pub use meter::{
    Covers, Hindrance, Meter, MeterInfo, ProcessUtilization, ReadError, Reading, Sample, Skipped,
};
pub use process::{CgroupDir, CgroupTree, ProcessTree, create_cgroup};
pub use ram_model::{ConstantPower, RamModel};
pub use sysroot::SysRoot;
pub use tree::{CpuTree, TreeReading};
