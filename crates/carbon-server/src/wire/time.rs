//! Points in time as clients write them, and as the API answers them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Microseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

impl From<Micros> for carbon_store::Timestamp {
    fn from(time: Micros) -> Self {
        Self::from_micros(time.0)
    }
}

impl From<carbon_store::Timestamp> for Micros {
    fn from(time: carbon_store::Timestamp) -> Self {
        Self(time.micros())
    }
}

/// Numbers above this are milliseconds, below it seconds; it is the year 2603 in seconds.
const SECONDS_AT_MOST: f64 = 2e10;

impl Micros {
    /// Reads ISO 8601 with `T` or a space, with or without an offset, a date alone, or seconds or
    /// milliseconds since 1970. Without an offset it is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = text.parse::<f64>() {
            return Self::from_epoch(number);
        }
        let stamp = match text.parse::<Timestamp>() {
            Ok(stamp) => stamp,
            Err(_) => civil(text)?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
        };
        Some(Self(stamp.as_microsecond()))
    }

    /// From seconds, or milliseconds when the number is too large for seconds.
    pub fn from_epoch(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let mut seconds = number;
        while seconds.abs() > SECONDS_AT_MOST {
            seconds /= 1000.0;
        }
        let span = SignedDuration::try_from_secs_f64(seconds).ok()?;
        Timestamp::from_duration(span).ok().map(|stamp| Self(stamp.as_microsecond()))
    }

    /// ISO 8601 without an offset, in UTC, with microseconds only where there are some: as existing
    /// clients get it.
    pub fn naive(self) -> String {
        let Ok(stamp) = Timestamp::from_microsecond(self.0) else { return String::new() };
        let time = stamp.to_zoned(TimeZone::UTC).datetime();
        let format =
            if self.0 % 1_000_000 == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S.%6f" };
        time.strftime(format).to_string()
    }

    /// The same with `Z`, which says that it is UTC.
    pub fn utc(self) -> String {
        self.naive() + "Z"
    }
}

fn civil(text: &str) -> Option<DateTime> {
    let with_time = text.parse::<DateTime>().ok();
    with_time.or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        Micros::parse(text).map(Micros::naive)
    }

    #[test]
    fn all_spellings_of_one_moment_are_the_same() {
        let moment = Some("2026-11-22T08:00:00".to_owned());
        for text in [
            "2026-11-22T08:00:00Z",
            "2026-11-22T08:00:00",
            "2026-11-22 08:00:00",
            "2026-11-22T08:00",
            "2026-11-22T09:30:00+01:30",
            "2026-11-22T08:00:00.000Z",
            "1795334400",
            "1795334400000",
            "1795334400.0",
        ] {
            assert_eq!(read(text), moment, "{text}");
        }
        assert_eq!(read("2026-11-22"), Some("2026-11-22T00:00:00".to_owned()));
        assert_eq!(
            read("2026-11-22T08:00:00.123456+00:00"),
            Some("2026-11-22T08:00:00.123456".to_owned())
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2026-13-01", "2026-11-22T25:00:00", "nan", "inf", "08:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(micros in -2_000_000_000_000_000_i64..4_000_000_000_000_000) {
            let time = Micros(micros);
            prop_assert_eq!(Micros::parse(&time.naive()), Some(time));
            prop_assert_eq!(Micros::parse(&time.utc()), Some(time));
        }
    }
}
