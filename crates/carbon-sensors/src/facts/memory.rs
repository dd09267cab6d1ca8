//! Installed memory: size, modules, and whether it is a server's.
//!
//! The firmware's table of modules is readable by root only, but udev keeps a copy for everyone in
//! `/run/udev/data/+dmi:id`; where there is none, the kernel's error detection (EDAC) knows the
//! modules of servers. Module counts are for display; the power model needs the size and the class.

use crate::facts::{CpuFacts, DmiFacts};
use crate::machine::parse_meminfo;
use crate::native;
use crate::sysroot::SysRoot;

/// One memory module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimm {
    /// Bytes.
    pub size_bytes: u64,
    /// "DDR4", "Registered-DDR5"; `None` when it is not told.
    pub kind: Option<String>,
    /// Whether it is registered (RDIMM, LRDIMM), as only servers have them; `None` when not told.
    pub registered: Option<bool>,
}

/// What kind of machine memory sits in: a gigabyte of a server's draws several times as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MachineClass {
    /// Registered modules, always refreshed and checked.
    Server,
    /// Desktops, laptops and boards.
    Client,
}

/// What is known of installed memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemoryFacts {
    /// Bytes that the kernel manages (`MemTotal`), a little less than installed; `None` if unread.
    pub total_bytes: Option<u64>,
    /// Modules that are present; empty when nothing tells them.
    pub dimms: Vec<Dimm>,
}

impl MemoryFacts {
    /// Reads them; 30 µs, more with EDAC.
    pub fn read(root: &SysRoot) -> Self {
        if root.is_host()
            && let Some(memory) = native::memory()
        {
            return Self { total_bytes: Some(memory.total_bytes), dimms: Vec::new() };
        }
        let meminfo = root.read("proc/meminfo").unwrap_or_default();
        let total_bytes = parse_meminfo(meminfo.as_bytes()).map(|memory| memory.total_bytes);
        let udev = root.read("run/udev/data/+dmi:id").unwrap_or_default();
        let mut dimms = parse_udev_dimms(&udev);
        if dimms.is_empty() {
            dimms = edac_dimms(root);
        }
        Self { total_bytes, dimms }
    }

    /// What kind of machine this is: by its modules, else (on real machines) its chassis, else the
    /// name of its processor.
    pub fn class(&self, cpu: &CpuFacts, dmi: &DmiFacts) -> MachineClass {
        let by_modules = self.dimms.iter().find_map(|dimm| dimm.registered);
        let by_chassis = || if cpu.is_virtual { None } else { dmi.is_server_chassis() };
        let by_processor = || is_server_processor(cpu.brand.as_deref().unwrap_or_default());
        if by_modules.or_else(by_chassis).unwrap_or_else(by_processor) {
            MachineClass::Server
        } else {
            MachineClass::Client
        }
    }
}

/// Words that only names of server processors hold.
const SERVER_PROCESSORS: &[&str] = &[
    "xeon", "epyc", "opteron", "neoverse", "ampere", "altra", "graviton", "thunderx", "kunpeng",
    "a64fx", "power8", "power9", "power10", "power11",
];

fn is_server_processor(brand: &str) -> bool {
    let brand = brand.to_lowercase();
    SERVER_PROCESSORS.iter().any(|word| brand.contains(word))
}

/// The modules in udev's copy of the firmware table (`E:MEMORY_DEVICE_<n>_<KEY>=<value>` lines).
///
/// An empty slot has `PRESENT=0` or no size and is left out.
pub fn parse_udev_dimms(text: &str) -> Vec<Dimm> {
    #[derive(Default)]
    struct Slot<'t> {
        size: Option<u64>,
        kind: Option<&'t str>,
        detail: Option<&'t str>,
        absent: bool,
    }
    let mut slots = std::collections::BTreeMap::<u32, Slot<'_>>::new();
    let entries = text.lines().filter_map(|line| {
        let (key, value) = line.strip_prefix("E:MEMORY_DEVICE_")?.split_once('=')?;
        let (number, key) = key.split_once('_')?;
        Some((number.parse::<u32>().ok()?, key, value.trim()))
    });
    for (number, key, value) in entries {
        let slot = slots.entry(number).or_default();
        match key {
            "SIZE" => slot.size = value.parse().ok(),
            "TYPE" => slot.kind = Some(value),
            "TYPE_DETAIL" => slot.detail = Some(value),
            "PRESENT" => slot.absent = value == "0",
            _ => {}
        }
    }
    let present = slots.into_values().filter(|slot| !slot.absent);
    present
        .filter_map(|slot| {
            Some(Dimm {
                size_bytes: slot.size.filter(|size| *size > 0)?,
                kind: slot.kind.filter(|kind| *kind != "Unknown").map(str::to_owned),
                registered: slot.detail.and_then(is_registered),
            })
        })
        .collect()
}

