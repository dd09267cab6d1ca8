//! `detect`: what the machine is, where it stands, which meters are read for each component, and what
//! is not used, why, and how to change that.

use std::fmt::Write;

use carbon_live::Desk;
use carbon_model::Component;
use carbon_sensors::{Clock, MeterInfo, Skipped, SystemClock};
use carbon_tracker::config::{Config, Layers};
use carbon_tracker::location::{Place, resolve, resolve_found};
use carbon_tracker::{Hardware, Hub, Preferences, Sampling};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Value, json};

use crate::exit::{self, CommandError};
use crate::machine::machine_of;
use crate::monitor;
use crate::print::print;
use crate::surroundings::Surroundings;

/// Describes the command.
pub(crate) fn command() -> Command {
    let value = |name: &'static str, shown: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(shown).help(help).value_parser(value_parser!(String))
    };
    Command::new("detect")
        .about("Show the hardware, the place, the sources of each figure, and what is not used")
        .after_help("Examples:\n  codecarbon detect\n  codecarbon detect --json | jq .")
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print it as JSON"))
        .arg(value("gpu-ids", "LIST", "GPUs to track, by index or by GPU-… or MIG-… id"))
        .arg(value("location-lookup", "WHO", "Who may be asked where: off, cloud (default), ip"))
        .arg(value("sysroot", "DIR", "Root of the machine's /sys, /proc, /run, /dev (default /)"))
        .arg(value("nvml-library", "FILE", "NVML library to open instead of the system's"))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let flags = ["gpu-ids", "location-lookup", "sysroot", "nvml-library"];
    let arguments = flags.into_iter().filter_map(|flag| {
        let value = matches.get_one::<String>(flag)?;
        Some((flag.replace('-', "_"), value.clone()))
    });
    let config = Layers {
        home: start.home(),
        cwd: Some(&start.directory),
        environment: start.variables.clone(),
        arguments: arguments.collect(),
        ..Layers::default()
    }
    .resolve()
    .map_err(CommandError::setting)?
    .config;
    let hub = Hub::new(machine_of(&config, start), Sampling::Manual);
    let preferences = Preferences::from(&config);
    let (gpu_count, gpu_model) = hub.selected_gpus(&preferences);
    let found = Found {
        place: place_of(&config, start),
        hardware: hub.hardware(),
        selected: config.gpu_ids.ids().map(<[String]>::to_vec),
        gpu_count,
        gpu_model,
        counted: hub.counted(&preferences),
        skipped: hub.inventory().1,
    };
    let text =
        if matches.get_flag("json") { format!("{:#}\n", as_json(&found)) } else { as_text(&found) };
    print(&text);
    Ok(exit::OK)
}

/// Where the machine stands; asks who may be asked, for two seconds at most.
fn place_of(config: &Config, start: &Surroundings) -> Place {
    let year = carbon_sensors::clock::local_year(SystemClock.now().wall.as_secs_f64());
    let (found, remarks) = Desk::new(monitor::means(start)).place_now(config, false);
    let mut place = match found {
        Some(found) => resolve_found(config, &found, year),
        None => resolve(config, year),
    };
    place.warnings.extend(remarks);
    place
}

/// What was found.
struct Found {
    place: Place,
    hardware: Hardware,
    /// GPUs that the user selects; `None` for all that are visible.
    selected: Option<Vec<String>>,
    gpu_count: u32,
    gpu_model: String,
    counted: Vec<MeterInfo>,
    skipped: Vec<Skipped>,
}

impl Found {
    fn sources(&self, component: Component) -> impl Iterator<Item = &MeterInfo> {
        self.counted.iter().filter(move |meter| meter.covers.component() == Some(component))
    }
}

