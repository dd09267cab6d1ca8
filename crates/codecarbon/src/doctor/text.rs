//! The examination for people: a pure function of what was found, the width and whether there are
//! colours. Commands are never broken, so that they can be copied.

use std::fmt::Write;

use carbon_model::{Component, Source};

use super::check::{Check, Examination, Figure, State, Subject, accuracy_text};

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Width of the terminal.
    pub(super) columns: usize,
    /// Whether colours may be used.
    pub(super) colours: bool,
}

/// Narrower is drawn as this, wider as that.
const COLUMNS: std::ops::RangeInclusive<usize> = 60..=110;

/// Where the details begin: a mark, a name, a state.
const NAME: usize = 12;
const STATE: usize = 9;
const INDENT: usize = 2 + 2 + NAME + STATE;

/// The text.
pub(super) fn render(examination: &Examination, style: Style) -> String {
    let columns = style.columns.clamp(*COLUMNS.start(), *COLUMNS.end());
    let mut page = Page { out: String::new(), columns, colours: style.colours };
    for line in wrapped(&examination.machine, columns) {
        let _ = writeln!(page.out, "{line}");
    }
    page.out.push('\n');
    page.verdict(examination);
    let mut subject = None;
    for check in &examination.checks {
        if subject != Some(check.subject) {
            subject = Some(check.subject);
            page.heading(check.subject);
        }
        page.check(check);
    }
    page.out
}

struct Page {
    out: String,
    columns: usize,
    colours: bool,
}

const BOLD: &str = "1";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const DIM: &str = "2";

impl Page {
    fn painted(&self, colour: &str, text: &str) -> String {
        if self.colours && !text.is_empty() {
            format!("\x1b[{colour}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn verdict(&mut self, examination: &Examination) {
        let has_gpus = examination.figures.iter().any(|f| f.component == Component::Gpu);
        let (colour, word) = match (examination.is_measured(), has_gpus) {
            (true, true) => (GREEN, "Processor and GPUs are measured."),
            (true, false) => (GREEN, "The processor is measured."),
            (false, _) => (YELLOW, "Figures are estimates."),
        };
        let word = self.painted(&format!("{BOLD};{colour}"), word);
        let _ = writeln!(self.out, "{word}");
        for figure in &examination.figures {
            let colour = if figure.is_measured() { GREEN } else { YELLOW };
            let label = self.painted(colour, &format!("{:<6}", figure.name));
            self.hanging(&format!("  {label}  "), 10, &figure_text(figure));
        }
    }

    fn heading(&mut self, subject: Subject) {
        let mut word = subject.label().to_owned();
        if subject == Subject::Gpu {
            word.make_ascii_uppercase();
        } else if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let _ = writeln!(self.out, "\n{}", self.painted(BOLD, &word));
    }

    fn check(&mut self, check: &Check) {
        let (mark, colour) = match check.state {
            State::Used => ("✓", GREEN),
            State::Found => ("·", ""),
            State::Denied | State::Hidden if check.fixes.is_empty() => ("·", DIM),
            state if state.is_trouble() => ("✗", RED),
            _ => ("·", DIM),
        };
        let head = format!("{mark} {:<NAME$}{:<STATE$} ", check.name, check.state.label());
        let head = if colour.is_empty() { head } else { self.painted(colour, &head) };
        self.hanging(&format!("  {head}"), INDENT + 1, &check.detail);
        for gain in &check.gains {
            let text = format!(
                "{}: {} would be {}",
                gain.component,
                accuracy_text(gain.from),
                accuracy_text(gain.to)
            );
            let label = self.painted(GREEN, "gain  ");
            self.hanging(&format!("      {label}"), 12, &text);
        }
        for fix in &check.fixes {
            let label = self.painted(YELLOW, "fix   ");
            let _ = writeln!(self.out, "      {label}{}", fix.command);
            if !fix.note.is_empty() {
                self.hanging(&" ".repeat(12), 12, &fix.note);
            }
        }
    }

    /// Text after a head, its further lines under its first.
    fn hanging(&mut self, head: &str, indent: usize, text: &str) {
        let lines = wrapped(text, self.columns.saturating_sub(indent));
        for (number, line) in lines.iter().enumerate() {
            let before = if number == 0 { head.to_owned() } else { " ".repeat(indent) };
            let _ = writeln!(self.out, "{}", format!("{before}{line}").trim_end());
        }
    }
}

fn figure_text(figure: &Figure) -> String {
    let Figure { source, detail, .. } = figure;
    if *source == Source::Unknown {
        return format!("cannot be metered ({detail}): its energy is not in the total");
    }
    let accuracy = figure.accuracy.map(|a| format!(", {}", accuracy_text(a))).unwrap_or_default();
    format!("{}: {detail}{accuracy}", source.label())
}

/// Words in lines of at most so many characters; a longer word, such as a path, is broken, after a
/// slash where that is possible. There is always one line.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut length = 0;
    // Unlike other white space, a non-breaking blank belongs to its word.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        for (number, part) in parts(word, width.max(1)).into_iter().enumerate() {
            let part_length = part.chars().count();
            let blank = usize::from(length > 0 && number == 0);
            if length > 0 && length + blank + part_length > width {
                lines.push(String::new());
                length = 0;
            }
            if let Some(line) = lines.last_mut() {
                if length > 0 && number == 0 {
                    line.push(' ');
                    length += 1;
                }
                line.push_str(part);
                length += part_length;
            }
        }
    }
    lines
}

/// A word in parts that fit a line; nearly always one.
fn parts(word: &str, width: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some((fits, _)) = rest.char_indices().nth(width) {
        let end = rest[..fits].rfind('/').map_or(fits, |slash| slash + 1);
        // A slash at the very beginning is no place to break.
        let end = if end > 1 { end } else { fits };
        parts.push(&rest[..end]);
        rest = &rest[end..];
    }
    parts.push(rest);
    parts
}
