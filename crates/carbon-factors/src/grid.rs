//! Intensity of the electricity of a country, a state or a zone, with its interval.
//!
//! One answer has one scope: the default table ([`Table::Current`]) is lifecycle throughout, for a
//! state as for its country, so that both can be compared. Official state figures that count
//! combustion only are in [`Table::Direct`], with a national figure of the same kind beside them
//! where one exists. What a place has no figure for is answered by the grid that supplies it, by
//! its country or by the world, and [`GridFactor::resolution`] says so; the interval widens.
//!
//! Left out: live intensity, which needs a network, and prices.

use carbon_model::{Intensity, Interval, Quantity};

use crate::blob::{self, Row};
use crate::country::{Country, country};
use crate::layout::{NO_SHARE, Section, grid_set};
use crate::region::{Fit, region};
use crate::source::SourceInfo;

/// Which set of values is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Table {
    /// Newest lifecycle values: Ember for countries (2022 to 2024, production), Electricity Maps
    /// for parts of countries and where Ember has no row near the year (2021 to 2025,
    /// consumption). The default.
    #[default]
    Current,
    /// What CodeCarbon 3.3 answers, for comparison with its results. Scopes are mixed as there:
    /// countries lifecycle, US states and Canadian and Chinese provinces combustion only.
    CodeCarbon,
    /// Electricity Maps for everything it has: flow-traced consumption, lifecycle.
    ElectricityMaps,
    /// Official combustion-only values: the USA and its states (eGRID), Canada and its provinces,
    /// Chinese provinces. Nothing else is answered.
    Direct,
    /// Marginal intensity of 2021, combustion only: what one more kWh causes. A different question
    /// from the average; never to be mixed with it.
    Marginal,
}

/// What emissions are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// From fuel extraction and construction to the end of the plant.
    Lifecycle,
    /// Combustion in the plant only.
    Direct,
}

/// Which electricity is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridBasis {
    /// What is generated in the place.
    Production,
    /// What is used in the place, imports and exports traced.
    Consumption,
}

/// How the place that was asked for led to the row that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The place has a row of its own.
    Own,
    /// The grid zone that supplies most of the place, or the place and its neighbours.
    SharedZone,
    /// The country whose grid supplies the territory (three-letter code).
    GridOf(&'static str),
    /// The country, because its part is unknown or has no row.
    Country,
    /// The world average, because nothing nearer is known.
    World,
}

/// An intensity with what it means and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridFactor {
    /// The row that answered: three-letter code, "US-CAL-CISO", "US-CA", "WORLD" …
    pub zone: &'static str,
    /// The year that the value is for.
    pub year: u16,
    /// What emissions are counted.
    pub scope: Scope,
    /// Which electricity is averaged.
    pub basis: GridBasis,
    /// Emissions per unit of electricity, with the range of measurement section 8: ×÷ 1.15 for the
    /// year of the run, ×÷ 1.2 one year away, wider beyond, ×÷ 2 for the world average.
    pub intensity: Interval<Intensity>,
    /// Share of renewable sources in percent, where the source says.
    pub renewable_percent: Option<f64>,
    /// Share of sources without combustion of fossil fuel in percent, where the source says.
    pub carbon_free_percent: Option<f64>,
    /// Who published it.
    pub source: SourceInfo,
    /// How the place led to this row.
    pub resolution: Resolution,
}

/// Intensity of a country, by code or English name.
///
/// `year` is the year of the run: the nearest year of the table answers; without one the newest.
/// `None` when the name is no country, or when the table is [`Table::Direct`] or
/// [`Table::Marginal`] and has no row for it. Costs under a microsecond for a code.
pub fn country_grid(country_name: &str, year: Option<u16>, table: Table) -> Option<GridFactor> {
    of_country(&country(country_name)?, year, table)
}

/// Intensity of a state, province or bidding zone, by name or code ("california", "US-CA", "CA",
/// "quebec", "SE3"), accents and case ignored; a zone of Electricity Maps ("US-CAL-CISO") works
/// too.
///
/// A part that is unknown, or unknown to the table, is answered by its country, except by
/// [`Table::Direct`] and [`Table::Marginal`], which answer nothing then.
pub fn region_grid(
    country_name: &str,
    region_name: &str,
    year: Option<u16>,
    table: Table,
) -> Option<GridFactor> {
    let country = country(country_name)?;
    let own = region(country.iso3, region_name).and_then(|place| {
        let (sets, zone): (&[&str], _) = match table {
            Table::Current | Table::ElectricityMaps => {
                (&[grid_set::ELECTRICITY_MAPS], place.grid_zone?)
            }
            Table::CodeCarbon => (&[grid_set::CODECARBON], place.code),
            Table::Direct => (&[grid_set::DIRECT], place.code),
            Table::Marginal => return None,
        };
        let shared = sets[0] == grid_set::ELECTRICITY_MAPS && place.fit == Fit::Shared;
        let resolution = if shared { Resolution::SharedZone } else { Resolution::Own };
        nearest(sets, zone, year, resolution)
    });
    own.or_else(|| match table {
        Table::Direct | Table::Marginal => None,
        _ => of_country(&country, year, table).map(|factor| GridFactor {
            resolution: match factor.resolution {
                Resolution::Own => Resolution::Country,
                other => other,
            },
            ..factor
        }),
    })
}

/// Intensity of a zone by the name that Electricity Maps gives it ("FR", "US-MIDA-PJM"), as
/// [`crate::CloudRegion::grid_zone`] holds it: lifecycle, consumption.
pub fn zone_grid(zone: &str, year: Option<u16>) -> Option<GridFactor> {
    let sets = [grid_set::ELECTRICITY_MAPS];
    match zone.len() {
        2 => nearest(&sets, country(zone)?.iso3, year, Resolution::Own),
        _ => nearest(&sets, &zone.to_ascii_uppercase(), year, Resolution::Own),
    }
}

