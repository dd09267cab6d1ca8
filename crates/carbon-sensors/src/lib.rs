//! Finds and reads energy meters: RAPL by perf and powercap, hwmon, battery, NVML, AMD SMI, the CPU
//! load and RAM models, and the CPU time of process trees.
//!
//! This crate knows how a device is read and what it covers. It does not add anything up, keeps no
//! history beyond what a reading needs, and knows neither runs nor emissions. It never reads the
//! environment, and every path starts at a [`SysRoot`].

pub mod clock;
mod counter_file;
pub mod discovery;
pub mod gpu;
pub mod machine;
pub mod meter;
pub mod rapl;
pub mod sysroot;
pub mod tree;

pub use clock::{Clock, Instant, SystemClock};
pub use discovery::Discovery;
pub use machine::{CpuTimes, MachineSample, MemoryUse};
pub use meter::{
    Covers, Meter, MeterInfo, ProcessUtilization, ReadError, Reading, Sample, Skipped,
};
pub use sysroot::SysRoot;
pub use tree::{CpuTree, TreeReading};
