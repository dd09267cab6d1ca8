//! The table of processes and what they do not pay, down to the total of all.

use carbon_model::Energy;

use super::sheet::Sheet;
use crate::choices::Sort;
use crate::figures::{ProcessFigures, Subject, ViewModel};
use crate::text::{bytes, digits, harmless, percent, without_directory};

/// With fewer lines than this the end of the table is one line.
const TALL: u16 = 9;

/// From these widths on there are columns for the process id and the memory.
const WITH_PID: u16 = 70;
const WITH_MEMORY: u16 = 90;

/// Widths of the columns, from the right.
const SHARE: u16 = 8;
const ENERGY: u16 = 11;
const POWER: u16 = 9;
const CPU: u16 = 7;
const MEMORY: u16 = 8;
const PID: u16 = 8;

/// The unit of the energies: joules that it holds, and its name.
type Unit = (f64, &'static str);

/// Draws in so many lines.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16, lines: u16) {
    if lines < 2 {
        return;
    }
    let unit = model.choices.units.of_column(model.figures.remainder.total);
    let listed = model.choices.listed(&model.figures.processes);
    titles(model, sheet, line, (listed.len(), unit));
    let sums = sums(model);
    let all_fit = listed.len() + sums.len() + 2 <= usize::from(lines);
    let is_compact = lines < TALL && !all_fit;
    // One more line may be needed for the processes that are not shown.
    let end_lines = if is_compact { 1 } else { sums.len() + 1 };
    let room = usize::from(lines - 1).saturating_sub(end_lines);
    let scrolled = model.choices.scrolled.min(listed.len().saturating_sub(1));
    let shown: Vec<_> = listed.iter().skip(scrolled).take(room).collect();
    for (y, process) in (line + 1..).zip(&shown) {
        row(model, sheet, y, process, unit);
    }
    let shown_energy: Energy = shown.iter().map(|process| process.energy).sum();
    let all: Energy = model.figures.processes.iter().map(|process| process.energy).sum();
    let rest = model.figures.processes.len() - shown.len();
    let hidden = (rest, all - shown_energy);
    if is_compact {
        compact(model, sheet, line + lines - 1, hidden, unit);
        return;
    }
    let mut y = line + 1 + shown.len() as u16;
    if rest > 0 {
        let name = if rest == 1 { "1 more".to_owned() } else { format!("{rest} more") };
        sum(model, sheet, y, (&name, hidden.1), unit);
        y += 1;
    } else if model.figures.processes.is_empty() {
        sheet.put(0, y, sheet.width(), "no processes can be listed", model.theme.label());
        y += 1;
    }
    for (name, energy) in sums {
        sum(model, sheet, y, (&name, energy), unit);
        y += 1;
    }
}

/// What stands below the processes, total last.
fn sums(model: &ViewModel<'_>) -> Vec<(String, Energy)> {
    let remainder = model.figures.remainder;
    let mut sums = Vec::new();
    let (ended, energy) = remainder.ended;
    if ended > 0 {
        sums.push((format!("{ended} ended"), energy));
    }
    if let Some(idle) = remainder.idle {
        sums.push(("idle".to_owned(), idle));
    }
    sums.push(("unattributed".to_owned(), remainder.unattributed));
    let total = match model.figures.subject {
        _ if remainder.idle.is_some() => "total of this machine",
        Subject::Process { .. } => "total of the process tree",
        _ => "total of the command",
    };
    sums.push((total.to_owned(), remainder.total));
    sums
}

