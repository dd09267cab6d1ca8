//! Names of ARM cores by designer and part number, which is all that ARM's `/proc/cpuinfo` tells.
//!
//! The numbers are those of the main ID register, as the kernel lists them in
//! `arch/arm64/include/asm/cputype.h` and `lscpu` prints them. Cores that were in servers, boards
//! and laptops since about 2012 are here; a missing one has no name.

/// Designer, part, name; sorted by the two numbers.
const CORES: &[(u32, u32, &str)] = &[
    (0x41, 0xc07, "Cortex-A7"),
    (0x41, 0xc08, "Cortex-A8"),
    (0x41, 0xc09, "Cortex-A9"),
    (0x41, 0xc0f, "Cortex-A15"),
    (0x41, 0xd03, "Cortex-A53"),
    (0x41, 0xd04, "Cortex-A35"),
    (0x41, 0xd05, "Cortex-A55"),
    (0x41, 0xd07, "Cortex-A57"),
    (0x41, 0xd08, "Cortex-A72"),
    (0x41, 0xd09, "Cortex-A73"),
    (0x41, 0xd0a, "Cortex-A75"),
    (0x41, 0xd0b, "Cortex-A76"),
    (0x41, 0xd0c, "Neoverse-N1"),
    (0x41, 0xd0d, "Cortex-A77"),
    (0x41, 0xd40, "Neoverse-V1"),
    (0x41, 0xd41, "Cortex-A78"),
    (0x41, 0xd42, "Cortex-A78AE"),
    (0x41, 0xd44, "Cortex-X1"),
    (0x41, 0xd46, "Cortex-A510"),
    (0x41, 0xd47, "Cortex-A710"),
    (0x41, 0xd48, "Cortex-X2"),
    (0x41, 0xd49, "Neoverse-N2"),
    (0x41, 0xd4a, "Neoverse-E1"),
    (0x41, 0xd4b, "Cortex-A78C"),
    (0x41, 0xd4d, "Cortex-A715"),
    (0x41, 0xd4e, "Cortex-X3"),
    (0x41, 0xd4f, "Neoverse-V2"),
    (0x41, 0xd80, "Cortex-A520"),
    (0x41, 0xd81, "Cortex-A720"),
    (0x41, 0xd82, "Cortex-X4"),
    (0x41, 0xd83, "Neoverse-V3AE"),
    (0x41, 0xd84, "Neoverse-V3"),
    (0x41, 0xd85, "Cortex-X925"),
    (0x41, 0xd87, "Cortex-A725"),
    (0x41, 0xd8e, "Neoverse-N3"),
    (0x43, 0x0a1, "ThunderX"),
    (0x43, 0x0af, "ThunderX2"),
    (0x46, 0x001, "A64FX"),
    (0x48, 0xd01, "Kunpeng-920"),
    (0x4e, 0x003, "Denver 2"),
    (0x4e, 0x004, "Carmel"),
    (0x51, 0x001, "Oryon"),
    (0x51, 0xc00, "Falkor"),
    (0x61, 0x022, "Apple M1"),
    (0x61, 0x023, "Apple M1"),
    (0x61, 0x024, "Apple M1 Pro"),
    (0x61, 0x025, "Apple M1 Pro"),
    (0x61, 0x028, "Apple M1 Max"),
    (0x61, 0x029, "Apple M1 Max"),
    (0x61, 0x032, "Apple M2"),
    (0x61, 0x033, "Apple M2"),
    (0x61, 0x034, "Apple M2 Pro"),
    (0x61, 0x035, "Apple M2 Pro"),
    (0x61, 0x038, "Apple M2 Max"),
    (0x61, 0x039, "Apple M2 Max"),
    (0xc0, 0xac3, "Ampere-1"),
    (0xc0, 0xac4, "Ampere-1a"),
];

/// The name of a core; `None` for one that is not listed.
pub(crate) fn core_name(implementer: u32, part: u32) -> Option<&'static str> {
    let at = CORES.binary_search_by_key(&(implementer, part), |(i, p, _)| (*i, *p)).ok()?;
    Some(CORES[at].2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_core_is_found() {
        for (implementer, part, name) in CORES {
            assert_eq!(core_name(*implementer, *part), Some(*name));
        }
    }
}
