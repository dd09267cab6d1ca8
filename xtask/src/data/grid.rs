//! Grid intensity by country, state and zone, and what goes with it: mixes, fuels, water.

use std::error::Error;

use serde_json::Value;

use super::countries::Countries;
use super::packages::Packages;
use super::table::{Output, decimal};

const CODECARBON: &str = "codecarbon-3.3.2";
const CO2: &str = "co2-0.19.0";
const GRID: [&str; 6] = ["zone", "year", "scope", "basis", "g_per_kwh", "source"];

/// Grams per kWh of one pound per MWh.
const G_PER_KWH_OF_LB_PER_MWH: f64 = 0.453_592_37;

/// Combustion emissions that CodeCarbon uses for Canadian mixes: coal, petroleum, gas; g/kWh.
const CANADA_G_PER_KWH: [f64; 3] = [995.725_971, 816.688_526_3, 743.841_591_6];

type Rows = Vec<Vec<String>>;

/// Writes every grid table and `mix`, `fuel`, `cloud-intensity` and `water`.
pub(super) fn write(
    countries: &Countries,
    packages: &Packages,
    out: &Output<'_>,
) -> Result<(), Box<dyn Error>> {
    write_ember(packages, out)?;
    write_electricity_maps(countries, packages, out)?;
    write_codecarbon(packages, out)?;
    write_mix(packages, out)?;
    write_fuel(packages, out)?;
    write_cloud(packages, out)?;
    write_water(packages, out)
}

fn row(
    zone: &str,
    year: u64,
    scope: &str,
    basis: &str,
    g_per_kwh: f64,
    source: &str,
) -> Vec<String> {
    let cells = [zone, &year.to_string(), scope, basis, &decimal(g_per_kwh), source];
    cells.map(str::to_owned).to_vec()
}

fn entries(value: &Value) -> Result<&serde_json::Map<String, Value>, Box<dyn Error>> {
    Ok(value.as_object().ok_or("not an object")?)
}

fn number(value: &Value) -> Result<f64, Box<dyn Error>> {
    let text = value.as_str().and_then(|s| s.parse().ok());
    Ok(value.as_f64().or(text).ok_or_else(|| format!("not a number: {value}"))?)
}

/// Country codes and `WORLD`; groups of countries stay out, and so does a lifecycle figure of zero,
/// which no way of making electricity has.
fn write_ember(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let table = |file: &str, source: &str, year: u64, kind: &str| -> Result<Rows, Box<dyn Error>> {
        let data = packages.module(CO2, file, "data")?;
        let mut rows = Rows::new();
        for (zone, value) in entries(&data)? {
            let g_per_kwh = number(value)?;
            let code = zone.len() == 3 && zone.chars().all(|c| c.is_ascii_uppercase());
            if (code || zone == "WORLD") && g_per_kwh > 0.0 {
                rows.push(row(zone, year, kind, "production", g_per_kwh, source));
            }
        }
        Ok(rows)
    };
    let average = "dist/cjs/data/average-intensities.min.js";
    out.write("grid-ember.tsv", &GRID, table(average, "ember-2024", 2024, "lifecycle")?)?;
    let marginal = "dist/cjs/data/marginal-intensities-2021.min.js";
    out.write("grid-marginal.tsv", &GRID, table(marginal, "marginal-2021", 2021, "direct")?)
}

/// Countries under their ISO3 code, parts of countries under the zone's own name.
fn write_electricity_maps(
    countries: &Countries,
    packages: &Packages,
    out: &Output<'_>,
) -> Result<(), Box<dyn Error>> {
    let columns = [&GRID[..5], &["renewable_percent", "carbon_free_percent", "source"]].concat();
    let mut rows = Rows::new();
    for year in 2021..=2025 {
        let file = format!("dist/cjs/data/electricity-maps/yearly_{year}.js");
        for (zone, value) in entries(&packages.module(CO2, &file, "data")?)? {
            let name = countries.get(zone).map_or(zone, |c| &c.iso3);
            let g_per_kwh = number(&value["carbonIntensity"]["value"])?;
            let mut cells = row(name, year, "lifecycle", "consumption", g_per_kwh, "");
            cells.pop();
            for share in ["renewableEnergy", "carbonFreeEnergy"] {
                cells.push(decimal(number(&value[share]["value"])?));
            }
            cells.push("electricity-maps".to_owned());
            rows.push(cells);
        }
    }
    out.write("grid-electricity-maps.tsv", &columns, rows)
}

