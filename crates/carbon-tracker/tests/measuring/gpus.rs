//! GPUs through the real NVML wrapper, over a fake library.

use std::time::Duration;

use carbon_model::{Component, Pue};
use carbon_sensors::gpu::{GpuLibraries, GpuSelection};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::config::Config;
use carbon_tracker::{Hub, Machine, Preferences, Sampling, Tracker};
use fake_nvml::FakeNvml;

use crate::support::{close, joules, machine, open};

const TWO_GPUS: &str = "\
[gpu]
name = NVIDIA A100-SXM4-80GB
uuid = GPU-aaaaaaaa-0000-0000-0000-000000000000
energy_mj = 1000000
[gpu]
name = NVIDIA A100-SXM4-80GB
uuid = GPU-bbbbbbbb-0000-0000-0000-000000000000
energy_mj = 2000000
";

fn gpu_hub(fake: &FakeMachine, nvml: &FakeNvml) -> Hub {
    let gpu_libraries = GpuLibraries { nvml: Some(nvml.library()), ..GpuLibraries::default() };
    Hub::new(Machine { gpu_libraries, ..machine(fake) }, Sampling::Manual)
}

/// Worked case A08.
#[test]
fn a08_counters_are_differenced_and_the_facility_pays_for_both() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let mut nvml = FakeNvml::new(TWO_GPUS);
    let hub = gpu_hub(&fake, &nvml);
    let second = Preferences { gpus: GpuSelection::parse("1"), ..Preferences::default() };
    let both = open(&hub, &Preferences::default());
    let one = open(&hub, &second);
    let mut config = Config { pue: Pue::new(1.5).unwrap(), ..Config::default() };
    config.set("force_carbon_intensity_g_co2e_kwh", "369.473").unwrap();
    config.set("force_ram_power", "0").unwrap();
    let run = Tracker::new(&hub, config).start();
    // Ten minutes at 600 and 400 W.
    fake.advance(Duration::from_mins(10));
    nvml.add(0, "energy_mj", 360_000_000);
    nvml.add(1, "energy_mj", 240_000_000);
    let outcome = run.stop();
    let gpu_kwh = |j: f64| j / 3.6e6;
    let record = &outcome.record;
    close(gpu_kwh(joules(&outcome.report, Component::Gpu)), 0.166_666_67, 1e-7);
    close(record.gpu_energy, 0.25, 1e-9);
    close(record.gpu_energy / 1.5 * 0.369_473, 0.061_578_83, 1e-6);
    assert_eq!(record.gpu_count, 2);
    assert_eq!(record.gpu_model, "2 x NVIDIA A100-SXM4-80GB");
    assert_eq!(one.gpus(), (1, "1 x NVIDIA A100-SXM4-80GB".to_owned()));
    close(gpu_kwh(joules(&one.close(), Component::Gpu)), 0.066_666_67, 1e-6);
    close(gpu_kwh(joules(&both.close(), Component::Gpu)), 0.166_666_67, 1e-6);
}

#[test]
fn a_gpu_that_fails_leaves_a_gap_and_does_not_disturb_the_other() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let mut nvml = FakeNvml::new(TWO_GPUS);
    let hub = gpu_hub(&fake, &nvml);
    let window = open(&hub, &Preferences::default());
    for second in 0..10 {
        if second == 3 {
            nvml.fail(0, "nvmlDeviceGetTotalEnergyConsumption", 999);
        }
        if second == 6 {
            nvml.mend(0, "nvmlDeviceGetTotalEnergyConsumption");
        }
        fake.advance(Duration::from_secs(1));
        nvml.add(0, "energy_mj", 100_000);
        nvml.add(1, "energy_mj", 200_000);
        hub.poll();
    }
    let report = window.close();
    close(joules(&report, Component::Gpu), 3000.0, 1e-9);
    assert!(report.gaps.iter().all(|g| g.meter == "GPU 0" && g.bridged), "{:?}", report.gaps);
    assert!(!report.gaps.is_empty());
}

#[test]
fn a_selection_that_names_no_gpu_counts_none() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let mut nvml = FakeNvml::new(TWO_GPUS);
    let hub = gpu_hub(&fake, &nvml);
    let none = Preferences { gpus: GpuSelection::parse(""), ..Preferences::default() };
    for _ in 0..2 {
        // The second time it comes from the hub's store of plans.
        let window = open(&hub, &none);
        fake.advance(Duration::from_secs(1));
        nvml.add(0, "energy_mj", 100_000);
        assert_eq!(joules(&window.close(), Component::Gpu), 0.0);
    }
}

#[test]
fn the_use_of_a_gpu_is_told_for_runs_without_a_sample_between_their_edges() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let mut nvml = FakeNvml::new("[gpu]\nname = A100\nenergy_mj = 1\nutilization_percent = 40\n");
    let hub = gpu_hub(&fake, &nvml);
    let window = open(&hub, &Preferences::default());
    fake.advance(Duration::from_millis(500));
    nvml.set(0, "utilization_percent", 60);
    close(window.close().utilization.gpu_percent, 50.0, 1e-9);
}

#[test]
fn a_gpu_as_it_is_tells_use_memory_and_the_seconds_of_each_process() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let mut nvml = FakeNvml::new(TWO_GPUS);
    nvml.set(0, "utilization_percent", 80);
    nvml.set(0, "memory_bytes", 4_000_000_000_u64);
    nvml.set(0, "memory_used_bytes", 1_000_000_000);
    nvml.set(0, "processes", "100:10:1000000");
    let hub = gpu_hub(&fake, &nvml);
    assert!(hub.gpus().is_empty(), "no window counts them yet");
    let window = open(&hub, &Preferences::default());
    // The first answer only sets the beginning.
    hub.gpus();
    fake.advance(Duration::from_secs(10));
    nvml.set(0, "processes", "100:50:2000000, 200:25:2000000");
    let gpus = hub.gpus();
    assert_eq!(gpus.len(), 2);
    assert_eq!((gpus[0].meter.as_str(), gpus[0].percent), ("GPU 0", Some(80.0)));
    assert_eq!(gpus[0].model, "NVIDIA A100-SXM4-80GB");
    assert_eq!(gpus[0].memory.map(|memory| memory.used_bytes), Some(1_000_000_000));
    let seconds = gpus[0].process_s.clone().unwrap();
    close(seconds[&100], 5.0, 1e-9);
    close(seconds[&200], 2.5, 1e-9);
    assert_eq!((gpus[1].percent, &gpus[1].process_s), (None, &None));
    let sample = hub.machine_sample().unwrap();
    assert!(sample.cpu.is_some() && sample.memory.is_some());
    drop(window);
}
