//! Batteries on fake machines: a discharge is the power of the computer, anything else is a gap.

use carbon_model::Source;
use carbon_sensors::{Covers, MachineSample, Meter, Reading, battery};
use carbon_testkit::{Machine, machines};

const BAT0: &str = "sys/class/power_supply/BAT0";

fn read(meter: &mut dyn Meter, machine: &Machine) -> Result<f64, String> {
    match meter.read(&MachineSample::default(), &machine.clock()) {
        Ok(sample) => match sample.reading {
            Reading::Power { watts } => Ok(watts),
            other => panic!("{other:?}"),
        },
        Err(error) => Err(error.to_string()),
    }
}

fn discharging(microwatts: &str) -> Machine {
    let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
    machine.set(&format!("{BAT0}/status"), "Discharging");
    machine.set(&format!("{BAT0}/power_now"), microwatts);
    machine
}

#[test]
fn a_discharge_is_the_power_of_the_whole_computer() {
    let machine = discharging("8420000");
    let mut found = battery::discover(&machine.sysroot());
    let meter = found.meters[0].as_mut();
    assert_eq!((&meter.info().covers, meter.info().source), (&Covers::System, Source::Battery));
    assert_eq!(meter.info().accuracy.high, 1.1);
    assert!((read(meter, &machine).unwrap() - 8.42).abs() < 1e-12);
    machine.set(&format!("{BAT0}/power_now"), "-9000000");
    assert!((read(meter, &machine).unwrap() - 9.0).abs() < 1e-12, "the sign means nothing");
}

#[test]
fn plugged_in_while_it_is_read_is_a_gap_with_the_reason() {
    let machine = discharging("8420000");
    let mut found = battery::discover(&machine.sysroot());
    machine.set(&format!("{BAT0}/status"), "Charging");
    let error = read(found.meters[0].as_mut(), &machine).unwrap_err();
    assert!(error.contains("on mains power"), "{error}");
    machine.set(&format!("{BAT0}/status"), "Discharging");
    for fault in [Machine::deny, Machine::garbage, Machine::short, Machine::remove] {
        fault(&machine, &format!("{BAT0}/power_now"));
        assert!(read(found.meters[0].as_mut(), &machine).is_err());
        machine.restore_all();
    }
    machine.set(&format!("{BAT0}/power_now"), "0");
    assert!(read(found.meters[0].as_mut(), &machine).is_err(), "0 W is no reading");
}

#[test]
fn on_mains_power_the_battery_is_skipped() {
    let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
    let found = battery::discover(&machine.sysroot());
    assert!(found.meters.is_empty());
    assert!(found.skipped[0].reason.contains("on mains power"), "{found:?}");
}

#[test]
fn two_batteries_make_one_meter_and_those_of_mice_are_no_batteries() {
    let machine = discharging("6000000");
    for (name, scope) in [("BAT1", "System"), ("hid-mouse-battery", "Device")] {
        let directory = format!("sys/class/power_supply/{name}");
        machine.set(&format!("{directory}/type"), "Battery");
        machine.set(&format!("{directory}/scope"), scope);
        machine.set(&format!("{directory}/status"), "Discharging");
        machine.set(&format!("{directory}/voltage_now"), "12000000");
        machine.set(&format!("{directory}/current_now"), "500000");
    }
    let mut found = battery::discover(&machine.sysroot());
    assert_eq!(found.meters.len(), 1);
    let watts = read(found.meters[0].as_mut(), &machine).unwrap();
    assert!((watts - 12.0).abs() < 1e-9, "6 W and 12 V × 0.5 A, not {watts}");
    machine.set("sys/class/power_supply/BAT1/status", "Not charging");
    let watts = read(found.meters[0].as_mut(), &machine).unwrap();
    assert!((watts - 6.0).abs() < 1e-9, "{watts}");
}
