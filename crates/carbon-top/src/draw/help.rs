//! The page that says what the keys do and what the figures mean.

use super::sheet::Sheet;
use crate::figures::ViewModel;

const KEYS: [(&str, &str); 7] = [
    ("q", "quit; a command that is measured goes on"),
    ("s", "sort by energy, power, CPU, memory, name"),
    ("/  Esc", "filter by command line; Esc clears it"),
    ("p", "pause the screen; measuring goes on"),
    ("u", "unit of energy: what fits, Wh, J"),
    ("arrows", "scroll, also j, k, Page, Home and End"),
    ("Ctrl-C", "end; a command gets it as always"),
];

const OF_THE_MACHINE: &str = "idle: processors, GPUs and memory while nobody uses them";
const OF_A_TREE: &str = "The total is what the tree is billed, with its part of idle";

const MEANINGS: [&str; 4] = [
    "unattributed: interrupts, caches, processes never seen",
    "Bounds hold 95 %; projections take the last minute's pace",
    "Tasks are as programs here measure them: with all of the",
    "machine, where that is what they bill",
];

/// Draws below the header.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>) {
    let mut y = 2;
    for (key, text) in KEYS {
        sheet.put(2, y, 8, key, model.theme.key());
        sheet.put(11, y, sheet.width() - 11, text, model.theme.plain());
        y += 1;
    }
    let is_whole = model.figures.remainder.idle.is_some();
    let first = if is_whole { OF_THE_MACHINE } else { OF_A_TREE };
    for text in [first].into_iter().chain(MEANINGS) {
        y += 1;
        sheet.put(2, y, sheet.width() - 2, text, model.theme.label());
    }
}
