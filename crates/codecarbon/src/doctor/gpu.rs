//! GPUs: whether there are any, whether their libraries and drivers are there, and which are counted.

use carbon_model::Source;
use carbon_sensors::gpu::GpuVendor;

use super::check::{Advice, Check, State, Subject};
use super::examine::Found;

/// PCI class of display controllers, its first two digits after "0x".
const DISPLAY: &str = "0x03";
/// PCI class of the accelerators without a display, as AMD Instinct.
const ACCELERATOR: &str = "0x12";
const NVIDIA: &str = "0x10de";

pub(super) fn checks(found: &Found<'_>) -> Vec<Check> {
    vec![nvml(found), amd(found)]
}

/// "NVIDIA H100 (GPU 0), …"
fn names(found: &Found<'_>, vendor: GpuVendor) -> String {
    let gpus = found.hardware.gpus.iter().filter(|gpu| gpu.vendor == vendor);
    let names: Vec<String> = gpus.map(|gpu| format!("GPU {} ({})", gpu.index, gpu.name)).collect();
    names.join(", ")
}

fn nvml(found: &Found<'_>) -> Check {
    let sources = [Source::NvmlEnergy, Source::NvmlPower];
    if let Some((state, detail)) = found.state_of(&sources, &|_| true) {
        let detail = match state {
            State::Used => format!("{}: {detail}", names(found, GpuVendor::Nvidia)),
            State::Unused => {
                format!("{}: not selected by gpu_ids", names(found, GpuVendor::Nvidia))
            }
            _ => detail,
        };
        let check = Check::new(Subject::Gpu, "nvml", state, detail);
        return found.advice_of(check, &sources);
    }
    let boards = nvidia_boards(found);
    if boards == 0 {
        return Check::new(Subject::Gpu, "nvml", State::Absent, "no NVIDIA GPU");
    }
    let detail = format!("{boards} NVIDIA GPU on the bus, and its driver is not loaded");
    let advice = match &found.container {
        Some(container) => {
            Advice::by_hand(container.option("--gpus all"), "when the container is started")
        }
        None => Advice::by_hand(
            "sudo modprobe nvidia",
            "if NVIDIA's driver is installed; the free driver nouveau counts no energy",
        ),
    };
    Check::new(Subject::Gpu, "nvml", State::Missing, detail).fix(advice)
}

/// Boards of NVIDIA on the PCI bus, whatever their driver.
fn nvidia_boards(found: &Found<'_>) -> usize {
    const DEVICES: &str = "sys/bus/pci/devices";
    let is = |device: &str, file: &str, beginnings: &[&str]| {
        let text = found.root.read(format!("{DEVICES}/{device}/{file}"));
        text.is_ok_and(|text| beginnings.iter().any(|b| text.starts_with(b)))
    };
    let devices = found.root.list(DEVICES);
    let boards = devices.iter().filter(|device| {
        is(device, "vendor", &[NVIDIA]) && is(device, "class", &[DISPLAY, ACCELERATOR])
    });
    boards.count()
}

fn amd(found: &Found<'_>) -> Check {
    let sources = [Source::AmdSmiEnergy, Source::AmdSmiPower];
    let is_amd = |meter: &carbon_sensors::MeterInfo| {
        found.hardware.gpus.iter().any(|gpu| {
            gpu.vendor == GpuVendor::Amd
                && meter.covers == carbon_sensors::Covers::Gpu { index: gpu.index }
        })
    };
    let all = [sources[0], sources[1], Source::HwmonEnergy, Source::HwmonPower];
    let (state, detail) = match found.state_of(&all, &is_amd) {
        Some((State::Used, detail)) => {
            (State::Used, format!("{}: {detail}", names(found, GpuVendor::Amd)))
        }
        Some((State::Unused, _)) if !names(found, GpuVendor::Amd).is_empty() => {
            (State::Unused, format!("{}: not selected by gpu_ids", names(found, GpuVendor::Amd)))
        }
        _ => match found.state_of(&sources, &is_amd) {
            Some(found) => found,
            None => (State::Absent, "no AMD GPU".to_owned()),
        },
    };
    let check = Check::new(Subject::Gpu, "amd smi", state, detail);
    found.advice_of(check, &sources)
}
