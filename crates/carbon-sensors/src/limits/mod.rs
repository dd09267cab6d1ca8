//! What part of the machine we may use: cgroup quotas and maxima, CPU sets, a batch job's share.
//!
//! A container or a Slurm job that is billed a whole node would be billed its neighbours. [`Limits`]
//! holds only what really limits, smallest first, and says where each figure comes from. How much of
//! the allowed part is used, the [`MachineReader`](crate::MachineReader) tells.

mod cgroup;
mod slurm;
mod usage;

use std::fmt;

use crate::facts::cpu;
use crate::sysroot::SysRoot;

pub use cgroup::{
    Cgroup, CgroupVersion, OwnCgroups, parse_cfs_quota, parse_cpu_max, parse_memory_max,
    parse_proc_cgroup,
};
pub use slurm::{Allocation, SlurmJob, ask_scontrol, parse_memory_gb, parse_scontrol};
pub(crate) use usage::{CpuUsage, MemoryUsage};
pub use usage::{parse_cpu_stat, parse_inactive_file};

/// What said how much may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitSource {
    /// A cgroup's share of time (`cpu.max`, `cpu.cfs_quota_us`) or memory maximum.
    Cgroup,
    /// A cgroup's set of CPUs.
    CpuSet,
    /// The environment that Slurm gave the job.
    SlurmEnvironment,
    /// The CPUs that a Slurm job's process is bound to.
    Affinity,
    /// `scontrol show job`.
    Scontrol,
}

impl LimitSource {
    /// The name in reports: "cgroup", "Slurm".
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cgroup => "cgroup limit",
            Self::CpuSet => "cgroup CPU set",
            Self::SlurmEnvironment => "Slurm allocation",
            Self::Affinity => "CPU affinity",
            Self::Scontrol => "Slurm allocation (scontrol)",
        }
    }
}

impl fmt::Display for LimitSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// CPUs that may be used.
#[derive(Debug, Clone, PartialEq)]
pub struct CpuLimit {
    /// Logical CPUs, a fraction allowed; more than 0 and less than the machine has.
    pub cpus: f64,
    /// What said so.
    pub source: LimitSource,
    /// The cgroup that the limit bounds, whose own CPU time can be read.
    pub cgroup: Option<Cgroup>,
}

/// Memory that may be used.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryLimit {
    /// Bytes; may be more than the machine has.
    pub bytes: u64,
    /// What said so.
    pub source: LimitSource,
    /// The cgroup that the limit bounds, whose own use can be read.
    pub cgroup: Option<Cgroup>,
}

/// What part of the machine may be used; `None` where nothing limits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    /// CPUs.
    pub cpu: Option<CpuLimit>,
    /// Memory.
    pub memory: Option<MemoryLimit>,
}

impl Limits {
    /// No limits: the whole machine.
    pub const fn none() -> Self {
        Self { cpu: None, memory: None }
    }

    /// Looks for limits: of a Slurm job in its environment, then of our cgroups, then (for a Slurm
    /// job of which nothing is known yet) the CPUs it is bound to and what `scontrol` says.
    ///
    /// `scontrol` is given the job's id and answers the text of `scontrol show job`; pass
    /// [`ask_scontrol`]. It is called only when the rest left a question open. 40 to 100 µs without
    /// it.
    pub fn detect(
        root: &SysRoot,
        slurm: Option<&SlurmJob>,
        scontrol: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let own = OwnCgroups::find(root);
        let online = cpu::online_cpus(root);
        let mut limits = Self { cpu: own.cpu_limit(root, online), memory: own.memory_limit(root) };
        if let Some(job) = slurm {
            limits.apply_job(root, &own, job, online, scontrol);
        }
        if let (Some(limit), Some(online)) = (&limits.cpu, online)
            && limit.cpus >= f64::from(online)
        {
            limits.cpu = None;
        }
        limits
    }

    fn apply_job(
        &mut self,
        root: &SysRoot,
        own: &OwnCgroups,
        job: &SlurmJob,
        online: Option<u32>,
        scontrol: &dyn Fn(&str) -> Option<String>,
    ) {
        let cgroup = own.of_slurm_job(root, &job.id);
        let cpus = |cpus, source| Some(CpuLimit { cpus, source, cgroup: cgroup.clone() });
        let memory = |bytes, source| Some(MemoryLimit { bytes, source, cgroup: None });
        let told = &job.allocation;
        self.cpu = told
            .cpus
            .and_then(|n| cpus(n, LimitSource::SlurmEnvironment))
            .or_else(|| self.cpu.take())
            .or_else(|| {
                let bound = cpu::allowed_cpus(root).filter(|n| Some(*n) < online)?;
                cpus(f64::from(bound), LimitSource::Affinity)
            });
        self.memory = told
            .memory_bytes
            .and_then(|n| memory(n, LimitSource::SlurmEnvironment))
            .or_else(|| self.memory.take());
        if self.cpu.is_some() && self.memory.is_some() {
            return;
        }
        let asked = scontrol(&job.id).map(|text| parse_scontrol(&text)).unwrap_or_default();
        if self.cpu.is_none() {
            self.cpu = asked.cpus.and_then(|n| cpus(n, LimitSource::Scontrol));
        }
        if self.memory.is_none() {
            self.memory = asked.memory_bytes.and_then(|n| memory(n, LimitSource::Scontrol));
        }
    }
}
