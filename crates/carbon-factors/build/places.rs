//! Countries, regions, clouds and their grids.

use std::collections::{BTreeMap, BTreeSet};

use crate::Input;
use crate::layout::{NO_SHARE, Section, grid_set};
use crate::place_name::plain;
use crate::tsv::Row;
use crate::writer::Writer;

/// Writes every section that is about a place.
pub(crate) fn write(input: &Input, writer: &mut Writer) {
    let iso3_of = countries(input, writer);
    time_zones(input, writer);
    let zones = grids(input, writer);
    regions(input, writer, &zones, &iso3_of);
    clouds(input, writer);
    water(input, writer);
    mixes(input, writer);
}

/// Writes countries and returns their three-letter codes by two-letter code.
fn countries(input: &Input, writer: &mut Writer) -> BTreeMap<String, String> {
    let (codes, more) = (input.table("countries.tsv"), input.table("hand/country-names.tsv"));
    let mut grid_of: BTreeMap<&str, &str> = BTreeMap::new();
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut iso3_of = BTreeMap::new();
    let mut name = |name: &'_ str, iso3| {
        let known = names.insert(plain(name), iso3);
        assert!(known.is_none_or(|k| k == iso3), "{name:?} is {iso3} and {known:?}");
    };
    for row in more.rows() {
        grid_of.insert(row.get("iso3"), row.get("grid_of"));
        for alias in row.get("names").split(';').filter(|n| !n.is_empty()) {
            name(alias, row.get("iso3"));
        }
    }
    for row in codes.rows() {
        let (iso3, iso2) = (row.get("iso3"), row.get("iso2"));
        for text in [iso3, iso2, row.get("name"), row.get("listed_name")] {
            name(text, iso3);
        }
        iso3_of.insert(iso2.to_owned(), iso3.to_owned());
        let supplier = grid_of.remove(iso3).unwrap_or("");
        let fields = writer.fields().text(iso2).text(row.get("name")).text(supplier).finish();
        writer.push(Section::Country, iso3, fields);
    }
    assert!(grid_of.is_empty(), "names for unknown countries: {grid_of:?}");
    for (key, iso3) in names {
        let fields = writer.fields().text(iso3).finish();
        writer.push(Section::CountryName, &key, fields);
    }
    iso3_of
}

fn time_zones(input: &Input, writer: &mut Writer) {
    for row in input.table("time-zones.tsv").rows() {
        let fields = writer.fields().text(row.get("iso3")).finish();
        writer.push(Section::TimeZone, row.get("zone"), fields);
    }
}

/// Writes all sets and returns the names of the zones of Electricity Maps.
fn grids(input: &Input, writer: &mut Writer) -> BTreeSet<String> {
    let mut push = |set: &str, row: Row<'_>, shares: [u16; 2]| {
        let g_per_kwh = row.number("g_per_kwh").expect("every grid row has a value");
        let fields = writer.fields().u16(whole(row, "year"));
        let fields = fields.u8(one_of(row, "scope", ["lifecycle", "direct"]));
        let fields = fields.u8(one_of(row, "basis", ["production", "consumption"]));
        let fields = fields.u8(input.source(row.get("source"))).millionths(g_per_kwh);
        let fields = fields.u16(shares[0]).u16(shares[1]).finish();
        writer.push(Section::Grid, &format!("{set}{}", row.get("zone")), fields);
    };
    let none = [NO_SHARE; 2];
    for row in input.table("grid-ember.tsv").rows() {
        push(grid_set::EMBER, row, none);
    }
    for row in input.table("grid-marginal.tsv").rows() {
        push(grid_set::MARGINAL, row, none);
    }
    for row in input.table("grid-codecarbon.tsv").rows() {
        let (zone, direct) = (row.get("zone"), row.get("scope") == "direct");
        if direct && zone != "WORLD" {
            push(grid_set::DIRECT, row, none);
        }
        // The national figure of a combustion-only set stays with its states.
        if !direct || zone.len() != 3 {
            push(grid_set::CODECARBON, row, none);
        }
    }
    let mut zones = BTreeSet::new();
    for row in input.table("grid-electricity-maps.tsv").rows() {
        let share = |column| hundredths(row.number(column).expect("a share"));
        let shares = [share("renewable_percent"), share("carbon_free_percent")];
        push(grid_set::ELECTRICITY_MAPS, row, shares);
        zones.insert(row.get("zone").to_owned());
    }
    for set in [grid_set::EMBER, grid_set::CODECARBON] {
        let world = format!("{set}WORLD");
        assert!(writer.keys(Section::Grid).contains(&world.as_str()), "no row {world:?}");
    }
    zones
}

