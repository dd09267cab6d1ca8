//! The hubs of this process, and what a fork does to them.
//!
//! A process has one hub for each machine that its configurations name, nearly always one. Hubs are
//! never freed. A forked child inherits memory but no threads, and possibly locks that nobody will
//! open; so it forgets the parent's hubs untouched and makes its own. [`generation`] tells objects
//! of the parent apart.
//!
//! The lock here is only taken by threads that are attached to the interpreter and is held for a
//! few instructions, so it is open whenever Python forks.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use carbon_sensors::gpu::GpuLibraries;
use carbon_sensors::{SlurmJob, SysRoot};
use carbon_tracker::config::Config;
use carbon_tracker::{Hub, Machine, Sampling};

/// What makes two machines different.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    sysroot: PathBuf,
    nvml_library: Option<PathBuf>,
    slurm_job: Option<SlurmJob>,
    calibration_file: Option<PathBuf>,
}

static HUBS: Mutex<Vec<(Key, &'static Hub)>> = Mutex::new(Vec::new());
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// The hub of the machine that a configuration names.
pub(crate) fn hub_for(
    config: &Config,
    slurm_job: Option<&SlurmJob>,
    calibration_file: Option<&Path>,
) -> &'static Hub {
    let mut hubs = HUBS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = hubs.iter().find(|(key, _)| {
        key.sysroot == config.sysroot
            && key.nvml_library == config.nvml_library
            && key.slurm_job.as_ref() == slurm_job
            && key.calibration_file.as_deref() == calibration_file
    });
    if let Some((_, hub)) = known {
        return hub;
    }
    let mut machine = Machine::at(SysRoot::new(&config.sysroot));
    machine.gpu_libraries =
        GpuLibraries { nvml: config.nvml_library.clone(), ..GpuLibraries::default() };
    machine.slurm_job = slurm_job.cloned();
    machine.calibration_files.extend(calibration_file.map(Path::to_owned));
    let hub: &'static Hub = Box::leak(Box::new(Hub::new(machine, Sampling::Thread)));
    let key = Key {
        sysroot: config.sysroot.clone(),
        nvml_library: config.nvml_library.clone(),
        slurm_job: slurm_job.cloned(),
        calibration_file: calibration_file.map(Path::to_owned),
    };
    hubs.push((key, hub));
    hub
}

/// How many forks lie between the first process that loaded this module and this one.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts clean in a forked child.
pub(crate) fn forget_the_parents() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    HUBS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
