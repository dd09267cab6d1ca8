//! Which meters are counted for a run: the combiner.
//!
//! All meters of the machine sit in one hub; a plan picks those that cover everything once. A part
//! is never added to its whole (cores to a package, packages to a system meter), and what nothing
//! covers is modelled, with its interval.

use carbon_model::{Component, Source};
use carbon_sensors::gpu::GpuSelection;
use carbon_sensors::{Covers, MeterInfo};

/// What the user prefers among the possible sources.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preferences {
    /// Take this as the processors' maximum power in the load model, W (`force_cpu_power`).
    pub cpu_power_w: Option<f64>,
    /// Take this as the memory's power, W (`force_ram_power`).
    pub ram_power_w: Option<f64>,
    /// Use the load model even where counters can be read (`force_mode_cpu_load`).
    pub load_model: bool,
    /// Use the system meter (psys) in place of packages and memory (`rapl_prefer_psys`).
    pub prefer_psys: bool,
    /// GPUs to count.
    pub gpus: GpuSelection,
}

/// Where the figure of processors or memory comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// These accounts, by index.
    Meters(Vec<usize>),
    /// The CPU load model or the RAM model has to be set up.
    Model,
    /// Contained in the figure of the processors.
    Included,
}

/// Picks the accounts that cover the processors.
pub(crate) fn choose_cpu(meters: &[MeterInfo], preferences: &Preferences) -> Choice {
    if preferences.cpu_power_w.is_some() || preferences.load_model {
        return Choice::Model;
    }
    let system = |battery: bool| {
        let found = meters
            .iter()
            .position(|m| m.covers == Covers::System && (m.source == Source::Battery) == battery);
        found.map(|index| vec![index])
    };
    if preferences.prefer_psys
        && let Some(psys) = system(false)
    {
        return Choice::Meters(psys);
    }
    // In order of trust; one kind of source answers for all sockets, so that nothing is counted by
    // two of them.
    for sources in BY_TRUST {
        let packages = indices(meters, |m| {
            sources.contains(&m.source)
                && matches!(m.covers, Covers::Package { .. } | Covers::Processors)
        });
        if !packages.is_empty() {
            return Choice::Meters(packages);
        }
    }
    system(false).or_else(|| system(true)).map_or(Choice::Model, Choice::Meters)
}

/// Picks the accounts that cover the memory, given the choice for the processors.
pub(crate) fn choose_ram(meters: &[MeterInfo], cpu: &Choice, preferences: &Preferences) -> Choice {
    if let Choice::Meters(cpu) = cpu
        && cpu.iter().any(|&i| meters[i].covers == Covers::System)
    {
        return Choice::Included;
    }
    if preferences.ram_power_w.is_some() {
        return Choice::Model;
    }
    let dram = indices(meters, |m| {
        let is_known = BY_TRUST.iter().any(|sources| sources.contains(&m.source));
        is_known && matches!(m.covers, Covers::Dram { .. })
    });
    if dram.is_empty() { Choice::Model } else { Choice::Meters(dram) }
}

/// Sources of processors and memory, the best first. Perf and powercap are two ways to the same
/// counters, of which the discovery offers each in one; the others meet on no machine.
const BY_TRUST: [&[Source]; 7] = [
    &[Source::RaplPerf, Source::RaplPowercap],
    &[Source::WindowsEmi],
    &[Source::AppleIoReport],
    &[Source::HwmonEnergy],
    &[Source::HwmonPower],
    &[Source::RaspberryPiPmic],
    &[Source::Powermetrics],
];

fn indices(meters: &[MeterInfo], wanted: impl Fn(&MeterInfo) -> bool) -> Vec<usize> {
    (0..meters.len()).filter(|&i| wanted(&meters[i])).collect()
}

/// The accounts that one kind of run counts, chosen once and shared by all windows of the kind.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Indices into the hub's accounts.
    pub(crate) accounts: Vec<usize>,
    /// Components that are contained in another component's meter.
    pub(crate) included: Vec<Component>,
    /// What was assumed or could not be done, for every report of this plan.
    pub(crate) warnings: Vec<String>,
    /// Number of GPUs that are counted.
    pub(crate) gpu_count: u32,
    /// The counted GPUs by name: "2 x NVIDIA H100".
    pub(crate) gpu_model: String,
    /// Longest time between samples that loses nothing.
    pub(crate) max_interval: Option<std::time::Duration>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use carbon_model::Accuracy;

    use super::*;

    const PACKAGE: Covers = Covers::Package { package: 0, die: None };
    const DRAM: Covers = Covers::Dram { package: 0 };

    fn meters(source: Source, covers: &[Covers]) -> Vec<MeterInfo> {
        let meter = |covers: &Covers| MeterInfo {
            name: String::new(),
            covers: covers.clone(),
            source,
            detail: String::new(),
            accuracy: Accuracy::EXACT,
            refresh: Duration::ZERO,
            max_interval: None,
            plausible_w: 100.0,
            mirror_group: None,
            idle_w: None,
        };
        covers.iter().map(meter).collect()
    }

    fn chosen(meters: &[MeterInfo], preferences: &Preferences) -> (Choice, Choice) {
        let cpu = choose_cpu(meters, preferences);
        let ram = choose_ram(meters, &cpu, preferences);
        (cpu, ram)
    }

    #[test]
    fn package_and_memory_are_counted_and_parts_of_the_package_are_not() {
        let cores = Covers::Cores { package: 0 };
        for source in [Source::WindowsEmi, Source::AppleIoReport, Source::Powermetrics] {
            let meters = meters(source, &[cores.clone(), PACKAGE, DRAM]);
            let expected = (Choice::Meters(vec![1]), Choice::Meters(vec![2]));
            assert_eq!(chosen(&meters, &Preferences::default()), expected, "{source}");
        }
    }

    #[test]
    fn a_board_stands_for_its_parts_where_a_system_meter_is_preferred() {
        let meters = meters(Source::RaspberryPiPmic, &[PACKAGE, DRAM, Covers::System]);
        let parts = (Choice::Meters(vec![0]), Choice::Meters(vec![1]));
        assert_eq!(chosen(&meters, &Preferences::default()), parts);
        let preferences = Preferences { prefer_psys: true, ..Preferences::default() };
        assert_eq!(chosen(&meters, &preferences), (Choice::Meters(vec![2]), Choice::Included));
    }

    #[test]
    fn a_sensor_goes_before_the_model_and_a_given_power_before_both() {
        let meters = meters(Source::AppleIoReport, &[PACKAGE]);
        let sensor = (Choice::Meters(vec![0]), Choice::Model);
        assert_eq!(chosen(&meters, &Preferences::default()), sensor);
        assert_eq!(chosen(&[], &Preferences::default()), (Choice::Model, Choice::Model));
        let given = Preferences { cpu_power_w: Some(30.0), ..Preferences::default() };
        assert_eq!(chosen(&meters, &given).0, Choice::Model);
    }
}
