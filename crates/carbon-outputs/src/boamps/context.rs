//! What only the user knows of a run: task, publisher, supply. Read from the file that `metadata`
//! names.
//!
//! A context looks like a report, or a part of one, under the key `boamps` or as the whole file.
//! Names may be in camel case, as in reports, or in snake case. A name that the format does not have
//! is refused, for it would be lost; beside the parts of a report a file may hold what it likes.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::format::{REPORT, Shape};

/// The parts of a report as the user gave them, names in camel case, nothing null.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context(pub(super) Map<String, Value>);

/// A context cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContextError {
    /// The file cannot be read.
    #[error("metadata: {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The text is no JSON.
    #[error("metadata: {0}")]
    NoJson(#[from] serde_json::Error),
    /// The text is JSON, but no object.
    #[error("metadata: there is no JSON object with the context of a BoAmps report")]
    NoObject,
    /// A name that the format does not have.
    #[error("metadata: a BoAmps report has no field {path}")]
    UnknownField {
        /// The name with the parts that it is in.
        path: String,
    },
}

impl Context {
    /// Of a file.
    ///
    /// # Errors
    /// The file cannot be read, or see [`of_text`](Self::of_text).
    pub fn of_file(path: &Path) -> Result<Self, ContextError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ContextError::Unreadable { path: path.to_owned(), source })?;
        Self::of_text(&text)
    }

    /// Of JSON text.
    ///
    /// # Errors
    /// It is no JSON, no object, or has a name that the format does not have.
    pub fn of_text(text: &str) -> Result<Self, ContextError> {
        let Value::Object(mut whole) = serde_json::from_str(text)? else {
            return Err(ContextError::NoObject);
        };
        let context = match whole.remove("boamps") {
            None => whole,
            Some(Value::Object(section)) => section,
            Some(_) => return Err(ContextError::NoObject),
        };
        let known = context.into_iter().filter(|(name, _)| REPORT.has(&camel(name)));
        cleaned(known, &REPORT, "").map(Self)
    }
}

/// Names in camel case, without nulls; every name is one of the shape.
fn cleaned(
    part: impl IntoIterator<Item = (String, Value)>,
    shape: &Shape,
    path: &str,
) -> Result<Map<String, Value>, ContextError> {
    let mut clean = Map::new();
    for (name, value) in part {
        let name = camel(&name);
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if !shape.has(&name) {
            return Err(ContextError::UnknownField { path });
        }
        let value = match (shape.inside(&name), value) {
            (_, Value::Null) => continue,
            (Some(shape), Value::Object(part)) => Value::Object(cleaned(part, shape, &path)?),
            (Some(shape), Value::Array(parts)) => Value::Array(
                parts
                    .into_iter()
                    .map(|part| match part {
                        Value::Object(part) => cleaned(part, shape, &path).map(Value::Object),
                        other => Ok(other),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            (_, value) => value,
        };
        clean.insert(name, value);
    }
    Ok(clean)
}

/// `format_version` as `formatVersion`; what has no underscore stays.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
