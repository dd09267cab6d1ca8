//! What an x86 processor says of itself, where the system has no cheap way to tell it.

use std::arch::x86_64::{__cpuid, CpuidResult};

use crate::facts::Vendor;

/// The leaf of the hypervisor's features, where there is one.
const HYPERVISOR_FEATURES: u32 = 0x4000_0003;

/// Who made it.
pub(super) fn vendor() -> Vendor {
    let leaf = __cpuid(0);
    match &bytes([leaf.ebx, leaf.edx, leaf.ecx])[..] {
        b"GenuineIntel" => Vendor::Intel,
        b"AuthenticAMD" | b"HygonGenuine" => Vendor::Amd,
        _ => Vendor::Other,
    }
}

/// The model's name, "AMD Ryzen 7 5800X 8-Core Processor".
pub(super) fn brand() -> Option<String> {
    if __cpuid(0x8000_0000).eax < 0x8000_0004 {
        return None;
    }
    let words = (0x8000_0002..=0x8000_0004).flat_map(|leaf| {
        let CpuidResult { eax, ebx, ecx, edx } = __cpuid(leaf);
        bytes([eax, ebx, ecx, edx])
    });
    let name: Vec<u8> = words.take_while(|byte| *byte != 0).collect();
    let name = String::from_utf8_lossy(&name).trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// The family with its extension, as `/proc/cpuinfo` of Linux has it.
pub(super) fn family() -> u32 {
    let version = __cpuid(1).eax;
    let family = version >> 8 & 0xF;
    if family == 0xF { family + (version >> 20 & 0xFF) } else { family }
}

/// Whether a hypervisor shows us a part of the machine. Windows itself often runs above Hyper-V; it
/// is then the partition that may create others, and sees the whole machine.
pub(super) fn is_guest() -> bool {
    let has_hypervisor = __cpuid(1).ecx >> 31 == 1;
    let maker = __cpuid(0x4000_0000);
    let is_hyper_v = &bytes([maker.ebx, maker.ecx, maker.edx])[..] == b"Microsoft Hv";
    let may_create =
        is_hyper_v && maker.eax >= HYPERVISOR_FEATURES && __cpuid(HYPERVISOR_FEATURES).ebx & 1 == 1;
    has_hypervisor && !may_create
}

fn bytes<const N: usize>(words: [u32; N]) -> Vec<u8> {
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}