fn codecarbon_json(packages: &Packages, file: &str) -> Result<Value, Box<dyn Error>> {
    packages.json(CODECARBON, &format!("codecarbon/data/private_infra/{file}"))
}

fn write_codecarbon(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let mut rows = Rows::new();
    for (iso3, country) in entries(&codecarbon_json(packages, "global_energy_mix.json")?)? {
        let g_per_kwh = number(&country["carbon_intensity"])?;
        let year = country["year"].as_u64().ok_or_else(|| format!("{iso3}: no year"))?;
        // A mix of hydropower alone is published as zero, which version 3.3.0 replaces by its
        // factor for hydropower.
        let (g_per_kwh, source) = match g_per_kwh {
            0.0 => (26.0, "codecarbon-fuel"),
            positive => (positive, "ember-owid"),
        };
        rows.push(row(iso3, year, "lifecycle", "production", g_per_kwh, source));
        if iso3 == "CAN" {
            // The nation by the method of its provinces, so that both can be compared.
            let burnt = ["coal_TWh", "oil_TWh", "gas_TWh"];
            let g_per_kwh = burnt_g_per_kwh(country, burnt, "total_TWh")?;
            rows.push(row(iso3, year, "direct", "production", g_per_kwh, "canada-mix"));
        }
    }
    rows.push(row("WORLD", 2018, "direct", "production", 475.0, "codecarbon-world"));

    let older = packages
        .json("codecarbon-3.3.0", "codecarbon/data/private_infra/2016/usa_emissions.json")?;
    let newer = codecarbon_json(packages, "2023/usa_emissions.json")?;
    for (states, year, source) in [(&newer, 2023, "egrid-2023"), (&older, 2016, "egrid-2016")] {
        for (name, state) in entries(states)?.iter().filter(|(name, _)| !name.starts_with('_')) {
            let code = state["regionCode"].as_str().ok_or_else(|| format!("{name}: no code"))?;
            let zone = if name == "usa" { "USA".to_owned() } else { format!("US-{code}") };
            let g_per_kwh = number(&state["emissions"])? * G_PER_KWH_OF_LB_PER_MWH;
            rows.push(row(&zone, year, "direct", "production", g_per_kwh, source));
        }
    }

    for (province, shares) in entries(&codecarbon_json(packages, "2023/canada_energy_mix.json")?)? {
        let burnt = ["coal", "petroleum", "naturalGas"];
        let (zone, g_per_kwh) =
            (province_code(province)?, burnt_g_per_kwh(shares, burnt, "total")?);
        rows.push(row(zone, 2023, "direct", "production", g_per_kwh, "canada-mix"));
    }
    for (file, source, scope, basis) in [
        ("2023/china_provincial_emissions.json", "mee-2023", "direct", "consumption"),
        ("nordic_emissions.json", "nordic-2025", "lifecycle", "production"),
    ] {
        for (zone, value) in entries(&codecarbon_json(packages, file)?["data"])? {
            let zone = match &zone[..2] {
                "SE" | "NO" => format!("{}-{zone}", &zone[..2]),
                _ => zone.clone(),
            };
            let year = value["year"].as_u64().ok_or_else(|| format!("{zone}: no year"))?;
            let g_per_kwh = number(&value["emission_factor"])?;
            rows.push(row(&zone, year, scope, basis, g_per_kwh, source));
        }
    }
    out.write("grid-codecarbon.tsv", &GRID, rows)
}

/// Combustion emissions of a mix with CodeCarbon's factors for Canada.
fn burnt_g_per_kwh(mix: &Value, burnt: [&str; 3], total: &str) -> Result<f64, Box<dyn Error>> {
    let mut g = 0.0;
    for (fuel, factor) in burnt.iter().zip(CANADA_G_PER_KWH) {
        g += number(&mix[*fuel])? * factor;
    }
    Ok(g / number(&mix[total])?)
}

fn province_code(name: &str) -> Result<&'static str, Box<dyn Error>> {
    Ok(match name {
        "alberta" => "CA-AB",
        "british columbia" => "CA-BC",
        "manitoba" => "CA-MB",
        "new brunswick" => "CA-NB",
        "newfoundland and labrador" => "CA-NL",
        "nova scotia" => "CA-NS",
        "northwest territories" => "CA-NT",
        "nunavut" => "CA-NU",
        "ontario" => "CA-ON",
        "prince edward island" => "CA-PE",
        "quebec" => "CA-QC",
        "saskatchewan" => "CA-SK",
        "yukon" => "CA-YT",
        other => return Err(format!("unknown province {other:?}").into()),
    })
}

