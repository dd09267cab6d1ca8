//! The reference of a calibration: sensors of the machine, a person who reads a wall meter, a file
//! that a meter writes, or a meter that answers by HTTP.

mod csv;
mod http;
mod sensors;
mod typed;

use std::path::PathBuf;
use std::time::Duration;

use carbon_sensors::Instant;
use carbon_sensors::load_model::CalibrationScope;
use carbon_tracker::Window;

pub(super) use csv::CsvGauge;
pub(super) use http::HttpGauge;
pub(super) use sensors::Sensors;
pub(super) use typed::Typed;

use super::series::Mean;

/// Tells the mean power of a stretch of time.
pub(super) trait Gauge {
    /// The stretch begins.
    fn begin(&mut self, now: Instant, window: &Window) -> Result<(), GaugeError>;

    /// Time goes by; called several times a second.
    fn look(&mut self, now: Instant, window: &Window) -> Result<(), GaugeError>;

    /// The stretch ends; `phase` is its name for people.
    fn end(&mut self, now: Instant, window: &Window, phase: &str) -> Result<Mean, GaugeError>;

    /// What it is, for reports: "RAPL", "a wall meter".
    fn name(&self) -> String;

    /// What it measures.
    fn scope(&self) -> CalibrationScope;

    /// Its own error, 0 to 1.
    fn error(&self) -> f64;

    /// Whether GPUs are within what it measures and have to be taken out.
    fn includes_gpus(&self) -> bool {
        self.scope() == CalibrationScope::Computer
    }
}

/// Why a meter gives nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum GaugeError {
    /// No sensor can be read.
    #[error("no sensor of the processor can be read here")]
    NoSensor,
    /// A sensor stopped in the middle.
    #[error("the sensor gave no reading in the {phase} phase")]
    Silent {
        /// The phase.
        phase: String,
    },
    /// The file of a meter cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file of a meter has no rows of the time in question.
    #[error(
        "{}: no power between {from} and {to} in it, {waited:?} after that time: does the meter write \
         to it now, with the time in one column and watts in another?",
        path.display()
    )]
    NoRows {
        /// The file.
        path: PathBuf,
        /// First second.
        from: String,
        /// Last second.
        to: String,
        /// How long rows were waited for.
        waited: Duration,
    },
    /// The meter cannot be asked, or says nothing that could be watts.
    #[error("the meter at {url}: {reason}")]
    Meter {
        /// Its address, without a password.
        url: String,
        /// Why.
        reason: String,
    },
    /// Nobody answered the question.
    #[error("no watts were given: {0}")]
    NoAnswer(std::io::Error),
}

/// What wall meters of any price are good for.
pub(super) const WALL_METER_ERROR: f64 = 0.02;
