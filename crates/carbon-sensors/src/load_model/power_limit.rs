//! The long-term power limit of each package, which firmware sets to the processor's TDP or near it.
//!
//! It is world-readable even where the energy counters are not.

use std::collections::BTreeMap;

use crate::sysroot::SysRoot;

/// Watts that a package can be limited to; boards without a limit state thousands.
const PLAUSIBLE_W: std::ops::RangeInclusive<f64> = 1.0..=1000.0;

const POWERCAP: &str = "sys/class/powercap";

/// Long-term limit of each package in watts, in the order of their numbers; empty when there is no
/// powercap, when a package's limit cannot be read, and when one is implausible: part of the packages
/// would be less than all. 5 µs without powercap, 20 µs a package.
pub fn package_power_limits_w(root: &SysRoot) -> Vec<f64> {
    let zones = root.list(POWERCAP);
    for prefix in ["intel-rapl:", "intel-rapl-mmio:"] {
        let limits = limits_of_zones(root, &zones, prefix);
        if !limits.is_empty() {
            return limits;
        }
    }
    Vec::new()
}

fn limits_of_zones(root: &SysRoot, zones: &[String], prefix: &str) -> Vec<f64> {
    let mut packages = BTreeMap::<u32, f64>::new();
    for zone in zones {
        if zone.strip_prefix(prefix).is_none_or(|number| number.parse::<u32>().is_err()) {
            continue;
        }
        let read = |file: &str| root.read(format!("{POWERCAP}/{zone}/{file}")).ok();
        let Some(package) = read("name").as_deref().and_then(package_number) else { continue };
        let watts = read("constraint_0_power_limit_uw")
            .and_then(|text| text.parse::<u64>().ok())
            .map(|microwatts| microwatts as f64 * 1e-6)
            .filter(|watts| PLAUSIBLE_W.contains(watts));
        let Some(watts) = watts else { return Vec::new() };
        // The dies of a package state the limit of the package.
        let limit = packages.entry(package).or_default();
        *limit = limit.max(watts);
    }
    packages.into_values().collect()
}

/// The number in "package-1" or "package-1-die-0"; `None` for other zones.
fn package_number(name: &str) -> Option<u32> {
    name.strip_prefix("package-")?.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(zones: &[(&str, &str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (zone, name, microwatts) in zones {
            let directory = root.path().join(POWERCAP).join(zone);
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join("name"), format!("{name}\n")).unwrap();
            let file = directory.join("constraint_0_power_limit_uw");
            std::fs::write(file, format!("{microwatts}\n")).unwrap();
        }
        root
    }

    fn limits(zones: &[(&str, &str, &str)]) -> Vec<f64> {
        let root = machine(zones);
        package_power_limits_w(&SysRoot::new(root.path()))
    }

    #[test]
    fn each_package_counts_once_and_twins_and_parts_do_not() {
        let found = limits(&[
            ("intel-rapl:0", "package-0", "150000000"),
            ("intel-rapl:0:0", "core", "1"),
            ("intel-rapl:1", "package-1", "150000000"),
            ("intel-rapl:2", "psys", "400000000"),
            ("intel-rapl-mmio:0", "package-0", "150000000"),
        ]);
        assert_eq!(found, [150.0, 150.0]);
        assert_eq!(limits(&[("intel-rapl-mmio:0", "package-0", "15000000")]), [15.0]);
        let dies = [
            ("intel-rapl:0", "package-0-die-0", "200000000"),
            ("intel-rapl:1", "package-0-die-1", "200000000"),
        ];
        assert_eq!(limits(&dies), [200.0]);
    }

    #[test]
    fn a_limit_of_thousands_of_watts_is_no_limit() {
        assert!(limits(&[("intel-rapl:0", "package-0", "4095875000")]).is_empty());
        assert!(limits(&[("intel-rapl:0", "package-0", "0")]).is_empty());
        assert!(limits(&[]).is_empty());
    }
}
