//! ISO 3166-1 codes and names, and the country of each time zone.

use std::collections::BTreeMap;
use std::error::Error;

use super::packages::Packages;
use super::table::Output;

/// A country of ISO 3166-1, or Kosovo under the code that statistics use.
pub(super) struct Country {
    pub(super) iso3: String,
    iso2: String,
    name: String,
    listed_name: String,
}

/// The countries by ISO2 code.
pub(super) type Countries = BTreeMap<String, Country>;

/// Reads codes and names; the package's private `XKK` for Kosovo becomes the usual `XKX`.
///
/// The name of a country is the short one that CodeCarbon writes into its records ("China"), where
/// it has one; the name of the list ("People's Republic of China") finds it too.
pub(super) fn read(packages: &Packages) -> Result<Countries, Box<dyn Error>> {
    let package = "i18n-iso-countries-7.14.0";
    let codes = packages.json(package, "codes.json")?;
    let names = packages.json(package, "langs/en.json")?;
    let mixes = "codecarbon/data/private_infra/global_energy_mix.json";
    let short_names = packages.json("codecarbon-3.3.2", mixes)?;
    let mut countries = Countries::new();
    for code in codes.as_array().ok_or("codes.json is no list")? {
        let text = |i: usize| code[i].as_str().unwrap_or_default().to_owned();
        let (iso2, iso3) = (text(0), text(1).replace("XKK", "XKX"));
        let listed_name = match &names["countries"][&iso2] {
            serde_json::Value::Array(several) => several.first().and_then(|n| n.as_str()),
            name => name.as_str(),
        };
        let listed_name = listed_name.ok_or_else(|| format!("{iso2} has no name"))?.to_owned();
        let short_name = short_names[&iso3]["country_name"].as_str();
        let name = short_name.unwrap_or(&listed_name).to_owned();
        countries.insert(iso2.clone(), Country { iso3, iso2, name, listed_name });
    }
    Ok(countries)
}

/// Writes `countries.tsv` and `time-zones.tsv`.
pub(super) fn write(
    countries: &Countries,
    packages: &Packages,
    out: &Output<'_>,
) -> Result<(), Box<dyn Error>> {
    out.write(
        "countries.tsv",
        &["iso3", "iso2", "name", "listed_name", "source"],
        countries.values().map(|c| {
            [&c.iso3, &c.iso2, &c.name, &c.listed_name, "iso-3166"].map(str::to_owned).to_vec()
        }),
    )?;
    let mut zones: BTreeMap<String, String> = BTreeMap::new();
    for line in packages.text("tzdata-2026.6", "tzdata/zoneinfo/zone.tab")?.lines() {
        if let [iso2, _, zone, ..] = line.split('\t').collect::<Vec<_>>()[..]
            && !line.starts_with('#')
        {
            let country = countries.get(iso2).ok_or_else(|| format!("zone.tab: {iso2}"))?;
            zones.insert(zone.to_owned(), country.iso3.clone());
        }
    }
    // Old names ("US/Pacific") are links to names that the table has; names that were merged with
    // another country's keep the country of zone.tab.
    let links = packages.text("tzdata-2026.6", "tzdata/zoneinfo/tzdata.zi")?;
    for line in links.lines() {
        if let ["L", target, alias] = line.split(' ').collect::<Vec<_>>()[..]
            && let Some(country) = zones.get(target).cloned()
        {
            zones.entry(alias.to_owned()).or_insert(country);
        }
    }
    out.write(
        "time-zones.tsv",
        &["zone", "iso3", "source"],
        zones.into_iter().map(|(zone, iso3)| vec![zone, iso3, "iana-tz".to_owned()]),
    )
}
