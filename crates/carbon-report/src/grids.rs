//! The grid of a place and year, looked up once each.

use std::collections::HashMap;

use carbon_tracker::config::{Config, FactorTable};
use carbon_tracker::location;

use crate::entry::Place;

/// Grids by place and year, from the compiled-in tables.
#[derive(Debug)]
pub struct Grids {
    table: FactorTable,
    known: HashMap<(Place, u16), location::Place>,
}

impl Grids {
    /// Grids of one table.
    pub fn new(table: FactorTable) -> Self {
        Self { table, known: HashMap::new() }
    }

    /// The grid of a place in a year (0 when it is not known), with the place as it was understood
    /// and what has to be said about the choice. An unknown place is the world, with its wide interval.
    pub fn of(&mut self, place: &Place, year: u16) -> &location::Place {
        let table = self.table;
        self.known
            .entry((place.clone(), year))
            .or_insert_with(|| location::resolve(&config_of(place, table), newest_if_unknown(year)))
    }
}

/// A year beyond every table asks for the newest value.
fn newest_if_unknown(year: u16) -> u16 {
    if year == 0 { u16::MAX } else { year }
}

/// The settings that name a place; what is no valid value is left out, as if it were not known.
fn config_of(place: &Place, table: FactorTable) -> Config {
    let mut config = Config { co2_table: table, ..Config::default() };
    let mut set = |key: &str, text: &str| {
        if !text.is_empty() {
            // A file may name a place in words that are no setting; then it is not known here.
            let _ = config.set(key, text);
        }
    };
    if place.is_cloud() {
        set("cloud_provider", &place.cloud_provider);
        set("cloud_region", &place.cloud_region);
    }
    set("country_iso_code", &place.country_iso3);
    set("region", &place.region);
    config
}
