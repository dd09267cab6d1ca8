//! Whose energy: the part of the machine's energy that a process tree is billed.
//!
//! CPU by CPU seconds, memory by proportional set size, GPUs by the use that the driver tells for
//! each process. A part is never more than the whole, and what is not billed here stays in
//! `others`, so that nothing is lost in sharing.

use std::time::Duration;

use carbon_model::{Component, ComponentReport, Energy, Interval, Power, ProcessShare};

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

    let mut components = Vec::new();
    for whole in machine {
        let energy = match whole.component {
            Component::Cpu => part(whole.energy, cpu_share, cpu_factors),
            Component::Ram => match after.memory_share_since(before) {
                Some(share) => part(whole.energy, share, (1.0, 1.0)),
                // Memory of a process that has ended before it was looked at: at most its share of
                // the processors' time says anything.
                None => part(whole.energy, 0.0, (1.0, 1.0))
                    .widened(0.0, whole.energy.high.joules() * cpu_share),
            },
            Component::Gpu => gpu_part(state, plan, open, close, whole, (before, after), warnings),
        };
        components.push(ComponentReport {
            component: whole.component,
            energy,
            sources: whole.sources.clone(),
        });
    }
    let billed: f64 = components.iter().map(|c| c.energy.value.joules()).sum();
    let total: f64 = machine.iter().map(|c| c.energy.value.joules()).sum();
    ProcessShare {
        tree_cpu_s,
        machine_cpu_s,
        dynamic_cpu: dynamic_cpu(state, plan, machine, active, cpu_share, cpu_factors),
        components,
        others: Energy::from_joules(total - billed),
    }
}

/// A share of an energy, with the error of sharing by time; never more than the whole.
fn part(whole: Interval<Energy>, share: f64, factors: (f64, f64)) -> Interval<Energy> {
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

fn gpu_part(
    state: &State,
    plan: &Plan,
    open: &Snapshot,
    close: &Snapshot,
    whole: &ComponentReport,
    (before, after): (&TreeMark, &TreeMark),
    warnings: &mut Vec<String>,
) -> Interval<Energy> {
    let (mut value, mut unknown) = (0.0, 0);
    for (position, &index) in plan.accounts.iter().enumerate() {
        let account = &state.accounts[index];
        if account.info().covers.component() != Some(Component::Gpu) {
            continue;
        }
        let joules = account.energy_between(&open.marks[position], &close.marks[position]);
        let share = after.gpu_share_since(before, index);
        unknown += u32::from(share.is_none());
        value += joules * share.unwrap_or(1.0);
    }
    let total = whole.energy.value.joules();
    let share = if total > 0.0 { (value / total).min(1.0) } else { 0.0 };
    let shared = part(whole.energy, share, (1.0, 1.0));
    if unknown == 0 {
        return shared;
    }
    warnings.push(format!(
        "{unknown} GPU(s) do not tell what each process uses: the process is billed their whole \
         energy"
    ));
    Interval { low: Energy::ZERO, ..shared }
}
