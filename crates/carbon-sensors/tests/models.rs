//! The CPU load model, the choice of its TDP and the RAM model, in watts and joules.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use carbon_model::{Accuracy, Source};
use carbon_sensors::facts::{CpuFacts, MachineClass, Vendor};
use carbon_sensors::limits::{CpuLimit, LimitSource, Limits};
use carbon_sensors::load_model::{
    Calibration, CalibrationScope, LoadModel, LoadModelSpec, ProcessorPower, TdpInputs, USUAL_BEND,
    choose_tdp,
};
use carbon_sensors::machine::{CpuTimes, MachineSample, MemoryUse};
use carbon_sensors::meter::{Covers, Meter, ReadError, Reading};
use carbon_sensors::ram_model::{ConstantPower, RamModel, ram_power_w};
use carbon_sensors::{Instant, SystemClock};
use proptest::prelude::*;

fn spec(tdp_w: f64, idle_share: f64) -> LoadModelSpec {
    LoadModelSpec {
        tdp_w,
        idle_share,
        full_share: 0.80,
        bend: USUAL_BEND,
        scope: CalibrationScope::Processors,
        source: Source::LoadModel,
        accuracy: Accuracy::factors(0.5, 1.8),
        detail: String::new(),
    }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-4, "{found} is not {expected}");
}

/// The examples of the measurement specification.
#[test]
fn the_curve_has_its_published_values() {
    let (intel, amd) = (0.11, 0.22);
    close(spec(90.0, amd).power_w(0.0), 19.8);
    close(spec(90.0, amd).power_w(0.25), 41.4743);
    close(spec(69.0, intel).power_w(0.5), 39.5072);
    close(spec(480.0, intel).power_w(1.0), 384.0);
    close(spec(480.0, intel).power_w(7.0), 384.0);
}

// ---------------------------------------------------------------- choice of the TDP

fn cpu(brand: &str, vendor: Vendor, logical_cpus: u32, sockets: u32) -> CpuFacts {
    CpuFacts {
        brand: Some(brand.to_owned()),
        vendor,
        is_zen: vendor == Vendor::Amd,
        architecture: None,
        logical_cpus,
        sockets,
        threads_per_core: 2,
        is_virtual: false,
    }
}

fn known(brand: &str) -> Option<ProcessorPower> {
    let power = |tdp_w, threads| ProcessorPower { name: brand.to_owned(), tdp_w, threads };
    match brand {
        "EPYC" => Some(power(240.0, Some(128))),
        "Platinum" => Some(power(350.0, Some(64))),
        "Gold" => Some(power(105.0, None)),
        _ => None,
    }
}

const UNLIMITED: &Limits = &Limits::none();

fn facts_of(cpu: &CpuFacts) -> TdpInputs<'_> {
    TdpInputs { cpu, limits: UNLIMITED, given_w: None, calibration: None, package_limits_w: &[] }
}

fn chosen(inputs: TdpInputs<'_>) -> LoadModelSpec {
    choose_tdp(&inputs, &known)
}

#[test]
fn every_socket_of_a_real_machine_counts() {
    let spec = chosen(facts_of(&cpu("EPYC", Vendor::Amd, 256, 2)));
    close(spec.power_w(1.0), 384.0);
    close(spec.power_w(0.0), 105.6);
    assert_eq!((spec.source, spec.accuracy), (Source::LoadModel, Accuracy::factors(0.5, 1.8)));
    assert_eq!(spec.detail, "TDP 240 W of EPYC × 2 sockets");
}

#[test]
fn a_virtual_machine_has_its_share_of_threads_whatever_it_says_of_sockets() {
    for sockets in [1, 2] {
        let machine = CpuFacts { is_virtual: true, ..cpu("Platinum", Vendor::Intel, 2, sockets) };
        let spec = chosen(facts_of(&machine));
        close(spec.tdp_w, 350.0 * 2.0 / 64.0);
        assert_eq!(spec.source, Source::LoadModelVirtual);
        assert_eq!(spec.accuracy, Accuracy::factors(0.3, 3.0));
        assert_eq!(spec.detail, "TDP 350 W × 2/64 threads");
    }
}

