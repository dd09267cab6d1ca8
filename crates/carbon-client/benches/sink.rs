//! What the API output costs the program that is measured: the start of a run, a record, the end of a
//! run without waiting and with it, against a server on loopback and against nobody.
//!
//! `cargo bench -p carbon-client` prints medians and the 99th percentile in µs.

#![expect(clippy::print_stdout, reason = "it is what a benchmark is for")]

use std::time::Duration;

use carbon_client::{ApiSettings, ApiSink, CallLimits, Outbox, OutboxSettings};
use carbon_model::EmissionsRecord;
use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::http::{HttpServer, Reply};
use carbon_tracker::config::Secret;
use carbon_tracker::sink::Sink;

const RUNS: usize = 2000;

fn main() {
    let server = HttpServer::start(|heard| match heard.path.as_str() {
        "/runs" => Reply::json(201, r#"{"id":"4b0f9a63-0a6a-4b8e-9c8e-5d0a5c1b2a3f"}"#),
        _ => Reply::json(201, "\"id\""),
    });
    let places = [
        ("server answers, no wait", server.url(), Duration::ZERO),
        ("server answers, wait 5 s", server.url(), Duration::from_secs(5)),
        ("connection refused, no wait", "http://127.0.0.1:9".to_owned(), Duration::ZERO),
        ("connection refused, wait 5 s", "http://127.0.0.1:9".to_owned(), Duration::from_secs(5)),
    ];
    println!("{:<30} {:>12} {:>12} {:>12}   µs, median (99 %)", "", "start", "record", "end");
    for (name, endpoint, stop_wait) in places {
        let directory = tempfile::tempdir().expect("a place for a spool");
        let outbox = Outbox::new(OutboxSettings {
            directory: Some(directory.path().to_owned()),
            ..OutboxSettings::default()
        });
        let mut first = [0.0; 3];
        let mut costs: [Vec<f64>; 3] = Default::default();
        for run in 0..RUNS {
            let settings = ApiSettings {
                endpoint: endpoint.clone(),
                token: Some(Secret::new("cpt_0123456789012345678901234567890123456789012")),
                experiment_id: "5b0fa12a-3dd7-45bb-9766-cc326314d9f1".to_owned(),
                limits: CallLimits::default(),
                stop_wait,
                spool: None,
                about: serde_json::Map::new(),
            };
            let mut sink = ApiSink::over(outbox.clone(), settings);
            let record = record(&format!("00000000-0000-4000-8000-{run:012}"));
            let took = [
                micros(|| sink.prepare()),
                micros(|| drop(sink.out(&record, &record).expect("it takes all"))),
                micros(|| drop(sink.exit())),
            ];
            if run == 0 {
                first = took;
            }
            costs.iter_mut().zip(took).for_each(|(costs, took)| costs.push(took));
            // As a program does something between two runs.
            std::thread::sleep(Duration::from_micros(200));
        }
        print!("{name:<30}");
        for costs in &mut costs {
            costs.sort_by(f64::total_cmp);
            print!(" {:>5.1} ({:>4.0})", costs[RUNS / 2], costs[RUNS * 99 / 100]);
        }
        println!("   first: {:.0}, {:.0}, {:.0}", first[0], first[1], first[2]);
        outbox.close(Duration::from_secs(5));
    }
}

fn micros(work: impl FnOnce()) -> f64 {
    let start = SystemClock.monotonic();
    work();
    SystemClock.monotonic().saturating_sub(start).as_secs_f64() * 1e6
}

fn record(run_id: &str) -> EmissionsRecord {
    EmissionsRecord {
        timestamp: "2026-11-22T10:00:00".into(),
        project_name: "codecarbon".into(),
        run_id: run_id.into(),
        experiment_id: String::new(),
        duration: 2.0,
        emissions: 1.0,
        emissions_rate: 0.5,
        cpu_power: 40.123_456,
        gpu_power: 300.654_321,
        ram_power: 5.5,
        cpu_energy: 0.012_345_678,
        gpu_energy: 0.123_456_789,
        ram_energy: 0.001_234_567,
        energy_consumed: 0.137_037_034,
        water_consumed: 0.0,
        country_name: Some("France".into()),
        country_iso_code: Some("FRA".into()),
        region: None,
        cloud_provider: String::new(),
        cloud_region: String::new(),
        os: "Linux-6.1.0-x86_64-with-glibc2.36".into(),
        python_version: "3.11.7".into(),
        codecarbon_version: "0.1.0".into(),
        cpu_count: 8,
        cpu_model: "AMD EPYC 9654 96-Core Processor".into(),
        gpu_count: 2,
        gpu_model: "2 x NVIDIA H100 80GB HBM3".into(),
        longitude: Some(2.3),
        latitude: Some(48.9),
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
