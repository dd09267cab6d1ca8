//! Writes a table: licence and origin as comments, column names, rows in sorted order.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use super::Place;
use super::catalogue::Block;

/// Where tables go, and what the catalogue says about them.
pub(super) struct Output<'a> {
    pub(super) place: &'a Place,
    pub(super) catalogue: &'a [Block],
}

impl Output<'_> {
    /// Writes `rows` to `data/<file>`, sorted; two equal rows become one.
    ///
    /// The last column is `source` where the table has one; every source must be in the catalogue.
    pub(super) fn write(
        &self,
        file: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<(), Box<dyn Error>> {
        let entry = self.catalogue.iter().find(|b| b.kind == "table" && b.get("file") == file);
        let entry = entry.ok_or_else(|| format!("{file} is not in sources.toml"))?;
        let rows: BTreeSet<Vec<String>> = rows.into_iter().collect();
        let mut text = format!(
            "# {}\n# Licence: {}\n# Written by `cargo xtask data`; do not edit.\n",
            capitalised(entry.get("what")),
            entry.get("licence"),
        );
        if columns.last() == Some(&"source") {
            let used: BTreeSet<&str> =
                rows.iter().filter_map(|r| r.last()).map(String::as_str).collect();
            for id in used {
                let source =
                    self.catalogue.iter().find(|b| b.kind == "source" && b.get("id") == id);
                let source = source.ok_or_else(|| format!("{file}: no source {id:?}"))?;
                writeln!(text, "# {id}: {} ({})", source.get("title"), source.get("licence"))?;
            }
        }
        writeln!(text, "{}", columns.join("\t"))?;
        for row in &rows {
            if row.len() != columns.len() || row.iter().any(|c| c.contains(['\t', '\n'])) {
                return Err(format!("{file}: malformed row {row:?}").into());
            }
            writeln!(text, "{}", row.join("\t"))?;
        }
        fs::write(self.place.data(file), text)?;
        println!("data/{file}: {} rows", rows.len());
        Ok(())
    }
}

/// A number with at most six decimals and no trailing zeros.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}
