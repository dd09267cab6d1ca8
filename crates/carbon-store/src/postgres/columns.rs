//! The columns in which the sums of hours and days are kept, and the texts that are made of them: a
//! row's part in each, and how two kept rows are added.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::sums::WIDTH;

/// A kept column and what a single row adds to it.
type Column = (&'static str, &'static str);

/// The kept columns in the order of `Sums::numbers`.
const COLUMNS: [Column; WIDTH] = [
    ("row_count", "1"),
    ("energy", "coalesce(e.energy, 0)"),
    ("emissions_kg", "coalesce(e.emissions_kg, 0)"),
    ("duration_s", "e.duration_s"),
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
pub(super) static NAMES: LazyLock<String> = LazyLock::new(|| join(|name, _| name.to_owned()));

/// What a row `e` of emissions adds to each column.
pub(super) static OF_A_ROW: LazyLock<String> =
    LazyLock::new(|| join(|name, raw| format!("{raw} AS {name}")));

/// Sums of columns of kept rows. Counts stay integers.
pub(super) static TOTALS: LazyLock<String> = LazyLock::new(|| {
    join(|name, _| {
        if name.ends_with("count") {
            format!("CAST(sum({name}) AS BIGINT) AS {name}")
        } else {
            format!("sum({name}) AS {name}")
        }
    })
});

/// Adds to a kept row of `table` what an insert would have put there.
pub(super) fn additions(table: &str) -> String {
    join(|name, _| format!("{name} = {table}.{name} + excluded.{name}"))
}

fn join(each: impl Fn(&str, &str) -> String) -> String {
    let mut text = String::new();
    for (name, raw) in COLUMNS {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{}", each(name, raw));
    }
    text
}