/// What a module's description says of its being registered.
fn is_registered(detail: &str) -> Option<bool> {
    let detail = detail.to_lowercase();
    if detail.contains("unbuffered") || detail.contains("unregistered") {
        Some(false)
    } else if detail.contains("registered") || detail.contains("load-reduced") {
        Some(true)
    } else {
        None
    }
}

/// The modules that the kernel's error detection knows (`mc<n>/dimm<m>`).
fn edac_dimms(root: &SysRoot) -> Vec<Dimm> {
    const EDAC: &str = "sys/devices/system/edac/mc";
    let numbered = |name: &String, prefix: &str| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.parse::<u32>().is_ok())
    };
    let mut dimms = Vec::new();
    for controller in root.list(EDAC).iter().filter(|name| numbered(name, "mc")) {
        let controller = format!("{EDAC}/{controller}");
        for module in root.list(&controller).iter().filter(|name| numbered(name, "dimm")) {
            let read = |file: &str| root.read(format!("{controller}/{module}/{file}")).ok();
            let mebibytes = read("size").and_then(|size| size.parse::<u64>().ok()).unwrap_or(0);
            let Some(size_bytes) = mebibytes.checked_mul(1 << 20).filter(|size| *size > 0) else {
                continue;
            };
            let kind = read("dimm_mem_type").filter(|kind| !kind.is_empty());
            let registered = kind.as_deref().and_then(is_registered);
            dimms.push(Dimm { size_bytes, kind, registered });
        }
    }
    dimms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_read_from_the_udev_database_without_root() {
        let text = "I:2382739\nE:MEMORY_ARRAY_LOCATION=System Board Or Motherboard\n\
                    E:MEMORY_ARRAY_EC_TYPE=Multi-bit ECC\n\
                    E:MEMORY_DEVICE_0_SIZE=34359738368\nE:MEMORY_DEVICE_0_TYPE=DDR4\n\
                    E:MEMORY_DEVICE_0_TYPE_DETAIL=Synchronous Registered (Buffered)\n\
                    E:MEMORY_DEVICE_1_PRESENT=0\nE:MEMORY_DEVICE_1_TYPE=Unknown\n\
                    E:MEMORY_DEVICE_10_SIZE=34359738368\nE:MEMORY_DEVICE_x_SIZE=5\n";
        let dimms = parse_udev_dimms(text);
        assert_eq!(dimms.iter().map(|d| d.size_bytes >> 30).sum::<u64>(), 64);
        assert_eq!(dimms[0].kind.as_deref(), Some("DDR4"));
        assert_eq!(dimms[0].registered, Some(true));
        assert_eq!(dimms[1].registered, None);
    }

    #[test]
    fn unbuffered_modules_are_not_registered() {
        assert_eq!(is_registered("Synchronous Unbuffered (Unregistered)"), Some(false));
        assert_eq!(is_registered("Unbuffered-DDR4"), Some(false));
        assert_eq!(is_registered("Registered-DDR4"), Some(true));
        assert_eq!(is_registered("Synchronous"), None);
    }

    #[test]
    fn server_processors_are_known_by_name() {
        assert!(is_server_processor("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz"));
        assert!(is_server_processor("Neoverse-N1"));
        assert!(!is_server_processor("12th Gen Intel(R) Core(TM) i7-12700K"));
        assert!(!is_server_processor(""));
    }
}
