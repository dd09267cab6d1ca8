//! What goes wrong with NVIDIA's GPUs, one at a time and all together.

use carbon_testkit::FakeClock;
use fake_nvml::{FakeNvml, code};

use crate::{TWO_GPUS, discover_nvml, joules, meter, read, seconds};

const ENERGY: &str = "nvmlDeviceGetTotalEnergyConsumption";

#[test]
fn one_failing_gpu_leaves_a_gap_and_does_not_disturb_the_other() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    let before = [0, 1].map(|index| read(meter(&mut found, index), &clock).unwrap());

    fake.fail(0, ENERGY, code::NO_PERMISSION);
    fake.add(0, "energy_mj", 1_000);
    fake.add(1, "energy_mj", 2_000);
    clock.advance(seconds(1.0));
    let error = read(meter(&mut found, 0), &clock).unwrap_err();
    assert_eq!(error, "GPU 0: the current user does not have permission to perform this operation");
    let other = read(meter(&mut found, 1), &clock).unwrap();
    assert_eq!(joules(before[1], other), 2.0);

    fake.mend(0, ENERGY);
    fake.add(0, "energy_mj", 500);
    clock.advance(seconds(1.0));
    let bridged = read(meter(&mut found, 0), &clock).unwrap();
    assert_eq!(joules(before[0], bridged), 1.5, "the gap is bridged");
}

#[test]
fn a_lost_gpu_comes_back_once_the_library_is_started_anew() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    let before = [0, 1].map(|index| read(meter(&mut found, index), &clock).unwrap());

    fake.fail(1, "*", code::GPU_IS_LOST);
    clock.advance(seconds(1.0));
    assert!(read(meter(&mut found, 1), &clock).unwrap_err().contains("fell off the bus"));

    fake.mend(1, "*");
    fake.add(0, "energy_mj", 4_000);
    fake.add(1, "energy_mj", 3_000);
    clock.advance(seconds(0.5));
    assert!(read(meter(&mut found, 1), &clock).is_err(), "its old handle stays dead");
    clock.advance(seconds(0.5));
    let back = read(meter(&mut found, 1), &clock).unwrap();
    assert_eq!(joules(before[1], back), 3.0);
    let other = read(meter(&mut found, 0), &clock).unwrap();
    assert_eq!(joules(before[0], other), 4.0);
}

#[test]
fn a_gpu_that_moved_in_the_order_is_found_by_its_uuid() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    let before = read(meter(&mut found, 1), &clock).unwrap();

    fake.fail(0, "*", code::GPU_IS_LOST);
    assert!(read(meter(&mut found, 0), &clock).is_err());
    fake.edit(|script| drop(script.gpus.remove(0)));
    fake.add(0, "energy_mj", 9_000);
    clock.advance(seconds(1.0));
    assert!(read(meter(&mut found, 0), &clock).is_err(), "it is gone for good");
    let after = read(meter(&mut found, 1), &clock).unwrap();
    assert_eq!(joules(before, after), 9.0, "now NVML's GPU 0, still ours with index 1");
}

#[test]
fn a_library_that_cannot_be_started_anew_is_tried_again_later() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    let mut found = discover_nvml(&fake);
    let clock = FakeClock::new();
    let before = read(meter(&mut found, 0), &clock).unwrap();

    fake.fail(0, "*", code::GPU_IS_LOST);
    assert!(read(meter(&mut found, 0), &clock).is_err());
    fake.edit_head(|head| head.set("fail.nvmlInit_v2", code::DRIVER_NOT_LOADED));
    clock.advance(seconds(1.0));
    for index in [0, 1] {
        assert!(read(meter(&mut found, index), &clock).is_err());
    }

    fake.mend(0, "*");
    fake.edit_head(|head| head.remove("fail.nvmlInit_v2"));
    fake.add(0, "energy_mj", 6_000);
    clock.advance(seconds(120.0));
    let after = read(meter(&mut found, 0), &clock).unwrap();
    assert_eq!(joules(before, after), 6.0);
    assert!(read(meter(&mut found, 1), &clock).is_ok());
}

#[test]
fn a_gpu_that_cannot_be_opened_is_skipped_with_its_fix_and_keeps_its_number() {
    let mut fake = FakeNvml::new(TWO_GPUS);
    fake.fail(0, "*", code::GPU_IS_LOST);
    let mut found = discover_nvml(&fake);
    assert_eq!(found.skipped[0].what, "GPU 0 (NVIDIA)");
    assert!(found.skipped[0].fix.as_ref().unwrap().contains("--gpu-reset"));
    let clock = FakeClock::new();
    assert!(read(meter(&mut found, 1), &clock).is_ok());
    assert_eq!(found.devices[0].index, 1);
}

#[test]
fn a_gpu_that_tells_neither_energy_nor_power_is_known_but_has_no_meter() {
    let fake = FakeNvml::new("[gpu]\nname = GRID T4-8C\n");
    let found = discover_nvml(&fake);
    assert_eq!(found.devices[0].name, "GRID T4-8C");
    assert!(found.meters.is_empty());
    assert_eq!(found.skipped[0].what, "GPU 0 (GRID T4-8C)");
}

#[test]
fn a_library_that_does_not_start_is_skipped_with_its_fix() {
    let mut fake = FakeNvml::new("");
    fake.edit_head(|head| head.set("fail.nvmlInit_v2", code::LIB_RM_VERSION_MISMATCH));
    let found = discover_nvml(&fake);
    assert!(found.devices.is_empty());
    assert_eq!(found.skipped[0].reason, "RM detects a driver/library version mismatch");
    assert!(found.skipped[0].fix.as_ref().unwrap().contains("reboot"));
}
