//! What the machine is and which meters it has; looked for once per hub.
//!
//! Processors and memory are looked at while the GPUs' libraries start: NVML takes tens of
//! milliseconds, the rest under one.

use std::thread;

use carbon_model::{Component, Source};
use carbon_sensors::facts::{
    CpuFacts, DmiFacts, MachineClass, MemoryFacts, has_private_pids, os_name,
};
use carbon_sensors::gpu::{self, GpuDevice, GpuDiscovery};
use carbon_sensors::limits::{Limits, ask_scontrol};
use carbon_sensors::load_model::{
    LoadModel, ProcessorPower, TdpInputs, choose_tdp, package_power_limits_w,
};
use carbon_sensors::ram_model::{ConstantPower, RamModel};
use carbon_sensors::{
    Covers, Discovery, Hindrance, MemoryUse, Meter, MeterInfo, Skipped, apple, battery, emi, hwmon,
    jetson, rapl, raspberry_pi,
};

use crate::calibration::{self, MachineIdentity};
use crate::machine::Machine;
use crate::plan::{Choice, Plan, Preferences, choose_cpu, choose_ram};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// What the machine is, as records and `codecarbon detect` tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hardware {
    /// Operating system: "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36".
    pub os: String,
    /// Processor model; empty when it is not known.
    pub cpu_model: String,
    /// Logical CPUs that the run may use.
    pub cpu_count: u32,
    /// Processor packages; 1 in a virtual machine.
    pub cpu_physical_count: u32,
    /// GiB of memory that the run may use.
    pub ram_total_gib: f64,
    /// All GPUs, selected or not.
    pub gpus: Vec<GpuDevice>,
}

/// The outcome of looking, and what later plans need of it.
pub(crate) struct Detected {
    pub(crate) hardware: Hardware,
    pub(crate) skipped: Vec<Skipped>,
    /// The part of the machine that samples are read for: all of it where a counter counts all of
    /// it, else what the limits allow.
    pub(crate) sampled: Limits,
    /// Whether drivers tell of processes by pids that are not ours.
    pub(crate) has_private_pids: bool,
    cpu: CpuFacts,
    limits: Limits,
    memory_class: MachineClass,
    memory: MemoryUse,
}

/// Looks for everything.
pub(crate) fn detect(machine: &Machine) -> (Detected, Vec<Box<dyn Meter>>) {
    thread::scope(|scope| {
        let look = || gpu::discover(&machine.root, &machine.gpu_libraries);
        // Without a thread to spare it is done here, after the rest.
        let gpus = gpu::opens_a_library(&machine.root, &machine.gpu_libraries)
            .then(|| thread::Builder::new().spawn_scoped(scope, look).ok())
            .flatten();
        let mut found = rapl::discover(&machine.root, &*machine.perf);
        found.extend(hwmon::discover(&machine.root));
        found.extend(jetson::discover(&machine.root));
        found.extend(raspberry_pi::discover(&machine.root));
        found.extend(emi::discover(&machine.root));
        found.extend(battery::discover(&machine.root));
        let facts = Facts::read(machine);
        let mut gpus = match gpus {
            Some(thread) => thread.join().unwrap_or_else(|_| {
                let reason = "looking for them failed unexpectedly";
                found.skip(Source::NvmlEnergy, Hindrance::Broken, "GPUs", reason, None);
                GpuDiscovery::default()
            }),
            None => look(),
        };
        let brand = facts.cpu.brand.as_deref().unwrap_or_default();
        let sensors = apple::discover(&machine.root, brand, gpus.devices.len() as u32);
        found.extend(sensors.found);
        if let Some(gpu) = sensors.gpu {
            gpus.devices.push(gpu.device);
            gpus.meters.push(gpu.meter);
        }
        assemble(facts, found, gpus)
    })
}

struct Facts {
    os: String,
    cpu: CpuFacts,
    memory: MemoryFacts,
    memory_class: MachineClass,
    limits: Limits,
    has_private_pids: bool,
}

impl Facts {
    fn read(machine: &Machine) -> Self {
        let root = &machine.root;
        let cpu = CpuFacts::read(root);
        let memory = MemoryFacts::read(root);
        let memory_class = memory.class(&cpu, &DmiFacts::read(root));
        Self {
            os: os_name(root),
            has_private_pids: has_private_pids(root),
            limits: Limits::detect(root, machine.slurm_job.as_ref(), &ask_scontrol),
            cpu,
            memory,
            memory_class,
        }
    }
}

fn assemble(facts: Facts, found: Discovery, gpus: GpuDiscovery) -> (Detected, Vec<Box<dyn Meter>>) {
    let Facts { os, cpu, memory, memory_class, limits, has_private_pids } = facts;
    let installed = memory.total_bytes.unwrap_or(0);
    let allowed = limits.memory.as_ref().map_or(installed, |limit| limit.bytes.min(installed));
    let cpu_count = limits
        .cpu
        .as_ref()
        .map_or(cpu.logical_cpus, |limit| (limit.cpus.ceil() as u32).clamp(1, cpu.logical_cpus));
    let metered =
        |component| found.meters.iter().any(|m| m.info().covers.component() == Some(component));
    // A counter counts all of the machine, so that shares of it are shares of all; a model is of
    // what we may use.
    let sampled = Limits {
        cpu: limits.cpu.clone().filter(|_| !metered(Component::Cpu)),
        memory: limits.memory.clone().filter(|_| !metered(Component::Ram)),
    };
    let hardware = Hardware {
        os,
        cpu_model: cpu.brand.clone().unwrap_or_default(),
        cpu_count,
        cpu_physical_count: if cpu.is_virtual { 1 } else { cpu.sockets },
        ram_total_gib: allowed as f64 / GIB,
        gpus: gpus.devices,
    };
    let mut skipped = found.skipped;
    skipped.extend(gpus.skipped);
    let mut meters = found.meters;
    meters.extend(gpus.meters);
    let detected = Detected {
        hardware,
        skipped,
        sampled,
        has_private_pids,
        cpu,
        limits,
        memory_class,
        memory: MemoryUse { total_bytes: allowed, used_bytes: 0 },
    };
    (detected, meters)
}

