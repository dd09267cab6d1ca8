//! Energy weighted by the price of its time.

use carbon_model::Intensity;

use super::*;

const START: Duration = Duration::from_hours(10);

fn table() -> GridUsed {
    GridUsed {
        zone: "EXA".to_owned(),
        year: Some(2024),
        intensity: Interval::by_factors(Intensity::from_g_per_kwh(500.0), 0.5, 2.0),
        ..GridUsed::given(Intensity::ZERO)
    }
}

fn hours(values: &[f64]) -> Tariff {
    let mut tariff = Tariff::default();
    for (index, g_per_kwh) in values.iter().enumerate() {
        let from = START + Duration::from_hours(index as u64);
        tariff.add(Price {
            provider: IntensityProvider::ElectricityMaps,
            from,
            until: from + Duration::from_hours(1),
            zone: "EX".to_owned(),
            intensity: Interval::by_factors(Intensity::from_g_per_kwh(*g_per_kwh), 0.9, 1.1),
            source: "an example".to_owned(),
            estimated: None,
        });
    }
    tariff
}

fn at(hours: f64) -> Duration {
    START + Duration::from_secs_f64(hours * 3600.0)
}

fn joules(kwh: f64) -> f64 {
    kwh * 3.6e6
}

fn grams(rows: &[PriceUsed]) -> f64 {
    let kwh: f64 = rows.iter().map(|row| row.energy.kilowatt_hours()).sum();
    mean(rows, &table()).intensity.value.g_per_kwh() * kwh
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

/// The cumulative example of CodeCarbon's tests: 1 kWh each at 100, 200 and 300 g.
#[test]
fn each_hour_has_its_own_price_and_sums_grow() {
    let tariff = hours(&[100.0, 200.0, 300.0]);
    let mut cuts = Cuts::new(at(0.0));
    let mut sums = Vec::new();
    for hour in 1..=3 {
        let (end, energy_j) = (at(f64::from(hour)), joules(f64::from(hour)));
        sums.push(grams(&cuts.rows(end, energy_j, &tariff, &table())));
        cuts.mark(end, energy_j, &tariff, &table());
    }
    for (sum, expected) in sums.iter().zip([100.0, 300.0, 600.0]) {
        close(*sum, expected);
    }
}

#[test]
fn a_mark_decides_where_energy_was_uneven() {
    let tariff = hours(&[400.0, 100.0]);
    let mut cuts = Cuts::new(at(0.0));
    cuts.mark(at(1.0), joules(0.9), &tariff, &table());
    let rows = cuts.rows(at(2.0), joules(1.0), &tariff, &table());
    close(grams(&rows), 0.9 * 400.0 + 0.1 * 100.0);
    close(rows[0].energy.kilowatt_hours(), 0.9);
}

#[test]
fn without_a_mark_energy_is_shared_by_time() {
    let tariff = hours(&[400.0, 100.0]);
    let rows = Cuts::new(at(0.0)).rows(at(2.0), joules(1.0), &tariff, &table());
    close(grams(&rows), 250.0);
}

#[test]
fn time_without_a_price_has_that_of_the_table() {
    let tariff = hours(&[100.0]);
    // Two hours more, then nothing is known.
    let rows = Cuts::new(at(0.0)).rows(at(4.0), joules(4.0), &tariff, &table());
    close(grams(&rows), 3.0 * 100.0 + 500.0);
    assert_eq!(rows.iter().map(|row| row.provider.is_some()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(mean(&rows, &table()).zone, "EX + EXA");
}

#[test]
fn what_was_sent_keeps_its_price_when_another_arrives() {
    let mut cuts = Cuts::new(at(0.0));
    let nothing = Tariff::default();
    cuts.settle(at(0.5), joules(0.5), &nothing, &table());
    let rows = cuts.rows(at(1.0), joules(1.0), &hours(&[100.0]), &table());
    close(grams(&rows), 0.5 * 500.0 + 0.5 * 100.0);
}

#[test]
fn bounds_of_the_mean_are_the_mean_of_the_bounds() {
    let tariff = hours(&[400.0, 100.0]);
    let rows = Cuts::new(at(0.0)).rows(at(2.0), joules(1.0), &tariff, &table());
    let range = mean(&rows, &table()).intensity;
    close(range.low.g_per_kwh(), 225.0);
    close(range.high.g_per_kwh(), 275.0);
}

#[test]
fn a_run_without_energy_has_a_price_all_the_same() {
    let tariff = hours(&[400.0, 100.0]);
    let rows = Cuts::new(at(0.5)).rows(at(0.5), 0.0, &tariff, &table());
    assert_eq!(mean(&rows, &table()), table());
    let rows = Cuts::new(at(0.5)).rows(at(1.5), 0.0, &tariff, &table());
    close(mean(&rows, &table()).intensity.value.g_per_kwh(), 250.0);
    let rows = Cuts::new(at(0.5)).rows(at(0.5), joules(1.0), &tariff, &table());
    close(grams(&rows), 400.0);
}

#[test]
fn a_year_of_hours_stays_small_and_exact() {
    let values: Vec<f64> = (0..9000).map(|hour| 100.0 + f64::from(hour % 24)).collect();
    let tariff = hours(&values);
    let mut cuts = Cuts::new(at(0.0));
    for hour in 1..9000 {
        cuts.mark(at(f64::from(hour)), joules(f64::from(hour)), &tariff, &table());
    }
    assert!(cuts.marks.len() <= MOST_MARKS && cuts.settled.len() <= MOST_ROWS);
    let rows = cuts.rows(at(9000.0), joules(9000.0), &tariff, &table());
    let expected: f64 = values.iter().sum();
    assert!((grams(&rows) - expected).abs() < 1e-9 * expected);
    assert_eq!(rows.iter().map(|row| row.values).sum::<u32>(), 9000);
    let source = mean(&rows, &table()).source;
    assert_eq!(source, "an example; mean of 9000 values by energy");
}
