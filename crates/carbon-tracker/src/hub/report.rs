//! Two snapshots of a plan's accounts in, a [`Report`] out.

use std::time::Duration;

use carbon_model::{
    Accuracy, Component, ComponentReport, Energy, Gap, Interval, MeterReport, Report, SelfCost,
    Source, SourceReport, combine_independent, combine_same_source,
};
use carbon_sensors::{Covers, MeterInfo};

use super::share::process_share;
use super::snapshot::Snapshot;
use super::state::{EDGE_AGE, State};
use crate::plan::Plan;

/// NVML samples bursts badly: runs under a second carry this accuracy.
const NVML_BURST: Accuracy = Accuracy::plus_minus(0.30);

/// A counter that stays at zero for longer than this is a broken sensor, not an idle one.
const IMPLAUSIBLE_ZERO: Duration = Duration::from_secs(2);

/// Makes the report of the time between two snapshots.
pub(super) fn report(
    state: &State,
    plan: &Plan,
    tree: Option<usize>,
    open: &Snapshot,
    close: &Snapshot,
) -> Report {
    let active = close.at.active_since(&open.at);
    let machine: Vec<ComponentReport> = Component::ALL
        .into_iter()
        .filter_map(|component| component_report(state, plan, component, open, close, active))
        .collect();
    let mut warnings = plan.warnings.clone();
    let gaps = gaps(state, plan, open, close);
    warnings.extend(unread(state, plan, open, close));
    warnings.extend(broken_sensors(&machine, &gaps, active));
    let process = match (&open.tree, &close.tree) {
        (Some(_), Some(_)) => {
            Some(process_share(state, plan, open, close, &machine, active, &mut warnings))
        }
        _ => None,
    };
    if let Some(failure) = tree.and_then(|t| state.tree(t)).and_then(|t| t.failure()) {
        warnings.push(format!("the process tree could not be read at the end: {failure}"));
    }
    let machine_cpu_s = close.gauges.busy_s_since(&open.gauges).unwrap_or(0.0);
    let gpu_percent = mean_gpu_percent(state, plan, open, close);
    Report {
        started_unix_s: open.at.wall.as_secs_f64(),
        ended_unix_s: close.at.wall.as_secs_f64(),
        active,
        wall: close.at.elapsed_since(&open.at),
        self_cost: self_cost(open, close, &machine, machine_cpu_s),
        utilization: close.gauges.utilization_since(&open.gauges, gpu_percent),
        gaps,
        machine,
        process,
        warnings,
    }
}

/// A meter of a component with the bounds of its energy.
type Metered<'a> = (MeterReport, Interval<Energy>, &'a MeterInfo);

