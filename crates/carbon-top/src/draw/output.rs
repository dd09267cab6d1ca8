//! The last lines that the command wrote.

use super::sheet::Sheet;
use crate::figures::ViewModel;
use crate::text::harmless;

/// With fewer lines left than this the processes take them all.
const LEAST: u16 = 8;

/// Lines that the output takes of those that are left, its title included.
pub(super) fn lines_wanted(model: &ViewModel<'_>, left: u16) -> u16 {
    match &model.figures.output {
        Some(_) if left >= LEAST => (left / 3).clamp(3, 12),
        _ => 0,
    }
}

/// Draws in so many lines.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16, lines: u16) {
    let Some(output) = model.figures.output.as_ref().filter(|_| lines > 1) else { return };
    let width = sheet.width();
    let title = "── output ";
    let end = sheet.put(0, line, width, title, model.theme.label());
    sheet.put(end, line, width, &"─".repeat(usize::from(width - end)), model.theme.label());
    let room = usize::from(lines - 1);
    let newest = &output[output.len().saturating_sub(room)..];
    for (y, text) in (line + 1..).zip(newest) {
        sheet.put(0, y, width, &harmless(text), model.theme.plain());
    }
}
