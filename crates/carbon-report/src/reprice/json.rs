//! A JSON report with other factors; the former figures are kept in it under `original`.

use std::path::Path;

use carbon_model::{CarbonMass, Energy, Interval, Quantity};
use carbon_outputs::json::Bounds;
use serde_json::{Map, Value, json as value};

use super::{Repriced, Repricer};
use crate::entry::Entry;
use crate::read::{Fault, Reading};

/// A JSON file that cannot be priced anew.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonChangeError {
    /// It cannot be read as reports.
    #[error(transparent)]
    Unreadable(#[from] Box<Fault>),
    /// It holds several reports, or a record without a report.
    #[error("not one report of a run: only a single report can be written with other factors")]
    NotOne,
}

/// A report with other factors, as indented JSON with a line end. What the factors do not touch
/// (meters, sources, gaps, tasks) stays.
///
/// # Errors
/// The file is not one report.
pub fn json(path: &Path, bytes: &[u8], repricer: &mut Repricer) -> Result<String, JsonChangeError> {
    let mut reading = Reading::default();
    reading.add(path, bytes);
    if let Some(fault) = reading.faults.pop() {
        return Err(Box::new(fault).into());
    }
    let mut report: Value = match serde_json::from_slice(bytes) {
        Ok(report) => report,
        Err(_) => return Err(JsonChangeError::NotOne),
    };
    let run = reading.entries.iter().find(|entry| entry.task.is_none() && entry.told.is_some());
    let (Some(run), Some(fields)) = (run, report.as_object_mut()) else {
        return Err(JsonChangeError::NotOne);
    };
    let repriced = repricer.apply(run);
    if !fields.contains_key("original") {
        let kept = ["facility_energy", "emissions_kg", "water_l", "pricing"];
        let original: Map<String, Value> = kept
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), fields.get(name)?.clone())))
            .collect();
        fields.insert("original".to_owned(), original.into());
    }
    replace(fields, run, &repriced);
    let tasks = reading.entries.iter().filter(|entry| entry.task.is_some());
    let noted = fields.get_mut("tasks").and_then(Value::as_array_mut).into_iter().flatten();
    for (entry, task) in tasks.zip(noted) {
        replace_record(task, entry, &repricer.apply(entry));
    }
    Ok(format!("{report:#}\n"))
}

fn replace(fields: &mut Map<String, Value>, run: &Entry, new: &Repriced) {
    let bounds = new.energy_bounds.unwrap_or(Interval::exact(new.energy.total));
    fields.insert(
        "facility_energy".to_owned(),
        value!({
            "joules": noted(bounds, Energy::joules),
            "kwh": noted(bounds, Energy::kilowatt_hours),
        }),
    );
    let emissions = noted(new.emissions_bounds, CarbonMass::kilograms);
    fields.insert("emissions_kg".to_owned(), emissions);
    fields.insert("water_l".to_owned(), new.water.litres().into());
    if let Some(pricing) = fields.get_mut("pricing").and_then(Value::as_object_mut) {
        pricing.insert("pue".to_owned(), new.pue.into());
        pricing.insert("wue_l_per_kwh".to_owned(), new.wue_l_per_kwh.into());
        if let Some(grid) = &new.grid {
            let grid = value!({
                "zone": grid.zone,
                "name": grid.name,
                "g_per_kwh": noted(grid.intensity, carbon_model::Intensity::g_per_kwh),
                "year": grid.year,
                "source": grid.source,
                "assumed": grid.assumed,
            });
            pricing.insert("grid".to_owned(), grid);
        }
    }
    if let Some(record) = fields.get_mut("record") {
        replace_record(record, run, new);
    }
}

fn noted<Q: Quantity>(interval: Interval<Q>, number: impl Fn(Q) -> f64) -> Value {
    let Bounds { value, low, high } = Bounds::of(interval, number);
    value!({ "value": value, "low": low, "high": high })
}

/// The columns of the record that factors touch.
fn replace_record(record: &mut Value, entry: &Entry, new: &Repriced) {
    let mass = new.emissions.kilograms();
    let place = &new.place;
    let known = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let figures = [
        ("emissions", mass.into()),
        (
            "emissions_rate",
            (if entry.duration_s > 0.0 { mass / entry.duration_s } else { 0.0 }).into(),
        ),
        ("cpu_energy", new.energy.cpu.kilowatt_hours().into()),
        ("gpu_energy", new.energy.gpu.kilowatt_hours().into()),
        ("ram_energy", new.energy.ram.kilowatt_hours().into()),
        ("energy_consumed", new.energy.total.kilowatt_hours().into()),
        ("water_consumed", new.water.litres().into()),
        ("country_name", known(&place.country_name)),
        ("country_iso_code", known(&place.country_iso3)),
        ("region", known(&place.region)),
        ("cloud_provider", place.cloud_provider.to_string().into()),
        ("cloud_region", place.cloud_region.to_string().into()),
        ("on_cloud", if place.cloud_provider.is_empty() { "N" } else { "Y" }.into()),
        ("pue", new.pue.into()),
        ("wue", new.wue_l_per_kwh.into()),
    ];
    if let Some(record) = record.as_object_mut() {
        for (name, figure) in figures {
            // Records of tasks have fewer.
            if let Some(field) = record.get_mut(name) {
                *field = figure;
            }
        }
    }
}
