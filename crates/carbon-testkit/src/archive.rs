//! The archive format: a directory tree as one text file that reads well in a diff.
//!
//! ```text
//! # A comment, before the first header.
//! == sys/class/powercap/intel-rapl:0/name = package-0
//! == sys/class/powercap/intel-rapl:0/energy_uj [denied] = 262143000000
//! == proc/meminfo
//! MemTotal:       16308080 kB
//! MemAvailable:   12039272 kB
//! == sys/class/powercap/alias -> intel-rapl:0
//! == sys/class/hwmon/
//! @ 2s set sys/class/powercap/intel-rapl:0/energy_uj 262143100000
//! ```
//!
//! A header starts with `== ` and a path. `= text` is a file of one line, `-> target` a symbolic
//! link, a trailing slash an empty directory; otherwise the lines up to the next header are the
//! file, without the blank lines at their end. `[denied]` makes a file that cannot be read. A line
//! that starts with `@ ` belongs to the [script](crate::script), wherever it stands.

/// One thing of a machine's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path without a leading slash.
    pub path: String,
    /// What is there.
    pub kind: Kind,
}

/// What is found at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file with its content.
    File {
        /// The whole text, with its last newline.
        text: String,
        /// Whether reading is refused from the start.
        denied: bool,
    },
    /// A symbolic link.
    Link(
        /// Its target, as written.
        String,
    ),
    /// A directory with nothing in it.
    Directory,
}

/// A parsed archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    /// The tree, in the order of the text.
    pub entries: Vec<Entry>,
    /// Script lines, in the order of the text.
    pub script: Vec<String>,
}

/// Parses an archive. Panics with the line number when it is malformed.
pub fn parse(text: &str) -> Archive {
    let mut archive = Archive::default();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("@ ") {
            archive.script.push(line.to_owned());
        } else if let Some(header) = line.strip_prefix("== ") {
            archive.entries.push(parse_header(header, index + 1));
        } else {
            match archive.entries.last_mut().map(|entry| &mut entry.kind) {
                Some(Kind::File { text, .. }) => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ if line.is_empty() || line.starts_with('#') => {}
                _ => panic!("archive line {}: {line:?} belongs to no file", index + 1),
            }
        }
    }
    for entry in &mut archive.entries {
        if let Kind::File { text, .. } = &mut entry.kind {
            while text.ends_with("\n\n") || text == "\n" {
                text.pop();
            }
        }
    }
    archive
}

fn parse_header(header: &str, line: usize) -> Entry {
    if let Some((path, target)) = header.split_once(" -> ") {
        return Entry { path: checked(path, line), kind: Kind::Link(target.to_owned()) };
    }
    let (head, text) = match header.split_once(" = ") {
        Some((head, text)) => (head, format!("{text}\n")),
        None => (header, String::new()),
    };
    let (path, denied) = match head.strip_suffix(" [denied]") {
        Some(path) => (path, true),
        None => (head, false),
    };
    if let Some(directory) = path.strip_suffix('/') {
        return Entry { path: checked(directory, line), kind: Kind::Directory };
    }
    Entry { path: checked(path, line), kind: Kind::File { text, denied } }
}

fn checked(path: &str, line: usize) -> String {
    let sound = !path.is_empty()
        && !path.contains(' ')
        && !path.starts_with('/')
        && path.split('/').all(|part| !part.is_empty() && part != "..");
    assert!(sound, "archive line {line}: {path:?} is not a relative path without blanks");
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry_is_parsed() {
        let archive = parse(
            "# note\n\n== a/b = 12\n== c\nline 1\n\nline 3\n\n\n== d -> a/b\n== e/\n\
             == f [denied] = 7\n@ 1s set a/b 13\n== g\n",
        );
        let file = |text: &str, denied| Kind::File { text: text.to_owned(), denied };
        let expected = [
            ("a/b", file("12\n", false)),
            ("c", file("line 1\n\nline 3\n", false)),
            ("d", Kind::Link("a/b".to_owned())),
            ("e", Kind::Directory),
            ("f", file("7\n", true)),
            ("g", file("", false)),
        ];
        let found: Vec<_> =
            archive.entries.iter().map(|e| (e.path.as_str(), e.kind.clone())).collect();
        assert_eq!(found, expected);
        assert_eq!(archive.script, ["@ 1s set a/b 13"]);
    }

    #[test]
    #[should_panic(expected = "line 1")]
    fn a_path_that_leaves_the_machine_is_refused() {
        parse("== ../etc/passwd = x\n");
    }
}
