//! AMD's GPUs: found by the `amdgpu` driver's files, metered by the best that there is.
//!
//! In this order: the driver's energy counter (hwmon `energy1_input`), AMD SMI's energy counter if
//! it is seen to advance, the driver's power (hwmon `power1_average`, `power1_input`), which the
//! ledger integrates. Containers see the files whenever they may use the GPU, so nothing is looked
//! for where there are none.

mod card;
mod ffi;
mod meter;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

use carbon_model::Source;

use self::card::Card;
use self::ffi::{AmdSmi, SmiError};
use self::meter::{AmdMeter, Sensor};
use super::{GpuDevice, GpuDiscovery, GpuVendor};
use crate::meter::{Hindrance, Skipped};
use crate::sysroot::{SysRoot, read_trimmed};

const LIBRARY: &str = "libamd_smi.so";
/// ROCm's place, which the loader does not search by itself.
const ROCM_LIBRARY: &str = "opt/rocm/lib/libamd_smi.so";

/// How often the counter is asked whether it advances. The driver renews its table every
/// millisecond or scheduler tick, and a call takes 50 µs or more.
const LOOKS_FOR_ADVANCE: usize = 200;

/// Adds AMD's GPUs, numbered from `first_index`.
pub(super) fn discover(
    root: &SysRoot,
    library: Option<&Path>,
    first_index: u32,
    found: &mut GpuDiscovery,
) {
    let (integrated, cards): (Vec<Card>, Vec<Card>) =
        card::cards(root).into_iter().partition(Card::is_integrated);
    for card in &integrated {
        found.skipped.push(Skipped {
            source: Source::AmdSmiEnergy,
            hindrance: Hindrance::Unneeded,
            what: format!("AMD GPU {}", card.bus_id),
            reason: "it is part of the processor, whose meter counts it".to_owned(),
            fix: None,
        });
    }
    if cards.is_empty() {
        return;
    }
    let smi = if cards.iter().all(|card| card.energy.is_some()) {
        None
    } else {
        open(&library_to_open(root, library), found)
    };
    for (index, card) in (first_index..).zip(cards) {
        add_device(index, &card, smi.as_ref(), found);
    }
}

fn open(name: &OsStr, found: &mut GpuDiscovery) -> Option<Arc<AmdSmi>> {
    AmdSmi::open(name)
        .map_err(|error| {
            let fix = matches!(error, SmiError::Load(_)).then(|| {
                "install AMD SMI (package amd-smi-lib) for the energy counter of Instinct GPUs"
                    .to_owned()
            });
            let (what, reason) = (name.display().to_string(), error.to_string());
            let hindrance = if fix.is_some() { Hindrance::Missing } else { Hindrance::Broken };
            let source = Source::AmdSmiEnergy;
            found.skipped.push(Skipped { source, hindrance, what, reason, fix });
        })
        .ok()
        .map(Arc::new)
}

fn library_to_open(root: &SysRoot, named: Option<&Path>) -> OsString {
    let rocm = root.path(ROCM_LIBRARY);
    match named {
        Some(path) => path.into(),
        None if rocm.exists() => rocm.into(),
        None => LIBRARY.into(),
    }
}

fn add_device(index: u32, card: &Card, smi: Option<&Arc<AmdSmi>>, found: &mut GpuDiscovery) {
    let library_name = || smi?.name(&card.bus_id);
    let library_uuid = || smi?.uuid(&card.bus_id);
    let unique_id = card.unique_id.as_ref().map(|id| format!("GPU-{id}"));
    let mut device = GpuDevice {
        index,
        vendor: GpuVendor::Amd,
        name: card
            .name
            .clone()
            .or_else(library_name)
            .unwrap_or_else(|| format!("AMD GPU {:04x}", card.device_id)),
        uuid: unique_id.or_else(library_uuid),
        memory_bytes: card.memory_bytes,
        power_limit_w: card.power_limit_w,
        mig: Vec::new(),
        pci_bus_id: Some(card.bus_id.clone()),
        energy_within: None,
    };
    let sensor = best_sensor(card, smi);
    if sensor.as_ref().is_none_or(Sensor::is_idle_at_zero) && card.is_of_dual_die_module() {
        device.energy_within = first_die(found);
    }
    match (sensor, device.energy_within) {
        (_, Some(first)) => found.skipped.push(Skipped {
            source: Source::AmdSmiEnergy,
            hindrance: Hindrance::Unneeded,
            what: format!("GPU {index} ({})", device.name),
            reason: format!("second die of a module: the counter of GPU {first} includes it"),
            fix: None,
        }),
        (Some(sensor), None) => {
            let meter = AmdMeter::new(&device, sensor, card);
            found.meters.push(Box::new(meter));
        }
        (None, None) => found.skipped.push(Skipped {
            source: Source::AmdSmiEnergy,
            hindrance: Hindrance::Unsuited,
            what: format!("GPU {index} ({})", device.name),
            reason: "it tells neither energy nor power (as virtual functions do)".to_owned(),
            fix: None,
        }),
    }
    found.devices.push(device);
}

/// The die before this one that has a meter of its own.
fn first_die(found: &GpuDiscovery) -> Option<u32> {
    let last = found.devices.last()?;
    (last.vendor == GpuVendor::Amd && last.energy_within.is_none()).then_some(last.index)
}

fn best_sensor(card: &Card, smi: Option<&Arc<AmdSmi>>) -> Option<Sensor> {
    if let Some(path) = &card.energy {
        return Some(Sensor::HwmonEnergy(path.clone()));
    }
    if let Some(library) = smi.filter(|library| advances(library, &card.bus_id)) {
        let (library, bus_id) = (Arc::clone(library), card.bus_id.clone());
        return Some(Sensor::SmiEnergy { library, bus_id });
    }
    card.power.clone().map(Sensor::HwmonPower)
}

/// Whether a counter moves: on some GPUs, and on the second die of a module, it stands still.
fn advances(library: &AmdSmi, bus_id: &str) -> bool {
    let Ok(first) = library.energy(bus_id) else { return false };
    first.resolution_uj > 0.0
        && (0..LOOKS_FOR_ADVANCE)
            .map_while(|_| library.energy(bus_id).ok())
            .any(|now| now.count > first.count)
}

impl Sensor {
    /// Whether a power sensor reads exactly zero, as that of a second die does.
    fn is_idle_at_zero(&self) -> bool {
        match self {
            Self::HwmonPower(path) => read_trimmed(path).is_ok_and(|text| text == "0"),
            Self::HwmonEnergy(_) | Self::SmiEnergy { .. } => false,
        }
    }
}
