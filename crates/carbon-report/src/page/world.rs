//! The world: what the same energy would have caused in each country, and what its electricity is
//! made from; two maps and a table.

use std::collections::HashSet;

use carbon_factors::{Country, GridFactor, Resolution, Table, countries, country_grid};
use carbon_model::{Energy, Intensity};
use serde::Serialize;

use super::chart::percent;
use super::mix::{PARTS, Shares, shares};
use crate::local_time::LocalTime;
use crate::report::Report;
use crate::units;

/// Outlines of countries: code and path, after comments and a line of names.
const MAP: &str = include_str!("../../../../data/world-map.tsv");

/// Upper ends of the classes of intensity, g/kWh; the last class has none.
const INTENSITIES: [f64; 6] = [50.0, 150.0, 300.0, 450.0, 600.0, f64::INFINITY];
/// Upper ends of the classes of electricity without fossil fuel, percent.
const WITHOUT_FOSSIL: [f64; 5] = [20.0, 40.0, 60.0, 80.0, f64::INFINITY];

/// The section on the world.
#[derive(Debug, Serialize)]
pub(super) struct World {
    energy: String,
    countries: Vec<CountryRow>,
    outlines: Vec<Outline>,
    intensity_classes: Vec<Class>,
    mix_classes: Vec<Class>,
    parts: Vec<(&'static str, &'static str)>,
    average: String,
}

/// A country in the table.
#[derive(Debug, Serialize)]
struct CountryRow {
    name: &'static str,
    g_per_kwh: String,
    emissions: String,
    percent: f64,
    mix: Option<Shares>,
    here: bool,
}

/// A country on the maps.
#[derive(Debug, Serialize)]
struct Outline {
    id: &'static str,
    path: &'static str,
    title: String,
    mix_title: String,
    class: usize,
    mix_class: usize,
    here: bool,
}

/// A colour of a map: class 0 stands for nothing known.
#[derive(Debug, Serialize)]
struct Class {
    number: usize,
    words: String,
}

/// The section for the energy of a report.
pub(super) fn world(report: &Report) -> World {
    let total = &report.summary.total;
    let energy = total.energy.total;
    let year = total.dates.map(|(_, last)| LocalTime::year(last));
    let here: HashSet<&str> =
        report.runs.counted.iter().map(|entry| &*entry.place.country_iso3).collect();
    let known: Vec<(Country, GridFactor)> =
        countries().filter_map(|country| Some((country, own_grid(&country, year)?))).collect();
    let most = known.iter().map(|(_, grid)| grid.g_per_kwh()).fold(0.0, f64::max);
    let mut rows: Vec<(f64, CountryRow)> = known
        .iter()
        .map(|(country, grid)| {
            let g_per_kwh = grid.g_per_kwh();
            let row = CountryRow {
                name: country.name,
                g_per_kwh: units::digits(g_per_kwh),
                emissions: emissions(energy, g_per_kwh),
                percent: percent(g_per_kwh, most),
                mix: shares(country.iso3),
                here: here.contains(country.iso3),
            };
            (g_per_kwh, row)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let average = carbon_factors::world_grid(Table::Current).g_per_kwh();
    World {
        energy: units::energy(energy),
        countries: rows.into_iter().map(|(_, row)| row).collect(),
        outlines: outlines(energy, &known, &here),
        intensity_classes: classes(&INTENSITIES, "g"),
        mix_classes: classes(&WITHOUT_FOSSIL, "%"),
        parts: PARTS.to_vec(),
        average: format!("{} g/kWh, {} CO₂e", units::digits(average), emissions(energy, average)),
    }
}

/// The grid of a country that has a figure of its own.
fn own_grid(country: &Country, year: Option<u16>) -> Option<GridFactor> {
    let grid = country_grid(country.iso3, year, Table::Current)?;
    (grid.resolution == Resolution::Own).then_some(grid)
}

fn emissions(energy: Energy, g_per_kwh: f64) -> String {
    units::mass(energy * Intensity::from_g_per_kwh(g_per_kwh))
}

fn outlines(energy: Energy, known: &[(Country, GridFactor)], here: &HashSet<&str>) -> Vec<Outline> {
    let rows = MAP.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|line| {
        let mut cells = line.split('\t');
        let (id, path) = (cells.next()?, cells.next()?);
        let name = carbon_factors::country(id).map_or("no data", |country| country.name);
        let grid = known.iter().find(|(country, _)| country.iso3 == id).map(|(_, grid)| grid);
        let mix = shares(id);
        let no_data = || format!("{name}: no data");
        Some(Outline {
            id: if id.is_empty() { "none" } else { id },
            path,
            title: grid.map_or_else(no_data, |grid| {
                let g_per_kwh = grid.g_per_kwh();
                let emissions = emissions(energy, g_per_kwh);
                format!("{name}: {} g/kWh, {emissions} CO₂e", units::digits(g_per_kwh))
            }),
            mix_title: mix.as_ref().map_or_else(no_data, |mix| format!("{name}: {}", mix.words)),
            class: grid.map_or(0, |grid| class(grid.g_per_kwh(), &INTENSITIES)),
            mix_class: mix.as_ref().map_or(0, |mix| class(mix.without_fossil, &WITHOUT_FOSSIL)),
            here: here.contains(id),
        })
    })
    .collect()
}

/// The class of a value, from 1 on.
fn class(value: f64, ends: &[f64]) -> usize {
    1 + ends.iter().take_while(|end| value >= **end).count().min(ends.len() - 1)
}

fn classes(ends: &[f64], unit: &str) -> Vec<Class> {
    let words = |index: usize, end: f64| match (index, end.is_finite()) {
        (0, _) => format!("under {end} {unit}"),
        (_, true) => format!("{} to {end} {unit}", ends[index - 1]),
        (_, false) => format!("{} {unit} and more", ends[index - 1]),
    };
    let numbered = ends.iter().enumerate();
    numbered.map(|(i, end)| Class { number: i + 1, words: words(i, *end) }).collect()
}
