//! Whose energy: the part of the machine's energy that a process tree is billed.
//!
//! CPU by CPU seconds, memory by proportional set size, GPUs by the use that the driver tells for
//! each process; summed up while the tree ran ([`super::bill`]), and bounded here. A part is never more than the whole, and what is not billed here stays in
//! `others`, so that nothing is lost in sharing.

use std::time::Duration;

use carbon_model::{Component, ComponentReport, Energy, Interval, Power, ProcessShare};

use super::bill::Billed;
use super::snapshot::Snapshot;
use super::state::State;
use super::tree::TreeMark;
use crate::plan::Plan;

/// Sharing by CPU time adds this to the interval: a second of one core is not a second of another.
const SHARE_ERROR: f64 = 0.10;

/// `/proc/stat` counts in ticks of 10 ms; the machine's CPU seconds in a window are off by up to two.
const TICK_ERROR_S: f64 = 0.02;

/// Shares the machine's energy with the tree of a window.
pub(super) fn process_share(
    state: &State,
    plan: &Plan,
    open: &Snapshot,
    close: &Snapshot,
    machine: &[ComponentReport],
    active: Duration,
    warnings: &mut Vec<String>,
) -> ProcessShare {
    let empty = TreeMark::default();
    let before = open.tree.as_ref().unwrap_or(&empty);
    let after = close.tree.as_ref().unwrap_or(&empty);
    let tree_cpu_s = after.cpu_s_since(before);
    let counted = close.gauges.busy_s_since(&open.gauges);
    if counted.is_none() {
        warnings.push(
            "the machine's CPU seconds could not be read (/proc/stat): the process is billed as if \
             it had been alone"
                .to_owned(),
        );
    }
    // Ticks may lag behind what the process itself has used; a part is never more than the whole.
    let machine_cpu_s = counted.unwrap_or(0.0).max(tree_cpu_s);
    let cpu_share = if machine_cpu_s > 0.0 { tree_cpu_s / machine_cpu_s } else { 0.0 };
    let least = if tree_cpu_s > 0.0 { tree_cpu_s / (machine_cpu_s + TICK_ERROR_S) } else { 0.0 };
    let most = (tree_cpu_s / (machine_cpu_s - TICK_ERROR_S).max(tree_cpu_s)).min(1.0);
    let most = if most.is_nan() { 0.0 } else { most };
    let cpu_factors = (
        if cpu_share > 0.0 { least / cpu_share } else { 1.0 },
        if cpu_share > 0.0 { most / cpu_share } else { 1.0 },
    );

    let components: Vec<ComponentReport> = machine
        .iter()
        .map(|whole| {
            let billed = billed(state, plan, whole.component, (open, before), (close, after));
            let factors = if whole.component == Component::Cpu { cpu_factors } else { (1.0, 1.0) };
            ComponentReport {
                component: whole.component,
                energy: bounded(whole, billed, cpu_share, factors, warnings),
                sources: whole.sources.clone(),
            }
        })
        .collect();
    let of_cpu = |components: &[ComponentReport]| {
        let cpu = components.iter().find(|c| c.component == Component::Cpu);
        cpu.map_or(0.0, |c| c.energy.value.joules())
    };
    let whole_cpu_j = of_cpu(machine);
    let billed_share = if whole_cpu_j > 0.0 { of_cpu(&components) / whole_cpu_j } else { 0.0 };
    let billed: f64 = components.iter().map(|c| c.energy.value.joules()).sum();
    let total: f64 = machine.iter().map(|c| c.energy.value.joules()).sum();
    ProcessShare {
        tree_cpu_s,
        machine_cpu_s,
        dynamic_cpu: dynamic_cpu(state, plan, machine, active, billed_share, cpu_factors),
        components,
        others: Energy::from_joules(total - billed),
    }
}

