//! What goes with the figures of a run: their bounds and where they come from.

use std::sync::Arc;
use std::time::Duration;

use carbon_client::ApiSink;
use carbon_testkit::{FakePerf, Machine as FakeMachine, machines};
use carbon_tracker::config::Config;
use carbon_tracker::{Hub, Machine, Outcome, Sampling, Tracker};

use crate::receiver::Receiver;
use crate::runs::{outbox, settings};

const RUN: &str = "7f3c2f6e-4b57-4d6c-9d0c-1f2a3b4c5d6e";

/// A run of three rows on a machine whose processors are measured by RAPL and whose memory is too;
/// how it ended.
fn tracked(receiver: &Receiver) -> Outcome {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let zone = "sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj";
    fake.power(zone, 60.0);
    let machine = Machine {
        clock: Arc::new(fake.clock()),
        perf: Arc::new(FakePerf::of(&fake)),
        ..Machine::at(fake.sysroot())
    };
    let hub = Hub::new(machine, Sampling::Manual);
    let spool = tempfile::tempdir().expect("a temporary directory");
    let mut config = Config::default();
    config.set("country_iso_code", "FRA").expect("a country");
    let sink = ApiSink::over(outbox(spool.path()), settings(&receiver.server.url()));
    let tracker = Tracker::new(&hub, config).with_run_id(RUN).with_sink(Box::new(sink));
    let mut run = tracker.start();
    let whole = run.task("whole");
    for name in ["load", "train"] {
        let task = run.task(name);
        pass(&fake, &hub);
        task.stop();
        run.flush_live();
    }
    pass(&fake, &hub);
    whole.stop();
    run.stop()
}

fn pass(fake: &FakeMachine, hub: &Hub) {
    for _ in 0..10 {
        fake.advance(Duration::from_millis(500));
        hub.poll();
    }
}

#[test]
fn the_bounds_of_the_rows_add_up_to_those_that_the_run_reports() {
    let receiver = Receiver::start();
    let outcome = tracked(&receiver);
    let rows = receiver.rows_of(RUN);
    assert_eq!(rows.len(), 3);
    let sum = |of: fn(&carbon_api::EmissionIn) -> Option<f64>| -> f64 {
        rows.iter().map(|row| of(row).expect("each row has its bounds")).sum()
    };
    let (energy, emissions) = (outcome.footprint.energy, outcome.footprint.emissions);
    assert!(energy.low.joules() < energy.value.joules());
    for (told, known) in [
        (sum(|row| row.energy_low_kwh), energy.low.kilowatt_hours()),
        (sum(|row| row.energy_high_kwh), energy.high.kilowatt_hours()),
        (sum(|row| row.emissions_low_kg), emissions.low.kilograms()),
        (sum(|row| row.emissions_high_kg), emissions.high.kilograms()),
    ] {
        assert!((told - known).abs() <= known * 1e-9, "{told} {known}");
    }
}

#[test]
fn each_task_goes_with_the_next_row_once() {
    let receiver = Receiver::start();
    tracked(&receiver);
    let mut rows = receiver.rows_of(RUN);
    rows.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
    let named = |row: &carbon_api::EmissionIn| -> Vec<(String, f64)> {
        row.tasks.iter().map(|task| (task.name.clone(), task.duration_s)).collect()
    };
    assert_eq!(named(&rows[0]), [("load".to_owned(), 5.0)]);
    assert_eq!(named(&rows[1]), [("train".to_owned(), 5.0)]);
    assert_eq!(named(&rows[2]), [("whole".to_owned(), 15.0)]);
    let (load, whole) = (&rows[0].tasks[0], &rows[2].tasks[0]);
    assert_eq!(load.start, whole.start, "both began with the run");
    let parts: f64 = rows.iter().take(2).map(|row| row.tasks[0].energy_kwh).sum();
    assert!(parts > 0.0 && parts < whole.energy_kwh, "{parts} {}", whole.energy_kwh);
}

#[test]
fn a_run_is_registered_with_the_sources_of_its_figures() {
    let receiver = Receiver::start();
    tracked(&receiver);
    let arrived = receiver.arrived();
    let (_, run) = arrived.runs.values().next().unwrap();
    let sources = run.sources.as_ref().unwrap();
    assert_eq!(sources["cpu"]["basis"], "measured", "{sources}");
    assert!(sources["cpu"]["label"].as_str().unwrap().starts_with("RAPL"), "{sources}");
    assert!(sources["cpu"]["low_percent"].as_f64().unwrap() < 0.0, "{sources}");
    assert_eq!(sources["grid"]["zone"], "FRA", "{sources}");
    assert_eq!(run.host, None, "nobody asked for the machine's name to be told");
}
