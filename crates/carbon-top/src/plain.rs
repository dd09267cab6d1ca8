//! The view as lines: for pipes, logs and terminals that are none.

use std::fmt::Write as _;

use carbon_report::units;

use crate::figures::{Figures, ViewModel};
use crate::text::{harmless, percent, without_directory};

/// The figures of a moment as one line: time, power by component, sums, pace, and who uses the most.
/// `timestamp` is the moment as local time.
pub fn line(model: &ViewModel<'_>, timestamp: &str) -> String {
    let figures = model.figures;
    let mut line = timestamp.to_owned();
    for part in &figures.components {
        let _ = write!(line, "  {} {:>7}", part.component, units::power(part.power));
    }
    let energy = model.choices.units.energy(figures.energy.value);
    let mass = units::mass(figures.emissions.value);
    let time = units::duration(figures.active);
    let _ = write!(line, "  total {energy}, {mass} CO2eq in {time}");
    if let Some(rate) = figures.rate {
        let _ = write!(line, "  {} CO2eq/h", units::mass(rate.emissions_per_hour));
    }
    if let Some(top) = top(model) {
        line.push_str(&top);
    }
    line.push_str(&tasks(model).unwrap_or_default());
    line
}

fn tasks(model: &ViewModel<'_>) -> Option<String> {
    let tasks = model.figures.tasks_by_energy();
    let first = tasks.first()?;
    let count: u64 = tasks.iter().map(|task| task.count).sum();
    let name: String = harmless(&first.name).chars().take(40).collect();
    Some(format!("  tasks {count}, most {name} {}", model.choices.units.energy(first.energy)))
}

fn top(model: &ViewModel<'_>) -> Option<String> {
    let listed = model.choices.listed(&model.figures.processes);
    let first = listed.first().filter(|process| process.energy.joules() > 0.0)?;
    let share = percent(model.figures.share_percent(first.energy));
    let command: String = harmless(without_directory(&first.command)).chars().take(40).collect();
    Some(format!("  top {command} ({}) {share}", first.id.pid))
}

/// What the figures rest on, told once before the lines.
pub fn preamble(figures: &Figures) -> String {
    let grid = &figures.grid;
    let intensity = grid.intensity.value.g_per_kwh();
    format!("Grid: {}, {} g CO2eq/kWh ({})", grid.name, units::digits(intensity), grid.source)
}
