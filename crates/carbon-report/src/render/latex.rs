//! LaTeX, to paste into a paper: a table and the paragraph on methods. It needs no package.

use std::fmt::Write;

use super::{groups, printable, totals};
use crate::report::Report;
use crate::table::Align;

/// A report in LaTeX.
pub fn latex(report: &Report) -> String {
    let mut out = String::from("% Written by codecarbon report. Needs no package.\n");
    if !report.summary.groups.is_empty() {
        let (titles, align, rows) = groups(report);
        let columns: String =
            align.iter().map(|a| if *a == Align::Right { 'r' } else { 'l' }).collect();
        let line = |cells: Vec<String>| format!("  {} \\\\\n", cells.join(" & "));
        let _ = write!(out, "\\begin{{table}}\n\\centering\n\\begin{{tabular}}{{{columns}}}\n");
        out.push_str("  \\hline\n");
        out.push_str(&line(titles.into_iter().map(str::to_owned).collect()));
        out.push_str("  \\hline\n");
        for row in rows {
            out.push_str(&line(row.iter().map(|cell| escaped(cell)).collect()));
        }
        out.push_str("  \\hline\n\\end{tabular}\n");
        let totals: Vec<String> = totals(report)
            .into_iter()
            .filter(|(name, _)| matches!(*name, "Energy" | "Emissions"))
            .map(|(name, value)| format!("{name}: {}.", escaped(&value)))
            .collect();
        let _ = write!(
            out,
            "\\caption{{Energy use and greenhouse gas emissions. {}}}\n\\end{{table}}\n\n",
            totals.join(" ")
        );
    }
    if !report.methods.paragraph.is_empty() {
        let _ = writeln!(out, "{}", escaped(&printable(&report.methods.paragraph)));
    }
    for source in &report.methods.citations {
        let _ = writeln!(out, "% cite: {} <{}>", source.title, source.address);
    }
    for remark in &report.remarks {
        let _ = writeln!(out, "% note: {}", printable(remark));
    }
    out
}

/// Text in which no character is an instruction.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '|' => out.push_str("\\textbar{}"),
            '"' => out.push_str("\\textquotedbl{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            'µ' => out.push_str("$\\mu$"),
            '³' => out.push_str("\\textsuperscript{3}"),
            c => out.push(c),
        }
    }
    out.replace("CO2e", "CO\\textsubscript{2}e")
}
