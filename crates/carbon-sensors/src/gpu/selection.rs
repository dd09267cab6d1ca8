//! Which GPUs are wanted: lists of indices and ids, by the user or by the programming environment.
//!
//! Nothing here reads the environment; the values of `CUDA_VISIBLE_DEVICES` and
//! `ROCR_VISIBLE_DEVICES` are passed in. The two differ from a list that a user gives: they concern
//! one vendor's GPUs only, number these from 0, and end at the first entry that names no GPU, which
//! is how they hide everything ("", "-1").
//!
//! CUDA numbers GPUs fastest first unless `CUDA_DEVICE_ORDER` is `PCI_BUS_ID`; we number them by
//! PCI address, as `nvidia-smi` does. Among GPUs of one model the two orders agree. Where models
//! differ, a selection by CUDA's numbers carries a warning unless
//! [`GpuSelection::in_pci_order`] says that the orders agree.

use super::{GpuDevice, GpuVendor};

/// Which GPUs are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GpuSelection(Wanted);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Wanted {
    #[default]
    All,
    Listed(Vec<String>),
    Visible {
        cuda: Option<Vec<String>>,
        rocr: Option<Vec<String>>,
        pci_order: bool,
    },
}

/// The GPUs that a selection comes down to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selected {
    /// Indices, ascending, each once.
    pub indices: Vec<u32>,
    /// What the user should know: entries that name no GPU, energy that is more than asked for.
    pub warnings: Vec<String>,
}

impl GpuSelection {
    /// Every GPU.
    pub fn all() -> Self {
        Self(Wanted::All)
    }

    /// Reads a list such as "0,1", "[0, 1]" or "GPU-4e8,MIG-f1e". What cannot be part of an id is
    /// dropped; an empty list selects no GPU.
    pub fn parse(text: &str) -> Self {
        Self::from_entries([text])
    }

    /// Reads a list whose entries may be lists themselves: `["0", "MIG-f1e", "1, 2"]`.
    pub fn from_entries<'a>(entries: impl IntoIterator<Item = &'a str>) -> Self {
        let ids = entries.into_iter().flat_map(|entry| entry.split(',')).map(sanitise);
        Self(Wanted::Listed(ids.filter(|id| !id.is_empty()).collect()))
    }

    /// The list that the user gave, else what `CUDA_VISIBLE_DEVICES` (for NVIDIA's GPUs) and
    /// `ROCR_VISIBLE_DEVICES` (for AMD's) leave visible, else every GPU. `None` is a variable that
    /// is not set; an empty one hides the vendor's GPUs.
    pub fn resolve(explicit: Option<&str>, cuda: Option<&str>, rocr: Option<&str>) -> Self {
        match (explicit, cuda, rocr) {
            (Some(text), _, _) => Self::parse(text),
            (None, None, None) => Self::all(),
            (None, cuda, rocr) => Self(Wanted::Visible {
                cuda: cuda.map(visible),
                rocr: rocr.map(visible),
                pci_order: false,
            }),
        }
    }

    /// Says whether `CUDA_DEVICE_ORDER` is `PCI_BUS_ID`, so that CUDA's numbers are ours.
    #[must_use]
    pub fn in_pci_order(mut self, agreed: bool) -> Self {
        if let Wanted::Visible { pci_order, .. } = &mut self.0 {
            *pci_order = agreed;
        }
        self
    }

    /// The ids that the user listed, cleaned; `None` when nothing was listed by the user.
    pub fn ids(&self) -> Option<&[String]> {
        match &self.0 {
            Wanted::Listed(ids) => Some(ids),
            Wanted::All | Wanted::Visible { .. } => None,
        }
    }

    /// The ids that were listed, by the user or by the first of the variables that names any; `None`
    /// when nobody listed GPUs.
    pub fn named(&self) -> Option<Vec<String>> {
        match &self.0 {
            Wanted::All => None,
            Wanted::Listed(ids) => Some(ids.clone()),
            Wanted::Visible { cuda, rocr, .. } => {
                let lists = [cuda, rocr].into_iter().flatten();
                let mut cleaned = lists.map(|ids| ids.iter().filter(|id| !id.is_empty()).cloned());
                let named = cleaned.find_map(|ids| {
                    let ids: Vec<String> = ids.collect();
                    (!ids.is_empty()).then_some(ids)
                });
                Some(named.unwrap_or_default())
            }
        }
    }

    /// Whether no GPU can be selected, whatever the machine has: then none need be looked for.
    pub fn is_none(&self) -> bool {
        self.ids().is_some_and(<[String]>::is_empty)
    }
}

/// Applies a selection to the GPUs of a machine. Pure; costs under a microsecond per entry.
pub fn select(devices: &[GpuDevice], selection: &GpuSelection) -> Selected {
    let mut selected = Selected::default();
    match &selection.0 {
        Wanted::All => selected.indices = devices.iter().map(|device| device.index).collect(),
        Wanted::Listed(ids) => select_listed(devices, ids, &mut selected),
        Wanted::Visible { cuda, rocr, pci_order } => {
            let nvidia = of_vendor(devices, GpuVendor::Nvidia);
            let same_model = nvidia.iter().all(|device| device.name == nvidia[0].name);
            select_visible(&nvidia, cuda.as_deref(), "CUDA_VISIBLE_DEVICES", &mut selected);
            let numbered = cuda.iter().flatten().any(|id| ordinal(id).is_some());
            if numbered && !pci_order && !same_model {
                selected.warnings.push(
                    "CUDA_VISIBLE_DEVICES numbers GPUs of several models: they were taken in \
                     nvidia-smi's order; set CUDA_DEVICE_ORDER=PCI_BUS_ID, or name GPUs by UUID"
                        .to_owned(),
                );
            }
            let amd = of_vendor(devices, GpuVendor::Amd);
            select_visible(&amd, rocr.as_deref(), "ROCR_VISIBLE_DEVICES", &mut selected);
            // Neither variable speaks of it.
            let apple = of_vendor(devices, GpuVendor::Apple);
            selected.indices.extend(apple.iter().map(|device| device.index));
        }
    }
    selected.indices.sort_unstable();
    selected.indices.dedup();
    warn_of_shared_counters(devices, &mut selected);
    selected
}

