//! The worked cases of the measurement specification, in joules, on fake machines.

use crate::support::{RAPL, close, hub, joules, open, pass};
use carbon_model::{Component, Source};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::Preferences;

/// A zone of a hand-made powercap tree.
fn zone(path: &str, name: &str, energy_uj: u64) -> String {
    format!(
        "== {RAPL}/{path}/name = {name}\n\
         == {RAPL}/{path}/energy_uj = {energy_uj}\n\
         == {RAPL}/{path}/max_energy_range_uj = 262143328850\n"
    )
}

/// A machine with these zones; those that lie directly under the control type are linked in the
/// class directory, as the kernel does.
fn machine_with(zones: &[(&str, &str, u64)], script: &str) -> FakeMachine {
    let mut text = String::from(
        "== proc/stat\ncpu  1000 0 1000 8000 0 0 0 0 0 0\ncpu0 1000 0 1000 8000 0 0 0 0 0 0\n\
         == proc/meminfo\nMemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n\
         == sys/devices/system/cpu/online = 0-3\n",
    );
    for (path, name, energy_uj) in zones {
        let leaf = path.rsplit('/').next().unwrap();
        let target = format!("../../devices/virtual/powercap/intel-rapl/{path}");
        text += &zone(path, name, *energy_uj);
        text += &["== sys/class/powercap/", leaf, " -> ", &target, "\n"].concat();
    }
    FakeMachine::load(&(text + script))
}

fn power(path: &str, watts: f64) -> String {
    format!("@ 0s power {RAPL}/{path}/energy_uj {watts}W\n")
}

#[test]
fn a01_package_and_dram_count_once_and_their_parts_do_not() {
    let script = power("intel-rapl:0", 50.0)
        + &power("intel-rapl:0/intel-rapl:0:0", 30.0)
        + &power("intel-rapl:0/intel-rapl:0:1", 5.0)
        + &power("intel-rapl:0/intel-rapl:0:2", 4.0);
    let zones = [
        ("intel-rapl:0", "package-0", 1_000_000),
        ("intel-rapl:0/intel-rapl:0:0", "core", 1_000_000),
        ("intel-rapl:0/intel-rapl:0:1", "uncore", 1_000_000),
        ("intel-rapl:0/intel-rapl:0:2", "dram", 1_000_000),
    ];
    let fake = machine_with(&zones, &script);
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 10.0);
    let report = window.close();
    close(joules(&report, Component::Cpu), 500.0, 1e-9);
    close(joules(&report, Component::Ram), 40.0, 1e-9);
    let total = report.machine_energy();
    close(total.value.kilowatt_hours(), 1.5e-4, 1e-9);
    assert!(total.low.joules() < 540.0 && total.high.joules() > 540.0);
}

#[test]
fn a02_sockets_and_their_memories_are_all_counted() {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for (path, watts) in [
        ("intel-rapl:0", 50.0),
        ("intel-rapl:1", 70.0),
        ("intel-rapl:0/intel-rapl:0:0", 14.0),
        ("intel-rapl:1/intel-rapl:1:0", 16.0),
    ] {
        fake.power(&format!("{RAPL}/{path}/energy_uj"), watts);
    }
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 60.0);
    let report = window.close();
    close(joules(&report, Component::Cpu), 7200.0, 1e-6);
    close(joules(&report, Component::Ram), 1800.0, 1e-6);
    close(report.machine_energy().value.kilowatt_hours(), 0.0025, 1e-6);
}

#[test]
fn a03_twins_count_once_and_psys_replaces_everything_when_preferred() {
    let fake = FakeMachine::load(machines::MSR_AND_MMIO_TWINS);
    let mmio = "sys/devices/virtual/powercap/intel-rapl-mmio";
    fake.power(&format!("{RAPL}/intel-rapl:0/energy_uj"), 20.0);
    fake.power(&format!("{mmio}/intel-rapl-mmio:0/energy_uj"), 20.0);
    fake.power(&format!("{RAPL}/intel-rapl:1/energy_uj"), 35.0);
    let hub = hub(&fake);
    let plain = open(&hub, &Preferences { ram_power_w: Some(0.0), ..Preferences::default() });
    let psys = open(&hub, &Preferences { prefer_psys: true, ..Preferences::default() });
    pass(&fake, &hub, 30.0);
    let (plain, psys) = (plain.close(), psys.close());
    close(joules(&plain, Component::Cpu), 600.0, 1e-6);
    close(plain.machine_energy().value.kilowatt_hours(), 1.666_666_7e-4, 1e-6);
    close(psys.machine_energy().value.kilowatt_hours(), 2.916_666_7e-4, 1e-6);
    assert_eq!(joules(&psys, Component::Ram), 0.0);
    let ram = psys.machine.iter().find(|c| c.component == Component::Ram).unwrap();
    assert_eq!(ram.sources[0].source, Source::Included);
}

#[test]
fn a05_one_wrap_adds_the_range() {
    let fake = machine_with(&[("intel-rapl:0", "package-0", 262_143_000_000)], "");
    let hub = hub(&fake);
    let window = open(&hub, &Preferences { ram_power_w: Some(0.0), ..Preferences::default() });
    fake.advance(std::time::Duration::from_secs(1));
    fake.set(&format!("{RAPL}/intel-rapl:0/energy_uj"), "171150");
    let report = window.close();
    close(joules(&report, Component::Cpu), 0.5, 1e-5);
    close(report.machine_energy().value.kilowatt_hours(), 1.388_888_9e-7, 1e-5);
}

#[test]
fn a06_an_unreadable_sample_is_bridged() {
    let fake =
        machine_with(&[("intel-rapl:0", "package-0", 1_000_000)], &power("intel-rapl:0", 50.0));
    let path = format!("{RAPL}/intel-rapl:0/energy_uj");
    let hub = hub(&fake);
    let window = open(&hub, &Preferences { ram_power_w: Some(0.0), ..Preferences::default() });
    pass(&fake, &hub, 1.5);
    fake.deny(&path);
    pass(&fake, &hub, 1.0);
    fake.restore(&path);
    pass(&fake, &hub, 1.5);
    let report = window.close();
    close(joules(&report, Component::Cpu), 200.0, 1e-6);
    assert_eq!(report.gaps.len(), 1, "{:?}", report.gaps);
    assert!(report.gaps[0].bridged);
    assert_eq!(report.gaps[0].meter, "package-0");
}
