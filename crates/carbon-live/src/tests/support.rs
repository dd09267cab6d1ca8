//! A fake machine with a run on it, a service, and the questions of the run's feed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_sensors::Clock;
use carbon_testkit::http::{Heard, HttpServer, Reply};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::config::Config;
use carbon_tracker::live::{Feed, Questions};
use carbon_tracker::location::is_told;
use carbon_tracker::{Hub, Machine, Outcome, Run, Sampling, Tracker};

use crate::inquiry::Inquiry;
use crate::place::PlaceQuestion;
use crate::{Addresses, Means, choice};

const RAPL: &str = "sys/devices/virtual/powercap/intel-rapl";

/// A service that answers what a test wants, by the path without its query.
pub(super) struct Service {
    pub(super) server: HttpServer,
    answers: Arc<Mutex<Vec<(String, Reply)>>>,
}

impl Service {
    pub(super) fn new() -> Self {
        let answers: Arc<Mutex<Vec<(String, Reply)>>> = Arc::default();
        let known = Arc::clone(&answers);
        let server = HttpServer::start(move |heard: &Heard| {
            let path = heard.path.split('?').next().unwrap_or_default();
            let known = known.lock().unwrap();
            let reply = known.iter().rev().find(|(asked, _)| asked == path);
            reply.map_or_else(|| Reply::new(404, ""), |(_, reply)| reply.clone())
        });
        Self { server, answers }
    }

    pub(super) fn answer(&self, path: &str, reply: Reply) {
        self.answers.lock().unwrap().push((path.to_owned(), reply));
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) fn calls(&self) -> usize {
        self.server.heard().len()
    }
}

/// A machine that draws exactly 100 W, its clock at midnight of 1 January 2026, UTC.
pub(super) fn machine(extra: &str) -> FakeMachine {
    let fake = FakeMachine::load(&format!("{}\n{extra}", machines::SERVER_TWO_SOCKET_DRAM));
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

/// What asks, beside the machine: nothing kept, nothing known, nobody to be asked but by URL.
pub(super) fn means(fake: &FakeMachine) -> Means {
    let nobody = || "http://127.0.0.1:1".to_owned();
    Means {
        clock: Arc::new(fake.clock()),
        addresses: Addresses { aws: nobody(), azure: nobody(), gcp: nobody() },
        ..Means::default()
    }
}

pub(super) fn config(settings: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    for (key, value) in settings {
        assert_eq!(config.set(key, value), Ok(true), "{key}");
    }
    config
}

/// A run on a fake machine and the questions of its feed.
pub(super) struct Asked<'a> {
    pub(super) fake: &'a FakeMachine,
    pub(super) hub: Hub,
    pub(super) means: Means,
    pub(super) feed: Arc<Feed>,
    pub(super) inquiry: Inquiry,
    pub(super) run: Run,
}

impl<'a> Asked<'a> {
    pub(super) fn new(fake: &'a FakeMachine, config: &Config) -> Self {
        Self::with(fake, config, means(fake), false)
    }

    pub(super) fn with(
        fake: &'a FakeMachine,
        config: &Config,
        means: Means,
        by_address: bool,
    ) -> Self {
        let machine = Machine {
            clock: Arc::new(fake.clock()),
            perf: Arc::new(carbon_testkit::FakePerf::of(fake)),
            ..Machine::at(fake.sysroot())
        };
        let hub = Hub::new(machine, Sampling::Manual);
        let mut on_fake = config.clone();
        on_fake.sysroot = fake.path("");
        let place = (!is_told(config)).then(|| PlaceQuestion::of(&on_fake, by_address));
        let wanted = choice::wanted(config);
        let questions = Questions { place: place.is_some(), prices: wanted.is_some() };
        let feed = Arc::new(Feed::new(questions, || {}));
        let inquiry = Inquiry::new(Arc::clone(&feed), on_fake, place, wanted);
        let run = Tracker::new(&hub, config.clone()).with_feed(Some(Arc::clone(&feed))).start();
        Self { fake, hub, means, feed, inquiry, run }
    }

    /// Does what is due; the wait until the next.
    pub(super) fn step(&mut self) -> Option<Duration> {
        self.inquiry.step(&self.means, &self.means.cache())
    }

    /// Lets time pass as the thread and the sampler would.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.fake.clock().now().wall + time;
        loop {
            let left = end.saturating_sub(self.fake.clock().now().wall);
            let wait = self.step().unwrap_or(left).min(left).min(Duration::from_secs(30));
            if left.is_zero() {
                return;
            }
            self.fake.advance(wait.max(Duration::from_millis(1)));
            self.hub.poll();
        }
    }

    pub(super) fn stop(self) -> Outcome {
        self.run.stop()
    }
}

/// A value of Electricity Maps for an hour of 1 January 2026.
pub(super) fn latest(hour: u32, g_per_kwh: f64) -> Reply {
    Reply::json(
        200,
        format!(
            r#"{{"zone":"FR","carbonIntensity":{g_per_kwh},"datetime":"2026-01-01T{hour:02}:00:00.000Z",
            "updatedAt":"2026-01-01T{hour:02}:05:12.345Z","createdAt":"2025-12-29T01:10:00.000Z",
            "emissionFactorType":"lifecycle","isEstimated":false,"estimationMethod":null}}"#
        ),
    )
}

pub(super) const LATEST: &str = "/v3/carbon-intensity/latest";

/// France, priced by Electricity Maps at a service.
pub(super) fn france(service: &Service) -> Config {
    config(&[
        ("country_iso_code", "FRA"),
        ("electricitymaps_api_token", "hunter2"),
        ("electricitymaps_url", &service.url()),
        ("co2_table", "codecarbon"),
    ])
}

#[track_caller]
pub(super) fn close(actual: f64, expected: f64) {
    assert!(
        (actual - expected).abs() <= 1e-6 * expected.abs().max(1e-9),
        "{actual}, not {expected}"
    );
}
