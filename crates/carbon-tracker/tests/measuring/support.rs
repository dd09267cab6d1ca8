//! A hub over a fake machine, and ways to let its time pass.

use std::sync::Arc;
use std::time::Duration;

use carbon_model::{Component, Report};
use carbon_testkit::Machine as FakeMachine;
use carbon_tracker::{Billing, Hub, Machine, Preferences, Sampling, Window};

/// Where the fake machines keep their powercap zones.
pub(crate) const RAPL: &str = "sys/devices/virtual/powercap/intel-rapl";

/// The outside of a fake machine.
pub(crate) fn machine(fake: &FakeMachine) -> Machine {
    Machine {
        clock: Arc::new(fake.clock()),
        perf: Arc::new(carbon_testkit::FakePerf::of(fake)),
        ..Machine::at(fake.sysroot())
    }
}

/// A hub that samples only when it is told to.
pub(crate) fn hub(fake: &FakeMachine) -> Hub {
    Hub::new(machine(fake), Sampling::Manual)
}

/// A window of a second's sampling interval, billed to the machine.
pub(crate) fn open(hub: &Hub, preferences: &Preferences) -> Window {
    hub.open(preferences, Billing::Machine, Duration::from_secs(1))
}

/// Lets seconds pass, sampling whenever it is due.
pub(crate) fn pass(fake: &FakeMachine, hub: &Hub, seconds: f64) {
    let mut left = Duration::from_secs_f64(seconds);
    while !left.is_zero() {
        let step = left.min(Duration::from_millis(500));
        fake.advance(step);
        left -= step;
        hub.poll();
    }
}

/// Energy of one component of the machine, J.
pub(crate) fn joules(report: &Report, component: Component) -> f64 {
    report
        .machine
        .iter()
        .find(|c| c.component == component)
        .map_or(0.0, |c| c.energy.value.joules())
}

/// Asserts a value to a relative error.
#[track_caller]
pub(crate) fn close(actual: f64, expected: f64, relative: f64) {
    let error = (actual - expected).abs() / expected.abs().max(1e-12);
    assert!(error <= relative, "{actual} is not {expected} (off by {error:.2e})");
}
