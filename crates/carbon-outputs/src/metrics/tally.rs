//! What a run has come to, in base units.
//!
//! Records carry totals in kWh and kg. A counter of a metrics system is something stricter: it may
//! only grow, because a fall is read as a restart and counted again. Totals can fall, when a run is
//! priced again for another place or a meter is corrected, so each counter keeps the highest total
//! that it has seen. Then it is at most as much too high as the fall, and right again as soon as the
//! run has caught up; adding up the rises instead would keep the error for ever.

use carbon_model::{EmissionsRecord, Energy};

/// The shortest stretch over which power is told; shorter ones are noise of two readings.
const SHORTEST_STRETCH_S: f64 = 0.5;

/// A component that records tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Cpu,
    Gpu,
    Ram,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Cpu, Self::Gpu, Self::Ram];

    /// As Prometheus labels have it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
            Self::Ram => "ram",
        }
    }

    /// Energy in kWh by a record, PUE included.
    pub(crate) const fn kwh(self, record: &EmissionsRecord) -> f64 {
        match self {
            Self::Cpu => record.cpu_energy,
            Self::Gpu => record.gpu_energy,
            Self::Ram => record.ram_energy,
        }
    }

    const fn watts(self, record: &EmissionsRecord) -> f64 {
        match self {
            Self::Cpu => record.cpu_power,
            Self::Gpu => record.gpu_power,
            Self::Ram => record.ram_power,
        }
    }
}

/// The counters of one run and its present power.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Tally {
    run_id: String,
    /// J of each part as measured, without PUE.
    energy_j: [f64; 3],
    /// kWh of all parts, PUE included, as records have it.
    pub(crate) energy_kwh: f64,
    /// g CO2e.
    pub(crate) emissions_g: f64,
    /// L.
    pub(crate) water_l: f64,
    /// Active s.
    pub(crate) duration_s: f64,
    power_w: [f64; 3],
    /// Where the stretch began over which the present power was told.
    mark: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Mark {
    duration_s: f64,
    energy_j: [f64; 3],
}

impl Tally {
    /// Takes the totals of a run; those of another run begin anew.
    pub(crate) fn take(&mut self, total: &EmissionsRecord) {
        let is_new = self.run_id != total.run_id || self.duration_s == 0.0;
        if self.run_id != total.run_id {
            *self = Self { run_id: total.run_id.clone(), ..Self::default() };
        }
        for (counter, part) in self.energy_j.iter_mut().zip(Part::ALL) {
            raise(counter, Energy::from_kilowatt_hours(part.kwh(total)).joules() / pue(total));
        }
        raise(&mut self.energy_kwh, total.energy_consumed);
        raise(&mut self.emissions_g, total.emissions * 1000.0);
        raise(&mut self.water_l, total.water_consumed);
        raise(&mut self.duration_s, total.duration);
        if is_new {
            self.power_w = Part::ALL.map(|part| part.watts(total));
            self.mark = self.here();
        }
        let stretch_s = self.duration_s - self.mark.duration_s;
        if stretch_s >= SHORTEST_STRETCH_S {
            let rises = self.energy_j.iter().zip(self.mark.energy_j);
            for (power_w, (now_j, then_j)) in self.power_w.iter_mut().zip(rises) {
                *power_w = (now_j - then_j) / stretch_s;
            }
            self.mark = self.here();
        }
    }

    /// Energy in J as measured, without PUE.
    pub(crate) const fn energy_j(&self, part: Part) -> f64 {
        self.energy_j[part as usize]
    }

    /// Mean power in W since the totals before the last ones, or of the run if there were none.
    pub(crate) const fn power_w(&self, part: Part) -> f64 {
        self.power_w[part as usize]
    }

    /// g CO2e per kWh of the run as a whole; `None` before it has used anything.
    pub(crate) fn intensity_g_per_kwh(&self) -> Option<f64> {
        (self.energy_kwh > 0.0).then(|| self.emissions_g / self.energy_kwh)
    }

    fn here(&self) -> Mark {
        Mark { duration_s: self.duration_s, energy_j: self.energy_j }
    }
}

/// The parts of the machine: no GPU where there is none.
pub(crate) fn parts(record: &EmissionsRecord) -> impl Iterator<Item = Part> {
    let has_gpu = record.gpu_count > 0;
    Part::ALL.into_iter().filter(move |part| *part != Part::Gpu || has_gpu)
}

/// The PUE that a record was priced with; 1 where somebody made a record without one.
pub(crate) fn pue(record: &EmissionsRecord) -> f64 {
    if record.pue >= 1.0 { record.pue } else { 1.0 }
}

/// Lifts a counter; a value that is lower, or no number, leaves it.
fn raise(counter: &mut f64, value: f64) {
    if value.is_finite() && value > *counter {
        *counter = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn after(seconds: f64, cpu_kwh: f64) -> EmissionsRecord {
        let mut record = example::record("one");
        record.duration = seconds;
        record.cpu_energy = cpu_kwh;
        record.emissions = cpu_kwh / 10.0;
        record.pue = 1.25;
        record
    }

    #[test]
    fn energy_is_told_in_joules_as_it_was_measured() {
        let mut tally = Tally::default();
        tally.take(&after(10.0, 0.5));
        assert!((tally.energy_j(Part::Cpu) - 0.5 * 3.6e6 / 1.25).abs() < 1e-6);
        assert!((tally.emissions_g - 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_total_that_falls_leaves_the_counter_where_it_was_and_is_not_counted_again() {
        let mut tally = Tally::default();
        let joules: Vec<f64> = [1.0, 3.0, 2.0, f64::NAN, 4.0]
            .into_iter()
            .map(|kwh| {
                tally.take(&after(10.0, kwh * 1.25));
                tally.energy_j(Part::Cpu) / 3.6e6
            })
            .collect();
        assert_eq!(joules, [1.0, 3.0, 3.0, 3.0, 4.0]);
    }

    #[test]
    fn power_is_that_of_the_last_stretch_and_a_stretch_that_is_too_short_changes_nothing() {
        let mut tally = Tally::default();
        let kwh = |joules: f64| joules * 1.25 / 3.6e6;
        let mut first = after(10.0, kwh(1000.0));
        first.cpu_power = 100.0;
        tally.take(&first);
        assert_eq!(tally.power_w(Part::Cpu), 100.0);
        tally.take(&after(12.0, kwh(1100.0)));
        assert!((tally.power_w(Part::Cpu) - 50.0).abs() < 1e-6);
        tally.take(&after(12.1, kwh(1200.0)));
        assert!((tally.power_w(Part::Cpu) - 50.0).abs() < 1e-6);
        tally.take(&after(13.0, kwh(1300.0)));
        assert!((tally.power_w(Part::Cpu) - 200.0).abs() < 1e-6);
    }

    #[test]
    fn another_run_counts_from_zero() {
        let mut tally = Tally::default();
        tally.take(&after(10.0, 5.0));
        let mut other = after(1.0, 0.5);
        other.run_id = "another".to_owned();
        tally.take(&other);
        assert!((tally.energy_j(Part::Cpu) - 0.5 * 3.6e6 / 1.25).abs() < 1e-6);
    }
}
