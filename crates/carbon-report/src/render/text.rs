//! Text for a terminal.

use std::fmt::Write;

use super::{groups, printable, totals};
use crate::report::Report;
use crate::table;

/// The longest line of a paragraph, in characters.
const WIDTH: usize = 96;

/// A report as text; lines of tables may be longer than a narrow terminal.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    for (name, value) in totals(report) {
        let _ = writeln!(out, "{:<14}{value}", format!("{name}:"));
    }
    if !report.summary.groups.is_empty() {
        out.push('\n');
        let (titles, align, rows) = groups(report);
        let titles = titles.into_iter().map(str::to_owned).collect();
        let all: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
        for line in table::lines(&align, &all) {
            let _ = writeln!(out, "{line}");
        }
    }
    if report.summary.total.emissions.grams() > 0.0 {
        out.push_str("\nThe emissions equal\n");
        for equivalent in &report.equivalents {
            let _ = writeln!(out, "  {} {}", equivalent.shown, equivalent.what);
        }
    }
    if !report.methods.paragraph.is_empty() {
        out.push_str("\nMethods\n");
        out.push_str(&wrapped(&printable(&report.methods.paragraph), "  "));
        for source in &report.methods.citations {
            let _ = writeln!(out, "  - {} <{}>", source.title, source.address);
        }
    }
    for remark in &report.remarks {
        out.push_str(&wrapped(&format!("\nNote: {remark}"), ""));
    }
    out
}

/// A paragraph in lines, each with an indent.
fn wrapped(paragraph: &str, indent: &str) -> String {
    let mut out = String::new();
    if paragraph.starts_with('\n') {
        out.push('\n');
    }
    let mut length = 0;
    for word in paragraph.split_whitespace() {
        let characters = word.chars().count();
        if length > 0 && length + 1 + characters > WIDTH {
            out.push('\n');
            length = 0;
        }
        let gap = if length == 0 { indent } else { " " };
        let _ = write!(out, "{gap}{word}");
        length += gap.chars().count() + characters;
    }
    out.push('\n');
    out
}
