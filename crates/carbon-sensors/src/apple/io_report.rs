//! The channels of IOReport's group "Energy Model": counters that an Apple processor keeps of its
//! parts.
//!
//! IOReport is a library of macOS without a published interface; names and units are those that
//! `powermetrics` and open-source monitors (macmon, asitop, Zeus) are seen to use:
//!
//! | channel | part |
//! | --- | --- |
//! | `CPU Energy`, `DIE_1_CPU Energy` | the CPU, or that of one die of an Ultra |
//! | `GPU Energy`, `DIE_1_GPU Energy` | the GPU |
//! | `ANE`, `ANE0`, `ANE0_1`, `DIE_1_ANE0` | the neural engine, counted with the GPU |
//! | `DRAM`, `DRAM0`, `DRAM0_1`, `DIE_1_DRAM0` | the memory |
//!
//! Channels of single clusters and cores are within the CPU's, and are passed over; so is
//! `GPU SRAM`, of which nobody tells whether the GPU's counter includes it. Fabric, display and
//! media engines have no figure here: the sum is less than the package takes.

use std::time::Duration;

use carbon_model::{Accuracy, Source};

use super::{AppleSensors, sorted};
use crate::counter_bank::{Channel, CounterBank, meters};
use crate::meter::{Covers, Hindrance, MeterInfo, ReadError};

/// A part of the processor that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The CPU of a die.
    Cpu {
        /// Number of the die on processors that have several.
        die: Option<u32>,
    },
    /// The GPU.
    Gpu,
    /// The neural engine.
    NeuralEngine,
    /// The memory.
    Memory,
}

/// A channel as IOReport describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelName {
    /// Its name, "CPU Energy".
    pub name: String,
    /// Its unit, "mJ"; padded with spaces at times.
    pub unit: String,
}

/// The counters of the group, as a library or a test tells them.
pub trait EnergyChannels: Send {
    /// The channels, in the order of the counts.
    fn names(&self) -> &[ChannelName];

    /// Reads all of them.
    fn read(&mut self, counts: &mut Vec<u64>) -> Result<(), ReadError>;
}

/// The part that a channel counts; `None` for channels that are within another or unknown.
pub fn parse_channel(name: &str) -> Option<Part> {
    let (die, name) = match name.strip_prefix("DIE_") {
        Some(rest) => {
            let (die, name) = rest.split_once('_')?;
            (Some(number(die)?), name)
        }
        None => (None, name),
    };
    let is_numbered = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    match name {
        "CPU Energy" => Some(Part::Cpu { die }),
        "GPU Energy" => Some(Part::Gpu),
        _ if name.strip_prefix("ANE").is_some_and(is_numbered) => Some(Part::NeuralEngine),
        _ if name.strip_prefix("DRAM").is_some_and(is_numbered) => Some(Part::Memory),
        _ => None,
    }
}

