//! Calibrations on disk: the machine that each is of, and the text that they are kept as.
//!
//! A file holds one section a machine, so that machines which share a home directory do not take
//! each other's. What a calibration was measured with and how is the command's business; what it
//! does to the figures is the load model's. Files are only read here: the command that makes a
//! calibration writes [`Calibrations::to_text`] where it may.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use carbon_model::Accuracy;
use carbon_sensors::load_model::{Calibration, CalibrationScope};
use carbon_sensors::{CpuFacts, SysRoot};

use crate::config::{ConfigError, Section, parse_ini};

/// Name of a user's file, in the directory of what lasts beyond a run.
pub const CALIBRATION_FILE_NAME: &str = "calibration.ini";

/// The file for all users of a machine, below its root.
pub const COMMON_CALIBRATION_FILE: &str = "etc/codecarbon/calibration.ini";

/// Stands for a machine's key in a calibration that holds for every machine of the same processor.
const ANY: &str = "any";

/// Watts that no computer reaches.
const IMPLAUSIBLE_W: f64 = 100_000.0;

/// What a machine is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineIdentity {
    /// A digest of the system's machine id, else of its host name; not the id itself.
    pub key: String,
    /// The processor model; empty when it does not tell.
    pub processor: String,
    /// Logical CPUs online.
    pub logical_cpus: u32,
}

impl MachineIdentity {
    /// That of a machine whose processor is known. Reads one small file, 10 µs.
    pub fn of(root: &SysRoot, cpu: &CpuFacts) -> Self {
        let id = ["etc/machine-id", "proc/sys/kernel/hostname"]
            .into_iter()
            .find_map(|file| root.read(file).ok().filter(|text| !text.is_empty()));
        Self {
            key: digest(&id.unwrap_or_default()),
            processor: cpu.brand.clone().unwrap_or_default(),
            logical_cpus: cpu.logical_cpus,
        }
    }

    /// The same for every machine with this processor and as many CPUs.
    #[must_use]
    pub fn of_every_such_machine(self) -> Self {
        Self { key: ANY.to_owned(), ..self }
    }

    /// Whether a calibration of `self` holds for `machine`.
    fn includes(&self, machine: &Self) -> bool {
        let is_meant = self.key == ANY || self.key == machine.key;
        is_meant && self.processor == machine.processor && self.logical_cpus == machine.logical_cpus
    }
}

/// FNV-1a in hexadecimal: tells machines apart without giving the id away.
fn digest(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in b"codecarbon calibration ".iter().chain(text.as_bytes()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// Mean load and power of one phase of a calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationPoint {
    /// Busy share of all logical CPUs, 0 to 1.
    pub busy_share: f64,
    /// Watts.
    pub power_w: f64,
}

/// A calibration, the machine that it is of, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCalibration {
    /// The machine.
    pub machine: MachineIdentity,
    /// The curve.
    pub calibration: Calibration,
    /// Largest deviation of the curve from what was measured, as a share of what was measured.
    pub residual: f64,
    /// What was measured, by rising load.
    pub points: Vec<CalibrationPoint>,
}

/// Why a file of calibrations is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It breaks the form of such files.
    #[error(transparent)]
    Malformed(#[from] ConfigError),
    /// A calibration in it is not complete, or no machine is like that.
    #[error(
        "{}:{line}: the calibration [{section}] has no usable {key}; codecarbon calibrate makes a new \
         one",
        path.display()
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Line of the section, counted from 1.
        line: usize,
        /// The section.
        section: String,
        /// The key that is absent or out of its range.
        key: &'static str,
    },
}

/// The calibrations of one file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibrations(Vec<StoredCalibration>);

