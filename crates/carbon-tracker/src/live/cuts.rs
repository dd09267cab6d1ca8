//! The energy of one window between changes of the price, and the price that it comes to.
//!
//! At each change a window's energy so far is marked. Priced is not each part but the whole, by the
//! mean of the prices weighted by the energy of their time: the same emissions, one way to apply
//! factors, and energies that stay those of the report. What was sent to anybody keeps its price,
//! so that sums never go down.

use std::sync::Arc;
use std::time::Duration;

use carbon_model::{Energy, Interval};

use super::price::{Price, Tariff};
use crate::config::IntensityProvider;
use crate::pricing::GridUsed;

/// Marks that are kept before the time up to the last one is settled.
const MOST_MARKS: usize = 64;

/// Prices that are listed one by one; older ones are listed together.
const MOST_ROWS: usize = 100;

/// A price that a run was billed, and for how much of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceUsed {
    /// Who told it; `None` for the tables, where nobody did.
    pub provider: Option<IntensityProvider>,
    /// Start of the time that the value is of, seconds since the Unix epoch.
    pub value_from_unix_s: Option<f64>,
    /// How the value was come by, if it was not measured.
    pub estimated: Option<String>,
    /// The value, its bounds and its source.
    pub grid: GridUsed,
    /// Start of its use, seconds since the Unix epoch.
    pub from_unix_s: f64,
    /// End of its use, seconds since the Unix epoch.
    pub until_unix_s: f64,
    /// IT energy that was billed by it.
    pub energy: Energy,
    /// Number of values; more than one where old ones are listed together, as their mean.
    pub values: u32,
}

/// The energy of one window, cut where the price changes.
#[derive(Debug, Clone)]
pub(crate) struct Cuts {
    settled: Vec<PriceUsed>,
    /// Wall time and energy so far, J; the first is where what is not settled begins.
    marks: Vec<(Duration, f64)>,
}

impl Cuts {
    /// Of a window that opens now.
    pub(crate) fn new(opened: Duration) -> Self {
        Self { settled: Vec::new(), marks: vec![(opened, 0.0)] }
    }

    /// Marks the energy of the window so far; time and energy never go back.
    pub(crate) fn mark(&mut self, at: Duration, energy_j: f64, tariff: &Tariff, table: &GridUsed) {
        let (last_at, last_j) = *self.marks.last().expect("the opening is a mark");
        if at > last_at {
            self.marks.push((at, energy_j.max(last_j)));
        }
        if self.marks.len() > MOST_MARKS {
            self.settle(at, energy_j, tariff, table);
        }
    }

    /// Lets everything up to now keep the price that it has.
    pub(crate) fn settle(
        &mut self,
        at: Duration,
        energy_j: f64,
        tariff: &Tariff,
        table: &GridUsed,
    ) {
        let (last_at, last_j) = *self.marks.last().expect("the opening is a mark");
        self.settled = self.rows(at, energy_j, tariff, table);
        self.marks = vec![(at.max(last_at), energy_j.max(last_j))];
    }

    /// The prices of the window up to an end; their energies are the window's.
    pub(crate) fn rows(
        &self,
        end: Duration,
        energy_j: f64,
        tariff: &Tariff,
        table: &GridUsed,
    ) -> Vec<PriceUsed> {
        let mut rows = self.settled.clone();
        let (mut from, mut from_j) = self.marks[0];
        for (to, to_j) in self.marks.iter().skip(1).copied().chain([(end, energy_j)]) {
            let part_j = (to_j - from_j).max(0.0);
            let stretches = tariff.stretches(from, to);
            if stretches.is_empty() && part_j > 0.0 {
                add(&mut rows, row(from, from, part_j, tariff.at(from), table));
            }
            let length_s = to.saturating_sub(from).as_secs_f64();
            for (start, stop, price) in stretches {
                let share = stop.saturating_sub(start).as_secs_f64() / length_s;
                add(&mut rows, row(start, stop, part_j * share, price, table));
            }
            (from, from_j) = (to.max(from), to_j.max(from_j));
        }
        while rows.len() > MOST_ROWS {
            let older = rows.remove(0);
            rows[0] = together(&older, &rows[0]);
        }
        rows
    }
}

