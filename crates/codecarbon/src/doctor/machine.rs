//! Circumstances: a virtual machine, a container, limits, what the firmware says, and the place.

use carbon_sensors::SysRoot;
use carbon_sensors::facts::CloudHint;
use carbon_sensors::limits::{Limits, ask_scontrol};

use super::check::{Advice, Check, State, Subject};
use super::examine::Found;

/// A container that we are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    /// Who runs it, as its command is called: "docker", "podman".
    runtime: String,
}

impl Container {
    /// How its runtime is given an option.
    pub(super) fn option(&self, option: &str) -> String {
        match self.runtime.as_str() {
            "docker" | "podman" => format!("{} run {option} …", self.runtime),
            _ => format!("docker run {option} …"),
        }
    }
}

/// The container that a machine's files show; files of a machine that is not ours show none.
pub(super) fn container(root: &SysRoot) -> Option<Container> {
    let named = |runtime: &str| Some(Container { runtime: runtime.to_owned() });
    if root.path(".dockerenv").exists() {
        return named("docker");
    }
    if root.path("run/.containerenv").exists() {
        return named("podman");
    }
    if let Ok(runtime) = root.read("run/systemd/container") {
        return named(&runtime);
    }
    let first = root.read("proc/1/cgroup").unwrap_or_default();
    let words = ["docker", "kubepods", "containerd", "lxc", "libpod"];
    words.into_iter().find(|word| first.contains(word)).and_then(named)
}

pub(super) fn checks(found: &Found<'_>) -> Vec<Check> {
    vec![
        virtual_machine(found),
        in_container(found),
        limits(found),
        firmware(found),
        place(found),
        cloud(found),
    ]
}

fn virtual_machine(found: &Found<'_>) -> Check {
    if !found.cpu.is_virtual {
        return Check::new(Subject::Machine, "hypervisor", State::Absent, "a real machine");
    }
    let detail = "a virtual machine: the host's counters are out of sight, so that its share is \
                  modelled; only a machine of your own, or a bare metal one, can be measured";
    Check::new(Subject::Machine, "hypervisor", State::Found, detail)
}

fn in_container(found: &Found<'_>) -> Check {
    match &found.container {
        None => Check::new(Subject::Machine, "container", State::Absent, "none"),
        Some(container) => {
            let detail =
                format!("{}; what it hides of the machine is said above", container.runtime);
            Check::new(Subject::Machine, "container", State::Found, detail)
        }
    }
}

fn limits(found: &Found<'_>) -> Check {
    let job = found.scene.machine.slurm_job.as_ref();
    let limits = Limits::detect(found.root, job, &ask_scontrol);
    let mut parts = Vec::new();
    if let Some(cpu) = &limits.cpu {
        parts.push(format!("{} of {} CPUs ({})", cpu.cpus, found.cpu.logical_cpus, cpu.source));
    }
    if let Some(memory) = &limits.memory {
        let gib = memory.bytes as f64 / (1024.0 * 1024.0 * 1024.0);
        parts.push(format!("{gib:.1} GiB of memory ({})", memory.source));
    }
    let (state, detail) = if parts.is_empty() {
        (State::Absent, "the whole machine may be used".to_owned())
    } else {
        (State::Used, format!("only {} may be used, and models are of that", parts.join(" and ")))
    };
    Check::new(Subject::Machine, "limits", state, detail)
}

fn firmware(found: &Found<'_>) -> Check {
    let named = [&found.dmi.sys_vendor, &found.dmi.product_name];
    let names: Vec<&str> = named.into_iter().flatten().map(String::as_str).collect();
    if names.is_empty() {
        let detail = "the firmware does not name the machine";
        return Check::new(Subject::Machine, "dmi", State::Absent, detail);
    }
    Check::new(Subject::Machine, "dmi", State::Found, names.join(", "))
}

fn place(found: &Found<'_>) -> Check {
    let place = &found.scene.place;
    let grid = &place.grid;
    let grams = format!("{:.0} g CO2e/kWh, {}", grid.intensity.value.g_per_kwh(), grid.name);
    if !grid.assumed && carbon_tracker::location::is_told(&found.scene.config) {
        return Check::new(Subject::Place, "grid", State::Used, grams);
    }
    let known_by = &place.location.known_by;
    let (state, why) = if place.location.country_iso_code.is_none() {
        (State::Missing, "the country is not known: the world's average ×÷ 2".to_owned())
    } else {
        (State::Used, known_by.to_string())
    };
    Check::new(Subject::Place, "grid", state, format!("{grams} ({why})")).fix(Advice::by_hand(
        "codecarbon config set country_iso_code CODE",
        "three letters such as FRA; the year's average of a known grid is good to ×÷ 1.15",
    ))
}

fn cloud(found: &Found<'_>) -> Check {
    let check = |state, detail: String| Check::new(Subject::Place, "cloud", state, detail);
    let hint = match found.dmi.cloud_hint() {
        Some(CloudHint::Aws) => "Amazon Web Services",
        Some(CloudHint::Azure) => "Microsoft Azure",
        Some(CloudHint::Gcp) => "Google Cloud",
        None => return check(State::Absent, "the firmware names no cloud".to_owned()),
    };
    let scene = found.scene;
    if let Some((provider, region)) = &scene.place.location.cloud {
        return check(State::Used, format!("{provider} {region}"));
    }
    if !scene.has_asked_cloud {
        let detail = format!("{hint} by its firmware; --cloud asks its metadata service");
        return check(State::Unasked, detail);
    }
    let remark = scene.place.warnings.first().map_or("no answer", String::as_str);
    check(State::Broken, format!("{hint} by its firmware: {remark}")).fix(Advice::by_hand(
        "codecarbon config set cloud_provider NAME; codecarbon config set cloud_region NAME",
        "aws, azure or gcp, and its region",
    ))
}
