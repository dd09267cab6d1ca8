//! What an entry says of its run, its tasks and its experiment, as the store has it.

use carbon_report::Entry;
use carbon_store::{
    Experiment, ExperimentId, MAX_SOURCES_BYTES, MAX_VALUE, ProjectId, RunFacts, Task, TaskId,
    Timestamp,
};
use serde_json::{Map, Value, json};

/// Longest text that is shown, in characters: names of projects, processors, places.
const LONGEST: usize = 300;

/// The id that CodeCarbon gives to the experiment of everybody who names none.
const EVERYBODYS: &str = "5b0fa12a-3dd7-45bb-9766-cc326314d9f1";

/// A text of a file on one line, shortened; none where nothing is left.
pub(super) fn plain(text: &str) -> Option<String> {
    let text: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    (!text.trim().is_empty()).then_some(text)
}

/// What a run says of itself.
pub(super) fn of(entry: &Entry) -> RunFacts {
    let equipment = &entry.equipment;
    let count = |count: u32| (count > 0).then_some(i64::from(count));
    RunFacts {
        os: plain(&equipment.os),
        python_version: plain(&equipment.python_version),
        codecarbon_version: plain(&equipment.version),
        cpu_count: count(equipment.cpu_count),
        cpu_model: plain(&equipment.cpu_model),
        gpu_count: count(equipment.gpu_count),
        gpu_model: plain(&equipment.gpu_model),
        longitude: entry.position.map(|(longitude, _)| longitude),
        latitude: entry.position.map(|(_, latitude)| latitude),
        region: plain(&entry.place.region),
        provider: plain(&entry.place.cloud_provider),
        ram_total_size: Some(equipment.ram_gib).filter(|gib| *gib > 0.0 && *gib < 1e15),
        tracking_mode: plain(&equipment.tracking_mode),
        sources: sources(entry),
        ..RunFacts::default()
    }
}

/// Where the figures come from, in the form in which clients tell it.
fn sources(entry: &Entry) -> Option<String> {
    let told = entry.told.as_ref()?;
    let mut parts = Map::new();
    for source in &told.sources {
        let words = json!({ "source": source.label, "label": source.label, "basis": source.basis });
        parts.entry(source.component.to_lowercase()).or_insert(words);
    }
    let grid = json!({
        "source": told.grid.source,
        "label": told.grid.name,
        "year": told.grid.year,
        "intensity_g_per_kwh": told.grid.intensity.value.g_per_kwh(),
        "low_g_per_kwh": told.grid.intensity.low.g_per_kwh(),
        "high_g_per_kwh": told.grid.intensity.high.g_per_kwh(),
        "pue": entry.pue,
    });
    parts.insert("grid".to_owned(), grid);
    let text = Value::Object(parts).to_string();
    (text.len() <= MAX_SOURCES_BYTES).then_some(text)
}

/// A task of a run.
pub(super) fn task(entry: &Entry, id: TaskId, start: Timestamp) -> Task {
    let energy = &entry.energy;
    Task {
        id,
        name: entry.task.as_deref().and_then(plain).unwrap_or_default(),
        start,
        duration_s: entry.duration_s.min(MAX_VALUE),
        energy_kwh: energy.total.kilowatt_hours(),
        emissions_kg: entry.emissions.kilograms(),
        cpu_energy_kwh: Some(energy.cpu.kilowatt_hours()),
        gpu_energy_kwh: Some(energy.gpu.kilowatt_hours()),
        ram_energy_kwh: Some(energy.ram.kilowatt_hours()),
    }
}

/// The experiment of a run: where it ran, by the id that the file has if it is one of the user's.
pub(super) fn experiment(
    entry: &Entry,
    id: ExperimentId,
    project_id: ProjectId,
    timestamp: Timestamp,
) -> Experiment {
    let place = &entry.place;
    let name = Some(&*entry.experiment_id).filter(|id| *id != EVERYBODYS).and_then(plain);
    let is_named = name.is_some();
    let where_it_ran = plain(&place.name()).unwrap_or_default();
    Experiment {
        id,
        project_id,
        timestamp,
        description: if is_named { where_it_ran.clone() } else { String::new() },
        name: name.unwrap_or(where_it_ran),
        country_name: plain(&place.country_name),
        country_iso_code: plain(&place.country_iso3),
        region: plain(&place.region),
        on_cloud: place.is_cloud(),
        cloud_provider: plain(&place.cloud_provider),
        cloud_region: plain(&place.cloud_region),
    }
}
