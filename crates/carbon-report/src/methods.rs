//! The paragraph for a paper: what was measured how, with which factors, and what it came to.
//!
//! It is made of what the files say. Where a CSV file does not say how its energy came about, the
//! paragraph says that it does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carbon_factors::{SourceInfo, sources};
use carbon_model::{CarbonMass, Intensity};
use carbon_tracker::config::FactorTable;

use crate::entry::{Entry, Equipment, Place};
use crate::grids::Grids;
use crate::local_time::LocalTime;
use crate::runs::Runs;
use crate::summary::{Coverage, Summary};
use crate::units;

/// The paragraph and what it cites.
#[derive(Debug, Clone, PartialEq)]
pub struct Methods {
    /// Sentences; "CO2e" stands for itself.
    pub paragraph: String,
    /// Sources of factors that were used, as far as they are known.
    pub citations: Vec<SourceInfo>,
}

/// Intensities are told apart by the thousandth of a gram, which is finer than they are shown.
const ROUNDING: f64 = 1000.0;

/// How many of a kind are named before the rest is counted.
const NAMED: usize = 3;

impl Methods {
    /// Writes the paragraph for runs and their summary.
    pub fn of(runs: &Runs, summary: &Summary, grids: &mut Grids) -> Self {
        if runs.counted.is_empty() {
            return Self { paragraph: String::new(), citations: Vec::new() };
        }
        let entries = &runs.counted;
        let mut former = Grids::new(FactorTable::CodeCarbon);
        let factors = GridsUsed::of(entries, &mut [grids, &mut former]);
        let sentences = [
            what(entries, summary),
            equipment(entries),
            energy(entries),
            factors.sentence(),
            overhead(entries),
            result(summary),
        ];
        Self { paragraph: sentences.join(" "), citations: factors.citations }
    }
}

fn what(entries: &[Entry], summary: &Summary) -> String {
    let total = &summary.total;
    let runs = counted(entries.len(), "run", "runs");
    let projects: Vec<String> = total.projects.iter().filter(|p| !p.is_empty()).cloned().collect();
    let of_projects = match projects.len() {
        0 => String::new(),
        1 => format!(" of the project {}", projects[0]),
        many => format!(" of {many} projects"),
    };
    let when = match total.dates {
        Some((first, last)) if first.date() == last.date() => format!(" on {}", first.date()),
        Some((first, last)) => format!(" between {} and {}", first.date(), last.date()),
        None => String::new(),
    };
    let versions: BTreeSet<&str> = entries.iter().map(|entry| &*entry.equipment.version).collect();
    let tools = listed(versions.into_iter().map(tool).collect());
    format!(
        "Energy use and greenhouse gas emissions of {runs}{of_projects}{when} were estimated with \
         {tools}."
    )
}

/// The program that wrote a version; CodeCarbon itself began with 1.0.
fn tool(version: &str) -> String {
    match version {
        "" => "CodeCarbon (version not recorded)".to_owned(),
        version if version.starts_with("0.") => format!("codecarbon-rs {version}"),
        version => format!("CodeCarbon {version}"),
    }
}

fn equipment(entries: &[Entry]) -> String {
    // Many thousand runs have few machines.
    let mut kinds: HashMap<MachineKind<'_>, f64> = HashMap::new();
    for entry in entries {
        *kinds.entry(MachineKind::of(&entry.equipment)).or_default() += entry.energy.total.joules();
    }
    let mut machines: BTreeMap<String, f64> = BTreeMap::new();
    for (kind, energy_j) in kinds {
        *machines.entry(kind.words()).or_default() += energy_j;
    }
    machines.remove("");
    let time: f64 = entries.iter().map(|entry| entry.duration_s).sum();
    let time = units::duration_s(time);
    if machines.is_empty() {
        return format!("They took {time} in all.");
    }
    format!("They took {time} in all on {}.", most(machines, "other machines"))
}

/// What tells machines apart.
#[derive(Debug, PartialEq, Eq, Hash)]
struct MachineKind<'a> {
    cpu_model: &'a str,
    cpu_count: u32,
    gpu_model: &'a str,
    gpu_count: u32,
    /// GiB, by its bits.
    ram_bits: u64,
}