fn row(
    from: Duration,
    to: Duration,
    energy_j: f64,
    price: Option<&Arc<Price>>,
    table: &GridUsed,
) -> PriceUsed {
    PriceUsed {
        provider: price.map(|price| price.provider),
        value_from_unix_s: price.map(|price| price.from.as_secs_f64()),
        estimated: price.and_then(|price| price.estimated.clone()),
        grid: price.map_or_else(|| table.clone(), |price| price.grid()),
        from_unix_s: from.as_secs_f64(),
        until_unix_s: to.as_secs_f64(),
        energy: Energy::from_joules(energy_j),
        values: 1,
    }
}

/// Adds a row, or lengthens the last one if it is of the same value.
fn add(rows: &mut Vec<PriceUsed>, new: PriceUsed) {
    match rows.last_mut() {
        Some(last)
            if (last.provider, last.value_from_unix_s) == (new.provider, new.value_from_unix_s)
                && last.grid == new.grid =>
        {
            last.energy += new.energy;
            last.until_unix_s = new.until_unix_s;
        }
        _ => rows.push(new),
    }
}

fn together(older: &PriceUsed, newer: &PriceUsed) -> PriceUsed {
    let provider = if older.provider == newer.provider { newer.provider } else { None };
    PriceUsed {
        provider,
        value_from_unix_s: older.value_from_unix_s,
        estimated: older.estimated.clone().or_else(|| newer.estimated.clone()),
        grid: blend(&[older.clone(), newer.clone()], &newer.grid),
        from_unix_s: older.from_unix_s,
        until_unix_s: newer.until_unix_s,
        energy: older.energy + newer.energy,
        values: older.values + newer.values,
    }
}

/// The grid that prices come to: their mean, weighted by energy, or by time where there was none;
/// `table` if there are no prices.
pub(crate) fn mean(rows: &[PriceUsed], table: &GridUsed) -> GridUsed {
    let mut grid = blend(rows, table);
    let values: u32 =
        rows.iter().filter(|row| row.energy > Energy::ZERO).map(|row| row.values).sum();
    if values > 1 {
        grid.source = format!("{}; mean of {values} values by energy", grid.source);
    }
    grid
}

fn blend(rows: &[PriceUsed], table: &GridUsed) -> GridUsed {
    let by_energy = rows.iter().any(|row| row.energy > Energy::ZERO);
    let weight = |row: &PriceUsed| {
        if by_energy { row.energy.joules() } else { row.until_unix_s - row.from_unix_s }
    };
    let total: f64 = rows.iter().map(weight).sum();
    let used: Vec<&PriceUsed> =
        rows.iter().filter(|row| total <= 0.0 || weight(row) > 0.0).collect();
    let Some(first) = used.first() else { return table.clone() };
    if total <= 0.0 || used.iter().all(|row| row.grid == first.grid) {
        return used.last().map_or_else(|| table.clone(), |row| row.grid.clone());
    }
    let sum = |of: fn(&GridUsed) -> carbon_model::Intensity| {
        let grams: f64 =
            used.iter().map(|row| weight(row) * of(&row.grid).g_per_kwh()).sum::<f64>() / total;
        carbon_model::Intensity::from_g_per_kwh(grams)
    };
    let differ = |of: fn(&GridUsed) -> &str| {
        let mut texts: Vec<&str> = Vec::new();
        for row in &used {
            if !texts.contains(&of(&row.grid)) {
                texts.push(of(&row.grid));
            }
        }
        texts.join(" + ")
    };
    GridUsed {
        zone: differ(|grid| &grid.zone),
        name: differ(|grid| &grid.name),
        intensity: Interval::new(
            sum(|grid| grid.intensity.value),
            sum(|grid| grid.intensity.low),
            sum(|grid| grid.intensity.high),
        ),
        year: first.grid.year.filter(|_| used.iter().all(|row| row.grid.year == first.grid.year)),
        source: differ(|grid| &grid.source),
        assumed: used.iter().any(|row| row.grid.assumed),
    }
}

#[cfg(test)]
#[path = "cuts_tests.rs"]
mod tests;
