//! Each joule has the price of its time, in runs and tasks, for machines and processes.

use std::sync::Mutex;
use std::time::Duration;

use carbon_sensors::{CpuTree, ReadError, TreeReading};
use carbon_testkit::http::Reply;
use carbon_tracker::Billing;
use carbon_tracker::live::Price;

use super::support::{Asked, LATEST, Service, close, config, france, latest, machine};

const HOUR: Duration = Duration::from_hours(1);

#[test]
fn the_price_changes_at_the_hour_for_the_run_and_its_open_tasks() {
    let (fake, service) = (machine(""), Service::new());
    fake.advance(Duration::from_mins(40));
    service.answer(LATEST, latest(0, 400.0));
    let mut asked = Asked::new(&fake, &france(&service));
    asked.pass(Duration::from_mins(10));
    let task = asked.run.task("across the hour");
    asked.pass(Duration::from_mins(9));
    service.answer(LATEST, latest(1, 100.0));
    asked.pass(Duration::from_mins(31));
    let task = task.stop().unwrap();
    let late = asked.run.task("after it");
    asked.pass(Duration::from_mins(10));
    let late = late.stop().unwrap();
    let outcome = asked.stop();
    // 100 W: the run has 20 minutes of the first hour and 40 of the second.
    close(outcome.record.emissions, (20.0 * 400.0 + 40.0 * 100.0) / 60.0 * 0.1 / 1000.0);
    close(task.record.emissions, (10.0 * 400.0 + 30.0 * 100.0) / 60.0 * 0.1 / 1000.0);
    close(late.record.emissions, 10.0 * 100.0 / 60.0 * 0.1 / 1000.0);
    close(outcome.tasks[0].emissions, task.record.emissions);
    close(outcome.prices[0].energy.joules(), 20.0 * 60.0 * 100.0);
    close(outcome.prices[1].energy.joules(), 40.0 * 60.0 * 100.0);
    assert_eq!(service.calls(), 2);
    assert!(!outcome.warnings.iter().any(|w| w.contains("priced")), "{:?}", outcome.warnings);
}

#[test]
fn uneven_power_is_weighted_by_energy_and_not_by_time() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, latest(0, 400.0));
    let mut asked = Asked::new(&fake, &france(&service));
    asked.pass(Duration::from_mins(59));
    service.answer(LATEST, latest(1, 100.0));
    asked.pass(Duration::from_mins(1));
    fake.power("sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj", 260.0);
    asked.pass(HOUR);
    close(asked.stop().record.emissions, (0.1 * 400.0 + 0.3 * 100.0) / 1000.0);
}

/// Worked case A15 of the measurement specification, at 500 W.
#[test]
fn half_a_kilowatt_hour_at_each_of_two_prices() {
    let (fake, service) = (machine(""), Service::new());
    for (zone, watts) in [("intel-rapl:0", 300.0), ("intel-rapl:1", 200.0)] {
        fake.power(&format!("sys/devices/virtual/powercap/intel-rapl/{zone}/energy_uj"), watts);
    }
    service.answer(LATEST, latest(0, 400.0));
    let mut config = france(&service);
    config.set("pue", "1.5").unwrap();
    config.set("wue", "2").unwrap();
    let mut asked = Asked::new(&fake, &config);
    asked.pass(Duration::from_mins(30));
    service.answer(LATEST, latest(1, 100.0));
    asked.pass(Duration::from_mins(90));
    let outcome = asked.stop();
    close(outcome.footprint.it_energy.value.kilowatt_hours(), 1.0);
    close(outcome.record.energy_consumed, 1.5);
    close(outcome.record.emissions, 0.375);
    close(outcome.record.water_consumed, 2.0);
    let [first, second] = &outcome.prices[..] else { panic!("{:?}", outcome.prices) };
    close(first.energy.kilowatt_hours(), 0.5);
    close(second.energy.kilowatt_hours(), 0.5);
}

#[test]
fn the_first_answer_holds_from_the_start_and_for_tasks_that_have_ended() {
    let (fake, service) = (machine(""), Service::new());
    let mut asked = Asked::new(&fake, &france(&service));
    let early = asked.run.task("before the answer");
    fake.advance(Duration::from_secs(2));
    let early = early.stop().unwrap();
    close(early.record.emissions, 200.0 / 3.6e6 * 0.056_039);
    service.answer(LATEST, latest(0, 400.0));
    asked.pass(Duration::from_secs(8));
    let outcome = asked.stop();
    close(outcome.record.emissions, 1000.0 / 3.6e6 * 0.4);
    close(outcome.tasks[0].emissions, 200.0 / 3.6e6 * 0.4);
}

