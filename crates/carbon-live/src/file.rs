//! A file of intensities that the user has: CSV with a header, one row for each change.
//!
//! ```csv
//! datetime,g_per_kwh,low,high
//! 2026-03-01T00:00Z,53.1,48,60
//! 2026-03-01T01:00Z,49.8,45,57
//! ```
//!
//! A value holds until the next row, a day at most. `low` and `high` may be left out; then the value
//! is taken as exact. A time without a zone is UTC. The file is read again when its last value has
//! ended, so that something else may go on writing it.

use std::fs::File as Opened;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use carbon_model::Interval;
use carbon_tracker::config::IntensityProvider;
use carbon_tracker::live::Price;

use crate::provider::{NoPrice, Provider, Told, plausible};
use crate::time;

const NAME: &str = "the file of intensities";

/// Ten years of hours take 3 MB.
const LARGEST_FILE: u64 = 32 << 20;

/// The longest time that one row holds.
const LONGEST: Duration = Duration::from_hours(24);

/// Rows that are over are of use for so long.
const BEFORE: Duration = Duration::from_hours(4);

/// Rows that are taken at once; a year of hours is 8,760.
const MOST_ROWS: usize = 9_000;

/// Bad rows that are named one by one.
const NAMED: usize = 3;

/// A file.
pub(crate) struct File {
    pub(crate) path: PathBuf,
}

/// Which cell of a row is what.
struct Columns {
    time: usize,
    value: usize,
    bounds: Option<(usize, usize)>,
}

impl Provider for File {
    fn key(&self) -> Option<String> {
        None
    }

    fn ask(&mut self, now: Duration) -> Result<Told, NoPrice> {
        let text = self.text().map_err(|error| {
            NoPrice::nonsense(NAME, format!("{}: {error}", self.path.display()))
        })?;
        let Told { mut prices, remarks } = self.read(&text)?;
        let times = prices.first().zip(prices.last()).map(|(first, last)| (first.from, last.until));
        prices.retain(|price| price.until + BEFORE > now);
        prices.truncate(MOST_ROWS);
        match times {
            Some((first, last)) if now < first || last <= now => {
                let local =
                    |time: Duration| carbon_sensors::clock::local_timestamp(time.as_secs_f64());
                let why = format!(
                    "{} has values from {} to {}, none of now",
                    self.path.display(),
                    local(first),
                    local(last)
                );
                Err(NoPrice::nonsense(NAME, why))
            }
            Some(_) => Ok(Told { prices, remarks }),
            None => {
                let why = remarks.into_iter().next();
                let why = why.unwrap_or_else(|| format!("{} has no rows", self.path.display()));
                Err(NoPrice::nonsense(NAME, why))
            }
        }
    }
}

impl File {
    fn text(&self) -> std::io::Result<String> {
        let mut text = String::new();
        Opened::open(&self.path)?.take(LARGEST_FILE).read_to_string(&mut text)?;
        Ok(text)
    }

    /// Every good row, in the order of time; bad ones are named with their line.
    fn read(&self, text: &str) -> Result<Told, NoPrice> {
        let mut lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let header = lines.next().map_or("", |(_, line)| line);
        let columns = columns(header).ok_or_else(|| NoPrice::ForGood {
            provider: NAME,
            why: format!(
                "{} has to begin with a line of column names: datetime,g_per_kwh and, if you \
                 like, low,high",
                self.path.display()
            ),
        })?;
        let (mut prices, mut bad) = (Vec::new(), Vec::new());
        for (index, line) in lines {
            match self.price(&columns, line) {
                Ok(price) => prices.push(price),
                Err(why) => bad.push(format!("{}:{}: {why}", self.path.display(), index + 1)),
            }
        }
        prices.sort_by_key(|price| price.from);
        let starts: Vec<Duration> = prices.iter().map(|price| price.from).collect();
        let mut step = Duration::from_hours(1);
        for (index, price) in prices.iter_mut().enumerate() {
            if let Some(next) = starts.get(index + 1) {
                step = next.saturating_sub(price.from).min(LONGEST);
            }
            price.until = price.from + step;
        }
        Ok(Told { prices, remarks: named(bad) })
    }

