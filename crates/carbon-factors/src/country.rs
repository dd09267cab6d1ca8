//! Countries of ISO 3166-1 (and Kosovo as `XKX`), their names, and whose grid supplies them.

use crate::blob::{self, Row};
use crate::layout::Section;
use crate::place_name;

/// A country or territory of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// Three-letter code, upper case: "FRA".
    pub iso3: &'static str,
    /// Two-letter code, upper case: "FR".
    pub iso2: &'static str,
    /// English name: "France".
    pub name: &'static str,
    /// Three-letter code of the country whose grid answers when this one has no row of its own,
    /// such as "FRA" for Monaco; `None` for all others.
    pub grid_of: Option<&'static str>,
}

impl Country {
    fn from_row(row: Row) -> Self {
        let mut fields = row.fields();
        Self {
            iso3: row.key(),
            iso2: fields.text(),
            name: fields.text(),
            grid_of: Some(fields.text()).filter(|s| !s.is_empty()),
        }
    }
}

/// Finds a country by its ISO 3166-1 code (two or three letters) or English name, in any case,
/// with or without accents.
///
/// Costs under a microsecond for a code.
pub fn country(code_or_name: &str) -> Option<Country> {
    let name = code_or_name.trim();
    if let Ok(mut code) = <[u8; 3]>::try_from(name.as_bytes()) {
        code.make_ascii_uppercase();
        let row = std::str::from_utf8(&code).ok().and_then(|c| blob::find(Section::Country, c));
        if let Some(row) = row {
            return Some(Country::from_row(row));
        }
    }
    let row = blob::find(Section::CountryName, &place_name::plain(name))?;
    let iso3 = row.fields().text();
    blob::find(Section::Country, iso3).map(Country::from_row)
}

/// Every country, sorted by three-letter code.
pub fn countries() -> impl Iterator<Item = Country> {
    (0..blob::count(Section::Country)).map(|i| Country::from_row(blob::row(Section::Country, i)))
}

/// The country of an IANA time zone such as "Europe/Paris", old names ("US/Pacific") included.
///
/// A hint where nothing better is known: people travel, and servers run on UTC (which has none).
pub fn country_of_time_zone(zone: &str) -> Option<Country> {
    let row = blob::find(Section::TimeZone, zone.trim())?;
    blob::find(Section::Country, row.fields().text()).map(Country::from_row)
}
