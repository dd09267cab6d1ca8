//! What is read once per sample and shared: CPU times and memory of the machine.

use crate::clock::Instant;

/// CPU seconds of all visible logical CPUs since boot (first line of `/proc/stat`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CpuTimes {
    /// Seconds in user, nice, system, irq and softirq (guest time is within user).
    pub busy_s: f64,
    /// Seconds idle or waiting for I/O, and stolen by the hypervisor.
    pub idle_s: f64,
}

/// Memory of the machine or of the cgroup that we are in.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MemoryUse {
    /// Bytes installed (or allowed).
    pub total_bytes: u64,
    /// Bytes in use: total − available.
    pub used_bytes: u64,
}

/// Readings that every meter of one sample may use; `None` when the read failed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MachineSample {
    /// When they were taken.
    pub at: Instant,
    /// CPU times.
    pub cpu: Option<CpuTimes>,
    /// Memory.
    pub memory: Option<MemoryUse>,
}
