//! A value with its low and high bound (about 95 %), and how bounds combine.
//!
//! The errors bounded here are systematic (a model's slope, a sensor's calibration), so they do
//! not shrink with the length of a run. Independent components combine by root-sum-square of their
//! asymmetric half-widths; meters of the same source class share their error and add linearly;
//! energy × intensity combines by the hypotenuse of the log ratios.

use std::ops::{Add, Mul};

use crate::quantity::{CarbonMass, Energy, Intensity, Quantity};

/// A value and the range in which the truth is believed to lie; `low ≤ value ≤ high`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval<Q> {
    /// The best estimate.
    pub value: Q,
    /// The lower bound.
    pub low: Q,
    /// The upper bound.
    pub high: Q,
}

impl<Q: Quantity> Interval<Q> {
    /// An interval from three numbers of which the bounds are moved, if need be, to include the
    /// value.
    pub fn new(value: Q, low: Q, high: Q) -> Self {
        let v = value.base();
        Self { value, low: Q::from_base(low.base().min(v)), high: Q::from_base(high.base().max(v)) }
    }

    /// A value known without error, such as one that the user gave.
    pub fn exact(value: Q) -> Self {
        Self { value, low: value, high: value }
    }

    /// A value bounded by two factors, for example 0.5 and 1.8 for the CPU load model.
    pub fn by_factors(value: Q, low_factor: f64, high_factor: f64) -> Self {
        let v = value.base();
        Self::new(value, Q::from_base(v * low_factor), Q::from_base(v * high_factor))
    }

    /// The same interval with every bound multiplied by an exactly known factor.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        self.map(|v| v * factor)
    }

    /// The same interval in another unit; `convert` must be increasing.
    pub fn map<R: Quantity>(self, convert: impl Fn(f64) -> f64) -> Interval<R> {
        Interval::new(
            R::from_base(convert(self.value.base())),
            R::from_base(convert(self.low.base())),
            R::from_base(convert(self.high.base())),
        )
    }

    /// The interval widened by absolute amounts, the low bound not below zero.
    #[must_use]
    pub fn widened(self, below: f64, above: f64) -> Self {
        Self {
            value: self.value,
            low: Q::from_base((self.low.base() - below).max(0.0).min(self.value.base())),
            high: Q::from_base(self.high.base() + above),
        }
    }
}

/// Sum of components whose errors have nothing to do with each other.
///
/// `0.2 [0.19, 0.21] + 1.0 [0.95, 1.05] + 0.1 [0.04, 0.25]` is `1.3 [1.22126, 1.45843]`.
pub fn combine_independent<Q: Quantity>(
    parts: impl IntoIterator<Item = Interval<Q>>,
) -> Interval<Q> {
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    for part in parts {
        let v = part.value.base();
        value += v;
        below += (v - part.low.base()).powi(2);
        above += (part.high.base() - v).powi(2);
    }
    let low = (value - f64::sqrt(below)).max(0.0);
    Interval::new(Q::from_base(value), Q::from_base(low), Q::from_base(value + f64::sqrt(above)))
}

/// Sum of meters of one source class, such as the sockets of a machine: their errors are the same
/// error, so the bounds add.
pub fn combine_same_source<Q: Quantity>(
    parts: impl IntoIterator<Item = Interval<Q>>,
) -> Interval<Q> {
    parts.into_iter().fold(Interval::exact(Q::from_base(0.0)), |sum, part| {
        Interval::new(
            Q::from_base(sum.value.base() + part.value.base()),
            Q::from_base(sum.low.base() + part.low.base()),
            Q::from_base(sum.high.base() + part.high.base()),
        )
    })
}

/// Emissions of an energy under a grid intensity, both uncertain.
///
/// `1.3 [1.22126, 1.45843] kWh × 44.18 g/kWh (×÷ 1.15)` is `0.057434 kg [0.049281, 0.068829]`.
pub fn price(energy: Interval<Energy>, grid: Interval<Intensity>) -> Interval<CarbonMass> {
    let value = energy.value * grid.value;
    let low = value.grams() / spread(energy.value / energy.low, grid.value / grid.low);
    let high = value.grams() * spread(energy.high / energy.value, grid.high / grid.value);
    if value.grams() > 0.0 {
        Interval::new(value, CarbonMass::from_grams(low), CarbonMass::from_grams(high))
    } else {
        // A ratio to zero says nothing: bound by the products of the bounds instead.
        Interval::new(value, energy.low * grid.low, energy.high * grid.high)
    }
}

/// The factor of two independent factors: the hypotenuse of their logarithms.
fn spread(a: f64, b: f64) -> f64 {
    f64::exp(a.ln().hypot(b.ln()))
}

impl<Q: Quantity> Add for Interval<Q> {
    type Output = Self;
    /// Sum of two independent components.
    fn add(self, other: Self) -> Self {
        combine_independent([self, other])
    }
}

impl<Q: Quantity> Mul<f64> for Interval<Q> {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        self.scaled(factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kwh(value: f64, low: f64, high: f64) -> Interval<Energy> {
        let e = Energy::from_kilowatt_hours;
        Interval::new(e(value), e(low), e(high))
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-6 * b.abs().max(1.0), "{a} is not {b}");
    }

    /// Worked case A13 of the measurement specification.
    #[test]
    fn independent_components_and_a_grid_combine_as_the_worked_case_says() {
        let total =
            combine_independent([kwh(0.2, 0.19, 0.21), kwh(1.0, 0.95, 1.05), kwh(0.1, 0.04, 0.25)]);
        close(total.value.kilowatt_hours(), 1.3);
        close(total.low.kilowatt_hours(), 1.221_26);
        close(total.high.kilowatt_hours(), 1.458_43);
        let grid = Interval::by_factors(Intensity::from_g_per_kwh(44.18), 1.0 / 1.15, 1.15);
        let mass = price(total, grid);
        close(mass.value.kilograms(), 0.057_434);
        close(mass.low.kilograms(), 0.049_281);
        close(mass.high.kilograms(), 0.068_829);
    }

    #[test]
    fn sockets_share_their_error() {
        let both = combine_same_source([kwh(1.0, 0.95, 1.05), kwh(1.0, 0.95, 1.05)]);
        close(both.low.kilowatt_hours(), 1.9);
        close(both.high.kilowatt_hours(), 2.1);
    }

    #[test]
    fn no_energy_has_no_emissions_and_no_nan() {
        let grid = Interval::by_factors(Intensity::from_g_per_kwh(475.0), 0.5, 2.0);
        let mass = price(Interval::exact(Energy::ZERO), grid);
        assert_eq!(mass.value.grams(), 0.0);
        assert_eq!(mass.high.grams(), 0.0);
        let unknown = price(kwh(0.0, 0.0, 0.001), grid);
        close(unknown.high.grams(), 0.95);
    }

    #[test]
    fn a_low_bound_of_zero_prices_to_zero_not_nan() {
        let grid = Interval::exact(Intensity::from_g_per_kwh(100.0));
        let mass = price(kwh(1.0, 0.0, 2.0), grid);
        assert_eq!(mass.low.grams(), 0.0);
        close(mass.high.grams(), 200.0);
    }
}
