//! GPUs: what there is, which of them are wanted, and a meter for each.
//!
//! NVIDIA's devices are read through NVML, AMD's through the `amdgpu` driver's hwmon files and
//! through AMD SMI. Both libraries are opened at run time, and only where the kernel shows a device
//! of that vendor: on a machine without GPUs [`discover`] looks at a few paths and opens nothing.
//! Integrated GPUs are left out: the meter of the processor package counts them.
//!
//! Indices run over all vendors: NVIDIA's come first and keep NVML's order, which is that of
//! `nvidia-smi` (by PCI address); AMD's follow, by PCI address, which is ROCm's order.

mod amd;
mod nvml;
mod selection;
mod stamp;

use std::path::PathBuf;

pub use selection::{GpuSelection, Selected, select};

use crate::meter::{Meter, Skipped};
use crate::sysroot::SysRoot;

/// Who made a GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GpuVendor {
    /// NVIDIA.
    Nvidia,
    /// AMD.
    Amd,
    /// Apple; the GPU is part of the processor and counted apart.
    Apple,
}

/// A part of a GPU that was cut off for separate use (NVIDIA's multi-instance GPU). It has no
/// energy counter of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigInstance {
    /// Identity, "MIG-…".
    pub uuid: String,
}

/// A GPU, whether or not it can be metered.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuDevice {
    /// Index over all vendors; [`crate::Covers::Gpu`] carries the same.
    pub index: u32,
    /// Who made it.
    pub vendor: GpuVendor,
    /// Product name, "NVIDIA A100-SXM4-80GB".
    pub name: String,
    /// Identity, "GPU-…"; `None` when the device does not tell.
    pub uuid: Option<String>,
    /// Memory on the board, bytes.
    pub memory_bytes: Option<u64>,
    /// Power limit in force, watts.
    pub power_limit_w: Option<f64>,
    /// Instances that the GPU is cut into; empty when it is whole.
    pub mig: Vec<MigInstance>,
    /// PCI address, "0000:17:00.0".
    pub pci_bus_id: Option<String>,
    /// Index of the GPU whose counter includes this one: the first die of a dual-die module.
    pub energy_within: Option<u32>,
}

/// Libraries to open in place of the ones that the system finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GpuLibraries {
    /// NVML; `None` for `libnvidia-ml.so.1`, where the NVIDIA driver is loaded.
    pub nvml: Option<PathBuf>,
    /// AMD SMI; `None` for `libamd_smi.so` of the loader's path or of `/opt/rocm/lib`.
    pub amd_smi: Option<PathBuf>,
}

/// What was found.
#[derive(Default)]
pub struct GpuDiscovery {
    /// GPUs, by index.
    pub devices: Vec<GpuDevice>,
    /// One meter per GPU that can be metered; `Covers::Gpu` tells which.
    pub meters: Vec<Box<dyn Meter>>,
    /// GPUs and libraries that cannot be used, with reasons.
    pub skipped: Vec<Skipped>,
}

impl std::fmt::Debug for GpuDiscovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let meters: Vec<_> = self.meters.iter().map(|meter| meter.info()).collect();
        f.debug_struct("GpuDiscovery")
            .field("devices", &self.devices)
            .field("meters", &meters)
            .field("skipped", &self.skipped)
            .finish()
    }
}

/// Finds the GPUs and opens a meter for each.
///
/// Costs under 20 µs where there is no GPU; with one, the start of the vendor's library (NVML: tens
/// of milliseconds). Needs no rights beyond those to use the GPU.
pub fn discover(root: &SysRoot, libraries: &GpuLibraries) -> GpuDiscovery {
    let mut found = GpuDiscovery::default();
    let nvidia = nvml::discover(root, libraries.nvml.as_deref(), &mut found);
    amd::discover(root, libraries.amd_smi.as_deref(), nvidia, &mut found);
    found
}

/// Whether [`discover`] would open a vendor's library, which takes tens of milliseconds and is worth
/// a thread of its own. Costs a few microseconds.
pub fn opens_a_library(root: &SysRoot, libraries: &GpuLibraries) -> bool {
    nvml::library_to_open(root, libraries.nvml.as_deref()).is_some()
        || libraries.amd_smi.is_some()
        || root.path("sys/class/kfd/kfd/topology/nodes").exists()
}

/// Counts and names the GPUs of these indices: `(3, "2 x NVIDIA H100, 1 x NVIDIA A100")`, names in
/// the order of their first GPU; `(0, "")` for none.
pub fn describe(devices: &[GpuDevice], indices: &[u32]) -> (u32, String) {
    let mut names: Vec<(&str, u32)> = Vec::new();
    for device in devices.iter().filter(|device| indices.contains(&device.index)) {
        match names.iter_mut().find(|(name, _)| *name == device.name) {
            Some((_, count)) => *count += 1,
            None => names.push((&device.name, 1)),
        }
    }
    let total = names.iter().map(|(_, count)| count).sum();
    let parts: Vec<String> =
        names.iter().map(|(name, count)| format!("{count} x {name}")).collect();
    (total, parts.join(", "))
}