#[test]
fn an_unknown_processor_has_four_watts_a_cpu_once() {
    let spec = chosen(facts_of(&cpu("?", Vendor::Other, 16, 2)));
    close(spec.tdp_w, 64.0);
    close(spec.idle_share, 0.15);
    assert_eq!(
        (spec.source, spec.accuracy),
        (Source::LoadModelGuessed, Accuracy::factors(0.4, 2.5))
    );
    let nameless = CpuFacts { brand: None, is_virtual: true, ..cpu("", Vendor::Intel, 4, 4) };
    close(chosen(facts_of(&nameless)).tdp_w, 16.0);
    let threads_unknown = CpuFacts { is_virtual: true, ..cpu("Gold", Vendor::Intel, 4, 4) };
    let spec = chosen(facts_of(&threads_unknown));
    assert_eq!((spec.tdp_w, spec.source), (16.0, Source::LoadModelGuessed));
}

#[test]
fn the_user_comes_first_then_calibration_then_power_limits() {
    let machine = cpu("EPYC", Vendor::Amd, 128, 1);
    let calibration = Calibration {
        idle_w: 60.0,
        full_w: 200.0,
        bend: USUAL_BEND,
        scope: CalibrationScope::Processors,
        accuracy: Accuracy::plus_minus(0.2),
        against: "RAPL".to_owned(),
        date: "2026-11-22".to_owned(),
    };
    let calibrated_and_limited = TdpInputs {
        calibration: Some(&calibration),
        package_limits_w: &[225.0],
        ..facts_of(&machine)
    };
    let given = chosen(TdpInputs { given_w: Some(90.0), ..calibrated_and_limited });
    close(given.power_w(0.25), 41.4743);
    let calibrated = chosen(calibrated_and_limited);
    close(calibrated.power_w(0.0), 60.0);
    close(calibrated.power_w(1.0), 200.0);
    assert_eq!(calibrated.source, Source::LoadModelCalibrated);
    assert_eq!(calibrated.accuracy, Accuracy::plus_minus(0.2));
    assert_eq!(
        calibrated.detail,
        "60.0 W idle and 200.0 W full, calibrated on 2026-11-22 against RAPL"
    );
    let limited = chosen(TdpInputs { package_limits_w: &[225.0], ..facts_of(&machine) });
    assert_eq!((limited.tdp_w, limited.source), (225.0, Source::LoadModel));
}

#[test]
fn a_power_limit_far_above_the_tdp_is_not_believed() {
    let machine = cpu("EPYC", Vendor::Amd, 128, 1);
    assert_eq!(chosen(TdpInputs { package_limits_w: &[900.0], ..facts_of(&machine) }).tdp_w, 240.0);
}

#[test]
fn a_limit_on_cpus_takes_its_share_of_the_machine() {
    let limits = Limits {
        cpu: Some(CpuLimit { cpus: 8.0, source: LimitSource::SlurmEnvironment, cgroup: None }),
        memory: None,
    };
    let machine = cpu("EPYC", Vendor::Amd, 256, 2);
    let spec = chosen(TdpInputs { limits: &limits, ..facts_of(&machine) });
    close(spec.tdp_w, 480.0 * 8.0 / 256.0);
    assert_eq!(spec.detail, "TDP 240 W of EPYC × 2 sockets × 8/256 CPUs (Slurm allocation)");
    let unknown = cpu("?", Vendor::Other, 256, 2);
    close(chosen(TdpInputs { limits: &limits, ..facts_of(&unknown) }).tdp_w, 32.0);
}

// ---------------------------------------------------------------- energy over time

/// A machine of which a test says how time and CPU time go by.
#[derive(Default)]
struct Timeline {
    now_s: f64,
    cpu: CpuTimes,
}

impl Timeline {
    const CPUS: f64 = 4.0;

    /// Goes on at a busy share; CPU times grow exactly.
    fn go(&mut self, seconds: f64, busy_share: f64) -> MachineSample {
        self.now_s += seconds;
        self.cpu.busy_s += seconds * Self::CPUS * busy_share;
        self.cpu.idle_s += seconds * Self::CPUS * (1.0 - busy_share);
        self.sample(0.0)
    }

    fn sample(&self, asleep_s: f64) -> MachineSample {
        let awake = Duration::from_secs_f64(self.now_s);
        let boot = awake + Duration::from_secs_f64(asleep_s);
        MachineSample {
            at: Instant { monotonic: awake, boot, wall: boot },
            cpu: Some(self.cpu),
            memory: None,
        }
    }

    /// The same as `/proc/stat` shows it: whole ticks.
    fn in_ticks(mut sample: MachineSample) -> MachineSample {
        let tick = |s: f64| (s * 100.0).floor() / 100.0;
        sample.cpu =
            sample.cpu.map(|cpu| CpuTimes { busy_s: tick(cpu.busy_s), idle_s: tick(cpu.idle_s) });
        sample
    }
}