impl Calibrations {
    /// Reads a file; one that does not exist holds none.
    ///
    /// # Errors
    /// It cannot be read, or holds something else.
    pub fn read(path: &Path) -> Result<Self, CalibrationError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(CalibrationError::Unreadable { path: path.to_owned(), source }),
        }
    }

    /// Parses the text of a file; `path` only labels the errors.
    ///
    /// # Errors
    /// The text breaks the form, or a calibration in it is not usable.
    pub fn parse(text: &str, path: &Path) -> Result<Self, CalibrationError> {
        let file = parse_ini(text, path)?;
        file.sections
            .iter()
            .map(|section| parse_section(section, path))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The one that holds for a machine; one of the very machine goes before one of its kind.
    pub fn of(&self, machine: &MachineIdentity) -> Option<&StoredCalibration> {
        let mut fitting = self.0.iter().filter(|stored| stored.machine.includes(machine));
        fitting.clone().find(|stored| stored.machine.key == machine.key).or_else(|| fitting.next())
    }

    /// Whether there is one that was of this machine before its processor or CPUs were others.
    pub fn has_outdated(&self, machine: &MachineIdentity) -> bool {
        self.of(machine).is_none() && self.0.iter().any(|s| s.machine.key == machine.key)
    }

    /// Puts one in, in place of those of the same machine.
    pub fn insert(&mut self, stored: StoredCalibration) {
        self.remove(&stored.machine);
        self.0.push(stored);
    }

    /// Takes out what a machine has; whether there was something.
    pub fn remove(&mut self, machine: &MachineIdentity) -> bool {
        let before = self.0.len();
        self.0.retain(|stored| {
            stored.machine.key != machine.key || (machine.key == ANY && stored.machine != *machine)
        });
        self.0.len() < before
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text that [`parse`](Self::parse) reads.
    pub fn to_text(&self) -> String {
        let mut text =
            String::from("# Idle and full-load power of machines, by codecarbon calibrate.\n");
        for stored in &self.0 {
            write_section(stored, &mut text);
        }
        text
    }
}

/// The calibration that holds for a machine: of the first file that has one. With it, why files
/// could not be used.
pub(crate) fn first_of(
    files: &[PathBuf],
    machine: &MachineIdentity,
) -> (Option<Calibration>, Vec<String>) {
    let mut warnings = Vec::new();
    for file in files {
        match Calibrations::read(file) {
            Ok(found) => {
                if let Some(stored) = found.of(machine) {
                    return (Some(stored.calibration.clone()), warnings);
                }
            }
            Err(error) => warnings.push(format!("a calibration cannot be used: {error}")),
        }
    }
    (None, warnings)
}

fn parse_section(section: &Section, path: &Path) -> Result<StoredCalibration, CalibrationError> {
    let text = |key: &str| {
        section.entries.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
    };
    let unusable = |key: &'static str| CalibrationError::Unusable {
        path: path.to_owned(),
        line: section.line,
        section: section.name.clone(),
        key,
    };
    let number = |key: &'static str, fits: &dyn Fn(f64) -> bool| {
        let value = text(key).and_then(|value| value.parse::<f64>().ok());
        value.filter(|value| value.is_finite() && fits(*value)).ok_or_else(|| unusable(key))
    };
    let words = |key: &'static str| text(key).map(str::to_owned).ok_or_else(|| unusable(key));

    let idle_w = number("idle_w", &|w| (0.0..IMPLAUSIBLE_W).contains(&w))?;
    let full_w = number("full_w", &|w| w > idle_w && w < IMPLAUSIBLE_W)?;
    let scope = match text("scope") {
        Some("processors") => CalibrationScope::Processors,
        Some("computer") => CalibrationScope::Computer,
        _ => return Err(unusable("scope")),
    };
    let points = text("points").unwrap_or_default().split_whitespace().map(parse_point);
    Ok(StoredCalibration {
        machine: MachineIdentity {
            key: words("machine")?,
            processor: words("processor")?,
            logical_cpus: number("logical_cpus", &|n| n >= 1.0 && n.fract() == 0.0)? as u32,
        },
        calibration: Calibration {
            idle_w,
            full_w,
            bend: number("bend", &|bend| bend > -1.0)?,
            scope,
            accuracy: Accuracy::plus_minus(number("relative_error", &|e| (0.0..1.0).contains(&e))?),
            against: words("against")?,
            date: words("date")?,
        },
        residual: number("residual", &|residual| residual >= 0.0)?,
        points: points.collect::<Option<_>>().ok_or_else(|| unusable("points"))?,
    })
}

/// `0.25:31.5`.
fn parse_point(text: &str) -> Option<CalibrationPoint> {
    let (share, watts) = text.split_once(':')?;
    let (busy_share, power_w) = (share.parse().ok()?, watts.parse().ok()?);
    let is_sound = (0.0..=1.0).contains(&busy_share) && (0.0..IMPLAUSIBLE_W).contains(&power_w);
    is_sound.then_some(CalibrationPoint { busy_share, power_w })
}

fn write_section(stored: &StoredCalibration, text: &mut String) {
    let StoredCalibration { machine, calibration, residual, points } = stored;
    let MachineIdentity { key, processor, logical_cpus } = machine;
    let scope = match calibration.scope {
        CalibrationScope::Processors => "processors",
        CalibrationScope::Computer => "computer",
    };
    // Several kinds of machines may be in one file, each as "any".
    let name = match key.as_str() {
        ANY => format!("{ANY} {processor}, {logical_cpus} CPUs"),
        key => key.to_owned(),
    };
    let points: Vec<String> =
        points.iter().map(|p| format!("{:.4}:{:.3}", p.busy_share, p.power_w)).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n[{}]", on_one_line(&name).replace(']', ")"));
    let lines = [
        ("machine", key.clone()),
        ("processor", on_one_line(processor)),
        ("logical_cpus", logical_cpus.to_string()),
        ("scope", scope.to_owned()),
        ("idle_w", format!("{:.3}", calibration.idle_w)),
        ("full_w", format!("{:.3}", calibration.full_w)),
        ("bend", format!("{:.4}", calibration.bend)),
        ("relative_error", format!("{:.4}", calibration.accuracy.high - 1.0)),
        ("residual", format!("{residual:.4}")),
        ("against", on_one_line(&calibration.against)),
        ("date", on_one_line(&calibration.date)),
        ("points", points.join(" ")),
    ];
    for (key, value) in lines {
        let _ = writeln!(text, "{key} = {value}");
    }
}

