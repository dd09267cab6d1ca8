//! AMD's GPUs, by the driver's files and by AMD SMI.

use std::fs;
use std::path::{Path, PathBuf};

use carbon_model::Source;
use carbon_sensors::gpu::{GpuDiscovery, GpuLibraries, GpuSelection, discover, select};
use carbon_sensors::{Clock, SysRoot};
use carbon_testkit::FakeClock;
use fake_amd_smi::{FakeAmdSmi, code};
use fake_nvml::FakeNvml;

use crate::{bare, joules, meter, read, seconds, watts};

/// Writes the files that the driver shows of a card; `hwmon` are the sensors.
fn add_card(root: &Path, card: &str, bus_id: &str, files: &[(&str, &str)], hwmon: &[(&str, &str)]) {
    let device = device(root, card);
    let sensors = device.join("hwmon/hwmon5");
    fs::create_dir_all(&sensors).unwrap();
    let uevent = format!("DRIVER=amdgpu\nPCI_ID=1002:74A1\nPCI_SLOT_NAME={bus_id}\n");
    fs::write(device.join("uevent"), uevent).unwrap();
    fs::write(device.join("vendor"), "0x1002\n").unwrap();
    for (directory, files) in [(device, files), (sensors, hwmon)] {
        for (name, text) in files {
            fs::write(directory.join(name), format!("{text}\n")).unwrap();
        }
    }
}

fn device(root: &Path, card: &str) -> PathBuf {
    root.join("sys/class/drm").join(card).join("device")
}

fn set_sensor(root: &Path, card: &str, file: &str, text: &str) {
    fs::write(device(root, card).join("hwmon/hwmon5").join(file), text).unwrap();
}

/// Discovers with a library that does not exist, so that the test machine's own is not used.
fn discover_files(root: &Path) -> GpuDiscovery {
    let absent = Some(root.join("no-library.so"));
    discover(&SysRoot::new(root), &GpuLibraries { nvml: None, amd_smi: absent })
}

fn discover_smi(root: &Path, fake: &FakeAmdSmi) -> GpuDiscovery {
    let amd_smi = Some(fake.library());
    discover(&SysRoot::new(root), &GpuLibraries { nvml: None, amd_smi })
}

const BOARD: &[(&str, &str)] = &[
    ("device", "0x744c"),
    ("unique_id", "9ee5bdfa4e5a4d12"),
    ("product_name", "Radeon PRO W7900"),
    ("mem_info_vram_total", "48301604864"),
    ("gpu_busy_percent", "42"),
];

#[test]
fn an_energy_counter_of_the_driver_comes_first_and_needs_no_library() {
    let (directory, _) = bare();
    let root = directory.path();
    let sensors =
        [("energy1_input", "7000000"), ("power1_average", "55000000"), ("power1_cap", "241000000")];
    add_card(root, "card1", "0000:03:00.0", BOARD, &sensors);
    let mut found = discover_files(root);
    assert!(found.skipped.is_empty(), "{:?}", found.skipped);
    let board = &found.devices[0];
    assert_eq!((board.index, board.name.as_str()), (0, "Radeon PRO W7900"));
    assert_eq!(board.uuid.as_deref(), Some("GPU-9ee5bdfa4e5a4d12"));
    assert_eq!((board.memory_bytes, board.power_limit_w), (Some(48_301_604_864), Some(241.0)));

    let clock = FakeClock::new();
    assert_eq!(meter(&mut found, 0).info().source, Source::HwmonEnergy);
    let before = read(meter(&mut found, 0), &clock).unwrap();
    set_sensor(root, "card1", "energy1_input", "19500000\n");
    let after = read(meter(&mut found, 0), &clock).unwrap();
    assert_eq!(joules(before, after), 12.5);
    assert_eq!(meter(&mut found, 0).utilization_percent(), Some(42.0));
}

