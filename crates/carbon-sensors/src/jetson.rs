//! The power monitors of NVIDIA Jetson modules: INA3221 chips whose channels are named after rails.
//!
//! The kernel shows them as hwmon (JetPack 5 and later: volts and amperes) or as iio (JetPack 4:
//! milliwatts). NVML tells no power on these modules. Which rail holds which is this module's
//! knowledge, after NVIDIA's "Platform Power and Performance":
//!
//! | module | rails | what is read |
//! | --- | --- | --- |
//! | Orin NX, Orin Nano, Xavier NX, TX2 | `VDD_IN` and parts of it | `VDD_IN` |
//! | Nano, TX1 | `POM_5V_IN` and parts of it | `POM_5V_IN` |
//! | AGX Orin | `VDD_GPU_SOC`, `VDD_CPU_CV`, `VIN_SYS_5V0`; `VDDQ_VDD2_1V8AO` out of the last | the first three, added |
//! | AGX Xavier | `GPU`, `CPU`, `SOC`, `CV`, `VDDRQ`, `SYS5V` | all six, added |
//!
//! Either way one meter stands for the whole module: CPU, GPU and memory. What the carrier board
//! takes is in none of them.

use std::time::Duration;

use carbon_model::{Accuracy, Source};

use crate::clock::Clock;
use crate::discovery::Discovery;
use crate::machine::MachineSample;
use crate::meter::{Covers, Hindrance, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::power_file::PowerFile;
use crate::sysroot::{SysRoot, list_dir, read_trimmed};

const HWMON: &str = "sys/class/hwmon";

/// The driver of JetPack 4.
const IIO_DRIVER: &str = "sys/bus/i2c/drivers/ina3221x";

/// Rails that hold all others.
const INPUTS: [&str; 2] = ["VDD_IN", "POM_5V_IN"];

/// Rails that hold all of a module together, and none of them another.
const SETS: [&[&str]; 2] =
    [&["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"], &["GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"]];

/// The chip averages over a few conversions of 1 ms and three channels.
const REFRESH: Duration = Duration::from_millis(100);

/// Finds the monitors. Costs 2 µs where there are none, and 10 µs a rail with two reads of the bus
/// (0.3 ms each).
pub fn discover(root: &SysRoot) -> Discovery {
    let mut found = Discovery::default();
    let mut rails = rails_of_hwmon(root).chain(rails_of_iio(root)).collect::<Vec<Rail>>();
    if rails.is_empty() {
        return found;
    }
    let names: Vec<&str> = rails.iter().map(|rail| rail.name.as_str()).collect();
    match choose(&names) {
        Some(mut chosen) => {
            chosen.sort_unstable();
            let mut place = 0..;
            rails.retain(|_| place.next().is_some_and(|at| chosen.binary_search(&at).is_ok()));
            offer(rails, &mut found);
        }
        None => {
            let reason =
                format!("which of these rails hold which is not known: {}", names.join(", "));
            found.skip(Source::HwmonPower, Hindrance::Unsuited, "ina3221", reason, None);
        }
    }
    found
}

/// Places of the rails that together are the module, each counted once; `None` for rails of no known
/// module.
pub fn choose(names: &[&str]) -> Option<Vec<usize>> {
    let place = |wanted: &&str| names.iter().position(|name| name == wanted);
    if let Some(input) = INPUTS.iter().find_map(place) {
        return Some(vec![input]);
    }
    SETS.iter().find_map(|set| set.iter().map(place).collect())
}

/// One rail of one monitor.
struct Rail {
    name: String,
    power: PowerFile,
}

fn rails_of_hwmon(root: &SysRoot) -> impl Iterator<Item = Rail> {
    let class = root.path(HWMON);
    let monitors = list_dir(&class).into_iter().map(move |name| class.join(name));
    let monitors =
        monitors.filter(|at| read_trimmed(&at.join("name")).is_ok_and(|name| name == "ina3221"));
    // Channels from the fourth on are sums of the others.
    monitors.flat_map(|at| {
        (1..=3).filter_map(move |channel| {
            let name = read_trimmed(&at.join(format!("in{channel}_label"))).ok()?;
            let volts = at.join(format!("in{channel}_input"));
            let amperes = at.join(format!("curr{channel}_input"));
            let power = PowerFile::millivolts_and_milliamperes(volts, amperes);
            Some(Rail { name, power })
        })
    })
}

fn rails_of_iio(root: &SysRoot) -> impl Iterator<Item = Rail> {
    let driver = root.path(IIO_DRIVER);
    let chips = list_dir(&driver).into_iter().map(move |name| driver.join(name));
    let monitors = chips.flat_map(|chip| {
        let names = list_dir(&chip).into_iter().filter(|name| name.starts_with("iio:device"));
        names.map(move |name| chip.join(name)).collect::<Vec<_>>()
    });
    monitors.flat_map(|at| {
        (0..3).filter_map(move |channel| {
            let name = read_trimmed(&at.join(format!("rail_name_{channel}"))).ok()?;
            let power = PowerFile::milliwatts(at.join(format!("in_power{channel}_input")));
            Some(Rail { name, power })
        })
    })
}

fn offer(rails: Vec<Rail>, found: &mut Discovery) {
    let names: Vec<&str> = rails.iter().map(|rail| rail.name.as_str()).collect();
    let detail = format!("{} of the module (ina3221)", names.join(" + "));
    let info = info(detail, rails.len());
    let mut meter = ModuleMeter { info, powers: rails.into_iter().map(|r| r.power).collect() };
    let (hindrance, reason, fix) = match meter.read_w() {
        Ok(watts) if watts > 0.0 => {
            found.meters.push(Box::new(meter));
            return;
        }
        Ok(_) => (Hindrance::Broken, "reads 0 W".to_owned(), None),
        Err(error) => {
            let fix = match &error {
                ReadError::Io { path, .. } if Hindrance::of(&error) == Hindrance::Denied => {
                    Some(format!("sudo chmod a+r {path}   # until the next boot"))
                }
                _ => None,
            };
            (Hindrance::of(&error), error.to_string(), fix)
        }
    };
    found.skip(Source::HwmonPower, hindrance, meter.info.detail, reason, fix);
}

fn info(detail: String, rails: usize) -> MeterInfo {
    MeterInfo {
        name: "module".to_owned(),
        covers: Covers::System,
        source: Source::HwmonPower,
        detail,
        // The input is measured as such; a sum of rails misses what no rail is measured of.
        accuracy: if rails == 1 { Accuracy::plus_minus(0.10) } else { Accuracy::factors(0.9, 1.2) },
        refresh: REFRESH,
        max_interval: None,
        plausible_w: 200.0,
        mirror_group: None,
        idle_w: None,
    }
}

struct ModuleMeter {
    info: MeterInfo,
    powers: Vec<PowerFile>,
}

impl ModuleMeter {
    fn read_w(&mut self) -> Result<f64, ReadError> {
        self.powers.iter_mut().map(PowerFile::read_w).sum()
    }
}

impl Meter for ModuleMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let watts = self.read_w()?;
        Ok(Sample { at: clock.now(), reading: Reading::Power { watts } })
    }
}