    fn price(&self, columns: &Columns, line: &str) -> Result<Price, String> {
        let cells: Vec<&str> = line.split(',').map(plain).collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        let number = |index: usize| {
            let parsed = cell(index).parse().ok().and_then(plausible);
            parsed.ok_or_else(|| format!("{:?} is no intensity in g/kWh", cell(index)))
        };
        let from = time::parse(cell(columns.time)).ok_or_else(|| {
            format!("{:?} is no time such as 2026-03-01T14:00Z", cell(columns.time))
        })?;
        let value = number(columns.value)?;
        let intensity = match columns.bounds {
            Some((low, high)) if !cell(low).is_empty() || !cell(high).is_empty() => {
                let (low, high) = (number(low)?, number(high)?);
                if low > value || high < value {
                    return Err("the value is not between low and high".to_owned());
                }
                Interval::new(value, low, high)
            }
            _ => Interval::exact(value),
        };
        Ok(Price {
            provider: IntensityProvider::File,
            from,
            until: from,
            zone: "given".to_owned(),
            intensity,
            source: format!("{}, given by the user", self.path.display()),
            estimated: None,
        })
    }
}

fn columns(header: &str) -> Option<Columns> {
    let names: Vec<String> = header.split(',').map(|name| plain(name).to_lowercase()).collect();
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    Some(Columns {
        time: place("datetime")?,
        value: place("g_per_kwh")?,
        bounds: place("low").zip(place("high")),
    })
}

fn plain(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

/// The first bad rows and how many there are.
fn named(mut bad: Vec<String>) -> Vec<String> {
    let more = bad.len().saturating_sub(NAMED);
    bad.truncate(NAMED);
    if more > 0 {
        bad.push(format!("{more} more rows of that file are no intensities either"));
    }
    bad
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Told, NoPrice> {
        File { path: PathBuf::from("grid.csv") }.read(text)
    }

    fn hours(price: &Price) -> (f64, f64) {
        (price.from.as_secs_f64() / 3600.0, price.until.as_secs_f64() / 3600.0)
    }

    #[test]
    fn rows_hold_until_the_next_in_any_order_of_rows_and_columns() {
        let told = read(
            "\u{feff}# from the operator\nhigh,g_per_kwh,datetime,low\n,30,1970-01-01T03:00,\n\
             60,50,1970-01-01T00:00Z,40\n\n,40,1970-01-01T01:00Z,\n",
        )
        .unwrap();
        assert_eq!(told.remarks, [""; 0]);
        let spans: Vec<_> = told.prices.iter().map(hours).collect();
        assert_eq!(spans, [(0.0, 1.0), (1.0, 3.0), (3.0, 5.0)]);
        let first = told.prices[0].intensity;
        assert_eq!((first.low.g_per_kwh(), first.high.g_per_kwh()), (40.0, 60.0));
        assert_eq!(told.prices[1].intensity.high.g_per_kwh(), 40.0);
    }

    #[test]
    fn bad_rows_are_named_with_their_line_and_the_others_hold() {
        let told = read(
            "datetime,g_per_kwh,low,high\nyesterday,1,,\n1970-01-01T00:00Z,many,,\n\
             1970-01-01T01:00Z,50,60,70\n1970-01-01T02:00Z,-1,,\n1970-01-01T03:00Z,50,,\n",
        )
        .unwrap();
        assert_eq!(told.prices.len(), 1);
        assert!(told.remarks[0].starts_with("grid.csv:2: \"yesterday\" is no time"));
        assert!(told.remarks[1].starts_with("grid.csv:3: \"many\" is no intensity"));
        assert!(told.remarks[2].starts_with("grid.csv:4: the value is not between"));
        assert!(told.remarks[3].starts_with("1 more rows"));
    }

    proptest::proptest! {
        #[test]
        fn any_rows_give_values_in_the_order_of_time_or_remarks(
            rows in proptest::collection::vec("(20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00Z|.{0,9}),(-?[0-9]{1,5}(\\.[0-9])?|.{0,5})", 0..30),
        ) {
            let text = format!("datetime,g_per_kwh\n{}", rows.join("\n"));
            let told = read(&text).unwrap();
            proptest::prop_assert!(told.prices.windows(2).all(|pair| pair[0].from <= pair[1].from));
            for price in &told.prices {
                let g_per_kwh = price.intensity.value.g_per_kwh();
                proptest::prop_assert!((0.0..=2500.0).contains(&g_per_kwh));
                proptest::prop_assert!(price.until >= price.from);
            }
        }
    }

    #[test]
    fn a_file_without_its_header_is_refused_for_good() {
        for text in ["", "2026-03-01T00:00Z,53.1\n", "time,value\n"] {
            assert!(matches!(read(text), Err(NoPrice::ForGood { .. })), "{text:?}");
        }
    }
}
