//! Times as services and files write them: RFC 3339 with what people leave out of it.

use std::time::Duration;

/// Reads `2026-03-01T14:00:00.000Z`, `2026-03-01T14:00Z`, `2026-03-01 14:00`, `2026-03-01T15:00+01:00`,
/// as time since the Unix epoch; without a zone UTC is meant. `None` for anything else and for times
/// before 1970.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (date, time) = text.split_at_checked(10)?;
    let mut parts = date.split('-').map(|part| digits(part, 4));
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_date = date.len() == 10 && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_date || parts.next().is_some() {
        return None;
    }
    let (clock, offset_s) = zone(time.strip_prefix(['T', 't', ' '])?.trim_end())?;
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second: f64 = match parts.next() {
        Some(second) if second.starts_with(|c: char| c.is_ascii_digit()) => second.parse().ok()?,
        Some(_) => return None,
        None => 0.0,
    };
    if hour > 23 || minute > 59 || !(0.0..61.0).contains(&second) || parts.next().is_some() {
        return None;
    }
    let whole = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 - offset_s;
    Duration::try_from_secs_f64(whole as f64 + second).ok()
}

/// A number of one to so many digits.
fn digits(text: &str, most: usize) -> Option<i64> {
    let is_number = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// A time of day without its zone, and the zone's distance from UTC in seconds.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(position) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (clock, offset) = time.split_at(position);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = match offset[1..].split_once(':') {
        Some((hours, minutes)) => (digits(hours, 2)?, digits(minutes, 2)?),
        None => (digits(offset.get(1..3)?, 2)?, digits(offset.get(3..5).unwrap_or("0"), 2)?),
    };
    (hours < 24 && minutes < 60).then_some((clock, sign * (hours * 3600 + minutes * 60)))
}

/// Days from 1 January 1970 to a date of the Gregorian calendar; years begin in March, so that the
/// leap day ends one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        parse(text).map(|time| time.as_secs_f64())
    }

    #[test]
    fn the_ways_of_writing_a_time_are_read() {
        let expected = Some(1_772_373_600.0);
        for text in [
            "2026-03-01T14:00:00.000Z",
            "2026-03-01T14:00Z",
            "2026-03-01 14:00",
            " 2026-03-01T15:00:00+01:00 ",
            "2026-03-01T13:30-0030",
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        assert_eq!(seconds("1970-01-01T00:00:00.5Z"), Some(0.5));
        assert_eq!(seconds("2024-02-29T00:00Z"), Some(1_709_164_800.0));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn days_follow_each_other(day in 0_i64..60_000) {
            let noon = Duration::from_secs(day.unsigned_abs() * 86_400 + 43_200);
            let text = carbon_sensors::clock::local_timestamp(noon.as_secs_f64());
            // Tests may run in any zone: at most 14 hours from UTC.
            let read = parse(&text).unwrap_or_default();
            proptest::prop_assert!(read.abs_diff(noon) <= Duration::from_hours(14), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "now",
            "2026-03-01",
            "2026-13-01T00:00",
            "2026-03-01T24:00",
            "01.03.2026 14:00",
            "2026-03-01T14",
            "2026-03-01T14:00:xx",
            "1969-12-31T23:59Z",
            "2026-03-01T14:00+99:00",
        ] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
