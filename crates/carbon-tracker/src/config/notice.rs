//! What a user should hear about a configuration that works: deprecated, unknown or useless keys.

use std::fmt;
use std::path::PathBuf;

use super::error::Origin;
use super::settings::Config;

/// A remark about the configuration; its text is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A key that nothing knows; it has no effect.
    UnknownKey {
        /// The key.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// The known key that looks most like it.
        suggestion: Option<&'static str>,
    },
    /// A key that still works but has a successor.
    Deprecated {
        /// The key.
        key: &'static str,
        /// Where it stands.
        origin: Origin,
        /// What to write instead.
        instead: &'static str,
    },
    /// A deprecated key that another key makes void.
    Overruled {
        /// The key without effect.
        key: &'static str,
        /// Where it stands.
        origin: Origin,
        /// The key that holds.
        by: &'static str,
    },
    /// A key whose value is an object of the program and cannot be written as text.
    NotText {
        /// The key.
        key: &'static str,
        /// Where it stands.
        origin: Origin,
    },
    /// A value that asks for interpolation, which is not done.
    NotInterpolated {
        /// The key.
        key: String,
        /// Where it stands.
        origin: Origin,
    },
    /// A file that has sections, none of them `[codecarbon]`.
    NoSection {
        /// The file.
        path: PathBuf,
    },
    /// A file that exists but could not be read; it is passed over.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { key, origin, suggestion } => {
                write!(f, "unknown key {key} ({origin}) has no effect")?;
                suggestion.map_or(Ok(()), |known| write!(f, "; did you mean {known}?"))
            }
            Self::Deprecated { key, origin, instead } => {
                write!(f, "{key} ({origin}) is deprecated; write {instead} instead")
            }
            Self::Overruled { key, origin, by } => {
                write!(f, "deprecated {key} ({origin}) has no effect because {by} is set")
            }
            Self::NotText { key, origin } => {
                write!(f, "{key} ({origin}) has no effect: it takes an object, not text")
            }
            Self::NotInterpolated { key, origin } => {
                write!(f, "%(…)s in {key} ({origin}) is taken as it is: nothing is interpolated")
            }
            Self::NoSection { path } => {
                write!(f, "{} has no section [codecarbon] and was passed over", path.display())
            }
            Self::Unreadable { path, reason } => {
                write!(f, "{} was passed over: {reason}", path.display())
            }
        }
    }
}

/// The known key that a misspelt one most likely meant; `None` if nothing is near.
pub(super) fn nearest_key(unknown: &str, deprecated: &[&'static str]) -> Option<&'static str> {
    let limit = (unknown.chars().count() / 3).clamp(1, 3);
    Config::KEYS
        .iter()
        .chain(deprecated)
        .map(|known| (edit_distance(unknown, known), *known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Insertions, deletions and replacements that turn one word into the other.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_key_and_a_stranger_none() {
        assert_eq!(nearest_key("outptu_dir", &[]), Some("output_dir"));
        assert_eq!(nearest_key("measure_power_sec", &[]), Some("measure_power_secs"));
        assert_eq!(nearest_key("save_to_flie", &["save_to_file"]), Some("save_to_file"));
        assert_eq!(nearest_key("parallelism", &[]), None);
    }

    #[test]
    fn edit_distance_counts_single_letters() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("pue", "pue"), 0);
    }
}
