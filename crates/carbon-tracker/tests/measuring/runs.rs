//! Runs, tasks and records: what programs see.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_model::{Component, EmissionsRecord, TaskRecord};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::config::Config;
use carbon_tracker::live::{Feed, Questions};
use carbon_tracker::location::{Found, KnownBy};
use carbon_tracker::sink::{Delivery, Sink, SinkError};
use carbon_tracker::{Hub, Machine, Observer, Sampling, Tracker};

use crate::support::{RAPL, close, hub, pass};

/// A machine that draws exactly 100 W in its packages and nothing in its memories.
fn machine() -> FakeMachine {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for (zone, watts) in [
        ("intel-rapl:0", 60.0),
        ("intel-rapl:1", 40.0),
        ("intel-rapl:0/intel-rapl:0:0", 0.0),
        ("intel-rapl:1/intel-rapl:1:0", 0.0),
    ] {
        fake.power(&format!("{RAPL}/{zone}/energy_uj"), watts);
    }
    fake
}

fn config(settings: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    for (key, value) in settings {
        assert_eq!(config.set(key, value), Ok(true), "{key}");
    }
    config
}

#[test]
fn a_place_that_becomes_known_later_prices_the_run_and_its_tasks() {
    let fake = machine();
    let hub = hub(&fake);
    let nowhere = config(&[("co2_table", "codecarbon"), ("pue", "1.2"), ("wue", "2")]);
    let feed = Arc::new(Feed::new(Questions { place: true, prices: false }, || {}));
    let run = Tracker::new(&hub, nowhere).with_feed(Some(Arc::clone(&feed))).start();
    assert_eq!(run.warnings(), [""; 0], "nothing is said before the answer");
    let task = run.task("first half");
    pass(&fake, &hub, 1800.0);
    let before = run.peek().unwrap();
    feed.place_is(None, vec!["nobody answers".to_owned()]);
    let task = task.stop().unwrap();
    pass(&fake, &hub, 1800.0);
    let unknown = run.peek().unwrap();
    feed.place_is(
        Some(Found {
            country: Some("FR".to_owned()),
            coordinates: Some((2.3, 48.9)),
            known_by: KnownBy::Address("an example".to_owned()),
            ..Found::default()
        }),
        Vec::new(),
    );
    let outcome = run.stop();
    close(before.record.emissions, 0.06 * 0.475, 1e-6);
    close(task.record.emissions, 0.06 * 0.475, 1e-6);
    close(unknown.record.emissions, 0.12 * 0.475, 1e-6);
    close(outcome.record.emissions, 0.12 * 0.056_039, 1e-6);
    close(outcome.record.emissions_rate, outcome.record.emissions / 3600.0, 1e-9);
    close(outcome.footprint.emissions.value.kilograms(), outcome.record.emissions, 1e-12);
    close(outcome.tasks[0].emissions, 0.06 * 0.056_039, 1e-6);
    close(outcome.tasks[0].emissions_rate, outcome.tasks[0].emissions / 1800.0, 1e-9);
    assert_eq!(outcome.tasks[0].country_name.as_deref(), Some("France"));
    assert_eq!((outcome.record.longitude, outcome.record.latitude), (Some(2.3), Some(48.9)));
    assert_eq!(outcome.record.energy_consumed, unknown.record.energy_consumed);
    assert_eq!(outcome.record.water_consumed, unknown.record.water_consumed);
    let says = |outcome: &carbon_tracker::Outcome, what: &str| {
        outcome.warnings.iter().any(|warning| warning.contains(what))
    };
    assert!(says(&unknown, "place of the run") && says(&unknown, "nobody answers"));
    assert!(!says(&outcome, "place of the run") && !says(&outcome, "nobody answers"));
}

