//! Emissions in everyday amounts, from the table of `carbon-factors`.

use carbon_factors::{SourceInfo, equivalents};
use carbon_model::CarbonMass;

use crate::units;

/// An everyday amount that emissions equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Equivalent {
    /// Stable name: `car_km`, `tv_hour`, `household_week`, `smartphone_charge`.
    pub name: &'static str,
    /// How many of it.
    pub amount: f64,
    /// The amount with its unit: "12.3 km", "3 h 20 min", "0.52 %".
    pub shown: String,
    /// What it is: "by an average US petrol car".
    pub what: &'static str,
    /// Where the figure comes from.
    pub source: SourceInfo,
}

/// What is shown, in order: our name, the table's, and what it is.
const SHOWN: [(&str, &str, &str); 4] = [
    ("household_week", "codecarbon_us_household_week", "of the weekly emissions of a US household"),
    ("car_km", "car_km", "driven by an average US petrol car"),
    ("tv_hour", "tv_hour", "of watching a 32-inch LCD television"),
    ("smartphone_charge", "smartphone_charge", "smartphones charged"),
];

/// Everyday amounts that a mass equals.
pub fn of(mass: CarbonMass) -> Vec<Equivalent> {
    let row = |wanted: &str| equivalents().find(|row| row.name == wanted);
    SHOWN
        .iter()
        .filter_map(|(name, key, what)| {
            let row = row(key)?;
            let amount = mass / row.mass;
            let shown = match *name {
                "household_week" => format!("{} %", some(amount * 100.0)),
                "car_km" if amount < 1.0 => format!("{} m", some(amount * 1000.0)),
                "car_km" => format!("{} km", some(amount)),
                "tv_hour" => hours(amount),
                _ => some(amount),
            };
            Some(Equivalent { name, amount, shown, what, source: row.source })
        })
        .collect()
}

/// Digits of a number; what is too little for them is not shown as nothing.
fn some(amount: f64) -> String {
    if amount > 0.0 && amount < 0.001 { "<0.001".to_owned() } else { units::digits(amount) }
}

/// Hours as seconds, minutes, hours or days.
fn hours(amount: f64) -> String {
    match amount * 60.0 {
        minutes if minutes < 1.0 => format!("{} s", some(minutes * 60.0)),
        minutes if minutes < 60.0 => format!("{} min", units::digits(minutes)),
        minutes if minutes < 48.0 * 60.0 => format!("{} h", units::digits(amount)),
        minutes => format!("{} days", units::digits(minutes / 1440.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_carbonboard_are_those_of_its_factors() {
        let all = of(CarbonMass::from_kilograms(1.6058));
        let find = |name: &str| all.iter().find(|e| e.name == name).unwrap();
        // 1.6058 kg of 160.58 kg a week; 0.097 kg an hour of television.
        assert_eq!(find("household_week").shown, "1.00 %");
        assert!((find("tv_hour").amount - 16.5546).abs() < 1e-3);
        assert_eq!(find("car_km").shown, "6.58 km");
        assert_eq!(find("smartphone_charge").shown, "130");
    }

    #[test]
    fn small_masses_do_not_vanish() {
        let all = of(CarbonMass::from_grams(0.01));
        let shown: Vec<&str> = all.iter().map(|e| e.shown.as_str()).collect();
        assert_eq!(shown, ["<0.001 %", "0.041 m", "0.37 s", "<0.001"]);
    }
}
