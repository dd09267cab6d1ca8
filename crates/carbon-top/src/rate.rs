//! The pace of the last minute, from which a day and a year are projected.

use std::collections::VecDeque;
use std::time::Duration;

use carbon_model::{CarbonMass, Energy, Power};

use crate::figures::Rate;

/// How far back the pace looks.
const WITHIN: Duration = Duration::from_mins(1);

/// Shortest time that has a pace.
const LEAST: Duration = Duration::from_millis(500);

/// Sums at moments of the last minute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(VecDeque<(Duration, Energy, CarbonMass)>);

impl Pace {
    /// Takes in the sums after some time.
    pub(crate) fn take(&mut self, active: Duration, energy: Energy, emissions: CarbonMass) {
        let begin = active.saturating_sub(WITHIN);
        // The newest moment before the minute stays, so that the whole of it is looked at.
        while self.0.get(1).is_some_and(|(at, ..)| *at <= begin) {
            self.0.pop_front();
        }
        self.0.push_back((active, energy, emissions));
    }

    /// The pace; `None` before there is one.
    pub(crate) fn rate(&self) -> Option<Rate> {
        let (first, last) = (self.0.front()?, self.0.back()?);
        let time = last.0.checked_sub(first.0).filter(|time| *time >= LEAST)?;
        let hours = time.as_secs_f64() / 3600.0;
        let grams = last.2.grams() - first.2.grams();
        Some(Rate {
            power: Power::from_watts((last.1 - first.1).joules() / time.as_secs_f64()),
            emissions_per_hour: CarbonMass::from_grams(grams / hours),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_minute() {
        let mut pace = Pace::default();
        let take = |pace: &mut Pace, seconds, joules, grams| {
            pace.take(
                Duration::from_secs(seconds),
                Energy::from_joules(joules),
                CarbonMass::from_grams(grams),
            );
        };
        take(&mut pace, 0, 0.0, 0.0);
        assert_eq!(pace.rate(), None);
        for second in 1..=100 {
            take(&mut pace, second, 5.0 * second as f64, 0.5 * second as f64);
        }
        let rate = pace.rate().unwrap();
        assert!((rate.power.watts() - 5.0).abs() < 1e-9);
        assert!((rate.emissions_per_hour.grams() - 1800.0).abs() < 1e-6);
        // A minute of twice the power later nothing of the old pace is left.
        for second in 101..=161 {
            take(&mut pace, second, 500.0 + 10.0 * (second - 100) as f64, 50.0);
        }
        let rate = pace.rate().unwrap();
        assert!((rate.power.watts() - 10.0).abs() < 1e-9, "{rate:?}");
        assert!(rate.emissions_per_hour.grams().abs() < 1e-9);
    }
}
