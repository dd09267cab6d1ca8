//! Sensors of hwmon drivers that are known to measure processors.
//!
//! A hwmon file says how much, hardly ever of what. So only drivers whose meaning is documented are
//! read; others that offer power are skipped with that reason. Graphics cards belong to the GPU
//! part, the monitors of Jetson modules to [`jetson`](crate::jetson), and plug meters of servers are
//! left out because they include the GPUs.
//!
//! | driver | sensor | covers |
//! | --- | --- | --- |
//! | `amd_energy` | `energy*_input` labelled `Esocket0` | that package |
//! | `zenpower` | power labelled `SVI2_P_Core` and `SVI2_P_SoC`, added | a package |
//! | `fam15h_power` | `power1_average`, else `power1_input` | a package |
//! | `apm_xgene` | power labelled `CPU power` | the package |
//! | `power_meter` on NVIDIA Grace | `CPU Power Socket 0` and `SysIO Power Socket 0`, added | that package |

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carbon_model::{Accuracy, Source};

use crate::clock::Clock;
use crate::counter_file::CounterFile;
use crate::discovery::Discovery;
use crate::machine::MachineSample;
use crate::meter::{Covers, Hindrance, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::power_file::PowerFile;
use crate::sysroot::{SysRoot, list_dir, read_trimmed};

const CLASS: &str = "sys/class/hwmon";

/// Drivers without power sensors that nearly every machine has, or that other parts read.
const OF_NO_USE: [&str; 9] =
    ["coretemp", "k10temp", "acpitz", "nvme", "drivetemp", "amdgpu", "nouveau", "i915", "ina3221"];

/// Finds the sensors of known drivers and reads each once. Costs some 5 µs a device, and what the
/// driver takes for the first read.
pub fn discover(root: &SysRoot) -> Discovery {
    let mut found = Discovery::default();
    let mut rails: BTreeMap<Covers, Rails> = BTreeMap::new();
    let class = root.path(CLASS);
    let mut nodes = 0;
    for name in list_dir(&class) {
        let device = class.join(name);
        let Some((directory, driver)) = identify(&device) else { continue };
        if OF_NO_USE.contains(&driver.as_str()) {
            continue;
        }
        let files = list_dir(&directory);
        let sensors = Sensors { directory: &directory, files: &files };
        let mut add = |covers: Covers, power: PowerFile| {
            let entry = rails.entry(covers).or_insert_with(|| Rails {
                detail: format!("{driver} at {}", directory.display()),
                powers: Vec::new(),
            });
            entry.powers.push(power);
        };
        match driver.as_str() {
            "amd_energy" => sockets_of_amd_energy(&sensors, &mut found),
            "zenpower" => {
                for label in ["SVI2_P_Core", "SVI2_P_SoC"] {
                    if let Some(power) = sensors.power(label) {
                        add(Covers::Package { package: nodes, die: None }, power);
                    }
                }
                nodes += 1;
            }
            "fam15h_power" => {
                let file = ["power1_average", "power1_input"].into_iter().find(|f| sensors.has(f));
                if let Some(file) = file {
                    let power = PowerFile::microwatts(directory.join(file));
                    add(Covers::Package { package: nodes, die: None }, power);
                }
                nodes += 1;
            }
            "apm_xgene" => {
                if let Some(power) = sensors.power("CPU power") {
                    add(Covers::Package { package: 0, die: None }, power);
                }
            }
            "power_meter" => match sensors.grace_socket() {
                Some(package) => {
                    let power = PowerFile::microwatts(directory.join("power1_average"));
                    add(Covers::Package { package, die: None }, power);
                }
                None => found.skip(
                    Source::HwmonPower,
                    Hindrance::Unsuited,
                    directory.display().to_string(),
                    "power_meter measures the whole machine at its supply, GPUs included",
                    None,
                ),
            },
            _ if sensors.have_power() => sensors.skip_unknown(&driver, &mut found),
            _ => {}
        }
    }
    for (covers, rails) in rails {
        offer(covers, rails, &mut found);
    }
    found
}

/// Powers that are added up to one meter.
struct Rails {
    detail: String,
    powers: Vec<PowerFile>,
}

fn offer(covers: Covers, rails: Rails, found: &mut Discovery) {
    let detail = rails.detail;
    let mut meter = PowerMeter {
        info: info(covers, Source::HwmonPower, detail, Duration::from_millis(100)),
        powers: rails.powers,
    };
    match meter.read_w() {
        Ok(watts) if watts > 0.0 => found.meters.push(Box::new(meter)),
        Ok(_) => {
            let what = meter.info.detail;
            found.skip(Source::HwmonPower, Hindrance::Broken, what, "reads 0 W", None);
        }
        Err(error) => skip_unread(Source::HwmonPower, meter.info.detail, &error, found),
    }
}

/// Directory of the attributes and name of the driver; older drivers have both a level deeper.
fn identify(device: &Path) -> Option<(PathBuf, String)> {
    let deeper = device.join("device");
    [device, &deeper]
        .into_iter()
        .find_map(|at| read_trimmed(&at.join("name")).ok().map(|name| (at.to_owned(), name)))
}

fn sockets_of_amd_energy(sensors: &Sensors<'_>, found: &mut Discovery) {
    for file in sensors.inputs("energy", "_label") {
        let Some(socket) = sensors.text(file).and_then(|label| parse_socket_label(&label)) else {
            continue;
        };
        let path = sensors.directory.join(file.replace("_label", "_input"));
        let shown = path.display().to_string();
        let mut file = CounterFile::closed(path);
        match file.read() {
            Ok(0) => {
                let reason = "reads 0: the counter is not backed by hardware";
                found.skip(Source::HwmonEnergy, Hindrance::Broken, shown, reason, None);
            }
            Ok(_) => {
                let covers = Covers::Package { package: socket, die: None };
                let refresh = Duration::from_millis(1);
                let info = info(covers, Source::HwmonEnergy, shown, refresh);
                found.meters.push(Box::new(EnergyMeter { info, file }));
            }
            Err(error) => skip_unread(Source::HwmonEnergy, shown, &error, found),
        }
    }
}

/// `Esocket1` → 1; `Ecore012` and anything else → none.
pub fn parse_socket_label(label: &str) -> Option<u32> {
    label.trim().strip_prefix("Esocket")?.parse().ok()
}

/// `CPU Power Socket 1` or `SysIO Power Socket 1` → 1, the rails of a Grace processor.
pub fn parse_grace_rail(text: &str) -> Option<u32> {
    let text = text.trim();
    let rest = text.strip_prefix("CPU").or_else(|| text.strip_prefix("SysIO"))?;
    rest.strip_prefix(" Power Socket ")?.parse().ok()
}

fn skip_unread(source: Source, what: String, error: &ReadError, found: &mut Discovery) {
    found.skip(source, Hindrance::of(error), what, error.to_string(), chmod(error));
}

fn chmod(error: &ReadError) -> Option<String> {
    match error {
        ReadError::Io { path, source } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            Some(format!("sudo chmod a+r {path}   # until the next boot"))
        }
        _ => None,
    }
}

