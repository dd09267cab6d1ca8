//! Changes to the text of a configuration file that leave everything else as it stands: comments,
//! order, unknown keys, other sections, spaces around the separator, line ends.
//!
//! Lines are found with the parser that reads the file, and the result is parsed again: should it
//! not say what was meant, nothing is returned.

use std::path::Path;

use carbon_tracker::config::{ConfigError, IniFile, SECTION, parse_ini};

/// One change of the section that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The key, in lower case.
    pub(super) key: String,
    /// Its new value in one line; `None` removes the key.
    pub(super) value: Option<String>,
}

/// Why a text cannot be changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum EditError {
    /// It has to be put right first.
    #[error(transparent)]
    Syntax(#[from] ConfigError),
    /// The key has to be changed by hand.
    #[error("{key} cannot be changed without changing more; edit the file by hand")]
    Entangled {
        /// The key.
        key: String,
    },
}

impl Change {
    /// Sets a key.
    pub(super) fn set(key: &str, value: &str) -> Self {
        Self { key: key.to_lowercase(), value: Some(value.trim().to_owned()) }
    }

    /// Removes a key.
    pub(super) fn unset(key: &str) -> Self {
        Self { key: key.to_lowercase(), value: None }
    }
}

/// The text with the changes made; `path` only labels the errors.
///
/// # Errors
/// The text breaks the syntax, or a change would touch more than its key.
pub(super) fn edited(text: &str, path: &Path, changes: &[Change]) -> Result<String, EditError> {
    let mut text = text.to_owned();
    for change in changes {
        text = apply(&text, path, change)?;
    }
    Ok(text)
}

fn apply(text: &str, path: &Path, change: &Change) -> Result<String, EditError> {
    let before = parse_ini(text, path)?;
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let end = if lines.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let place = Place::of(&before, &change.key, &lines);
    match (place, &change.value) {
        (Place::Entry { line, rest }, Some(value)) => {
            if value_of(&before, &change.key) == Some(value) {
                return Ok(text.to_owned());
            }
            lines[line] = replaced(&lines[line], value);
            rest.into_iter().rev().for_each(|index| drop(lines.remove(index)));
        }
        (Place::Entry { line, rest }, None) => {
            rest.into_iter().rev().for_each(|index| drop(lines.remove(index)));
            lines.remove(line);
        }
        (_, None) => return Ok(text.to_owned()),
        (Place::After { line, indent }, Some(value)) => {
            finish_line(&mut lines[line], end);
            let new = format!("{indent}{} = {}{end}", change.key, escaped(value));
            lines.insert(line + 1, new);
        }
        (Place::NewSection, Some(value)) => {
            if let Some(last) = lines.last_mut() {
                finish_line(last, end);
                lines.push(end.to_owned());
            }
            lines.push(format!("[{SECTION}]{end}{} = {}{end}", change.key, escaped(value)));
        }
    }
    let after = lines.concat();
    let read = parse_ini(&after, path).ok();
    if read.is_some_and(|read| meaning(&read) == expected(&before, change)) {
        return Ok(after);
    }
    Err(EditError::Entangled { key: change.key.clone() })
}

/// Where a key stands or is to stand; lines are counted from 0.
enum Place {
    /// It is there, with further lines of its value.
    Entry { line: usize, rest: Vec<usize> },
    /// It goes after this line.
    After { line: usize, indent: String },
    /// There is no section for it.
    NewSection,
}

impl Place {
    fn of(file: &IniFile, key: &str, lines: &[String]) -> Self {
        let Some(section) = file.section(SECTION) else { return Self::NewSection };
        let rest = |line: usize| continuation(file, line, lines);
        if let Some(entry) = section.entries.iter().find(|entry| entry.key == key) {
            return Self::Entry { line: entry.line - 1, rest: rest(entry.line - 1) };
        }
        let Some(last) = section.entries.last() else {
            return Self::After { line: section.line - 1, indent: String::new() };
        };
        let first = last.line - 1;
        let content = lines[first].trim_start().len();
        let indent = lines[first][..lines[first].len() - content].to_owned();
        Self::After { line: rest(first).last().copied().unwrap_or(first), indent }
    }
}

/// Further lines of the value that begins in a line: all with content up to the next key or section.
fn continuation(file: &IniFile, line: usize, lines: &[String]) -> Vec<usize> {
    let starts = file
        .sections
        .iter()
        .flat_map(|s| std::iter::once(s.line).chain(s.entries.iter().map(|entry| entry.line)));
    let next = starts.filter(|start| *start > line + 1).min().map_or(lines.len(), |next| next - 1);
    (line + 1..next)
        .filter(|index| {
            let content = lines[*index].trim();
            !content.is_empty() && !content.starts_with(['#', ';'])
        })
        .collect()
}

/// A line with another value, its key and separator as they were.
fn replaced(line: &str, value: &str) -> String {
    let end = &line[line.trim_end_matches(['\r', '\n']).len()..];
    let separator = line.find(['=', ':']).unwrap_or(0) + 1;
    let (head, old) = line.split_at(separator);
    let spaces = old.len() - old.trim_start_matches([' ', '\t']).len();
    let mut gap = &old[..spaces];
    if gap.is_empty() && head[..separator - 1].ends_with(' ') {
        gap = " ";
    }
    format!("{head}{gap}{}{end}", escaped(value))
}

/// A percent sign is doubled, as other readers of the file interpolate.
fn escaped(value: &str) -> String {
    value.replace('%', "%%")
}

fn finish_line(line: &mut String, end: &str) {
    if !line.ends_with('\n') {
        line.push_str(end);
    }
}

/// A value as it is read.
pub(super) fn value_of<'a>(file: &'a IniFile, key: &str) -> Option<&'a String> {
    let entry = file.section(SECTION)?.entries.iter().find(|entry| entry.key == key)?;
    Some(&entry.value)
}

type Meaning = Vec<(String, Vec<(String, String)>)>;

/// What a file says, without where.
fn meaning(file: &IniFile) -> Meaning {
    let entries = |section: &carbon_tracker::config::Section| {
        section.entries.iter().map(|e| (e.key.clone(), e.value.clone())).collect()
    };
    file.sections.iter().map(|section| (section.name.clone(), entries(section))).collect()
}

/// What a file should say after a change.
fn expected(before: &IniFile, change: &Change) -> Meaning {
    let mut meaning = meaning(before);
    let at = meaning.iter().position(|(name, _)| name == SECTION).unwrap_or_else(|| {
        meaning.push((SECTION.to_owned(), Vec::new()));
        meaning.len() - 1
    });
    let entries = &mut meaning[at].1;
    let found = entries.iter().position(|(key, _)| *key == change.key);
    match (found, &change.value) {
        (Some(index), Some(value)) => entries[index].1.clone_from(value),
        (Some(index), None) => drop(entries.remove(index)),
        (None, Some(value)) => entries.push((change.key.clone(), value.clone())),
        (None, None) => {}
    }
    meaning
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
