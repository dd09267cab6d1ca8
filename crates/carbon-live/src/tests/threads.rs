//! The desk with its thread, on real time: runs that end at once, and feeds that are shared.

use std::sync::Arc;
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::http::Reply;
use carbon_tracker::{Hub, Machine, Sampling, Tracker};

use super::support::{Service, close, config, machine, means};
use crate::{Desk, Means};

/// A value of the present hour.
fn latest_now(g_per_kwh: f64) -> Reply {
    let hours = SystemClock.now().wall.as_secs() / 3600;
    // Leap years of the calendar, counted from 1 March of the year 0.
    let days = (hours / 24).cast_signed() + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) =
        (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + i64::from(month <= 2);
    let hour = hours % 24;
    let time = format!("{year}-{month:02}-{day:02}T{hour:02}:00:00.000Z");
    let body = format!(r#"{{"zone":"FR","carbonIntensity":{g_per_kwh},"datetime":"{time}"}}"#);
    Reply::json(200, body)
}

fn hub(fake: &carbon_testkit::Machine) -> Hub {
    let machine = Machine { clock: Arc::new(SystemClock), ..Machine::at(fake.sysroot()) };
    Hub::new(machine, Sampling::Manual)
}

fn elapsed(of: impl FnOnce()) -> Duration {
    let began = SystemClock.monotonic();
    of();
    SystemClock.monotonic().saturating_sub(began)
}

#[test]
fn a_run_that_ends_at_once_waits_for_the_answer_and_is_not_billed_for_it() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(super::support::LATEST, latest_now(77.0).after(Duration::from_millis(150)));
    let config = config(&[
        ("country_iso_code", "FRA"),
        ("electricitymaps_api_token", "x"),
        ("electricitymaps_url", &service.url()),
    ]);
    let desk = Desk::new(Means { clock: Arc::new(SystemClock), ..means(&fake) });
    let hub = hub(&fake);
    for _ in 0..3 {
        let feed = desk.feed(&config, false);
        let outcome = Tracker::new(&hub, config.clone()).with_feed(feed).start().stop();
        close(outcome.factors.grid.intensity.value.g_per_kwh(), 77.0);
        assert!(outcome.record.duration < 0.1);
    }
    assert_eq!(service.calls(), 1);
}

#[test]
fn a_service_that_hangs_costs_all_runs_of_a_process_a_second_together() {
    let (fake, service) = (machine(""), Service::new());
    service.answer(super::support::LATEST, latest_now(77.0).after(Duration::from_secs(20)));
    let config = config(&[
        ("country_iso_code", "FRA"),
        ("electricitymaps_api_token", "x"),
        ("electricitymaps_url", &service.url()),
    ]);
    let desk = Desk::new(Means { clock: Arc::new(SystemClock), ..means(&fake) });
    let hub = hub(&fake);
    let took = elapsed(|| {
        for _ in 0..5 {
            let feed = desk.feed(&config, false);
            let outcome = Tracker::new(&hub, config.clone()).with_feed(feed).start().stop();
            let said = outcome.warnings.iter().any(|w| w.contains("is priced by the average"));
            assert!(said, "{:?}", outcome.warnings);
        }
        drop(desk);
    });
    assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&took), "{took:?}");
}

#[test]
fn nothing_to_ask_is_no_feed_and_a_guess_needs_no_thread() {
    let fake = machine("== etc/localtime -> /usr/share/zoneinfo/Europe/Paris\n");
    let desk = Desk::new(means(&fake));
    assert!(desk.feed(&config(&[("country_iso_code", "FRA")]), true).is_none());
    let forced = [
        ("country_iso_code", "FRA"),
        ("force_carbon_intensity_g_co2e_kwh", "1"),
        ("electricitymaps_api_token", "x"),
    ];
    assert!(desk.feed(&config(&forced), true).is_none());
    let mut nowhere = config(&[]);
    nowhere.sysroot = fake.path("");
    let feed = desk.feed(&nowhere, false).unwrap();
    assert!(!feed.is_awaited());
    assert_eq!(feed.place().unwrap().country.as_deref(), Some("FRA"));
    assert!(Arc::ptr_eq(&feed, &desk.feed(&nowhere, false).unwrap()));
    let (place, remarks) = desk.place_now(&nowhere, false);
    assert_eq!((place.as_ref(), remarks), (feed.place().as_deref(), Vec::new()));
}
