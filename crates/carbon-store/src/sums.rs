//! Sums of rows, in the form in which they are kept per run and hour and day: two of them added
//! are the sums of all their rows, so that any window is whole days and hours and, at its edges,
//! single rows.

use crate::cell::{FromRow, Row};
use crate::emission::Measured;
use crate::error::Result;

/// A plain mean over rows; rows without the figure do not count.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Average {
    /// Sum of the figure.
    pub sum: f64,
    /// Rows that have it.
    pub count: i64,
}

impl Average {
    /// The mean; none where no row has the figure.
    pub fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    fn add(&mut self, figure: Option<f64>) {
        self.sum += figure.unwrap_or_default();
        self.count += i64::from(figure.is_some());
    }
}

/// A mean over time: each row counts by the length of its interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TimeAverage {
    /// Power times length, W·s.
    pub work_ws: f64,
    /// Length of the intervals that have a power, s.
    pub weight_s: f64,
}

impl TimeAverage {
    /// Mean power, W; none where no row has one.
    pub fn mean_w(self) -> Option<f64> {
        (self.weight_s > 0.0).then(|| self.work_ws / self.weight_s)
    }

    fn add(&mut self, power_w: Option<f64>, duration_s: f64) {
        if let Some(power_w) = power_w {
            self.work_ws += power_w * duration_s;
            self.weight_s += duration_s;
        }
    }
}

/// Sums of the lower and of the upper bounds of rows, and how many rows have bounds.
///
/// Bounds are added as they are: rows of one run share the error of one estimate, which does not
/// cancel, so anything narrower would promise too much.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    /// Sum of the lower bounds.
    pub low: f64,
    /// Sum of the upper bounds.
    pub high: f64,
    /// Rows that have bounds.
    pub count: i64,
}

impl Bounds {
    fn add(&mut self, low: Option<f64>, high: Option<f64>) {
        self.low += low.unwrap_or_default();
        self.high += high.unwrap_or_default();
        self.count += i64::from(low.is_some());
    }

    /// The bounds of a sum of `rows` rows, if each of them has bounds.
    fn around(self, value: f64, rows: i64) -> Option<(f64, f64)> {
        // The sums are rounded each on its own.
        (rows > 0 && self.count == rows).then(|| (self.low.min(value), self.high.max(value)))
    }
}

/// Sums of rows. Missing figures count as zero in sums and not at all in means.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// Rows.
    pub rows: i64,
    /// Length of the intervals, s.
    pub duration_s: f64,
    /// CO2e, kg.
    pub emissions_kg: f64,
    /// Energy in all, kWh.
    pub energy_kwh: f64,
    /// Energy of the processors, kWh.
    pub cpu_energy_kwh: f64,
    /// Energy of the GPUs, kWh.
    pub gpu_energy_kwh: f64,
    /// Energy of the memory, kWh.
    pub ram_energy_kwh: f64,
    /// CO2e per second, kg/s. Its count is the API's `emissions_count`.
    pub emissions_rate: Average,
    /// Power of the processors over rows, W: what the reference's sums give.
    pub cpu_power: Average,
    /// Power of the GPUs over rows, W.
    pub gpu_power: Average,
    /// Power of the memory over rows, W.
    pub ram_power: Average,
    /// Use of the processors, percent.
    pub cpu_utilization: Average,
    /// Use of the GPUs, percent.
    pub gpu_utilization: Average,
    /// Use of the memory, percent.
    pub ram_utilization: Average,
    /// Power of the processors over time.
    pub cpu_power_over_time: TimeAverage,
    /// Power of the GPUs over time.
    pub gpu_power_over_time: TimeAverage,
    /// Power of the memory over time.
    pub ram_power_over_time: TimeAverage,
    /// Bounds of the energy in all, kWh.
    pub energy_bounds: Bounds,
    /// Bounds of the CO2e, kg.
    pub emissions_bounds: Bounds,
}

/// How many numbers are kept.
pub(crate) const WIDTH: usize = 33;

/// Sums as plain numbers, in the order of [`Sums::numbers`].
pub(crate) type Numbers = [f64; WIDTH];

impl Sums {
    /// Lower and upper bound of the energy, kWh; none unless every row has its own.
    pub fn energy_interval(&self) -> Option<(f64, f64)> {
        self.energy_bounds.around(self.energy_kwh, self.rows)
    }

    /// Lower and upper bound of the CO2e, kg; none unless every row has its own.
    pub fn emissions_interval(&self) -> Option<(f64, f64)> {
        self.emissions_bounds.around(self.emissions_kg, self.rows)
    }
}