#[test]
fn what_was_sent_is_not_priced_again_so_sums_never_go_down() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, Reply::new(503, ""));
    let mut asked = Asked::new(&fake, &france(&service));
    asked.pass(Duration::from_mins(10));
    let sent = asked.run.flush_live().unwrap().record.emissions;
    let seen = asked.run.observer();
    service.answer(LATEST, latest(0, 1.0));
    asked.pass(Duration::from_mins(10));
    let more = seen.record().unwrap().emissions;
    close(sent, 0.1 / 6.0 * 0.056_039);
    close(more, sent + 0.1 / 6.0 * 0.001);
    let outcome = asked.stop();
    assert!(outcome.record.emissions >= more);
    let said = outcome.warnings.iter().find(|w| w.contains("part of the run (50.0 %"));
    assert!(said.is_some(), "{:?}", outcome.warnings);
}

#[test]
fn two_hours_without_an_answer_are_bridged_and_the_rest_is_the_tables() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, latest(0, 400.0));
    let mut asked = Asked::new(&fake, &france(&service));
    asked.pass(Duration::from_mins(1));
    service.answer(LATEST, Reply::new(500, ""));
    asked.pass(Duration::from_mins(239));
    let outcome = asked.stop();
    close(outcome.record.emissions, 0.3 * 0.4 + 0.1 * 0.056_039);
    assert!(outcome.factors.grid.source.contains("Electricity Maps"));
}

/// A process that has used half a CPU second of each second so far.
struct Half<'a>(&'a Mutex<f64>);

impl CpuTree for Half<'static> {
    fn read(&mut self, _with_members: bool) -> Result<TreeReading, ReadError> {
        Ok(TreeReading { cpu_s: *self.0.lock().unwrap(), ..TreeReading::default() })
    }
}

#[test]
fn a_process_is_billed_its_own_energy_at_the_price_of_its_time() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, latest(0, 400.0));
    let mut config = france(&service);
    config.set("tracking_mode", "process").unwrap();
    let mut asked = Asked::new(&fake, &config);
    let used: &'static Mutex<f64> = Box::leak(Box::default());
    asked.run = carbon_tracker::Tracker::new(&asked.hub, config)
        .with_feed(Some(asked.feed.clone()))
        .start_billed(Billing::Tree(Box::new(Half(used))));
    fake.set_load(0.5);
    let pass = |asked: &mut Asked<'_>, seconds: u64, share: f64| {
        for _ in 0..seconds {
            // Eight CPUs, half of them busy.
            *used.lock().unwrap() += 4.0 * share;
            asked.pass(Duration::from_secs(1));
        }
    };
    asked.pass(Duration::from_mins(59));
    pass(&mut asked, 50, 1.0);
    service.answer(LATEST, latest(1, 100.0));
    pass(&mut asked, 70, 0.5);
    let outcome = asked.stop();
    let energy: f64 = outcome.prices.iter().map(|price| price.energy.joules()).sum();
    close(energy, outcome.report.billed_energy().value.joules());
    let grams: f64 = outcome
        .prices
        .iter()
        .map(|p| p.energy.kilowatt_hours() * p.grid.intensity.value.g_per_kwh())
        .sum();
    close(outcome.record.emissions * 1000.0, grams);
    assert_eq!(outcome.prices.len(), 2);
    let (first, second) = (outcome.prices[0].energy.joules(), outcome.prices[1].energy.joules());
    assert!(second > 0.0 && first > second, "{first} {second}");
    assert!(outcome.report.machine_energy().value.joules() > energy);
}

#[test]
fn a_thousand_cuts_change_nothing() {
    let fake = machine("");
    let asked = Asked::new(
        &fake,
        &config(&[("country_iso_code", "FRA"), ("carbon_intensity_provider", "uk")]),
    );
    asked.feed.prices_are(
        (0..3).map(|hour| Price {
            provider: carbon_tracker::config::IntensityProvider::File,
            from: Duration::from_hours(20_454 * 24 + hour),
            until: Duration::from_hours(20_454 * 24 + hour + 1),
            zone: "EX".to_owned(),
            intensity: carbon_model::Interval::exact(carbon_model::Intensity::from_g_per_kwh(
                100.0 * (hour + 1) as f64,
            )),
            source: "an example".to_owned(),
            estimated: None,
        }),
        Vec::new(),
    );
    for _ in 0..1080 {
        fake.advance(Duration::from_secs(10));
        asked.hub.poll();
        asked.feed.cut();
    }
    close(asked.stop().record.emissions, 0.1 * (0.1 + 0.2 + 0.3));
}
