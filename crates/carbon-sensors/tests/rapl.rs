//! RAPL on fake machines: what is found, what it counts in joules, and what faults do.

use std::collections::BTreeMap;
use std::time::Duration;

use carbon_model::{Component, Source};
use carbon_sensors::rapl::counter::advance;
use carbon_sensors::rapl::discover;
use carbon_sensors::{Covers, Discovery, MachineSample, Meter, ReadError, Reading, Sample};
use carbon_testkit::{FakePerf, Machine, machines};

const S: Duration = Duration::from_secs(1);
const ZONES: &str = "sys/class/powercap";
const EVENTS: &str = "sys/bus/event_source";
/// Events of the `power` unit on the fake machines.
const PKG: &str = "perf/9/0x2/cpu0";
const RAM: &str = "perf/9/0x3/cpu0";
const PSYS: &str = "perf/9/0x5/cpu0";

/// A machine with its meters and their last good readings.
struct Bench {
    machine: Machine,
    found: Discovery,
    last: Vec<Option<Sample>>,
}

impl Bench {
    fn new(machine: Machine) -> Self {
        let found = discover(&machine.sysroot(), &FakePerf::of(&machine));
        let last = vec![None; found.meters.len()];
        let mut bench = Self { machine, found, last };
        bench.joules();
        bench
    }

    /// Joules of every meter since it was last read well, by name; nothing for one that fails.
    fn joules(&mut self) -> BTreeMap<String, f64> {
        let mut joules = BTreeMap::new();
        for (meter, last) in self.found.meters.iter_mut().zip(&mut self.last) {
            let Ok(sample) = read(meter.as_mut(), &self.machine) else { continue };
            if let Some(before) = last.replace(sample) {
                joules.insert(meter.info().name.clone(), delta_j(&before, &sample, meter.info()));
            }
        }
        joules
    }

    fn joules_after(&mut self, time: Duration) -> BTreeMap<String, f64> {
        self.machine.advance(time);
        self.joules()
    }

    fn meter(&mut self, name: &str) -> &mut dyn Meter {
        let meters = &mut self.found.meters;
        let meter = meters.iter_mut().find(|meter| meter.info().name == name);
        meter.unwrap_or_else(|| panic!("no meter {name}")).as_mut()
    }

    fn read(&mut self, name: &str) -> Result<Sample, ReadError> {
        let clock = self.machine.clock();
        self.meter(name).read(&MachineSample::default(), &clock)
    }

    fn counted(&self) -> Vec<&str> {
        let infos = self.found.meters.iter().map(|meter| meter.info());
        infos.filter(|i| i.covers.component().is_some()).map(|i| i.name.as_str()).collect()
    }

    fn sources(&self) -> BTreeMap<&str, Source> {
        let infos = self.found.meters.iter().map(|meter| meter.info());
        infos.map(|info| (info.name.as_str(), info.source)).collect()
    }

    fn reasons(&self) -> String {
        format!("{:#?}", self.found.skipped)
    }
}

fn read(meter: &mut dyn Meter, machine: &Machine) -> Result<Sample, ReadError> {
    meter.read(&MachineSample::default(), &machine.clock())
}

fn delta_j(before: &Sample, after: &Sample, info: &carbon_sensors::MeterInfo) -> f64 {
    let (
        Reading::Counter { count: last, .. },
        Reading::Counter { count: now, joules_per_count, range },
    ) = (before.reading, after.reading)
    else {
        panic!("not counters");
    };
    let elapsed = after.at.active_since(&before.at);
    let units = advance(last, now, range, elapsed, info.plausible_w / joules_per_count).units();
    units as f64 * joules_per_count
}

fn zone(directory: &str) -> String {
    format!("{ZONES}/{directory}/energy_uj")
}

