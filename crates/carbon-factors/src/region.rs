//! Parts of countries: states, provinces, bidding zones, and the grid zone that supplies each.

use std::collections::BTreeMap;

use crate::blob::{self, Row};
use crate::layout::Section;
use crate::place_name;

/// A state, a province or a zone of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// ISO 3166-2 code ("US-CA"), or the zone's own name ("SE-SE3", "US-CAL-CISO").
    pub code: &'static str,
    /// Name in words: "California".
    pub name: &'static str,
    /// Zone of Electricity Maps that supplies it; `None` where the country is one zone.
    pub grid_zone: Option<&'static str>,
    /// How well the zone fits the region.
    pub fit: Fit,
}

/// How well a grid zone fits a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The zone is the region, give or take a few percent of its consumption.
    Whole,
    /// The zone supplies most of the region but not all, or several regions together.
    Shared,
}

/// Finds a region of a country (three-letter code, upper case) by name or code; accents, case and
/// words such as "Province" or "State of" do not matter.
pub fn region(country_iso3: &str, name: &str) -> Option<Region> {
    let plain = place_name::plain(name);
    let find = |name: &str| blob::find_in(Section::Region, country_iso3, name);
    let bare = || {
        let ends = [
            " province",
            " state",
            " prefecture",
            " municipality",
            " autonomous region",
            " territory",
        ];
        let starts = ["state of ", "province of ", "commonwealth of "];
        let name = ends.iter().find_map(|e| plain.strip_suffix(e));
        find(name.or_else(|| starts.iter().find_map(|s| plain.strip_prefix(s)))?)
    };
    find(&plain).or_else(bare).map(Region::from_row)
}

/// The states or provinces of a country (three-letter code, upper case) that ISO 3166-2 lists and a
/// grid zone supplies, sorted by name; for most countries there are none.
///
/// Looks at every region of the world: about 0.1 ms.
pub fn regions(country_iso3: &str) -> Vec<Region> {
    if country_iso3.len() != 3 {
        return Vec::new();
    }
    let rows = (0..blob::count(Section::Region)).map(|i| blob::row(Section::Region, i));
    let of_country = rows.filter(|row| row.key().starts_with(country_iso3)).map(Region::from_row);
    // "US-CA" is a state; "US-CAL-CISO" is a zone.
    let states = of_country.filter(|region| {
        region.grid_zone.is_some()
            && matches!(region.code.len(), 4..=6)
            && region.code != region.name
    });
    let by_name: BTreeMap<&str, Region> = states.map(|region| (region.name, region)).collect();
    by_name.into_values().collect()
}

impl Region {
    fn from_row(row: Row) -> Self {
        let mut fields = row.fields();
        Self {
            code: fields.text(),
            name: fields.text(),
            grid_zone: Some(fields.text()).filter(|z| !z.is_empty()),
            fit: if fields.u8() == 0 { Fit::Whole } else { Fit::Shared },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_listed_once_each_without_zones() {
        let states = regions("USA");
        assert_eq!(states.len(), 51, "fifty and the capital's district: {states:?}");
        let vermont = states.iter().find(|state| state.name == "Vermont").unwrap();
        assert_eq!(Some(*vermont), region("USA", "vermont"));
        assert_eq!(regions("CAN").len(), 13);
        assert!(regions("POL").is_empty() && regions("").is_empty());
    }
}
