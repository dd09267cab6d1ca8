//! What the `amdgpu` driver tells of a card in `/sys/class/drm/card*/device`.

use std::path::PathBuf;

use crate::sysroot::{SysRoot, list_dir, read_trimmed};

/// PCI vendor id of AMD.
const AMD: &str = "0x1002";
/// PCI device ids of the modules that carry two dies behind one sensor: MI250X, MI250.
const DUAL_DIE: [u32; 2] = [0x7408, 0x740c];

/// A card of AMD's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Card {
    pub(super) bus_id: String,
    pub(super) device_id: u32,
    /// `None` when the card tells no name; few do.
    pub(super) name: Option<String>,
    /// The 16 hexadecimal digits of the silicon.
    pub(super) unique_id: Option<String>,
    pub(super) memory_bytes: Option<u64>,
    pub(super) power_limit_w: Option<f64>,
    /// File of the energy counter, µJ.
    pub(super) energy: Option<PathBuf>,
    /// File of the power, µW: averaged if there is one, else of the moment.
    pub(super) power: Option<PathBuf>,
    /// File of the share of time in which the card is busy, percent.
    pub(super) busy: PathBuf,
}

impl Card {
    /// Whether this is a part of a processor. The driver hides the power limit there, and the power
    /// it tells is that of the whole package, which the processor's meter counts.
    pub(super) fn is_integrated(&self) -> bool {
        self.power.is_some() && self.power_limit_w.is_none() && self.energy.is_none()
    }

    /// Whether the card is a die of a module with two.
    pub(super) fn is_of_dual_die_module(&self) -> bool {
        DUAL_DIE.contains(&self.device_id)
    }
}

/// AMD's cards by PCI address. Costs a look at one directory, and one file per other card.
pub(super) fn cards(root: &SysRoot) -> Vec<Card> {
    let names = root.list("sys/class/drm");
    let is_card = |name: &&String| {
        let number = name.strip_prefix("card").unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut cards: Vec<Card> =
        names.iter().filter(is_card).filter_map(|name| card(root, name)).collect();
    cards.sort_by(|a, b| a.bus_id.cmp(&b.bus_id));
    cards
}

fn card(root: &SysRoot, name: &str) -> Option<Card> {
    let device = root.path(format!("sys/class/drm/{name}/device"));
    let text = |file: &str| read_trimmed(&device.join(file)).ok().filter(|text| !text.is_empty());
    if text("vendor")? != AMD {
        return None;
    }
    let hwmon = list_dir(&device.join("hwmon")).first().map(|name| device.join("hwmon").join(name));
    let sensor = |file: &str| {
        let path = hwmon.as_ref()?.join(file);
        Some((read_trimmed(&path).ok()?.parse::<u64>().ok()?, path))
    };
    Some(Card {
        bus_id: bus_id(&text("uevent").unwrap_or_default()).unwrap_or_else(|| name.to_owned()),
        device_id: text("device").and_then(|id| parse_hex(&id)).unwrap_or(0),
        name: text("product_name"),
        unique_id: text("unique_id").map(|id| id.trim_start_matches("0x").to_lowercase()),
        memory_bytes: text("mem_info_vram_total").and_then(|bytes| bytes.parse().ok()),
        power_limit_w: sensor("power1_cap").map(|(limit_uw, _)| limit_uw as f64 / 1e6),
        energy: sensor("energy1_input").filter(|(count_uj, _)| *count_uj > 0).map(|(_, path)| path),
        power: sensor("power1_average").or_else(|| sensor("power1_input")).map(|(_, path)| path),
        busy: device.join("gpu_busy_percent"),
    })
}

/// The PCI address in a `uevent` file.
fn bus_id(uevent: &str) -> Option<String> {
    let line = uevent.lines().find_map(|line| line.strip_prefix("PCI_SLOT_NAME="))?;
    Some(line.trim().to_lowercase())
}

fn parse_hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}
