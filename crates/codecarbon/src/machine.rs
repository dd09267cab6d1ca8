//! The machine that a command measures: the one that we run on, unless the configuration names
//! another root.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use carbon_sensors::SysRoot;
use carbon_sensors::gpu::GpuLibraries;
use carbon_sensors::limits::SlurmJob;
use carbon_sensors::rapl::{PerfCounter, PerfEvent, PerfEvents};
use carbon_tracker::Machine;
use carbon_tracker::calibration::CALIBRATION_FILE_NAME;
use carbon_tracker::config::Config;

use crate::surroundings::Surroundings;

/// The file of a user's own calibrations.
pub(crate) fn calibration_file(start: &Surroundings) -> Option<PathBuf> {
    Some(start.state_directory()?.join(CALIBRATION_FILE_NAME))
}

/// The machine of a configuration and an environment.
pub(crate) fn machine_of(config: &Config, start: &Surroundings) -> Machine {
    let root = SysRoot::new(&config.sysroot);
    let is_ours = root.is_host() || is_our_kernel(&root);
    let mut machine = Machine::at(root);
    if !is_ours {
        machine.perf = Arc::new(OtherKernel);
    }
    machine.gpu_libraries =
        GpuLibraries { nvml: config.nvml_library.clone(), ..GpuLibraries::default() };
    machine.calibration_files.extend(calibration_file(start));
    let variable = |name: &str| start.variable(name).map(str::to_owned);
    machine.slurm_job = variable("SLURM_JOB_ID")
        .or_else(|| variable("SLURM_JOBID"))
        .filter(|id| !id.is_empty())
        .map(|id| SlurmJob::from_environment(&id, &variable));
    machine
}

/// Whether the files under a root are those of the kernel that we run on (`/host` in a container)
/// and not those of another machine, copied or mounted from afar.
fn is_our_kernel(root: &SysRoot) -> bool {
    let boot_id = |root: &SysRoot| root.read("proc/sys/kernel/random/boot_id").ok();
    boot_id(root).is_some_and(|theirs| Some(theirs) == boot_id(&SysRoot::default()))
}

/// Performance events of a machine that only its files are known of: a system call would open those
/// of ours.
#[derive(Debug)]
struct OtherKernel;

impl PerfEvents for OtherKernel {
    fn open(&self, _event: PerfEvent) -> io::Result<Box<dyn PerfCounter>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "sysroot is not of the running kernel"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_root_of_our_own_kernel_has_our_counters() {
        let fake = carbon_testkit::Machine::load(carbon_testkit::machines::AMD);
        assert!(!is_our_kernel(&fake.sysroot()));
        assert!(is_our_kernel(&SysRoot::new("/proc/self/root")));
    }
}
