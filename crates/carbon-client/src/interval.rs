//! What happened since the last row of a run, until it is enough for the next row.
//!
//! The server counts whole seconds, at least one, and takes no negative figure. Deltas are added up
//! until they make a second; what a row rounds away goes to the next one, so that the seconds of a
//! run add up. A figure that went down (a price that became known late) is taken off the next row.
//! The last row is made even of less than a second, so that no energy is left out.

use carbon_api::EmissionIn;
use carbon_model::EmissionsRecord;

/// Sums of the deltas that no row holds yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interval {
    duration_s: f64,
    /// Seconds that earlier rows rounded away; negative when a row was rounded up.
    carried_s: f64,
    sums: Sums,
    /// Powers and utilisations times seconds.
    weighted: Levels,
    /// The same as they were last, for an interval without duration.
    last: Levels,
    wue: f64,
}

/// Figures that add up: kg CO2e, then kWh.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    emissions: f64,
    cpu_energy: f64,
    gpu_energy: f64,
    ram_energy: f64,
    energy: f64,
}

/// Figures that are averaged over time: powers of CPU, GPU and RAM in W, then their utilisation in %.
type Levels = [f64; 6];

impl Interval {
    /// Adds what a run came to since the last call.
    pub(crate) fn add(&mut self, delta: &EmissionsRecord) {
        let sums = &mut self.sums;
        let duration_s = finite(delta.duration).max(0.0);
        self.duration_s += duration_s;
        sums.emissions += finite(delta.emissions);
        sums.cpu_energy += finite(delta.cpu_energy);
        sums.gpu_energy += finite(delta.gpu_energy);
        sums.ram_energy += finite(delta.ram_energy);
        sums.energy += finite(delta.energy_consumed);
        self.last = [
            delta.cpu_power,
            delta.gpu_power,
            delta.ram_power,
            delta.cpu_utilization_percent,
            delta.gpu_utilization_percent,
            delta.ram_utilization_percent,
        ]
        .map(finite);
        for (sum, level) in self.weighted.iter_mut().zip(self.last) {
            *sum += level * duration_s;
        }
        self.wue = finite(delta.wue).max(0.0);
    }

    /// The row of what was added, if it is enough for one: a second or, for the last row, any energy
    /// at all. Its time, run and id are left to the caller.
    pub(crate) fn take(&mut self, is_last: bool) -> Option<EmissionIn> {
        let due_s = self.duration_s + self.carried_s;
        let whole_s = due_s.floor().max(0.0) as u64;
        if whole_s == 0 && !(is_last && self.has_anything()) {
            return None;
        }
        let duration = whole_s.max(1);
        let average = |i: usize| {
            if self.duration_s > 0.0 { self.weighted[i] / self.duration_s } else { self.last[i] }
        };
        let power = |i| Some(average(i).max(0.0));
        let percent = |i| Some(average(i).clamp(0.0, 100.0));
        let known = |value: f64| Some(value.max(0.0));
        let sums = self.sums;
        let row = EmissionIn {
            duration,
            duration_s: Some(self.duration_s),
            emissions_sum: known(sums.emissions),
            emissions_rate: known(if self.duration_s > 0.0 {
                sums.emissions / self.duration_s
            } else {
                0.0
            }),
            energy_consumed: known(sums.energy),
            cpu_power: power(0),
            gpu_power: power(1),
            ram_power: power(2),
            cpu_energy: known(sums.cpu_energy),
            gpu_energy: known(sums.gpu_energy),
            ram_energy: known(sums.ram_energy),
            cpu_utilization_percent: percent(3),
            gpu_utilization_percent: percent(4),
            ram_utilization_percent: percent(5),
            wue: Some(self.wue),
            ..EmissionIn::default()
        };
        *self = Self {
            carried_s: due_s - duration as f64,
            sums: Sums {
                emissions: sums.emissions.min(0.0),
                cpu_energy: sums.cpu_energy.min(0.0),
                gpu_energy: sums.gpu_energy.min(0.0),
                ram_energy: sums.ram_energy.min(0.0),
                energy: sums.energy.min(0.0),
            },
            ..Self::default()
        };
        Some(row)
    }

    fn has_anything(&self) -> bool {
        self.sums.energy > 0.0 || self.sums.emissions > 0.0
    }
}

/// The server knows neither infinities nor what is no number.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record_of_tests::delta;

    /// Seconds, kg and kWh of the rows that the given deltas make, the last of them as the last.
    fn rows(durations: &[f64]) -> Vec<EmissionIn> {
        let mut interval = Interval::default();
        let mut rows = Vec::new();
        for (i, duration) in durations.iter().enumerate() {
            interval.add(&delta(*duration, 1.0, 2.0));
            rows.extend(interval.take(i + 1 == durations.len()));
        }
        rows
    }

    #[test]
    fn fractions_of_seconds_are_carried_over() {
        let rows = rows(&[1.75; 10]);
        assert_eq!(rows.len(), 10);
        assert_eq!(rows.iter().map(|row| row.duration).sum::<u64>(), 17);
        assert_eq!(rows.iter().filter_map(|row| row.duration_s).sum::<f64>(), 17.5);
        assert_eq!(rows.iter().filter_map(|row| row.emissions_sum).sum::<f64>(), 10.0);
    }

    #[test]
    fn parts_under_a_second_wait_and_the_last_is_sent() {
        let short = rows(&[0.3; 4]);
        assert_eq!(short.len(), 1);
        assert_eq!((short[0].duration, short[0].energy_consumed), (1, Some(8.0)));
        let only = rows(&[0.001]);
        assert_eq!((only[0].duration, only[0].emissions_sum), (1, Some(1.0)));
        assert_eq!(only[0].emissions_rate, Some(1000.0));
    }

    #[test]
    fn a_second_that_was_rounded_up_is_taken_off_later() {
        let mut interval = Interval::default();
        let mut seconds = 0;
        for duration in [0.5, 10.0, 0.5] {
            interval.add(&delta(duration, 1.0, 1.0));
            seconds += interval.take(true).unwrap().duration;
        }
        assert_eq!(seconds, 11);
    }

    #[test]
    fn powers_are_averaged_by_time() {
        let mut interval = Interval::default();
        for (duration, power) in [(0.25, 10.0), (0.75, 30.0)] {
            interval.add(&EmissionsRecord { cpu_power: power, ..delta(duration, 1.0, 1.0) });
        }
        assert_eq!(interval.take(false).unwrap().cpu_power, Some(25.0));
    }

    #[test]
    fn a_figure_that_went_down_is_taken_off_the_next_row() {
        let mut interval = Interval::default();
        interval.add(&delta(5.0, -0.5, 1.0));
        assert_eq!(interval.take(false).unwrap().emissions_sum, Some(0.0));
        interval.add(&delta(5.0, 2.0, 1.0));
        assert_eq!(interval.take(false).unwrap().emissions_sum, Some(1.5));
    }

    #[test]
    fn nothing_makes_no_row_and_no_figure_is_what_json_cannot_say() {
        assert!(rows(&[]).is_empty());
        let mut interval = Interval::default();
        interval.add(&delta(0.0, 0.0, 0.0));
        assert!(interval.take(true).is_none());
        let odd = EmissionsRecord {
            cpu_power: f64::NAN,
            ram_utilization_percent: 130.0,
            ..delta(2.0, f64::INFINITY, 1.0)
        };
        interval.add(&odd);
        let row = interval.take(false).unwrap();
        assert_eq!((row.cpu_power, row.emissions_sum), (Some(0.0), Some(0.0)));
        assert_eq!(row.ram_utilization_percent, Some(100.0));
    }
}