#[track_caller]
fn assert_joules(found: &BTreeMap<String, f64>, expected: &[(&str, f64)]) {
    for (name, joules) in expected {
        let actual = found.get(*name).unwrap_or_else(|| panic!("no {name} in {found:?}"));
        assert!((actual - joules).abs() < 1e-5, "{name}: {actual} J, not {joules} J");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
}

/// Worked case A01 (with a psys beside it), by powercap.
#[test]
fn a_laptop_by_powercap_counts_package_dram_and_their_parts() {
    let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
    machine.remove(EVENTS);
    for (directory, watts) in [
        ("intel-rapl:0", 50.0),
        ("intel-rapl:0:0", 30.0),
        ("intel-rapl:0:1", 5.0),
        ("intel-rapl:0:2", 4.0),
        ("intel-rapl:1", 70.0),
    ] {
        machine.power(&zone(directory), watts);
    }
    let mut bench = Bench::new(machine);
    assert_joules(
        &bench.joules_after(10 * S),
        &[
            ("cores-0", 300.0),
            ("dram-0", 40.0),
            ("package-0", 500.0),
            ("psys", 700.0),
            ("uncore-0", 50.0),
        ],
    );
    assert_eq!(bench.counted(), ["package-0", "dram-0", "psys"]);
    assert_eq!(bench.meter("psys").info().covers, Covers::System);
    assert_eq!(bench.meter("dram-0").info().covers.component(), Some(Component::Ram));
}

#[test]
fn perf_is_preferred_and_no_counter_is_taken_twice() {
    let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
    machine.power(PKG, 50.0);
    machine.power(RAM, 4.0);
    machine.power(PSYS, 70.0);
    machine.power(&zone("intel-rapl:0"), 50.0);
    let mut bench = Bench::new(machine);
    let joules = bench.joules_after(10 * S);
    assert_joules(
        &joules,
        &[
            ("cores-0", 0.0),
            ("dram-0", 40.0),
            ("package-0", 500.0),
            ("psys", 700.0),
            ("uncore-0", 0.0),
        ],
    );
    assert!(bench.sources().values().all(|source| *source == Source::RaplPerf));
}

#[test]
fn what_perf_lacks_is_taken_from_powercap() {
    let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
    machine.remove(&format!("{EVENTS}/devices/power/events/energy-ram"));
    machine.remove(&format!("{EVENTS}/devices/power/events/energy-psys"));
    machine.power(PKG, 50.0);
    machine.power(&zone("intel-rapl:0"), 50.0);
    machine.power(&zone("intel-rapl:0:2"), 4.0);
    machine.power(&zone("intel-rapl:1"), 70.0);
    let mut bench = Bench::new(machine);
    let joules = bench.joules_after(10 * S);
    assert_eq!((joules["package-0"], joules["dram-0"], joules["psys"]), (500.0, 40.0, 700.0));
    assert_eq!(bench.counted(), ["package-0", "dram-0", "psys"]);
    let sources = bench.sources();
    assert_eq!(sources["package-0"], Source::RaplPerf);
    assert_eq!(sources["dram-0"], Source::RaplPowercap);
    assert_eq!(sources["psys"], Source::RaplPowercap);
}

/// Worked case A02.
#[test]
fn two_sockets_count_each_with_its_own_dram() {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for (directory, watts) in [
        ("intel-rapl:0", 50.0),
        ("intel-rapl:1", 70.0),
        ("intel-rapl:0:0", 14.0),
        ("intel-rapl:1:0", 16.0),
    ] {
        machine.power(&zone(directory), watts);
    }
    let mut bench = Bench::new(machine);
    assert_joules(
        &bench.joules_after(60 * S),
        &[("dram-0", 840.0), ("dram-1", 960.0), ("package-0", 3000.0), ("package-1", 4200.0)],
    );
    assert!(bench.reasons().contains("kernel.perf_event_paranoid is 2"), "{}", bench.reasons());
    assert!(bench.reasons().contains("sudo sysctl kernel.perf_event_paranoid=0"));
    let info = bench.meter("package-1").info();
    assert_eq!(info.plausible_w, 420.0, "four times the 105 W of constraint_0");
    let interval = info.max_interval.unwrap().as_secs_f64();
    assert!((interval - 262_143.328_85 / (4.0 * 420.0)).abs() < 1e-6, "{interval}");
    assert_eq!(bench.meter("dram-1").info().accuracy.high, 1.2);
}

#[test]
fn two_sockets_by_perf_are_told_apart_by_the_topology() {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    machine.restore_all();
    machine.power("perf/9/0x2/cpu0", 50.0);
    machine.power("perf/9/0x2/cpu4", 70.0);
    machine.power("perf/9/0x3/cpu0", 14.0);
    machine.power("perf/9/0x3/cpu4", 16.0);
    let mut bench = Bench::new(machine);
    assert_joules(
        &bench.joules_after(60 * S),
        &[("dram-0", 840.0), ("dram-1", 960.0), ("package-0", 3000.0), ("package-1", 4200.0)],
    );
    assert!(bench.sources().values().all(|source| *source == Source::RaplPerf));
}

#[test]
fn dram_zones_at_the_top_belong_to_the_packages_in_order() {
    let machine = Machine::load(
        "\
== sys/class/powercap/intel-rapl:0/name = package-0
== sys/class/powercap/intel-rapl:0/energy_uj = 100
== sys/class/powercap/intel-rapl:1/name = package-1
== sys/class/powercap/intel-rapl:1/energy_uj = 100
== sys/class/powercap/intel-rapl:2/name = dram
== sys/class/powercap/intel-rapl:2/energy_uj = 100
== sys/class/powercap/intel-rapl:3/name = dram
== sys/class/powercap/intel-rapl:3/energy_uj = 100
",
    );
    machine.power(&zone("intel-rapl:2"), 14.0);
    machine.power(&zone("intel-rapl:3"), 16.0);
    let mut bench = Bench::new(machine);
    assert_joules(
        &bench.joules_after(S),
        &[("dram-0", 14.0), ("dram-1", 16.0), ("package-0", 0.0), ("package-1", 0.0)],
    );
}

/// Worked case A03.
#[test]
fn of_msr_and_mmio_twins_one_is_counted() {
    let machine = Machine::load(machines::MSR_AND_MMIO_TWINS);
    for (directory, watts) in
        [("intel-rapl:0", 20.0), ("intel-rapl-mmio:0", 20.0), ("intel-rapl:1", 35.0)]
    {
        machine.power(&zone(directory), watts);
    }
    let mut bench = Bench::new(machine);
    let joules = bench.joules_after(30 * S);
    assert_eq!((joules["package-0"], joules["psys"]), (600.0, 1050.0));
    assert_eq!(bench.counted(), ["package-0", "psys"]);
    assert!(bench.meter("package-0").info().detail.ends_with("intel-rapl:0/energy_uj"));
    assert!(bench.reasons().contains("intel-rapl-mmio:0"), "{}", bench.reasons());
}

#[test]
fn the_mmio_twin_steps_in_for_an_unreadable_msr_zone() {
    let machine = Machine::load(machines::MSR_AND_MMIO_TWINS);
    machine.power(&zone("intel-rapl-mmio:0"), 20.0);
    machine.deny(&zone("intel-rapl:0"));
    let mut bench = Bench::new(machine);
    assert_eq!(bench.joules_after(30 * S)["package-0"], 600.0);
    assert!(bench.meter("package-0").info().detail.contains("mmio"));
}

#[test]
fn dies_that_may_mirror_one_counter_share_a_group() {
    let mut bench = Bench::new(Machine::load(machines::MULTI_DIE_MIRRORS));
    let first = bench.meter("package-0-die-0").info().clone();
    let second = bench.meter("package-0-die-1").info().clone();
    assert!(first.mirror_group.is_some());
    assert_eq!(first.mirror_group, second.mirror_group);
    assert_eq!(second.covers, Covers::Package { package: 0, die: Some(1) });
}

#[test]
fn independent_dies_and_their_drams_are_all_offered() {
    let machine = Machine::load(machines::INDEPENDENT_DIES);
    machine.power(&zone("intel-rapl:0"), 80.0);
    machine.power(&zone("intel-rapl:1"), 90.0);
    machine.power(&zone("intel-rapl:0:0"), 10.0);
    machine.power(&zone("intel-rapl:1:0"), 12.0);
    let mut bench = Bench::new(machine);
    assert_joules(
        &bench.joules_after(10 * S),
        &[
            ("dram-0-die-0", 100.0),
            ("dram-0-die-1", 120.0),
            ("package-0-die-0", 800.0),
            ("package-0-die-1", 900.0),
        ],
    );
    let packages = bench.meter("package-0-die-0").info().mirror_group;
    assert_ne!(packages, bench.meter("dram-0-die-0").info().mirror_group);
}

#[test]
fn an_amd_package_is_counted_and_its_core_zone_is_not() {
    let machine = Machine::load(machines::AMD);
    machine.power(PKG, 120.0);
    machine.power(&zone("intel-rapl:0:0"), 3.0);
    let mut bench = Bench::new(machine);
    assert_joules(&bench.joules_after(10 * S), &[("cores-0", 30.0), ("package-0", 1200.0)]);
    assert_eq!(bench.counted(), ["package-0"]);
    assert_eq!(bench.meter("package-0").info().accuracy.low, 0.9);
}

#[test]
fn without_permission_nothing_is_found_and_both_fixes_are_told() {
    let bench = Bench::new(Machine::load(machines::NO_PERMISSION));
    assert!(bench.found.meters.is_empty());
    let reasons = bench.reasons();
    for part in ["permission denied", "sudo sysctl kernel.perf", "setcap", "sudo chmod"] {
        assert!(reasons.contains(part), "{part} in {reasons}");
    }
}

#[test]
fn machines_without_counters_say_so() {
    let bench = Bench::new(Machine::load(machines::VM_WITHOUT_ANYTHING));
    assert!(bench.found.meters.is_empty());
    assert!(bench.reasons().contains("no power events and no powercap zones"));
    assert_eq!(bench.found.skipped[0].fix, None, "no driver helps a virtual machine");
    let hidden = Bench::new(Machine::load(machines::CONTAINER_CGROUP_V2));
    assert!(hidden.reasons().contains("container runtime hides"), "{}", hidden.reasons());
}

#[test]
fn a_psys_event_without_a_psys_zone_is_not_taken() {
    let bench = Bench::new(Machine::load(machines::VM_DEAD_PSYS));
    assert!(bench.found.meters.is_empty());
    assert!(bench.reasons().contains("has no psys zone"), "{}", bench.reasons());
}

#[test]
fn a_zone_that_reads_zero_is_not_taken() {
    let machine = Machine::load(machines::MSR_AND_MMIO_TWINS);
    machine.set(&zone("intel-rapl:1"), "0");
    let bench = Bench::new(machine);
    assert_eq!(bench.counted(), ["package-0"]);
    assert!(bench.reasons().contains("reads 0"), "{}", bench.reasons());
}

#[test]
fn zones_below_their_controls_are_found_without_the_class_links() {
    let machine = Machine::load(
        "\
== sys/class/powercap/intel-rapl/intel-rapl:0/name = package-0
== sys/class/powercap/intel-rapl/intel-rapl:0/energy_uj = 100
== sys/class/powercap/intel-rapl/intel-rapl:0/intel-rapl:0:0/name = dram
== sys/class/powercap/intel-rapl/intel-rapl:0/intel-rapl:0:0/energy_uj = 100
",
    );
    machine.power("sys/class/powercap/intel-rapl/intel-rapl:0/energy_uj", 8.0);
    let mut bench = Bench::new(machine);
    assert_joules(&bench.joules_after(S), &[("dram-0", 0.0), ("package-0", 8.0)]);
}

#[test]
fn every_fault_is_an_error_and_the_next_good_reading_bridges_it() {
    let faults: [fn(&Machine, &str); 4] =
        [Machine::deny, Machine::remove, Machine::garbage, Machine::short];
    let by_powercap = (zone("intel-rapl:0"), true);
    let by_perf = (PKG.to_owned(), false);
    for (path, without_perf) in [by_powercap, by_perf] {
        for fault in faults {
            let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
            if without_perf {
                machine.remove(EVENTS);
            }
            machine.power(&path, 50.0);
            let mut bench = Bench::new(machine);
            bench.joules_after(S);
            bench.machine.advance(S);
            // Worked case A06: the sample in the middle fails.
            fault(&bench.machine, &path);
            assert!(bench.read("package-0").is_err(), "{path} read in spite of a fault");
            bench.machine.restore(&path);
            assert_eq!(bench.joules_after(2 * S)["package-0"], 150.0, "{path}");
        }
    }
}

#[test]
fn an_empty_counter_is_an_error_that_names_the_file() {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let mut bench = Bench::new(machine);
    bench.machine.write(&zone("intel-rapl:0"), "");
    let error = bench.read("package-0").unwrap_err().to_string();
    assert!(error.contains("intel-rapl:0/energy_uj"), "{error}");
    assert!(error.contains("expected a whole number"), "{error}");
}

#[test]
fn a_wrap_between_two_reads_loses_nothing() {
    // Worked case A05: 262143000000 to 171150 µJ.
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    machine.set(&zone("intel-rapl:0"), "262143000000");
    let mut bench = Bench::new(machine);
    bench.machine.set(&zone("intel-rapl:0"), "171150");
    let joules = bench.joules_after(S)["package-0"];
    assert!((joules - 0.5).abs() < 2e-6, "{joules}");
}

#[test]
fn a_counter_without_a_range_wraps_at_two_to_the_32_units() {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    machine.remove(&format!("{ZONES}/intel-rapl:0/max_energy_range_uj"));
    machine.set(&zone("intel-rapl:0"), "262143000000");
    let mut bench = Bench::new(machine);
    bench.machine.set(&zone("intel-rapl:0"), "1000000");
    let joules = bench.joules_after(S)["package-0"];
    assert!((joules - 2.0).abs() < 1e-5, "{joules}");
}

#[test]
fn a_driver_that_was_loaded_again_is_read_again() {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let mut bench = Bench::new(machine);
    let path = zone("intel-rapl:0");
    // The descriptor that is open stays with the file that is gone.
    bench.machine.remove(&path);
    assert!(bench.read("package-0").is_err());
    bench.machine.write(&path, "30000000\n");
    let Reading::Counter { count, .. } = bench.read("package-0").unwrap().reading else {
        panic!("not a counter")
    };
    assert_eq!(count, 30_000_000);
}
