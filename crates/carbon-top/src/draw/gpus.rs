//! A line for each GPU: power, use and memory.

use carbon_report::units;

use super::marks::bar;
use super::sheet::Sheet;
use crate::figures::{GpuFigures, ViewModel};
use crate::text::{bytes, harmless};

/// Columns from the right: memory, use, bar, power.
const MEMORY: u16 = 16;
const PERCENT: u16 = 7;
const BAR: u16 = 10;
const POWER: u16 = 9;

/// Draws from a line on, at most so many lines, but one where there is a GPU; the lines that it takes.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16, most: u16) -> u16 {
    let gpus = &model.figures.gpus;
    let room = usize::from(most.max(1));
    if gpus.is_empty() {
        return 0;
    }
    let shown = if gpus.len() <= room { gpus.len() } else { room - 1 };
    for (y, gpu) in (line..).zip(&gpus[..shown]) {
        row(model, sheet, y, gpu);
    }
    if shown == gpus.len() {
        return shown as u16;
    }
    let rest = &gpus[shown..];
    let power = rest.iter().map(|gpu| gpu.power.watts()).sum();
    let text = format!(
        "{} {}, {} together",
        rest.len(),
        if shown == 0 { "GPUs" } else { "more GPUs" },
        units::power(carbon_model::Power::from_watts(power))
    );
    let y = line + shown as u16;
    sheet.put(0, y, sheet.width(), &text, model.theme.label());
    shown as u16 + 1
}

fn row(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, y: u16, gpu: &GpuFigures) {
    let theme = model.theme;
    let style = theme.of(carbon_model::Component::Gpu);
    let mut end = sheet.width();
    let memory = gpu.memory.map_or_else(String::new, |memory| {
        format!("{} of {}", bytes(memory.used_bytes), bytes(memory.total_bytes))
    });
    sheet.put_right(end, y, &memory, theme.plain());
    end = end.saturating_sub(MEMORY + BAR + 1);
    sheet.put(end, y, BAR, &bar(gpu.percent.unwrap_or(0.0) / 100.0, BAR), style);
    let percent = gpu.percent.map_or("-".to_owned(), |percent| format!("{percent:.0} %"));
    sheet.put_right(end - 1, y, &percent, theme.plain());
    end -= PERCENT + 1;
    sheet.put_right(end, y, &units::power(gpu.power), theme.strong());
    end -= POWER;
    let name = sheet.put(0, y, 8, &gpu.name, style);
    let rest = end.saturating_sub(name + 2);
    sheet.put(name + 1, y, rest, &harmless(&gpu.model), theme.label());
}
