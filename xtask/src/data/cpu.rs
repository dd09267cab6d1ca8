//! CPU power by model, as CodeCarbon collected it, cleaned.

use std::collections::BTreeMap;
use std::error::Error;

use super::packages::Packages;
use super::table::{Output, decimal};

/// Cells that hold two figures run together ("27.29.5"); the upper one is taken.
const MALFORMED: [(&str, f64); 4] = [
    ("Intel Celeron 1000A", 29.5),
    ("Intel Celeron 1100A", 29.5),
    ("Intel Celeron 1200", 32.9),
    ("Intel Celeron 1400", 34.8),
];

/// Writes `cpu-power.tsv`.
///
/// White space in names is made single ASCII blanks, a power of 0 W is dropped, malformed cells are
/// mended, and of two spellings of one name the first is kept.
pub(super) fn write(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let path = packages.path("codecarbon-3.3.2", "codecarbon/data/hardware/cpu_power.csv");
    let mut models: BTreeMap<String, (String, f64)> = BTreeMap::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let name = record[0].split_whitespace().collect::<Vec<_>>().join(" ");
        let fixed = MALFORMED.iter().find(|(model, _)| *model == name).map(|(_, w)| *w);
        let power_w = match fixed {
            Some(power_w) => power_w,
            None => record[1].parse().map_err(|_| format!("{name}: {:?}", &record[1]))?,
        };
        if power_w > 0.0 {
            models.entry(name.to_lowercase()).or_insert((name, power_w));
        }
    }
    out.write(
        "cpu-power.tsv",
        &["name", "tdp_w", "source"],
        models
            .into_values()
            .map(|(name, power_w)| vec![name, decimal(power_w), "codecarbon-cpu".to_owned()]),
    )
}
