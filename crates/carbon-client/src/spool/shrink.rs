//! Fewer rows for the same energy: neighbours of one run become one row.
//!
//! This is what a spool does that has grown too large. The first row of a run in a file is left
//! alone, for it may be on its way: were it merged, a server that has it would count it twice.

use carbon_api::EmissionIn;
use uuid::Uuid;

/// Merges each second row with the one before it, from the second row on. Sums stay what they are;
/// powers and utilisations are averaged by time; the time is that of the later row.
pub(crate) fn halved(rows: Vec<(f64, EmissionIn)>) -> Vec<(f64, EmissionIn)> {
    let mut rows = rows.into_iter();
    let mut kept: Vec<(f64, EmissionIn)> = rows.next().into_iter().collect();
    while let Some((at, row)) = rows.next() {
        kept.push(match rows.next() {
            Some((later_at, later)) => (later_at, merged(&row, &later)),
            None => (at, row),
        });
    }
    kept
}

/// One row for two that follow each other.
fn merged(earlier: &EmissionIn, later: &EmissionIn) -> EmissionIn {
    let seconds = |row: &EmissionIn| row.duration_s.unwrap_or(row.duration as f64);
    let (first_s, second_s) = (seconds(earlier), seconds(later));
    let duration_s = first_s + second_s;
    let sum = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0.0) + b.unwrap_or(0.0)),
    };
    let bound = |a: Option<f64>, b: Option<f64>| Some(a? + b?);
    let mean = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) if duration_s > 0.0 => Some((a * first_s + b * second_s) / duration_s),
        (a, b) => b.or(a),
    };
    let emissions_sum = sum(earlier.emissions_sum, later.emissions_sum);
    EmissionIn {
        timestamp: later.timestamp.clone(),
        run_id: later.run_id.clone(),
        duration: earlier.duration + later.duration,
        emissions_sum,
        emissions_rate: emissions_sum.filter(|_| duration_s > 0.0).map(|kg| kg / duration_s),
        energy_consumed: sum(earlier.energy_consumed, later.energy_consumed),
        cpu_power: mean(earlier.cpu_power, later.cpu_power),
        gpu_power: mean(earlier.gpu_power, later.gpu_power),
        ram_power: mean(earlier.ram_power, later.ram_power),
        cpu_energy: sum(earlier.cpu_energy, later.cpu_energy),
        gpu_energy: sum(earlier.gpu_energy, later.gpu_energy),
        ram_energy: sum(earlier.ram_energy, later.ram_energy),
        cpu_utilization_percent: mean(
            earlier.cpu_utilization_percent,
            later.cpu_utilization_percent,
        ),
        gpu_utilization_percent: mean(
            earlier.gpu_utilization_percent,
            later.gpu_utilization_percent,
        ),
        ram_utilization_percent: mean(
            earlier.ram_utilization_percent,
            later.ram_utilization_percent,
        ),
        wue: later.wue,
        duration_s: Some(duration_s),
        energy_low_kwh: bound(earlier.energy_low_kwh, later.energy_low_kwh),
        energy_high_kwh: bound(earlier.energy_high_kwh, later.energy_high_kwh),
        emissions_low_kg: bound(earlier.emissions_low_kg, later.emissions_low_kg),
        emissions_high_kg: bound(earlier.emissions_high_kg, later.emissions_high_kg),
        tasks: [earlier.tasks.as_slice(), &later.tasks].concat(),
        id: Some(Uuid::new_v4().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(duration: u64, energy: f64, power: f64) -> (f64, EmissionIn) {
        let row = EmissionIn {
            duration,
            duration_s: Some(duration as f64 + 0.25),
            energy_consumed: Some(energy),
            emissions_sum: Some(energy / 2.0),
            cpu_power: Some(power),
            id: Some(Uuid::new_v4().to_string()),
            ..EmissionIn::default()
        };
        (duration as f64, row)
    }

    #[test]
    fn energy_and_seconds_stay_and_the_first_row_is_left_alone() {
        let mut rows: Vec<_> = (1..=9).map(|i| row(i, i as f64, 10.0)).collect();
        let first = rows[0].clone();
        for expected in [5, 3, 2, 2] {
            rows = halved(rows);
            assert_eq!(rows.len(), expected);
            assert_eq!(rows[0], first);
            assert_eq!(rows.iter().map(|(_, r)| r.duration).sum::<u64>(), 45);
            assert_eq!(rows.iter().filter_map(|(_, r)| r.energy_consumed).sum::<f64>(), 45.0);
            assert_eq!(rows.iter().filter_map(|(_, r)| r.duration_s).sum::<f64>(), 47.25);
        }
    }

    #[test]
    fn powers_are_averaged_by_time_and_the_rate_is_that_of_the_whole() {
        let (_, first) = row(3, 1.0, 10.0);
        let (_, second) = row(9, 3.0, 30.0);
        let both = merged(&first, &second);
        assert_eq!(both.cpu_power, Some((10.0 * 3.25 + 30.0 * 9.25) / 12.5));
        assert_eq!(both.emissions_rate, Some(2.0 / 12.5));
        assert_ne!(both.id, first.id);
        assert_ne!(both.id, second.id);
        assert_eq!(both.gpu_power, None);
    }
}
