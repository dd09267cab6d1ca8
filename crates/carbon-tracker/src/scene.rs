//! Where a run takes place and what its electricity emits, as far as is known; and windows with
//! their energy marked where the price changes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carbon_model::{Energy, Report};

use crate::config::Config;
use crate::hub::Window;
use crate::live::{Cuts, Feed, Knowledge, PriceUsed, Tariff, mean};
use crate::location::{Place, resolve, resolve_found};
use crate::pricing::{Factors, GridUsed};

/// What the configuration says of the place of a run, and what is learnt meanwhile.
#[derive(Debug)]
pub(crate) struct Scene {
    config: Arc<Config>,
    year: u16,
    told: Arc<Place>,
    feed: Option<Arc<Feed>>,
    /// The place at one version of what the feed knows.
    learnt: Mutex<Option<(u64, Arc<Place>)>>,
}

/// A scene at one moment.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) place: Arc<Place>,
    pub(crate) factors: Factors,
    tariff: Option<Arc<Tariff>>,
    price_remarks: Vec<String>,
    price_fault: String,
}

impl Scene {
    pub(crate) fn new(config: Arc<Config>, year: u16, feed: Option<Arc<Feed>>) -> Self {
        let told = Arc::new(resolve(&config, year));
        Self { config, year, told, feed, learnt: Mutex::default() }
    }

    pub(crate) fn feed(&self) -> Option<&Arc<Feed>> {
        self.feed.as_ref()
    }

    /// What is known now.
    pub(crate) fn view(&self) -> View {
        let knowledge = self.feed.as_ref().map(|feed| feed.knowledge());
        let place = match &knowledge {
            Some(knowledge) => self.place(knowledge),
            None => Arc::clone(&self.told),
        };
        let config = &self.config;
        let is_given = config.force_carbon_intensity_g_co2e_kwh.is_some();
        let (tariff, price_remarks, price_fault) = knowledge
            .map(|known| (known.tariff, known.price_remarks, known.price_fault))
            .unwrap_or_default();
        View {
            factors: Factors {
                grid: place.grid.clone(),
                pue: config.pue,
                wue_l_per_kwh: config.wue.litres_per_kwh(),
            },
            place,
            tariff: tariff.filter(|_| !is_given),
            price_remarks,
            price_fault,
        }
    }

    fn place(&self, knowledge: &Knowledge) -> Arc<Place> {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, place)) = &*learnt
            && *version == knowledge.version
        {
            return Arc::clone(place);
        }
        let mut place = match &knowledge.place {
            Some(found) => resolve_found(&self.config, found, self.year),
            None => Place::clone(&self.told),
        };
        place.warnings.extend(knowledge.place_remarks.iter().cloned());
        let place = Arc::new(place);
        *learnt = Some((knowledge.version, Arc::clone(&place)));
        place
    }
}

impl View {
    /// The prices that a window was billed by, and the factors that they come to; what is to be
    /// said about them is added to the warnings.
    pub(crate) fn price(
        self,
        cuts: &Cuts,
        report: &Report,
        warnings: &mut Vec<String>,
    ) -> (Factors, Vec<PriceUsed>) {
        let Some(tariff) = &self.tariff else { return (self.factors, Vec::new()) };
        let table = &self.factors.grid;
        let (end, energy_j) = edge(report);
        let rows = cuts.rows(end, energy_j, tariff, table);
        warnings.extend(self.price_remarks);
        warnings.extend(unpriced(&rows, &self.price_fault));
        let grid = mean(&rows, table);
        (Factors { grid, ..self.factors }, rows)
    }

    /// The grid that a window with so much energy is billed.
    pub(crate) fn grid(&self, cuts: &Cuts, (end, energy_j): (Duration, f64)) -> GridUsed {
        let table = &self.factors.grid;
        match &self.tariff {
            Some(tariff) => mean(&cuts.rows(end, energy_j, tariff, table), table),
            None => table.clone(),
        }
    }
}

/// Says what part of the energy has the tables' price although another was asked for.
fn unpriced(rows: &[PriceUsed], fault: &str) -> Option<String> {
    let total: f64 = rows.iter().map(|row| row.energy.joules()).sum();
    let by_table: Vec<&PriceUsed> = rows.iter().filter(|row| row.provider.is_none()).collect();
    let first = by_table.first()?;
    let part: f64 = by_table.iter().map(|row| row.energy.joules()).sum();
    let (what, grid) = (if part < total { "part of the run" } else { "the run" }, &first.grid);
    if part <= 0.0 && total > 0.0 {
        return None;
    }
    let share = if part < total {
        format!(" ({:.1} % of its energy)", 100.0 * part / total)
    } else {
        String::new()
    };
    let year = grid.year.map(|year| format!(" of {year}")).unwrap_or_default();
    Some(format!(
        "{fault}: {what}{share} is priced by the average{year} of {}, {:.0} g/kWh ({})",
        grid.name,
        grid.intensity.value.g_per_kwh(),
        grid.source
    ))
}

/// The end of a report on the wall clock, and its billed energy in joules.
pub(crate) fn edge(report: &Report) -> (Duration, f64) {
    let end = Duration::try_from_secs_f64(report.ended_unix_s).unwrap_or_default();
    (end, Energy::joules(report.billed_energy().value))
}

/// A window that is open, and its energy where the price changed.
#[derive(Debug)]
pub(crate) struct Priced {
    pub(crate) window: Window,
    pub(crate) cuts: Cuts,
}

impl Priced {
    pub(crate) fn new(window: Window) -> Self {
        let opened = Duration::try_from_secs_f64(window.started_unix_s()).unwrap_or_default();
        Self { window, cuts: Cuts::new(opened) }
    }

    /// Marks the energy so far.
    pub(crate) fn mark(&mut self, view: &View) {
        let Some(tariff) = &view.tariff else { return };
        let (at, energy_j) = edge(&self.window.peek());
        self.cuts.mark(at, energy_j, tariff, &view.factors.grid);
    }

    /// Lets a report of the window so far keep its price.
    pub(crate) fn settle(&mut self, view: &View, report: &Report) {
        let Some(tariff) = &view.tariff else { return };
        let (at, energy_j) = edge(report);
        self.cuts.settle(at, energy_j, tariff, &view.factors.grid);
    }
}
