//! Energy of Apple's computers: a sensor where there is one, the load model last.
//!
//! IOReport ([`io_report`]) has counters of Apple's own processors and needs no rights. Macs with an
//! Intel processor have `powermetrics` ([`powermetrics`]), which only root may run. Which channels
//! and lines mean what is decided in these two and tested on every system; the calls of macOS are in
//! `macos/`.

pub mod io_report;
#[cfg(target_os = "macos")]
mod macos;
pub mod powermetrics;
#[cfg(any(target_os = "macos", test))]
mod stream;

use crate::discovery::Discovery;
use crate::gpu::{GpuDevice, GpuVendor};
use crate::meter::{Covers, Meter};
use crate::sysroot::SysRoot;

/// What was found on a Mac.
#[derive(Debug, Default)]
pub struct AppleSensors {
    /// Meters of processor and memory, and what is not used.
    pub found: Discovery,
    /// The GPU of the processor, where its energy is counted apart.
    pub gpu: Option<AppleGpu>,
}

/// The GPU within an Apple processor.
pub struct AppleGpu {
    /// What it is.
    pub device: GpuDevice,
    /// Its energy, with that of the neural engine.
    pub meter: Box<dyn Meter>,
}

impl std::fmt::Debug for AppleGpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppleGpu")
            .field("device", &self.device)
            .field("meter", self.meter.info())
            .finish()
    }
}

/// Finds the sensors of the Mac that we run on; nothing on other systems and for a root that is not
/// the host's. `brand` names the processor ("Apple M2 Pro"), `first_gpu` is the index that its GPU
/// gets.
pub fn discover(root: &SysRoot, brand: &str, first_gpu: u32) -> AppleSensors {
    if root.is_host() { host_sensors(brand, first_gpu) } else { AppleSensors::default() }
}

#[cfg(target_os = "macos")]
fn host_sensors(brand: &str, first_gpu: u32) -> AppleSensors {
    use carbon_model::Source;

    use crate::meter::Hindrance;

    let mut sensors = match macos::EnergyModel::open() {
        Ok(channels) => io_report::discover_in(Box::new(channels), brand, first_gpu),
        Err(error) => {
            let mut sensors = AppleSensors::default();
            let (hindrance, reason) = (Hindrance::Missing, error.to_string());
            sensors.found.skip(Source::AppleIoReport, hindrance, "IOReport", reason, None);
            sensors
        }
    };
    if sensors.found.meters.is_empty() {
        let fallback = macos::run_powermetrics(brand, first_gpu);
        sensors.found.extend(fallback.found);
        sensors.gpu = sensors.gpu.or(fallback.gpu);
    }
    sensors
}

#[cfg(not(target_os = "macos"))]
fn host_sensors(_: &str, _: u32) -> AppleSensors {
    AppleSensors::default()
}

/// Sorts meters into those of the processor and that of the GPU.
fn sorted(meters: Vec<Box<dyn Meter>>, brand: &str, index: u32) -> AppleSensors {
    let mut sensors = AppleSensors::default();
    for meter in meters {
        if matches!(meter.info().covers, Covers::Gpu { .. }) {
            sensors.gpu = Some(AppleGpu { device: device(brand, index), meter });
        } else {
            sensors.found.meters.push(meter);
        }
    }
    sensors
}

fn device(brand: &str, index: u32) -> GpuDevice {
    let name = if brand.is_empty() { "Apple GPU".to_owned() } else { format!("{brand} GPU") };
    GpuDevice {
        index,
        vendor: GpuVendor::Apple,
        name,
        uuid: None,
        memory_bytes: None,
        power_limit_w: None,
        mig: Vec::new(),
        pci_bus_id: None,
        energy_within: None,
    }
}
