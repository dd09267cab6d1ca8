//! Quantities as people read them: three significant digits and the unit that fits.

use std::time::Duration;

use carbon_model::{CarbonMass, Energy, Interval, Power, Quantity, Water};

/// A unit: its name and how many base units it holds.
type Unit = (f64, &'static str);

const ENERGY_J: [Unit; 6] =
    [(3.6e9, "MWh"), (3.6e6, "kWh"), (3.6e3, "Wh"), (1.0, "J"), (1e-3, "mJ"), (1e-6, "µJ")];
const MASS_G: [Unit; 5] = [(1e6, "t"), (1e3, "kg"), (1.0, "g"), (1e-3, "mg"), (1e-6, "µg")];
const POWER_W: [Unit; 4] = [(1e6, "MW"), (1e3, "kW"), (1.0, "W"), (1e-3, "mW")];

const WATER_L: [Unit; 3] = [(1e3, "m³"), (1.0, "L"), (1e-3, "mL")];

/// "35.3 J", "1.20 kWh".
pub fn energy(energy: Energy) -> String {
    scaled(energy.joules(), &ENERGY_J)
}

/// "2.84 W".
pub fn power(power: Power) -> String {
    scaled(power.watts(), &POWER_W)
}

/// "0.43 mg".
pub fn mass(mass: CarbonMass) -> String {
    scaled(mass.grams(), &MASS_G)
}

/// "1.20 L", "0.27 mL".
pub fn water(water: Water) -> String {
    scaled(water.litres(), &WATER_L)
}

/// The bounds of an energy, "19.2 to 61.0 J", in the unit that fits the upper one.
pub fn energy_bounds(interval: Interval<Energy>) -> String {
    bounds(interval, &ENERGY_J)
}

/// The bounds of a mass, "0.23 to 0.79 mg", in the unit that fits the upper one.
pub fn mass_bounds(interval: Interval<CarbonMass>) -> String {
    bounds(interval, &MASS_G)
}

/// The unit that fits a mass: how many grams it has, and its name.
pub fn mass_unit(mass: CarbonMass) -> (f64, &'static str) {
    fitting(mass.grams(), &MASS_G)
}

/// "0.62 ms", "12.4 s", "3 min 05 s", "2 h 03 min 07 s", "12 days 03 h".
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 {
        return format!("{} ms", digits(seconds * 1e3));
    }
    if seconds < 60.0 {
        return format!("{} s", digits(seconds));
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours == 0 {
        format!("{minutes} min {seconds:02} s")
    } else if hours >= 100 {
        format!("{} days {:02} h", hours / 24, hours % 24)
    } else {
        format!("{hours} h {minutes:02} min {seconds:02} s")
    }
}

/// A number of seconds as a time; nothing below zero.
pub fn duration_s(seconds: f64) -> String {
    duration(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}

/// Three significant digits, never an exponent: "139", "35.3", "2.84", "0.043".
pub fn digits(value: f64) -> String {
    // A value that rounds up to the next power of ten is shown with one digit less.
    const DECIMALS: [(f64, usize); 4] = [(99.95, 0), (9.995, 1), (0.1, 2), (0.01, 3)];
    if value == 0.0 {
        return "0".to_owned();
    }
    let fits = DECIMALS.iter().find(|(least, _)| value.abs() >= *least);
    let decimals = fits.map_or(4, |(_, decimals)| *decimals);
    format!("{value:.decimals$}")
}

fn scaled(value: f64, units: &[Unit]) -> String {
    let (size, name) = fitting(value, units);
    format!("{} {name}", digits(value / size))
}

fn bounds<Q: Quantity>(interval: Interval<Q>, units: &[Unit]) -> String {
    let (size, name) = fitting(interval.high.base(), units);
    let low = digits(interval.low.base() / size);
    let high = digits(interval.high.base() / size);
    format!("{low} to {high} {name}")
}

/// The largest unit of which the value holds at least one; the base unit for zero.
fn fitting(value: f64, units: &[Unit]) -> Unit {
    // 0.9995 of a unit is shown as 1.00 of it, not as 1000 of the next.
    let fits = |unit: &&Unit| value.abs() >= unit.0 * 0.9995;
    let base = units.iter().find(|unit| unit.0 == 1.0);
    let found = if value == 0.0 { base } else { units.iter().find(fits).or(units.last()) };
    found.copied().unwrap_or((1.0, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_fits_the_value() {
        let j = |joules| energy(Energy::from_joules(joules));
        assert_eq!(j(0.0), "0 J");
        assert_eq!(j(0.000_4), "400 µJ");
        assert_eq!(j(0.043), "43.0 mJ");
        assert_eq!(j(35.3), "35.3 J");
        assert_eq!(j(3600.0), "1.00 Wh");
        assert_eq!(j(4.32e6), "1.20 kWh");
        assert_eq!(mass(CarbonMass::from_grams(0.000_43)), "430 µg");
        assert_eq!(mass(CarbonMass::from_kilograms(2.5)), "2.50 kg");
        assert_eq!(power(Power::from_watts(0.25)), "250 mW");
        assert_eq!(power(Power::from_watts(384.0)), "384 W");
    }

    #[test]
    fn rounding_does_not_show_a_thousand_of_a_unit() {
        assert_eq!(mass(CarbonMass::from_grams(0.999_9)), "1.00 g");
        assert_eq!(power(Power::from_watts(999.8)), "1.00 kW");
    }

    #[test]
    fn bounds_share_the_unit_of_the_upper_one() {
        let interval = Interval::by_factors(Energy::from_joules(2.0), 0.3, 3.0);
        assert_eq!(energy_bounds(interval), "0.60 to 6.00 J");
        let interval = Interval::by_factors(Energy::from_joules(0.000_5), 0.0, 20.0);
        assert_eq!(energy_bounds(interval), "0 to 10.0 mJ");
    }

    #[test]
    fn long_times_are_split_into_hours_and_minutes() {
        assert_eq!(duration(Duration::from_micros(620)), "0.62 ms");
        assert_eq!(duration(Duration::from_millis(12_440)), "12.4 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
        assert_eq!(duration(Duration::from_secs(7387)), "2 h 03 min 07 s");
        assert_eq!(duration(Duration::from_hours(100)), "4 days 04 h");
        assert_eq!(duration_s(f64::NAN), duration_s(0.0));
    }
}
