//! A CSV file with other factors: its columns with the new figures, and the old ones in columns of
//! their own.

use std::borrow::Cow;

use carbon_model::Energy;
use carbon_outputs::csv::quoted;
use carbon_outputs::float::python_repr;

use super::{Repriced, Repricer};
use crate::entry::Entry;
use crate::read::Texts;
use crate::read::csv::{Row, visit};

/// Columns that are added, and what of the record they keep.
const KEPT: [(&str, &str); 6] = [
    ("original_emissions", "emissions"),
    ("original_energy_consumed", "energy_consumed"),
    ("original_water_consumed", "water_consumed"),
    ("original_country_iso_code", "country_iso_code"),
    ("original_pue", "pue"),
    ("original_wue", "wue"),
];
/// Columns that the new figures need even where the file does not have them.
const NEEDED: [&str; 4] = ["pue", "wue", "grid_g_co2e_per_kwh", "grid_source"];

/// The rows of a CSV file with other factors; `None` when it is no file of records. Rows that cannot
/// be read are left out.
pub fn csv(bytes: &[u8], repricer: &mut Repricer) -> Option<String> {
    let mut table = Table::default();
    let is_known = visit(bytes, 0, &mut Texts::default(), |row| {
        if let Ok(row) = row {
            let repriced = repricer.apply(&row.entry);
            table.add(&row.row, &row.entry, &repriced);
        }
    });
    is_known.then(|| table.text())
}

/// The new file as it grows. Joined files may bring further columns on the way.
#[derive(Debug, Default)]
struct Table {
    columns: Vec<String>,
    /// Names of the row before, and the column of each of its cells.
    names: Vec<String>,
    places: Vec<usize>,
    /// Each row as text, and how many columns there were then.
    lines: Vec<(String, usize)>,
}

impl Table {
    fn add(&mut self, row: &Row<'_>, entry: &Entry, new: &Repriced) {
        if self.names != row.names() {
            self.take_names(row.names());
        }
        let mut cells: Vec<Cow<'_, str>> = vec![Cow::Borrowed(""); self.columns.len()];
        for (index, place) in self.places.iter().enumerate() {
            cells[*place] = row.cell(index);
        }
        for (column, of) in KEPT {
            // A file that was priced anew before keeps what was recorded first.
            if let (Some(to), Some(from)) = (self.place(column), self.place(of))
                && !self.names.iter().any(|name| name == column)
            {
                let recorded = cells[from].clone();
                cells[to] = recorded;
            }
        }
        for (column, text) in figures(entry, new) {
            // A column that the file does not have is not invented, unless the factors need it.
            if let Some(place) = self.place(column) {
                cells[place] = text;
            }
        }
        self.lines.push((line(cells.iter().map(|cell| &**cell)), self.columns.len()));
    }

    fn take_names(&mut self, names: &[String]) {
        self.names = names.to_vec();
        let kept = KEPT.iter().map(|(column, _)| *column);
        let all = names.iter().map(String::as_str).chain(NEEDED).chain(kept);
        for name in all {
            if self.place(name).is_none() {
                self.columns.push(name.to_owned());
            }
        }
        self.places = names.iter().filter_map(|name| self.place(name)).collect();
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }

    fn text(self) -> String {
        let mut text = line(self.columns.iter().map(String::as_str)) + "\n";
        for (line, columns) in &self.lines {
            text += line;
            text.extend(std::iter::repeat_n(',', self.columns.len() - columns));
            text.push('\n');
        }
        text
    }
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::with_capacity(512);
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            line.push(',');
        }
        line += &quoted(cell);
    }
    line
}

/// The columns that factors touch, with their new texts.
fn figures<'a>(entry: &Entry, new: &'a Repriced) -> [(&'static str, Cow<'a, str>); 17] {
    let number = |value: f64| Cow::Owned(python_repr(value));
    let kwh = |energy: Energy| number(energy.kilowatt_hours());
    let mass = new.emissions.kilograms();
    let rate = if entry.duration_s > 0.0 { mass / entry.duration_s } else { 0.0 };
    let place = &new.place;
    let on_cloud = if place.cloud_provider.is_empty() { "N" } else { "Y" };
    let source = new.grid.as_ref().map_or("as recorded", |grid| &grid.source);
    [
        ("emissions", number(mass)),
        ("emissions_rate", number(rate)),
        ("cpu_energy", kwh(new.energy.cpu)),
        ("gpu_energy", kwh(new.energy.gpu)),
        ("ram_energy", kwh(new.energy.ram)),
        ("energy_consumed", kwh(new.energy.total)),
        ("water_consumed", number(new.water.litres())),
        ("country_name", Cow::Borrowed(&*place.country_name)),
        ("country_iso_code", Cow::Borrowed(&*place.country_iso3)),
        ("region", Cow::Borrowed(&*place.region)),
        ("cloud_provider", Cow::Borrowed(&*place.cloud_provider)),
        ("cloud_region", Cow::Borrowed(&*place.cloud_region)),
        ("on_cloud", Cow::Borrowed(on_cloud)),
        ("pue", number(new.pue)),
        ("wue", number(new.wue_l_per_kwh)),
        ("grid_g_co2e_per_kwh", number(new.g_per_kwh)),
        ("grid_source", Cow::Borrowed(source)),
    ]
}