fn titles(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16, (listed, unit): (usize, Unit)) {
    let style = |sort: Option<Sort>| {
        let is_sorted = sort == Some(model.choices.sort);
        if is_sorted { model.theme.key() } else { model.theme.label() }
    };
    let mut end = sheet.width();
    let mut title = |width: u16, text: &str, sort: Option<Sort>| {
        sheet.put_right(end, line, text, style(sort));
        end -= width;
    };
    title(SHARE, "SHARE", None);
    title(ENERGY, &format!("ENERGY {}", unit.1), Some(Sort::Energy));
    title(POWER, "POWER W", Some(Sort::Power));
    title(CPU, "CPU %", Some(Sort::Cpu));
    let width = sheet.width();
    let mut end = width - SHARE - ENERGY - POWER - CPU;
    if width >= WITH_MEMORY {
        sheet.put_right(end, line, "MEMORY", style(Some(Sort::Memory)));
        end -= MEMORY;
    }
    let begin = if width >= WITH_PID {
        sheet.put_right(PID - 1, line, "PID", style(None));
        PID
    } else {
        0
    };
    let name = if model.choices.filter.is_empty() {
        "COMMAND".to_owned()
    } else {
        let all = model.figures.processes.len();
        format!("COMMAND with \"{}\": {listed} of {all}", model.choices.filter)
    };
    sheet.put(begin, line, end.saturating_sub(begin + 1), &name, style(Some(Sort::Name)));
}

fn row(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, y: u16, process: &ProcessFigures, unit: Unit) {
    let theme = model.theme;
    let width = sheet.width();
    let mut end = figures(model, sheet, y, process.energy, unit);
    sheet.put_right(end, y, &digits(process.power.watts()), theme.plain());
    end -= POWER;
    sheet.put_right(end, y, &format!("{:.1}", process.cpu_percent), theme.plain());
    end -= CPU;
    if width >= WITH_MEMORY {
        let memory = process.private_bytes.map_or("-".to_owned(), bytes);
        sheet.put_right(end, y, &memory, theme.plain());
        end -= MEMORY;
    }
    let begin = if width >= WITH_PID {
        sheet.put_right(PID - 1, y, &process.id.pid.to_string(), theme.label());
        PID
    } else {
        0
    };
    let command = harmless(without_directory(&process.command));
    sheet.put(begin, y, end.saturating_sub(begin + 1), &command, theme.plain());
}

fn sum(
    model: &ViewModel<'_>,
    sheet: &mut Sheet<'_>,
    y: u16,
    (name, energy): (&str, Energy),
    unit: Unit,
) {
    let style = if name.starts_with("total") { model.theme.total() } else { model.theme.label() };
    let begin = if sheet.width() >= WITH_PID { PID } else { 0 };
    sheet.put(begin, y, sheet.width() / 2, name, style);
    figures(model, sheet, y, energy, unit);
}

/// Energy and share; the column that is before them.
fn figures(
    model: &ViewModel<'_>,
    sheet: &mut Sheet<'_>,
    y: u16,
    energy: Energy,
    unit: Unit,
) -> u16 {
    let end = sheet.width();
    let share = percent(model.figures.share_percent(energy));
    sheet.put_right(end, y, &share, model.theme.plain());
    let energy = digits(energy.joules() / unit.0);
    sheet.put_right(end - SHARE, y, &energy, model.theme.strong());
    end - SHARE - ENERGY
}

/// The end of the table in one line.
fn compact(
    model: &ViewModel<'_>,
    sheet: &mut Sheet<'_>,
    y: u16,
    (rest, energy): (usize, Energy),
    unit: Unit,
) {
    let text = |energy: Energy| digits(energy.joules() / unit.0);
    let remainder = model.figures.remainder;
    let mut parts = Vec::new();
    if rest > 0 || remainder.ended.0 > 0 {
        parts.push(format!("rest {}", text(energy + remainder.ended.1)));
    }
    if let Some(idle) = remainder.idle {
        parts.push(format!("idle {}", text(idle)));
    }
    parts.push(format!("unattributed {}", text(remainder.unattributed)));
    let total = format!("total {} {}", text(remainder.total), unit.1);
    let begin = sheet.put_right(sheet.width(), y, &total, model.theme.total());
    sheet.put(0, y, begin.saturating_sub(1), &parts.join("  "), model.theme.label());
}
