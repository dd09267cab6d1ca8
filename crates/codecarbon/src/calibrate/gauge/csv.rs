//! A file to which a meter's own program writes a row with time and watts every second or so.
//!
//! Commas or semicolons; with a header, the first column whose name speaks of time and the first
//! that speaks of power count, else the first two. Times are Unix seconds or as in RFC 3339; without
//! a zone they are local. Rows are taken by their time, so the program may write late, but not in
//! another time than ours.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use carbon_live::time;
use carbon_sensors::Instant;
use carbon_sensors::clock::local_timestamp;
use carbon_sensors::load_model::CalibrationScope;
use carbon_tracker::Window;

use super::{Gauge, GaugeError, WALL_METER_ERROR};
use crate::calibrate::series::{Mean, Series};

/// How long rows are waited for after the end of a phase.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// The file.
#[derive(Debug)]
pub(in crate::calibrate) struct CsvGauge {
    pub(in crate::calibrate) path: PathBuf,
    pub(in crate::calibrate) scope: CalibrationScope,
    begin: Duration,
}

/// A row: when, as time since the Unix epoch, and watts.
type Row = (Duration, f64);

impl CsvGauge {
    pub(in crate::calibrate) fn new(path: PathBuf, scope: CalibrationScope) -> Self {
        Self { path, scope, begin: Duration::ZERO }
    }

    /// Looks whether the file is there and has the two columns.
    ///
    /// # Errors
    /// It cannot be read.
    pub(in crate::calibrate) fn check(&self) -> Result<(), GaugeError> {
        self.text().map(|_| ())
    }

    fn text(&self) -> Result<String, GaugeError> {
        fs::read_to_string(&self.path)
            .map_err(|source| GaugeError::File { path: self.path.clone(), source })
    }
}

impl Gauge for CsvGauge {
    fn begin(&mut self, now: Instant, _: &Window) -> Result<(), GaugeError> {
        self.begin = now.wall;
        Ok(())
    }

    fn look(&mut self, _: Instant, _: &Window) -> Result<(), GaugeError> {
        Ok(())
    }

