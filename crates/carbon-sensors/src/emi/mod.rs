//! Windows' Energy Meter Interface (EMI): energy counters of processors that a driver offers.
//!
//! A device is asked by control codes; what they mean, the layout of the answers and the choice of
//! channels are here and in [`parse`], and are tested on every system. Only finding the devices and
//! passing the codes on is Windows' own (`windows.rs`).
//!
//! Intel's and AMD's drivers name channels after the RAPL domains, and those names say what a channel
//! covers: `RAPL_Package0_PKG`, `RAPL_Package0_DRAM`. Channels of other names (rails of single
//! boards) are skipped with that reason.

pub mod parse;
#[cfg(windows)]
mod windows;

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use carbon_model::{Accuracy, Source};

use crate::counter_bank::{Channel, CounterBank, meters};
use crate::discovery::Discovery;
use crate::emi::parse::{
    EmiError, JOULES_PER_PICOWATT_HOUR, MEASUREMENT_BYTES, MOST_CHANNELS, MOST_METADATA_BYTES,
    Metadata, Version, parse_channel_name, parse_measurements, parse_metadata, parse_metadata_size,
    parse_version,
};
use crate::meter::{Covers, Hindrance, MeterInfo, ReadError};
use crate::sysroot::SysRoot;

/// A question that an EMI device answers, `IOCTL_EMI_…` of `emi.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The version of the interface.
    Version,
    /// How long the metadata are.
    MetadataSize,
    /// What the device measures.
    Metadata,
    /// The counters.
    Measurement,
}

impl Question {
    /// The control code: device type 0x22, function 0 to 3, buffered, any access.
    pub const fn code(self) -> u32 {
        match self {
            Self::Version => 0x22_4000,
            Self::MetadataSize => 0x22_4004,
            Self::Metadata => 0x22_4008,
            Self::Measurement => 0x22_400C,
        }
    }
}

/// An EMI device that is open.
pub trait EmiDevice: Send {
    /// Its path, for messages.
    fn path(&self) -> &str;

    /// Asks it; the number of bytes of `answer` that were filled.
    fn ask(&mut self, question: Question, answer: &mut [u8]) -> io::Result<usize>;
}

/// A device that was found, open or not.
pub type Opened = Result<Box<dyn EmiDevice>, (String, io::Error)>;

/// Finds the energy meters of the Windows that we run on; nothing on other systems and for a root
/// that is not the host's. Costs some milliseconds.
pub fn discover(root: &SysRoot) -> Discovery {
    if root.is_host() { discover_in(host_devices()) } else { Discovery::default() }
}

#[cfg(windows)]
fn host_devices() -> Vec<Opened> {
    windows::devices()
}

#[cfg(not(windows))]
fn host_devices() -> Vec<Opened> {
    Vec::new()
}

/// The meters of these devices; each is asked once what it measures and how much.
pub fn discover_in(devices: Vec<Opened>) -> Discovery {
    let mut found = Discovery::default();
    let mut seen = BTreeMap::new();
    for device in devices {
        match device {
            Ok(mut device) => match describe(device.as_mut()) {
                Ok(metadata) => offer(device, &metadata, &mut seen, &mut found),
                Err(error) => {
                    let what = device.path().to_owned();
                    let hindrance = Hindrance::of(&error);
                    found.skip(Source::WindowsEmi, hindrance, what, error.to_string(), None);
                }
            },
            Err((path, error)) => {
                let error = ReadError::Io { path: path.clone(), source: error };
                let hindrance = Hindrance::of(&error);
                let fix = (hindrance == Hindrance::Denied).then(|| {
                    "run it once in a terminal that was opened as administrator".to_owned()
                });
                found.skip(Source::WindowsEmi, hindrance, path, error.to_string(), fix);
            }
        }
    }
    found
}

/// Asks a device for its version and metadata.
fn describe(device: &mut dyn EmiDevice) -> Result<Metadata, ReadError> {
    let version: Version = answer(device, Question::Version, 2, parse_version)?;
    let size: usize = answer(device, Question::MetadataSize, 4, parse_metadata_size)?;
    answer(device, Question::Metadata, size, |bytes| parse_metadata(version, bytes))
}

