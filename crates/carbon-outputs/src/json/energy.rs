//! Energies in the report: each in joules and kWh with its bounds, down to the single meter.

use carbon_model::{
    Basis, Component, ComponentReport, Energy, Interval, MeterReport, ProcessShare, Quantity,
    Source, SourceReport, combine_independent,
};
use serde::Serialize;

/// A number with the range in which the truth is believed to lie (about 95 %).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounds {
    /// Best estimate.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Bounds {
    /// Of an interval, in the unit that `number` gives.
    pub fn of<Q: Quantity>(interval: Interval<Q>, number: impl Fn(Q) -> f64) -> Self {
        Self {
            value: number(interval.value),
            low: number(interval.low),
            high: number(interval.high),
        }
    }
}

/// One energy in both units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EnergyNote {
    /// Joules.
    pub joules: Bounds,
    /// Kilowatt hours.
    pub kwh: Bounds,
}

impl From<Interval<Energy>> for EnergyNote {
    fn from(energy: Interval<Energy>) -> Self {
        Self {
            joules: Bounds::of(energy, Energy::joules),
            kwh: Bounds::of(energy, Energy::kilowatt_hours),
        }
    }
}

/// Energy of the whole machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MachineEnergy<'a> {
    /// All components.
    pub energy: EnergyNote,
    /// Each of them.
    pub components: Vec<EnergyPart<'a>>,
}

impl<'a> From<&'a [ComponentReport]> for MachineEnergy<'a> {
    fn from(components: &'a [ComponentReport]) -> Self {
        Self {
            energy: combine_independent(components.iter().map(|c| c.energy)).into(),
            components: components.iter().map(EnergyPart::from).collect(),
        }
    }
}

/// The part of the machine's energy that is billed to a process and its children.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProcessEnergy<'a> {
    /// All components, idle power split by use.
    pub energy: EnergyNote,
    /// Each of them.
    pub components: Vec<EnergyPart<'a>>,
    /// CPU energy above idle; null where the idle power is not known.
    pub dynamic_cpu: Option<EnergyNote>,
    /// CPU seconds of the process and its children.
    pub tree_cpu_s: f64,
    /// CPU seconds of everything on the machine.
    pub machine_cpu_s: f64,
    /// Joules that other processes are billed, and idle time.
    pub others_j: f64,
}

impl<'a> From<&'a ProcessShare> for ProcessEnergy<'a> {
    fn from(share: &'a ProcessShare) -> Self {
        let MachineEnergy { energy, components } = share.components.as_slice().into();
        Self {
            energy,
            components,
            dynamic_cpu: share.dynamic_cpu.map(EnergyNote::from),
            tree_cpu_s: share.tree_cpu_s,
            machine_cpu_s: share.machine_cpu_s,
            others_j: share.others.joules(),
        }
    }
}

/// Energy of one component.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnergyPart<'a> {
    /// `cpu`, `gpu` or `ram`.
    pub component: Component,
    /// Its energy.
    pub energy: EnergyNote,
    /// Where the figure comes from.
    pub sources: Vec<SourceNote<'a>>,
}

impl<'a> From<&'a ComponentReport> for EnergyPart<'a> {
    fn from(part: &'a ComponentReport) -> Self {
        Self {
            component: part.component,
            energy: part.energy.into(),
            sources: part.sources.iter().map(SourceNote::from).collect(),
        }
    }
}

/// One source of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceNote<'a> {
    /// Kind of source, such as `rapl_perf`.
    pub source: Source,
    /// The same for people.
    pub label: &'static str,
    /// `measured`, `derived`, `modelled` or `default`.
    pub basis: Basis,
    /// What it rests on.
    pub detail: &'a str,
    /// Its energy.
    pub energy: EnergyNote,
    /// The meters behind it.
    pub meters: Vec<MeterNote<'a>>,
}

impl<'a> From<&'a SourceReport> for SourceNote<'a> {
    fn from(source: &'a SourceReport) -> Self {
        Self {
            source: source.source,
            label: source.source.label(),
            basis: source.source.basis(),
            detail: &source.detail,
            energy: source.energy.into(),
            meters: source.meters.iter().map(MeterNote::from).collect(),
        }
    }
}

/// One meter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeterNote<'a> {
    /// Stable name, such as `package-0`.
    pub name: &'a str,
    /// Joules that it counted.
    pub joules: f64,
    /// Its bounds as factors on the joules.
    pub accuracy: carbon_model::Accuracy,
    /// Whether it counts towards the total.
    pub counted: bool,
}

impl<'a> From<&'a MeterReport> for MeterNote<'a> {
    fn from(meter: &'a MeterReport) -> Self {
        Self {
            name: &meter.name,
            joules: meter.energy.joules(),
            accuracy: meter.accuracy,
            counted: meter.counted,
        }
    }
}
