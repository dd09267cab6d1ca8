//! A CSV file with other factors: its columns with the new figures, and the old ones in columns of
//! their own at the end.

use std::collections::HashMap;

use carbon_outputs::csv::quoted;
use carbon_outputs::float::python_repr;

use super::{Repriced, Repricer};
use crate::entry::Entry;
use crate::read::Texts;
use crate::read::csv::visit;

/// Columns that are added, and what of the record they keep.
const KEPT: [(&str, &str); 6] = [
    ("original_emissions", "emissions"),
    ("original_energy_consumed", "energy_consumed"),
    ("original_water_consumed", "water_consumed"),
    ("original_country_iso_code", "country_iso_code"),
    ("original_pue", "pue"),
    ("original_wue", "wue"),
];
/// The intensity of the grid and who published it.
const ADDED: [&str; 2] = ["grid_g_co2e_per_kwh", "grid_source"];

/// The rows of a CSV file with other factors; `None` when it is no file of records. Rows that cannot
/// be read are left out.
pub fn csv(bytes: &[u8], repricer: &mut Repricer) -> Option<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<HashMap<String, String>> = Vec::new();
    let is_known = visit(bytes, 0, &mut Texts::default(), |row| {
        let Ok(row) = row else { return };
        let mut cells: HashMap<String, String> = HashMap::new();
        for (name, text) in row.row.cells() {
            if !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
            }
            cells.insert(name.to_owned(), text.into_owned());
        }
        let repriced = repricer.apply(&row.entry);
        replace(&mut cells, &row.entry, &repriced);
        rows.push(cells);
    });
    if !is_known {
        return None;
    }
    let kept = KEPT.iter().map(|(column, _)| *column);
    for column in ["pue", "wue"].into_iter().chain(kept).chain(ADDED) {
        if !columns.iter().any(|known| known == column) {
            columns.push(column.to_owned());
        }
    }
    let mut text = line(columns.iter().map(String::as_str));
    for cells in &rows {
        let cell = |column: &String| cells.get(column).map_or("", String::as_str);
        text += &line(columns.iter().map(cell));
    }
    Some(text)
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(cell).into_owned()).collect();
    cells.join(",") + "\n"
}

fn replace(cells: &mut HashMap<String, String>, entry: &Entry, new: &Repriced) {
    for (column, of) in KEPT {
        let text = cells.get(of).cloned().unwrap_or_default();
        cells.insert(column.to_owned(), text);
    }
    let kwh = |energy: carbon_model::Energy| python_repr(energy.kilowatt_hours());
    let mass = new.emissions.kilograms();
    let rate = if entry.duration_s > 0.0 { mass / entry.duration_s } else { 0.0 };
    let place = &new.place;
    let on_cloud = if place.cloud_provider.is_empty() { "N" } else { "Y" };
    let source = new.grid.as_ref().map_or("as recorded", |grid| &grid.source);
    let figures = [
        ("emissions", python_repr(mass)),
        ("emissions_rate", python_repr(rate)),
        ("cpu_energy", kwh(new.energy.cpu)),
        ("gpu_energy", kwh(new.energy.gpu)),
        ("ram_energy", kwh(new.energy.ram)),
        ("energy_consumed", kwh(new.energy.total)),
        ("water_consumed", python_repr(new.water.litres())),
        ("country_name", place.country_name.to_string()),
        ("country_iso_code", place.country_iso3.to_string()),
        ("region", place.region.to_string()),
        ("cloud_provider", place.cloud_provider.to_string()),
        ("cloud_region", place.cloud_region.to_string()),
        ("on_cloud", on_cloud.to_owned()),
    ];
    for (column, text) in figures {
        // A column that the file does not have is not invented, unless the new factors need it.
        if let Some(cell) = cells.get_mut(column) {
            *cell = text;
        }
    }
    let added = [
        ("pue", python_repr(new.pue)),
        ("wue", python_repr(new.wue_l_per_kwh)),
        (ADDED[0], python_repr(new.g_per_kwh)),
        (ADDED[1], source.to_owned()),
    ];
    cells.extend(added.map(|(column, text)| (column.to_owned(), text)));
}
