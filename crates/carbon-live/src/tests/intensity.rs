//! The providers: what is asked, what is taken, and what becomes of every kind of failure.

use std::time::Duration;

use carbon_sensors::Clock;
use carbon_testkit::http::Reply;
use carbon_tracker::Outcome;

use super::support::{Asked, LATEST, Service, close, config, france, latest, machine};

const HOUR: Duration = Duration::from_hours(1);

fn priced_by_the_table(outcome: &Outcome) -> &str {
    close(outcome.factors.grid.intensity.value.g_per_kwh(), 56.039);
    let fault =
        outcome.warnings.iter().find(|warning| warning.contains("is priced by the average"));
    fault.map_or_else(|| panic!("nothing is said: {:?}", outcome.warnings), String::as_str)
}

#[test]
fn electricity_maps_is_asked_by_its_present_names() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, latest(0, 58.765_447_504_659_946));
    let mut asked = Asked::new(&fake, &france(&service));
    asked.pass(Duration::from_mins(30));
    let heard = service.server.heard();
    assert_eq!(heard[0].path, "/v3/carbon-intensity/latest?zone=FR");
    assert_eq!(heard[0].header("auth-token"), Some("hunter2"));
    let outcome = asked.stop();
    // 10 kWh would be 0.58765 kg.
    close(outcome.record.emissions, 0.05 * 0.058_765_447_504_659_946);
    close(outcome.factors.apply(ten_kwh()).emissions.value.kilograms(), 0.587_654_475);
    assert_eq!(outcome.factors.grid.source, "Electricity Maps, hourly, lifecycle");
    assert_eq!(outcome.record.country_iso_code.as_deref(), Some("FRA"));
    let price = &outcome.prices[0];
    assert_eq!(price.value_from_unix_s, Some(1_767_225_600.0));
    assert_eq!(price.provider.unwrap().as_str(), "electricitymaps");
    close(price.energy.kilowatt_hours(), 0.05);
}

fn ten_kwh() -> carbon_model::Interval<carbon_model::Energy> {
    carbon_model::Interval::exact(carbon_model::Energy::from_kilowatt_hours(10.0))
}

#[test]
fn an_estimate_is_called_one_and_has_wider_bounds() {
    let (fake, service) = (machine(""), Service::new());
    let estimated = |is_estimated: bool| {
        Reply::json(
            200,
            format!(
                r#"{{"zone":"FR","carbonIntensity":50,"datetime":"2026-01-01T00:00:00.000Z",
                "isEstimated":{is_estimated},"estimationMethod":"TIME_SLICER_AVERAGE"}}"#
            ),
        )
    };
    let width = |reply: Reply| {
        service.answer(LATEST, reply);
        let mut asked = Asked::new(&fake, &france(&service));
        asked.step();
        fake.advance(Duration::from_mins(1));
        let outcome = asked.stop();
        let grid = outcome.factors.grid.intensity;
        (grid.high.g_per_kwh() / grid.low.g_per_kwh(), outcome.prices[0].estimated.clone())
    };
    let (wide, reason) = width(estimated(true));
    let (narrow, nothing) = width(estimated(false));
    assert!(wide > 1.3 * narrow, "{wide} {narrow}");
    assert_eq!(reason.as_deref(), Some("estimated by the service (TIME_SLICER_AVERAGE)"));
    assert_eq!(nothing, None);
}

#[test]
fn great_britain_is_asked_for_half_hours_without_a_token() {
    let (fake, service) = (machine(""), Service::new());
    let half_hour = |minute: u32, actual: &str| {
        Reply::json(
            200,
            format!(
                r#"{{"data":[{{"from":"2026-01-01T00:{minute:02}Z","to":"2026-01-01T0{}:{:02}Z",
                "intensity":{{"forecast":266,"actual":{actual},"index":"moderate"}}}}]}}"#,
                minute / 30,
                30 - minute,
            ),
        )
    };
    service.answer("/intensity", half_hour(0, "100"));
    let url = service.url();
    let mut asked = Asked::new(
        &fake,
        &config(&[
            ("country_iso_code", "GBR"),
            ("carbon_intensity_provider", "uk"),
            ("uk_carbon_intensity_url", &url),
        ]),
    );
    asked.pass(Duration::from_mins(29));
    service.answer("/intensity", half_hour(30, "null"));
    asked.pass(Duration::from_mins(31));
    let outcome = asked.stop();
    close(outcome.record.emissions, 0.05 * 0.1 + 0.05 * 0.266);
    let sources: Vec<_> = outcome.prices.iter().map(|price| price.estimated.as_deref()).collect();
    assert_eq!(sources, [None, Some("forecast")]);
    assert!(outcome.factors.grid.source.contains("direct"));
    assert_eq!(service.calls(), 2);
    assert!(service.server.heard().iter().all(|heard| heard.header("auth-token").is_none()));
}

