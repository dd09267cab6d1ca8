//! RAPL through the kernel's `power` performance events: one descriptor for each event on each CPU
//! that the kernel names, counters widened to 64 bits by the kernel.
//!
//! The PMU is dynamic: its number, the events, their scale and unit are read from
//! `/sys/bus/event_source/devices/power`. An event counts from 0 when it is opened, so a first
//! reading of 0 proves nothing against it; the kernel itself hides package, dram, core and GPU
//! events whose register reads 0. It does not do so for psys: many machines, virtual ones among
//! them, offer a psys that never moves. So psys is taken only where powercap, which does look, has
//! a psys zone.

use std::io;

use carbon_model::Source;

use super::parse::{self, Processor};
use super::{Place, limits};
use crate::clock::Clock;
use crate::discovery::Discovery;
use crate::machine::MachineSample;
use crate::meter::{Covers, Hindrance, Meter, MeterInfo, ReadError, Reading, Sample};
use crate::sysroot::SysRoot;

/// An event on a CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerfEvent {
    /// Number of the performance monitoring unit.
    pub pmu_type: u32,
    /// Which of its events.
    pub config: u64,
    /// Logical CPU that it is counted on.
    pub cpu: u32,
}

/// Opens performance events; injected, so that fake machines have them too.
pub trait PerfEvents: Send + Sync + std::fmt::Debug {
    /// Opens an event, which counts from 0 from now on.
    fn open(&self, event: PerfEvent) -> io::Result<Box<dyn PerfCounter>>;
}

/// An open event.
pub trait PerfCounter: Send {
    /// The count since the event was opened, unscaled.
    fn read(&mut self) -> io::Result<u64>;
}

const SOURCE: Source = Source::RaplPerf;

const PMU: &str = "sys/bus/event_source/devices/power";

