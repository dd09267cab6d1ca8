//! Sums of rows, in the form in which they are kept per run and hour and day: two of them added
//! are the sums of all their rows, so that any window is whole days and hours and, at its edges,
//! single rows.

use std::fmt::Write as _;
use std::sync::LazyLock;

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

/// A kept column and what a single row adds to it.
type Column = (&'static str, &'static str);

/// The kept columns in the order of the fields of `Sums`.
const COLUMNS: [Column; 33] = [
    ("row_count", "1"),
    ("duration_s", "e.duration_s"),
    ("emissions_kg", "coalesce(e.emissions_kg, 0)"),
    ("energy", "coalesce(e.energy, 0)"),
    ("cpu_energy", "coalesce(e.cpu_energy, 0)"),
    ("gpu_energy", "coalesce(e.gpu_energy, 0)"),
    ("ram_energy", "coalesce(e.ram_energy, 0)"),
    ("rate_sum", "coalesce(e.emissions_rate, 0)"),
    ("rate_count", "CASE WHEN e.emissions_rate IS NULL THEN 0 ELSE 1 END"),
    ("cpu_power_sum", "coalesce(e.cpu_power, 0)"),
    ("cpu_power_count", "CASE WHEN e.cpu_power IS NULL THEN 0 ELSE 1 END"),
    ("gpu_power_sum", "coalesce(e.gpu_power, 0)"),
    ("gpu_power_count", "CASE WHEN e.gpu_power IS NULL THEN 0 ELSE 1 END"),
    ("ram_power_sum", "coalesce(e.ram_power, 0)"),
    ("ram_power_count", "CASE WHEN e.ram_power IS NULL THEN 0 ELSE 1 END"),
    ("cpu_utilization_sum", "coalesce(e.cpu_utilization, 0)"),
    ("cpu_utilization_count", "CASE WHEN e.cpu_utilization IS NULL THEN 0 ELSE 1 END"),
    ("gpu_utilization_sum", "coalesce(e.gpu_utilization, 0)"),
    ("gpu_utilization_count", "CASE WHEN e.gpu_utilization IS NULL THEN 0 ELSE 1 END"),
    ("ram_utilization_sum", "coalesce(e.ram_utilization, 0)"),
    ("ram_utilization_count", "CASE WHEN e.ram_utilization IS NULL THEN 0 ELSE 1 END"),
    ("cpu_work_ws", "coalesce(e.cpu_power * e.duration_s, 0)"),
    ("cpu_weight_s", "CASE WHEN e.cpu_power IS NULL THEN 0 ELSE e.duration_s END"),
    ("gpu_work_ws", "coalesce(e.gpu_power * e.duration_s, 0)"),
    ("gpu_weight_s", "CASE WHEN e.gpu_power IS NULL THEN 0 ELSE e.duration_s END"),
    ("ram_work_ws", "coalesce(e.ram_power * e.duration_s, 0)"),
    ("ram_weight_s", "CASE WHEN e.ram_power IS NULL THEN 0 ELSE e.duration_s END"),
    ("energy_low", "coalesce(e.energy_low, 0)"),
    ("energy_high", "coalesce(e.energy_high, 0)"),
    ("energy_bounds_count", "CASE WHEN e.energy_low IS NULL THEN 0 ELSE 1 END"),
    ("emissions_low_kg", "coalesce(e.emissions_low_kg, 0)"),
    ("emissions_high_kg", "coalesce(e.emissions_high_kg, 0)"),
    ("emissions_bounds_count", "CASE WHEN e.emissions_low_kg IS NULL THEN 0 ELSE 1 END"),
];

/// `row_count, duration_s, …`
pub(crate) static NAMES: LazyLock<String> = LazyLock::new(|| join(|name, _| name.to_owned()));

/// What a row `e` of emissions adds to each column.
pub(crate) static OF_A_ROW: LazyLock<String> =
    LazyLock::new(|| join(|name, raw| format!("{raw} AS {name}")));

/// Sums of columns of kept rows. Counts stay integers.
pub(crate) static TOTALS: LazyLock<String> = LazyLock::new(|| {
    join(|name, _| {
        if name.ends_with("count") {
            format!("CAST(sum({name}) AS BIGINT) AS {name}")
        } else {
            format!("sum({name}) AS {name}")
        }
    })
});

/// Adds to a kept row of `table` what an insert would have put there.
pub(crate) fn additions(table: &str) -> String {
    join(|name, _| format!("{name} = {table}.{name} + excluded.{name}"))
}

/// Number of kept columns.
pub(crate) const WIDTH: usize = COLUMNS.len();

fn join(each: impl Fn(&str, &str) -> String) -> String {
    let mut text = String::new();
    for (name, raw) in COLUMNS {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{}", each(name, raw));
    }
    text
}

/// A kept column of either kind.
pub(crate) enum Total {
    Count(i64),
    Sum(f64),
}

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

    /// The kept columns, in their order.
    pub(crate) fn totals(&self) -> [Total; WIDTH] {
        use Total::{Count, Sum};
        [
            Count(self.rows),
            Sum(self.duration_s),
            Sum(self.emissions_kg),
            Sum(self.energy_kwh),
            Sum(self.cpu_energy_kwh),
            Sum(self.gpu_energy_kwh),
            Sum(self.ram_energy_kwh),
            Sum(self.emissions_rate.sum),
            Count(self.emissions_rate.count),
            Sum(self.cpu_power.sum),
            Count(self.cpu_power.count),
            Sum(self.gpu_power.sum),
            Count(self.gpu_power.count),
            Sum(self.ram_power.sum),
            Count(self.ram_power.count),
            Sum(self.cpu_utilization.sum),
            Count(self.cpu_utilization.count),
            Sum(self.gpu_utilization.sum),
            Count(self.gpu_utilization.count),
            Sum(self.ram_utilization.sum),
            Count(self.ram_utilization.count),
            Sum(self.cpu_power_over_time.work_ws),
            Sum(self.cpu_power_over_time.weight_s),
            Sum(self.gpu_power_over_time.work_ws),
            Sum(self.gpu_power_over_time.weight_s),
            Sum(self.ram_power_over_time.work_ws),
            Sum(self.ram_power_over_time.weight_s),
            Sum(self.energy_bounds.low),
            Sum(self.energy_bounds.high),
            Count(self.energy_bounds.count),
            Sum(self.emissions_bounds.low),
            Sum(self.emissions_bounds.high),
            Count(self.emissions_bounds.count),
        ]
    }
}

impl FromRow for Sums {
    fn from_row(row: &mut Row) -> Result<Self> {
        let mut columns = [0.0; WIDTH];
        for column in &mut columns {
            *column = row.next()?;
        }
        Ok(Self::from_columns(&columns))
    }
}

impl Sums {
    /// From the kept columns, in their order. Counts are whole and far below 2^53.
    pub(crate) fn from_columns(columns: &[f64; WIDTH]) -> Self {
        let mut columns = columns.iter().copied();
        let mut next = || columns.next().unwrap_or_default();
        Self {
            rows: next() as i64,
            duration_s: next(),
            emissions_kg: next(),
            energy_kwh: next(),
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
