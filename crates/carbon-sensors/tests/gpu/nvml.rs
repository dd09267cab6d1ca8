//! Energy and power of NVIDIA's GPUs.

use carbon_model::Source;
use carbon_sensors::gpu::{GpuSelection, describe, select};
use carbon_sensors::{Clock, ProcessUtilization, Reading};
use carbon_testkit::FakeClock;
use fake_nvml::FakeNvml;

use crate::{TWO_GPUS, discover_nvml, joules, meter, read, seconds, watts};

const JOULES_PER_KWH: f64 = 3.6e6;

/// Worked case A08 of the measurement specification.
#[test]
fn two_gpus_count_360_and_240_kilojoules_and_the_second_alone_240() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    let before = [0, 1].map(|index| read(meter(&mut found, index), &clock).unwrap());
    fake.add(0, "energy_mj", 360_000_000);
    fake.add(1, "energy_mj", 240_000_000);
    clock.advance(seconds(600.0));
    let after = [0, 1].map(|index| read(meter(&mut found, index), &clock).unwrap());
    let energy = |indices: &[u32]| -> f64 {
        indices.iter().map(|&i| joules(before[i as usize], after[i as usize])).sum()
    };

    let all = select(&found.devices, &GpuSelection::all());
    assert!((energy(&all.indices) / JOULES_PER_KWH - 0.166_666_67).abs() < 1e-8);
    let second = select(&found.devices, &GpuSelection::parse("[1]"));
    assert!((energy(&second.indices) / JOULES_PER_KWH - 0.066_666_67).abs() < 1e-8);
    assert_eq!(second.warnings, [""; 0]);
    assert_eq!(describe(&found.devices, &second.indices), (1, "1 x NVIDIA A100-SXM4-80GB".into()));
}

#[test]
fn a_gpu_tells_what_it_is() {
    let fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let second = &found.devices[1];
    assert_eq!(second.name, "NVIDIA A100-SXM4-80GB");
    assert_eq!(second.uuid.as_deref(), Some("GPU-9ab0c3d4-0000-0000-0000-000000000002"));
    assert_eq!(second.pci_bus_id.as_deref(), Some("0000:31:00.0"));
    assert_eq!(second.memory_bytes, Some(80 << 30));
    assert_eq!(second.power_limit_w, Some(400.0));
    assert_eq!(meter(&mut found, 1).info().name, "GPU 1");
    assert!(meter(&mut found, 1).info().detail.contains("driver 550.54.15"));
    assert_eq!(meter(&mut found, 0).utilization_percent(), Some(87.0));
    assert_eq!(meter(&mut found, 1).utilization_percent(), None);
}

#[test]
fn a_reading_carries_the_moment_it_was_taken() {
    let fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    clock.advance(seconds(12.5));
    assert_eq!(read(meter(&mut found, 0), &clock).unwrap().at, clock.now());
}

#[test]
fn a_counter_that_went_back_is_passed_on_for_the_ledger_to_judge() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    read(meter(&mut found, 0), &clock).unwrap();
    fake.set(0, "energy_mj", 40);
    let reading = read(meter(&mut found, 0), &clock).unwrap().reading;
    // Such a range makes a wrap implausible, which is what tells a restart.
    let range = u64::MAX;
    assert_eq!(reading, Reading::Counter { count: 40, joules_per_count: 1e-3, range });
}

#[test]
fn a_gpu_without_an_energy_counter_is_metered_by_power() {
    let mut fake = FakeNvml::new("[gpu]\nname = Tesla P100\npower_mw = 187500\n");
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    assert_eq!(meter(&mut found, 0).info().source, Source::NvmlPower);
    assert_eq!(watts(read(meter(&mut found, 0), &clock).unwrap()), 187.5);
    fake.set(0, "power_mw", 30_000);
    clock.advance(seconds(1.0));
    assert_eq!(watts(read(meter(&mut found, 0), &clock).unwrap()), 30.0);
}

#[test]
fn field_values_give_power_with_its_own_time_stamp() {
    let mut fake = FakeNvml::new("[gpu]\npower_instant_mw = 300000\npower_average_mw = 250000\n");
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    let mut read_after = |pause: f64| {
        clock.advance(seconds(pause - 0.04));
        fake.set(0, "field_time_us", clock.now().wall.as_micros());
        clock.advance(seconds(0.04));
        read(meter(&mut found, 0), &clock).unwrap()
    };

    let first = read_after(0.5);
    assert_eq!(watts(first), 300.0, "nothing to average over yet");
    let second = read_after(1.0);
    assert_eq!(watts(second), 250.0, "the average covers the second between the reads");
    assert_eq!(second.at.active_since(&first.at), seconds(1.0));
    assert_eq!(watts(read_after(0.2)), 300.0);
    assert_eq!(clock.now().active_since(&second.at), seconds(0.24), "40 ms after its stamp");
}

#[test]
fn a_mig_instance_is_metered_as_the_whole_gpu() {
    let fake = FakeNvml::new(&format!("{TWO_GPUS}mig = MIG-aa11, MIG-f1e2\n"));
    let mut found = discover_nvml(&fake);
    let uuids: Vec<_> = found.devices[1].mig.iter().map(|mig| mig.uuid.as_str()).collect();
    assert_eq!(uuids, ["MIG-aa11", "MIG-f1e2"]);
    let selected = select(&found.devices, &GpuSelection::parse("MIG-f1e$%^"));
    assert_eq!(selected.indices, [1]);
    assert_eq!(
        selected.warnings,
        ["MIG-f1e is an instance of GPU 1: the energy is that of the whole GPU"]
    );
    assert!(meter(&mut found, 1).info().detail.contains("all its MIG instances"));
}

#[test]
fn a_grace_hopper_counter_says_that_it_includes_the_cpu() {
    let fake = FakeNvml::new("[gpu]\nname = NVIDIA GH200 480GB\nenergy_mj = 1\n");
    let mut found = discover_nvml(&fake);
    assert!(meter(&mut found, 0).info().detail.contains("includes its CPU"));
}

#[test]
fn use_by_processes_is_what_came_since_the_last_look() {
    let mut fake = FakeNvml::new("[gpu]\nenergy_mj = 1\nprocesses = 100:90:1000\n");
    let mut found = discover_nvml(&fake);
    let gpu = meter(&mut found, 0);
    assert_eq!(gpu.process_utilization(), Some(vec![]), "the first look only sets the beginning");
    assert_eq!(gpu.process_utilization(), Some(vec![]), "nothing new");
    fake.set(
        0,
        "processes",
        "100:90:1000, 100:40:2000, 200:10:2000, 100:60:3000, 300:4000000:3000",
    );
    let of = |pid, percent| ProcessUtilization { pid, percent };
    assert_eq!(gpu.process_utilization(), Some(vec![of(100, 50.0), of(200, 10.0)]));
    fake.remove(0, "processes");
    assert_eq!(gpu.process_utilization(), None);
}
