//! The crate table of ARCHITECTURE.md: rows of three cells, a crate, what it is, and which of our
//! crates it may depend on.

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::read;

/// What the table says of a crate.
pub(crate) struct Row {
    /// Whether only tests and developers use it.
    pub(crate) never_shipped: bool,
    /// What it may depend on.
    pub(crate) allowed: Allowed,
}

/// Which of our crates one of them may depend on.
pub(crate) enum Allowed {
    Any,
    Only(BTreeSet<String>),
}

/// The table.
pub(crate) fn crate_table() -> BTreeMap<String, Row> {
    let text = read("ARCHITECTURE.md");
    let (_, section) = text.split_once("\n## Crates\n").expect("a section Crates");
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let lines = lines.take_while(|line| line.starts_with('|')).skip(2);
    lines.map(row).collect()
}

/// Our crates that are for tests and developers only.
pub(crate) fn never_shipped() -> BTreeSet<String> {
    let rows = crate_table().into_iter();
    rows.filter(|(_, row)| row.never_shipped).map(|(name, _)| name).collect()
}

fn row(line: &str) -> (String, Row) {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [name, what, allowed] = cells[..] else { panic!("three cells: {line}") };
    let allowed = match allowed {
        "any" => Allowed::Any,
        names => Allowed::Only(quoted(names).collect()),
    };
    let name = quoted(name).next().expect("a crate in backticks");
    (name, Row { never_shipped: what.contains("never shipped"), allowed })
}

/// Words in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned)
}