/// The events in the order in which they are tried: the package tells whether we may.
const EVENTS: [(&str, EventKind); 5] = [
    ("energy-pkg", EventKind::Package),
    ("energy-ram", EventKind::Dram),
    ("energy-psys", EventKind::System),
    ("energy-cores", EventKind::Cores),
    ("energy-gpu", EventKind::Uncore),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum EventKind {
    Package,
    Dram,
    System,
    Cores,
    Uncore,
}

/// A CPU of the PMU's mask and where it sits.
struct CountingCpu {
    cpu: u32,
    package: u32,
    /// Set when the package has several counting CPUs.
    die: Option<u32>,
}

/// Opens what perf offers and returns what it covers.
pub(super) fn find(
    root: &SysRoot,
    perf: &dyn PerfEvents,
    processor: &Processor,
    has_psys_zone: bool,
    found: &mut Discovery,
) -> Vec<Place> {
    let mut places = Vec::new();
    let Some(pmu_type) = read(root, "type", |text| text.parse::<u32>().ok()) else {
        return places;
    };
    let Some(cpus) = read(root, "cpumask", parse::parse_cpu_list) else {
        let reason = "the list of counting CPUs cannot be read";
        found.skip(SOURCE, Hindrance::Broken, format!("/{PMU}/cpumask"), reason, None);
        return places;
    };
    let cpus = locate(root, &cpus);
    for (event, kind) in EVENTS {
        let file = format!("events/{event}");
        let Some(config) = read(root, &file, parse::parse_event_config) else { continue };
        let scale = read(root, &format!("{file}.scale"), parse::parse_scale);
        let is_joules =
            read(root, &format!("{file}.unit"), |text| Some(parse::parse_unit_is_joules(text)));
        let (Some(joules_per_count), Some(true)) = (scale, is_joules) else {
            let what = format!("perf power/{event}/");
            found.skip(SOURCE, Hindrance::Unsuited, what, "its scale is not in joules", None);
            continue;
        };
        if kind == EventKind::System && !has_psys_zone {
            let reason = "unproven: the kernel offers psys without looking whether it counts, and \
                          powercap, which looks, has no psys zone";
            let fix = (!processor.is_virtual).then(|| "sudo modprobe intel_rapl_msr".to_owned());
            let what = format!("perf power/{event}/");
            found.skip(SOURCE, Hindrance::Unsuited, what, reason, fix);
            continue;
        }
        // psys is about the machine: one CPU counts it.
        let on = if kind == EventKind::System { &cpus[..cpus.len().min(1)] } else { &cpus[..] };
        for at in on {
            let opened = perf.open(PerfEvent { pmu_type, config, cpu: at.cpu });
            let counter = match opened {
                Ok(counter) => counter,
                Err(error) => {
                    skip_unopened(root, event, at.cpu, &error, found);
                    if error.kind() == io::ErrorKind::PermissionDenied {
                        return places;
                    }
                    continue;
                }
            };
            let place = place(kind, at);
            let detail = format!("perf power/{event}/ on CPU {}", at.cpu);
            let mut info = place.info(SOURCE, detail, processor);
            info.plausible_w = limits::plausible_w(&place.covers, None);
            if !processor.mirrors_dies {
                info.mirror_group = None;
            }
            places.push(place);
            found.meters.push(Box::new(PerfMeter { info, counter, joules_per_count }));
        }
    }
    places
}

fn read<T>(root: &SysRoot, file: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    root.read(format!("{PMU}/{file}")).ok().and_then(|text| parse(&text))
}

/// Package and die of each CPU; a machine that does not tell has one package.
fn locate(root: &SysRoot, cpus: &[u32]) -> Vec<CountingCpu> {
    let number = |cpu: u32, file: &str| {
        let path = format!("sys/devices/system/cpu/cpu{cpu}/topology/{file}");
        root.read(path).ok().and_then(|text| text.parse::<u32>().ok())
    };
    let mut located: Vec<CountingCpu> = cpus
        .iter()
        .map(|&cpu| {
            let package = number(cpu, "physical_package_id").unwrap_or(0);
            CountingCpu { cpu, package, die: None }
        })
        .collect();
    let packages: Vec<u32> = located.iter().map(|at| at.package).collect();
    for at in &mut located {
        if packages.iter().filter(|package| **package == at.package).count() > 1 {
            at.die = number(at.cpu, "die_id").or(Some(at.cpu));
        }
    }
    located
}

fn place(kind: EventKind, at: &CountingCpu) -> Place {
    let package = at.package;
    let covers = match kind {
        EventKind::Package => Covers::Package { package, die: at.die },
        EventKind::Dram => Covers::Dram { package },
        EventKind::System => return Place { covers: Covers::System, die: None },
        EventKind::Cores => Covers::Cores { package },
        EventKind::Uncore => Covers::Uncore { package },
    };
    Place { covers, die: at.die }
}

fn skip_unopened(root: &SysRoot, event: &str, cpu: u32, error: &io::Error, found: &mut Discovery) {
    if error.kind() != io::ErrorKind::PermissionDenied {
        let what = format!("perf power/{event}/ on CPU {cpu}");
        let hindrance = match error.kind() {
            io::ErrorKind::Unsupported => Hindrance::Unsuited,
            _ => Hindrance::Broken,
        };
        found.skip(SOURCE, hindrance, what, error.to_string(), None);
        return;
    }
    let reason = match root.read("proc/sys/kernel/perf_event_paranoid") {
        Ok(level) => format!("permission denied (kernel.perf_event_paranoid is {level})"),
        Err(_) => "permission denied".to_owned(),
    };
    let fix = "sudo sysctl kernel.perf_event_paranoid=0   # or, for this program alone: \
               sudo setcap cap_perfmon=ep \"$(command -v codecarbon)\"";
    let what = "perf power events";
    found.skip(SOURCE, Hindrance::Denied, what, reason, Some(fix.to_owned()));
}

struct PerfMeter {
    info: MeterInfo,
    counter: Box<dyn PerfCounter>,
    joules_per_count: f64,
}

impl Meter for PerfMeter {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, _machine: &MachineSample, clock: &dyn Clock) -> Result<Sample, ReadError> {
        let count = self
            .counter
            .read()
            .map_err(|source| ReadError::Io { path: self.info.detail.clone(), source })?;
        let reading =
            Reading::Counter { count, joules_per_count: self.joules_per_count, range: u64::MAX };
        Ok(Sample { at: clock.now(), reading })
    }
}
