//! The machine that a hub measures, injected: roots of its file systems, clock, performance events
//! and vendor libraries.

use std::path::PathBuf;
use std::sync::Arc;

use carbon_sensors::gpu::GpuLibraries;
use carbon_sensors::limits::SlurmJob;
use carbon_sensors::process::ProcessTree;
use carbon_sensors::rapl::{LinuxPerf, PerfEvents};
use carbon_sensors::{Clock, CpuTree, SysRoot, SystemClock};

use crate::calibration::COMMON_CALIBRATION_FILE;

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
    /// Files in which a calibration of this machine is looked for before the one for all its users
    /// ([`COMMON_CALIBRATION_FILE`]), when a load model
    /// is needed.
    pub calibration_files: Vec<PathBuf>,
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
            calibration_files: Vec::new(),
        }
    }

    /// Where calibrations are looked for, the one that counts first.
    pub fn all_calibration_files(&self) -> Vec<PathBuf> {
        let common = self.root.path(COMMON_CALIBRATION_FILE);
        self.calibration_files.iter().cloned().chain([common]).collect()
    }

    /// The tree of this process on the machine.
    pub(crate) fn own_tree(&self) -> Box<dyn CpuTree> {
        Box::new(ProcessTree::own(&self.root))
    }
}
