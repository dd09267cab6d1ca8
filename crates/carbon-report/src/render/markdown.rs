//! Markdown, for README files, issues and summaries of CI jobs.

use std::fmt::Write;

use super::{groups, printable, totals};
use crate::report::Report;
use crate::table::Align;

/// A report in Markdown (CommonMark with tables).
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("## Energy and emissions\n\n|  |  |\n|---|---|\n");
    for (name, value) in totals(report) {
        let _ = writeln!(out, "| {name} | {} |", subscript(&escaped(&value)));
    }
    if !report.summary.groups.is_empty() {
        let (titles, align, rows) = groups(report);
        let _ = writeln!(out, "\n| {} |", titles.join(" | "));
        let rule = |align: &Align| if *align == Align::Right { "---:" } else { "---" };
        let _ = writeln!(out, "|{}|", align.iter().map(rule).collect::<Vec<_>>().join("|"));
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
    }
    if report.summary.total.emissions.grams() > 0.0 {
        out.push_str("\n### The emissions equal\n\n");
        for equivalent in &report.equivalents {
            let _ = writeln!(out, "- {} {}", escaped(&equivalent.shown), equivalent.what);
        }
    }
    if !report.methods.paragraph.is_empty() {
        let paragraph = escaped(&printable(&report.methods.paragraph));
        let _ = writeln!(out, "\n### Methods\n\n{}", subscript(&paragraph));
        if !report.methods.citations.is_empty() {
            out.push('\n');
        }
        for source in &report.methods.citations {
            let _ = writeln!(out, "- {} ({}): <{}>", source.title, source.licence, source.address);
        }
    }
    for remark in &report.remarks {
        let _ = writeln!(out, "\n> {}", escaped(remark));
    }
    out
}

/// Text in which no character is an instruction.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' | '@' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn subscript(text: &str) -> String {
    text.replace("CO2e", "CO₂e")
}
