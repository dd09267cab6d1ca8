//! Tasks of programs that measure themselves, by name.

use carbon_model::{CarbonMass, Energy};
use carbon_report::units;

use super::sheet::Sheet;
use crate::figures::ViewModel;
use crate::text::{digits, harmless};

/// Columns from the right: emissions, energy, time, number.
const MASS: u16 = 10;
const ENERGY: u16 = 11;
const TIME: u16 = 11;
const COUNT: u16 = 7;

/// Draws from a line on, at most so many lines, but one where there are tasks; the lines that it takes.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16, most: u16) -> u16 {
    let tasks = model.figures.tasks_by_energy();
    let Some(first) = tasks.first() else { return 0 };
    let energy: Energy = tasks.iter().map(|task| task.energy).sum();
    let count: u64 = tasks.iter().map(|task| task.count).sum();
    let label = model.theme.label();
    if most < 3 {
        let word = if count == 1 { "task" } else { "tasks" };
        let text = format!(
            "{count} {word} ended, {}; most: {} {}",
            model.choices.units.energy(energy),
            harmless(&first.name),
            model.choices.units.energy(first.energy)
        );
        sheet.put(0, line, sheet.width(), &text, label);
        return 1;
    }
    let unit = model.choices.units.of_column(first.energy);
    let mut row = |y: u16, name: &str, cells: [&str; 4], is_title: bool| {
        let mut end = sheet.width();
        for (width, cell) in [MASS, ENERGY, TIME, COUNT].into_iter().zip(cells.iter().rev()) {
            let style = if is_title { label } else { model.theme.plain() };
            sheet.put_right(end, y, cell, style);
            end = end.saturating_sub(width);
        }
        let style = if is_title { label } else { model.theme.strong() };
        sheet.put(0, y, end.saturating_sub(1), name, style);
    };
    row(line, "TASK, ended", ["NUMBER", "TIME", &format!("ENERGY {}", unit.1), "CO2e"], true);
    let room = usize::from(most - 1);
    let shown = if tasks.len() <= room { tasks.len() } else { room - 1 };
    let cells = |count: u64, seconds: f64, energy: Energy, mass: CarbonMass| {
        let time = units::duration(std::time::Duration::from_secs_f64(seconds));
        (count.to_string(), time, digits(energy.joules() / unit.0), units::mass(mass))
    };
    for (y, task) in (line + 1..).zip(&tasks[..shown]) {
        let (count, time, energy, mass) =
            cells(task.count, task.duration.as_secs_f64(), task.energy, task.emissions);
        let name = match task.name.as_str() {
            "" => "further names".to_owned(),
            name => harmless(name),
        };
        row(y, &name, [&count, &time, &energy, &mass], false);
    }
    let rest = &tasks[shown..];
    if !rest.is_empty() {
        let (count, time, energy, mass) = cells(
            rest.iter().map(|task| task.count).sum(),
            rest.iter().map(|task| task.duration.as_secs_f64()).sum(),
            rest.iter().map(|task| task.energy).sum(),
            rest.iter().map(|task| task.emissions).sum(),
        );
        let name = format!("{} more names", rest.len());
        row(line + 1 + shown as u16, &name, [&count, &time, &energy, &mass], false);
    }
    1 + shown as u16 + u16::from(!rest.is_empty())
}
