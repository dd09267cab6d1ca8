//! JSON, for programs: figures in base units, names as they are.

use serde::Serialize;

use carbon_model::{CarbonMass, Energy, Interval, Quantity};

use crate::report::Report;
use crate::summary::{Coverage, Group};

/// Version of the shape; it grows when a field is renamed, removed or changes its meaning.
const SUMMARY_VERSION: u32 = 1;

/// A report as indented JSON with a line end.
pub fn json(report: &Report) -> String {
    let shape = Shape {
        summary_version: SUMMARY_VERSION,
        by: report.summary.by.as_str(),
        total: Figures::of(&report.summary.total),
        groups: report.summary.groups.iter().map(Figures::of).collect(),
        equivalents: report.equivalents.iter().map(Equal::of).collect(),
        methods: Methods {
            paragraph: &report.methods.paragraph,
            citations: report.methods.citations.iter().map(Citation::of).collect(),
        },
        remarks: &report.remarks,
        faults: &report.faults,
    };
    serde_json::to_string_pretty(&shape).unwrap_or_default() + "\n"
}

#[derive(Debug, Serialize)]
struct Shape<'a> {
    summary_version: u32,
    by: &'static str,
    total: Figures<'a>,
    groups: Vec<Figures<'a>>,
    equivalents: Vec<Equal<'a>>,
    methods: Methods<'a>,
    remarks: &'a [String],
    faults: &'a [String],
}

/// The figures of a group.
#[derive(Debug, Serialize)]
struct Figures<'a> {
    name: &'a str,
    runs: usize,
    first: Option<String>,
    last: Option<String>,
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
    places: Vec<Place<'a>>,
    projects: Vec<&'a str>,
}

/// A number; bounds are null where the files have none.
#[derive(Debug, Serialize)]
struct Bounds {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    name: &'a str,
    energy_kwh: f64,
    emissions_kg: f64,
}

#[derive(Debug, Serialize)]
struct Equal<'a> {
    name: &'static str,
    amount: f64,
    shown: &'a str,
    what: &'static str,
    source: &'static str,
}

#[derive(Debug, Serialize)]
struct Methods<'a> {
    paragraph: &'a str,
    citations: Vec<Citation>,
}

#[derive(Debug, Serialize)]
struct Citation {
    title: &'static str,
    licence: &'static str,
    address: &'static str,
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
        let places = group.places.iter().map(|place| Place {
            name: &place.name,
            energy_kwh: place.energy.kilowatt_hours(),
            emissions_kg: place.emissions.kilograms(),
        });
        Self {
            name: &group.name,
            runs: group.runs,
            first: group.dates.map(|(first, _)| first.to_string()),
            last: group.dates.map(|(_, last)| last.to_string()),
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
            places: places.collect(),
            projects: group.projects.iter().map(String::as_str).collect(),
        }
    }
}

impl<'a> Equal<'a> {
    fn of(equal: &'a crate::equivalents::Equivalent) -> Self {
        let crate::equivalents::Equivalent { name, amount, shown, what, source } = equal;
        Self { name, amount: *amount, shown, what, source: source.title }
    }
}

impl Citation {
    fn of(source: &carbon_factors::SourceInfo) -> Self {
        let carbon_factors::SourceInfo { title, licence, address, .. } = *source;
        Self { title, licence, address }
    }
}
