//! Text of RAPL files into values. Pure: nothing here opens a file, and whatever is not in the
//! kernel's form is `None`.

use carbon_model::Accuracy;

use crate::facts::cpu;
use crate::machine::parse_decimal;

/// A counter file: decimal digits and a newline, as the kernel writes them.
///
/// The newline is required: without it the number may have been cut off in the middle.
pub fn parse_counter(bytes: &[u8]) -> Option<u64> {
    parse_decimal(bytes.strip_suffix(b"\n")?)
}

/// A CPU list such as `0`, `0,18` or `0-3,8`, with one CPU at least.
pub fn parse_cpu_list(text: &str) -> Option<Vec<u32>> {
    let cpus = cpu::parse_cpu_list(text)?;
    (!cpus.is_empty()).then(|| cpus.into_iter().collect())
}

/// The scale of a perf event: joules per count, above zero.
pub fn parse_scale(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|scale: &f64| scale.is_finite() && *scale > 0.0)
}

/// Whether the unit of a perf event is the joule, before scaling.
pub fn parse_unit_is_joules(text: &str) -> bool {
    text.trim() == "Joules"
}

/// The configuration of a perf event, `event=0x02`.
pub fn parse_event_config(text: &str) -> Option<u64> {
    let value = text.trim().strip_prefix("event=")?;
    match value.strip_prefix("0x") {
        Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16).ok(),
        None => value.parse().ok(),
    }
}

/// What a powercap zone counts, by the name that the kernel gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ZoneKind {
    /// `package-0`, `package-0-die-1`.
    Package {
        /// Socket number.
        package: u32,
        /// Die number within the socket.
        die: Option<u32>,
    },
    /// `psys`, on some machines one for each package: `psys-1`.
    System,
    /// `dram`.
    Dram,
    /// `core`.
    Cores,
    /// `uncore`: on client processors the integrated GPU.
    Uncore,
}

/// The kind of a zone from its `name` file.
pub fn parse_zone_name(name: &str) -> Option<ZoneKind> {
    let name = name.trim();
    if let Some(rest) = name.strip_prefix("package-") {
        let (package, die) = match rest.split_once("-die-") {
            Some((package, die)) => (package, Some(die.parse().ok()?)),
            None => (rest, None),
        };
        return Some(ZoneKind::Package { package: package.parse().ok()?, die });
    }
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    match kind {
        "psys" => Some(ZoneKind::System),
        "dram" => Some(ZoneKind::Dram),
        "core" => Some(ZoneKind::Cores),
        "uncore" => Some(ZoneKind::Uncore),
        _ => None,
    }
}

/// A zone's directory name, `intel-rapl:0:2`, as its control type and its place in the tree.
pub fn parse_zone_directory(directory: &str) -> Option<(&str, Vec<u32>)> {
    let (control, indices) = directory.split_once(':')?;
    let indices = indices.split(':').map(|i| i.parse().ok()).collect::<Option<Vec<u32>>>()?;
    (!control.is_empty()).then_some((control, indices))
}

/// What RAPL needs to know of the processor, from the first lines of `/proc/cpuinfo`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Processor {
    /// Systematic accuracy of its package counters: ± 5 % for Intel since Haswell, which measures,
    /// ± 10 % for older ones and for AMD, which estimate.
    pub accuracy: Accuracy,
    /// Whether dies of one package may mirror one counter (AMD).
    pub mirrors_dies: bool,
    /// Whether this is a virtual machine.
    pub is_virtual: bool,
}

