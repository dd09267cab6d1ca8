//! hwmon sensors on fake machines: only what is known to cover a processor or a board is read.

use std::time::Duration;

use carbon_model::Source;
use carbon_sensors::{Covers, Discovery, MachineSample, Reading, hwmon};
use carbon_testkit::{Machine, machines};

fn watts(found: &mut Discovery, machine: &Machine) -> Vec<(Covers, f64)> {
    let read = |meter: &mut Box<dyn carbon_sensors::Meter>| {
        let sample = meter.read(&MachineSample::default(), &machine.clock()).expect("a reading");
        let Reading::Power { watts } = sample.reading else { panic!("not a power") };
        (meter.info().covers.clone(), watts)
    };
    found.meters.iter_mut().map(read).collect()
}

const PACKAGE_0: Covers = Covers::Package { package: 0, die: None };

#[test]
fn the_socket_counter_of_amd_energy_is_read_and_its_cores_are_not() {
    let machine = Machine::load(machines::AMD_HWMON);
    let socket = "sys/class/hwmon/hwmon1/energy5_input";
    machine.power(socket, 130.0);
    machine.power("sys/class/hwmon/hwmon1/energy1_input", 9.0);
    let mut found = hwmon::discover(&machine.sysroot());
    assert_eq!(found.meters.len(), 1, "{found:?}");
    let meter = found.meters[0].as_mut();
    assert_eq!(meter.info().covers, PACKAGE_0);
    assert_eq!(meter.info().source, Source::HwmonEnergy);
    let mut joules = || match meter.read(&MachineSample::default(), &machine.clock()) {
        Ok(sample) => match sample.reading {
            Reading::Counter { count, joules_per_count, .. } => count as f64 * joules_per_count,
            other => panic!("{other:?}"),
        },
        Err(error) => panic!("{error}"),
    };
    let before = joules();
    machine.advance(Duration::from_secs(10));
    assert!((joules() - before - 1300.0).abs() < 1e-3);
    machine.deny(socket);
    assert!(found.meters[0].read(&MachineSample::default(), &machine.clock()).is_err());
}

#[test]
fn a_counter_for_root_only_is_skipped_with_the_fix() {
    let machine = Machine::load(machines::AMD_HWMON);
    machine.deny("sys/class/hwmon/hwmon1/energy5_input");
    let found = hwmon::discover(&machine.sysroot());
    assert!(found.meters.is_empty());
    let fix = found.skipped[0].fix.as_deref().unwrap();
    assert!(fix.starts_with("sudo chmod a+r") && fix.contains("energy5_input"), "{fix}");
}

#[test]
fn rails_of_one_processor_are_added() {
    let machine = Machine::load(
        "\
== sys/class/hwmon/hwmon0/name = zenpower
== sys/class/hwmon/hwmon0/power1_label = SVI2_P_Core
== sys/class/hwmon/hwmon0/power1_input = 41500000
== sys/class/hwmon/hwmon0/power2_label = SVI2_P_SoC
== sys/class/hwmon/hwmon0/power2_input = 8250000
",
    );
    let mut found = hwmon::discover(&machine.sysroot());
    assert_eq!(watts(&mut found, &machine), [(PACKAGE_0, 49.75)]);
    machine.garbage("sys/class/hwmon/hwmon0/power2_input");
    assert!(found.meters[0].read(&MachineSample::default(), &machine.clock()).is_err());
}

#[test]
fn grace_sockets_are_told_apart_and_the_plug_meter_is_left_out() {
    let machine = Machine::load(
        "\
== sys/class/hwmon/hwmon0/device/name = power_meter
== sys/class/hwmon/hwmon0/device/power1_oem_info = CPU Power Socket 0
== sys/class/hwmon/hwmon0/device/power1_average = 120000000
== sys/class/hwmon/hwmon1/device/name = power_meter
== sys/class/hwmon/hwmon1/device/power1_oem_info = SysIO Power Socket 0
== sys/class/hwmon/hwmon1/device/power1_average = 30000000
== sys/class/hwmon/hwmon2/device/name = power_meter
== sys/class/hwmon/hwmon2/device/power1_oem_info = CPU Power Socket 1
== sys/class/hwmon/hwmon2/device/power1_average = 90000000
== sys/class/hwmon/hwmon3/name = power_meter
== sys/class/hwmon/hwmon3/power1_average = 700000000
",
    );
    let mut found = hwmon::discover(&machine.sysroot());
    let package_1 = Covers::Package { package: 1, die: None };
    assert_eq!(watts(&mut found, &machine), [(PACKAGE_0, 150.0), (package_1, 90.0)]);
    assert!(found.skipped[0].reason.contains("GPUs included"));
}

#[test]
fn sensors_of_unknown_meaning_are_skipped_with_that_reason() {
    let machine = Machine::load(
        "\
== sys/class/hwmon/hwmon0/name = ina226
== sys/class/hwmon/hwmon0/power1_input = 12000000
== sys/class/hwmon/hwmon1/name = amdgpu
== sys/class/hwmon/hwmon1/power1_average = 90000000
== sys/class/hwmon/hwmon2/name = zenpower
== sys/class/hwmon/hwmon2/power1_label = SVI2_P_Core
== sys/class/hwmon/hwmon2/power1_input = 0
",
    );
    let found = hwmon::discover(&machine.sysroot());
    assert!(found.meters.is_empty());
    let reasons: Vec<&str> = found.skipped.iter().map(|s| s.reason.as_str()).collect();
    assert_eq!(reasons, ["what the power sensors of ina226 cover is not known", "reads 0 W"]);
}