fn answer<T>(
    device: &mut dyn EmiDevice,
    question: Question,
    size: usize,
    parse: impl FnOnce(&[u8]) -> Result<T, EmiError>,
) -> Result<T, ReadError> {
    let mut bytes = vec![0; size.min(MOST_METADATA_BYTES)];
    let failed = |path: &str, source| ReadError::Io { path: path.to_owned(), source };
    let length = device.ask(question, &mut bytes).map_err(|error| failed(device.path(), error))?;
    let told = bytes.get(..length).unwrap_or(&bytes);
    parse(told).map_err(|error| ReadError::Vendor {
        device: device.path().to_owned(),
        message: error.to_string(),
    })
}

/// Makes meters of the channels whose meaning is known; `seen` counts how often each was met.
fn offer(
    device: Box<dyn EmiDevice>,
    metadata: &Metadata,
    seen: &mut BTreeMap<Covers, u32>,
    found: &mut Discovery,
) {
    let path = device.path().to_owned();
    let mut channels = Vec::new();
    for (place, name) in metadata.channels.iter().enumerate() {
        let Some(covers) = parse_channel_name(name) else {
            let reason = "what this channel covers is not known";
            let what = format!("{name} of {path}");
            found.skip(Source::WindowsEmi, Hindrance::Unsuited, what, reason, None);
            continue;
        };
        let times = seen.entry(covers.clone()).or_insert(0);
        let info = info(covers, *times, name, &path);
        *times += 1;
        channels.push(Channel {
            info,
            places: vec![place],
            joules_per_count: JOULES_PER_PICOWATT_HOUR,
        });
    }
    let count = metadata.channels.len();
    let mut bank = Bank { device, answer: vec![0; count * MEASUREMENT_BYTES] };
    let mut counts = Vec::new();
    match bank.read(&mut counts) {
        Ok(()) => {
            channels.retain(|channel| {
                let is_alive = channel.places.iter().any(|place| counts[*place] > 0);
                if !is_alive {
                    let what = channel.info.detail.clone();
                    let reason = "reads 0: the counter is not backed by hardware";
                    found.skip(Source::WindowsEmi, Hindrance::Broken, what, reason, None);
                }
                is_alive
            });
            found.meters.extend(meters(Box::new(bank), channels));
        }
        Err(error) => {
            let hindrance = Hindrance::of(&error);
            found.skip(Source::WindowsEmi, hindrance, path, error.to_string(), None);
        }
    }
}

/// A second counter of the same package is one of a die, or a mirror of the first: the ledger
/// compares them.
fn info(covers: Covers, times_before: u32, channel: &str, path: &str) -> MeterInfo {
    let (covers, mirror_group) = match covers {
        Covers::Package { package, .. } if times_before > 0 => {
            (Covers::Package { package, die: Some(times_before) }, Some(package))
        }
        Covers::Package { package, die } => (Covers::Package { package, die }, Some(package)),
        covers => (covers, None),
    };
    let (name, accuracy) = match &covers {
        Covers::Package { package, die: None } => (format!("package-{package}"), 0.10),
        Covers::Package { package, die: Some(die) } => {
            (format!("package-{package}-die-{die}"), 0.10)
        }
        Covers::Dram { package } => (format!("dram-{package}"), 0.20),
        _ => (channel.to_owned(), 0.10),
    };
    MeterInfo {
        name,
        covers,
        source: Source::WindowsEmi,
        detail: format!("{channel} of {path}"),
        accuracy: Accuracy::plus_minus(accuracy),
        refresh: Duration::from_millis(10),
        max_interval: None,
        plausible_w: 1000.0,
        mirror_group,
        idle_w: None,
    }
}

/// The counters of one device.
struct Bank {
    device: Box<dyn EmiDevice>,
    answer: Vec<u8>,
}

impl CounterBank for Bank {
    fn read(&mut self, counts: &mut Vec<u64>) -> Result<(), ReadError> {
        let channels = self.answer.len() / MEASUREMENT_BYTES;
        debug_assert!(channels <= MOST_CHANNELS);
        let length = self
            .device
            .ask(Question::Measurement, &mut self.answer)
            .map_err(|source| ReadError::Io { path: self.device.path().to_owned(), source })?;
        let told = self.answer.get(..length).unwrap_or(&self.answer);
        let measured = parse_measurements(told, channels).map_err(|error| ReadError::Vendor {
            device: self.device.path().to_owned(),
            message: error.to_string(),
        })?;
        counts.clear();
        counts.extend(measured.map(|measurement| measurement.energy_pwh));
        Ok(())
    }
}
