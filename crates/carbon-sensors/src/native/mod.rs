//! What macOS and Windows tell by calls of their own where Linux has files: processor, memory, CPU
//! times, processes.
//!
//! Each system answers the same questions, and every answer may be `None`: on Linux all are, because
//! its files say the same for any root. Callers ask only when their root is the host's.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;
#[cfg(all(windows, target_arch = "x86_64"))]
mod cpuid;
#[cfg(not(any(target_os = "macos", windows)))]
mod unsupported;
#[cfg(not(any(target_os = "macos", windows)))]
use unsupported as system;

use crate::facts::CpuFacts;
use crate::machine::{CpuTimes, MemoryUse};

/// Whether this system is asked by calls.
pub(crate) const IS_ASKED: bool = cfg!(any(target_os = "macos", windows));

/// A process at one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ProcessTimes {
    /// When it started, in a unit of the system's own: with the pid, who it is.
    pub(crate) started: u64,
    /// CPU time of its own, s.
    pub(crate) cpu_s: f64,
}

/// The processors.
pub(crate) fn processor() -> Option<CpuFacts> {
    system::processor()
}

/// CPU seconds of all CPUs since the system started.
pub(crate) fn cpu_times() -> Option<CpuTimes> {
    system::cpu_times()
}

/// Memory installed and in use.
pub(crate) fn memory() -> Option<MemoryUse> {
    system::memory()
}

/// The system's name as Python's `platform.platform()` has it: "macOS-14.5-arm64-arm-64bit".
pub(crate) fn platform() -> Option<String> {
    system::platform()
}

/// CPU time of a process; `None` when it has ended or is not ours to look at.
pub(crate) fn process_times(pid: u32) -> Option<ProcessTimes> {
    system::process_times(pid)
}

/// All processes with their parents.
pub(crate) fn parents() -> Option<Vec<(u32, u32)>> {
    system::parents()
}
