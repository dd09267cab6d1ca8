//! Parts of countries: states, provinces, bidding zones, and the grid zone that supplies each.

use crate::blob;
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
    let mut fields = find(&plain).or_else(bare)?.fields();
    Some(Region {
        code: fields.text(),
        name: fields.text(),
        grid_zone: Some(fields.text()).filter(|z| !z.is_empty()),
        fit: if fields.u8() == 0 { Fit::Whole } else { Fit::Shared },
    })
}