#[test]
fn a_record_holds_the_energy_the_place_and_the_factors_of_its_run() {
    let fake = machine();
    let hub = hub(&fake);
    let config = config(&[
        ("country_iso_code", "FRA"),
        ("co2_table", "codecarbon"),
        ("project_name", "demo"),
        ("pue", "1.2"),
        ("wue", "2"),
    ]);
    let run = Tracker::new(&hub, config).start();
    pass(&fake, &hub, 3600.0);
    let outcome = run.stop();
    let record = &outcome.record;
    close(record.duration, 3600.0, 1e-9);
    close(record.cpu_power, 100.0, 1e-6);
    close(record.cpu_energy, 0.12, 1e-6);
    close(record.energy_consumed, 0.12, 1e-6);
    close(record.water_consumed, 0.2, 1e-6);
    close(record.emissions, 0.12 * 0.056_039, 1e-6);
    close(record.emissions_rate, record.emissions / 3600.0, 1e-9);
    assert_eq!(record.country_name.as_deref(), Some("France"));
    assert_eq!(record.country_iso_code.as_deref(), Some("FRA"));
    assert_eq!((record.pue, record.wue), (1.2, 2.0));
    assert_eq!(record.cpu_count, 8);
    assert_eq!(record.on_cloud, "N");
    assert_eq!(record.tracking_mode, "machine");
    assert_eq!(record.run_id.len(), 36);
}

#[test]
fn tasks_nest_and_overlap_and_each_has_its_own_energy() {
    let fake = machine();
    let hub = hub(&fake);
    let run = Tracker::new(&hub, Config::default()).start();
    pass(&fake, &hub, 1.0);
    let outer = run.task("outer");
    pass(&fake, &hub, 2.0);
    let inner = run.task("inner");
    pass(&fake, &hub, 3.0);
    let outer = outer.stop().unwrap();
    pass(&fake, &hub, 4.0);
    let inner = inner.stop().unwrap();
    pass(&fake, &hub, 5.0);
    let whole = run.stop();
    let joules =
        |o: &carbon_tracker::Outcome| o.report.billed_component(Component::Cpu).value.joules();
    close(joules(&outer), 500.0, 1e-6);
    close(joules(&inner), 700.0, 1e-6);
    close(joules(&whole), 1500.0, 1e-6);
    close(outer.record.duration, 5.0, 1e-9);
    close(whole.record.duration, 15.0, 1e-9);
    let names: Vec<&str> = whole.tasks.iter().map(|t| t.task_name.as_str()).collect();
    assert_eq!(names, ["outer", "inner"]);
}

#[test]
fn a_name_that_is_taken_or_empty_gets_a_uuid() {
    let fake = machine();
    let hub = hub(&fake);
    let run = Tracker::new(&hub, Config::default()).start();
    let first = run.task("train");
    let second = run.task("train");
    assert_eq!(first.name(), "train");
    assert!(second.name().starts_with("train_"));
    assert_eq!(run.task("").name().len(), 36);
}

#[test]
fn open_tasks_end_with_their_run_and_stop_after_that_finds_nothing() {
    let fake = machine();
    let hub = hub(&fake);
    let run = Tracker::new(&hub, Config::default()).start();
    let task = run.task("forgotten");
    pass(&fake, &hub, 2.0);
    let outcome = run.stop();
    assert_eq!(outcome.tasks.len(), 1);
    close(outcome.tasks[0].cpu_energy * 3.6e6, 200.0, 1e-6);
    assert!(task.stop().is_none());
}

/// Keeps what it is sent; fails when told to.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<(EmissionsRecord, EmissionsRecord)>>>, bool);

impl Sink for Kept {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        if self.1 {
            return Err(SinkError::new("broken", std::io::Error::other("disk on fire")));
        }
        self.0.lock().unwrap().push((total.clone(), delta.clone()));
        Ok(Delivery::default())
    }

    fn task_out(&mut self, _: &[TaskRecord], name: &str) -> Result<Delivery, SinkError> {
        assert_eq!(name, "base");
        Ok(Delivery::default())
    }
}

#[test]
fn deltas_add_up_to_the_total_and_a_broken_sink_stops_nobody() {
    let fake = machine();
    let hub = hub(&fake);
    let kept = Kept::default();
    let broken = Kept(Arc::default(), true);
    let mut run = Tracker::new(&hub, Config::default())
        .with_sink(Box::new(broken))
        .with_sink(Box::new(kept.clone()))
        .start();
    pass(&fake, &hub, 3.0);
    let first = run.flush().unwrap();
    assert!(first.warnings.iter().any(|w| w.contains("disk on fire")), "{:?}", first.warnings);
    pass(&fake, &hub, 4.0);
    run.stop();
    let sent = kept.0.lock().unwrap();
    assert_eq!(sent.len(), 2);
    let total = &sent[1].0;
    let deltas: f64 = sent.iter().map(|(_, delta)| delta.cpu_energy).sum();
    close(deltas, total.cpu_energy, 1e-12);
    close(sent[1].1.duration, 4.0, 1e-9);
}

