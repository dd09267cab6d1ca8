//! The time stamps of records: local time, as files carry it, and the zone where one says it.

use std::fmt;

const SECONDS_PER_DAY: i64 = 86_400;

/// A local time to the second; times of one zone can be compared and subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    seconds: i64,
    /// Seconds east of UTC; none where the file does not say it.
    offset_s: Option<i32>,
}

impl LocalTime {
    /// Reads `2026-03-01T12:30:00`, with a space for the `T`, with a fraction or a zone after it;
    /// `None` when it is no date and time.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.trim().as_bytes();
        let number = |from: usize, to: usize| {
            let digits = std::str::from_utf8(bytes.get(from..to)?).ok()?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?
        };
        let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|b| wanted.contains(b));
        let marks = is(4, b"-") && is(7, b"-") && is(10, b"T ") && is(13, b":") && is(16, b":");
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let in_range = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        let days = days_of_civil(year, month, day);
        // There is no 31st of April.
        if !(marks && in_range && civil_of_days(days) == (year, month, day)) {
            return None;
        }
        let seconds = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
        Some(Self { seconds, offset_s: offset_s(&bytes[19..]) })
    }

    /// Seconds since the start of 1970 in the same zone.
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Seconds since the start of 1970 in UTC, where the file says the zone.
    pub fn utc_seconds(self) -> Option<i64> {
        Some(self.seconds - i64::from(self.offset_s?))
    }

    /// A time by its seconds since the start of 1970 in the same zone.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds, offset_s: None }
    }

    /// `2026-03-01`.
    pub fn date(self) -> String {
        let (year, month, day) = civil_of_days(self.seconds.div_euclid(SECONDS_PER_DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `2026-03`.
    pub fn month(self) -> String {
        let (year, month, _) = civil_of_days(self.seconds.div_euclid(SECONDS_PER_DAY));
        format!("{year:04}-{month:02}")
    }

    /// The calendar year.
    pub fn year(self) -> u16 {
        u16::try_from(civil_of_days(self.seconds.div_euclid(SECONDS_PER_DAY)).0).unwrap_or(0)
    }
}

impl fmt::Display for LocalTime {
    /// `2026-03-01 12:30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.seconds.rem_euclid(SECONDS_PER_DAY);
        write!(f, "{} {:02}:{:02}", self.date(), second / 3600, second / 60 % 60)
    }
}

/// Seconds east of UTC by what follows the seconds of a time: `Z`, `+02:00`, `-0330`, after a fraction.
fn offset_s(rest: &[u8]) -> Option<i32> {
    let is_fraction = |byte: &u8| matches!(byte, b'.' | b',' | b' ') || byte.is_ascii_digit();
    let start = rest.iter().position(|byte| !is_fraction(byte))?;
    let (sign, digits) = match &rest[start..] {
        [b'Z' | b'z'] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let number = |pair: [u8; 2]| {
        pair.iter()
            .all(u8::is_ascii_digit)
            .then(|| i32::from(pair[0] - b'0') * 10 + i32::from(pair[1] - b'0'))
    };
    let (hours, minutes) = match *digits {
        [a, b] => (number([a, b])?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (number([a, b])?, number([c, d])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. Years are counted from March, so that
/// the leap day is the last of its year.
fn days_of_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_of_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn time_stamps_of_records_are_read() {
        let time = LocalTime::parse("2026-03-01T12:30:05").unwrap();
        assert_eq!(time.to_string(), "2026-03-01 12:30");
        assert_eq!(
            (time.date(), time.month(), time.year()),
            ("2026-03-01".into(), "2026-03".into(), 2026)
        );
        assert_eq!(LocalTime::parse("1970-01-02 00:00:01.25").unwrap().seconds(), 86_401);
        assert_eq!(LocalTime::parse("2024-02-29T00:00:00+02:00").unwrap().date(), "2024-02-29");
    }

    #[test]
    fn a_zone_is_kept_where_the_file_says_it() {
        for (text, hours) in [
            ("2026-03-01T12:00:00Z", Some(0)),
            ("2026-03-01 12:00:00.123456+02:00", Some(2)),
            ("2026-03-01T12:00:00-0500", Some(-5)),
            ("2026-03-01T12:00:00 +09", Some(9)),
            ("2026-03-01T12:00:00", None),
            ("2026-03-01T12:00:00.25", None),
            ("2026-03-01T12:00:00+noon", None),
        ] {
            let time = LocalTime::parse(text).unwrap();
            let expected = hours.map(|hours| time.seconds() - hours * 3600);
            assert_eq!(time.utc_seconds(), expected, "{text}");
            assert_eq!(time.to_string(), "2026-03-01 12:00");
        }
    }

    #[test]
    fn what_is_no_time_is_nothing() {
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00",
            "2026-02-30T00:00:00",
            "2026-01-01T25:00:00",
            "2026/01/01T00:00:00",
            "2026-01-01",
            "２０２６-01-01T00:00:00",
        ] {
            assert_eq!(LocalTime::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn days_and_dates_are_each_others_inverse(days in -200_000_i64..200_000) {
            let (year, month, day) = civil_of_days(days);
            prop_assert_eq!(days_of_civil(year, month, day), days);
        }
    }
}
