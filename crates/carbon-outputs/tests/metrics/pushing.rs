//! What goes to a push gateway, and what is said when the gateway does not take it.

use std::time::Duration;

use carbon_outputs::prometheus::{AtEnd, Credentials};
use carbon_outputs::{PushGateway, PushSettings};
use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::http::{HttpServer, Reply};
use carbon_tracker::config::Secret;
use carbon_tracker::sink::Sink;

use crate::example::record;
use crate::programs::{free_address, wait_for};

fn settings(url: &str) -> PushSettings {
    PushSettings { stop_wait: Duration::from_secs(5), ..PushSettings::new(url, "job") }
}

/// What the user hears when one record is pushed and the run ends.
fn said(settings: PushSettings) -> Vec<String> {
    let mut sink = PushGateway::new(settings).unwrap();
    let mut said = sink.out(&record("r"), &record("r")).unwrap().notices;
    said.extend(sink.exit());
    said
}

#[test]
fn a_run_is_put_as_a_group_of_its_own_with_credentials_that_deleting_needs_too() {
    let server = HttpServer::start(|_| Reply::new(202, ""));
    let credentials = Credentials { user: "u".into(), password: Secret::new("p") };
    let given = PushSettings {
        credentials: Some(credentials),
        at_end: AtEnd::Delete,
        ..settings(server.url().trim_start_matches("http://"))
    };
    let mut sink = PushGateway::new(given).unwrap();
    assert_eq!(sink.live_out(&record("r"), &record("r")).unwrap().notices, [""; 0]);
    wait_for("the metrics", || (server.heard().len() == 1).then_some(()));
    assert_eq!(sink.exit(), [""; 0]);
    let heard = server.heard();
    let [put, delete] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((put.method.as_str(), put.path.as_str()), ("PUT", "/metrics/job/job/run_id/r"));
    assert_eq!(put.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert!(put.text().contains("\ncodecarbon_energy_joules_total{"), "{}", put.text());
    assert_eq!((delete.method.as_str(), &delete.path), ("DELETE", &put.path));
    for request in [put, delete] {
        assert_eq!(request.header("authorization"), Some("Basic dTpw"));
    }
}

#[test]
fn the_last_figures_stay_and_say_that_the_run_is_over() {
    let server = HttpServer::start(|_| Reply::new(200, ""));
    assert_eq!(said(settings(&server.url())), [""; 0]);
    let heard = server.heard();
    assert!(heard.iter().all(|request| request.method == "PUT"), "{heard:?}");
    let last = heard.last().unwrap().text();
    assert!(last.contains("codecarbon_run_active{run_id=\"r\",project_name=\"codecarbon\"} 0.0"));
    assert!(last.contains("codecarbon_energy_joules_total{"));
}

#[test]
fn a_gateway_that_refuses_is_quoted_once_and_not_asked_again() {
    for status in [400, 401, 403, 500] {
        let server = HttpServer::start(move |_| Reply::new(status, "no such luck"));
        let said = said(settings(&server.url()));
        let [only] = said.as_slice() else { panic!("{status}: {said:?}") };
        assert!(only.contains("the last metrics did not arrive"), "{only}");
        assert!(only.contains(&format!("HTTP {status}: no such luck")), "{only}");
        assert!(server.heard().len() <= 2, "{status}: {}", server.heard().len());
    }
}

#[test]
fn a_gateway_that_is_busy_for_a_moment_gets_the_metrics_all_the_same() {
    let server = HttpServer::start({
        let tries = std::sync::atomic::AtomicUsize::new(0);
        move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 | 1 => Reply::new(503, "later").header("retry-after", "3600"),
            _ => Reply::new(200, ""),
        }
    });
    assert_eq!(said(settings(&server.url())), [""; 0]);
    assert!(server.heard().last().unwrap().text().contains("codecarbon_run_active"));
}

#[test]
fn a_gateway_that_is_not_there_costs_a_warning_and_no_time() {
    let begun = SystemClock.monotonic();
    let said = said(settings(&free_address().to_string()));
    let [only] = said.as_slice() else { panic!("{said:?}") };
    assert!(only.contains("cannot be reached"), "{only}");
    assert!(SystemClock.monotonic() < begun + Duration::from_secs(4));
}

#[test]
fn a_slow_gateway_holds_up_the_end_no_longer_than_was_allowed_and_the_caller_never() {
    let server = HttpServer::start(|_| Reply::new(200, "").after(Duration::from_secs(20)));
    let wait = Duration::from_millis(300);
    let mut sink =
        PushGateway::new(PushSettings { stop_wait: wait, ..settings(&server.url()) }).unwrap();
    let begun = SystemClock.monotonic();
    for _ in 0..100 {
        sink.live_out(&record("r"), &record("r")).unwrap();
    }
    assert!(SystemClock.monotonic() < begun + Duration::from_secs(2), "it waits for the gateway");
    let said = sink.exit();
    assert!(SystemClock.monotonic() < begun + Duration::from_secs(5));
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("within 0.3 s"), "{said:?}");
}

#[test]
fn a_gateway_that_breaks_off_in_the_middle_is_a_warning() {
    let server = HttpServer::start(|_| Reply::new(200, "0123456789").cut_after(20));
    let said = said(settings(&server.url()));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("broke the connection off"), "{said:?}");
}

#[test]
fn a_fault_is_told_while_the_run_goes_on_but_only_once() {
    let server = HttpServer::start(|_| Reply::new(401, ""));
    let mut sink = PushGateway::new(settings(&server.url())).unwrap();
    let mut push = || sink.live_out(&record("r"), &record("r")).unwrap().notices;
    let first = wait_for("the fault to be told", || push().pop());
    assert!(first.contains("HTTP 401"), "{first}");
    for heard in 1..5 {
        wait_for("another push", || (server.heard().len() > heard).then_some(()));
        assert_eq!(push(), [""; 0]);
    }
}

#[test]
fn no_message_shows_the_password() {
    let server = HttpServer::start(|_| Reply::new(403, ""));
    let credentials = Credentials { user: "u".into(), password: Secret::new("hidden") };
    let url = server.url().replace("http://", "http://someone:hidden@");
    let given = PushSettings { credentials: Some(credentials), ..settings(&url) };
    let sink = PushGateway::new(given.clone()).unwrap();
    assert!(!format!("{sink:?} {:?}", given.credentials).contains("hidden"));
    let said = said(given);
    assert!(!said.is_empty() && !said.concat().contains("hidden"), "{said:?}");
}
