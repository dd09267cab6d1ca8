//! How our values differ from CodeCarbon's, for `--compare` and for `docs/reference-data.md`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;

use super::Place;

const BEGIN: &str = "<!-- differences: written by `cargo xtask data` -->";
const END: &str = "<!-- end of differences -->";

/// Differences below this many percent are counted, not listed, in the document.
const LISTED_FROM_PERCENT: f64 = 20.0;

struct Difference {
    zone: String,
    theirs_g_per_kwh: f64,
    their_year: String,
    ours_g_per_kwh: f64,
    our_source: String,
    our_year: String,
}

impl Difference {
    fn percent(&self) -> f64 {
        (self.ours_g_per_kwh / self.theirs_g_per_kwh - 1.0) * 100.0
    }
}

/// Every place for which both have a value, the largest difference first.
fn differences(place: &Place) -> Result<Vec<Difference>, Box<dyn Error>> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for country in place.table("countries.tsv")?.rows() {
        names.insert(country.get("iso3").to_owned(), country.get("name").to_owned());
    }
    let mut ours: BTreeMap<String, (f64, String, String)> = BTreeMap::new();
    let mut take = |file: &str, only_missing: bool| -> Result<(), Box<dyn Error>> {
        let table = place.table(file)?;
        let mut newest: BTreeMap<String, (f64, String, String)> = BTreeMap::new();
        for row in table.rows() {
            let year = row.get("year").to_owned();
            let value = row.number("g_per_kwh").ok_or("a grid row without a value")?;
            let entry = (value, row.get("source").to_owned(), year);
            let zone = row.get("zone").to_owned();
            if newest.get(&zone).is_none_or(|(_, _, known)| *known < entry.2) {
                newest.insert(zone, entry);
            }
        }
        for (zone, entry) in newest {
            if !only_missing || !ours.contains_key(&zone) {
                ours.insert(zone, entry);
            }
        }
        Ok(())
    };
    take("grid-ember.tsv", false)?;
    take("grid-electricity-maps.tsv", true)?;
    let mut zones: BTreeMap<String, (String, String)> = BTreeMap::new();
    for region in place.table("hand/regions.tsv")?.rows() {
        let name = format!("{} ({})", region.get("name"), region.get("code"));
        zones.insert(region.get("code").to_owned(), (name, region.get("zone").to_owned()));
    }
    let mut found: BTreeMap<String, Difference> = BTreeMap::new();
    for row in place.table("grid-codecarbon.tsv")?.rows() {
        let zone = row.get("zone");
        if row.get("source") == "egrid-2016" || zone == "USA" && row.get("scope") == "direct" {
            continue;
        }
        let theirs = row.number("g_per_kwh").ok_or("a grid row without a value")?;
        let (name, key) = match zones.get(zone) {
            Some((name, zone)) => (name.clone(), zone.as_str()),
            None => (names.get(zone).map_or(zone, String::as_str).to_owned(), zone),
        };
        if let Some((value, source, year)) = ours.get(key) {
            let difference = Difference {
                zone: name.clone(),
                theirs_g_per_kwh: theirs,
                their_year: row.get("year").to_owned(),
                ours_g_per_kwh: *value,
                our_source: source.clone(),
                our_year: year.clone(),
            };
            found.insert(name, difference);
        }
    }
    let mut found: Vec<Difference> = found.into_values().collect();
    found.sort_by(|a, b| b.percent().abs().total_cmp(&a.percent().abs()));
    Ok(found)
}

/// Every difference, for people at a terminal.
pub(super) fn report(place: &Place) -> Result<String, Box<dyn Error>> {
    render(&differences(place)?, 0.0)
}

/// The differences that the document lists.
pub(super) fn table(place: &Place) -> Result<String, Box<dyn Error>> {
    render(&differences(place)?, LISTED_FROM_PERCENT)
}

fn render(differences: &[Difference], from_percent: f64) -> Result<String, Box<dyn Error>> {
    let middle = differences.len() / 2;
    let median = differences.get(middle).map_or(0.0, |d| d.percent().abs());
    let small = differences.iter().filter(|d| d.percent().abs() < from_percent).count();
    let mut text = format!(
        "{} places have a value in both; the median difference is {median:.1} %. ",
        differences.len()
    );
    if small > 0 {
        writeln!(text, "{small} differ by less than {from_percent} % and are not listed.")?;
    } else {
        writeln!(text)?;
    }
    writeln!(
        text,
        "\n| place | CodeCarbon g/kWh | year | ours g/kWh | source, year | difference |"
    )?;
    writeln!(text, "|---|---:|---|---:|---|---:|")?;
    for d in differences.iter().filter(|d| d.percent().abs() >= from_percent) {
        writeln!(
            text,
            "| {} | {:.1} | {} | {:.1} | {}, {} | {:+.0} % |",
            d.zone,
            d.theirs_g_per_kwh,
            d.their_year,
            d.ours_g_per_kwh,
            d.our_source,
            d.our_year,
            d.percent()
        )?;
    }
    Ok(text)
}

/// The document with the text between its markers replaced.
pub(super) fn fill(document: &str, table: &str) -> Result<String, Box<dyn Error>> {
    let missing = "docs/reference-data.md has lost its markers for the differences";
    let (before, rest) = document.split_once(BEGIN).ok_or(missing)?;
    let (_, after) = rest.split_once(END).ok_or(missing)?;
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}