impl Sums {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: &Measured) {
        self.rows += 1;
        self.duration_s += row.duration_s;
        self.emissions_kg += row.emissions_kg.unwrap_or_default();
        self.energy_kwh += row.energy_kwh.unwrap_or_default();
        self.cpu_energy_kwh += row.cpu_energy_kwh.unwrap_or_default();
        self.gpu_energy_kwh += row.gpu_energy_kwh.unwrap_or_default();
        self.ram_energy_kwh += row.ram_energy_kwh.unwrap_or_default();
        self.emissions_rate.add(row.emissions_rate_kg_s);
        self.cpu_power.add(row.cpu_power_w);
        self.gpu_power.add(row.gpu_power_w);
        self.ram_power.add(row.ram_power_w);
        self.cpu_utilization.add(row.cpu_utilization_percent);
        self.gpu_utilization.add(row.gpu_utilization_percent);
        self.ram_utilization.add(row.ram_utilization_percent);
        self.cpu_power_over_time.add(row.cpu_power_w, row.duration_s);
        self.gpu_power_over_time.add(row.gpu_power_w, row.duration_s);
        self.ram_power_over_time.add(row.ram_power_w, row.duration_s);
        self.energy_bounds.add(row.energy_low_kwh, row.energy_high_kwh);
        self.emissions_bounds.add(row.emissions_low_kg, row.emissions_high_kg);
    }

    /// The kept numbers, in their order. Counts are far below 2^53, so that they are exact.
    pub(crate) fn numbers(&self) -> Numbers {
        [
            self.rows as f64,
            self.energy_kwh,
            self.emissions_kg,
            self.duration_s,
            self.cpu_energy_kwh,
            self.gpu_energy_kwh,
            self.ram_energy_kwh,
            self.emissions_rate.sum,
            self.emissions_rate.count as f64,
            self.cpu_power.sum,
            self.cpu_power.count as f64,
            self.gpu_power.sum,
            self.gpu_power.count as f64,
            self.ram_power.sum,
            self.ram_power.count as f64,
            self.cpu_utilization.sum,
            self.cpu_utilization.count as f64,
            self.gpu_utilization.sum,
            self.gpu_utilization.count as f64,
            self.ram_utilization.sum,
            self.ram_utilization.count as f64,
            self.cpu_power_over_time.work_ws,
            self.cpu_power_over_time.weight_s,
            self.gpu_power_over_time.work_ws,
            self.gpu_power_over_time.weight_s,
            self.ram_power_over_time.work_ws,
            self.ram_power_over_time.weight_s,
            self.energy_bounds.low,
            self.energy_bounds.high,
            self.energy_bounds.count as f64,
            self.emissions_bounds.low,
            self.emissions_bounds.high,
            self.emissions_bounds.count as f64,
        ]
    }
}

impl FromRow for Sums {
    fn from_row(row: &mut Row) -> Result<Self> {
        let mut numbers = [0.0; WIDTH];
        for number in &mut numbers {
            *number = row.next()?;
        }
        Ok(Self::from_numbers(&numbers))
    }
}

impl Sums {
    /// From the kept numbers, in their order.
    pub(crate) fn from_numbers(numbers: &Numbers) -> Self {
        let mut numbers = numbers.iter().copied();
        let mut next = || numbers.next().unwrap_or_default();
        Self {
            rows: next() as i64,
            energy_kwh: next(),
            emissions_kg: next(),
            duration_s: next(),
            cpu_energy_kwh: next(),
            gpu_energy_kwh: next(),
            ram_energy_kwh: next(),
            emissions_rate: Average { sum: next(), count: next() as i64 },
            cpu_power: Average { sum: next(), count: next() as i64 },
            gpu_power: Average { sum: next(), count: next() as i64 },
            ram_power: Average { sum: next(), count: next() as i64 },
            cpu_utilization: Average { sum: next(), count: next() as i64 },
            gpu_utilization: Average { sum: next(), count: next() as i64 },
            ram_utilization: Average { sum: next(), count: next() as i64 },
            cpu_power_over_time: TimeAverage { work_ws: next(), weight_s: next() },
            gpu_power_over_time: TimeAverage { work_ws: next(), weight_s: next() },
            ram_power_over_time: TimeAverage { work_ws: next(), weight_s: next() },
            energy_bounds: Bounds { low: next(), high: next(), count: next() as i64 },
            emissions_bounds: Bounds { low: next(), high: next(), count: next() as i64 },
        }
    }
}
