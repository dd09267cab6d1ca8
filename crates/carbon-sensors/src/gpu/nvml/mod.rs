//! NVIDIA's GPUs, through NVML.
//!
//! The library is opened where the kernel driver shows itself (`/proc/driver/nvidia/version`,
//! `/dev/nvidiactl`), where Windows lends its driver to Linux (`/dev/dxg`), or where the caller
//! names a library. One GPU that cannot be opened is skipped; the others are not disturbed.

mod meter;
mod session;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carbon_model::Source;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml};

use self::meter::{Kind, NvmlMeter};
use self::session::Session;
use super::{GpuDevice, GpuDiscovery, GpuVendor, MigInstance};
use crate::meter::{Hindrance, Skipped};
use crate::sysroot::SysRoot;

const LIBRARY: &str = "libnvidia-ml.so.1";
/// Where the Windows driver's NVML appears in the Windows subsystem for Linux.
const WSL_LIBRARY: &str = "usr/lib/wsl/lib/libnvidia-ml.so.1";

/// Adds NVIDIA's GPUs; returns how many indices they take.
pub(super) fn discover(root: &SysRoot, library: Option<&Path>, found: &mut GpuDiscovery) -> u32 {
    let Some(library) = library_to_open(root, library) else { return 0 };
    let opened = Session::open(library.clone()).and_then(|session| {
        let count = session.with(|nvml, _| nvml.device_count())?;
        Ok((Arc::new(session), count))
    });
    match opened {
        Ok((session, count)) => {
            let library_version = session.with(|nvml, _| Ok(versions(nvml))).unwrap_or_default();
            for index in 0..count {
                add_device(&session, index, &library_version, found);
            }
            count
        }
        Err(error) => {
            found.skipped.push(Skipped {
                source: Source::NvmlEnergy,
                hindrance: hindrance(&error),
                what: library.display().to_string(),
                reason: error.to_string(),
                fix: fix(&error),
            });
            0
        }
    }
}

pub(super) fn library_to_open(root: &SysRoot, named: Option<&Path>) -> Option<PathBuf> {
    if let Some(path) = named {
        return Some(path.to_owned());
    }
    let exists = |path: &str| root.path(path).exists();
    if exists("proc/driver/nvidia/version") || exists("dev/nvidiactl") {
        return Some(PathBuf::from(LIBRARY));
    }
    (exists("dev/dxg") && exists(WSL_LIBRARY)).then(|| root.path(WSL_LIBRARY))
}

fn add_device(session: &Arc<Session>, index: u32, versions: &str, found: &mut GpuDiscovery) {
    let skip = |error: &NvmlError, name: &str| Skipped {
        source: Source::NvmlEnergy,
        hindrance: hindrance(error),
        what: format!("GPU {index} ({name})"),
        reason: error.to_string(),
        fix: fix(error),
    };
    let looked = session.with(|nvml, _| {
        let handle = nvml.device_by_index(index)?;
        let device = describe(index, &handle);
        let kind = Kind::of(&handle);
        Ok((device, kind))
    });
    match looked {
        Err(error) => found.skipped.push(skip(&error, "NVIDIA")),
        Ok((device, kind)) => {
            match kind {
                Err(error) => found.skipped.push(skip(&error, &device.name)),
                Ok(kind) => found.meters.push(Box::new(NvmlMeter::new(
                    Arc::clone(session),
                    &device,
                    kind,
                    versions,
                ))),
            }
            found.devices.push(device);
        }
    }
}

/// What a GPU says of itself; whatever it does not tell is left out.
fn describe(index: u32, handle: &Device<'_>) -> GpuDevice {
    GpuDevice {
        index,
        vendor: GpuVendor::Nvidia,
        name: handle.name().unwrap_or_else(|_| "NVIDIA GPU".to_owned()),
        uuid: handle.uuid().ok(),
        memory_bytes: handle.memory_info().ok().map(|memory| memory.total),
        power_limit_w: handle.power_management_limit().ok().map(|mw| f64::from(mw) / 1e3),
        mig: instances(handle),
        pci_bus_id: handle.pci_info().ok().map(|pci| short_bus_id(&pci.bus_id)),
        energy_within: None,
    }
}

fn instances(handle: &Device<'_>) -> Vec<MigInstance> {
    if handle.mig_mode().map_or(0, |mode| mode.current) == 0 {
        return Vec::new();
    }
    let uuid = |index| handle.mig_device_by_index(index).ok()?.uuid().ok();
    let instances = (0..handle.mig_device_count().unwrap_or(0)).filter_map(uuid);
    instances.map(|uuid| MigInstance { uuid }).collect()
}

/// NVML writes the PCI domain in eight digits, the kernel in four: "00000000:17:00.0".
fn short_bus_id(bus_id: &str) -> String {
    bus_id.strip_prefix("0000").filter(|rest| rest.len() == 12).unwrap_or(bus_id).to_lowercase()
}

fn versions(nvml: &Nvml) -> String {
    nvml.sys_driver_version().map_or_else(|_| "NVML".to_owned(), |v| format!("NVML, driver {v}"))
}

fn hindrance(error: &NvmlError) -> Hindrance {
    match error {
        NvmlError::LibloadingError(_) | NvmlError::DriverNotLoaded => Hindrance::Missing,
        NvmlError::NoPermission => Hindrance::Denied,
        NvmlError::NotSupported => Hindrance::Unsuited,
        _ => Hindrance::Broken,
    }
}

/// The command or setting that would help against an error.
fn fix(error: &NvmlError) -> Option<String> {
    let fix = match error {
        NvmlError::LibloadingError(_) => {
            "install the NVML library of your driver (Debian: libnvidia-ml1); in a container, start \
             it with --gpus all and NVIDIA_DRIVER_CAPABILITIES=utility"
        }
        NvmlError::DriverNotLoaded => "load the driver: modprobe nvidia",
        NvmlError::NoPermission => "allow this user to read and write /dev/nvidia*",
        NvmlError::LibRmVersionMismatch => {
            "the driver was updated while loaded: reboot, or reload the nvidia module"
        }
        NvmlError::GpuLost | NvmlError::ResetRequired => {
            "reset the GPU (nvidia-smi --gpu-reset) or reboot"
        }
        _ => return None,
    };
    Some(fix.to_owned())
}