/// Joules of a unit: "mJ" → 0.001.
pub fn parse_unit(unit: &str) -> Option<f64> {
    match unit.trim() {
        "nJ" => Some(1e-9),
        "uJ" | "µJ" => Some(1e-6),
        "mJ" => Some(1e-3),
        "J" => Some(1.0),
        _ => None,
    }
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Counts of all parts are brought to this unit, so that those of unlike units can be added.
const JOULES_PER_COUNT: f64 = 1e-9;

/// The meters of a processor whose channels can be read; each is read once.
pub fn discover_in(channels: Box<dyn EnergyChannels>, brand: &str, gpu: u32) -> AppleSensors {
    let mut places: Vec<(Part, Vec<usize>)> = Vec::new();
    let mut scales = vec![0; channels.names().len()];
    let mut unknown_units = Vec::new();
    for (place, channel) in channels.names().iter().enumerate() {
        let Some(part) = parse_channel(&channel.name) else { continue };
        let Some(joules) = parse_unit(&channel.unit) else {
            unknown_units.push(format!("{} in {:?}", channel.name, channel.unit));
            continue;
        };
        scales[place] = (joules / JOULES_PER_COUNT).round() as u64;
        // The neural engine is an accelerator like the GPU; the record has one column for both.
        let counted_as = if part == Part::NeuralEngine { Part::Gpu } else { part };
        match places.iter_mut().find(|(known, _)| *known == counted_as) {
            Some((_, known)) => known.push(place),
            None => places.push((counted_as, vec![place])),
        }
    }
    // A neural engine alone is no GPU.
    let has_gpu = channels.names().iter().any(|c| parse_channel(&c.name) == Some(Part::Gpu));
    places.retain(|(part, _)| has_gpu || *part != Part::Gpu);
    places.sort_unstable();

    let mut bank = Bank { channels, scales };
    let mut counts = Vec::new();
    let mut sensors = match bank.read(&mut counts) {
        Ok(()) if places.is_empty() => {
            let mut sensors = AppleSensors::default();
            let reason = "no energy channel of a known name";
            let hindrance = Hindrance::Unsuited;
            sensors.found.skip(Source::AppleIoReport, hindrance, "IOReport", reason, None);
            sensors
        }
        Ok(()) => {
            let names: Vec<String> =
                bank.channels.names().iter().map(|channel| channel.name.clone()).collect();
            let channel = |(part, places): (Part, Vec<usize>)| Channel {
                info: info(part, &places, &names, gpu),
                places,
                joules_per_count: JOULES_PER_COUNT,
            };
            let wanted = places.into_iter().map(channel).collect();
            sorted(meters(Box::new(bank), wanted), brand, gpu)
        }
        Err(error) => {
            let mut sensors = AppleSensors::default();
            let (hindrance, reason) = (Hindrance::of(&error), error.to_string());
            sensors.found.skip(Source::AppleIoReport, hindrance, "IOReport", reason, None);
            sensors
        }
    };
    if !unknown_units.is_empty() {
        let what = unknown_units.join(", ");
        let reason = "the unit of these channels is not known";
        let hindrance = Hindrance::Unsuited;
        sensors.found.skip(Source::AppleIoReport, hindrance, what, reason, None);
    }
    sensors
}

fn info(part: Part, places: &[usize], names: &[String], gpu: u32) -> MeterInfo {
    let (name, covers) = match part {
        Part::Cpu { die: None } => ("cpu".to_owned(), Covers::Package { package: 0, die: None }),
        Part::Cpu { die } => {
            (format!("cpu-die-{}", die.unwrap_or(0)), Covers::Package { package: 0, die })
        }
        Part::Gpu | Part::NeuralEngine => (format!("GPU {gpu}"), Covers::Gpu { index: gpu }),
        Part::Memory => ("dram".to_owned(), Covers::Dram { package: 0 }),
    };
    let channels: Vec<&str> = places.iter().map(|place| names[*place].as_str()).collect();
    MeterInfo {
        name,
        covers,
        source: Source::AppleIoReport,
        detail: format!("IOReport {}", channels.join(" + ")),
        // Apple calls its figures estimates and publishes no error.
        accuracy: Accuracy::plus_minus(0.20),
        refresh: Duration::from_millis(10),
        max_interval: None,
        plausible_w: 500.0,
        mirror_group: None,
        idle_w: None,
    }
}

/// The channels, brought to one unit.
struct Bank {
    channels: Box<dyn EnergyChannels>,
    /// Nanojoules a count; 0 for channels that are passed over.
    scales: Vec<u64>,
}

impl CounterBank for Bank {
    fn read(&mut self, counts: &mut Vec<u64>) -> Result<(), ReadError> {
        self.channels.read(counts)?;
        for (count, scale) in counts.iter_mut().zip(&self.scales) {
            *count = count.wrapping_mul(*scale);
        }
        Ok(())
    }
}