fn as_text(found: &Found) -> String {
    let hardware = &found.hardware;
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let mut out = String::from("Hardware\n");
    let _ = writeln!(out, "  Available RAM: {:.3} GB", hardware.ram_total_gib);
    let _ = writeln!(
        out,
        "  CPU count: {} logical in {} physical",
        hardware.cpu_count, hardware.cpu_physical_count
    );
    let _ = writeln!(out, "  CPU model: {}", or_none(&hardware.cpu_model));
    let _ = writeln!(out, "  GPU count: {}", found.gpu_count);
    let _ = writeln!(out, "  GPU model: {}", or_none(&found.gpu_model));
    if let Some(ids) = &found.selected {
        let _ = writeln!(out, "  GPU ids: {}", or_none(&ids.join(", ")));
    }
    let _ = writeln!(out, "  System: {}", hardware.os);
    out.push_str(&place_text(&found.place));
    out.push_str("\nSources\n");
    for component in Component::ALL {
        for meter in found.sources(component) {
            let _ = writeln!(
                out,
                "  {component}: {}: {} (the truth is {:.2} to {:.2} times the figure)",
                meter.source.label(),
                meter.detail,
                meter.accuracy.low,
                meter.accuracy.high
            );
        }
    }
    if !found.skipped.is_empty() {
        out.push_str("\nNot used\n");
    }
    for skipped in &found.skipped {
        let _ = writeln!(out, "  {}: {}", skipped.what, skipped.reason);
        if let Some(fix) = &skipped.fix {
            let _ = writeln!(out, "    fix: {fix}");
        }
    }
    out
}

fn place_text(place: &Place) -> String {
    let Place { location, grid, warnings } = place;
    let mut out = String::from("\nPlace\n");
    let known_by = &location.known_by;
    match &location.country_name {
        Some(country) => {
            let region = location.region.as_ref().map(|r| format!("{r}, ")).unwrap_or_default();
            let _ = writeln!(out, "  Country: {region}{country} ({known_by})");
        }
        None => {
            let _ = writeln!(out, "  Country: {known_by}");
        }
    }
    if let Some((provider, region)) = &location.cloud {
        let _ = writeln!(out, "  Cloud: {provider} {region}");
    }
    let year = grid.year.map(|year| format!(" of {year}")).unwrap_or_default();
    let _ = writeln!(
        out,
        "  Electricity: {:.0} g CO2e/kWh, {:.0} to {:.0}, {}{year} ({})",
        grid.intensity.value.g_per_kwh(),
        grid.intensity.low.g_per_kwh(),
        grid.intensity.high.g_per_kwh(),
        grid.name,
        grid.source
    );
    for warning in warnings {
        let _ = writeln!(out, "  {warning}");
    }
    out
}

fn place_json(place: &Place) -> Value {
    let Place { location, grid, warnings } = place;
    json!({
        "known_by": location.known_by.as_str(),
        "country_iso_code": location.country_iso_code,
        "country_name": location.country_name,
        "region": location.region,
        "cloud_provider": location.cloud.as_ref().map(|cloud| &cloud.0),
        "cloud_region": location.cloud.as_ref().map(|cloud| &cloud.1),
        "longitude": location.coordinates.map(|(longitude, _)| longitude),
        "latitude": location.coordinates.map(|(_, latitude)| latitude),
        "grid": {
            "zone": grid.zone,
            "name": grid.name,
            "g_per_kwh": {
                "value": grid.intensity.value.g_per_kwh(),
                "low": grid.intensity.low.g_per_kwh(),
                "high": grid.intensity.high.g_per_kwh(),
            },
            "year": grid.year,
            "source": grid.source,
            "assumed": grid.assumed,
        },
        "warnings": warnings,
    })
}

fn as_json(found: &Found) -> Value {
    let hardware = &found.hardware;
    let gpus: Vec<Value> = hardware
        .gpus
        .iter()
        .map(|gpu| {
            json!({
                "index": gpu.index,
                "name": gpu.name,
                "uuid": gpu.uuid,
                "memory_bytes": gpu.memory_bytes,
                "power_limit_w": gpu.power_limit_w,
            })
        })
        .collect();
    let sources: Vec<Value> = Component::ALL
        .into_iter()
        .flat_map(|component| found.sources(component).map(move |meter| (component, meter)))
        .map(|(component, meter)| {
            json!({
                "component": component,
                "meter": meter.name,
                "source": meter.source,
                "basis": meter.source.basis(),
                "detail": meter.detail,
                "accuracy": meter.accuracy,
            })
        })
        .collect();
    let skipped: Vec<Value> = found
        .skipped
        .iter()
        .map(|s| json!({ "what": s.what, "reason": s.reason, "fix": s.fix }))
        .collect();
    json!({
        "ram_total_size": hardware.ram_total_gib,
        "cpu_count": hardware.cpu_count,
        "cpu_physical_count": hardware.cpu_physical_count,
        "cpu_model": hardware.cpu_model,
        "gpu_count": found.gpu_count,
        "gpu_model": found.gpu_model,
        "gpu_ids": found.selected,
        "os": hardware.os,
        "place": place_json(&found.place),
        "gpus": gpus,
        "sources": sources,
        "skipped": skipped,
    })
}