    fn end(&mut self, now: Instant, _: &Window, _: &str) -> Result<Mean, GaugeError> {
        let end = now.wall;
        let offset_s = local_offset_s(end);
        let mut waited = Duration::ZERO;
        loop {
            let rows = rows(&self.text()?, offset_s);
            // The file has been written up to the end when it has a row from after it.
            let is_complete = rows.iter().any(|(at, _)| *at >= end) || waited >= PATIENCE;
            if is_complete && let Some(mean) = mean_between(&rows, self.begin, end) {
                return Ok(mean);
            }
            if waited >= PATIENCE {
                let (from, to) =
                    (local_timestamp(self.begin.as_secs_f64()), local_timestamp(end.as_secs_f64()));
                return Err(GaugeError::NoRows { path: self.path.clone(), from, to, waited });
            }
            std::thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }

    fn name(&self) -> String {
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("the meter of {file}")
    }

    fn scope(&self) -> CalibrationScope {
        self.scope
    }

    fn error(&self) -> f64 {
        WALL_METER_ERROR
    }
}

/// Seconds that local time is ahead of UTC.
fn local_offset_s(wall: Duration) -> f64 {
    let local = time::parse(&local_timestamp(wall.as_secs_f64())).unwrap_or(wall);
    (local.as_secs_f64() - wall.as_secs_f64().floor()).round()
}

/// Mean of the rows in a stretch, each holding until the next; `None` without any.
fn mean_between(rows: &[Row], begin: Duration, end: Duration) -> Option<Mean> {
    let mut series = Series::default();
    let inside: Vec<&Row> = rows.iter().filter(|(at, _)| (begin..end).contains(at)).collect();
    let until = inside.iter().skip(1).map(|(at, _)| *at).chain([end]);
    for ((at, watts), until) in inside.iter().zip(until) {
        series.push(until.saturating_sub(*at), *watts);
    }
    series.mean()
}

/// The rows of a text that are such rows; a last line without its end may be half a line.
fn rows(text: &str, local_offset_s: f64) -> Vec<Row> {
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut columns = (0, 1);
    let mut rows = Vec::new();
    for line in complete.lines() {
        let separator = if line.contains(';') { ';' } else { ',' };
        let cells: Vec<&str> =
            line.split(separator).map(|cell| cell.trim().trim_matches('"')).collect();
        let cell = |column: usize| cells.get(column).copied().unwrap_or_default();
        match (instant(cell(columns.0), local_offset_s), super::typed::parse_watts(cell(columns.1)))
        {
            (Some(at), Some(watts)) => rows.push((at, watts)),
            _ => columns = header(&cells).unwrap_or(columns),
        }
    }
    rows
}

/// Which columns hold time and power, by their names.
fn header(cells: &[&str]) -> Option<(usize, usize)> {
    let find = |words: &[&str]| {
        cells.iter().position(|cell| {
            let cell = cell.to_lowercase();
            words.iter().any(|word| cell.contains(word))
        })
    };
    Some((find(&["time", "date"])?, find(&["watt", "power", "(w)", "[w]", "apower"])?))
}

/// A time since the Unix epoch.
fn instant(cell: &str, local_offset_s: f64) -> Option<Duration> {
    if let Ok(seconds) = cell.parse::<f64>() {
        // Beyond the year 5000 these are milliseconds.
        let seconds = if seconds > 1e11 { seconds / 1e3 } else { seconds };
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = time::parse(cell)?;
    let has_zone = cell.ends_with(['Z', 'z']) || cell.get(11..)?.contains(['+', '-']);
    if has_zone {
        return Some(at);
    }
    Duration::try_from_secs_f64(at.as_secs_f64() - local_offset_s).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset_s: f64) -> Vec<(f64, f64)> {
        rows(text, offset_s).into_iter().map(|(at, watts)| (at.as_secs_f64(), watts)).collect()
    }

    #[test]
    fn the_ways_in_which_meters_write_are_read() {
        let expected = vec![(1_772_373_600.0, 12.5), (1_772_373_601.0, 13.0)];
        for text in [
            "1772373600,12.5\n1772373601,13\n",
            "1772373600000,12.5\n1772373601000,13\n",
            "time;volt;power\n1772373600;230;12,5\n1772373601;231;13,0\n",
            "\"Watts\",\"Date\"\n12.5,2026-03-01T14:00:00Z\n13,2026-03-01T14:00:01Z\n",
            "timestamp,apower\n2026-03-01T15:00:00+01:00,12.5\n2026-03-01 14:00:01Z,13\n",
            "1772373600,12.5\nnot a row\n1772373601,13\n1772373602,1",
        ] {
            assert_eq!(at(text, 0.0), expected, "{text}");
        }
        assert_eq!(at("2026-03-01 16:00:00,12.5\n", 7200.0), vec![expected[0]], "local time");
    }

    proptest::proptest! {
        #[test]
        fn rows_of_any_text_are_of_the_time_since_1970_and_of_finite_watts(
            text in "([0-9TZ:;,. +-]{0,30}|time;power|.{0,20})(\n.{0,30}){0,4}\n?",
        ) {
            for (_, watts) in rows(&text, 3600.0) {
                proptest::prop_assert!(watts.is_finite() && watts >= 0.0);
            }
        }
    }

    #[test]
    fn each_row_holds_until_the_next_and_only_those_of_the_time_count() {
        let s = Duration::from_secs;
        let rows = [(s(1), 99.0), (s(10), 20.0), (s(11), 40.0), (s(14), 99.0)];
        assert_eq!(mean_between(&rows, s(10), s(14)).unwrap().power_w, 35.0);
        assert_eq!(mean_between(&rows, s(2), s(9)), None);
    }
}
