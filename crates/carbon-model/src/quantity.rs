//! Newtypes over `f64` in SI units (grams for carbon mass, litres for water).
//!
//! Fields are private and constructors are named after the unit, so `Power(5)` cannot mean 5 W in
//! one place and 5 kW in another. Only operators that mean something physically exist.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Joules in a kilowatt hour, exactly.
pub const JOULES_PER_KWH: f64 = 3.6e6;

/// A value with a unit that intervals can bound.
pub trait Quantity: Copy {
    /// The bare number in the base unit of the type (J, W, g, g/kWh, L).
    fn base(self) -> f64;
    /// A quantity from a number in its base unit.
    fn from_base(value: f64) -> Self;
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $make:ident, $get:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            #[doc = concat!("Nothing: 0 ", $unit, ".")]
            pub const ZERO: Self = Self(0.0);

            #[doc = concat!("From a number of ", $unit, ".")]
            pub const fn $make(value: f64) -> Self {
                Self(value)
            }

            #[doc = concat!("As a number of ", $unit, ".")]
            pub const fn $get(self) -> f64 {
                self.0
            }
        }

        impl Quantity for $name {
            fn base(self) -> f64 {
                self.0
            }
            fn from_base(value: f64) -> Self {
                Self(value)
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        impl Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                Self(iter.map(|q| q.0).sum())
            }
        }
    };
}

quantity!(
    /// An amount of energy; base unit joule.
    Energy, from_joules, joules, "joules"
);
quantity!(
    /// A rate of energy; base unit watt.
    Power, from_watts, watts, "watts"
);
quantity!(
    /// Greenhouse gas emitted per unit of electricity; base unit gram CO2e per kWh.
    Intensity, from_g_per_kwh, g_per_kwh, "grams CO2e per kilowatt hour"
);
quantity!(
    /// A mass of greenhouse gas as CO2 equivalent; base unit gram.
    CarbonMass, from_grams, grams, "grams CO2e"
);
quantity!(
    /// A volume of water; base unit litre.
    Water, from_litres, litres, "litres"
);

impl Energy {
    /// From a number of kilowatt hours; 1 kWh is 3.6e6 J exactly.
    pub const fn from_kilowatt_hours(value: f64) -> Self {
        Self(value * JOULES_PER_KWH)
    }

    /// As a number of kilowatt hours.
    pub const fn kilowatt_hours(self) -> f64 {
        self.0 / JOULES_PER_KWH
    }
}

impl CarbonMass {
    /// From a number of kilograms.
    pub const fn from_kilograms(value: f64) -> Self {
        Self(value * 1000.0)
    }

    /// As a number of kilograms.
    pub const fn kilograms(self) -> f64 {
        self.0 / 1000.0
    }
}

impl Mul<Duration> for Power {
    type Output = Energy;
    fn mul(self, time: Duration) -> Energy {
        Energy(self.0 * time.as_secs_f64())
    }
}

impl Div<Duration> for Energy {
    type Output = Power;
    /// Mean power over a time; 0 W when the time is zero.
    fn div(self, time: Duration) -> Power {
        let seconds = time.as_secs_f64();
        Power(if seconds > 0.0 { self.0 / seconds } else { 0.0 })
    }
}

impl Mul<Intensity> for Energy {
    type Output = CarbonMass;
    fn mul(self, grid: Intensity) -> CarbonMass {
        CarbonMass(self.kilowatt_hours() * grid.0)
    }
}

/// Power usage effectiveness: energy of the facility ÷ energy of its IT equipment, at least 1
/// (ISO/IEC 30134-2).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Pue(f64);

impl Pue {
    /// No overhead: the facility uses what its equipment uses.
    pub const ONE: Self = Self(1.0);

    /// From a ratio; `None` when it is below 1 or not a finite number.
    pub fn new(ratio: f64) -> Option<Self> {
        (ratio.is_finite() && ratio >= 1.0).then_some(Self(ratio))
    }

    /// The bare ratio, at least 1.
    pub const fn ratio(self) -> f64 {
        self.0
    }
}

impl Default for Pue {
    fn default() -> Self {
        Self::ONE
    }
}

impl TryFrom<f64> for Pue {
    type Error = String;
    fn try_from(ratio: f64) -> Result<Self, String> {
        Self::new(ratio).ok_or_else(|| format!("PUE must be at least 1, not {ratio}"))
    }
}

impl From<Pue> for f64 {
    fn from(pue: Pue) -> f64 {
        pue.0
    }
}

impl Mul<Pue> for Energy {
    type Output = Energy;
    fn mul(self, pue: Pue) -> Energy {
        self * pue.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilowatt_hours_are_exactly_3_6_megajoules() {
        assert_eq!(Energy::from_kilowatt_hours(1.0).joules(), 3.6e6);
        assert_eq!(Energy::from_joules(3.6e6).kilowatt_hours(), 1.0);
    }

    #[test]
    fn watts_times_seconds_are_joules_and_back() {
        let energy = Power::from_watts(50.0) * Duration::from_secs(10);
        assert_eq!(energy.joules(), 500.0);
        assert_eq!((energy / Duration::from_secs(10)).watts(), 50.0);
        assert_eq!((energy / Duration::ZERO).watts(), 0.0);
    }

    #[test]
    fn a_kilowatt_hour_of_french_electricity_weighs_its_intensity() {
        let mass = Energy::from_kilowatt_hours(2.0) * Intensity::from_g_per_kwh(44.18);
        assert!((mass.kilograms() - 0.08836).abs() < 1e-12);
    }

    #[test]
    fn a_pue_below_one_is_refused() {
        assert!(Pue::new(0.99).is_none());
        assert!(Pue::new(f64::NAN).is_none());
        assert_eq!(Pue::new(1.2).map(Pue::ratio), Some(1.2));
    }
}
