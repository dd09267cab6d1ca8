//! The machine's own sensors, read by the hub as in any run.

use carbon_model::{Basis, Component, Energy, Source};
use carbon_sensors::load_model::CalibrationScope;
use carbon_sensors::{Covers, Instant, MeterInfo};
use carbon_tracker::{Hub, Preferences, Window};

use super::{Gauge, GaugeError};
use crate::calibrate::series::{Mean, Series};

/// The counters of the processor, or the battery.
#[derive(Debug)]
pub(in crate::calibrate) struct Sensors {
    name: String,
    scope: CalibrationScope,
    error: f64,
    series: Series,
    last: Option<(Instant, Energy)>,
}

impl Sensors {
    /// The sensors that a run would count; `None` where it would take a model.
    pub(in crate::calibrate) fn of(hub: &Hub, preferences: &Preferences) -> Option<Self> {
        let counted = hub.counted(preferences);
        let of_cpu: Vec<&MeterInfo> = counted
            .iter()
            .filter(|meter| meter.covers.component() == Some(Component::Cpu))
            .collect();
        let is_measured =
            |meter: &&MeterInfo| matches!(meter.source.basis(), Basis::Measured | Basis::Derived);
        if of_cpu.is_empty() || !of_cpu.iter().all(is_measured) {
            return None;
        }
        let is_whole = of_cpu.iter().any(|meter| meter.covers == Covers::System);
        Some(Self {
            name: of_cpu.first().map_or("", |meter| meter.source.label()).to_owned(),
            scope: if is_whole { CalibrationScope::Computer } else { CalibrationScope::Processors },
            error: of_cpu.iter().map(|meter| meter.accuracy.high - 1.0).fold(0.0, f64::max),
            series: Series::default(),
            last: None,
        })
    }

    /// Whether these are of a battery, which feeds the GPUs as well.
    pub(in crate::calibrate) fn is_battery(&self) -> bool {
        self.name == Source::Battery.label()
    }

    fn read(&mut self, now: Instant, window: &Window) {
        let report = window.peek();
        let energy = report
            .machine
            .iter()
            .find(|part| part.component == Component::Cpu)
            .map_or(Energy::ZERO, |part| part.energy.value);
        if let Some((before, last)) = self.last {
            let length = now.active_since(&before);
            self.series.push(length, (energy - last).joules() / length.as_secs_f64());
        }
        self.last = Some((now, energy));
    }
}

impl Gauge for Sensors {
    fn begin(&mut self, now: Instant, window: &Window) -> Result<(), GaugeError> {
        self.series = Series::default();
        self.last = None;
        self.read(now, window);
        Ok(())
    }

    fn look(&mut self, now: Instant, window: &Window) -> Result<(), GaugeError> {
        self.read(now, window);
        Ok(())
    }

    fn end(&mut self, now: Instant, window: &Window, phase: &str) -> Result<Mean, GaugeError> {
        self.read(now, window);
        let silent = || GaugeError::Silent { phase: phase.to_owned() };
        self.series.mean().filter(|mean| mean.power_w > 0.0).ok_or_else(silent)
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn scope(&self) -> CalibrationScope {
        self.scope
    }

    fn error(&self) -> f64 {
        self.error
    }
}
