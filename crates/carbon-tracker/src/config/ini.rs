//! Text of a configuration file to its sections and keys, by the rules of Python's `configparser`.
//!
//! Files written for CodeCarbon were written against those rules, so they hold here: `=` or `:`,
//! keys in any case, whole-line comments with `#` or `;` (none at the end of a line, as ids and
//! addresses hold both), indented lines continue a value, a repeated key is an error. Only
//! interpolation is left out: `%%` is read as `%`, any other `%` as itself.
//!
//! Written by hand because every message here names file and line, which the parser crates do not
//! give for keys, and because duplicates must not pass.

use std::path::Path;

use super::error::ConfigError;

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IniFile {
    /// Its sections in order; names keep their case.
    pub sections: Vec<Section>,
}

/// A section and its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Text between the brackets.
    pub name: String,
    /// Line of the header, counted from 1.
    pub line: usize,
    /// Keys in order.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// In lower case.
    pub key: String,
    /// Trimmed; lines of a continued value are joined by a newline.
    pub value: String,
    /// Line of the key, counted from 1.
    pub line: usize,
}

impl IniFile {
    /// The section of that exact name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.name == name)
    }
}

/// Parses the text of a file; `path` only labels the errors.
///
/// # Errors
/// A key before the first section, a repeated section or key, a line that is no assignment.
pub fn parse_ini(text: &str, path: &Path) -> Result<IniFile, ConfigError> {
    let mut file = IniFile::default();
    let mut key_indent = 0;
    let mut continuing = false;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, raw) in text.lines().enumerate() {
        let (line, content) = (index + 1, raw.trim());
        if content.starts_with(['#', ';']) {
            continue;
        }
        let open_entry = file.sections.last_mut().and_then(|s| s.entries.last_mut());
        if content.is_empty() {
            if let Some(entry) = open_entry.filter(|_| continuing) {
                entry.value.push('\n');
            }
            continue;
        }
        let indent = raw.len() - raw.trim_start().len();
        if let Some(entry) = open_entry.filter(|_| continuing && indent > key_indent) {
            entry.value.push('\n');
            entry.value.push_str(content);
            continue;
        }
        key_indent = indent;
        if let Some(name) = section_name(content) {
            continuing = false;
            open_section(&mut file, name, line, path)?;
        } else {
            continuing = true;
            add_entry(&mut file, content, line, path)?;
        }
    }
    for entry in file.sections.iter_mut().flat_map(|s| &mut s.entries) {
        entry.value = entry.value.trim_end().replace("%%", "%");
    }
    Ok(file)
}

/// `[name]`, up to the last closing bracket; what follows it is ignored.
fn section_name(content: &str) -> Option<&str> {
    let inside = content.strip_prefix('[')?;
    let end = inside.rfind(']')?;
    (end > 0).then(|| &inside[..end])
}

fn open_section(
    file: &mut IniFile,
    name: &str,
    line: usize,
    path: &Path,
) -> Result<(), ConfigError> {
    if let Some(first) = file.section(name) {
        return Err(ConfigError::DuplicateSection {
            path: path.to_owned(),
            line,
            section: name.to_owned(),
            first_line: first.line,
        });
    }
    file.sections.push(Section { name: name.to_owned(), line, entries: Vec::new() });
    Ok(())
}

fn add_entry(
    file: &mut IniFile,
    content: &str,
    line: usize,
    path: &Path,
) -> Result<(), ConfigError> {
    let path = || path.to_owned();
    let Some(section) = file.sections.last_mut() else {
        return Err(ConfigError::MissingSection { path: path(), line, text: content.to_owned() });
    };
    let assignment = content
        .split_once(['=', ':'])
        .map(|(key, value)| (key.trim().to_lowercase(), value.trim()))
        .filter(|(key, _)| !key.is_empty());
    let Some((key, value)) = assignment else {
        return Err(ConfigError::NotAssignment { path: path(), line, text: content.to_owned() });
    };
    if let Some(first) = section.entries.iter().find(|e| e.key == key) {
        let first_line = first.line;
        return Err(ConfigError::DuplicateKey { path: path(), line, key, first_line });
    }
    section.entries.push(Entry { key, value: value.to_owned(), line });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let file = parse_ini(text, Path::new("f")).unwrap();
        let section = file.section("codecarbon").unwrap();
        section.entries.iter().map(|e| (e.key.clone(), e.value.clone())).collect()
    }

    fn value(line: &str) -> String {
        values(&format!("[codecarbon]\n{line}\n")).remove(0).1
    }

    fn message(text: &str) -> String {
        parse_ini(text, Path::new("my.config")).unwrap_err().to_string()
    }

    #[test]
    fn keys_are_read_with_either_separator_and_in_any_case() {
        let text = "# mine\n[codecarbon]\nProject_Name = tree : one\nPUE:1.2\n; end\n";
        let expected = [("project_name", "tree : one"), ("pue", "1.2")];
        let read = values(text);
        assert!(read.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(expected));
    }

    #[test]
    fn comment_signs_inside_a_value_belong_to_it() {
        assert_eq!(value("api_key = a#b ; c"), "a#b ; c");
    }

    #[test]
    fn percent_signs_need_no_escape_and_doubled_ones_are_one() {
        assert_eq!(value("project_name = 50% done"), "50% done");
        assert_eq!(value("project_name = 50%% done"), "50% done");
    }

    #[test]
    fn indented_lines_continue_a_value_and_blank_lines_end_nothing() {
        assert_eq!(value("project_name = a\n   b\n\n   c\n# x\n\n"), "a\nb\n\nc");
        let same_indent = values("[codecarbon]\n  a = 1\n  b = 2\n");
        assert_eq!(same_indent.len(), 2);
    }

    #[test]
    fn a_byte_order_mark_and_windows_lines_are_read() {
        assert_eq!(values("\u{feff}[codecarbon]\r\npue = 1.5\r\n")[0].1, "1.5");
    }

    #[test]
    fn errors_name_file_and_line() {
        assert_eq!(
            message("\npue = 1\n"),
            "my.config:2: \"pue = 1\" stands before any section; \
             the file must begin with a line [codecarbon]"
        );
        assert_eq!(
            message("[codecarbon]\npue = 1\nPUE: 2\n"),
            "my.config:3: pue was already set in line 2; keep one of the two"
        );
        assert_eq!(
            message("[codecarbon]\nsave everything\n"),
            "my.config:2: \"save everything\" is not of the form key = value"
        );
        assert_eq!(
            message("[codecarbon]\n[x]\n[codecarbon]\n"),
            "my.config:3: section [codecarbon] was already opened in line 1"
        );
        assert!(message("[codecarbon]\n= 3\n").contains("not of the form"));
    }
}
