//! The contract of a process tree: cumulative CPU seconds and memory of a program and everything
//! that it started.

use crate::meter::ReadError;

/// What a process tree has used so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TreeReading {
    /// CPU seconds since the tree was first looked at, ended children included; never goes back.
    pub cpu_s: f64,
    /// Proportional set size of the live members, bytes; `None` when it was not asked for or cannot
    /// be read.
    pub pss_bytes: Option<u64>,
    /// Live members; empty when the kind of tree does not know them (a cgroup, rusage).
    pub pids: Vec<u32>,
}

/// A process tree that can be read.
pub trait CpuTree: Send {
    /// Reads CPU seconds, and memory and members when `with_members` is set (which costs more: tens
    /// of microseconds a process).
    fn read(&mut self, with_members: bool) -> Result<TreeReading, ReadError>;
}
