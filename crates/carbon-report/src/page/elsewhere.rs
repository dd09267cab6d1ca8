//! The same energy in the other regions of a cloud, and in the other states of a country.

use carbon_factors::{Table, cloud_region, cloud_regions, region, region_grid, regions};
use carbon_model::Energy;
use serde::Serialize;

use super::chart::percent;
use crate::entry::Place;
use crate::summary::Group;
use crate::units;

/// A comparison of places.
#[derive(Debug, Serialize)]
pub(super) struct Elsewhere {
    /// What the places are: "Regions of Google Cloud".
    title: String,
    /// What follows from it, in a sentence.
    advice: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    code: String,
    name: String,
    g_per_kwh: String,
    emissions: String,
    percent: f64,
    here: bool,
}

struct Candidate {
    code: String,
    name: String,
    g_per_kwh: f64,
    here: bool,
}

/// All regions of the cloud that a project ran in.
pub(super) fn clouds(place: &Place, group: &Group, year: Option<u16>) -> Option<Elsewhere> {
    let here = cloud_region(&place.cloud_provider, &place.cloud_region);
    let code = here.map_or_else(|| place.cloud_region.to_string(), |here| here.region.to_owned());
    let mut provider = None;
    let candidates = cloud_regions(&place.cloud_provider).filter_map(|region| {
        provider = Some(region.provider_name);
        let country = carbon_factors::country(region.country_iso3).map_or("", |c| c.name);
        Some(Candidate {
            code: region.region.to_owned(),
            name: format!("{}, {country}", region.city),
            g_per_kwh: region.grid(year, Table::Current)?.g_per_kwh(),
            here: region.region == code,
        })
    });
    let candidates: Vec<Candidate> = candidates.collect();
    compare(format!("Regions of {}", provider?), candidates, group.energy.total)
}

/// The states or provinces of the country that a project ran in, where it has grids of its own.
pub(super) fn states(place: &Place, group: &Group, year: Option<u16>) -> Option<Elsewhere> {
    let country = carbon_factors::country(&place.country_iso3)?;
    let here = region(country.iso3, &place.region).map(|here| here.code);
    let candidates: Vec<Candidate> = regions(country.iso3)
        .into_iter()
        .filter_map(|state| {
            let grid = region_grid(country.iso3, state.code, year, Table::Current)?;
            Some(Candidate {
                code: state.code.to_owned(),
                name: state.name.to_owned(),
                g_per_kwh: grid.g_per_kwh(),
                here: here == Some(state.code),
            })
        })
        .collect();
    compare(format!("States and provinces: {}", country.name), candidates, group.energy.total)
}

/// Sorts places by intensity and says what follows; nothing for fewer than three.
fn compare(title: String, mut places: Vec<Candidate>, energy: Energy) -> Option<Elsewhere> {
    if places.len() < 3 {
        return None;
    }
    places.sort_by(|a, b| a.g_per_kwh.total_cmp(&b.g_per_kwh).then_with(|| a.name.cmp(&b.name)));
    let most = places.last()?.g_per_kwh;
    let advice = advice(&places, energy)?;
    let row = |place: Candidate| Row {
        g_per_kwh: units::digits(place.g_per_kwh),
        emissions: units::mass(at(energy, place.g_per_kwh)),
        percent: percent(place.g_per_kwh, most),
        code: place.code,
        name: place.name,
        here: place.here,
    };
    Some(Elsewhere { title, advice, rows: places.into_iter().map(row).collect() })
}

fn at(energy: Energy, g_per_kwh: f64) -> carbon_model::CarbonMass {
    energy * carbon_model::Intensity::from_g_per_kwh(g_per_kwh)
}

fn advice(places: &[Candidate], energy: Energy) -> Option<String> {
    let best = places.first()?;
    let least = units::mass(at(energy, best.g_per_kwh));
    Some(match places.iter().find(|place| place.here) {
        // One grid may supply several regions.
        Some(here) if here.g_per_kwh <= best.g_per_kwh => format!(
            "{} ({}) has the electricity with the lowest emissions of them.",
            here.code, here.name
        ),
        Some(here) => {
            let less = 100.0 * (1.0 - best.g_per_kwh / here.g_per_kwh);
            format!(
                "The same energy would have caused {least} CO₂e in {} ({}): {less:.0} % less than \
                 in {} by the same table.",
                best.code, best.name, here.code
            )
        }
        None => format!(
            "The same energy would have caused least in {} ({}): {least} CO₂e.",
            best.code, best.name
        ),
    })
}
