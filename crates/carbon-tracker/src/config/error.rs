//! What can be wrong with a configuration, and where a value came from.

use std::fmt;
use std::path::PathBuf;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// Nowhere: it is the built-in default (or the command's own).
    #[default]
    Default,
    /// A line of a configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// Line of the key, counted from 1.
        line: usize,
    },
    /// An environment variable, by its name as it was spelt.
    Environment(String),
    /// An argument of the call or an option of the command.
    Argument,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
            Self::Argument => f.write_str("an argument"),
        }
    }
}

/// A configuration that cannot be used; the message says what to change and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value is not what its key takes.
    #[error("{key} = {value:?} ({origin}) is not {allowed}")]
    BadValue {
        /// The key.
        key: String,
        /// The value as given.
        value: String,
        /// Where it was given.
        origin: Origin,
        /// What the key takes, as the end of the sentence "is not …".
        allowed: &'static str,
    },
    /// A key stands before any section header.
    #[error(
        "{}:{line}: {text:?} stands before any section; the file must begin with a line [codecarbon]",
        path.display()
    )]
    MissingSection {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The line that stands there.
        text: String,
    },
    /// A section appears twice.
    #[error("{}:{line}: section [{section}] was already opened in line {first_line}", path.display())]
    DuplicateSection {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The section.
        section: String,
        /// Line of its first appearance.
        first_line: usize,
    },
    /// A key appears twice in one section.
    #[error("{}:{line}: {key} was already set in line {first_line}; keep one of the two", path.display())]
    DuplicateKey {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The key.
        key: String,
        /// Line of its first appearance.
        first_line: usize,
    },
    /// A line is neither a section, a comment nor `key = value`.
    #[error("{}:{line}: {text:?} is not of the form key = value", path.display())]
    NotAssignment {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The line that stands there.
        text: String,
    },
    /// The file is not text.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
}
