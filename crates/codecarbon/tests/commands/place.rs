//! Where a run is and what its electricity emits: services on loopback, guesses, and what is said.

use std::time::Duration;

use carbon_sensors::clock::utc_timestamp;
use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::http::{HttpServer, Reply};
use serde_json::Value;

use crate::sandbox::{CODECARBON, MONITOR, Sandbox, stderr, stdout};

/// Electricity Maps as it answers now, in France.
fn electricity_maps(g_per_kwh: f64) -> HttpServer {
    HttpServer::start(move |_| {
        let now = SystemClock.now().wall.as_secs();
        let time = utc(now / 3600);
        let body = format!(r#"{{"zone":"FR","carbonIntensity":{g_per_kwh},"datetime":"{time}"}}"#);
        Reply::json(200, body)
    })
}

/// A time in hours since the Unix epoch.
fn utc(hours: u64) -> String {
    format!("{}.000Z", &utc_timestamp(Duration::from_secs(hours * 3600))[..19])
}

fn report(sandbox: &Sandbox, url: &str) -> (Value, String) {
    let output = sandbox
        .command(CODECARBON)
        .args(["monitor", "--country-iso-code", "FRA", "--electricitymaps-url", url])
        .args([
            "--electricitymaps-api-token",
            "hunter2",
            "--no-csv",
            "--json=out.json",
            "--",
            "true",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = std::fs::read_to_string(sandbox.work().join("out.json")).unwrap();
    assert!(!text.contains("hunter2"));
    (serde_json::from_str(&text).unwrap(), stderr(&output))
}

#[test]
fn a_live_intensity_prices_the_run_and_the_next_process_asks_nothing() {
    let (sandbox, service) = (Sandbox::new(), electricity_maps(77.0));
    for _ in 0..2 {
        let (report, said) = report(&sandbox, &service.url());
        let grid = &report["pricing"]["grid"];
        assert_eq!(grid["g_per_kwh"]["value"], 77.0);
        assert_eq!(grid["source"], "Electricity Maps, hourly, lifecycle");
        assert_eq!(report["pricing"]["prices"][0]["provider"], "electricitymaps");
        assert_eq!(report["place"]["known_by"], "configuration");
        assert!(!said.contains("priced by"), "{said}");
    }
    let heard = service.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].path, "/v3/carbon-intensity/latest?zone=FR");
}

#[test]
fn a_dead_service_costs_a_run_a_warning() {
    let (sandbox, service) = (Sandbox::new(), electricity_maps(77.0));
    let url = service.url();
    drop(service);
    let (report, said) = report(&sandbox, &url);
    assert!(said.contains("cannot be reached"), "{said}");
    assert!(said.contains("is priced by the average of 2024 of France"), "{said}");
    assert_eq!(report["pricing"]["prices"][0]["provider"], Value::Null);
}

#[test]
fn both_programs_guess_the_same_country_and_call_it_a_guess() {
    let sandbox = Sandbox::new();
    for (program, words) in [(MONITOR, &[][..]), (CODECARBON, &["monitor"])] {
        let output = sandbox
            .command(program)
            .args(words)
            .args(["--no-csv", "--location-lookup", "off", "--", "true"])
            .env("TZ", "Europe/Paris")
            .output()
            .unwrap();
        let said = stderr(&output);
        assert!(said.contains("guessed from the time zone Europe/Paris: France"), "{said}");
        assert!(said.contains("Grid: France"), "{said}");
    }
}

#[test]
fn detect_shows_the_place_and_how_it_is_known() {
    let sandbox = Sandbox::new();
    let service = HttpServer::start(|_| {
        Reply::json(200, r#"{"country":"DE","region":"Berlin","loc":"52.5244,13.4105"}"#)
    });
    let detect = |words: &[&str]| {
        let mut command = sandbox.command(CODECARBON);
        command.arg("detect").args(words).env("TZ", "Europe/Paris");
        command.env("CODECARBON_GEO_IP_URL", service.url()).output().unwrap()
    };
    let text = stdout(&detect(&["--location-lookup", "off"]));
    assert!(text.contains("  Country: France (guessed from the time zone Europe/Paris)"), "{text}");
    assert!(service.heard().is_empty());
    let json: Value =
        serde_json::from_str(&stdout(&detect(&["--location-lookup", "ip", "--json"]))).unwrap();
    assert_eq!(json["place"]["known_by"], "address");
    assert_eq!(json["place"]["country_iso_code"], "DEU");
    assert_eq!(json["place"]["latitude"], 52.5);
    assert_eq!(service.heard().len(), 1);
}
