//! RAPL through `/sys/class/powercap`: a tree of zones, each with a counter in microjoules.
//!
//! The class directory links to every zone of the tree, so one listing finds them all. A zone is
//! known by its parent and its name: two sockets have each a zone called "dram".

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use carbon_model::Source;

use super::parse::{self, Processor, ZoneKind};
use super::{Place, limits};
use crate::clock::Clock;
use crate::counter_file::{self, CounterFile};
use crate::discovery::Discovery;
use crate::machine::MachineSample;
use crate::meter::{Covers, Hindrance, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::sysroot::{SysRoot, list_dir};

const SOURCE: Source = Source::RaplPowercap;

const CLASS: &str = "sys/class/powercap";

/// Largest value of a zone that does not tell its range: 2³² units of 2⁻¹⁴ J (61.035 µJ), the unit
/// of most processors, in µJ.
const ASSUMED_RANGE_UJ: u64 = (1 << 18) * 1_000_000 - 1;

/// A zone whose name has been read, nothing more.
#[derive(Debug)]
pub(super) struct Zone {
    directory: PathBuf,
    /// The MMIO interface counts the same as the MSR one.
    is_mmio: bool,
    indices: Vec<u32>,
    pub(super) kind: ZoneKind,
}

/// Lists the zones and reads their names.
pub(super) fn scan(root: &SysRoot, found: &mut Discovery) -> Vec<Zone> {
    let class = root.path(CLASS);
    let mut directories: Vec<PathBuf> = Vec::new();
    let names = list_dir(&class);
    let rapl = || names.iter().filter(|name| name.starts_with("intel-rapl"));
    if rapl().any(|name| name.contains(':')) {
        directories.extend(rapl().filter(|name| name.contains(':')).map(|name| class.join(name)));
    } else {
        // Without links to the zones, as in a tree that was copied: look below the controls.
        rapl().for_each(|control| collect(&class.join(control), &mut directories));
    }
    let mut hidden = 0;
    let mut zones: Vec<Zone> = Vec::with_capacity(directories.len());
    for directory in directories {
        match identify(&directory) {
            Ok((is_mmio, indices, kind)) => zones.push(Zone { directory, is_mmio, indices, kind }),
            Err(Unidentified::Hidden) => hidden += 1,
            Err(Unidentified::Because(reason)) => {
                let what = directory.display().to_string();
                found.skip(SOURCE, Hindrance::Unsuited, what, reason, None);
            }
        }
    }
    if hidden > 0 {
        let reason = format!(
            "{hidden} zones are listed but not there: the container runtime hides \
             /sys/devices/virtual/powercap"
        );
        let fix = "start the container with --security-opt systempaths=unconfined";
        let what = "/sys/class/powercap";
        found.skip(SOURCE, Hindrance::Hidden, what, reason, Some(fix.to_owned()));
    }
    zones.sort_by(|a, b| (a.is_mmio, &a.indices).cmp(&(b.is_mmio, &b.indices)));
    zones
}

/// Why it is not known what a zone counts.
enum Unidentified {
    /// It is listed and not there.
    Hidden,
    Because(String),
}

/// Interface, place in the tree and kind of a zone.
fn identify(directory: &Path) -> Result<(bool, Vec<u32>, ZoneKind), Unidentified> {
    let because = |reason: &str| Unidentified::Because(reason.to_owned());
    let file_name = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (control, indices) = parse::parse_zone_directory(file_name)
        .ok_or_else(|| because("its directory is not named as a zone"))?;
    let mut buffer = [0; 64];
    let name = match counter_file::read_small(&directory.join("name"), &mut buffer) {
        Ok(bytes) => String::from_utf8_lossy(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unidentified::Hidden),
        Err(error) => return Err(because(&error.to_string())),
    };
    let kind = parse::parse_zone_name(&name)
        .ok_or_else(|| because(&format!("a zone of unknown kind, {:?}", name.trim())))?;
    Ok((control.ends_with("-mmio"), indices, kind))
}

fn collect(directory: &Path, zones: &mut Vec<PathBuf>) {
    for name in list_dir(directory) {
        if name.starts_with("intel-rapl") && name.contains(':') {
            let zone = directory.join(name);
            collect(&zone, zones);
            zones.push(zone);
        }
    }
}

/// Opens the zones that nothing in `by_perf` covers.
pub(super) fn open(
    zones: Vec<Zone>,
    processor: &Processor,
    by_perf: &[Place],
    found: &mut Discovery,
) {
    let places = locate(&zones);
    let mut taken: Vec<Place> = Vec::with_capacity(zones.len());
    let mut denied: Vec<PathBuf> = Vec::new();
    for (zone, place) in zones.into_iter().zip(places) {
        let Some(place) = place else {
            let reason = "which package it belongs to is unknown";
            let what = zone.directory.display().to_string();
            found.skip(SOURCE, Hindrance::Unsuited, what, reason, None);
            continue;
        };
        if by_perf.iter().any(|perf| perf.includes(&place)) {
            continue;
        }
        if taken.contains(&place) {
            let reason = format!("{} is read from another zone already", place.name());
            let what = zone.directory.display().to_string();
            found.skip(SOURCE, Hindrance::Unneeded, what, reason, None);
            continue;
        }
        let path = zone.directory.join("energy_uj");
        let is_part = matches!(place.covers, Covers::Cores { .. } | Covers::Uncore { .. });
        let file = if is_part {
            // Not counted, so not worth a read now; offered where the package can be read.
            let package = taken.iter().chain(by_perf).any(|whole| is_package_of(whole, &place));
            if !package {
                continue;
            }
            CounterFile::closed(path)
        } else {
            match prove(path) {
                Ok(file) => file,
                Err(Unreadable::Denied(path)) => {
                    denied.push(path);
                    continue;
                }
                Err(Unreadable::Broken(path, reason)) => {
                    let what = path.display().to_string();
                    found.skip(SOURCE, Hindrance::Broken, what, reason, None);
                    continue;
                }
            }
        };
        found.meters.push(Box::new(meter(&zone, &place, file, processor)));
        taken.push(place);
    }
    if let Some(first) = denied.first() {
        let reason = match denied.len() {
            1 => "permission denied".to_owned(),
            zones => format!("permission denied, as for {zones} zones in all"),
        };
        let fix = "sudo chmod -R a+r /sys/class/powercap/intel-rapl*:*/energy_uj   \
                   # until the next boot";
        let what = first.display().to_string();
        found.skip(SOURCE, Hindrance::Denied, what, reason, Some(fix.to_owned()));
    }
}

enum Unreadable {
    Denied(PathBuf),
    Broken(PathBuf, String),
}

/// Opens a counter and reads it once: one that cannot be read, or reads 0, is not taken.
fn prove(path: PathBuf) -> Result<CounterFile, Unreadable> {
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(Unreadable::Denied(path));
        }
        Err(error) => return Err(Unreadable::Broken(path, error.to_string())),
    };
    let mut file = CounterFile::open(path, file);
    match file.read() {
        Ok(0) => Err(Unreadable::Broken(
            file.into_path(),
            "reads 0: the counter is not backed by hardware".to_owned(),
        )),
        Ok(_) => Ok(file),
        Err(error) => Err(Unreadable::Broken(file.into_path(), error.to_string())),
    }
}