fn joules(model: &mut dyn Meter, sample: &MachineSample) -> f64 {
    match model.read(sample, &SystemClock).unwrap().reading {
        Reading::Accumulated { joules } => joules,
        other => panic!("{other:?} is not accumulated energy"),
    }
}

#[test]
fn samples_are_weighted_by_their_length() {
    let mut time = Timeline::default();
    let mut model = LoadModel::new(spec(100.0, 0.11));
    assert_eq!(joules(&mut model, &time.go(5.0, 1.0)), 0.0, "the first read is the baseline");
    close(joules(&mut model, &time.go(1.0, 0.0)), 11.0);
    close(joules(&mut model, &time.go(3.0, 1.0)), 11.0 + 240.0);
}

#[test]
fn a_millisecond_of_a_busy_machine_is_billed_as_busy() {
    let mut time = Timeline::default();
    let mut model = LoadModel::new(spec(100.0, 0.11));
    joules(&mut model, &time.go(0.0, 0.0));
    let before = joules(&mut model, &Timeline::in_ticks(time.go(1.0, 1.0)));
    let after = joules(&mut model, &Timeline::in_ticks(time.go(0.001, 1.0)));
    close(after - before, 0.08);
}

#[test]
fn reading_every_millisecond_gives_what_reading_every_second_gives() {
    let loads = [0.0, 0.25, 0.5, 1.0, 0.75];
    let mut expected = 0.0;
    let curve = spec(100.0, 0.11);
    let mut time = Timeline::default();
    let mut model = LoadModel::new(curve.clone());
    joules(&mut model, &time.go(0.0, 0.0));
    let mut found = 0.0;
    for load in loads {
        expected += curve.power_w(load);
        for _ in 0..1000 {
            found = joules(&mut model, &Timeline::in_ticks(time.go(0.001, load)));
        }
    }
    assert!((found / expected - 1.0).abs() < 0.01, "{found} J, not {expected} J");
}

#[test]
fn a_failed_read_is_bridged_by_the_next() {
    let mut time = Timeline::default();
    let mut model = LoadModel::new(spec(100.0, 0.11));
    joules(&mut model, &time.go(0.0, 0.0));
    let unread = MachineSample { cpu: None, ..time.go(2.0, 1.0) };
    assert!(matches!(model.read(&unread, &SystemClock), Err(ReadError::Missing { .. })));
    close(joules(&mut model, &time.go(2.0, 1.0)), 320.0);
}

#[test]
fn sleep_is_not_billed() {
    let mut time = Timeline::default();
    let mut model = LoadModel::new(spec(100.0, 0.11));
    joules(&mut model, &time.go(0.0, 0.0));
    time.go(2.0, 1.0);
    close(joules(&mut model, &time.sample(3600.0)), 160.0);
}

#[test]
fn two_meters_have_baselines_of_their_own() {
    let mut time = Timeline::default();
    let (mut first, mut second) =
        (LoadModel::new(spec(100.0, 0.11)), LoadModel::new(spec(100.0, 0.11)));
    joules(&mut first, &time.go(0.0, 0.0));
    let sample = time.go(1.0, 1.0);
    joules(&mut second, &sample);
    close(joules(&mut first, &sample), 80.0);
    let sample = time.go(1.0, 0.0);
    close(joules(&mut second, &sample), 11.0);
    close(joules(&mut first, &sample), 91.0);
}

