//! Power as the kernel shows it in files: one file in microwatts, or a voltage and a current.

use std::path::PathBuf;

use crate::counter_file::CounterFile;
use crate::meter::ReadError;

/// One power: the product of its files in watts.
#[derive(Debug)]
pub(crate) struct PowerFile {
    factors: Vec<CounterFile>,
    watts_per_unit: f64,
}

impl PowerFile {
    /// A file in µW.
    pub(crate) fn microwatts(path: PathBuf) -> Self {
        Self { factors: vec![CounterFile::closed(path)], watts_per_unit: 1e-6 }
    }

    /// A file in mW, as the iio driver of Jetson modules has it.
    pub(crate) fn milliwatts(path: PathBuf) -> Self {
        Self { factors: vec![CounterFile::closed(path)], watts_per_unit: 1e-3 }
    }

    /// Files in mV and mA, as hwmon has them.
    pub(crate) fn millivolts_and_milliamperes(volts: PathBuf, amperes: PathBuf) -> Self {
        let factors = vec![CounterFile::closed(volts), CounterFile::closed(amperes)];
        Self { factors, watts_per_unit: 1e-6 }
    }

    /// Files in µV and µA, as batteries have them.
    pub(crate) fn microvolts_and_microamperes(volts: PathBuf, amperes: PathBuf) -> Self {
        let factors = vec![CounterFile::closed(volts), CounterFile::closed(amperes)];
        Self { factors, watts_per_unit: 1e-12 }
    }

    /// Watts now; never negative, since drivers disagree on the sign of a discharge.
    pub(crate) fn read_w(&mut self) -> Result<f64, ReadError> {
        let mut watts = self.watts_per_unit;
        for factor in &mut self.factors {
            watts *= factor.read_magnitude()? as f64;
        }
        Ok(watts)
    }
}
