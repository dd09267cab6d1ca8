//! Intensities of stretches of time, and which one holds when.

use std::sync::Arc;
use std::time::Duration;

use carbon_model::{Intensity, Interval};

use crate::config::IntensityProvider;
use crate::pricing::GridUsed;

/// A value goes on holding for so long after its end: services are late.
const HOLDS_AFTER: Duration = Duration::from_hours(2);

/// The first value that is known holds for so long before its beginning.
const HOLDS_BEFORE: Duration = Duration::from_hours(1);

/// Prices that a tariff keeps; the oldest go first. More than a year of hours.
const MOST: usize = 10_000;

/// Intensity of the electricity of a place over a stretch of time, as somebody told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// Who told it.
    pub provider: IntensityProvider,
    /// Start of the time that the value is of, since the Unix epoch.
    pub from: Duration,
    /// End of it.
    pub until: Duration,
    /// The place that the value is of, as the provider names it: "FR", "US-CAL-CISO".
    pub zone: String,
    /// The intensity with its bounds.
    pub intensity: Interval<Intensity>,
    /// Provider and kind of value, for people.
    pub source: String,
    /// How the value was come by, if it was not measured; its bounds are wider then.
    pub estimated: Option<String>,
}

impl Price {
    pub(super) fn grid(&self) -> GridUsed {
        GridUsed {
            zone: self.zone.clone(),
            name: self.zone.clone(),
            intensity: self.intensity,
            year: None,
            source: self.source.clone(),
            assumed: false,
        }
    }
}

/// Prices in the order of their time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tariff(Vec<Arc<Price>>);

impl Tariff {
    /// Takes a price in; it replaces one that begins at the same moment.
    pub fn add(&mut self, price: Price) {
        let position = self.0.partition_point(|known| known.from < price.from);
        match self.0.get_mut(position) {
            Some(known) if known.from == price.from => *known = Arc::new(price),
            _ => self.0.insert(position, Arc::new(price)),
        }
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// The price that holds at a moment: the newest that has begun, for up to two hours after its
    /// end, else one that begins within the hour.
    pub fn at(&self, moment: Duration) -> Option<&Arc<Price>> {
        let next = self.0.partition_point(|price| price.from <= moment);
        let begun = next.checked_sub(1).map(|index| &self.0[index]);
        begun.filter(|price| moment < price.until.saturating_add(HOLDS_AFTER)).or_else(|| {
            self.0.get(next).filter(|price| price.from <= moment.saturating_add(HOLDS_BEFORE))
        })
    }

    /// The first moment after this one at which another price may hold.
    pub fn next_change(&self, moment: Duration) -> Option<Duration> {
        let next = self.0.partition_point(|price| price.from <= moment);
        let begun = next.checked_sub(1).map(|index| &self.0[index]);
        let coming = self.0.get(next);
        [
            begun.map(|price| price.until),
            begun.map(|price| price.until.saturating_add(HOLDS_AFTER)),
            coming.map(|price| price.from.saturating_sub(HOLDS_BEFORE)),
            coming.map(|price| price.from),
        ]
        .into_iter()
        .flatten()
        .filter(|change| *change > moment)
        .min()
    }

    /// The stretches of a time by what holds in each.
    pub(super) fn stretches(
        &self,
        from: Duration,
        to: Duration,
    ) -> Vec<(Duration, Duration, Option<&Arc<Price>>)> {
        let (mut stretches, mut start) = (Vec::new(), from);
        while start < to {
            let end = self.next_change(start).map_or(to, |change| change.min(to));
            stretches.push((start, end, self.at(start)));
            start = end;
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(number: u64) -> Duration {
        Duration::from_hours(number)
    }

    fn tariff(hours: &[(u64, f64)]) -> Tariff {
        let mut tariff = Tariff::default();
        for (from, g_per_kwh) in hours {
            tariff.add(Price {
                provider: IntensityProvider::File,
                from: hour(*from),
                until: hour(from + 1),
                zone: "EX".to_owned(),
                intensity: Interval::exact(Intensity::from_g_per_kwh(*g_per_kwh)),
                source: "an example".to_owned(),
                estimated: None,
            });
        }
        tariff
    }

    fn grams(tariff: &Tariff, moment: Duration) -> Option<f64> {
        tariff.at(moment).map(|price| price.intensity.value.g_per_kwh())
    }

    #[test]
    fn the_newest_value_that_has_begun_holds_and_for_two_hours_more() {
        let tariff = tariff(&[(11, 200.0), (10, 100.0)]);
        let minute = Duration::from_mins(1);
        assert_eq!(grams(&tariff, hour(10) + minute), Some(100.0));
        assert_eq!(grams(&tariff, hour(11)), Some(200.0));
        assert_eq!(grams(&tariff, hour(14).checked_sub(minute).unwrap()), Some(200.0));
        assert_eq!(grams(&tariff, hour(14)), None);
    }

    #[test]
    fn the_first_value_holds_for_the_hour_before_it() {
        let tariff = tariff(&[(10, 100.0)]);
        assert_eq!(grams(&tariff, hour(9)), Some(100.0));
        assert_eq!(grams(&tariff, Duration::from_mins(539)), None);
    }

    #[test]
    fn a_later_answer_for_the_same_hour_replaces_the_first() {
        let mut twice = tariff(&[(10, 100.0)]);
        twice.add(Price::clone(tariff(&[(10, 120.0)]).at(hour(10)).unwrap()));
        assert_eq!(grams(&twice, hour(10)), Some(120.0));
    }

    #[test]
    fn times_without_end_do_no_harm() {
        let mut tariff = tariff(&[(10, 100.0)]);
        tariff.add(Price { until: Duration::MAX, ..Price::clone(tariff.at(hour(10)).unwrap()) });
        assert_eq!(grams(&tariff, Duration::MAX), None);
        assert_eq!(grams(&tariff, hour(20)), Some(100.0));
        assert_eq!(tariff.next_change(hour(20)), Some(Duration::MAX));
        assert_eq!(tariff.stretches(hour(20), Duration::MAX).len(), 1);
    }

    #[test]
    fn stretches_cover_a_time_without_gap_or_overlap() {
        let tariff = tariff(&[(10, 100.0), (11, 200.0), (18, 300.0)]);
        let stretches = tariff.stretches(hour(8), hour(20));
        assert_eq!(stretches[0].0, hour(8));
        assert_eq!(stretches.last().unwrap().1, hour(20));
        assert!(stretches.windows(2).all(|pair| pair[0].1 == pair[1].0));
        let unknown: Duration =
            stretches.iter().filter(|s| s.2.is_none()).map(|s| s.1.checked_sub(s.0).unwrap()).sum();
        // 8 to 9, and 14 to 17.
        assert_eq!(unknown, hour(4));
    }
}
