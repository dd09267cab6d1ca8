//! RAPL, the energy counters of Intel and AMD processors: by perf events first, else by powercap.
//!
//! Discovery decides which of several offers of one counter is read, and never takes two. What a
//! counter covers is a [`Covers`]; package and dram counters are for adding up, psys is for those
//! who ask for it, cores and uncore are parts of a package. The change of a counter is judged in
//! [`counter`], and summing is the ledger's.

pub mod counter;
mod limits;
pub mod linux_perf;
pub mod parse;
pub mod perf;
mod powercap;

use std::io::Read as _;
use std::time::Duration;

use carbon_model::{Accuracy, Source};

pub use linux_perf::LinuxPerf;
pub use perf::{PerfCounter, PerfEvent, PerfEvents};

use crate::discovery::Discovery;
use crate::meter::{Covers, Hindrance, MeterInfo};
use crate::sysroot::SysRoot;
use parse::Processor;

/// How often the hardware renews its counters.
const REFRESH: Duration = Duration::from_millis(1);

/// Finds the RAPL counters of a machine and opens those that can be read.
///
/// A perf event is taken before a powercap zone of the same thing, zones of the MSR interface
/// before their twins of the MMIO interface. Costs 40 to 100 µs on the fake machines of one and two
/// sockets, and what the kernel takes to read its registers: each file is opened once, no directory
/// is listed twice, and nothing is waited for.
pub fn discover(root: &SysRoot, perf: &dyn PerfEvents) -> Discovery {
    let mut found = Discovery::default();
    let processor = read_processor(root);
    let zones = powercap::scan(root, &mut found);
    let has_psys_zone = zones.iter().any(|zone| zone.kind == parse::ZoneKind::System);
    let by_perf = perf::find(root, perf, &processor, has_psys_zone, &mut found);
    powercap::open(zones, &processor, &by_perf, &mut found);
    if found.meters.is_empty() && found.skipped.is_empty() {
        let reason = "no power events and no powercap zones: the processor has no such counters, \
                      or the system hides them";
        let fix = (!processor.is_virtual).then(|| "sudo modprobe intel_rapl_msr".to_owned());
        found.skip(Source::RaplPowercap, Hindrance::Missing, "RAPL", reason, fix);
    }
    found
}

/// What the package counters of this machine's processor are worth, whether or not they can be read.
pub fn accuracy(root: &SysRoot) -> Accuracy {
    read_processor(root).accuracy
}

/// Reads the first block of `/proc/cpuinfo`, not the megabytes that large machines have there.
fn read_processor(root: &SysRoot) -> Processor {
    let mut bytes = [0; 4096];
    let mut length = 0;
    if let Ok(mut file) = root.open("proc/cpuinfo") {
        length = file.read(&mut bytes).unwrap_or(0);
    }
    parse::parse_processor(&String::from_utf8_lossy(&bytes[..length]))
}

/// One thing that is counted, whatever the interface that offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    covers: Covers,
    /// Die of a dram counter; a package's die is within `covers`.
    die: Option<u32>,
}

impl Place {
    /// Whether a meter of one place leaves nothing for a meter of the other: the same part of the
    /// same package, however the interfaces divide it into dies.
    fn includes(&self, other: &Self) -> bool {
        match (&self.covers, &other.covers) {
            (Covers::Package { package: a, .. }, Covers::Package { package: b, .. }) => a == b,
            (a, b) => a == b,
        }
    }

    fn name(&self) -> String {
        let (kind, package, die) = match self.covers {
            Covers::Package { package, die } => ("package", package, die),
            Covers::Dram { package } => ("dram", package, self.die),
            Covers::Cores { package } => ("cores", package, self.die),
            Covers::Uncore { package } => ("uncore", package, self.die),
            _ => return "psys".to_owned(),
        };
        match die {
            Some(die) => format!("{kind}-{package}-die-{die}"),
            None => format!("{kind}-{package}"),
        }
    }

    /// Dies of one package share a number, of its dram another.
    fn mirror_group(&self) -> Option<u32> {
        match self.covers {
            Covers::Package { package, die: Some(_) } => Some(package * 2),
            Covers::Dram { package } if self.die.is_some() => Some(package * 2 + 1),
            _ => None,
        }
    }

    /// What the system says of the accuracy; dram is estimated on most machines, and psys depends
    /// on the mainboard's circuits.
    fn accuracy(&self, processor: &Processor) -> Accuracy {
        match self.covers {
            Covers::Dram { .. } => Accuracy::plus_minus(0.20),
            Covers::System => Accuracy::plus_minus(0.10),
            _ => processor.accuracy,
        }
    }

    fn info(&self, source: Source, detail: String, processor: &Processor) -> MeterInfo {
        MeterInfo {
            name: self.name(),
            covers: self.covers.clone(),
            source,
            detail,
            accuracy: self.accuracy(processor),
            refresh: REFRESH,
            max_interval: None,
            plausible_w: limits::plausible_w(&self.covers, None),
            mirror_group: self.mirror_group(),
            idle_w: None,
        }
    }
}
