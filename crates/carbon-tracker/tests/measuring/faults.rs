//! Faults of meters and of time: they lose nothing and invent nothing.

use std::time::Duration;

use crate::support::{RAPL, close, hub, joules, open, pass};
use carbon_model::{Component, GapReason};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::{Preferences, Window};

const PACKAGE: &str = "sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj";

/// A machine whose first package draws 50 W and whose other zones stand still.
fn machine() -> FakeMachine {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for zone in ["intel-rapl:1", "intel-rapl:0/intel-rapl:0:0", "intel-rapl:1/intel-rapl:1:0"] {
        fake.power(&format!("{RAPL}/{zone}/energy_uj"), 0.0);
    }
    fake.power(PACKAGE, 50.0);
    fake
}

fn cpu(window: Window) -> f64 {
    joules(&window.close(), Component::Cpu)
}

#[test]
fn every_kind_of_unreadable_file_is_bridged_and_none_is_a_zero_or_a_wrap() {
    type Fault = fn(&FakeMachine, &str);
    let faults: [Fault; 4] =
        [FakeMachine::deny, FakeMachine::remove, FakeMachine::garbage, FakeMachine::short];
    for fault in faults {
        let fake = machine();
        let hub = hub(&fake);
        let window = open(&hub, &Preferences::default());
        pass(&fake, &hub, 3.0);
        fault(&fake, PACKAGE);
        pass(&fake, &hub, 4.0);
        fake.restore(PACKAGE);
        pass(&fake, &hub, 3.0);
        close(cpu(window), 500.0, 1e-6);
    }
}

#[test]
fn a_window_that_opens_in_a_gap_gets_its_part_of_the_bridge() {
    let fake = machine();
    let hub = hub(&fake);
    let outer = open(&hub, &Preferences::default());
    pass(&fake, &hub, 2.0);
    fake.deny(PACKAGE);
    pass(&fake, &hub, 2.0);
    let inner = open(&hub, &Preferences::default());
    pass(&fake, &hub, 2.0);
    fake.restore(PACKAGE);
    pass(&fake, &hub, 4.0);
    close(cpu(inner), 300.0, 1e-6);
    close(cpu(outer), 500.0, 1e-6);
}

#[test]
fn a_gap_at_the_end_is_said_and_widens_the_upper_bound() {
    let fake = machine();
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 6.0);
    fake.deny(PACKAGE);
    pass(&fake, &hub, 4.0);
    let report = window.close();
    close(joules(&report, Component::Cpu), 300.0, 1e-6);
    let cpu = &report.machine[0].energy;
    assert!(cpu.high.joules() >= 300.0 * 1.05 + 195.0, "{cpu:?}");
    let gap = report.gaps.iter().find(|g| g.meter == "package-0").unwrap();
    assert!(!gap.bridged);
    close(gap.to_s - gap.from_s, 4.0, 0.01);
}

#[test]
fn a_meter_without_a_baseline_has_no_delta() {
    let fake = machine();
    let hub = hub(&fake);
    let probe = open(&hub, &Preferences::default());
    drop(probe);
    fake.deny(PACKAGE);
    fake.advance(Duration::from_secs(1));
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 2.0);
    fake.restore(PACKAGE);
    pass(&fake, &hub, 3.0);
    // The account knows the counter from the probe, so the gap is bridged in proportion.
    close(cpu(window), 250.0, 1e-6);
}

#[test]
fn a_counter_that_starts_again_counts_from_zero_and_flags_the_window() {
    let fake = machine();
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 5.0);
    // A driver reload: the counter is at 2 J when it is next seen.
    fake.set(PACKAGE, "2000000");
    pass(&fake, &hub, 5.0);
    let report = window.close();
    let restarted = |g: &carbon_model::Gap| g.reason == GapReason::CounterRestarted;
    assert!(report.gaps.iter().any(restarted), "{:?}", report.gaps);
    let joules = joules(&report, Component::Cpu);
    assert!((450.0..=505.0).contains(&joules), "{joules}");
}

#[test]
fn the_energy_of_sleep_is_not_billed_and_both_durations_are_told() {
    let fake = machine();
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 5.0);
    fake.suspend(Duration::from_hours(1));
    // The platform kept counting at 1 W meanwhile.
    fake.add(PACKAGE, 3_600_000_000);
    pass(&fake, &hub, 5.0);
    let report = window.close();
    close(report.active.as_secs_f64(), 10.0, 1e-9);
    close(report.wall.as_secs_f64(), 3610.0, 1e-9);
    close(joules(&report, Component::Cpu), 500.0, 0.01);
    assert!(report.gaps.iter().any(|g| g.reason == GapReason::Suspended));
}

