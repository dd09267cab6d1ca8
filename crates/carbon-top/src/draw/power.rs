//! Power now, by component: a figure, a bar on one scale for all, and its past.

use carbon_report::units;
use ratatui_core::style::Style;

use super::marks::{bar, sparkline};
use super::sheet::Sheet;
use crate::figures::ViewModel;

/// Columns of the name and of the figure.
const NAME: u16 = 6;
const FIGURE: u16 = 9;

/// From this width on sources are named.
const WIDE: u16 = 100;
/// Columns for the name of a source.
const SOURCE: u16 = 30;

/// Draws from a line on; the lines that it takes.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16) -> u16 {
    let (figures, theme) = (model.figures, model.theme);
    if figures.components.is_empty() {
        let text = "Nothing here can be measured or modelled; codecarbon doctor says why.";
        sheet.put(0, line, sheet.width(), text, theme.warning());
        return 1;
    }
    let scale_w = figures.total_w.iter().copied().fold(0.0, f64::max);
    let mut drawn = 0;
    let mut row = |name: &str, history_w: &[f64], source: &str, style: Style, name_style: Style| {
        let y = line + drawn;
        drawn += 1;
        sheet.put(0, y, NAME, name, name_style);
        let now_w = history_w.last().copied();
        let figure =
            now_w.map_or("-".to_owned(), |w| units::power(carbon_model::Power::from_watts(w)));
        sheet.put_right(NAME + FIGURE, y, &figure, theme.strong());
        let begin = NAME + FIGURE + 2;
        let width = sheet.width();
        let source_width = if width >= WIDE { SOURCE } else { 0 };
        let bar_width = (width - begin - source_width) / 3;
        let part = if scale_w > 0.0 { now_w.unwrap_or(0.0) / scale_w } else { 0.0 };
        sheet.put(begin, y, bar_width, &bar(part, bar_width), style);
        let begin = begin + bar_width + 2;
        let spark_width = width.saturating_sub(begin + source_width);
        sheet.put(begin, y, spark_width, &sparkline(history_w, spark_width), style);
        if source_width > 0 {
            let begin = width - source_width + 2;
            sheet.put(begin, y, source_width - 2, source, theme.label());
        }
    };
    let whole = figures.machine_power.map(|power| format!("of {} in all", units::power(power)));
    let whole = whole.unwrap_or_default();
    row("Power", &figures.total_w, &whole, theme.total(), theme.strong());
    for part in &figures.components {
        let style = theme.of(part.component);
        row(part.component.label(), &part.history_w, &part.source, style, style);
    }
    drawn
}
