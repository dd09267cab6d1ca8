//! The discharge of batteries: the power of the whole computer, while it runs on them.
//!
//! On mains power a battery says nothing of what the computer uses, so it is offered only when it
//! discharges, and a read while it does not is an error, not a zero. Computers with two batteries
//! empty one after the other; they make one meter.

use std::path::PathBuf;
use std::time::Duration;

use carbon_model::{Accuracy, Source};

use crate::clock::Clock;
use crate::counter_file::read_small;
use crate::discovery::Discovery;
use crate::machine::MachineSample;
use crate::meter::{Covers, Hindrance, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::power_file::PowerFile;
use crate::sysroot::{SysRoot, list_dir, read_trimmed};

const CLASS: &str = "sys/class/power_supply";

/// Firmware renews these figures once in one to some seconds.
const REFRESH: Duration = Duration::from_secs(1);

/// Finds the batteries of the computer (not those of mice and headsets). Costs some 20 µs a
/// battery, and milliseconds where the firmware is asked for every read.
pub fn discover(root: &SysRoot) -> Discovery {
    let mut found = Discovery::default();
    let class = root.path(CLASS);
    let mut batteries = Vec::new();
    for name in list_dir(&class) {
        let directory = class.join(&name);
        let is = |file: &str, text: &str| {
            read_trimmed(&directory.join(file)).is_ok_and(|found| found == text)
        };
        if !is("type", "Battery") || is("scope", "Device") {
            continue;
        }
        let exists = |file: &str| directory.join(file).exists();
        let power = if exists("power_now") {
            PowerFile::microwatts(directory.join("power_now"))
        } else if exists("current_now") && exists("voltage_now") {
            PowerFile::microvolts_and_microamperes(
                directory.join("voltage_now"),
                directory.join("current_now"),
            )
        } else {
            let what = directory.display().to_string();
            let reason = "the battery tells no power";
            found.skip(Source::Battery, Hindrance::Unsuited, what, reason, None);
            continue;
        };
        batteries.push(Battery { name, status: directory.join("status"), power });
    }
    if batteries.is_empty() {
        return found;
    }
    let names: Vec<&str> = batteries.iter().map(|battery| battery.name.as_str()).collect();
    let detail = format!("discharge of {}", names.join(" and "));
    let mut meter = BatteryMeter { info: info(detail), batteries };
    match meter.read_w() {
        Ok(_) => found.meters.push(Box::new(meter)),
        Err(error) => {
            let hindrance = hindrance(&error);
            found.skip(Source::Battery, hindrance, "battery", error.to_string(), None);
        }
    }
    found
}

/// A battery that is not discharging is no fault.
fn hindrance(error: &ReadError) -> Hindrance {
    match error {
        ReadError::Vendor { .. } => Hindrance::Unsuited,
        error => Hindrance::of(error),
    }
}

fn info(detail: String) -> MeterInfo {
    MeterInfo {
        name: "battery".to_owned(),
        covers: Covers::System,
        source: Source::Battery,
        detail,
        accuracy: Accuracy::plus_minus(0.10),
        refresh: REFRESH,
        max_interval: None,
        plausible_w: 500.0,
        mirror_group: None,
        idle_w: None,
    }
}

struct Battery {
    name: String,
    status: PathBuf,
    power: PowerFile,
}

impl Battery {
    fn is_discharging(&self) -> Result<bool, ReadError> {
        let mut buffer = [0; 32];
        match read_small(&self.status, &mut buffer) {
            Ok(status) => Ok(status.trim_ascii_end() == b"Discharging"),
            Err(source) => Err(ReadError::Io { path: self.status.display().to_string(), source }),
        }
    }
}

struct BatteryMeter {
    info: MeterInfo,
    batteries: Vec<Battery>,
}

impl BatteryMeter {
    fn read_w(&mut self) -> Result<f64, ReadError> {
        let mut watts = 0.0;
        let mut discharging = false;
        for battery in &mut self.batteries {
            if battery.is_discharging()? {
                discharging = true;
                watts += battery.power.read_w()?;
            }
        }
        let failed = |message: &str| ReadError::Vendor {
            device: self.info.name.clone(),
            message: message.to_owned(),
        };
        if !discharging {
            return Err(failed("on mains power; only a discharge tells what the computer uses"));
        }
        if watts > 0.0 { Ok(watts) } else { Err(failed("discharging, and its power reads 0")) }
    }
}

impl Meter for BatteryMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let watts = self.read_w()?;
        Ok(Sample { at: clock.now(), reading: Reading::Power { watts } })
    }
}