proptest! {
    /// Steps of any length and load, seen in whole ticks.
    #[test]
    fn energy_never_goes_back_and_stays_between_idle_and_full(
        steps in proptest::collection::vec((0.0001_f64..2.0, 0.0_f64..=1.0), 1..60),
    ) {
        let curve = spec(100.0, 0.11);
        let mut time = Timeline::default();
        let mut model = LoadModel::new(curve.clone());
        let mut last = joules(&mut model, &Timeline::in_ticks(time.go(0.0, 0.0)));
        for (seconds, load) in steps {
            let now = joules(&mut model, &Timeline::in_ticks(time.go(seconds, load)));
            prop_assert!(now >= last);
            last = now;
        }
        // What the model is told is rounded to nanoseconds.
        let seen_s = Duration::from_secs_f64(time.now_s).as_secs_f64();
        prop_assert!(last <= curve.power_w(1.0) * seen_s * (1.0 + 1e-9));
        prop_assert!(last >= curve.power_w(0.0) * seen_s * (1.0 - 1e-9));
    }

    #[test]
    fn more_load_never_gives_less_energy(
        steps in proptest::collection::vec((0.0001_f64..2.0, 0.0_f64..=1.0, 0.0_f64..=1.0), 1..60),
    ) {
        let (mut low_time, mut high_time) = (Timeline::default(), Timeline::default());
        let mut low_model = LoadModel::new(spec(100.0, 0.11));
        let mut high_model = LoadModel::new(spec(100.0, 0.11));
        joules(&mut low_model, &low_time.go(0.0, 0.0));
        joules(&mut high_model, &high_time.go(0.0, 0.0));
        for (seconds, one, other) in steps {
            let low = joules(&mut low_model, &low_time.go(seconds, one.min(other)));
            let high = joules(&mut high_model, &high_time.go(seconds, one.max(other)));
            prop_assert!(high >= low - 1e-9, "{high} J at more load than {low} J");
        }
    }

    #[test]
    fn more_memory_always_draws_more(
        total in 1_u64..1 << 45, more in 1_u64..1 << 40, used_share in 0.0_f64..=1.0,
    ) {
        let used_bytes = (total as f64 * used_share) as u64;
        for class in [MachineClass::Server, MachineClass::Client] {
            let power = |total_bytes| ram_power_w(class, MemoryUse { total_bytes, used_bytes });
            // Below a few bytes in a terabyte, the difference is lost in the last digit.
            prop_assert!(power(total + more + total / 1_000_000) > power(total));
            let fuller = MemoryUse { total_bytes: total, used_bytes: total };
            prop_assert!(ram_power_w(class, fuller) >= power(total));
        }
    }
}

// ---------------------------------------------------------------- memory

const GIB: u64 = 1 << 30;

fn watts(meter: &mut dyn Meter, memory: Option<MemoryUse>) -> f64 {
    let sample = MachineSample { memory, ..MachineSample::default() };
    match meter.read(&sample, &SystemClock).unwrap().reading {
        Reading::Power { watts } => watts,
        other => panic!("{other:?} is not a power"),
    }
}

#[test]
fn server_memory_draws_more_than_a_clients() {
    let memory = MemoryUse { total_bytes: 256 * GIB, used_bytes: 64 * GIB };
    close(watts(&mut RamModel::new(MachineClass::Server, memory), Some(memory)), 74.24);
    close(watts(&mut RamModel::new(MachineClass::Client, memory), Some(memory)), 16.0);
    let smaller = MemoryUse { total_bytes: 255 * GIB, ..memory };
    assert!(ram_power_w(MachineClass::Server, smaller) < 74.24);
}

#[test]
fn memory_that_cannot_be_read_is_a_gap() {
    let mut model = RamModel::new(MachineClass::Client, MemoryUse::default());
    let read = model.read(&MachineSample::default(), &SystemClock);
    assert!(matches!(read, Err(ReadError::Missing { .. })));
}

#[test]
fn a_constant_is_exact_and_needs_no_reading() {
    let mut meter = ConstantPower::new("ram", Covers::Memory, 20.0);
    assert_eq!(watts(&mut meter, None), 20.0);
    assert_eq!(meter.info().accuracy, Accuracy::EXACT);
    assert_eq!(meter.info().source, Source::UserConstant);
}

#[test]
fn a_calibrated_bend_shapes_the_curve_and_leaves_its_ends() {
    let at = |bend: f64, u: f64| LoadModelSpec { bend, ..spec(100.0, 0.2) }.power_w(u);
    for bend in [-0.9, -0.3, 0.0, 1e-7, 1.0, 3.4, 20.0] {
        close(at(bend, 0.0), 20.0);
        close(at(bend, 1.0), 80.0);
        let mut last = 0.0;
        for step in 0..=100 {
            let now = at(bend, f64::from(step) / 100.0);
            assert!(now >= last, "bend {bend}: {now} W after {last} W");
            last = now;
        }
    }
    close(at(0.0, 0.5), 50.0);
    assert!(at(-0.5, 0.5) < 50.0 && at(3.4, 0.5) > at(1.0, 0.5));
}

#[test]
fn a_curve_of_the_computer_covers_the_computer() {
    let whole = LoadModelSpec { scope: CalibrationScope::Computer, ..spec(100.0, 0.2) };
    assert_eq!(LoadModel::new(whole).info().covers, Covers::System);
    assert_eq!(LoadModel::new(spec(100.0, 0.2)).info().covers, Covers::Processors);
}
