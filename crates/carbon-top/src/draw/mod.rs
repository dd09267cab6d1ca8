//! Draws the view on a frame: a pure function of what is shown and the size of the frame.
//!
//! From 60 columns and 16 lines on everything has a place; what there is more room for is shown wider
//! or in more lines. On less, a short message says so.

mod gpus;
mod help;
mod marks;
mod output;
mod power;
mod processes;
mod sheet;
mod sums;
mod tasks;
mod theme;

use std::time::Duration;

use carbon_report::units;
use ratatui_core::terminal::Frame;

use crate::figures::{Subject, ViewModel};
use crate::text::{harmless, interval, without_directory};
use sheet::Sheet;
pub use theme::Theme;

/// Fewest columns and lines that hold everything.
pub const SMALLEST: (u16, u16) = (60, 16);

/// From this many lines on there are empty lines between the parts.
const ROOMY: u16 = 22;

/// Draws the whole view.
pub fn draw(model: &ViewModel<'_>, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(model, &mut sheet);
    } else {
        header(model, &mut sheet);
        if model.choices.is_help {
            help::draw(model, &mut sheet);
        } else {
            body(model, &mut sheet);
        }
        footer(model, &mut sheet);
    }
    if model.theme.is_ascii {
        theme::to_ascii(frame.buffer_mut());
    }
}

fn body(model: &ViewModel<'_>, sheet: &mut Sheet<'_>) {
    let height = sheet.height();
    let gap = u16::from(height >= ROOMY);
    let mut line = 1 + gap;
    line += power::draw(model, sheet, line) + gap;
    line += sums::draw(model, sheet, line) + gap;
    let left = height.saturating_sub(line + 1);
    line += gpus::draw(model, sheet, line, left / 4);
    let left = height.saturating_sub(line + 1);
    line += tasks::draw(model, sheet, line, left / 4);
    let left = height.saturating_sub(line + 1);
    let output = output::lines_wanted(model, left);
    let notice = notice(model, sheet, height, output);
    processes::draw(model, sheet, line, left.saturating_sub(output + notice));
    output::draw(model, sheet, height - 1 - output, output);
}

/// The first thing to know about the figures, above the output; the lines that it takes.
fn notice(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, height: u16, output: u16) -> u16 {
    let Some(text) = model.figures.notices.first().filter(|_| height >= ROOMY + 2) else {
        return 0;
    };
    let line = height - 2 - output;
    let text = format!("Note: {}", harmless(text));
    sheet.put(0, line, sheet.width(), &text, model.theme.warning());
    1
}

fn header(model: &ViewModel<'_>, sheet: &mut Sheet<'_>) {
    let figures = model.figures;
    let style = model.theme.header();
    sheet.fill(0, 1, style);
    let name = "codecarbon";
    let end = sheet.put(1, 0, sheet.width(), name, model.theme.header_name()) + 2;
    let time = format!(
        "{}{}, every {} ",
        if model.choices.is_paused { "PAUSED  " } else { "" },
        interval(whole_seconds(figures.active)),
        interval(figures.every)
    );
    let begin = sheet.put_right(sheet.width(), 0, &time, style);
    let subject = match &figures.subject {
        Subject::Machine => "this machine".to_owned(),
        Subject::Command(line) => harmless(without_directory(line)),
        Subject::Process { pid, name } => {
            format!("process {pid}: {}", harmless(without_directory(name)))
        }
    };
    sheet.put(end, 0, begin.saturating_sub(end + 2), &subject, style);
}

/// A time without the parts of its seconds.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs_f64().round() as u64)
}

fn footer(model: &ViewModel<'_>, sheet: &mut Sheet<'_>) {
    let line = sheet.height() - 1;
    let choices = model.choices;
    if choices.is_typing {
        let end = sheet.put(0, line, 8, "Filter: ", model.theme.label());
        let end = sheet.put(end, line, 42, &choices.filter, model.theme.strong());
        let end = sheet.put(end, line, 1, "_", model.theme.strong());
        let rest = sheet.width().saturating_sub(end + 2);
        sheet.put(end + 2, line, rest, "Enter keeps it, Esc clears it", model.theme.label());
        return;
    }
    let pause = if choices.is_paused { "go on" } else { "pause" };
    let wide = sheet.width() >= 76;
    let sort = format!("sort: {}", choices.sort.label());
    let unit = format!("unit: {}", choices.units.label());
    let keys: [(&str, &str); 6] = [
        ("q", "quit"),
        ("s", &sort),
        ("/", "filter"),
        ("p", pause),
        ("u", if wide { &unit } else { "unit" }),
        ("?", "help"),
    ];
    let mut x = 0;
    for (key, text) in keys {
        x = sheet.put(x, line, 1, key, model.theme.key()) + 1;
        x = sheet.put(x, line, 20, text, model.theme.label()) + 2;
    }
}

fn too_small(model: &ViewModel<'_>, sheet: &mut Sheet<'_>) {
    let (width, height) = (sheet.width(), sheet.height());
    let lines = [
        units::power(model.figures.power()),
        format!("The window is {width}x{height};"),
        format!("the view needs {}x{}.", SMALLEST.0, SMALLEST.1),
        "q quits".to_owned(),
    ];
    for (line, text) in (0..height).zip(lines) {
        sheet.put(0, line, width, &text, model.theme.plain());
    }
}
