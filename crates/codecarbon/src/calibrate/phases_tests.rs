//! A calibration of a fake machine, whose clock is moved by hand.

use std::sync::Arc;

use carbon_sensors::load_model::{CalibrationScope, rise};
use carbon_testkit::{FakePerf, Machine as FakeMachine, machines};
use carbon_tracker::Sampling;

use super::super::gauge::Sensors;
use super::super::{conclude, curve};
use super::*;

/// A machine whose power and CPU times follow the load that is put on it.
struct FakeBench<'f> {
    fake: &'f FakeMachine,
    counters: &'f [&'f str],
    cpus: u32,
    /// Watts at a busy share.
    power_w: fn(f64) -> f64,
    /// Busy share when it should rest, and when it should work.
    at_rest: f64,
    at_work: f64,
    loads: Vec<u32>,
}

impl Bench for FakeBench<'_> {
    fn load(&mut self, cpus: u32) {
        self.loads.push(cpus);
        let wanted = f64::from(cpus) / f64::from(self.cpus);
        let share = self.at_rest + (self.at_work - self.at_rest) * wanted;
        self.fake.set_load(share);
        for counter in self.counters {
            self.fake.power(counter, (self.power_w)(share) / self.counters.len() as f64);
        }
    }

    fn wait(&mut self, time: Duration) {
        self.fake.advance(time);
    }
}

fn machine_of(fake: &FakeMachine) -> Machine {
    Machine {
        clock: Arc::new(fake.clock()),
        perf: Arc::new(FakePerf::of(fake)),
        ..Machine::at(fake.sysroot())
    }
}

const PACKAGES: [&str; 2] =
    ["sys/class/powercap/intel-rapl:0/energy_uj", "sys/class/powercap/intel-rapl:1/energy_uj"];

fn carry_out(
    plan: &Plan,
    power_w: fn(f64) -> f64,
    at_rest: f64,
    at_work: f64,
) -> (Result<Measured, PhaseError>, Vec<u32>, Vec<Progress>) {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let machine = machine_of(&fake);
    let hub = Hub::new(machine.clone(), Sampling::Manual);
    let preferences = Preferences::default();
    let mut gauge = Sensors::of(&hub, &preferences).unwrap();
    assert_eq!(gauge.scope(), CalibrationScope::Processors);
    let mut bench = FakeBench {
        fake: &fake,
        counters: &PACKAGES,
        cpus: plan.cpus,
        power_w,
        at_rest,
        at_work,
        loads: Vec::new(),
    };
    let mut told = Vec::new();
    let result = Workshop {
        machine: &machine,
        hub: &hub,
        preferences: &preferences,
        bench: &mut bench,
        gauge: &mut gauge,
        tell: &mut |progress| told.push(progress.clone()),
    }
    .carry_out(plan);
    (result, bench.loads, told)
}

fn plan(is_thorough: bool) -> Plan {
    Plan::new(8, is_thorough, Duration::from_mins(1))
}

#[test]
fn idle_and_full_load_of_a_fake_server_are_found() {
    let (measured, loads, told) = carry_out(&plan(false), |u| 40.0 + 160.0 * u, 0.02, 1.0);
    let measured = measured.unwrap();
    assert_eq!(loads, [0, 8, 0], "the load is taken away at the end");
    let watts: Vec<f64> = measured.points.iter().map(|p| p.power_w).collect();
    assert!((watts[0] - 43.2).abs() < 0.1 && (watts[1] - 200.0).abs() < 0.5, "{watts:?}");
    let shares: Vec<f64> = measured.points.iter().map(|p| p.busy_share).collect();
    assert!((shares[0] - 0.02).abs() < 0.002 && shares[1] > 0.998, "{shares:?}");
    assert!(measured.scatter < 0.01, "{measured:?}");
    let last = told.last().unwrap();
    assert_eq!((last.done, last.total), (last.total, Duration::from_secs(135)));
    assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done));
}

#[test]
fn a_thorough_calibration_finds_the_curve_of_the_machine() {
    let truth = |u: f64| 30.0 + 90.0 * rise(1.0, u);
    let (measured, loads, _) = carry_out(&plan(true), truth, 0.01, 1.0);
    let measured = measured.unwrap();
    assert_eq!(loads, [0, 2, 4, 6, 8, 0]);
    let curve = curve::fit(&measured.points).unwrap();
    assert!((curve.bend - 1.0).abs() < 0.05, "{curve:?}");
    assert!((curve.idle_w - 30.0).abs() < 0.3 && (curve.full_w - 120.0).abs() < 0.5, "{curve:?}");
}

#[test]
fn a_busy_machine_is_refused_and_left_without_load() {
    let (result, loads, _) = carry_out(&plan(false), |u| 40.0 + 160.0 * u, 0.3, 1.0);
    let error = result.unwrap_err();
    assert!(error.to_string().contains("30 % of its CPU time"), "{error}");
    assert_eq!(loads, [0, 0], "it never came to a load");
}

#[test]
fn load_that_is_not_reached_is_no_full_load() {
    let (result, ..) = carry_out(&plan(false), |u| 40.0 + 160.0 * u, 0.0, 0.5);
    assert!(result.unwrap_err().to_string().contains("only 50 % of the CPUs"));
}

#[test]
fn the_kept_figures_name_meter_error_and_residual() {
    let plan = plan(false);
    let (measured, ..) = carry_out(&plan, |u| 40.0 + 160.0 * u, 0.0, 1.0);
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let hub = Hub::new(machine_of(&fake), Sampling::Manual);
    let gauge = Sensors::of(&hub, &Preferences::default()).unwrap();
    let root = fake.sysroot();
    let identity = carbon_tracker::calibration::MachineIdentity::of(
        &root,
        &carbon_sensors::CpuFacts::read(&root),
    );
    let stored = conclude(&measured.unwrap(), &plan, &gauge, identity).unwrap();
    assert!((stored.calibration.accuracy.high - 1.2).abs() < 0.005, "{stored:?}");
    assert!((stored.calibration.idle_w - 40.0).abs() < 0.2, "{stored:?}");
    assert!(stored.calibration.against.starts_with("RAPL"), "{stored:?}");
    let flat = Measured {
        points: [0.0, 1.0].map(|busy_share| CalibrationPoint { busy_share, power_w: 30.0 }).into(),
        scatter: 0.0,
    };
    let identity = stored.machine.clone();
    let error = conclude(&flat, &plan, &gauge, identity).unwrap_err();
    assert!(error.message.contains("does not rise with load: 30.0 W, 30.0 W"), "{error:?}");
}

#[test]
fn phases_divide_the_cpus_as_far_as_they_can_be() {
    let of = |cpus, is_thorough| Plan::new(cpus, is_thorough, Duration::from_secs(8)).busy_cpus;
    assert_eq!(of(64, false), [0, 64]);
    assert_eq!(of(64, true), [0, 16, 32, 48, 64]);
    assert_eq!(of(4, true), [0, 1, 2, 3, 4]);
    assert_eq!(of(2, true), [0, 1, 2]);
    assert_eq!(of(1, true), [0, 1]);
    let plan = Plan::new(4, false, Duration::from_secs(8));
    assert_eq!(plan.total(), Duration::from_secs(18));
    assert_eq!([plan.name(0), plan.name(4), plan.name(1)], ["idle", "full load", "1 of 4 CPUs"]);
}
