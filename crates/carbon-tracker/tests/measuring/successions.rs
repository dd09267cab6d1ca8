//! Runs that follow one another without a moment between them.

use std::sync::Arc;
use std::time::Duration;

use carbon_sensors::{Clock, Instant};
use carbon_testkit::{FakeClock, Machine as FakeMachine, machines};
use carbon_tracker::config::Config;
use carbon_tracker::{Hub, Machine, Sampling, Tracker};

use crate::support::{RAPL, close, machine, pass};

/// A clock that goes on while it is looked at, as a real one does.
#[derive(Debug)]
struct Restless(FakeClock);

impl Clock for Restless {
    fn now(&self) -> Instant {
        self.0.advance(Duration::from_micros(10));
        self.0.now()
    }
}

/// 100 W in two packages.
fn fake() -> FakeMachine {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for (zone, watts) in [("intel-rapl:0", 60.0), ("intel-rapl:1", 40.0)] {
        fake.power(&format!("{RAPL}/{zone}/energy_uj"), watts);
    }
    fake
}

fn restless_hub(fake: &FakeMachine) -> Hub {
    let clock = Arc::new(Restless(fake.clock()));
    Hub::new(Machine { clock, ..machine(fake) }, Sampling::Manual)
}

#[test]
fn the_end_of_a_run_is_the_start_of_the_one_that_follows_it() {
    let fake = fake();
    let hub = restless_hub(&fake);
    let tracker = || Tracker::new(&hub, Config::default());
    let mut run = tracker().start();
    let first = run.peek().unwrap().report.started_unix_s;
    let mut parts = Vec::new();
    for seconds in [0.3, 7.25, 60.0, 0.000_05] {
        pass(&fake, &hub, seconds);
        let (next, outcome) = tracker().start_after(run);
        assert_ne!(next.id(), outcome.record.run_id);
        run = next;
        parts.push(outcome);
    }
    pass(&fake, &hub, 5.0);
    parts.push(run.stop());
    for pair in parts.windows(2) {
        assert_eq!(pair[0].report.ended_unix_s, pair[1].report.started_unix_s);
    }
    let last = parts.last().unwrap().report.ended_unix_s;
    let durations: f64 = parts.iter().map(|part| part.record.duration).sum();
    // Seconds since 1970 are told to a quarter of a microsecond.
    close(durations, last - first, 1e-8);
    let energy_kwh: f64 = parts.iter().map(|part| part.record.cpu_energy).sum();
    // The counters go by the seconds that pass, the clock also by its being looked at.
    close(energy_kwh * 3.6e6, 100.0 * 72.550_05, 2e-3);
}

#[test]
fn the_next_run_may_count_other_meters() {
    let fake = fake();
    let hub = restless_hub(&fake);
    let run = Tracker::new(&hub, Config::default()).start();
    pass(&fake, &hub, 10.0);
    let mut forced = Config::default();
    assert_eq!(forced.set("force_cpu_power", "50"), Ok(true));
    let (run, counted) = Tracker::new(&hub, forced).start_after(run);
    fake.set_load(1.0);
    pass(&fake, &hub, 10.0);
    let modelled = run.stop();
    close(counted.record.cpu_energy * 3.6e6, 1000.0, 2e-3);
    assert!(modelled.record.cpu_energy * 3.6e6 < 600.0, "{}", modelled.record.cpu_energy);
    let between = modelled.report.started_unix_s - counted.report.ended_unix_s;
    assert!((0.0..0.001).contains(&between), "{between}");
}
