//! Tests of what a journal tells: it is what the run came to, bounded, and without secrets.

use carbon_model::{Energy, Gap, GapReason};
use carbon_outputs::JsonReport;
use carbon_sensors::gpu::GpuLibraries;
use carbon_testkit::{Machine, machines};
use carbon_tracker::config::IntensityProvider;
use carbon_tracker::live::PriceUsed;
use carbon_tracker::location::KnownBy;
use carbon_tracker::{Hub, Machine as Tracked, Sampling, Tracker};

use super::*;

/// What a run on a server with memory counters comes to, with a task.
fn outcome() -> Outcome {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let mut tracked = Tracked::at(machine.sysroot());
    tracked.gpu_libraries = GpuLibraries::default();
    let hub = Hub::new(tracked, Sampling::Manual);
    let mut config = Config::default();
    for (key, value) in [("country_iso_code", "FRA"), ("pue", "1.3"), ("tracking_mode", "process")]
    {
        assert_eq!(config.set(key, value), Ok(true));
    }
    let run = Tracker::new(&hub, config).start();
    run.task("é \"quoted\"").stop().unwrap();
    let mut outcome = run.stop();
    outcome.report.gaps = vec![
        Gap {
            meter: "package-0".into(),
            from_s: 0.5,
            to_s: 1.0,
            reason: GapReason::Suspended,
            bridged: false,
        },
        Gap {
            meter: "package-1".into(),
            from_s: 0.25,
            to_s: 0.75,
            reason: GapReason::ReadFailed("denied".into()),
            bridged: true,
        },
    ];
    outcome.prices = vec![PriceUsed {
        provider: Some(IntensityProvider::Uk),
        value_from_unix_s: Some(1.5),
        estimated: None,
        grid: outcome.factors.grid.clone(),
        from_unix_s: 1.0,
        until_unix_s: 2.0,
        energy: Energy::from_joules(0.1 + 0.2),
        values: 2,
    }];
    outcome.location.known_by = KnownBy::TimeZone("Europe/Paris".into());
    outcome
}

/// Equal but for the last digit of numbers, which reading JSON may miss.
fn assert_like(read: &str, written: &str) {
    let tokens = |text: &str| -> Vec<String> {
        text.split_inclusive([',', ':', '[', ']', '{', '}', '\n']).map(str::to_owned).collect()
    };
    let number = |token: &str| token.trim_matches([' ', ',', '\n', ']', '}']).parse::<f64>();
    let (read, written) = (tokens(read), tokens(written));
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(&written) {
        match (number(read), number(written)) {
            (Ok(a), Ok(b)) => assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} is not {b}"),
            _ => assert_eq!(read, written),
        }
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    let outcome = outcome();
    let read: Outcome = from_payload(&payload(&outcome)).unwrap();
    assert_eq!(read.record.run_id, outcome.record.run_id);
    assert_eq!(read.task_ends, outcome.task_ends);
    assert_like(&JsonReport::new(&read).pretty(), &JsonReport::new(&outcome).pretty());
    assert!(read.report.process.is_some() && read.report.gaps.len() == 2);
}

#[test]
fn a_state_leaves_tasks_to_themselves_and_is_bounded() {
    let mut long = outcome();
    long.report.gaps = vec![long.report.gaps[0].clone(); 5_000];
    long.report.gaps[4_999].from_s = 77.0;
    long.warnings = vec!["again".into(); 5_000];
    let state = State::of(long);
    assert!(payload(&state).len() < 64 << 10);
    assert_eq!(state.outcome.report.gaps.last().map(|gap| gap.from_s), Some(77.0));
    assert!(state.outcome.tasks.is_empty());
}

#[test]
fn what_a_later_version_adds_and_an_older_one_lacks_is_no_obstacle() {
    let mut value = outcome().put();
    let record = value["record"].as_object_mut().unwrap();
    record.insert("emissions_rate".into(), Value::Null);
    value["added"] = Value::from("later");
    value.as_object_mut().unwrap().remove("prices");
    value["report"].as_object_mut().unwrap().remove("wall");
    let read = Outcome::take(&value).unwrap();
    assert_eq!((read.record.emissions_rate, read.report.wall), (0.0, Duration::ZERO));
    assert!(read.prices.is_empty());
    assert!(Outcome::take(&Value::from(3)).is_none());
}

#[test]
fn no_secret_is_kept() {
    let mut config = Config::default();
    for (key, value) in [
        ("api_key", "cpt_secret"),
        ("api_endpoint", "https://me:secret@api.example/v1?token=secret"),
        ("emissions_endpoint", "https://secret@host:8080/in#secret"),
        ("electricitymaps_api_token", "secret"),
        ("otlp_headers", "a=secret"),
    ] {
        assert_eq!(config.set(key, value), Ok(true));
    }
    let outputs = Outputs::of(&config, Path::new("/home/me"));
    let written = String::from_utf8(payload(&outputs)).unwrap();
    assert!(!written.contains("secret"), "{written}");
    assert_eq!(outputs.api_endpoint, "https://api.example/v1");
    assert_eq!(outputs.emissions_endpoint.as_deref(), Some("https://host:8080/in"));
    assert_eq!(from_payload::<Outputs>(written.as_bytes()), Some(outputs));
}