/// The processor from the first block of `/proc/cpuinfo`; the rest is not looked at.
pub fn parse_processor(cpuinfo: &str) -> Processor {
    /// Sandy Bridge and Ivy Bridge, and the Atoms before Goldmont.
    const INTEL_BEFORE_HASWELL: [u32; 10] = [42, 45, 58, 62, 55, 74, 76, 77, 90, 93];
    let block = cpuinfo.split("\n\n").next().unwrap_or_default();
    let field = |name: &str| {
        block.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim_end() == name).then(|| value.trim())
        })
    };
    let is_intel = field("vendor_id") == Some("GenuineIntel");
    let model = field("model").and_then(|model| model.parse().ok()).unwrap_or_default();
    let measures = is_intel && !INTEL_BEFORE_HASWELL.contains(&model);
    Processor {
        accuracy: Accuracy::plus_minus(if measures { 0.05 } else { 0.10 }),
        mirrors_dies: !is_intel,
        is_virtual: field("flags")
            .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_are_counters() {
        assert_eq!(parse_counter(b"262143328850\n"), Some(262_143_328_850));
        assert_eq!(parse_counter(b"18446744073709551615\n"), Some(u64::MAX));
        for broken in [
            &b""[..],
            b"\n",
            b"12",
            b"-1\n",
            b"1.5\n",
            b"0x10\n",
            b"12\n7\n",
            b"not a number\n",
            b"18446744073709551616\n",
        ] {
            assert_eq!(parse_counter(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn cpu_lists_have_numbers_and_ranges() {
        assert_eq!(parse_cpu_list("0\n"), Some(vec![0]));
        assert_eq!(parse_cpu_list("0-2,8"), Some(vec![0, 1, 2, 8]));
        for broken in ["", "a", "3-1", "0-4294967295", "1,,2"] {
            assert_eq!(parse_cpu_list(broken), None, "{broken}");
        }
    }

    #[test]
    fn zones_are_known_by_the_kernels_names() {
        let package = |package, die| Some(ZoneKind::Package { package, die });
        for (name, kind) in [
            ("package-0", package(0, None)),
            ("package-11\n", package(11, None)),
            ("package-0-die-1", package(0, Some(1))),
            ("psys", Some(ZoneKind::System)),
            ("psys-1", Some(ZoneKind::System)),
            ("dram", Some(ZoneKind::Dram)),
            ("core", Some(ZoneKind::Cores)),
            ("uncore", Some(ZoneKind::Uncore)),
            ("package-x", None),
            ("package-0-die-", None),
            ("soc", None),
        ] {
            assert_eq!(parse_zone_name(name), kind, "{name}");
        }
        assert_eq!(parse_zone_directory("intel-rapl:0:2"), Some(("intel-rapl", vec![0, 2])));
        assert_eq!(parse_zone_directory("intel-rapl"), None);
        assert_eq!(parse_zone_directory("intel-rapl:x"), None);
    }

    #[test]
    fn events_carry_scale_unit_and_configuration() {
        assert_eq!(parse_scale("2.3283064365386962890625e-10\n"), Some(1.0 / 4_294_967_296.0));
        assert_eq!(parse_scale("0"), None);
        assert_eq!(parse_scale("NaN"), None);
        assert!(parse_unit_is_joules("Joules\n"));
        assert!(!parse_unit_is_joules("Watts"));
        assert_eq!(parse_event_config("event=0x02\n"), Some(2));
        assert_eq!(parse_event_config("event=5"), Some(5));
        assert_eq!(parse_event_config("config=0x02"), None);
    }

    #[test]
    fn estimating_processors_have_the_wider_interval() {
        let accuracy = |text| parse_processor(text).accuracy;
        let skylake = "vendor_id\t: GenuineIntel\nmodel\t\t: 142\nflags\t\t: fpu vme\n";
        assert_eq!(accuracy(skylake), Accuracy::plus_minus(0.05));
        let sandy_bridge = "vendor_id\t: GenuineIntel\nmodel\t\t: 42\n";
        assert_eq!(accuracy(sandy_bridge), Accuracy::plus_minus(0.10));
        let amd = parse_processor("vendor_id\t: AuthenticAMD\nflags\t\t: fpu hypervisor\n");
        assert_eq!(amd.accuracy, Accuracy::plus_minus(0.10));
        assert!(amd.is_virtual && amd.mirrors_dies);
    }
}
