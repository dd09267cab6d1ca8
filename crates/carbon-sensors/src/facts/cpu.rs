//! The processor: model, vendor, logical CPUs, sockets, and whether a hypervisor shows it to us.
//!
//! `/proc/cpuinfo` is read only as far as its first entry on x86, where all entries are alike and a
//! large server's take milliseconds. Sockets are counted in `/sys/devices/system/cpu`, one read a
//! socket. Frequencies and caches are left out: no model here needs them.

use std::collections::BTreeSet;
use std::io::Read;

use crate::facts::arm;
use crate::facts::host;
use crate::native;
use crate::sysroot::SysRoot;

/// Who designed the processor, as far as the load model tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Intel.
    Intel,
    /// AMD, and Hygon, whose processors are AMD's.
    Amd,
    /// Any ARM design.
    Arm,
    /// Anyone else, or not told.
    Other,
}

/// What is known of the processors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuFacts {
    /// The model as the processor says it: "AMD EPYC 9654 96-Core Processor", "Neoverse-N1"; `None`
    /// when it does not.
    pub brand: Option<String>,
    /// The designer.
    pub vendor: Vendor,
    /// Whether it is an AMD Zen design (2017 and later).
    pub is_zen: bool,
    /// Whether it is an ARM, x86 or other machine, as `uname -m` says it; `None` when unknown.
    pub architecture: Option<String>,
    /// Logical CPUs online; at least 1.
    pub logical_cpus: u32,
    /// Sockets with a CPU online; at least 1. In a virtual machine each logical CPU may claim one.
    pub sockets: u32,
    /// Logical CPUs on each core; at least 1.
    pub threads_per_core: u32,
    /// Whether a hypervisor shows us a part of the real machine.
    pub is_virtual: bool,
}

impl CpuFacts {
    /// Reads them; 40 to 80 µs, 10 µs more for each further socket. What cannot be read has the
    /// value of a machine with one unknown processor.
    pub fn read(root: &SysRoot) -> Self {
        if root.is_host()
            && let Some(facts) = native::processor()
        {
            return facts;
        }
        let info = CpuInfo::read(root).unwrap_or_default();
        let architecture = if root.is_host() {
            host::uname().map(|u| u.machine)
        } else {
            info.architecture().map(str::to_owned)
        };
        let online = online_list(root).unwrap_or_default();
        let count = u32::try_from(online.len()).ok().filter(|count| *count > 0);
        Self {
            logical_cpus: count.or_else(|| stat_cpus(root)).unwrap_or(info.entries).max(1),
            threads_per_core: threads_per_core(root, &online).unwrap_or(1),
            sockets: count_sockets(root, online).max(1),
            is_virtual: info.hypervisor || is_virtual(root, &info),
            vendor: info.vendor(),
            is_zen: info.is_zen(),
            brand: info
                .brand
                .or_else(|| root.read("proc/device-tree/model").ok().map(|text| cleaned(&text))),
            architecture,
        }
    }
}

/// The device tree ends its strings with a NUL.
fn cleaned(text: &str) -> String {
    text.trim_matches(['\0', ' ', '\n']).to_owned()
}

/// How much of `/proc/cpuinfo` surely holds its first entry: flags take some 2 KB of it.
const FIRST_ENTRY_BYTES: usize = 8192;

/// What `/proc/cpuinfo` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CpuInfo {
    /// Model name, or an ARM core's name by its part number.
    pub brand: Option<String>,
    /// "GenuineIntel", "AuthenticAMD".
    pub vendor_id: Option<String>,
    /// Family number on x86.
    pub family: Option<u32>,
    /// ARM's number of the designer.
    pub implementer: Option<u32>,
    /// The `hypervisor` flag of x86.
    pub hypervisor: bool,
    /// Entries in the text that was read; not all CPUs when only the first part was.
    pub entries: u32,
}