impl<'a> MachineKind<'a> {
    fn of(equipment: &'a Equipment) -> Self {
        Self {
            cpu_model: &equipment.cpu_model,
            cpu_count: equipment.cpu_count,
            gpu_model: &equipment.gpu_model,
            gpu_count: equipment.gpu_count,
            ram_bits: equipment.ram_gib.to_bits(),
        }
    }

    /// Nothing where nothing is known of it.
    fn words(&self) -> String {
        let mut parts = Vec::new();
        if !self.cpu_model.is_empty() {
            let threads = match self.cpu_count {
                0 => String::new(),
                count => format!(" ({})", counted(count as usize, "logical CPU", "logical CPUs")),
            };
            parts.push(format!("{}{threads}", self.cpu_model));
        }
        if self.gpu_count > 0 && !self.gpu_model.is_empty() {
            parts.push(self.gpu_model.to_owned());
        }
        let ram_gib = f64::from_bits(self.ram_bits);
        if ram_gib > 0.0 {
            parts.push(format!("{} GiB of memory", units::digits(ram_gib)));
        }
        listed(parts)
    }
}

fn energy(entries: &[Entry]) -> String {
    let mut parts: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for source in entries.iter().filter_map(|e| e.told.as_deref()).flat_map(|told| &told.sources) {
        let of = parts.entry((component(&source.component), basis(&source.basis))).or_default();
        of.insert(&source.label);
    }
    let told = entries.iter().filter(|entry| entry.told.is_some()).count();
    let mut sentence = String::new();
    if !parts.is_empty() {
        let parts = parts.into_iter().map(|((component, basis), labels)| {
            let labels = listed(labels.into_iter().map(str::to_owned).collect());
            format!("that of the {component} was {basis} ({labels})")
        });
        sentence = format!("Of the energy, {}. ", listed(parts.collect()));
    }
    let untold = entries.len() - told;
    let whose = match (told, untold) {
        (_, 0) => None,
        (0, 1) => Some("The record does".to_owned()),
        (0, _) => Some("The records do".to_owned()),
        _ => Some(format!("The records of {} do", counted(untold, "run", "runs"))),
    };
    let unknown = "not say which part of the energy was measured and which modelled.";
    sentence.extend(whose.map(|whose| format!("{whose} {unknown} ")));
    let modes: BTreeSet<&str> = entries.iter().map(|e| &*e.equipment.tracking_mode).collect();
    let billed = match modes.into_iter().collect::<Vec<_>>()[..] {
        ["machine"] => "The energy of the whole machine is counted.",
        ["process"] => "The energy is that of the measured processes, by their share of use.",
        _ => {
            "The energy is that of the whole machine or of the measured processes, as each run was set."
        }
    };
    sentence + billed
}

fn component(name: &str) -> &'static str {
    match name {
        "cpu" => "processors",
        "gpu" => "GPUs",
        "ram" => "memory",
        _ => "other parts",
    }
}

fn basis(name: &str) -> &'static str {
    match name {
        "measured" => "measured",
        "derived" => "derived from measured power",
        "modelled" => "modelled",
        _ => "assumed",
    }
}

fn overhead(entries: &[Entry]) -> String {
    let low = entries.iter().map(|entry| entry.pue).fold(f64::INFINITY, f64::min);
    let high = entries.iter().map(|entry| entry.pue).fold(0.0, f64::max);
    if high <= 1.0 {
        "No overhead of a data centre is included (PUE 1).".to_owned()
    } else if low == high {
        format!("A power usage effectiveness (PUE) of {high:.2} is included.")
    } else {
        format!("A power usage effectiveness (PUE) of {low:.2} to {high:.2} is included.")
    }
}

