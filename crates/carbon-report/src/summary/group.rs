//! One group of runs: sums, bounds as far as they are known, places and dates.

use std::collections::BTreeSet;

use carbon_model::{CarbonMass, Energy, Interval, Power, Quantity, Water};

use crate::entry::{Entry, Place, Split};
use crate::grids::Grids;
use crate::local_time::LocalTime;

/// Runs added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Name of the group.
    pub name: String,
    /// How many runs, or tasks without their run.
    pub runs: usize,
    /// Seconds, added up.
    pub duration_s: f64,
    /// Energy, PUE included.
    pub energy: Split,
    /// Emissions.
    pub emissions: CarbonMass,
    /// Water.
    pub water: Water,
    /// Bounds of the energy; `None` unless every run has them.
    pub energy_bounds: Option<Interval<Energy>>,
    /// Bounds of the emissions, and what they cover.
    pub emissions_bounds: Interval<CarbonMass>,
    /// What the bounds of the emissions cover.
    pub coverage: Coverage,
    /// End of the first and of the last run.
    pub dates: Option<(LocalTime, LocalTime)>,
    /// Where, by energy, largest first.
    pub places: Vec<PlaceShare>,
    /// Projects in it.
    pub projects: BTreeSet<String>,
}

/// What the bounds of a sum cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coverage {
    /// Nothing was added yet.
    #[default]
    Nothing,
    /// The grid's figure only: no run has bounds of its energy, as in CSV files.
    GridOnly,
    /// Some runs have bounds of their energy, others only those of the grid.
    Partly,
    /// Energy and grid of every run.
    Everything,
}

impl Coverage {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (a, b) if a == b => a,
            _ => Self::Partly,
        }
    }

    /// What to say beside the bounds; empty when they cover everything.
    pub fn remark(self) -> &'static str {
        match self {
            Self::Nothing | Self::Everything => "",
            Self::GridOnly => {
                "the grid's figure only: a CSV file does not say how exact its energy is"
            }
            Self::Partly => {
                "for runs from CSV files the grid's figure only: these do not say how exact their \
                 energy is"
            }
        }
    }
}

/// Energy used in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceShare {
    /// The place in words.
    pub name: String,
    /// What the first entry there calls it; most others do too.
    place: Place,
    /// Energy there, PUE included.
    pub energy: Energy,
    /// Emissions there.
    pub emissions: CarbonMass,
}

/// An entry's bounds as far as its file tells them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    energy: Option<Interval<Energy>>,
    emissions: Interval<CarbonMass>,
}

impl Bounded {
    /// Those of a JSON report, else those of the grid of the place and year.
    pub fn of(entry: &Entry, grids: &mut Grids) -> Self {
        if let Some(told) = &entry.told {
            return Self { energy: Some(told.energy), emissions: told.emissions };
        }
        let year = entry.ended.map_or(0, LocalTime::year);
        let grid = grids.of(&entry.place, year).grid.intensity;
        let factor =
            |bound: f64| if grid.value.base() > 0.0 { bound / grid.value.base() } else { 1.0 };
        let (low, high) = (factor(grid.low.base()), factor(grid.high.base()));
        Self { energy: None, emissions: Interval::by_factors(entry.emissions, low, high) }
    }

    fn coverage(&self) -> Coverage {
        if self.energy.is_some() { Coverage::Everything } else { Coverage::GridOnly }
    }
}

impl Group {
    /// A group without runs.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            runs: 0,
            duration_s: 0.0,
            energy: Split::default(),
            emissions: CarbonMass::ZERO,
            water: Water::ZERO,
            energy_bounds: Some(Interval::default()),
            emissions_bounds: Interval::default(),
            coverage: Coverage::Nothing,
            dates: None,
            places: Vec::new(),
            projects: BTreeSet::new(),
        }
    }

    /// Adds a run. Errors are those of meters, models and grids, which runs share, so bounds add.
    pub fn add(&mut self, entry: &Entry, bounded: Bounded) {
        self.runs += 1;
        self.duration_s += entry.duration_s;
        self.energy += entry.energy;
        self.emissions += entry.emissions;
        self.water += entry.water;
        self.energy_bounds = match (self.energy_bounds, bounded.energy) {
            (Some(sum), Some(energy)) => Some(sum_of(sum, energy)),
            _ => None,
        };
        self.emissions_bounds = sum_of(self.emissions_bounds, bounded.emissions);
        self.coverage = self.coverage.and(bounded.coverage());
        if let Some(time) = entry.ended {
            let (first, last) = self.dates.unwrap_or((time, time));
            self.dates = Some((first.min(time), last.max(time)));
        }
        self.add_place(entry);
        if !self.projects.contains(&*entry.project) {
            self.projects.insert(entry.project.to_string());
        }
    }

    fn add_place(&mut self, entry: &Entry) {
        let known = self.places.iter().position(|share| share.place == entry.place);
        let at = known.unwrap_or_else(|| {
            let name = entry.place.name();
            self.places.iter().position(|share| share.name == name).unwrap_or_else(|| {
                let (energy, emissions) = (Energy::ZERO, CarbonMass::ZERO);
                self.places.push(PlaceShare {
                    name,
                    place: entry.place.clone(),
                    energy,
                    emissions,
                });
                self.places.len() - 1
            })
        });
        self.places[at].energy += entry.energy.total;
        self.places[at].emissions += entry.emissions;
        // One place overtakes at most its neighbours; the list stays sorted.
        let mut at = at;
        while at > 0 && self.places[at].energy > self.places[at - 1].energy {
            self.places.swap(at, at - 1);
            at -= 1;
        }
    }

    /// Mean power over the added durations, PUE included; 0 W without a duration.
    pub fn power(&self) -> Power {
        let seconds = self.duration_s;
        Power::from_watts(if seconds > 0.0 { self.energy.total.joules() / seconds } else { 0.0 })
    }

    /// Emissions per kilowatt hour in grams; `None` without energy.
    pub fn g_per_kwh(&self) -> Option<f64> {
        let kwh = self.energy.total.kilowatt_hours();
        (kwh > 0.0).then(|| self.emissions.grams() / kwh)
    }
}

fn sum_of<Q: Quantity>(a: Interval<Q>, b: Interval<Q>) -> Interval<Q> {
    carbon_model::combine_same_source([a, b])
}
