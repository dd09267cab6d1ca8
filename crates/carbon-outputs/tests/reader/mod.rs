//! Files as a CSV reader that is not ours sees them.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its file has failed")]

use std::collections::BTreeMap;
use std::path::Path;

/// The rows of a file by column name. Fails when a row
/// has more or fewer fields than the header.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}