fn info(covers: Covers, source: Source, detail: String, refresh: Duration) -> MeterInfo {
    let name = match covers {
        Covers::Package { package, .. } => format!("package-{package}"),
        _ => "hwmon".to_owned(),
    };
    MeterInfo {
        name,
        covers,
        source,
        detail,
        accuracy: Accuracy::plus_minus(0.10),
        refresh,
        max_interval: None,
        plausible_w: 1000.0,
        mirror_group: None,
        idle_w: None,
    }
}

/// The files of one driver.
struct Sensors<'d> {
    directory: &'d Path,
    files: &'d [String],
}

impl<'d> Sensors<'d> {
    fn has(&self, file: &str) -> bool {
        self.files.iter().any(|name| name == file)
    }

    fn text(&self, file: &str) -> Option<String> {
        read_trimmed(&self.directory.join(file)).ok()
    }

    /// Files such as `energy1_label` for ("energy", "_label").
    fn inputs(&self, kind: &'d str, suffix: &'d str) -> impl Iterator<Item = &'d str> {
        self.files.iter().map(String::as_str).filter(move |file| {
            let number = file.strip_prefix(kind).and_then(|rest| rest.strip_suffix(suffix));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        })
    }

    fn labelled(&self, kind: &'d str, label: &str) -> Option<&'d str> {
        self.inputs(kind, "_label").find(|file| self.text(file).as_deref() == Some(label))
    }

    fn power(&self, label: &str) -> Option<PowerFile> {
        let file = self.labelled("power", label)?.replace("_label", "_input");
        Some(PowerFile::microwatts(self.directory.join(file)))
    }

    fn grace_socket(&self) -> Option<u32> {
        self.text("power1_oem_info").and_then(|text| parse_grace_rail(&text))
    }

    fn have_power(&self) -> bool {
        [("power", "_average"), ("power", "_input"), ("energy", "_input")]
            .into_iter()
            .any(|(kind, suffix)| self.inputs(kind, suffix).next().is_some())
    }

    fn skip_unknown(&self, driver: &str, found: &mut Discovery) {
        let reason = format!("what the power sensors of {driver} cover is not known");
        let what = self.directory.display().to_string();
        found.skip(Source::HwmonPower, Hindrance::Unsuited, what, reason, None);
    }
}

struct EnergyMeter {
    info: MeterInfo,
    file: CounterFile,
}

impl Meter for EnergyMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let count = self.file.read()?;
        let reading = Reading::Counter { count, joules_per_count: 1e-6, range: u64::MAX };
        Ok(Sample { at: clock.now(), reading })
    }
}

struct PowerMeter {
    info: MeterInfo,
    powers: Vec<PowerFile>,
}

impl PowerMeter {
    fn read_w(&mut self) -> Result<f64, ReadError> {
        self.powers.iter_mut().map(PowerFile::read_w).sum()
    }
}

impl Meter for PowerMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let watts = self.read_w()?;
        Ok(Sample { at: clock.now(), reading: Reading::Power { watts } })
    }
}
