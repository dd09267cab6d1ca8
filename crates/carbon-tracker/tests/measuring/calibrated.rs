//! A calibration that is on disk is what the load model goes by, and the report says so.

use carbon_model::{Component, Report, Source};
use carbon_sensors::CpuFacts;
use carbon_sensors::load_model::CalibrationScope;
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::calibration::{
    COMMON_CALIBRATION_FILE, Calibrations, MachineIdentity, StoredCalibration,
};
use carbon_tracker::{Hub, Machine, Preferences, Sampling};

use crate::support::{close, joules, machine, open, pass};

/// 10 W idle and 50 W full, in a straight line.
fn calibration(fake: &FakeMachine, scope: CalibrationScope) -> StoredCalibration {
    let root = fake.sysroot();
    StoredCalibration {
        machine: MachineIdentity::of(&root, &CpuFacts::read(&root)),
        calibration: carbon_sensors::Calibration {
            idle_w: 10.0,
            full_w: 50.0,
            bend: 0.0,
            scope,
            accuracy: carbon_model::Accuracy::plus_minus(0.25),
            against: "a wall meter".to_owned(),
            date: "2026-11-22".to_owned(),
        },
        residual: 0.01,
        points: Vec::new(),
    }
}

fn text(stored: StoredCalibration) -> String {
    let mut file = Calibrations::default();
    file.insert(stored);
    file.to_text()
}

/// Ten seconds at a quarter of the load.
fn report(fake: &FakeMachine, machine: Machine) -> Report {
    fake.set_load(0.25);
    let hub = Hub::new(machine, Sampling::Manual);
    let window = open(&hub, &Preferences::default());
    pass(fake, &hub, 10.0);
    window.close()
}

#[test]
fn the_common_file_calibrates_a_machine_and_is_named_as_the_source() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    fake.write(COMMON_CALIBRATION_FILE, &text(calibration(&fake, CalibrationScope::Processors)));
    let report = report(&fake, machine(&fake));
    close(joules(&report, Component::Cpu), 200.0, 1e-3);
    let cpu = &report.machine[0];
    assert_eq!(cpu.sources[0].source, Source::LoadModelCalibrated);
    assert!(cpu.sources[0].detail.contains("2026-11-22 against a wall meter"), "{cpu:?}");
    close(cpu.energy.low.joules() / cpu.energy.value.joules(), 0.75, 5e-3);
    assert!(joules(&report, Component::Ram) > 0.0);
}

#[test]
fn a_user_s_own_file_goes_before_the_common_one() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    fake.write(COMMON_CALIBRATION_FILE, &text(calibration(&fake, CalibrationScope::Processors)));
    let mut own = calibration(&fake, CalibrationScope::Processors);
    own.calibration.idle_w = 20.0;
    own.calibration.full_w = 60.0;
    fake.write("home/calibration.ini", &text(own));
    let machine =
        Machine { calibration_files: vec![fake.path("home/calibration.ini")], ..machine(&fake) };
    close(joules(&report(&fake, machine), Component::Cpu), 300.0, 1e-3);
}

#[test]
fn a_calibration_of_the_computer_has_the_memory_in_it() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    fake.write(COMMON_CALIBRATION_FILE, &text(calibration(&fake, CalibrationScope::Computer)));
    let report = report(&fake, machine(&fake));
    close(report.machine_energy().value.joules(), 200.0, 1e-3);
    assert_eq!(joules(&report, Component::Ram), 0.0);
}

#[test]
fn a_counter_goes_before_any_calibration() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    fake.write(COMMON_CALIBRATION_FILE, &text(calibration(&fake, CalibrationScope::Computer)));
    fake.restore_all();
    let report = report(&fake, machine(&fake));
    assert_eq!(report.machine[0].sources[0].source.basis(), carbon_model::Basis::Measured);
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_the_model_goes_on_without() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    fake.write(COMMON_CALIBRATION_FILE, "[a]\nidle_w = 3\n");
    let report = report(&fake, machine(&fake));
    assert_eq!(report.machine[0].sources[0].source, Source::LoadModel);
    let said = |w: &String| w.contains("calibration.ini:1") && w.contains("full_w");
    assert!(report.warnings.iter().any(said), "{:?}", report.warnings);
}
