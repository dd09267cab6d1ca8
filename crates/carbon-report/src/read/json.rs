//! JSON reports of ours, one or many in a file, and bare records.

use std::borrow::Cow;

use carbon_model::{CarbonMass, Energy, Intensity, Interval};
use serde::Deserialize;
use serde_json::Value;

use super::cells::{Cells, Column, RowFault, Texts, entry};
use crate::entry::{Entry, Origin, Told, ToldGrid, ToldSource};

/// Why an item of a JSON file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// It is no JSON, from here on.
    #[error("{0}; nothing was read from there on")]
    Syntax(#[from] serde_json::Error),
    /// It is neither a report nor a record.
    #[error("neither a report nor a record of a run")]
    NotARecord,
    /// A report of a later version of this program.
    #[error(
        "schema version {found}; this program reads version {}",
        carbon_outputs::json::SCHEMA_VERSION
    )]
    Version {
        /// What the report says.
        found: u64,
    },
    /// Its record cannot be used.
    #[error(transparent)]
    Record(#[from] RowFault),
}

/// What the items of a file come to: reports, one after the other or in a list.
pub(super) fn read(bytes: &[u8], file: usize, texts: &mut Texts) -> (Vec<Entry>, Vec<JsonFault>) {
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    for item in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        match item {
            Ok(Value::Array(items)) => {
                for item in &items {
                    add(item, file, texts, &mut entries, &mut faults);
                }
            }
            Ok(item) => add(&item, file, texts, &mut entries, &mut faults),
            Err(error) => {
                faults.push(error.into());
                break;
            }
        }
    }
    (entries, faults)
}

fn add(
    item: &Value,
    file: usize,
    texts: &mut Texts,
    entries: &mut Vec<Entry>,
    faults: &mut Vec<JsonFault>,
) {
    match read_one(item, Origin { file, line: 0 }, texts) {
        Ok(found) => entries.extend(found),
        Err(fault) => faults.push(fault),
    }
}

/// The run of an item and its tasks.
fn read_one(item: &Value, origin: Origin, texts: &mut Texts) -> Result<Vec<Entry>, JsonFault> {
    let Some(version) = item.get("schema_version") else {
        return match item.get("emissions") {
            Some(_) => Ok(vec![entry(&Record(item), origin, texts)?]),
            None => Err(JsonFault::NotARecord),
        };
    };
    let found = version.as_u64().unwrap_or(0);
    if found != u64::from(carbon_outputs::json::SCHEMA_VERSION) {
        return Err(JsonFault::Version { found });
    }
    let record = item.get("record").ok_or(JsonFault::NotARecord)?;
    let mut run = entry(&Record(record), origin, texts)?;
    run.told = Some(Box::new(Report::deserialize(item)?.into()));
    let mut entries = vec![run];
    for task in item.get("tasks").and_then(Value::as_array).into_iter().flatten() {
        let mut task = entry(&Record(task), origin, texts)?;
        // Records of tasks do not name the factors of their run, which hold for them too.
        (task.pue, task.wue_l_per_kwh) = (entries[0].pue, entries[0].wue_l_per_kwh);
        entries.push(task);
    }
    Ok(entries)
}

struct Record<'a>(&'a Value);

impl Cells for Record<'_> {
    fn text(&self, column: Column) -> Cow<'_, str> {
        match self.0.get(column.name()) {
            None | Some(Value::Null) => Cow::Borrowed(""),
            Some(Value::String(text)) => Cow::Borrowed(text),
            Some(other) => Cow::Owned(other.to_string()),
        }
    }
}

/// The part of a report that is read beyond its record.
#[derive(Debug, Deserialize)]
struct Report {
    facility_energy: Note,
    emissions_kg: Bounds,
    pricing: Pricing,
    machine: Section,
    process: Option<Section>,
}

#[derive(Debug, Deserialize)]
struct Note {
    kwh: Bounds,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Bounds {
    value: f64,
    low: f64,
    high: f64,
}

impl Bounds {
    fn interval<Q: carbon_model::Quantity>(self, of: impl Fn(f64) -> Q) -> Interval<Q> {
        Interval::new(of(self.value), of(self.low), of(self.high))
    }
}

#[derive(Debug, Deserialize)]
struct Pricing {
    grid: Grid,
}

#[derive(Debug, Deserialize)]
struct Grid {
    name: String,
    g_per_kwh: Bounds,
    year: Option<u16>,
    source: String,
}

#[derive(Debug, Deserialize)]
struct Section {
    components: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    component: String,
    sources: Vec<Source>,
}

#[derive(Debug, Deserialize)]
struct Source {
    label: String,
    basis: String,
}

impl From<Report> for Told {
    fn from(report: Report) -> Self {
        let Grid { name, g_per_kwh, year, source } = report.pricing.grid;
        let parts = report.process.unwrap_or(report.machine).components;
        let sources = parts.into_iter().flat_map(|Part { component, sources }| {
            sources.into_iter().map(move |Source { label, basis }| ToldSource {
                component: component.clone(),
                basis,
                label,
            })
        });
        Self {
            energy: report.facility_energy.kwh.interval(Energy::from_kilowatt_hours),
            emissions: report.emissions_kg.interval(CarbonMass::from_kilograms),
            grid: ToldGrid {
                name,
                intensity: g_per_kwh.interval(Intensity::from_g_per_kwh),
                year,
                source,
            },
            sources: sources.collect(),
        }
    }
}
