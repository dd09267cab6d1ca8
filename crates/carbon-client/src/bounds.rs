//! How far the figures of a run can be trusted, as it is told with its rows.
//!
//! A run knows the bounds of all that it came to so far. A row gets what they grew by since the last
//! one, so that the bounds of its rows add up to those of the run: the errors behind them are
//! systematic and do not shrink when a run is cut into rows.

use carbon_api::EmissionIn;
use carbon_model::{Component, ComponentReport};
use carbon_tracker::Outcome;
use serde_json::{Map, Value, json};

use crate::sink::Told;

/// Lower and upper bounds: energy in kWh, CO2e in kg.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Bounds {
    energy: (f64, f64),
    emissions: (f64, f64),
}

impl From<&Told> for Bounds {
    fn from(told: &Told) -> Self {
        Self { energy: told.energy_kwh, emissions: told.emissions_kg }
    }
}

impl Bounds {
    /// Of everything that a run came to so far.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let (energy, emissions) = (&outcome.footprint.energy, &outcome.footprint.emissions);
        Self {
            energy: (energy.low.kilowatt_hours(), energy.high.kilowatt_hours()),
            emissions: (emissions.low.kilograms(), emissions.high.kilograms()),
        }
    }

    /// Gives a row its part of what is not told yet, and takes that off. A row's bounds include its
    /// value; what does not fit into one row is left to the next.
    pub(crate) fn tell(self, told: &mut Self, row: &mut EmissionIn) {
        let part = |all: (f64, f64), told: &mut (f64, f64), value: Option<f64>| {
            let value = value.unwrap_or_default();
            let low = (all.0 - told.0).clamp(0.0, value);
            let high = (all.1 - told.1).max(value);
            *told = (told.0 + low, told.1 + high);
            (low.is_finite() && high.is_finite()).then_some((low, high)).unzip()
        };
        (row.energy_low_kwh, row.energy_high_kwh) =
            part(self.energy, &mut told.energy, row.energy_consumed);
        (row.emissions_low_kg, row.emissions_high_kg) =
            part(self.emissions, &mut told.emissions, row.emissions_sum);
    }
}

/// Where the figures of a run come from, by component (`cpu`, `gpu`, `ram`), and its `grid`.
pub(crate) fn sources(outcome: &Outcome) -> Value {
    let parts = outcome.report.billed();
    let mut told: Map<String, Value> = parts.iter().filter_map(of_component).collect();
    let grid = &outcome.factors.grid;
    told.insert(
        "grid".to_owned(),
        json!({
            "source": grid.source,
            "label": grid.name,
            "zone": grid.zone,
            "year": grid.year,
            "is_assumed": grid.assumed,
            "intensity_g_per_kwh": grid.intensity.value.g_per_kwh(),
            "low_g_per_kwh": grid.intensity.low.g_per_kwh(),
            "high_g_per_kwh": grid.intensity.high.g_per_kwh(),
            "pue": outcome.factors.pue.ratio(),
        }),
    );
    Value::Object(told)
}

/// The source that most of a component's energy comes from.
fn of_component(of: &ComponentReport) -> Option<(String, Value)> {
    let joules = |energy: carbon_model::Energy| energy.joules();
    let main = of
        .sources
        .iter()
        .max_by(|a, b| joules(a.energy.value).total_cmp(&joules(b.energy.value)))?;
    let percent = |bound: f64| {
        let value = joules(of.energy.value);
        (value > 0.0).then(|| ((bound / value - 1.0) * 1000.0).round() / 10.0)
    };
    let name = match of.component {
        Component::Cpu => "cpu",
        Component::Gpu => "gpu",
        Component::Ram => "ram",
    };
    let told = json!({
        "source": main.source,
        "label": main.source.label(),
        "basis": main.source.basis(),
        "detail": main.detail,
        "low_percent": percent(joules(of.energy.low)),
        "high_percent": percent(joules(of.energy.high)),
    });
    Some((name.to_owned(), told))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(energy: f64, emissions: f64) -> EmissionIn {
        EmissionIn {
            energy_consumed: Some(energy),
            emissions_sum: Some(emissions),
            ..EmissionIn::default()
        }
    }

    #[test]
    fn the_bounds_of_the_rows_add_up_to_those_of_the_run() {
        let mut told = Bounds::default();
        let (mut low, mut high) = (0.0, 0.0);
        for total in [1.0, 3.0, 4.0] {
            let now = Bounds {
                energy: (total * 0.5, total * 1.75),
                emissions: (total * 0.25, total * 2.0),
            };
            let mut row = row(if total == 3.0 { 2.0 } else { 1.0 }, 0.5);
            now.tell(&mut told, &mut row);
            low += row.energy_low_kwh.unwrap();
            high += row.energy_high_kwh.unwrap();
        }
        assert_eq!((low, high), (2.0, 7.0));
    }

    #[test]
    fn a_row_is_within_its_bounds_also_where_they_narrow() {
        let mut told = Bounds::default();
        let mut first = row(1.0, 1.0);
        Bounds { energy: (0.5, 3.0), emissions: (0.0, 9.0) }.tell(&mut told, &mut first);
        let mut second = row(1.0, 1.0);
        Bounds { energy: (1.9, 2.2), emissions: (1.9, 2.1) }.tell(&mut told, &mut second);
        assert_eq!((second.energy_low_kwh, second.energy_high_kwh), (Some(1.0), Some(1.0)));
        assert_eq!((second.emissions_low_kg, second.emissions_high_kg), (Some(1.0), Some(1.0)));
    }
}