fn result(summary: &Summary) -> String {
    let total = &summary.total;
    let energy_bounds = total.energy_bounds.map_or_else(String::new, |bounds| {
        format!(" (95 % interval: {})", units::energy_bounds(bounds))
    });
    let bounds = units::mass_bounds(total.emissions_bounds);
    let bounds = match total.coverage {
        Coverage::Everything => format!("95 % interval: {bounds}"),
        Coverage::GridOnly | Coverage::Partly | Coverage::Nothing => {
            format!("{bounds} by {}", total.coverage.remark())
        }
    };
    let water = match total.water.litres() {
        litres if litres > 0.0 => {
            format!(" Cooling used an estimated {} of water.", units::water(total.water))
        }
        _ => String::new(),
    };
    format!(
        "In total {}{energy_bounds} were used, which caused emissions of {} CO2e ({bounds}).{water}",
        units::energy(total.energy.total),
        units::mass(total.emissions),
    )
}

/// The intensities that emissions were computed with, by place.
struct GridsUsed {
    /// Words for a place and its intensity, and how much was emitted there.
    places: BTreeMap<String, f64>,
    citations: Vec<SourceInfo>,
}

impl GridsUsed {
    fn of(entries: &[Entry], tables: &mut [&mut Grids]) -> Self {
        // Few of many thousand runs differ in place, year and intensity.
        let mut kinds: HashMap<(&Place, u16, u64), (&Entry, CarbonMass)> = HashMap::new();
        for entry in entries {
            let year = entry.ended.map_or(0, LocalTime::year);
            let g_per_kwh = entry.intensity().map_or(0.0, Intensity::g_per_kwh);
            let key = (&entry.place, year, (g_per_kwh * ROUNDING).round() as u64);
            kinds.entry(key).or_insert((entry, CarbonMass::ZERO)).1 += entry.emissions;
        }
        let mut used = Self { places: BTreeMap::new(), citations: Vec::new() };
        for ((place, year, _), (entry, mass)) in kinds {
            let shown = units::digits(entry.intensity().map_or(0.0, Intensity::g_per_kwh));
            let (from, title) = origin(entry, year, tables);
            let words = format!("{shown} g CO2e/kWh for {} ({from})", place.name());
            *used.places.entry(words).or_default() += mass.grams();
            let source = title.and_then(|title| sources().find(|source| source.title == title));
            used.citations.extend(source);
        }
        used.citations.sort_by_key(|source| source.id);
        used.citations.dedup();
        used
    }

    fn sentence(&self) -> String {
        let places = most(self.places.clone(), "other places");
        format!("Emissions rest on a carbon intensity of the electricity of {places}.")
    }
}

/// Where an entry's intensity comes from, in words, and the title of its source: what its report
/// says, else the table that has the same figure.
fn origin(entry: &Entry, year: u16, tables: &mut [&mut Grids]) -> (String, Option<String>) {
    let words = |year: Option<u16>, source: &str| match year {
        Some(year) => format!("{source}, {year}"),
        None => source.to_owned(),
    };
    if let Some(told) = &entry.told {
        let source = told.grid.source.clone();
        return (words(told.grid.year, &source), Some(source));
    }
    let own = entry.intensity().map_or(0.0, Intensity::g_per_kwh);
    for table in tables {
        let grid = &table.of(&entry.place, year).grid;
        let listed = grid.intensity.value.g_per_kwh();
        // Files of the reference are exact to the digits that a double has, ours too.
        if (own - listed).abs() <= 1e-4 * listed {
            return (words(grid.year, &grid.source), Some(grid.source.clone()));
        }
    }
    ("as the records have it".to_owned(), None)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// "a", "a and b", "a, b and c".
fn listed(mut items: Vec<String>) -> String {
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
    }
}

/// The weightiest items by name, and how many others there are.
fn most(items: BTreeMap<String, f64>, others: &str) -> String {
    let mut items: Vec<(String, f64)> = items.into_iter().collect();
    items.sort_by(|a, b| b.1.total_cmp(&a.1));
    let rest = items.len().saturating_sub(NAMED);
    let mut names: Vec<String> = items.into_iter().take(NAMED).map(|(name, _)| name).collect();
    if rest > 0 {
        names.push(format!("{rest} {others}"));
    }
    if names.iter().any(|name| name.contains(" and ") || name.contains(',')) {
        names.join("; ")
    } else {
        listed(names)
    }
}