#[test]
fn a_run_that_is_dropped_still_writes_its_record() {
    let fake = machine();
    let hub = hub(&fake);
    let kept = Kept::default();
    let run = Tracker::new(&hub, Config::default()).with_sink(Box::new(kept.clone())).start();
    pass(&fake, &hub, 3.0);
    drop(run);
    close(kept.0.lock().unwrap()[0].0.cpu_energy * 3.6e6, 300.0, 1e-6);
}

#[test]
fn a_run_that_is_discarded_tells_nobody() {
    let fake = machine();
    let kept = Kept::default();
    let run =
        Tracker::new(&hub(&fake), Config::default()).with_sink(Box::new(kept.clone())).start();
    let task = run.task("never began");
    run.discard();
    assert!(kept.0.lock().unwrap().is_empty());
    drop(task);
}

/// Looks at its run when asked, and has a last word.
#[derive(Clone, Default)]
struct Looking(Arc<Mutex<Option<Observer>>>);

impl Sink for Looking {
    fn begin(&mut self, run: &Observer) {
        *self.0.lock().unwrap() = Some(run.clone());
    }

    fn out(&mut self, _: &EmissionsRecord, _: &EmissionsRecord) -> Result<Delivery, SinkError> {
        Ok(Delivery::default())
    }

    fn exit(&mut self) -> Vec<String> {
        vec!["one record did not arrive".to_owned()]
    }
}

#[test]
fn a_sink_can_look_at_its_run_from_any_thread_until_it_ends() {
    let fake = machine();
    let hub = hub(&fake);
    let sink = Looking::default();
    let run = Tracker::new(&hub, Config::default()).with_sink(Box::new(sink.clone())).start();
    let observer = sink.0.lock().unwrap().take().expect("a sink hears of the start");
    pass(&fake, &hub, 3.0);
    let seen = std::thread::scope(|scope| scope.spawn(|| observer.record()).join().unwrap());
    close(seen.unwrap().cpu_energy * 3.6e6, 300.0, 1e-6);
    run.stop();
    assert_eq!(observer.record(), None);
}

#[test]
fn the_last_word_of_a_sink_is_a_warning_of_the_outcome() {
    let fake = machine();
    let hub = hub(&fake);
    let run = Tracker::new(&hub, Config::default()).with_sink(Box::new(Looking::default())).start();
    let warnings = run.stop().warnings;
    assert!(warnings.iter().any(|w| w == "one record did not arrive"), "{warnings:?}");
}

#[test]
fn an_unknown_place_is_the_world_average_said_aloud() {
    let fake = machine();
    let hub = hub(&fake);
    let run = Tracker::new(&hub, Config::default()).start();
    pass(&fake, &hub, 1.0);
    let outcome = run.stop();
    assert_eq!(outcome.factors.grid.zone, "WORLD");
    assert!(outcome.factors.grid.assumed);
    assert!(outcome.warnings.iter().any(|w| w.contains("world average")));
    assert_eq!(outcome.record.country_iso_code, None);
}

#[test]
fn the_sampler_thread_serves_any_number_of_runs_and_ends_with_the_hub() {
    let fake = machine();
    let machine = crate::support::machine(&fake);
    let hub = Hub::new(
        Machine { clock: Arc::new(carbon_sensors::SystemClock), ..machine },
        Sampling::Thread,
    );
    let settings = config(&[("sampling_interval_s", "0.005")]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let run = Tracker::new(&hub, settings.clone()).start();
                    let task = run.task("t");
                    assert!(task.stop().is_some());
                    assert!(run.stop().record.duration >= 0.0);
                }
            });
        }
    });
    let run = Tracker::new(&hub, settings).start();
    let before = run.peek().unwrap().report.self_cost.samples;
    // The fake machine stands still, but the thread samples it on real time.
    let deadline = Duration::from_secs(5);
    let waited = std::iter::repeat_with(|| std::thread::sleep(Duration::from_millis(5)))
        .take((deadline.as_millis() / 5) as usize)
        .position(|()| run.peek().is_some_and(|o| o.report.self_cost.samples > before + 20));
    assert!(waited.is_some(), "the sampler did not tick");
    drop(run);
    drop(hub);
}