impl CpuInfo {
    fn read(root: &SysRoot) -> Option<Self> {
        let mut file = root.open("proc/cpuinfo").ok()?;
        let mut bytes = vec![0; FIRST_ENTRY_BYTES];
        let mut filled = 0;
        while filled < bytes.len() {
            match file.read(&mut bytes[filled..]).ok()? {
                0 => break,
                more => filled += more,
            }
        }
        bytes.truncate(filled);
        let first = String::from_utf8_lossy(&bytes);
        if filled == FIRST_ENTRY_BYTES && !first.contains("vendor_id") {
            // Other architectures list unlike cores, and the board at the end; their text is short.
            file.read_to_end(&mut bytes).ok()?;
            return Some(parse_cpuinfo(&String::from_utf8_lossy(&bytes)));
        }
        Some(parse_cpuinfo(&first))
    }

    fn vendor(&self) -> Vendor {
        match self.vendor_id.as_deref() {
            Some("GenuineIntel") => Vendor::Intel,
            Some("AuthenticAMD" | "HygonGenuine") => Vendor::Amd,
            _ if self.implementer.is_some() => Vendor::Arm,
            _ => Vendor::Other,
        }
    }

    fn is_zen(&self) -> bool {
        const FIRST_ZEN_FAMILY: u32 = 0x17;
        self.vendor() == Vendor::Amd && self.family.is_some_and(|f| f >= FIRST_ZEN_FAMILY)
    }

    fn architecture(&self) -> Option<&'static str> {
        match self.vendor() {
            Vendor::Intel | Vendor::Amd => Some("x86_64"),
            Vendor::Arm => Some("aarch64"),
            Vendor::Other => None,
        }
    }
}

/// Reads the text of `/proc/cpuinfo`, of any architecture.
///
/// ARM has no model name: the part number of the last core is named instead, which on mixed designs
/// is a big one.
pub fn parse_cpuinfo(text: &str) -> CpuInfo {
    let mut info = CpuInfo::default();
    let (mut part, mut other_names) = (None, None);
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim_end(), value.trim());
        let first = |slot: &mut Option<String>| {
            if slot.is_none() && !value.is_empty() {
                *slot = Some(value.to_owned());
            }
        };
        match key {
            "processor" => info.entries += 1,
            "model name" => first(&mut info.brand),
            "vendor_id" => first(&mut info.vendor_id),
            "cpu family" => info.family = value.parse().ok(),
            "flags" if info.entries <= 1 => {
                info.hypervisor = value.split(' ').any(|flag| flag == "hypervisor");
            }
            "CPU implementer" => info.implementer = hexadecimal(value),
            "CPU part" => part = hexadecimal(value),
            // POWER, MIPS and RISC-V.
            "cpu" | "cpu model" | "uarch" => first(&mut other_names),
            _ => {}
        }
    }
    // Old ARM kernels print "ARMv7 Processor rev 4 (v7l)" as the model: the core's name says more.
    if let (Some(implementer), Some(part)) = (info.implementer, part)
        && let Some(name) = arm::core_name(implementer, part)
    {
        info.brand = Some(name.to_owned());
    }
    info.brand = info.brand.or(other_names);
    info
}

fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// Logical CPUs online: `/sys/devices/system/cpu/online`, else the lines of `/proc/stat`; `None`
/// when neither can be read. 5 µs.
pub fn online_cpus(root: &SysRoot) -> Option<u32> {
    match online_list(root) {
        Some(online) if !online.is_empty() => u32::try_from(online.len()).ok(),
        _ => stat_cpus(root),
    }
}

fn online_list(root: &SysRoot) -> Option<BTreeSet<u32>> {
    parse_cpu_list(&root.read(format!("{CPU_DIRECTORY}/online")).ok()?)
}

fn stat_cpus(root: &SysRoot) -> Option<u32> {
    let stat = root.read("proc/stat").ok()?;
    let is_cpu = |line: &&str| {
        line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    u32::try_from(stat.lines().filter(is_cpu).count()).ok().filter(|n| *n > 0)
}

/// Logical CPUs that our process may run on, by `/proc/self/status`; `None` when it is not told.
pub fn allowed_cpus(root: &SysRoot) -> Option<u32> {
    let status = root.read("proc/self/status").ok()?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    u32::try_from(parse_cpu_list(list)?.len()).ok().filter(|n| *n > 0)
}

/// More than any machine has: a list beyond is garbage.
const MOST_CPUS: u32 = 1 << 16;

/// The numbers of a kernel CPU list, "0-3,8"; `None` for garbage, empty for an empty list.
pub fn parse_cpu_list(text: &str) -> Option<BTreeSet<u32>> {
    let mut cpus = BTreeSet::new();
    if text.trim().is_empty() {
        return Some(cpus);
    }
    for range in text.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        if first > last || last >= MOST_CPUS {
            return None;
        }
        cpus.extend(first..=last);
    }
    Some(cpus)
}