/// The world average, with a range of ×÷ 2.
///
/// 475 g/kWh for [`Table::CodeCarbon`], Ember's for every other table.
pub fn world_grid(table: Table) -> GridFactor {
    let set = match table {
        Table::CodeCarbon => grid_set::CODECARBON,
        _ => grid_set::EMBER,
    };
    let row = nearest(&[set], "WORLD", None, Resolution::World);
    row.unwrap_or_else(|| unreachable!("the build script refuses tables without a world row"))
}

fn of_country(country: &Country, year: Option<u16>, table: Table) -> Option<GridFactor> {
    let own = |iso3, resolution| match table {
        Table::Current => current(iso3, year, resolution),
        Table::ElectricityMaps => nearest(&[grid_set::ELECTRICITY_MAPS], iso3, year, resolution),
        Table::CodeCarbon => nearest(&[grid_set::CODECARBON], iso3, year, resolution),
        Table::Direct => nearest(&[grid_set::DIRECT], iso3, year, resolution),
        Table::Marginal => nearest(&[grid_set::MARGINAL], iso3, year, resolution),
    };
    let supplied = || match table {
        Table::Current | Table::ElectricityMaps => {
            country.grid_of.and_then(|iso3| own(iso3, Resolution::GridOf(iso3)))
        }
        _ => None,
    };
    let world = || match table {
        Table::Direct | Table::Marginal => None,
        _ => Some(world_grid(table)),
    };
    own(country.iso3, Resolution::Own).or_else(supplied).or_else(world)
}

/// Ember's series, of which 2022 and 2023 are in CodeCarbon's table, unless Electricity Maps is
/// nearer to the year by more than a year.
fn current(iso3: &str, year: Option<u16>, resolution: Resolution) -> Option<GridFactor> {
    let ember = nearest_row(&[grid_set::EMBER, grid_set::CODECARBON], iso3, year);
    let maps = nearest_row(&[grid_set::ELECTRICITY_MAPS], iso3, year);
    let best = match (ember, maps) {
        (Some(ember), Some(maps)) if ember.years_away > maps.years_away + 1 => maps,
        (ember, maps) => ember.or(maps)?,
    };
    Some(factor(best, year, resolution))
}

/// The row of `zone` in the `sets` whose year is nearest to the run's.
fn nearest(
    sets: &[&str],
    zone: &str,
    year: Option<u16>,
    resolution: Resolution,
) -> Option<GridFactor> {
    nearest_row(sets, zone, year).map(|candidate| factor(candidate, year, resolution))
}

#[derive(Clone, Copy)]
struct Candidate {
    row: Row,
    years_away: u16,
}

/// Of two rows equally near the earlier is taken, of one year the first set's; without a year of
/// the run the newest.
fn nearest_row(sets: &[&str], zone: &str, year: Option<u16>) -> Option<Candidate> {
    let mut best: Option<Candidate> = None;
    for set in sets {
        for row in blob::rows_of(Section::Grid, set, zone) {
            let years_away = year.unwrap_or(u16::MAX).abs_diff(row.fields().u16());
            if best.is_none_or(|known| years_away < known.years_away) {
                best = Some(Candidate { row, years_away });
            }
        }
    }
    best
}

fn factor(candidate: Candidate, year_of_run: Option<u16>, resolution: Resolution) -> GridFactor {
    let Candidate { row, years_away } = candidate;
    let mut fields = row.fields();
    let year = fields.u16();
    let scope = if fields.u8() == 0 { Scope::Lifecycle } else { Scope::Direct };
    let basis = if fields.u8() == 0 { GridBasis::Production } else { GridBasis::Consumption };
    let source = SourceInfo::at(fields.u8());
    let value = Intensity::from_g_per_kwh(fields.millionths());
    let mut share = || Some(fields.u16()).filter(|s| *s != NO_SHARE).map(|s| f64::from(s) / 100.0);
    let spread = spread(year_of_run.map(|_| years_away), resolution);
    GridFactor {
        zone: &row.key()[2..],
        year,
        scope,
        basis,
        intensity: Interval::by_factors(value, 1.0 / spread, spread),
        renewable_percent: share(),
        carbon_free_percent: share(),
        source,
        resolution,
    }
}

/// How far the truth may lie from an annual average, as a factor.
///
/// The steps beyond one year keep the coverage that ×÷ 1.2 has at one year: 86 % of the changes of
/// the 352 zones of Electricity Maps between 2021 and 2025 (1.3 at two years, 1.4 at three, 1.5 at
/// four). A zone that is not the place itself adds ×÷ 1.3 of its own.
fn spread(years_away: Option<u16>, resolution: Resolution) -> f64 {
    let age: f64 = match (resolution, years_away) {
        (Resolution::World, _) => return 2.0,
        (_, Some(0)) => 1.15,
        // Without a year of the run, an annual table is at best last year's.
        (_, None) => 1.2,
        (_, Some(years)) => (1.1 + 0.1 * f64::from(years)).min(2.0),
    };
    let place: f64 = match resolution {
        Resolution::SharedZone | Resolution::Country | Resolution::GridOf(_) => 1.3,
        Resolution::Own | Resolution::World => 1.0,
    };
    age.ln().hypot(place.ln()).exp()
}

impl GridFactor {
    /// The bare value in g/kWh.
    pub fn g_per_kwh(&self) -> f64 {
        self.intensity.value.base()
    }
}
