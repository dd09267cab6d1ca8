//! Which thermal design power the load model is scaled by, and what it is worth.
//!
//! A pure choice over facts that others have read. What is assumed stands in `detail`, which reports
//! print.

use std::fmt::Write;

use carbon_model::{Accuracy, Source};

use super::USUAL_BEND;
use crate::facts::{CpuFacts, Vendor};
use crate::limits::Limits;

/// Watts for each logical CPU of a processor of which nothing is known.
pub const WATTS_PER_UNKNOWN_CPU: f64 = 4.0;

/// Full-load power as a share of the TDP, the mean of measured machines.
const FULL_SHARE: f64 = 0.80;

/// A power limit above this multiple of the processor's TDP is a board's way of saying "none".
const PLAUSIBLE_LIMIT: f64 = 2.5;

/// Accuracy over a known TDP, over a guessed one, and of a share of a machine that is not seen.
const KNOWN: Accuracy = Accuracy::factors(0.5, 1.8);
const GUESSED: Accuracy = Accuracy::factors(0.4, 2.5);
const VIRTUAL: Accuracy = Accuracy::factors(0.3, 3.0);

/// The curve of one machine.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadModelSpec {
    /// T of the curve for what is billed, watts.
    pub tdp_w: f64,
    /// Idle power as a share of T.
    pub idle_share: f64,
    /// Full-load power as a share of T.
    pub full_share: f64,
    /// Bend of the curve between them ([`rise`](super::rise)).
    pub bend: f64,
    /// What its power is of.
    pub scope: CalibrationScope,
    /// What kind of figure the curve gives.
    pub source: Source,
    /// How far it can be trusted.
    pub accuracy: Accuracy,
    /// What it rests on: "TDP 350 W × 2/64 threads".
    pub detail: String,
}

/// What a reference meter measured, and so what a calibrated model is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CalibrationScope {
    /// All processors, as their own counters do.
    #[default]
    Processors,
    /// The whole computer with its memory, as a wall meter or a battery does.
    Computer,
}

/// Idle and full-load power that were measured on this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Watts of what is in scope when nothing runs.
    pub idle_w: f64,
    /// Watts of the same when every logical CPU is busy; more than idle.
    pub full_w: f64,
    /// Bend of the curve between; [`USUAL_BEND`] unless loads between were
    /// measured. Above −1.
    pub bend: f64,
    /// What the meter measured.
    pub scope: CalibrationScope,
    /// How far the curve can be trusted: the meter's accuracy, the residual, and what loads of other
    /// kinds than the one of the calibration do.
    pub accuracy: Accuracy,
    /// The meter, for people: "RAPL", "a wall meter".
    pub against: String,
    /// The day of the measurement, for people: "2026-11-22".
    pub date: String,
}

/// What a table says of a processor model.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessorPower {
    /// The model's name in the table.
    pub name: String,
    /// Watts of one package.
    pub tdp_w: f64,
    /// Hardware threads of one package, where the table knows them.
    pub threads: Option<u16>,
}

/// What is known when T is chosen.
#[derive(Debug, Clone, Copy)]
pub struct TdpInputs<'a> {
    /// The processors.
    pub cpu: &'a CpuFacts,
    /// The part of the machine that is ours.
    pub limits: &'a Limits,
    /// Watts that the user gave, for all that we are billed; more than 0.
    pub given_w: Option<f64>,
    /// A calibration of this machine.
    pub calibration: Option<&'a Calibration>,
    /// Long-term power limit of each package, watts ([`package_power_limits_w`]).
    ///
    /// [`package_power_limits_w`]: crate::load_model::package_power_limits_w
    pub package_limits_w: &'a [f64],
}