fn component_report(
    state: &State,
    plan: &Plan,
    component: Component,
    open: &Snapshot,
    close: &Snapshot,
    active: Duration,
) -> Option<ComponentReport> {
    if plan.included.contains(&component) {
        let source = SourceReport {
            source: Source::Included,
            detail: "counted by the system meter under CPU".to_owned(),
            energy: Interval::default(),
            meters: Vec::new(),
        };
        return Some(ComponentReport {
            component,
            energy: Interval::default(),
            sources: vec![source],
        });
    }
    let mut sources: Vec<(Source, Vec<Metered<'_>>)> = Vec::new();
    for (position, &index) in plan.accounts.iter().enumerate() {
        let account = &state.accounts[index];
        let info = account.info();
        if info.covers.component() != Some(component) {
            continue;
        }
        let joules = account.energy_between(&open.marks[position], &close.marks[position]);
        let counted = !state.is_mirror(plan, index);
        let accuracy = match info.source {
            Source::NvmlEnergy | Source::NvmlPower if active < Duration::from_secs(1) => NVML_BURST,
            _ => info.accuracy,
        };
        let meter = MeterReport {
            name: info.name.clone(),
            energy: Energy::from_joules(joules),
            accuracy,
            counted,
        };
        let bounds = bounds(state, index, joules, accuracy, open, close, active);
        match sources.iter_mut().find(|(source, _)| *source == info.source) {
            Some((_, meters)) => meters.push((meter, bounds, info)),
            None => sources.push((info.source, vec![(meter, bounds, info)])),
        }
    }
    if sources.is_empty() {
        return None;
    }
    let sources: Vec<SourceReport> = sources
        .into_iter()
        .map(|(source, meters)| SourceReport {
            source,
            detail: detail(&meters),
            energy: combine_same_source(
                meters.iter().filter(|(m, ..)| m.counted).map(|(_, energy, _)| *energy),
            ),
            meters: meters.into_iter().map(|(meter, ..)| meter).collect(),
        })
        .collect();
    let energy = combine_independent(sources.iter().map(|s| s.energy));
    Some(ComponentReport { component, energy, sources })
}

/// The systematic accuracy, one renewal of the device at each edge, and what a gap at the end or a
/// restart may hide.
fn bounds(
    state: &State,
    index: usize,
    joules: f64,
    accuracy: Accuracy,
    open: &Snapshot,
    close: &Snapshot,
    active: Duration,
) -> Interval<Energy> {
    let account = &state.accounts[index];
    let info = account.info();
    let mean_w = if active.is_zero() { 0.0 } else { joules / active.as_secs_f64() };
    // Of a meter that has shown nothing yet, only what it may show is known.
    let unknown_w = if joules > 0.0 { 0.0 } else { info.plausible_w / 4.0 };
    let power_w = account.power_w().unwrap_or(unknown_w).max(mean_w);
    let constant = info.source == Source::UserConstant;
    let edge = if constant { EDGE_AGE } else { info.refresh + EDGE_AGE };
    let edge_j = power_w * edge.as_secs_f64() * std::f64::consts::SQRT_2;
    let hidden_j: f64 = account
        .events_between(&open.at, &close.at)
        .iter()
        .filter(|e| !e.bridged)
        .map(|e| {
            let from = e.from.max(open.at);
            (power_w * e.to.active_since(&from).as_secs_f64() - (e.to_j - e.from_j)).max(0.0)
        })
        .sum();
    Interval::by_factors(Energy::from_joules(joules), accuracy.low, accuracy.high)
        .widened(edge_j, edge_j + hidden_j)
}

fn detail(meters: &[Metered<'_>]) -> String {
    match meters {
        [(_, _, info)] => info.detail.clone(),
        _ => {
            let counted: Vec<&str> =
                meters.iter().filter(|(m, ..)| m.counted).map(|(m, ..)| m.name.as_str()).collect();
            counted.join(", ")
        }
    }
}

/// Meters that never answered: what they cover is missing from the total.
fn unread(state: &State, plan: &Plan, open: &Snapshot, close: &Snapshot) -> Vec<String> {
    let edges = open.marks.iter().zip(&close.marks);
    plan.accounts
        .iter()
        .zip(edges)
        .filter(|(_, (open, close))| open.failed() && close.failed())
        .map(|(&index, (open, close))| (index, state.accounts[index].energy_between(open, close)))
        .filter(|(_, joules)| *joules <= 0.0)
        .map(|(index, _)| {
            let info = state.accounts[index].info();
            let (source, name) = (info.source, &info.name);
            format!("{source} of {name} could not be read: its energy is unknown, not zero")
        })
        .collect()
}

fn broken_sensors(machine: &[ComponentReport], gaps: &[Gap], active: Duration) -> Vec<String> {
    let counters = machine.iter().flat_map(|c| &c.sources).filter(|s| {
        matches!(
            s.source,
            Source::RaplPerf
                | Source::RaplPowercap
                | Source::HwmonEnergy
                | Source::WindowsEmi
                | Source::AppleIoReport
                | Source::NvmlEnergy
                | Source::AmdSmiEnergy
        )
    });
    let stands_still = |m: &&MeterReport| {
        active > IMPLAUSIBLE_ZERO
            && m.counted
            && m.energy == Energy::ZERO
            // A gap has been told.
            && gaps.iter().all(|gap| gap.meter != m.name)
    };
    counters
        .flat_map(|s| s.meters.iter().filter(stands_still).map(move |m| (s.source, &m.name)))
        .map(|(source, name)| {
            format!("{source} of {name} did not advance: its energy is unknown, not zero")
        })
        .collect()
}

fn gaps(state: &State, plan: &Plan, open: &Snapshot, close: &Snapshot) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for &index in &plan.accounts {
        let account = &state.accounts[index];
        for event in account.events_between(&open.at, &close.at) {
            gaps.push(Gap {
                meter: account.info().name.clone(),
                from_s: event.from.active_since(&open.at).as_secs_f64(),
                to_s: event.to.active_since(&open.at).as_secs_f64(),
                reason: event.reason,
                bridged: event.bridged,
            });
        }
    }
    gaps
}

fn mean_gpu_percent(state: &State, plan: &Plan, open: &Snapshot, close: &Snapshot) -> f64 {
    let percents: Vec<f64> = plan
        .accounts
        .iter()
        .enumerate()
        .filter(|(_, index)| matches!(state.accounts[**index].info().covers, Covers::Gpu { .. }))
        .map(|(position, _)| close.marks[position].gpu_percent_since(&open.marks[position]))
        .collect();
    if percents.is_empty() { 0.0 } else { percents.iter().sum::<f64>() / percents.len() as f64 }
}

fn self_cost(
    open: &Snapshot,
    close: &Snapshot,
    machine: &[ComponentReport],
    machine_cpu_s: f64,
) -> SelfCost {
    let cpu_s = close.cost.saturating_sub(open.cost).as_secs_f64();
    let cpu = machine.iter().find(|c| c.component == Component::Cpu);
    let busy_s = machine_cpu_s.max(cpu_s);
    let share = if busy_s > 0.0 { cpu_s / busy_s } else { 0.0 };
    SelfCost {
        cpu_s,
        energy: cpu.map_or(Energy::ZERO, |c| c.energy.value * share),
        samples: close.samples - open.samples,
    }
}