/// Shares in percent of the mix; whatever the total has beyond the named sources is `other`.
fn write_mix(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let columns = [
        "zone", "year", "coal", "oil", "gas", "nuclear", "hydro", "wind", "solar", "bio", "other",
        "source",
    ];
    let mut rows = Rows::new();
    let mut push = |zone: &str, year: u64, parts: [f64; 8], total: f64, source: &str| {
        // Totals are rounded on their own: a sum above its total is scaled down to it.
        let whole = parts.iter().sum::<f64>().max(total);
        let mut cells = vec![zone.to_owned(), year.to_string()];
        let mut rest = 100.0;
        for part in parts {
            let percent = (part / whole * 1e4).round() / 100.0;
            rest -= percent;
            cells.push(decimal(percent));
        }
        cells.push(decimal((rest * 100.0).round().max(0.0) / 100.0));
        cells.push(source.to_owned());
        rows.push(cells);
    };
    for (iso3, mix) in entries(&codecarbon_json(packages, "global_energy_mix.json")?)? {
        let keys =
            ["coal", "oil", "gas", "nuclear", "hydroelectricity", "wind", "solar", "biofuel"];
        let mut parts = [0.0; 8];
        for (part, key) in parts.iter_mut().zip(keys) {
            *part = number(&mix[format!("{key}_TWh")])?;
        }
        let total = number(&mix["total_TWh"])?;
        let named = parts[0] + parts[1] + parts[2];
        let fossil = number(&mix["fossil_TWh"])?;
        // A country whose fossil generation is not split by fuel has no honest mix.
        if total > 0.0 && (named - fossil).abs() <= 0.02_f64.max(0.02 * fossil) {
            push(iso3, mix["year"].as_u64().unwrap_or(0), parts, total, "ember-owid");
        }
    }
    for (province, mix) in entries(&codecarbon_json(packages, "2023/canada_energy_mix.json")?)? {
        let keys =
            ["coal", "petroleum", "naturalGas", "nuclear", "hydro", "wind", "solar", "biomass"];
        let mut parts = [0.0; 8];
        for (part, key) in parts.iter_mut().zip(keys) {
            *part = number(&mix[key])?;
        }
        push(province_code(province)?, 2023, parts, number(&mix["total"])?, "canada-mix");
    }
    out.write("mix-codecarbon.tsv", &columns, rows)
}

fn write_fuel(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let fuels = codecarbon_json(packages, "carbon_intensity_per_source.json")?;
    let mut rows = Rows::new();
    for (fuel, value) in entries(&fuels)?.iter().filter(|(_, v)| v.is_number()) {
        rows.push(vec![fuel.clone(), decimal(number(value)?), "codecarbon-fuel".to_owned()]);
    }
    out.write("fuel-codecarbon.tsv", &["fuel", "g_per_kwh", "source"], rows)
}

fn write_cloud(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let path = packages.path(CODECARBON, "codecarbon/data/cloud/impact.csv");
    let mut rows = Rows::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let region = record[3].replace("me-cenrtal1", "me-central1");
        rows.push(vec![
            record[0].trim_start_matches('\u{feff}').to_owned(),
            region,
            decimal(record[9].parse()?),
            "google-region-carbon".to_owned(),
        ]);
    }
    out.write("cloud-intensity.tsv", &["provider", "region", "g_per_kwh", "source"], rows)
}

fn write_water(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let mixes = packages.json("ecologits-0.11.3", "ecologits/data/electricity_mixes.json")?;
    let mut rows = Rows::new();
    for mix in mixes["electricity_mixes"].as_array().ok_or("no electricity mixes")? {
        let name = mix["name"].as_str().unwrap_or_default().replace("WOR", "WORLD");
        let warnings = mix["warnings"].as_array();
        let world = warnings.is_some_and(|w| w.iter().any(|w| w == "electricity-mix-wue-world"));
        if name.len() == 3 || name == "WORLD" {
            rows.push(vec![
                name,
                decimal(number(&mix["wue"])?),
                if world { "world" } else { "own" }.to_owned(),
                "ecologits-water".to_owned(),
            ]);
        }
    }
    out.write("water-ecologits.tsv", &["iso3", "l_per_kwh", "value_of", "source"], rows)
}
