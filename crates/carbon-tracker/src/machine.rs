//! The machine that a hub measures, injected: roots of its file systems, clock, performance events
//! and vendor libraries.

use std::sync::Arc;

use carbon_sensors::gpu::GpuLibraries;
use carbon_sensors::limits::SlurmJob;
use carbon_sensors::load_model::Calibration;
use carbon_sensors::process::ProcessTree;
use carbon_sensors::rapl::{LinuxPerf, PerfEvents};
use carbon_sensors::{Clock, CpuTree, SysRoot, SystemClock};

/// Everything through which the outside is seen. Clones share clock and events.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Root of `/sys`, `/proc`, `/run` and `/dev`.
    pub root: SysRoot,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Performance events of the kernel.
    pub perf: Arc<dyn PerfEvents>,
    /// Vendor libraries to open instead of those of the system.
    pub gpu_libraries: GpuLibraries,
    /// The batch job that the process belongs to.
    pub slurm_job: Option<SlurmJob>,
    /// Idle and full-load power that were measured on this machine.
    pub calibration: Option<Calibration>,
}

impl Machine {
    /// The machine that we run on.
    pub fn host() -> Self {
        Self::at(SysRoot::default())
    }

    /// A machine whose file systems lie under another root (`/host` in a container).
    pub fn at(root: SysRoot) -> Self {
        Self {
            root,
            clock: Arc::new(SystemClock),
            perf: Arc::new(LinuxPerf),
            gpu_libraries: GpuLibraries::default(),
            slurm_job: None,
            calibration: None,
        }
    }

    /// The tree of this process on the machine.
    pub(crate) fn own_tree(&self) -> Box<dyn CpuTree> {
        Box::new(ProcessTree::own(&self.root))
    }
}
