//! Sources of the memory's power.

use carbon_model::{Accuracy, Component, Source};

use super::check::{Check, Gain, State, Subject};
use super::examine::Found;

/// Accuracy of the dram counters.
const DRAM: Accuracy = Accuracy::plus_minus(0.20);

pub(super) fn checks(found: &Found<'_>) -> Vec<Check> {
    let is_of_memory =
        |meter: &carbon_sensors::MeterInfo| meter.covers.component() == Some(Component::Ram);
    let counters = [Source::RaplPerf, Source::RaplPowercap];
    let (state, detail) = match found.state_of(&counters, &is_of_memory) {
        Some((state @ (State::Used | State::Unused), detail)) => (state, detail),
        Some((state, _)) if state.is_trouble() && has_dram_counter(found) => {
            (state, "as the processor's counters".to_owned())
        }
        _ => (State::Absent, "the processor has none, or hides them".to_owned()),
    };
    let mut dram = Check::new(Subject::Memory, "dram", state, detail);
    if state.is_trouble() {
        dram.gains.extend(gain(found));
    }
    let model = found
        .counted_for(Component::Ram)
        .find(|meter| matches!(meter.source, Source::RamModel | Source::UserConstant));
    let model = match model {
        Some(model) => Check::new(Subject::Memory, "model", State::Used, model.detail.clone()),
        None => {
            Check::new(Subject::Memory, "model", State::Unused, "not needed: memory is measured")
        }
    };
    vec![dram, model]
}

/// What memory gains where the rights to a source would open a dram counter as well.
pub(super) fn gain_of_counter(found: &Found<'_>, source: Source) -> Option<Gain> {
    let has = match source {
        Source::RaplPerf => has_dram_event(found),
        _ => has_dram_zone(found),
    };
    if has { gain(found) } else { None }
}

fn gain(found: &Found<'_>) -> Option<Gain> {
    let present = found.counted_for(Component::Ram).map(|meter| meter.accuracy).next()?;
    Gain::of(Component::Ram, present, DRAM)
}

fn has_dram_counter(found: &Found<'_>) -> bool {
    has_dram_event(found) || has_dram_zone(found)
}

fn has_dram_event(found: &Found<'_>) -> bool {
    found.root.path("sys/bus/event_source/devices/power/events/energy-ram").exists()
}

fn has_dram_zone(found: &Found<'_>) -> bool {
    const CLASS: &str = "sys/class/powercap";
    let zones = found.root.list(CLASS);
    zones.iter().any(|zone| {
        found.root.read(format!("{CLASS}/{zone}/name")).is_ok_and(|name| name == "dram")
    })
}
