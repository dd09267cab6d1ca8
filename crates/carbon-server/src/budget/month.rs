//! Calendar months in UTC.

use std::fmt;

use carbon_store::{Timestamp, Window};
use jiff::civil::date;
use jiff::tz::TimeZone;

/// A calendar month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    year: i16,
    /// 1 to 12.
    month: i8,
}

impl Month {
    /// The month that an instant is in.
    pub(crate) fn of(time: Timestamp) -> Self {
        let time = jiff::Timestamp::from_microsecond(time.micros()).unwrap_or_default();
        let day = time.to_zoned(TimeZone::UTC).date();
        Self { year: day.year(), month: day.month() }
    }

    /// The one before; the first month of all has none.
    pub(crate) fn before(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { month: month - 1, ..self },
        }
    }

    fn after(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }

    /// Its first instant.
    pub(crate) fn start(self) -> Timestamp {
        let Ok(start) = date(self.year, self.month, 1).to_zoned(TimeZone::UTC) else {
            return Timestamp::MAX;
        };
        Timestamp::from_micros(start.timestamp().as_microsecond())
    }

    /// The first instant after it.
    pub(crate) fn end(self) -> Timestamp {
        self.after().start()
    }

    /// All its instants.
    pub(crate) fn window(self) -> Window {
        Window::new(self.start(), Timestamp::from_micros(self.end().micros() - 1))
    }

    /// As the store counts months: year * 12 + month.
    pub(crate) fn number(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let time: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_micros(time.as_microsecond())
    }

    #[test]
    fn a_month_has_its_own_instants_and_no_others() {
        let month = Month::of(at("2026-12-31T23:59:59.999999Z"));
        assert_eq!((month.to_string().as_str(), month.number()), ("2026-12", 24_324));
        let Window { start, end } = month.window();
        assert_eq!((start, end), (at("2026-12-01T00:00:00Z"), at("2026-12-31T23:59:59.999999Z")));
        assert_eq!(month.end(), at("2027-01-01T00:00:00Z"));
        assert_eq!(Month::of(month.end()).before(), month);
        assert_eq!(Month::of(at("2028-02-29T12:00:00Z")).end(), at("2028-03-01T00:00:00Z"));
    }
}
