//! Machines without GPUs, or without their libraries.

use carbon_sensors::SysRoot;
use carbon_sensors::gpu::{GpuLibraries, discover};
use fake_nvml::FakeNvml;

use crate::{bare, discover_nvml};

#[test]
fn a_machine_without_gpus_has_nothing_and_nothing_to_say() {
    let (_directory, root) = bare();
    let found = discover(&root, &GpuLibraries::default());
    assert!(found.devices.is_empty() && found.meters.is_empty() && found.skipped.is_empty());
}

#[test]
fn a_library_without_gpus_is_no_trouble() {
    let found = discover_nvml(&FakeNvml::new("driver = 550.54.15"));
    assert!(found.devices.is_empty() && found.skipped.is_empty());
}

#[test]
fn a_missing_library_is_skipped_with_the_package_to_install() {
    let (directory, root) = bare();
    let nvml = Some(directory.path().join("libnvidia-ml.so.1"));
    let found = discover(&root, &GpuLibraries { nvml, amd_smi: None });
    assert!(found.skipped[0].what.ends_with("libnvidia-ml.so.1"));
    assert!(found.skipped[0].fix.as_ref().unwrap().contains("libnvidia-ml1"));
}

#[test]
fn the_library_of_windows_is_used_where_windows_lends_its_driver() {
    let fake = FakeNvml::new("[gpu]\nname = NVIDIA GeForce RTX 4090\nenergy_mj = 1\n");
    let library = fake.directory().join("usr/lib/wsl/lib");
    std::fs::create_dir_all(&library).unwrap();
    std::fs::create_dir(fake.directory().join("dev")).unwrap();
    std::fs::write(fake.directory().join("dev/dxg"), "").unwrap();
    std::fs::copy(fake.library(), library.join("libnvidia-ml.so.1")).unwrap();
    let script = std::fs::read(fake.directory().join("script.txt")).unwrap();
    std::fs::write(library.join("script.txt"), script).unwrap();

    let found = discover(&SysRoot::new(fake.directory()), &GpuLibraries::default());
    assert_eq!(found.devices[0].name, "NVIDIA GeForce RTX 4090");
}
