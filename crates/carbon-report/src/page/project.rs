//! The section of a project: where it ran, totals, last run, emissions over time and by run.

use std::fmt::Write;

use carbon_model::CarbonMass;
use serde::Serialize;

use super::chart::{Scale, percent};
use super::elsewhere::{Elsewhere, clouds, states};
use super::overview::{Equal, Figure, anchor, equals, figures, interval};
use crate::entry::Entry;
use crate::local_time::LocalTime;
use crate::report::Report;
use crate::summary::{By, Group};
use crate::units;

/// Runs in the chart of runs: the latest.
const MOST_BARS: usize = 60;
/// Runs in the table: the latest.
const MOST_RUNS: usize = 25;
/// Points of the line.
const MOST_POINTS: usize = 240;
/// Width of the line's own coordinates.
const LINE_WIDTH: f64 = 1000.0;

/// A project's section.
#[derive(Debug, Serialize)]
pub(super) struct Project {
    pub(super) name: String,
    anchor: String,
    figures: Vec<Figure>,
    interval: String,
    runs: usize,
    place: Vec<(&'static str, String)>,
    last: Last,
    equivalents: Vec<Equal>,
    line: Option<LineChart>,
    bars: BarChart,
    rows: Vec<RunRow>,
    clouds: Option<Elsewhere>,
    states: Option<Elsewhere>,
}

/// The latest run.
#[derive(Debug, Serialize)]
struct Last {
    ended: String,
    duration: String,
    energy: String,
    power: String,
    emissions: String,
}

/// Emissions so far, over time.
#[derive(Debug, Serialize)]
struct LineChart {
    scale: Scale,
    line: String,
    area: String,
    labels: Vec<Label>,
    total: String,
}

/// Emissions of each run.
#[derive(Debug, Serialize)]
struct BarChart {
    scale: Scale,
    bars: Vec<Bar>,
    first: String,
    last: String,
    /// How many earlier runs are not drawn.
    earlier: usize,
}

#[derive(Debug, Serialize)]
struct Bar {
    x: f64,
    width: f64,
    y: f64,
    height: f64,
    title: String,
}

#[derive(Debug, Serialize)]
struct Label {
    x: f64,
    anchor: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct RunRow {
    ended: String,
    run: String,
    task: Option<String>,
    duration: String,
    energy: String,
    power: String,
    emissions: String,
    place: String,
}

/// The sections: the project that was asked for first, then those with the largest emissions.
pub(super) fn projects(report: &Report, first: Option<&str>, most: usize) -> Vec<Project> {
    let mut groups: Vec<&Group> = report.summary.groups.iter().collect();
    // Stable: the others keep their order.
    groups.sort_by_key(|group| Some(group.name.as_str()) != first);
    groups.truncate(most);
    let mut entries: Vec<Vec<&Entry>> = vec![Vec::new(); groups.len()];
    let places: std::collections::HashMap<&str, usize> =
        groups.iter().enumerate().map(|(i, group)| (group.name.as_str(), i)).collect();
    for entry in &report.runs.counted {
        if let Some(&place) = places.get(By::Project.key(entry).as_str()) {
            entries[place].push(entry);
        }
    }
    let sections = groups.into_iter().zip(entries).enumerate();
    sections.filter_map(|(index, (group, entries))| project(index, group, entries)).collect()
}

fn project(index: usize, group: &Group, mut entries: Vec<&Entry>) -> Option<Project> {
    // Rows without a time stay in the order of their file, before the others.
    entries.sort_by_key(|entry| (entry.ended, entry.origin));
    let last = *entries.last()?;
    let year = last.ended.map(LocalTime::year);
    Some(Project {
        name: group.name.clone(),
        anchor: anchor(index),
        figures: figures(group),
        interval: interval(group),
        runs: group.runs,
        place: place(last),
        last: Last {
            ended: time(last),
            duration: units::duration_s(last.duration_s),
            energy: units::energy(last.energy.total),
            power: units::power(last.power()),
            emissions: units::mass(last.emissions),
        },
        equivalents: equals(group.emissions),
        line: line(&entries),
        bars: bars(&entries),
        rows: entries.iter().rev().take(MOST_RUNS).map(|entry| row(entry)).collect(),
        clouds: clouds(&last.place, group, year),
        states: states(&last.place, group, year),
    })
}

fn time(entry: &Entry) -> String {
    entry.ended.map_or_else(|| "unknown".to_owned(), |time| time.to_string())
}

/// Where the latest run took place, in lines.
fn place(entry: &Entry) -> Vec<(&'static str, String)> {
    let place = &entry.place;
    let or_unknown = |text: &str| if text.is_empty() { "unknown" } else { text }.to_owned();
    let country = match (&*place.country_name, &*place.country_iso3) {
        ("", "") => "unknown".to_owned(),
        (name, "") => name.to_owned(),
        ("", iso3) => iso3.to_owned(),
        (name, iso3) => format!("{name} ({iso3})"),
    };
    let mut lines = vec![("Country", country)];
    if !place.region.is_empty() {
        lines.push(("Region", place.region.to_string()));
    }
    if place.cloud_provider.is_empty() {
        lines.push(("Infrastructure", "private".to_owned()));
    } else {
        lines.push(("Cloud", place.cloud_provider.to_string()));
        lines.push(("Cloud region", or_unknown(&place.cloud_region)));
    }
    let equipment = &entry.equipment;
    if !equipment.cpu_model.is_empty() {
        lines.push(("Processor", equipment.cpu_model.to_string()));
    }
    if equipment.gpu_count > 0 {
        lines.push(("GPU", equipment.gpu_model.to_string()));
    }
    lines
}

fn row(entry: &Entry) -> RunRow {
    RunRow {
        ended: time(entry),
        run: entry.run_id.to_string(),
        task: entry.task.as_deref().map(str::to_owned),
        duration: units::duration_s(entry.duration_s),
        energy: units::energy(entry.energy.total),
        power: units::power(entry.power()),
        emissions: units::mass(entry.emissions),
        place: entry.place.name(),
    }
}

/// Emissions added up from the first run to the last; nothing for runs of one moment.
fn line(entries: &[&Entry]) -> Option<LineChart> {
    let dated: Vec<(i64, CarbonMass)> = entries
        .iter()
        .filter_map(|entry| Some((entry.ended?.seconds(), entry.emissions)))
        .collect();
    let (first, last) = (dated.first()?.0, dated.last()?.0);
    if last <= first {
        return None;
    }
    let total: CarbonMass = dated.iter().map(|(_, mass)| *mass).sum();
    let scale = Scale::of(total);
    let x = |seconds: i64| LINE_WIDTH * (seconds - first) as f64 / (last - first) as f64;
    let mut line = format!("M0 {}", scale.zero);
    let mut so_far = CarbonMass::ZERO;
    let mut drawn = -1.0;
    for (index, (seconds, mass)) in dated.iter().enumerate() {
        so_far += *mass;
        let x = (x(*seconds) * 10.0).round() / 10.0;
        let far_enough = x - drawn >= LINE_WIDTH / MOST_POINTS as f64;
        if far_enough || index + 1 == dated.len() {
            let _ = write!(line, "H{x}V{}", scale.y(so_far));
            drawn = x;
        }
    }
    let area = format!("{line}V{}z", scale.zero);
    let at = |seconds: i64| LocalTime::from_seconds(seconds);
    let days = (last - first) / 86_400;
    let label = |seconds: i64| match days {
        0..3 => at(seconds).to_string(),
        _ => at(seconds).date(),
    };
    let labels = vec![
        Label { x: 0.0, anchor: "start", text: label(first) },
        Label { x: 50.0, anchor: "middle", text: label(i64::midpoint(first, last)) },
        Label { x: 100.0, anchor: "end", text: label(last) },
    ];
    Some(LineChart { scale, line, area, labels, total: units::mass(total) })
}

fn bars(entries: &[&Entry]) -> BarChart {
    let earlier = entries.len().saturating_sub(MOST_BARS);
    let drawn = &entries[earlier..];
    let most = drawn.iter().map(|entry| entry.emissions.grams()).fold(0.0, f64::max);
    let scale = Scale::of(CarbonMass::from_grams(most));
    // A few runs do not fill the width with a few slabs.
    let slots = drawn.len().max(12) as f64;
    let bar = |(index, entry): (usize, &&Entry)| {
        let y = scale.y(entry.emissions);
        let task = entry.task.as_deref().map_or_else(String::new, |task| format!(", {task}"));
        Bar {
            x: percent(index as f64 + 0.1, slots),
            width: percent(0.8, slots),
            y,
            height: ((scale.zero - y) * 10.0).round() / 10.0,
            title: format!(
                "{}{task}: {} CO₂e, {}, {}",
                time(entry),
                units::mass(entry.emissions),
                units::energy(entry.energy.total),
                units::duration_s(entry.duration_s)
            ),
        }
    };
    let ends = |entry: Option<&&Entry>| entry.map_or_else(String::new, |entry| time(entry));
    let bars = drawn.iter().enumerate().map(bar).collect();
    let (first, last) = (ends(drawn.first()), ends(drawn.last()));
    BarChart { scale, bars, first, last, earlier }
}
