//! A report in a format: a table for the terminal, Markdown, LaTeX or JSON.
//!
//! Names of projects and places come from files that anybody may have written, so each format
//! escapes them in its own way, and control characters never reach a terminal.

mod json;
mod latex;
mod markdown;
mod text;

use carbon_model::Energy;

use crate::report::Report;
use crate::summary::{Coverage, Group};
use crate::table::Align;
use crate::units;

pub use json::json;
pub use latex::latex;
pub use markdown::markdown;
pub use text::text;

/// Text without characters that would move a cursor, change a direction or end a line.
pub fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// The figures of the whole, as name and value.
fn totals(report: &Report) -> Vec<(&'static str, String)> {
    let total = &report.summary.total;
    let mut lines = vec![("Runs", total.runs.to_string())];
    if let Some((first, last)) = total.dates {
        lines.push(("Ended", format!("{first} to {last}")));
    }
    lines.push(("Duration", units::duration_s(total.duration_s)));
    let bounds = total.energy_bounds.filter(|_| total.runs > 0);
    let energy = units::energy(total.energy.total);
    lines.push(match bounds {
        Some(bounds) => ("Energy", format!("{energy} (95 %: {})", units::energy_bounds(bounds))),
        None => ("Energy", energy),
    });
    let parts = total.energy.parts();
    if parts.len() > 1 {
        let part = |(name, energy): &(&str, Energy)| format!("{name} {}", units::energy(*energy));
        lines.push(("By component", parts.iter().map(part).collect::<Vec<_>>().join(", ")));
    }
    lines.push(("Mean power", units::power(total.power())));
    let emissions = units::mass(total.emissions);
    lines.push(("Emissions", format!("{emissions} CO2e ({})", interval(total))));
    if let Some(g_per_kwh) = total.g_per_kwh() {
        lines.push(("Intensity", format!("{} g CO2e/kWh", units::digits(g_per_kwh))));
    }
    if total.water.litres() > 0.0 {
        lines.push(("Water", units::water(total.water)));
    }
    lines.push(("Places", places(total)));
    lines
}

/// The bounds of the emissions with what they cover.
fn interval(group: &Group) -> String {
    let bounds = units::mass_bounds(group.emissions_bounds);
    match group.coverage {
        Coverage::Everything | Coverage::Nothing => format!("95 %: {bounds}"),
        Coverage::GridOnly => format!("by the grid alone: {bounds}"),
        Coverage::Partly => format!("in part by the grid alone: {bounds}"),
    }
}

/// The places of a group with their share of its energy.
fn places(group: &Group) -> String {
    const NAMED: usize = 3;
    let total = group.energy.total.joules();
    let mut names: Vec<String> = group
        .places
        .iter()
        .take(NAMED)
        .map(|place| match group.places.len() {
            1 => printable(&place.name),
            _ => {
                let share = if total > 0.0 { 100.0 * place.energy.joules() / total } else { 0.0 };
                format!("{} {share:.0} %", printable(&place.name))
            }
        })
        .collect();
    match group.places.len().saturating_sub(NAMED) {
        0 => {}
        rest => names.push(format!("{rest} more")),
    }
    names.join(", ")
}

/// Titles, alignment and rows of the table of groups.
fn groups(report: &Report) -> (Vec<&'static str>, Vec<Align>, Vec<Vec<String>>) {
    let summary = &report.summary;
    let water = summary.total.water.litres() > 0.0;
    let mut titles = vec![title(summary.by.as_str()), "Runs", "Duration", "Energy", "Power"];
    titles.extend(["Emissions", "Interval"]);
    titles.extend(water.then_some("Water"));
    titles.push("Place");
    let mut align = vec![Align::Right; titles.len()];
    align[0] = Align::Left;
    align[titles.len() - 1] = Align::Left;
    let row = |group: &Group| {
        let mut row = vec![
            printable(&group.name),
            group.runs.to_string(),
            units::duration_s(group.duration_s),
            units::energy(group.energy.total),
            units::power(group.power()),
            units::mass(group.emissions),
            units::mass_bounds(group.emissions_bounds),
        ];
        row.extend(water.then(|| units::water(group.water)));
        row.push(places(group));
        row
    };
    (titles, align, summary.groups.iter().map(row).collect())
}

fn title(by: &'static str) -> &'static str {
    match by {
        "project" => "Project",
        "experiment" => "Experiment",
        "run" => "Run",
        "task" => "Task",
        "country" => "Country",
        _ => "Month",
    }
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