#[test]
fn a_file_of_hours_prices_each_hour() {
    let fake = machine("");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grid.csv");
    std::fs::write(
        &path,
        "datetime,g_per_kwh\n2026-01-01T00:00Z,100\n2026-01-01T01:00Z,200\nsoon,1\n\
         2026-01-01T02:00Z,300\n",
    )
    .unwrap();
    let path = path.to_str().unwrap();
    let mut asked =
        Asked::new(&fake, &config(&[("country_iso_code", "FRA"), ("carbon_intensity_file", path)]));
    let mut sums = Vec::new();
    for _ in 0..3 {
        asked.pass(HOUR);
        sums.push(asked.run.peek().unwrap().record.emissions);
    }
    // 0.1 kWh an hour.
    for (sum, expected) in sums.iter().zip([0.01, 0.03, 0.06]) {
        close(*sum, expected);
    }
    let outcome = asked.stop();
    assert!(outcome.warnings.iter().any(|w| w.contains("grid.csv:4: \"soon\" is no time")));
    assert_eq!(outcome.prices.len(), 3);
}

#[test]
fn a_file_without_a_value_of_now_is_said_and_read_again() {
    let fake = machine("");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grid.csv");
    let text = path.to_str().unwrap().to_owned();
    let config = config(&[
        ("country_iso_code", "FRA"),
        ("carbon_intensity_file", &text),
        ("co2_table", "codecarbon"),
    ]);
    let mut asked = Asked::new(&fake, &config);
    asked.step();
    fake.advance(Duration::from_secs(1));
    assert!(priced_by_the_table(&asked.run.peek().unwrap()).contains("grid.csv"));
    std::fs::write(&path, "datetime,g_per_kwh\n2026-01-01T00:00Z,100\n").unwrap();
    asked.pass(Duration::from_mins(1));
    close(asked.stop().factors.grid.intensity.value.g_per_kwh(), 100.0);
}

/// The first answer, what is said of it, and the pause before the second question; `None` for never.
fn after_one(reply: Reply) -> (String, Option<Duration>) {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, reply);
    let mut asked = Asked::new(&fake, &france(&service));
    asked.step();
    fake.advance(Duration::from_secs(1));
    let outcome = asked.run.peek().unwrap();
    let said = priced_by_the_table(&outcome).to_owned();
    fake.advance(Duration::from_secs(9));
    let mut pause = Duration::from_secs(10);
    while pause <= 3 * HOUR {
        asked.step();
        if service.calls() > 1 {
            return (said, Some(pause));
        }
        let step = if pause < Duration::from_mins(5) { 10 } else { 600 };
        fake.advance(Duration::from_secs(step));
        pause += Duration::from_secs(step);
    }
    (said, None)
}

