//! GPUs through the real wrappers: NVML and AMD SMI are fake libraries that are truly loaded, the
//! `amdgpu` driver is a directory.

#![expect(clippy::unwrap_used, reason = "what tests share may fail as a test does")]

mod absence;
mod amd;
mod bench;
mod nvml;
mod nvml_faults;
mod selecting;

use std::time::Duration;

use carbon_sensors::gpu::{GpuDiscovery, GpuLibraries, discover};
use carbon_sensors::{Covers, MachineSample, Meter, Reading, Sample, SysRoot};
use carbon_testkit::FakeClock;
use fake_nvml::FakeNvml;

const TWO_GPUS: &str = "
driver = 550.54.15
[gpu]
name = NVIDIA A100-SXM4-80GB
uuid = GPU-4e8ff1d2-0000-0000-0000-000000000001
pci_bus_id = 00000000:17:00.0
memory_bytes = 85899345920
power_limit_mw = 400000
energy_mj = 5000000000
utilization_percent = 87
[gpu]
name = NVIDIA A100-SXM4-80GB
uuid = GPU-9ab0c3d4-0000-0000-0000-000000000002
pci_bus_id = 00000000:31:00.0
memory_bytes = 85899345920
power_limit_mw = 400000
energy_mj = 7
";

/// A machine on which nothing but the given library tells of GPUs.
fn bare() -> (tempfile::TempDir, SysRoot) {
    let directory = tempfile::tempdir().unwrap();
    let root = SysRoot::new(directory.path());
    (directory, root)
}

fn discover_nvml(fake: &FakeNvml) -> GpuDiscovery {
    let libraries = GpuLibraries { nvml: Some(fake.library()), amd_smi: None };
    discover(&bare().1, &libraries)
}

/// The meter of the GPU with this index.
fn meter(found: &mut GpuDiscovery, index: u32) -> &mut dyn Meter {
    let covers = Covers::Gpu { index };
    let meter = found.meters.iter_mut().find(|meter| meter.info().covers == covers);
    meter.unwrap_or_else(|| panic!("GPU {index} has no meter")).as_mut()
}

fn read(meter: &mut dyn Meter, clock: &FakeClock) -> Result<Sample, String> {
    meter.read(&MachineSample::default(), clock).map_err(|error| error.to_string())
}

/// Joules between two readings of a counter that went forward.
fn joules(from: Sample, to: Sample) -> f64 {
    match (from.reading, to.reading) {
        (
            Reading::Counter { count: before, .. },
            Reading::Counter { count: after, joules_per_count, .. },
        ) => (after - before) as f64 * joules_per_count,
        other => panic!("not two counters: {other:?}"),
    }
}

fn watts(sample: Sample) -> f64 {
    match sample.reading {
        Reading::Power { watts } => watts,
        other => panic!("not a power: {other:?}"),
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}
