//! JSON, for programs: figures in base units, names as they are.

use serde::Serialize;
use serde_json::json as value;

use carbon_model::{CarbonMass, Energy, Interval, Quantity};

use crate::report::Report;
use crate::summary::{Coverage, Group};

/// Version of the shape; it grows when a field is renamed, removed or changes its meaning.
const SUMMARY_VERSION: u32 = 1;

/// A report as indented JSON with a line end.
pub fn json(report: &Report) -> String {
    let equivalents: Vec<_> = report
        .equivalents
        .iter()
        .map(|e| {
            value!({ "name": e.name, "amount": e.amount, "shown": e.shown, "what": e.what,
                     "source": e.source.title })
        })
        .collect();
    let citations: Vec<_> = report
        .methods
        .citations
        .iter()
        .map(|s| value!({ "title": s.title, "licence": s.licence, "address": s.address }))
        .collect();
    let summary = value!({
        "summary_version": SUMMARY_VERSION,
        "by": report.summary.by.as_str(),
        "total": Figures::of(&report.summary.total),
        "groups": report.summary.groups.iter().map(Figures::of).collect::<Vec<_>>(),
        "equivalents": equivalents,
        "methods": { "paragraph": report.methods.paragraph, "citations": citations },
        "remarks": report.remarks,
        "faults": report.faults,
    });
    format!("{summary:#}\n")
}

/// The figures of a group.
#[derive(Debug, Serialize)]
struct Figures<'a> {
    name: &'a str,
    runs: usize,
    duration_s: f64,
    energy_kwh: Bounds,
    cpu_energy_kwh: f64,
    gpu_energy_kwh: f64,
    ram_energy_kwh: f64,
    mean_power_w: f64,
    emissions_kg: Bounds,
    /// What the bounds of the emissions cover: `everything`, `grid_only`, `partly`, `nothing`.
    emissions_bounds_cover: &'static str,
    water_l: f64,
    first: Option<String>,
    last: Option<String>,
    places: Vec<serde_json::Value>,
    projects: Vec<&'a str>,
}

/// A number; bounds are null where the files have none.
#[derive(Debug, Serialize)]
struct Bounds {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

impl Bounds {
    fn of<Q: Quantity>(value: Q, bounds: Option<Interval<Q>>, number: impl Fn(Q) -> f64) -> Self {
        Self {
            value: number(value),
            low: bounds.map(|bounds| number(bounds.low)),
            high: bounds.map(|bounds| number(bounds.high)),
        }
    }
}

impl<'a> Figures<'a> {
    fn of(group: &'a Group) -> Self {
        let Group { energy, energy_bounds, emissions, emissions_bounds, .. } = group;
        let time = |time: crate::LocalTime| time.to_string();
        let places = group.places.iter().map(|place| {
            value!({
                "name": place.name,
                "energy_kwh": place.energy.kilowatt_hours(),
                "emissions_kg": place.emissions.kilograms(),
            })
        });
        Self {
            name: &group.name,
            runs: group.runs,
            duration_s: group.duration_s,
            energy_kwh: Bounds::of(energy.total, *energy_bounds, Energy::kilowatt_hours),
            cpu_energy_kwh: energy.cpu.kilowatt_hours(),
            gpu_energy_kwh: energy.gpu.kilowatt_hours(),
            ram_energy_kwh: energy.ram.kilowatt_hours(),
            mean_power_w: group.power().watts(),
            emissions_kg: Bounds::of(*emissions, Some(*emissions_bounds), CarbonMass::kilograms),
            emissions_bounds_cover: match group.coverage {
                Coverage::Everything => "everything",
                Coverage::GridOnly => "grid_only",
                Coverage::Partly => "partly",
                Coverage::Nothing => "nothing",
            },
            water_l: group.water.litres(),
            first: group.dates.map(|(first, _)| time(first)),
            last: group.dates.map(|(_, last)| time(last)),
            places: places.collect(),
            projects: group.projects.iter().map(String::as_str).collect(),
        }
    }
}