fn regions(
    input: &Input,
    writer: &mut Writer,
    zones: &BTreeSet<String>,
    iso3_of: &BTreeMap<String, String>,
) {
    // Key: country and plain name; value: code, name, zone, fit.
    let mut rows: BTreeMap<String, [String; 4]> = BTreeMap::new();
    let table = input.table("hand/regions.tsv");
    for row in table.rows() {
        let (code, country) = (row.get("code"), row.get("country"));
        let zone = row.get("zone");
        assert!(zone.is_empty() || zones.contains(zone), "{code}: no zone {zone:?}");
        let fit = one_of(row, "fit", ["whole", "shared"]).to_string();
        let value = [code, row.get("name"), zone, &fit].map(str::to_owned);
        let short = code.split_once('-').map_or(code, |(_, short)| short);
        let names = row.get("names").split(';').filter(|n| !n.is_empty());
        let all: BTreeSet<String> =
            names.chain([code, short, row.get("name")]).map(plain).collect();
        for name in all {
            let known = rows.insert(format!("{country}{name}"), value.clone());
            assert!(known.is_none(), "{country}: region {name:?} twice");
        }
    }
    for zone in zones.iter().filter(|z| z.contains('-')) {
        let iso3 = iso3_of.get(&zone[..2]).unwrap_or_else(|| panic!("country of zone {zone:?}"));
        let value = [zone, zone, zone, "0"].map(str::to_owned);
        rows.entry(format!("{iso3}{}", plain(zone))).or_insert(value);
    }
    for (key, [code, name, zone, fit]) in rows {
        let fields = writer.fields().text(&code).text(&name).text(&zone);
        let fields = fields.u8(fit.parse().expect("a digit")).finish();
        writer.push(Section::Region, &key, fields);
    }
}

fn clouds(input: &Input, writer: &mut Writer) {
    let published = input.table("cloud-intensity.tsv");
    let mut published: BTreeMap<String, (f64, u8)> = published
        .rows()
        .map(|row| {
            let key = format!("{}:{}", row.get("provider"), row.get("region"));
            let value = row.number("g_per_kwh").expect("a value");
            (key, (value, input.source(row.get("source"))))
        })
        .collect();
    for row in input.table("hand/cloud-regions.tsv").rows() {
        let key = format!("{}:{}", row.get("provider"), row.get("region"));
        let (g_per_kwh, by) = published.remove(&key).unwrap_or((0.0, 0));
        let fields = writer.fields().text(row.get("country")).text(row.get("state"));
        let fields = fields.text(row.get("city")).text(row.get("zone"));
        let fields = fields.u8(input.source(row.get("source"))).millionths(g_per_kwh).u8(by);
        let fields = fields.finish();
        writer.push(Section::Cloud, &key, fields);
    }
    assert!(published.is_empty(), "intensity of unknown regions: {published:?}");
    for row in input.table("hand/cloud-providers.tsv").rows() {
        let pue = row.number("pue").expect("a PUE");
        let fields = writer.fields().text(row.get("name")).millionths(pue);
        let fields = fields.u16(whole(row, "year")).text(row.get("address")).finish();
        writer.push(Section::Provider, row.get("provider"), fields);
    }
}

fn water(input: &Input, writer: &mut Writer) {
    for row in input.table("water-ecologits.tsv").rows() {
        let litres = row.number("l_per_kwh").expect("a value");
        let own = one_of(row, "value_of", ["world", "own"]);
        let source = input.source(row.get("source"));
        let fields = writer.fields().millionths(litres).u8(own).u8(source).finish();
        writer.push(Section::Water, row.get("iso3"), fields);
    }
}

fn mixes(input: &Input, writer: &mut Writer) {
    let columns = ["coal", "oil", "gas", "nuclear", "hydro", "wind", "solar", "bio", "other"];
    for row in input.table("mix-codecarbon.tsv").rows() {
        let mut fields = writer.fields().u16(whole(row, "year"));
        for column in columns {
            fields = fields.u16(hundredths(row.number(column).expect("a share")));
        }
        let fields = fields.u8(input.source(row.get("source"))).finish();
        writer.push(Section::Mix, row.get("zone"), fields);
    }
}

fn hundredths(percent: f64) -> u16 {
    assert!((0.0..=100.0).contains(&percent), "{percent} percent");
    (percent * 100.0).round() as u16
}

fn whole(row: Row<'_>, column: &str) -> u16 {
    row.get(column).parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

fn one_of(row: Row<'_>, column: &str, values: [&str; 2]) -> u8 {
    let cell = row.get(column);
    let place = values.iter().position(|v| *v == cell);
    place.unwrap_or_else(|| panic!("{column} is {cell:?}, not one of {values:?}")) as u8
}
