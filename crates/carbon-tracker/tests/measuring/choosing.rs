//! Which meters are counted, on machines where that is not plain.

use std::time::Duration;

use carbon_model::{Component, Source};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::Preferences;

use crate::support::{RAPL, close, hub, joules, machine, open, pass};

#[test]
fn a_package_that_perf_does_not_give_is_taken_from_powercap() {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    fake.restore("perf/9/0x2/cpu0");
    fake.remove("perf/9/0x2/cpu4");
    fake.power("perf/9/0x2/cpu0", 50.0);
    for package in 0..2 {
        fake.power(&format!("{RAPL}/intel-rapl:{package}/energy_uj"), 50.0);
    }
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 10.0);
    let report = window.close();
    close(joules(&report, Component::Cpu), 1000.0, 1e-6);
    let sources: Vec<Source> = report.machine[0].sources.iter().map(|s| s.source).collect();
    assert_eq!(sources, [Source::RaplPerf, Source::RaplPowercap]);
}

#[test]
fn a_package_without_a_meter_is_said_to_be_missing() {
    let warns = |fake: &FakeMachine| {
        let report = open(&hub(fake), &Preferences::default()).close();
        report.warnings.iter().any(|w| w.contains("1 of 2 processors"))
    };
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    assert!(!warns(&fake));
    fake.deny(&format!("{RAPL}/intel-rapl:1/energy_uj"));
    assert!(warns(&fake));
}

#[test]
fn memory_that_is_modelled_is_that_of_the_limit_also_where_processors_are_metered() {
    let energy_j = |metered: bool| {
        let fake = FakeMachine::load(machines::CONTAINER_CGROUP_V2);
        if metered {
            for cpu in [0, 4] {
                fake.restore(&format!("perf/9/0x2/cpu{cpu}"));
            }
        }
        let hub = hub(&fake);
        let window = open(&hub, &Preferences::default());
        fake.advance(Duration::from_secs(10));
        let report = window.close();
        let is_rapl = report.machine[0].sources[0].source == Source::RaplPerf;
        assert_eq!(is_rapl, metered);
        joules(&report, Component::Ram)
    };
    close(energy_j(true), energy_j(false), 1e-9);
}

/// A battery feeds the boards as well: their own counters would bill them twice.
#[test]
fn on_battery_the_gpus_are_within_the_machine() {
    let fake = FakeMachine::load(
        "== proc/stat\ncpu  1000 0 1000 8000 0 0 0 0 0 0\n\
         == proc/meminfo\nMemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n\
         == sys/class/power_supply/BAT0/type = Battery\n\
         == sys/class/power_supply/BAT0/status = Discharging\n\
         == sys/class/power_supply/BAT0/power_now = 30000000\n",
    );
    let mut nvml = fake_nvml::FakeNvml::new("[gpu]\nname = NVIDIA T4\nenergy_mj = 1000\n");
    let libraries = carbon_sensors::gpu::GpuLibraries {
        nvml: Some(nvml.library()),
        ..carbon_sensors::gpu::GpuLibraries::default()
    };
    let machine = carbon_tracker::Machine { gpu_libraries: libraries, ..machine(&fake) };
    let hub = carbon_tracker::Hub::new(machine, carbon_tracker::Sampling::Manual);
    let window = open(&hub, &Preferences::default());
    for _ in 0..10 {
        nvml.add(0, "energy_mj", 15_000);
        pass(&fake, &hub, 1.0);
    }
    let report = window.close();
    close(report.machine_energy().value.joules(), 300.0, 1e-6);
    assert_eq!(joules(&report, Component::Gpu), 0.0);
}

#[test]
fn a_meter_that_never_answers_is_unknown_and_not_zero() {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let hub = hub(&fake);
    drop(open(&hub, &Preferences::default()));
    fake.deny(&format!("{RAPL}/intel-rapl:1/energy_uj"));
    fake.advance(Duration::from_secs(1));
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 3.0);
    let report = window.close();
    let said = |w: &String| w.contains("package-1 could not be read") && w.contains("unknown");
    assert!(report.warnings.iter().any(said), "{:?}", report.warnings);
}

/// The input of a Jetson module feeds its GPU, of which NVML tells no power.
#[test]
fn the_gpu_of_a_jetson_is_within_its_module() {
    let fake = FakeMachine::load(machines::JETSON_XAVIER_NX);
    let nvml = fake_nvml::FakeNvml::new("[gpu]\nname = Xavier (nvgpu)\n");
    let libraries = carbon_sensors::gpu::GpuLibraries {
        nvml: Some(nvml.library()),
        ..carbon_sensors::gpu::GpuLibraries::default()
    };
    let machine = carbon_tracker::Machine { gpu_libraries: libraries, ..machine(&fake) };
    let hub = carbon_tracker::Hub::new(machine, carbon_tracker::Sampling::Manual);
    let window = open(&hub, &Preferences::default());
    for _ in 0..10 {
        pass(&fake, &hub, 1.0);
    }
    let report = window.close();
    close(report.machine_energy().value.joules(), 42.8, 1e-6);
    let source = |component| {
        let part = report.machine.iter().find(|part| part.component == component);
        part.and_then(|part| part.sources.first()).map(|source| source.source)
    };
    assert_eq!(source(Component::Cpu), Some(Source::HwmonPower));
    assert_eq!(source(Component::Ram), Some(Source::Included));
    assert!(report.warnings.iter().all(|w| !w.contains("cannot be metered")), "{report:?}");
}
