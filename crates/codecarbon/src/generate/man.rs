//! Manual pages, in the macros of `man(7)`.

use std::fmt::Write;

use super::outline::{Flag, Page};

/// The page of a command.
pub(super) fn page(page: &Page, pages: &[Page]) -> String {
    let name = page.words.join("-");
    let mut out = format!(
        ".TH {} 1 \"\" \"codecarbon {}\" \"User Commands\"\n.nh\n.SH NAME\n{} \\- {}\n",
        escaped(&name.to_uppercase()),
        env!("CARGO_PKG_VERSION"),
        escaped(&name),
        escaped(&page.about)
    );
    // Writing to a string cannot fail.
    let _ = writeln!(out, ".SH SYNOPSIS\n.B {}", escaped(&page.usage));
    section(&mut out, "COMMANDS", page.below.iter().map(|(n, line)| (n.clone(), line.as_str())));
    section(&mut out, "ARGUMENTS", page.values.iter().map(|(n, help)| (n.clone(), help.as_str())));
    let mut headings: Vec<&str> = page.options.iter().map(|flag| flag.heading.as_str()).collect();
    headings.sort_by_key(|heading| page.options.iter().position(|flag| flag.heading == *heading));
    headings.dedup();
    for heading in headings {
        let flags = page.options.iter().filter(|flag| flag.heading == heading);
        let title = if heading.is_empty() { "OPTIONS".to_owned() } else { heading.to_uppercase() };
        section(&mut out, &title, flags.map(|flag| (signature(flag), flag.help.as_str())));
    }
    let (notes, examples) = match page.after.find("Example") {
        Some(at) => page.after.split_at(at),
        None => (page.after.as_str(), ""),
    };
    if !notes.trim().is_empty() {
        let _ = writeln!(out, ".SH NOTES\n{}", escaped(notes.trim()));
    }
    if let Some((_, examples)) = examples.split_once(':') {
        let _ = writeln!(out, ".SH EXAMPLES\n.nf\n{}\n.fi", escaped(examples.trim_matches('\n')));
    }
    let related: Vec<String> = pages
        .iter()
        .filter(|other| is_near(&other.words, &page.words))
        .map(|other| format!("\\fB{}\\fR(1)", escaped(&other.words.join("-"))))
        .collect();
    if !related.is_empty() {
        let _ = writeln!(out, ".SH SEE ALSO\n{}", related.join(", "));
    }
    out
}

/// Whether one is directly above or below the other.
fn is_near(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() + 1 == long.len() && long.starts_with(short)
}

fn signature(flag: &Flag) -> String {
    let spellings = flag.spellings().join(", ");
    match &flag.value {
        Some(value) if flag.needs_equals => format!("{spellings}[={value}]"),
        Some(value) => format!("{spellings} {value}"),
        None => spellings,
    }
}

fn section<'a>(out: &mut String, title: &str, rows: impl Iterator<Item = (String, &'a str)>) {
    for (number, (name, help)) in rows.enumerate() {
        if number == 0 {
            let _ = writeln!(out, ".SH {}", escaped(title));
        }
        let _ = writeln!(out, ".TP\n.B {}\n{}", escaped(&name), escaped(help));
    }
}

/// Text as the macros take it: no hyphens where dashes are meant, and no line that is a request.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = text.lines().map(|line| {
        if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}