fn select_listed(devices: &[GpuDevice], ids: &[String], selected: &mut Selected) {
    for id in ids {
        let matches = match ordinal(id) {
            Some(index) => devices.iter().filter(|device| device.index == index).collect(),
            None => by_uuid(devices.iter(), id),
        };
        match matches.len() {
            0 => selected.warnings.push(format!("no GPU is called {id:?}; {}", named(devices))),
            1 => {}
            n => selected.warnings.push(format!("{n} GPUs have an id that begins with {id:?}")),
        }
        take(&matches, id, selected);
    }
}

/// Applies one vendor's variable to the GPUs of that vendor.
fn select_visible(
    devices: &[&GpuDevice],
    ids: Option<&[String]>,
    variable: &str,
    selected: &mut Selected,
) {
    let Some(ids) = ids else {
        selected.indices.extend(devices.iter().map(|device| device.index));
        return;
    };
    for id in ids {
        let matches = match ordinal(id) {
            Some(ordinal) => devices.get(ordinal as usize).copied().into_iter().collect(),
            None => by_uuid(devices.iter().copied(), id),
        };
        if matches.len() != 1 {
            if !devices.is_empty() && !hides_everything(id) {
                selected.warnings.push(format!(
                    "{variable} ends at {id:?}, which is {}",
                    if matches.is_empty() { "no GPU here" } else { "the id of several GPUs" }
                ));
            }
            return;
        }
        take(&matches, id, selected);
    }
}

fn take(matches: &[&GpuDevice], id: &str, selected: &mut Selected) {
    for device in matches {
        selected.indices.push(device.index);
        if strip_prefix(id, "MIG-").is_some() {
            selected.warnings.push(format!(
                "{id} is an instance of GPU {}: the energy is that of the whole GPU",
                device.index
            ));
        }
    }
}

/// The GPUs whose UUID, or the UUID of an instance of which, begins with an id. "GPU-" and "MIG-"
/// in front may be left out.
fn by_uuid<'a>(
    devices: impl Iterator<Item = &'a GpuDevice> + Clone,
    id: &str,
) -> Vec<&'a GpuDevice> {
    let instances = |device: &&GpuDevice, stem: &str| {
        device.mig.iter().any(|instance| begins(&instance.uuid, "MIG-", stem))
    };
    let whole = |device: &&GpuDevice, stem: &str| {
        device.uuid.as_deref().is_some_and(|uuid| begins(uuid, "GPU-", stem))
    };
    if let Some(stem) = strip_prefix(id, "MIG-") {
        let found: Vec<_> = devices.clone().filter(|device| instances(device, stem)).collect();
        if !found.is_empty() {
            return found;
        }
        // Drivers before 470 write "MIG-GPU-<uuid of the GPU>/<instance>/<compute instance>".
        let stem = strip_prefix(stem, "GPU-").unwrap_or(stem);
        let stem = stem.split('/').next().unwrap_or(stem);
        return devices.filter(|device| whole(device, stem)).collect();
    }
    let stem = strip_prefix(id, "GPU-").unwrap_or(id);
    devices.filter(|device| whole(device, stem)).collect()
}

/// Whether a UUID, its prefix aside, begins with a stem; an empty stem names nothing.
fn begins(uuid: &str, prefix: &str, stem: &str) -> bool {
    !stem.is_empty() && strip_prefix(strip_prefix(uuid, prefix).unwrap_or(uuid), stem).is_some()
}

/// What follows a prefix, upper and lower case alike.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// Energy that is counted elsewhere is worth a word when that elsewhere is not selected.
fn warn_of_shared_counters(devices: &[GpuDevice], selected: &mut Selected) {
    for device in devices.iter().filter(|device| selected.indices.contains(&device.index)) {
        if let Some(first) = device.energy_within
            && !selected.indices.contains(&first)
        {
            selected.warnings.push(format!(
                "GPU {} is the second die of a module: its energy is in the counter of GPU {first}, \
                 which is not selected",
                device.index
            ));
        }
    }
}

fn of_vendor(devices: &[GpuDevice], vendor: GpuVendor) -> Vec<&GpuDevice> {
    devices.iter().filter(|device| device.vendor == vendor).collect()
}

/// Whether an entry of a visibility variable is a customary way to say "none".
fn hides_everything(id: &str) -> bool {
    id.is_empty() || id.starts_with('-') || id.eq_ignore_ascii_case("NoDevFiles")
}

fn ordinal(id: &str) -> Option<u32> {
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.parse().ok())?
}

fn named(devices: &[GpuDevice]) -> String {
    match devices {
        [] => "this machine has no GPU that can be read".to_owned(),
        [only] => format!("the only GPU is {}", only.index),
        [first, .., last] => format!("GPUs are numbered {} to {}", first.index, last.index),
    }
}

/// The entries of a visibility variable, empty ones kept: they end the list.
fn visible(value: &str) -> Vec<String> {
    value.split(',').map(sanitise).collect()
}

/// Keeps what an id is made of: letters, digits, "-", and the "/" of older MIG ids.
fn sanitise(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/')).collect()
}