/// A share of an energy, with the error of sharing by time; never more than the whole.
fn part(whole: Interval<Energy>, share: f64, factors: (f64, f64)) -> Interval<Energy> {
    if whole.value == Energy::ZERO {
        // Nothing was counted yet of what may have been used, and no share of it is known.
        return Interval { low: Energy::ZERO, ..whole };
    }
    let value = whole.value.joules() * share;
    let below = relative(whole.value, whole.low).hypot(SHARE_ERROR).hypot(1.0 - factors.0);
    let above = relative(whole.value, whole.high).hypot(SHARE_ERROR).hypot(factors.1 - 1.0);
    let joules = Energy::from_joules;
    Interval::new(
        joules(value),
        joules(value * (1.0 - below).max(0.0)),
        joules((value * (1.0 + above)).min(whole.high.joules())),
    )
}

fn relative(value: Energy, bound: Energy) -> f64 {
    if value > Energy::ZERO { ((bound - value) / value).abs() } else { 0.0 }
}

/// CPU energy above idle, where the idle power of the processors is known.
fn dynamic_cpu(
    state: &State,
    plan: &Plan,
    machine: &[ComponentReport],
    active: Duration,
    share: f64,
    factors: (f64, f64),
) -> Option<Interval<Energy>> {
    let cpu = machine.iter().find(|c| c.component == Component::Cpu)?;
    let idle_w: f64 = plan
        .accounts
        .iter()
        .map(|&index| state.accounts[index].info())
        .filter(|info| info.covers.component() == Some(Component::Cpu))
        .map(|info| info.idle_w)
        .sum::<Option<f64>>()?;
    let idle = Power::from_watts(idle_w) * active;
    let above = (cpu.energy.value - idle).joules().max(0.0);
    let whole = Energy::from_joules(above);
    let whole = Interval::by_factors(
        whole,
        1.0 - relative(cpu.energy.value, cpu.energy.low),
        1.0 + relative(cpu.energy.value, cpu.energy.high),
    );
    Some(part(whole, share, factors))
}

/// Sums of what a tree is billed of the counted meters of one component; no meter bills more than it
/// counted in the window.
fn billed(
    state: &State,
    plan: &Plan,
    component: Component,
    (open, before): (&Snapshot, &TreeMark),
    (close, after): (&Snapshot, &TreeMark),
) -> Billed {
    let mut sum = Billed::default();
    for (position, &index) in plan.accounts.iter().enumerate() {
        let account = &state.accounts[index];
        if account.info().covers.component() != Some(component) || state.is_mirror(plan, index) {
            continue;
        }
        let counted_j = account.energy_between(&open.marks[position], &close.marks[position]);
        let part = after.billed_since(before, index);
        let energy_j = part.energy_j.min(counted_j);
        sum.energy_j += energy_j;
        sum.unknown_j += part.unknown_j.min(counted_j - energy_j);
    }
    sum
}

/// The bounds of what is billed of a component, and what becomes of the part that nothing tells.
fn bounded(
    whole: &ComponentReport,
    billed: Billed,
    cpu_share: f64,
    factors: (f64, f64),
    warnings: &mut Vec<String>,
) -> Interval<Energy> {
    let total = whole.energy.value.joules();
    let share = |joules: f64| if total > 0.0 { (joules / total).min(1.0) } else { 0.0 };
    let known = part(whole.energy, share(billed.energy_j), factors);
    if billed.unknown_j <= 0.0 {
        return known;
    }
    match whole.component {
        Component::Gpu => {
            warnings.push(
                "the GPUs do not tell what each process used all of the time: the process is \
                 billed their whole energy of the time without an answer"
                    .to_owned(),
            );
            let all = part(whole.energy, share(billed.energy_j + billed.unknown_j), factors);
            Interval { low: known.low, ..all }
        }
        // Memory of a process that has ended before it was looked at: at most its share of the
        // processors' time says anything.
        _ => {
            let hidden = whole.energy.high.joules() * share(billed.unknown_j) * cpu_share;
            let high = (known.high.joules() + hidden).min(whole.energy.high.joules());
            Interval::new(known.value, known.low, Energy::from_joules(high))
        }
    }
}
