//! The answers of EMI devices: little-endian structs of `emi.h`, read field by field.
//!
//! Lengths come from a driver and are believed only within limits. Version 1 describes one channel,
//! version 2 any number; both count in picowatt-hours.

use crate::meter::Covers;

/// Joules in a picowatt-hour.
pub const JOULES_PER_PICOWATT_HOUR: f64 = 3.6e-9;

/// Bytes of one channel's measurement: energy and time.
pub const MEASUREMENT_BYTES: usize = 16;

/// More channels than a device has; an Intel server offers some eight.
pub const MOST_CHANNELS: usize = 1024;

/// More bytes than metadata of a device have.
pub const MOST_METADATA_BYTES: usize = 1 << 16;

/// `EMI_NAME_MAX`: UTF-16 units of the maker's and the model's name.
const NAME_UNITS: usize = 16;

/// `EmiMeasurementUnitPicowattHours`, the only unit there is.
const PICOWATT_HOURS: u32 = 0;

/// Why an answer is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmiError {
    /// The answer ends before what it should hold.
    #[error("the answer of {length} bytes ends within {part}")]
    Short {
        /// What was being read.
        part: &'static str,
        /// Bytes of the answer.
        length: usize,
    },
    /// A number of the answer is beyond what a device can have.
    #[error("{part} is {value}, which cannot be")]
    Implausible {
        /// Which number.
        part: &'static str,
        /// Its value.
        value: u64,
    },
    /// A version of the interface that is not known here.
    #[error("version {0} of the interface is not known")]
    UnknownVersion(u16),
    /// A unit that is not known here.
    #[error("measurement unit {0} is not known")]
    UnknownUnit(u32),
}

/// Version of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// One channel a device.
    V1,
    /// Any number of named channels; Windows 10 1809 and later.
    V2,
}

/// What a device is and measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The maker of the metered hardware.
    pub maker: String,
    /// Its model.
    pub model: String,
    /// Names of the channels, in the order of the measurements.
    pub channels: Vec<String>,
}

/// One channel's counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measurement {
    /// Energy since an arbitrary start, picowatt-hours.
    pub energy_pwh: u64,
    /// When it was measured, in steps of 100 ns since an arbitrary start.
    pub time_100ns: u64,
}

/// Reads the answer to [`Question::Version`](super::Question::Version).
pub fn parse_version(bytes: &[u8]) -> Result<Version, EmiError> {
    match Answer::of(bytes).number_16("the version")? {
        1 => Ok(Version::V1),
        2 => Ok(Version::V2),
        other => Err(EmiError::UnknownVersion(other)),
    }
}

/// Reads the answer to [`Question::MetadataSize`](super::Question::MetadataSize), bytes.
pub fn parse_metadata_size(bytes: &[u8]) -> Result<usize, EmiError> {
    let part = "the size of the metadata";
    let size = Answer::of(bytes).number_32(part)?;
    let plausible =
        usize::try_from(size).ok().filter(|size| (1..=MOST_METADATA_BYTES).contains(size));
    plausible.ok_or(EmiError::Implausible { part, value: u64::from(size) })
}

/// Reads `EMI_METADATA_V1` or `EMI_METADATA_V2`. A nameless channel of version 1 is called "EMI".
pub fn parse_metadata(version: Version, bytes: &[u8]) -> Result<Metadata, EmiError> {
    let mut answer = Answer::of(bytes);
    if version == Version::V1 {
        answer.unit()?;
    }
    let maker = answer.text(2 * NAME_UNITS, "the maker's name")?;
    let model = answer.text(2 * NAME_UNITS, "the model's name")?;
    answer.number_16("the revision")?;
    let mut channels = Vec::new();
    match version {
        Version::V1 => {
            let size = usize::from(answer.number_16("the size of the name")?);
            let name = answer.text(size, "the name of the metered hardware")?;
            channels.push(if name.is_empty() { "EMI".to_owned() } else { name });
        }
        Version::V2 => {
            let part = "the number of channels";
            let count = usize::from(answer.number_16(part)?);
            if !(1..=MOST_CHANNELS).contains(&count) {
                return Err(EmiError::Implausible { part, value: count as u64 });
            }
            for _ in 0..count {
                answer.unit()?;
                let size = usize::from(answer.number_16("the size of a channel's name")?);
                channels.push(answer.text(size, "the name of a channel")?);
            }
        }
    }
    Ok(Metadata { maker, model, channels })
}

/// Reads the measurements of a device with this many channels.
pub fn parse_measurements(
    bytes: &[u8],
    channels: usize,
) -> Result<impl Iterator<Item = Measurement>, EmiError> {
    let short = EmiError::Short { part: "the measurements", length: bytes.len() };
    let length = channels.checked_mul(MEASUREMENT_BYTES).ok_or(short.clone())?;
    let (records, _) = bytes.get(..length).ok_or(short)?.as_chunks::<MEASUREMENT_BYTES>();
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, b| number << 8 | u64::from(*b));
    Ok(records.iter().map(move |record| {
        let (energy, time) = record.split_at(MEASUREMENT_BYTES / 2);
        Measurement { energy_pwh: number(energy), time_100ns: number(time) }
    }))
}

/// What a channel covers, by a name such as `RAPL_Package0_PKG`; `None` for names of another kind.
///
/// `PKG` is the package, `PP0` its cores, `PP1` its graphics and `DRAM` the memory behind it.
pub fn parse_channel_name(name: &str) -> Option<Covers> {
    let name = name.to_ascii_uppercase();
    let (package, domain) = name.strip_prefix("RAPL_PACKAGE")?.split_once('_')?;
    let is_number = !package.is_empty() && package.bytes().all(|b| b.is_ascii_digit());
    let package: u32 = is_number.then(|| package.parse().ok())??;
    match domain {
        "PKG" => Some(Covers::Package { package, die: None }),
        "PP0" => Some(Covers::Cores { package }),
        "PP1" => Some(Covers::Uncore { package }),
        "DRAM" => Some(Covers::Dram { package }),
        _ => None,
    }
}

/// What has not been read of an answer.
struct Answer<'b> {
    rest: &'b [u8],
    length: usize,
}

impl<'b> Answer<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, length: bytes.len() }
    }

    fn take(&mut self, size: usize, part: &'static str) -> Result<&'b [u8], EmiError> {
        let short = EmiError::Short { part, length: self.length };
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number_16(&mut self, part: &'static str) -> Result<u16, EmiError> {
        Ok(self.take(2, part)?.iter().rev().fold(0, |number, b| number << 8 | u16::from(*b)))
    }

    fn number_32(&mut self, part: &'static str) -> Result<u32, EmiError> {
        Ok(self.take(4, part)?.iter().rev().fold(0, |number, b| number << 8 | u32::from(*b)))
    }

    fn unit(&mut self) -> Result<(), EmiError> {
        match self.number_32("the unit")? {
            PICOWATT_HOURS => Ok(()),
            other => Err(EmiError::UnknownUnit(other)),
        }
    }

    /// UTF-16 in so many bytes, as far as its first zero.
    fn text(&mut self, size: usize, part: &'static str) -> Result<String, EmiError> {
        let (units, _) = self.take(size, part)?.as_chunks::<2>();
        let units =
            units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
        Ok(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}