fn is_package_of(whole: &Place, part: &Place) -> bool {
    match (&whole.covers, &part.covers) {
        (
            Covers::Package { package: a, .. },
            Covers::Cores { package: b } | Covers::Uncore { package: b },
        ) => a == b,
        _ => false,
    }
}

/// What each zone covers: a sub-zone belongs to the package above it; the n-th dram zone at the
/// top belongs to the n-th package.
fn locate(zones: &[Zone]) -> Vec<Option<Place>> {
    let parent_of = |zone: &Zone| {
        zones.iter().find_map(|other| {
            let is_parent = other.is_mmio == zone.is_mmio
                && other.indices.len() + 1 == zone.indices.len()
                && zone.indices.starts_with(&other.indices);
            match other.kind {
                ZoneKind::Package { package, die } if is_parent => Some((package, die)),
                _ => None,
            }
        })
    };
    let mut packages: Vec<(bool, u32, Option<u32>)> = Vec::new();
    for zone in zones {
        if let ZoneKind::Package { package, die } = zone.kind {
            packages.push((zone.is_mmio, package, die));
        }
    }
    let mut top_level_drams = [0_usize; 2];
    zones
        .iter()
        .map(|zone| {
            let covers: fn(u32) -> Covers = match zone.kind {
                ZoneKind::Package { package, die } => {
                    return Some(Place { covers: Covers::Package { package, die }, die });
                }
                ZoneKind::System => return Some(Place { covers: Covers::System, die: None }),
                ZoneKind::Dram => |package| Covers::Dram { package },
                ZoneKind::Cores => |package| Covers::Cores { package },
                ZoneKind::Uncore => |package| Covers::Uncore { package },
            };
            let parent = if zone.indices.len() == 1 && zone.kind == ZoneKind::Dram {
                let nth = &mut top_level_drams[usize::from(zone.is_mmio)];
                *nth += 1;
                let mut same = packages.iter().filter(|(is_mmio, ..)| *is_mmio == zone.is_mmio);
                same.nth(*nth - 1).map(|&(_, package, die)| (package, die))
            } else {
                parent_of(zone)
            };
            parent.map(|(package, die)| Place { covers: covers(package), die })
        })
        .collect()
}

fn meter(zone: &Zone, place: &Place, file: CounterFile, processor: &Processor) -> ZoneMeter {
    let number = |name: &str| {
        let mut buffer = [0; 32];
        let bytes = counter_file::read_small(&zone.directory.join(name), &mut buffer).ok()?;
        parse::parse_counter(bytes).filter(|number| *number > 0)
    };
    let range_uj = number("max_energy_range_uj").unwrap_or(ASSUMED_RANGE_UJ);
    // Only packages and psys have a limit of their own that says something.
    let limit_w = match place.covers {
        Covers::Package { .. } | Covers::System => {
            number("constraint_0_power_limit_uw").map(|limit_uw| limit_uw as f64 * 1e-6)
        }
        _ => None,
    };
    let detail = file.path().display().to_string();
    let mut info = place.info(SOURCE, detail, processor);
    info.plausible_w = limits::plausible_w(&place.covers, limit_w);
    info.max_interval = Some(limits::max_interval(range_uj as f64 * 1e-6, info.plausible_w));
    ZoneMeter { info, file, range_uj }
}

struct ZoneMeter {
    info: MeterInfo,
    file: CounterFile,
    range_uj: u64,
}

impl Meter for ZoneMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let count = self.file.read()?;
        let reading = Reading::Counter { count, joules_per_count: 1e-6, range: self.range_uj };
        Ok(Sample { at: clock.now(), reading })
    }
}
