//! Instants and windows, in microseconds and UTC. The store never asks what time it is: whoever
//! calls says so.

use std::time::Duration;

use crate::cell::{Cell, FromCell};
use crate::error::{Error, Result};

/// Microseconds of an hour.
pub(crate) const HOUR_US: i64 = 3_600_000_000;

/// Microseconds of a day.
pub(crate) const DAY_US: i64 = 24 * HOUR_US;

/// An instant: microseconds since 1970-01-01T00:00:00Z, negative before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00Z, the earliest instant that can be stored.
    pub const MIN: Self = Self(-62_135_596_800_000_000);

    /// 9999-12-31T23:59:59.999999Z, the latest instant that can be stored.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// From microseconds since the Unix epoch; clamped to what can be stored.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            return Self::MIN;
        }
        if micros > Self::MAX.0 { Self::MAX } else { Self(micros) }
    }

    /// From seconds since the Unix epoch; clamped to what can be stored.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_micros(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Later by a duration; clamped to what can be stored.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_micros(self.0.saturating_add_unsigned(micros(duration)))
    }

    /// Earlier by a duration; clamped to what can be stored.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_micros(self.0.saturating_sub_unsigned(micros(duration)))
    }

    /// How much later it is than another; nothing where it is earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }

    /// Start of the hour that it is in, microseconds.
    pub(crate) fn hour(self) -> i64 {
        self.0.div_euclid(HOUR_US) * HOUR_US
    }

    /// Start of the day that it is in, microseconds.
    pub(crate) fn day(self) -> i64 {
        self.0.div_euclid(DAY_US) * DAY_US
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl From<Timestamp> for Cell {
    fn from(timestamp: Timestamp) -> Self {
        Self::Integer(timestamp.0)
    }
}

impl FromCell for Timestamp {
    fn from_cell(cell: Cell) -> Result<Self> {
        i64::from_cell(cell).map(Self::from_micros)
    }
}

/// A stretch of time, both ends included, as the API's `start_date` and `end_date` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First instant.
    pub start: Timestamp,
    /// Last instant.
    pub end: Timestamp,
}

impl Window {
    /// All there is.
    pub const ALL: Self = Self { start: Timestamp::MIN, end: Timestamp::MAX };

    /// From `start` to `end`, both included; empty if `end` is earlier.
    pub const fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }
}

/// Width of the buckets of a series: whole microseconds, at least one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketWidth(i64);

impl BucketWidth {
    /// A width; an error under one second or over ten thousand years.
    pub fn new(width: Duration) -> Result<Self> {
        match i64::try_from(width.as_micros()) {
            Ok(micros @ 1_000_000..=315_576_000_000_000_000) => Ok(Self(micros)),
            _ => Err(Error::Invalid("the interval must be at least one second")),
        }
    }

    pub(crate) const fn micros(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_before_the_epoch_fall_into_the_hour_that_they_are_in() {
        assert_eq!(Timestamp::from_micros(-1).hour(), -HOUR_US);
        assert_eq!(Timestamp::from_micros(-1).day(), -DAY_US);
        assert_eq!(Timestamp::from_micros(HOUR_US).hour(), HOUR_US);
    }

    #[test]
    fn instants_stay_within_what_can_be_stored() {
        assert_eq!(Timestamp::from_micros(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.minus(Duration::MAX), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.plus(Duration::from_secs(1)), Timestamp::MAX);
    }

    #[test]
    fn a_bucket_is_at_least_a_second() {
        assert!(BucketWidth::new(Duration::from_millis(999)).is_err());
        assert_eq!(BucketWidth::new(Duration::from_secs(1)).unwrap().micros(), 1_000_000);
    }
}