impl Detected {
    /// Chooses what a kind of run counts, and makes the models that stand in for missing meters;
    /// the caller gives these accounts and adds their indices to the plan.
    pub(crate) fn plan(
        &self,
        machine: &Machine,
        meters: &[MeterInfo],
        preferences: &Preferences,
    ) -> (Plan, Vec<Box<dyn Meter>>) {
        let mut models: Vec<Box<dyn Meter>> = Vec::new();
        let mut accounts = Vec::new();
        let mut included = Vec::new();
        let mut warnings = Vec::new();

        let mut is_of_the_computer = false;

        let cpu = choose_cpu(meters, preferences);
        let ram = choose_ram(meters, &cpu, preferences);
        match cpu {
            Choice::Meters(indices) => {
                warnings.extend(self.unmetered_packages(meters, &indices));
                accounts.extend(indices);
            }
            Choice::Model | Choice::Included => {
                let model = self.load_model(machine, preferences, &mut warnings);
                if model.info().source == Source::LoadModelGuessed {
                    warnings.push(format!(
                        "the power of the processor {:?} is not known and was guessed ({}); if you \
                         know its TDP, set force_cpu_power",
                        self.hardware.cpu_model,
                        model.info().detail
                    ));
                }
                is_of_the_computer = model.info().covers == Covers::System;
                models.push(Box::new(model));
            }
        }
        match ram {
            _ if is_of_the_computer => included.push(Component::Ram),
            Choice::Meters(indices) => accounts.extend(indices),
            Choice::Included => included.push(Component::Ram),
            Choice::Model => models.push(self.ram_model(preferences)),
        }

        let feeds_gpus = |&index: &usize| meters.get(index).is_some_and(MeterInfo::includes_gpus);
        let gpus_included = accounts.iter().any(feeds_gpus) && !self.hardware.gpus.is_empty();
        if gpus_included {
            included.push(Component::Gpu);
        }
        let selected = gpu::select(&self.hardware.gpus, &preferences.gpus);
        warnings.extend(selected.warnings);
        let (gpu_count, gpu_model) = gpu::describe(&self.hardware.gpus, &selected.indices);
        // A battery feeds everything, cards included.
        let metered = if gpus_included { &[][..] } else { &selected.indices };
        for &wanted in metered {
            let index = meters.iter().position(|m| m.covers == Covers::Gpu { index: wanted });
            match (index, self.hardware.gpus.iter().find(|d| d.index == wanted)) {
                (Some(index), _) => accounts.push(index),
                // Its energy is within another GPU's counter: it is counted there.
                (None, Some(device)) if device.energy_within.is_some() => {}
                (None, device) => warnings.push(format!(
                    "GPU {wanted} ({}) cannot be metered: its energy is unknown and not in the \
                     total; `codecarbon detect` tells why",
                    device.map_or("unknown", |d| d.name.as_str())
                )),
            }
        }
        let plan = Plan { accounts, included, warnings, gpu_count, gpu_model, max_interval: None };
        (plan, models)
    }

    /// Says so if packages of the machine have no meter while others have one.
    fn unmetered_packages(&self, meters: &[MeterInfo], counted: &[usize]) -> Option<String> {
        let mut packages = Vec::new();
        for &index in counted {
            let Covers::Package { package, .. } = meters[index].covers else { return None };
            if !packages.contains(&package) {
                packages.push(package);
            }
        }
        let (metered, all) = (packages.len(), self.hardware.cpu_physical_count);
        (metered < all as usize).then(|| {
            format!(
                "{metered} of {all} processors can be metered: the energy of the others is unknown \
                 and not in the total; `codecarbon detect` tells why"
            )
        })
    }

    fn load_model(
        &self,
        machine: &Machine,
        preferences: &Preferences,
        warnings: &mut Vec<String>,
    ) -> LoadModel {
        let identity = MachineIdentity::of(&machine.root, &self.cpu);
        let (calibration, unused) =
            calibration::first_of(&machine.all_calibration_files(), &identity);
        warnings.extend(unused);
        let package_limits_w = package_power_limits_w(&machine.root);
        let inputs = TdpInputs {
            cpu: &self.cpu,
            limits: &self.limits,
            given_w: preferences.cpu_power_w,
            calibration: calibration.as_ref(),
            package_limits_w: &package_limits_w,
        };
        LoadModel::new(choose_tdp(&inputs, &|brand| {
            carbon_factors::cpu_power(brand).map(|power| ProcessorPower {
                name: power.name.to_owned(),
                tdp_w: power.tdp.watts(),
                threads: power.threads,
            })
        }))
    }

    fn ram_model(&self, preferences: &Preferences) -> Box<dyn Meter> {
        match preferences.ram_power_w {
            Some(watts) => Box::new(ConstantPower::new("memory", Covers::Memory, watts)),
            None => Box::new(RamModel::new(self.memory_class, self.memory)),
        }
    }
}
