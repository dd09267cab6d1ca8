//! Lists of keys and ids as one parameter of a statement: a text, separated by commas, which each
//! database takes apart in its own way.

use std::fmt::Write as _;

use uuid::Uuid;

use crate::cell::Cell;

/// The condition, in SQLite and in PostgreSQL, for a run `r` whose key is in the list `$1`.
pub(crate) const RUN_BY_KEY: [&str; 2] = [
    "r.key IN (SELECT value FROM json_each('[' || $1 || ']'))",
    "r.key = ANY(CAST(string_to_array($1, ',') AS BIGINT[]))",
];

/// The condition for a run `r` whose experiment is in the list `$1`.
pub(crate) const RUN_BY_EXPERIMENT: [&str; 2] = [
    "r.experiment_id IN \
     (SELECT unhex(value) FROM json_each('[\"' || replace($1, ',', '\",\"') || '\"]'))",
    "r.experiment_id = ANY(CAST(string_to_array($1, ',') AS UUID[]))",
];

/// The condition for a row `n` whose id is in the list `$1`.
pub(crate) const BY_ID: [&str; 2] = [
    "n.id IN (SELECT unhex(value) FROM json_each('[\"' || replace($1, ',', '\",\"') || '\"]'))",
    "n.id = ANY(CAST(string_to_array($1, ',') AS UUID[]))",
];

/// A list of keys.
pub(crate) fn keys(keys: impl IntoIterator<Item = i64>) -> Cell {
    joined(keys)
}

/// A list of ids, in hexadecimal digits only.
pub(crate) fn ids(ids: impl IntoIterator<Item = Uuid>) -> Cell {
    joined(ids.into_iter().map(Uuid::simple))
}

fn joined(items: impl IntoIterator<Item = impl std::fmt::Display>) -> Cell {
    let mut text = String::new();
    for item in items {
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{item}");
    }
    Cell::Text(text)
}
