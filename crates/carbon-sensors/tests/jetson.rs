//! Jetson modules on fake machines: one meter for the module, and no rail counted twice.

use carbon_model::Source;
use carbon_sensors::{Covers, Discovery, Hindrance, MachineSample, Reading, hwmon, jetson};
use carbon_testkit::{Machine, machines};

fn watts(found: &mut Discovery, machine: &Machine) -> f64 {
    let [meter] = found.meters.as_mut_slice() else { panic!("not one meter: {found:?}") };
    let sample = meter.read(&MachineSample::default(), &machine.clock()).expect("a reading");
    let info = meter.info();
    assert_eq!((&info.covers, info.source), (&Covers::System, Source::HwmonPower));
    assert!(info.includes_gpus());
    let Reading::Power { watts } = sample.reading else { panic!("not a power") };
    watts
}

#[test]
fn the_input_of_a_module_holds_its_other_rails() {
    for (archive, expected_w) in
        [(machines::JETSON_XAVIER_NX, 4.280), (machines::JETSON_NANO, 2.041)]
    {
        let machine = Machine::load(archive);
        let mut found = jetson::discover(&machine.sysroot());
        assert!((watts(&mut found, &machine) - expected_w).abs() < 1e-9, "{found:?}");
    }
}

#[test]
fn without_an_input_the_rails_that_hold_no_other_are_added() {
    let machine = Machine::load(machines::JETSON_AGX_ORIN);
    let mut found = jetson::discover(&machine.sysroot());
    // 19.72 V × 0.16 A + 19.72 V × 0.04 A + 4.968 V × 0.75 A; the memory's rail is within the last.
    assert!((watts(&mut found, &machine) - 7.67).abs() < 1e-9, "{found:?}");
    machine.set("sys/class/hwmon/hwmon3/curr2_input", "540");
    assert!((watts(&mut found, &machine) - 17.53).abs() < 1e-9);
    assert!(hwmon::discover(&machine.sysroot()).meters.is_empty(), "they are counted once");
}

#[test]
fn an_agx_xavier_is_the_sum_of_its_six_rails() {
    let rails = ["GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"];
    let mut lines = Vec::new();
    for (number, rail) in rails.iter().enumerate() {
        let (chip, channel) = (number / 3, number % 3);
        let at = format!("sys/bus/i2c/drivers/ina3221x/1-004{chip}/iio:device{chip}");
        let milliwatts = 1000 * (number + 1);
        lines.push(format!("== {at}/rail_name_{channel} = {rail}\n"));
        lines.push(format!("== {at}/in_power{channel}_input = {milliwatts}\n"));
    }
    let machine = Machine::load(&lines.concat());
    let mut found = jetson::discover(&machine.sysroot());
    assert!((watts(&mut found, &machine) - 21.0).abs() < 1e-9);
}

#[test]
fn a_rail_that_cannot_be_read_is_a_gap_and_unknown_rails_are_no_module() {
    let machine = Machine::load(machines::JETSON_AGX_ORIN);
    let mut found = jetson::discover(&machine.sysroot());
    machine.garbage("sys/class/hwmon/hwmon3/in3_input");
    assert!(found.meters[0].read(&MachineSample::default(), &machine.clock()).is_err());

    machine.set("sys/class/hwmon/hwmon3/in3_label", "VIN_12V0");
    let found = jetson::discover(&machine.sysroot());
    assert!(found.meters.is_empty());
    assert!(found.skipped[0].reason.contains("VIN_12V0"), "{found:?}");
}

#[test]
fn rails_for_root_only_are_skipped_with_the_fix() {
    let machine = Machine::load(machines::JETSON_NANO);
    machine.deny("sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/in_power0_input");
    let found = jetson::discover(&machine.sysroot());
    assert_eq!(found.skipped[0].hindrance, Hindrance::Denied);
    assert!(found.skipped[0].fix.as_deref().unwrap_or_default().starts_with("sudo chmod a+r"));
}

#[test]
fn other_machines_have_no_module() {
    let machine = Machine::load(machines::LAPTOP_INTEL_PSYS);
    let found = jetson::discover(&machine.sysroot());
    assert!(found.meters.is_empty() && found.skipped.is_empty());
}