#[test]
fn power_is_read_where_there_is_no_counter_and_a_fault_is_a_gap() {
    let (directory, _) = bare();
    let root = directory.path();
    let sensors = [("power1_input", "55000000"), ("power1_cap", "241000000")];
    add_card(root, "card0", "0000:03:00.0", BOARD, &sensors);
    let mut found = discover_files(root);
    let clock = FakeClock::new();
    assert_eq!(meter(&mut found, 0).info().source, Source::HwmonPower);
    assert_eq!(watts(read(meter(&mut found, 0), &clock).unwrap()), 55.0);

    set_sensor(root, "card0", "power1_input", "busy?\n");
    let error = read(meter(&mut found, 0), &clock).unwrap_err();
    assert!(error.ends_with("expected a whole number, found \"busy?\""), "{error}");
    set_sensor(root, "card0", "power1_input", "");
    assert!(read(meter(&mut found, 0), &clock).is_err(), "nothing is not zero");
    set_sensor(root, "card0", "power1_input", "61000000\n");
    assert_eq!(watts(read(meter(&mut found, 0), &clock).unwrap()), 61.0);
    assert!(found.skipped[0].fix.as_ref().unwrap().contains("amd-smi-lib"));
}

#[test]
fn a_gpu_inside_the_processor_is_left_to_the_processors_meter() {
    let (directory, _) = bare();
    let files = [("device", "0x15bf"), ("gpu_busy_percent", "3")];
    add_card(directory.path(), "card0", "0000:c1:00.0", &files, &[("power1_average", "9000000")]);
    let found = discover_files(directory.path());
    assert!(found.devices.is_empty() && found.meters.is_empty());
    assert!(found.skipped[0].reason.contains("part of the processor"));
}

#[test]
fn gpus_are_numbered_by_pci_address_after_nvidias() {
    let (directory, _) = bare();
    let root = directory.path();
    let sensors = [("power1_average", "20000000"), ("power1_cap", "300000000")];
    let product = |name| [("device", "0x744c"), ("product_name", name)];
    add_card(root, "card0", "0000:83:00.0", &product("second"), &sensors);
    add_card(root, "card2", "0000:03:00.0", &product("first"), &sensors);
    fs::create_dir_all(root.join("sys/class/drm/card0-DP-1")).unwrap();
    let fake = FakeNvml::new("[gpu]\nname = NVIDIA T4\nenergy_mj = 1\n");
    let libraries =
        GpuLibraries { nvml: Some(fake.library()), amd_smi: Some(root.join("no-library.so")) };
    let mut found = discover(&SysRoot::new(root), &libraries);
    let names: Vec<_> = found.devices.iter().map(|d| (d.index, d.name.as_str())).collect();
    assert_eq!(names, [(0, "NVIDIA T4"), (1, "first"), (2, "second")]);
    set_sensor(root, "card2", "power1_average", "21000000");
    assert_eq!(watts(read(meter(&mut found, 1), &FakeClock::new()).unwrap()), 21.0);
    let visible = GpuSelection::resolve(None, Some(""), Some("1"));
    assert_eq!(select(&found.devices, &visible).indices, [2]);
}

/// `bdf` of 0000:03:00.0 and 0000:04:00.0.
const ACCELERATOR: &str = "
[gpu]
bdf = 768
name = AMD Instinct MI300X
uuid = a1b2
resolution_uj = 15.25
energy_count = 1000000
energy_step = 1000
activity_percent = 71
";

fn accelerator(root: &Path, card: &str, bus_id: &str, device_id: &str, power_uw: &str) {
    let sensors = [("power1_average", power_uw), ("power1_cap", "750000000")];
    add_card(root, card, bus_id, &[("device", device_id)], &sensors);
}