/// A value as the file can hold it.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(key: &str) -> MachineIdentity {
        let processor = "AMD EPYC 9654 [96%] Processor".to_owned();
        MachineIdentity { key: key.to_owned(), processor, logical_cpus: 192 }
    }

    fn stored(key: &str, full_w: f64) -> StoredCalibration {
        let point = |busy_share, power_w| CalibrationPoint { busy_share, power_w };
        StoredCalibration {
            machine: identity(key),
            calibration: Calibration {
                idle_w: 21.5,
                full_w,
                bend: 1.25,
                scope: CalibrationScope::Computer,
                accuracy: Accuracy::plus_minus(0.25),
                against: "a wall meter".to_owned(),
                date: "2026-11-22".to_owned(),
            },
            residual: 0.03,
            points: vec![point(0.0125, 22.0), point(0.9975, full_w)],
        }
    }

    fn parsed(text: &str) -> Result<Calibrations, CalibrationError> {
        Calibrations::parse(text, Path::new("calibration.ini"))
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut file = Calibrations::default();
        file.insert(stored("a", 90.0));
        file.insert(StoredCalibration {
            machine: identity("a").of_every_such_machine(),
            ..stored("b", 95.0)
        });
        file.insert(stored("c", 99.5));
        assert_eq!(parsed(&file.to_text()).unwrap(), file);
    }

    #[test]
    fn each_machine_gets_its_own_and_a_stranger_none() {
        let mut file = Calibrations::default();
        for (key, full_w) in [("a", 90.0), ("b", 95.0), ("a", 91.0)] {
            file.insert(stored(key, full_w));
        }
        let full_w = |file: &Calibrations, of: &MachineIdentity| {
            file.of(of).map(|stored| stored.calibration.full_w)
        };
        assert_eq!(full_w(&file, &identity("a")), Some(91.0), "the later one counts");
        assert_eq!(full_w(&file, &identity("b")), Some(95.0));
        assert_eq!(full_w(&file, &identity("c")), None);
        let upgraded = MachineIdentity { logical_cpus: 96, ..identity("a") };
        assert_eq!(full_w(&file, &upgraded), None, "it has other processors now");
        assert!(file.has_outdated(&upgraded) && !file.has_outdated(&identity("a")));
        let kind = identity("x").of_every_such_machine();
        file.insert(StoredCalibration { machine: kind.clone(), ..stored("x", 80.0) });
        assert_eq!(full_w(&file, &identity("c")), Some(80.0), "one of the kind will do");
        assert_eq!(full_w(&file, &identity("a")), Some(91.0), "its own goes first");
        assert!(file.remove(&identity("a")) && !file.remove(&identity("a")));
        assert_eq!(full_w(&file, &identity("b")), Some(95.0));
        assert!(file.remove(&kind) && file.remove(&identity("b")) && file.is_empty());
    }

    #[test]
    fn what_no_machine_does_is_refused_by_its_key() {
        let mut file = Calibrations::default();
        file.insert(stored("a", 90.0));
        let text = file.to_text();
        for (from, to, key) in [
            ("full_w = 90.000", "full_w = 20", "full_w"),
            ("idle_w = 21.500", "idle_w = -1", "idle_w"),
            ("idle_w = 21.500", "idle_w = NaN", "idle_w"),
            ("bend = 1.2500", "bend = -1", "bend"),
            ("relative_error = 0.2500", "relative_error = 1.5", "relative_error"),
            ("scope = computer", "scope = room", "scope"),
            ("0.0125:22.000", "7:22", "points"),
            ("date = 2026-11-22", "day = 1", "date"),
        ] {
            let message = parsed(&text.replace(from, to)).unwrap_err().to_string();
            assert!(message.contains(&format!("no usable {key};")), "{to}: {message}");
        }
        assert!(parsed("idle_w = 3\n").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_calibrations_or_an_error_and_what_is_read_is_written_the_same(
            text in "(\\[[a-c]\\]\n)?((machine|processor|logical_cpus|scope|idle_w|full_w|bend|relative_error|residual|against|date|points) = (any|computer|[0-9.:e-]{1,6}|.{0,8})\n){0,14}",
        ) {
            if let Ok(found) = parsed(&text) {
                proptest::prop_assert!(parsed(&found.to_text()).is_ok(), "{}", found.to_text());
            }
        }
    }

    #[test]
    fn a_machine_is_known_by_its_id_and_the_id_is_not_given_away() {
        let facts = |root: &SysRoot| CpuFacts::read(root);
        let machine = |id: &str| {
            let machine = carbon_testkit::Machine::load(carbon_testkit::machines::AMD);
            machine.write("etc/machine-id", id);
            MachineIdentity::of(&machine.sysroot(), &facts(&machine.sysroot()))
        };
        let (one, other) = (machine("0123456789abcdef\n"), machine("fedcba9876543210\n"));
        assert_ne!(one.key, other.key);
        assert_eq!(one, machine("0123456789abcdef\n"));
        assert!(!one.key.contains("0123456789abcdef"));
    }
}
