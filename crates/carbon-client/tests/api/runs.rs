//! Runs for the tests: an outbox in a directory, sinks over it, records to give them.

use std::path::Path;
use std::time::Duration;

use carbon_client::{
    ApiSettings, ApiSink, CallLimits, Outbox, OutboxSettings, SyncReport, SyncSettings, status,
    sync,
};
use carbon_model::EmissionsRecord;
use carbon_sensors::clock::Instant;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::Secret;
use carbon_tracker::sink::Sink;

/// An outbox that keeps its files in a directory.
pub(crate) fn outbox(directory: &Path) -> Outbox {
    Outbox::new(OutboxSettings { directory: Some(directory.to_owned()), ..Default::default() })
}

/// Settings for a server: patience of a second for a call, and 5 s for the end of a run.
pub(crate) fn settings(endpoint: &str) -> ApiSettings {
    ApiSettings {
        endpoint: endpoint.to_owned(),
        token: Some(Secret::new("cpt_secret")),
        experiment_id: "5b0fa12a-3dd7-45bb-9766-cc326314d9f1".to_owned(),
        limits: CallLimits { total: Duration::from_secs(1), authorities: None },
        stop_wait: Duration::from_secs(5),
        spool: None,
        about: serde_json::Map::new(),
    }
}

/// Gives a run of so many rows to a sink and ends it; what it said. Row `i` has `i` kWh and 2 s.
pub(crate) fn run(sink: &mut ApiSink, run_id: &str, rows: u32) -> Vec<String> {
    let mut said = Vec::new();
    for i in 1..=rows {
        let delta = delta(run_id, 2.0, f64::from(i));
        let result =
            if i == rows { sink.out(&delta, &delta) } else { sink.live_out(&delta, &delta) };
        said.extend(result.expect("this sink takes every record").notices);
    }
    said.extend(sink.exit());
    said
}

/// Sends what is left in a directory, with a clock that jumps over the pauses.
pub(crate) fn sync_all(directory: &Path, access: Option<(&str, &str)>) -> SyncReport {
    let settings = SyncSettings {
        limits: CallLimits { total: Duration::from_secs(1), authorities: None },
        access: access.map(|(endpoint, token)| (endpoint.to_owned(), Secret::new(token))),
        tries: 3,
        longest_pause: Duration::from_mins(1),
    };
    // Another test that starts a program holds the locks of all of us until that program is there.
    for _ in 0..50 {
        let is_owned = status(directory).is_ok_and(|s| s.runs.iter().any(|run| run.is_owned));
        if !is_owned {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let clock = Jumping::default();
    sync(directory, &settings, &clock, &mut |pause| clock.jump(pause), &mut |_, _| {})
}

/// The system's clock, with jumps.
#[derive(Debug, Default)]
pub(crate) struct Jumping(std::sync::Mutex<Duration>);

impl Jumping {
    /// Goes forward.
    pub(crate) fn jump(&self, by: Duration) {
        *self.0.lock().expect("one thread") += by;
    }
}

impl Clock for Jumping {
    fn now(&self) -> Instant {
        let (now, ahead) = (SystemClock.now(), *self.0.lock().expect("one thread"));
        Instant { monotonic: now.monotonic + ahead, boot: now.boot + ahead, wall: now.wall + ahead }
    }
}

/// A delta of a run: seconds and kWh, and a tenth of that in kg.
pub(crate) fn delta(run_id: &str, duration: f64, energy: f64) -> EmissionsRecord {
    EmissionsRecord {
        timestamp: "2026-11-22T10:00:00".into(),
        project_name: "p".into(),
        run_id: run_id.into(),
        experiment_id: "e".into(),
        duration,
        emissions: energy / 10.0,
        emissions_rate: energy / 10.0 / duration,
        cpu_power: 40.0,
        gpu_power: 300.0,
        ram_power: 5.0,
        cpu_energy: energy / 4.0,
        gpu_energy: energy / 2.0,
        ram_energy: energy / 4.0,
        energy_consumed: energy,
        water_consumed: 0.0,
        country_name: Some("France".into()),
        country_iso_code: Some("FRA".into()),
        region: None,
        cloud_provider: String::new(),
        cloud_region: String::new(),
        os: "Linux-6.1".into(),
        python_version: String::new(),
        codecarbon_version: "0.1.0".into(),
        cpu_count: 8,
        cpu_model: "AMD EPYC 9654".into(),
        gpu_count: 2,
        gpu_model: "2 x NVIDIA H100".into(),
        longitude: Some(2.352_22),
        latitude: Some(48.856_6),
        ram_total_size: 16.0,
        tracking_mode: "machine".into(),
        cpu_utilization_percent: 12.0,
        gpu_utilization_percent: 90.0,
        ram_utilization_percent: 30.0,
        ram_used_gb: 4.0,
        on_cloud: "N".into(),
        pue: 1.0,
        wue: 0.5,
    }
}