#[test]
fn the_librarys_counter_is_used_when_it_advances() {
    let (directory, _) = bare();
    accelerator(directory.path(), "card0", "0000:03:00.0", "0x74a1", "120000000");
    let mut fake = FakeAmdSmi::new(ACCELERATOR);
    let mut found = discover_smi(directory.path(), &fake);
    assert_eq!(found.devices[0].name, "AMD Instinct MI300X");
    assert_eq!(found.devices[0].uuid.as_deref(), Some("a1b2"));
    assert_eq!(meter(&mut found, 0).info().source, Source::AmdSmiEnergy);
    assert_eq!(meter(&mut found, 0).utilization_percent(), Some(71.0));

    let clock = FakeClock::new();
    fake.set(0, "energy_step", 0);
    fake.set(0, "stamped_ns", clock.now().boot.as_nanos());
    clock.advance(seconds(0.003));
    let before = read(meter(&mut found, 0), &clock).unwrap();
    assert_eq!(clock.now().active_since(&before.at), seconds(0.003), "its own stamp");
    fake.add(0, "energy_count", 2_000_000);
    let after = read(meter(&mut found, 0), &clock).unwrap();
    assert!((joules(before, after) - 30.5).abs() < 1e-9);
}

#[test]
fn a_counter_that_stands_still_gives_way_to_power() {
    let (directory, _) = bare();
    accelerator(directory.path(), "card0", "0000:03:00.0", "0x74a1", "120000000");
    let mut fake = FakeAmdSmi::new(ACCELERATOR);
    fake.set(0, "energy_step", 0);
    let mut found = discover_smi(directory.path(), &fake);
    assert_eq!(meter(&mut found, 0).info().source, Source::HwmonPower);
    assert_eq!(watts(read(meter(&mut found, 0), &FakeClock::new()).unwrap()), 120.0);
}

#[test]
fn a_library_that_somebody_shut_down_is_started_again() {
    let (directory, _) = bare();
    accelerator(directory.path(), "card0", "0000:03:00.0", "0x74a1", "120000000");
    let mut fake = FakeAmdSmi::new(ACCELERATOR);
    let mut found = discover_smi(directory.path(), &fake);
    let clock = FakeClock::new();
    fake.set(0, "energy_step", 0);
    let before = read(meter(&mut found, 0), &clock).unwrap();

    fake.fail(0, "amdsmi_get_energy_count", code::NOT_FOUND);
    assert!(read(meter(&mut found, 0), &clock).unwrap_err().contains("status 31"));
    fake.mend(0, "amdsmi_get_energy_count");
    shut_down(&fake);
    fake.add(0, "energy_count", 4_000_000);
    let after = read(meter(&mut found, 0), &clock).unwrap();
    assert!((joules(before, after) - 61.0).abs() < 1e-9);
}

/// What any other code of the process may do to the library.
#[expect(unsafe_code, reason = "calls the C library as a stranger would")]
fn shut_down(fake: &FakeAmdSmi) {
    // SAFETY: the fake's function takes nothing and may be called at any time.
    unsafe {
        let library = libloading::Library::new(fake.library()).unwrap();
        let function = library.get::<unsafe extern "C" fn() -> u32>(c"amdsmi_shut_down").unwrap();
        assert_eq!(function(), 0);
    }
}

#[test]
fn the_second_die_of_a_module_is_counted_with_the_first() {
    let (directory, _) = bare();
    accelerator(directory.path(), "card0", "0000:03:00.0", "0x7408", "350000000");
    accelerator(directory.path(), "card1", "0000:04:00.0", "0x7408", "0");
    let mut found = discover_files(directory.path());
    assert_eq!(watts(read(meter(&mut found, 0), &FakeClock::new()).unwrap()), 350.0);
    assert!(meter(&mut found, 0).info().detail.contains("both dies"));
    assert_eq!(found.devices[1].energy_within, Some(0));
    assert_eq!(found.meters.iter().map(|m| m.info().name.as_str()).collect::<Vec<_>>(), ["GPU 0"]);
    let reason = "second die of a module: the counter of GPU 0 includes it";
    assert!(found.skipped.iter().any(|skipped| skipped.reason == reason));
}