/// Chooses T: the user's, a calibration, the packages' power limits, the table × sockets, else 4 W
/// for each logical CPU.
///
/// A virtual machine has T × its CPUs ÷ the hardware threads of that model, whatever it says of
/// sockets. Under a limit on CPUs only their share of the machine counts; a value given by the user
/// is taken as it is. `lookup` finds a model in a table by the processor's name.
pub fn choose_tdp(
    inputs: &TdpInputs<'_>,
    lookup: &dyn Fn(&str) -> Option<ProcessorPower>,
) -> LoadModelSpec {
    let idle_share = idle_share(inputs.cpu);
    let spec = |tdp_w, source, accuracy, detail| LoadModelSpec {
        tdp_w,
        idle_share,
        full_share: FULL_SHARE,
        bend: USUAL_BEND,
        scope: CalibrationScope::Processors,
        source,
        accuracy,
        detail,
    };
    if let Some(watts) = inputs.given_w {
        return spec(watts, Source::LoadModel, KNOWN, format!("{watts:.0} W given by the user"));
    }
    let share = Share::of(inputs);
    if let Some(calibration) = inputs.calibration.filter(|c| c.idle_w >= 0.0 && c.full_w > c.idle_w)
    {
        let Calibration { idle_w, full_w, bend, scope, accuracy, against, date } = calibration;
        let of = match scope {
            CalibrationScope::Processors => "",
            CalibrationScope::Computer => " of the computer",
        };
        let detail = format!(
            "{idle_w:.1} W idle and {full_w:.1} W full{of}, calibrated on {date} against {against}"
        );
        return LoadModelSpec {
            tdp_w: full_w * share.of_machine,
            idle_share: idle_w / full_w,
            full_share: 1.0,
            bend: *bend,
            scope: *scope,
            source: Source::LoadModelCalibrated,
            accuracy: *accuracy,
            detail: share.noted(detail),
        };
    }

    let known = inputs
        .cpu
        .brand
        .as_deref()
        .and_then(lookup)
        .filter(|power| power.tdp_w > 0.0 && is_of_this_machine(power, inputs.cpu));
    if inputs.cpu.is_virtual {
        if let Some(ProcessorPower { tdp_w, threads: Some(threads), .. }) = known
            && threads > 0
        {
            let detail = format!("TDP {tdp_w:.0} W × {}/{threads} threads", share.cpus);
            let watts = tdp_w * share.cpus / f64::from(threads);
            return spec(watts, Source::LoadModelVirtual, VIRTUAL, detail);
        }
    } else if let Some((watts, detail)) = package_limits(inputs.package_limits_w, known.as_ref()) {
        let detail = share.noted(detail);
        return spec(watts * share.of_machine, Source::LoadModel, KNOWN, detail);
    } else if let Some(ProcessorPower { name, tdp_w, .. }) = known {
        let sockets = inputs.cpu.sockets.max(1);
        let mut detail = format!("TDP {tdp_w:.0} W of {name}");
        if sockets > 1 {
            // Writing to a string cannot fail.
            let _ = write!(detail, " × {sockets} sockets");
        }
        let watts = tdp_w * f64::from(sockets) * share.of_machine;
        return spec(watts, Source::LoadModel, KNOWN, share.noted(detail));
    }
    let detail = format!("{WATTS_PER_UNKNOWN_CPU} W × {} logical CPUs, model unknown", share.cpus);
    spec(WATTS_PER_UNKNOWN_CPU * share.cpus, Source::LoadModelGuessed, GUESSED, detail)
}

/// Whether a row of the table can be the processor of a real machine. ARM's names are of cores that
/// many processors share: the row is of a cloud's processor, which is met in its virtual machines,
/// and says nothing of another's. A socket cannot have more threads than its processor.
fn is_of_this_machine(power: &ProcessorPower, cpu: &CpuFacts) -> bool {
    let threads = u32::from(power.threads.unwrap_or(u16::MAX));
    let is_core_name = cpu.brand.as_deref().is_some_and(|brand| brand.starts_with("Neoverse"));
    cpu.is_virtual || !is_core_name && cpu.logical_cpus.div_ceil(cpu.sockets.max(1)) <= threads
}

/// Idle power as a share of the TDP; means of measured machines by vendor.
fn idle_share(cpu: &CpuFacts) -> f64 {
    match cpu.vendor {
        Vendor::Intel => 0.11,
        Vendor::Amd if cpu.is_zen => 0.22,
        _ => 0.15,
    }
}

/// The part of the visible CPUs that is ours.
struct Share {
    /// Logical CPUs that are ours.
    cpus: f64,
    /// The same as a share of the machine, 0 to 1.
    of_machine: f64,
    /// What limits us, with the count of all CPUs.
    note: Option<String>,
}

impl Share {
    fn of(inputs: &TdpInputs<'_>) -> Self {
        let all = f64::from(inputs.cpu.logical_cpus.max(1));
        match &inputs.limits.cpu {
            Some(limit) if limit.cpus < all => Self {
                cpus: limit.cpus,
                of_machine: limit.cpus / all,
                note: Some(format!("{}/{all} CPUs ({})", limit.cpus, limit.source)),
            },
            _ => Self { cpus: all, of_machine: 1.0, note: None },
        }
    }

    fn noted(&self, detail: String) -> String {
        match &self.note {
            Some(note) => format!("{detail} × {note}"),
            None => detail,
        }
    }
}

/// The sum of the packages' power limits, unless one cannot be meant.
fn package_limits(limits_w: &[f64], known: Option<&ProcessorPower>) -> Option<(f64, String)> {
    let highest_w = known.map_or(f64::INFINITY, |power| power.tdp_w * PLAUSIBLE_LIMIT);
    if limits_w.is_empty() || limits_w.iter().any(|w| *w > highest_w) {
        return None;
    }
    let sum_w: f64 = limits_w.iter().sum();
    let detail = match limits_w.len() {
        1 => format!("power limit {sum_w:.0} W"),
        packages => format!("power limits {sum_w:.0} W of {packages} packages"),
    };
    Some((sum_w, detail))
}