#[test]
fn a_task_longer_than_the_counters_range_is_sampled_often_enough() {
    // 65.5 kJ at 400 W is over in 164 s; a window that asks for a sample an hour gets them in time.
    let fake = FakeMachine::load(machines::INDEPENDENT_DIES);
    let zone = |die: u32| format!("{RAPL}/intel-rapl:{die}/energy_uj");
    fake.power(&zone(0), 100.0);
    fake.power(&zone(1), 100.0);
    let hub = hub(&fake);
    let window = hub.open(
        &Preferences::default(),
        carbon_tracker::Billing::Machine,
        Duration::from_hours(1),
    );
    pass(&fake, &hub, 2000.0);
    close(cpu(window), 400_000.0, 1e-6);
}

#[test]
fn mirrored_dies_count_once_and_independent_dies_all() {
    let mirrors = FakeMachine::load(machines::MULTI_DIE_MIRRORS);
    let dies = FakeMachine::load(machines::INDEPENDENT_DIES);
    for (fake, expected) in [(&mirrors, 800.0), (&dies, 1600.0)] {
        for die in 0..2 {
            fake.power(&format!("{RAPL}/intel-rapl:{die}/energy_uj"), 80.0);
        }
        let hub = hub(fake);
        let window = open(&hub, &Preferences::default());
        pass(fake, &hub, 10.0);
        close(cpu(window), expected, 1e-6);
    }
}

#[test]
fn a_window_within_a_gap_is_uncertain_by_its_own_time_not_by_the_gaps() {
    let fake = machine();
    let hub = hub(&fake);
    let outer = open(&hub, &Preferences::default());
    pass(&fake, &hub, 4.0);
    fake.deny(PACKAGE);
    pass(&fake, &hub, 1000.0);
    let inner = open(&hub, &Preferences::default());
    pass(&fake, &hub, 2.0);
    let cpu = inner.close().machine[0].energy;
    assert_eq!(cpu.value.joules(), 0.0);
    assert!((100.0..110.0).contains(&cpu.high.joules()), "{cpu:?}");
    drop(outer);
}

#[test]
fn a_restart_that_hides_energy_widens_the_upper_bound() {
    let fake = machine();
    let hub = hub(&fake);
    let window =
        hub.open(&Preferences::default(), carbon_tracker::Billing::Machine, Duration::from_mins(1));
    pass(&fake, &hub, 65.0);
    fake.advance(Duration::from_secs(50));
    // 50 s before the next sample the driver is loaded again.
    fake.set(PACKAGE, "0");
    fake.advance(Duration::from_secs(5));
    let report = window.close();
    let cpu = report.machine[0].energy;
    assert!(cpu.value.joules() <= 6000.0 && cpu.high.joules() >= 6000.0, "{cpu:?}");
    let restart = report.gaps.iter().find(|g| g.reason == GapReason::CounterRestarted).unwrap();
    assert!(!restart.bridged, "the energy before the restart is missing");
}

#[test]
fn a_short_sleep_in_a_long_interval_takes_little_of_the_energy_awake() {
    let fake = machine();
    let hub = hub(&fake);
    fake.power(PACKAGE, 5.0);
    let window =
        hub.open(&Preferences::default(), carbon_tracker::Billing::Machine, Duration::from_mins(1));
    pass(&fake, &hub, 60.0);
    fake.power(PACKAGE, 100.0);
    fake.advance(Duration::from_secs(29));
    fake.suspend(Duration::from_secs(1));
    fake.advance(Duration::from_secs(30));
    let cpu = joules(&window.close(), Component::Cpu);
    close(cpu, 300.0 + 5900.0, 0.03);
}

#[test]
fn mirrors_stay_mirrors_when_one_of_them_is_read_late_or_fails() {
    let zone = |die: u32| format!("{RAPL}/intel-rapl:{die}/energy_uj");
    let fake = FakeMachine::load(machines::MULTI_DIE_MIRRORS);
    let hub = hub(&fake);
    hub.hardware();
    for die in 0..2 {
        fake.power(&zone(die), 80.0);
    }
    // The first reading of the second die is later than that of the first.
    fake.deny(&zone(1));
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 2.0);
    fake.restore(&zone(1));
    pass(&fake, &hub, 3.0);
    fake.deny(&zone(0));
    pass(&fake, &hub, 2.0);
    fake.restore(&zone(0));
    pass(&fake, &hub, 3.0);
    close(cpu(window), 800.0, 1e-6);
}

#[test]
fn a_counter_that_stands_still_is_named_even_beside_one_that_counts() {
    let fake = machine();
    let hub = hub(&fake);
    let window = open(&hub, &Preferences::default());
    pass(&fake, &hub, 3.0);
    let warnings = window.close().warnings;
    let named = |meter: &str| warnings.iter().any(|w| w.contains(&format!("{meter} did not")));
    assert!(named("package-1") && !named("package-0"), "{warnings:?}");
}