const CPU_DIRECTORY: &str = "sys/devices/system/cpu";

/// Sockets with a CPU online: each CPU not yet seen names its whole package.
fn count_sockets(root: &SysRoot, online: BTreeSet<u32>) -> u32 {
    let mut rest = online;
    let mut packages = BTreeSet::new();
    let mut sockets = 0;
    while let Some(cpu) = rest.pop_first() {
        let topology = format!("{CPU_DIRECTORY}/cpu{cpu}/topology");
        let siblings = ["package_cpus_list", "core_siblings_list"]
            .iter()
            .find_map(|name| parse_cpu_list(&root.read(format!("{topology}/{name}")).ok()?));
        if let Some(siblings) = siblings {
            rest.retain(|other| !siblings.contains(other));
            sockets += 1;
        } else if let Ok(package) = root.read(format!("{topology}/physical_package_id")) {
            sockets += u32::from(packages.insert(package));
        }
    }
    sockets
}

fn threads_per_core(root: &SysRoot, online: &BTreeSet<u32>) -> Option<u32> {
    let first = online.first()?;
    let list =
        root.read(format!("{CPU_DIRECTORY}/cpu{first}/topology/thread_siblings_list")).ok()?;
    u32::try_from(parse_cpu_list(&list)?.len()).ok().filter(|n| *n > 0)
}

/// Whether something but the x86 flag says that this is a virtual machine.
fn is_virtual(root: &SysRoot, info: &CpuInfo) -> bool {
    // On x86 the flag decides: clouds sell whole machines under the same firmware names.
    matches!(info.vendor(), Vendor::Arm | Vendor::Other)
        && (root.path("proc/device-tree/hypervisor").exists()
            || root.path("sys/hypervisor/type").exists()
            || crate::facts::DmiFacts::read(root).names_a_hypervisor()
            || root.read("proc/sys/kernel/osrelease").is_ok_and(|r| r.contains("microsoft")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amd_server_is_recognised() {
        let text = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n\
                    model name\t: AMD EPYC 9654 96-Core Processor\nflags\t\t: fpu vme svm\n\n";
        let info = parse_cpuinfo(text);
        assert_eq!(info.brand.as_deref(), Some("AMD EPYC 9654 96-Core Processor"));
        assert!(info.is_zen() && !info.hypervisor);
        let older = parse_cpuinfo("vendor_id : AuthenticAMD\ncpu family : 21\n");
        assert!(older.vendor() == Vendor::Amd && !older.is_zen());
    }

    #[test]
    fn the_hypervisor_flag_is_a_word_of_its_own() {
        let virtual_one = parse_cpuinfo("processor : 0\nflags : fpu hypervisor lahf_lm\n");
        assert!(virtual_one.hypervisor);
        assert!(!parse_cpuinfo("processor : 0\nflags : fpu nohypervisor\n").hypervisor);
    }

    #[test]
    fn arm_cores_have_names() {
        let core =
            "processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\n";
        let info = parse_cpuinfo(core);
        assert_eq!(info.brand.as_deref(), Some("Neoverse-N1"));
        assert_eq!((info.vendor(), info.architecture()), (Vendor::Arm, Some("aarch64")));
        let mixed = "CPU implementer : 0x41\nCPU part : 0xd05\n\nCPU part : 0xd0b\n";
        assert_eq!(parse_cpuinfo(mixed).brand.as_deref(), Some("Cortex-A76"));
        let unknown = "CPU implementer : 0x41\nCPU part : 0xfff\n";
        assert_eq!(parse_cpuinfo(unknown).brand, None);
    }

    #[test]
    fn cpu_lists_are_sets_and_garbage_is_none() {
        assert_eq!(parse_cpu_list("0-3,8\n").unwrap().len(), 5);
        assert_eq!(parse_cpu_list("").unwrap().len(), 0);
        for text in ["3-1", "a", "0-", "0-4294967295"] {
            assert_eq!(parse_cpu_list(text), None, "{text}");
        }
    }
}
