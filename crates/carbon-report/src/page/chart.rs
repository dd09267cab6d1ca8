//! Numbers to the geometry of charts: places in percent of the width and in pixels of the height.

use carbon_model::CarbonMass;
use serde::Serialize;

use crate::units;

/// Pixels of the drawing area, and above it for the topmost label.
const HEIGHT: f64 = 150.0;
const TOP: f64 = 18.0;
/// Lines across, besides the lowest.
const LINES: f64 = 3.0;

/// A scale of masses from zero to a round number.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Scale {
    /// Lines across.
    pub(super) lines: Vec<Line>,
    /// Where zero is, in pixels.
    pub(super) zero: f64,
    #[serde(skip)]
    top_g: f64,
}

/// A line across with its label.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) y: f64,
    pub(super) label: String,
}

impl Scale {
    /// A scale that holds a mass.
    pub(super) fn of(most: CarbonMass) -> Self {
        let (size_g, unit) = units::mass_unit(most);
        let most = (most.grams() / size_g).max(f64::MIN_POSITIVE);
        let step = round_up(most / LINES);
        let count = (most / step).ceil().max(1.0);
        let lines = (1..=count as u32).map(|number| {
            let number = f64::from(number);
            let label = format!("{} {unit}", plain(number * step));
            Line { y: pixel(TOP + HEIGHT * (1.0 - number / count)), label }
        });
        Self { lines: lines.collect(), zero: TOP + HEIGHT, top_g: count * step * size_g }
    }

    /// Where a mass is, in pixels from the top.
    pub(super) fn y(&self, mass: CarbonMass) -> f64 {
        pixel(self.zero - HEIGHT * (mass.grams() / self.top_g))
    }
}

/// The next of 1, 2, 2.5, 5 and 10 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0];
    steps.into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(10.0 * power)
}

/// A round number without zeros at its end.
fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn pixel(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A share as percent with two digits after the point.
pub(super) fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (10_000.0 * (part / whole).clamp(0.0, 1.0)).round() / 100.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_round_and_holds_its_largest_mass() {
        for (grams, labels) in [
            (0.7, vec!["250 mg", "500 mg", "750 mg"]),
            (95.0, vec!["50 g", "100 g"]),
            (1000.0, vec!["0.5 kg", "1 kg"]),
            (2_345_000.0, vec!["1 t", "2 t", "3 t"]),
        ] {
            let scale = Scale::of(CarbonMass::from_grams(grams));
            let shown: Vec<&str> = scale.lines.iter().map(|line| line.label.as_str()).collect();
            assert_eq!(shown, labels);
            let y = scale.y(CarbonMass::from_grams(grams));
            assert!((TOP..=scale.zero).contains(&y), "{grams}: {y}");
        }
        assert_eq!(Scale::of(CarbonMass::ZERO).y(CarbonMass::ZERO), TOP + HEIGHT);
    }
}
