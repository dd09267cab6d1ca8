//! Calendar months in UTC, which the partitions of emissions are.

use crate::time::{DAY_US, Timestamp};

/// A month, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Month(i64);

impl Month {
    /// January of a year.
    pub(super) const fn january(year: i64) -> Self {
        Self(year * 12)
    }

    /// The month that an instant is in.
    pub(super) fn of(timestamp: Timestamp) -> Self {
        // Days since 1 March of year 0: then leap days end their years and months have a formula.
        let days = timestamp.micros().div_euclid(DAY_US) + 719_468;
        let era = days.div_euclid(146_097);
        let day = days.rem_euclid(146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        Self((era * 400 + year) * 12 + from_march + 2)
    }

    /// The month after it.
    pub(super) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Its first microsecond.
    pub(super) const fn start_us(self) -> i64 {
        let shifted = self.0 - 2;
        let (year, from_march) = (shifted.div_euclid(12), shifted.rem_euclid(12));
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * from_march + 2) / 5;
        let day = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
        (era * 146_097 + day - 719_468) * DAY_US
    }

    /// Name of its partition.
    pub(super) fn table(self) -> String {
        format!("emissions_{:04}_{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants_are_in_their_months() {
        let table = |seconds| Month::of(Timestamp::from_seconds(seconds)).table();
        assert_eq!(table(0), "emissions_1970_01");
        assert_eq!(table(951_782_400), "emissions_2000_02"); // 29 February
        assert_eq!(table(951_868_800), "emissions_2000_03");
        assert_eq!(table(1_798_761_599), "emissions_2026_12");
        assert_eq!(table(1_798_761_600), "emissions_2027_01");
        assert_eq!(Month::of(Timestamp::MIN).table(), "emissions_0001_01");
        assert_eq!(Month::of(Timestamp::MAX).table(), "emissions_9999_12");
    }

    proptest! {
        #[test]
        fn an_instant_is_between_the_start_of_its_month_and_the_next(
            micros in Timestamp::MIN.micros()..Timestamp::MAX.micros()
        ) {
            let month = Month::of(Timestamp::from_micros(micros));
            prop_assert!(month.start_us() <= micros && micros < month.next().start_us());
            let days = (month.next().start_us() - month.start_us()) / DAY_US;
            prop_assert!((28..=31).contains(&days));
        }
    }
}
