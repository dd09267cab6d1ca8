//! A system that is asked nothing.

use super::ProcessTimes;
use crate::facts::CpuFacts;
use crate::machine::{CpuTimes, MemoryUse};

pub(super) const fn processor() -> Option<CpuFacts> {
    None
}

pub(super) const fn cpu_times() -> Option<CpuTimes> {
    None
}

pub(super) const fn memory() -> Option<MemoryUse> {
    None
}

pub(super) const fn platform() -> Option<String> {
    None
}

pub(super) const fn process_times(_: u32) -> Option<ProcessTimes> {
    None
}

pub(super) const fn parents() -> Option<Vec<(u32, u32)>> {
    None
}
