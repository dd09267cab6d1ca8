//! A wall meter that a person reads.

use std::io::{BufRead, Error, ErrorKind};

use carbon_sensors::Instant;
use carbon_sensors::load_model::CalibrationScope;
use carbon_tracker::Window;

use super::{Gauge, GaugeError, WALL_METER_ERROR};
use crate::calibrate::series::Mean;
use crate::console::Console;

/// Asks for watts at the end of each phase, while its load goes on.
#[derive(Debug)]
pub(in crate::calibrate) struct Typed {
    pub(in crate::calibrate) console: Console,
    pub(in crate::calibrate) scope: CalibrationScope,
}

/// A figure as people type it: "43.5", "43,5 W"; `None` for what cannot be watts.
pub(in crate::calibrate) fn parse_watts(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(['W', 'w']).trim_end().replace(',', ".");
    text.parse().ok().filter(|watts: &f64| (0.0..100_000.0).contains(watts))
}

impl Gauge for Typed {
    fn begin(&mut self, _: Instant, _: &Window) -> Result<(), GaugeError> {
        Ok(())
    }

    fn look(&mut self, _: Instant, _: &Window) -> Result<(), GaugeError> {
        Ok(())
    }

    fn end(&mut self, _: Instant, _: &Window, phase: &str) -> Result<Mean, GaugeError> {
        loop {
            self.console.print(&format!("\r\x1b[K{phase}: how many watts does the meter show? "));
            let mut line = String::new();
            let length = std::io::stdin().lock().read_line(&mut line);
            if length.map_err(GaugeError::NoAnswer)? == 0 {
                return Err(GaugeError::NoAnswer(Error::from(ErrorKind::UnexpectedEof)));
            }
            match parse_watts(&line) {
                Some(power_w) => return Ok(Mean { power_w, scatter: 0.0 }),
                None => self.console.print("a number such as 43.5, please\n"),
            }
        }
    }

    fn name(&self) -> String {
        "a wall meter, read by eye".to_owned()
    }

    fn scope(&self) -> CalibrationScope {
        self.scope
    }

    fn error(&self) -> f64 {
        WALL_METER_ERROR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watts_are_read_as_they_are_typed() {
        for (text, watts) in [("43.5\n", 43.5), (" 43,5 W ", 43.5), ("7w", 7.0), ("0", 0.0)] {
            assert_eq!(parse_watts(text), Some(watts), "{text}");
        }
        for text in ["", "watt", "-3", "1e9", "NaN", "inf"] {
            assert_eq!(parse_watts(text), None, "{text}");
        }
    }
}