#[test]
fn a_refused_token_is_said_and_not_tried_again() {
    for status in [401, 403] {
        let (said, again) =
            after_one(Reply::json(status, r#"{"message":"Invalid authentication"}"#));
        assert!(said.contains("token was refused") && said.contains("Invalid authentication"));
        assert!(!said.contains("hunter2"));
        assert_eq!(again, None);
    }
}

#[test]
fn a_service_in_trouble_is_left_alone_for_half_a_minute() {
    for reply in [
        Reply::new(500, "oops"),
        Reply::new(503, ""),
        Reply::new(429, ""),
        Reply::new(200, "<html>captive portal</html>"),
        Reply::json(200, "[]"),
        Reply::json(200, "{}").cut_after(40),
        Reply::json(200, "{}").cut_after(0),
    ] {
        let (said, again) = after_one(reply.clone());
        assert!(said.starts_with("Electricity Maps gave no intensity"), "{said}");
        assert_eq!(again, Some(Duration::from_secs(30)), "{reply:?}");
    }
}

#[test]
fn a_service_that_says_when_to_come_again_is_obeyed() {
    let (_, again) = after_one(Reply::new(429, "").header("retry-after", "120"));
    assert_eq!(again, Some(Duration::from_mins(2)));
}

#[test]
fn values_that_no_grid_has_or_that_are_not_of_now_are_not_taken() {
    let value = |zone: &str, intensity: &str, datetime: &str| {
        Reply::json(
            200,
            format!(r#"{{"zone":"{zone}","carbonIntensity":{intensity},"datetime":"{datetime}"}}"#),
        )
    };
    let now = "2026-01-01T00:00:00.000Z";
    for (reply, why) in [
        (value("FR", "-1", now), "-1 g/kWh is no intensity"),
        (value("FR", "99999", now), "99999 g/kWh is no intensity"),
        (value("FR", "null", now), "no value for FR"),
        (value("FR", "\"50\"", now), "none of its kind"),
        (value("FR", "50", "today"), "\"today\" is no time"),
        (value("FR", "50", "2025-12-30T00:00:00.000Z"), "not now"),
        (value("FR", "50", "2026-01-02T00:00:00.000Z"), "not now"),
        (value("US", "50", now), "asked for the zone FR, it answers for \"US\""),
    ] {
        let (said, _) = after_one(reply);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn pauses_double_up_to_an_hour_and_an_answer_ends_them() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, Reply::new(500, ""));
    let mut asked = Asked::new(&fake, &france(&service));
    let mut gaps = Vec::new();
    let mut gap = 0;
    while gaps.len() < 10 {
        let calls = service.calls();
        asked.step();
        if service.calls() > calls {
            gaps.push(gap);
            gap = 0;
        }
        fake.advance(Duration::from_secs(10));
        gap += 10;
    }
    assert_eq!(gaps, [0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    // It is now after three o'clock.
    service.answer(LATEST, latest(3, 77.0));
    asked.pass(HOUR);
    assert_eq!(service.calls(), 11);
    service.answer(LATEST, Reply::new(500, ""));
    asked.pass(Duration::from_mins(10));
    assert!(service.calls() > 12, "the pause did not begin again at 30 s");
}

#[test]
fn a_clock_that_is_set_back_does_not_silence_the_questions() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, Reply::new(500, ""));
    let mut asked = Asked::new(&fake, &france(&service));
    let wrong = carbon_testkit::FakeClock::at(fake.clock().now());
    wrong.advance(Duration::from_hours(24 * 365));
    asked.means.clock = std::sync::Arc::new(wrong);
    asked.step();
    asked.means.clock = std::sync::Arc::new(fake.clock());
    service.answer(LATEST, latest(0, 50.0));
    asked.pass(Duration::from_mins(2));
    assert_eq!(service.calls(), 2);
    close(asked.stop().factors.grid.intensity.value.g_per_kwh(), 50.0);
}

#[test]
fn nobody_there_costs_a_warning() {
    let (fake, service) = (machine(""), Service::new());
    let config = france(&service);
    drop(service);
    let mut asked = Asked::new(&fake, &config);
    asked.pass(Duration::from_mins(1));
    assert!(priced_by_the_table(&asked.stop()).contains("cannot be reached"));
}

#[test]
fn an_intensity_that_the_user_gave_wins_over_every_service() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(LATEST, latest(0, 50.0));
    let mut config = france(&service);
    config.set("force_carbon_intensity_g_co2e_kwh", "10").unwrap();
    let mut asked = Asked::new(&fake, &config);
    asked.pass(HOUR);
    let outcome = asked.stop();
    close(outcome.record.emissions, 0.1 * 0.01);
    assert!(outcome.prices.is_empty());
    assert_eq!(service.calls(), 0);
}
