//! The supply chip of a Raspberry Pi 5: volts and amperes of twelve rails, told by the firmware.
//!
//! Earlier boards have no such sensor, and the load model stands in. The chip is asked as `vcgencmd
//! pmic_read_adc` asks it, by a message to the firmware's mailbox ([`mailbox`]), but without starting
//! that program: a message takes some hundred microseconds where a process takes milliseconds.
//!
//! | meter | rails | covers |
//! | --- | --- | --- |
//! | `package-0` | `VDD_CORE` | the processor with its graphics |
//! | `dram-0` | `DDR_VDD2`, `DDR_VDDQ` | the memory |
//! | `board` | all rails, corrected | the board, for who prefers a system meter |
//!
//! The rails leave out the losses of their converters and what hangs on 5 V (USB, fan, a disk by
//! PCIe). The correction of the board is a straight line that was fitted to a meter at the plug by
//! Raspberry Pi users (jfikar/RPi5-power); it knows nothing of those loads either.

pub mod mailbox;
pub mod rails;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carbon_model::{Accuracy, Source};

use crate::clock::{Clock, Instant};
use crate::discovery::Discovery;
use crate::machine::MachineSample;
use crate::meter::{Covers, Hindrance, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::raspberry_pi::mailbox::{Firmware, Message, open};
use crate::raspberry_pi::rails::{Rails, parse_rails};
use crate::sysroot::SysRoot;

/// Slope of the board's power over the sum of its rails.
const BOARD_SLOPE: f64 = 1.1451;

/// What the board takes beyond that, W.
const BOARD_OFFSET_W: f64 = 0.5879;

/// The converter of the chip takes turns; asking more often than this tells nothing new.
const REFRESH: Duration = Duration::from_millis(100);

/// Whether a model name is that of a board with this chip: Raspberry Pi 5 and 500, Compute Module 5.
pub fn has_sensor(model: &str) -> bool {
    let Some(rest) = model.trim_end_matches('\0').trim().strip_prefix("Raspberry Pi ") else {
        return false;
    };
    let name = rest.strip_prefix("Compute Module ").unwrap_or(rest);
    name.starts_with('5')
}

/// Finds the chip where the device tree names a board that has it. Costs 2 µs elsewhere.
pub fn discover(root: &SysRoot) -> Discovery {
    let model = root.read("proc/device-tree/model").unwrap_or_default();
    if has_sensor(&model) { discover_in(open(root)) } else { Discovery::default() }
}

/// The meters of a board whose firmware answers.
pub fn discover_in(firmware: Result<Box<dyn Firmware>, ReadError>) -> Discovery {
    let mut found = Discovery::default();
    let chip = firmware.and_then(|firmware| {
        let mut chip = Chip { firmware, rails: Rails::default(), at: None };
        chip.ask().map(|()| chip)
    });
    match chip {
        Ok(chip) => {
            let shared = Arc::new(Mutex::new(chip));
            for part in [Part::Processor, Part::Memory, Part::Board] {
                found.meters.push(Box::new(RailMeter {
                    info: info(part),
                    part,
                    chip: Arc::clone(&shared),
                }));
            }
        }
        Err(error) => {
            let fix = matches!(Hindrance::of(&error), Hindrance::Denied)
                .then(|| "sudo usermod -aG video $USER   # from the next sign-in on".to_owned());
            let hindrance = Hindrance::of(&error);
            let what = "supply chip of the Raspberry Pi";
            found.skip(Source::RaspberryPiPmic, hindrance, what, error.to_string(), fix);
        }
    }
    found
}

/// A part of the board that rails feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Processor,
    Memory,
    Board,
}

impl Part {
    /// Watts of the part; `None` when a rail of it was not told.
    fn power_w(self, rails: &Rails) -> Option<f64> {
        match self {
            Self::Processor => rails.power_w("VDD_CORE"),
            Self::Memory => Some(rails.power_w("DDR_VDD2")? + rails.power_w("DDR_VDDQ")?),
            Self::Board => rails.total_w().map(|watts| BOARD_SLOPE * watts + BOARD_OFFSET_W),
        }
    }
}

fn info(part: Part) -> MeterInfo {
    let (name, covers, detail, accuracy) = match part {
        Part::Processor => (
            "package-0",
            Covers::Package { package: 0, die: None },
            "VDD_CORE of the supply chip",
            Accuracy::plus_minus(0.10),
        ),
        Part::Memory => (
            "dram-0",
            Covers::Dram { package: 0 },
            "DDR_VDD2 and DDR_VDDQ of the supply chip",
            Accuracy::plus_minus(0.10),
        ),
        Part::Board => (
            "board",
            Covers::System,
            "all rails of the supply chip, corrected for losses",
            Accuracy::plus_minus(0.15),
        ),
    };
    MeterInfo {
        name: name.to_owned(),
        covers,
        source: Source::RaspberryPiPmic,
        detail: detail.to_owned(),
        accuracy,
        refresh: REFRESH,
        max_interval: None,
        plausible_w: 60.0,
        mirror_group: None,
        idle_w: None,
    }
}

/// The chip as it was last read.
struct Chip {
    firmware: Box<dyn Firmware>,
    rails: Rails,
    at: Option<Instant>,
}

impl Chip {
    fn ask(&mut self) -> Result<(), ReadError> {
        let mut message = Message::asking("pmic_read_adc");
        self.firmware.exchange(&mut message)?;
        let failed = |message: String| ReadError::Vendor {
            device: "firmware of the Raspberry Pi".to_owned(),
            message,
        };
        let text = message.answer().map_err(|error| failed(error.to_string()))?;
        self.rails = parse_rails(&text).map_err(|error| failed(error.to_string()))?;
        Ok(())
    }
}

struct RailMeter {
    info: MeterInfo,
    part: Part,
    chip: Arc<Mutex<Chip>>,
}

impl Meter for RailMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    /// Asks the firmware unless a neighbour did just now; some 100 µs.
    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock.now();
        let at = match chip.at {
            Some(at) if now >= at && now.active_since(&at) < REFRESH / 4 => at,
            _ => {
                chip.at = None;
                chip.ask()?;
                *chip.at.insert(now)
            }
        };
        let watts = self.part.power_w(&chip.rails);
        let watts = watts.ok_or(ReadError::Missing { what: "a rail of the supply chip" })?;
        Ok(Sample { at, reading: Reading::Power { watts } })
    }
}
