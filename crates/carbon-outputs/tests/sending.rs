//! Records that are posted and logged: what arrives, and what is said when it does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::net::TcpListener;
use std::time::Duration;

use carbon_model::EmissionsRecord;
use carbon_outputs::{HttpSink, LoggerSink};
use carbon_testkit::http::{HttpServer, Reply};
use carbon_tracker::sink::Sink;
use serde_json::Value;

mod example;

/// What the user hears after one record was posted to an endpoint.
fn said(url: &str) -> Vec<String> {
    let mut sink = HttpSink::new(url, None).unwrap();
    let record = example::record("r");
    let mut said = sink.out(&record, &record).unwrap().notices;
    said.extend(sink.exit());
    said
}

#[test]
fn a_record_is_posted_as_json_in_order_with_coarse_coordinates_and_no_user() {
    let server = HttpServer::start(|_| Reply::json(201, "{}"));
    let record = EmissionsRecord {
        longitude: Some(2.352_22),
        latitude: Some(-48.856_61),
        emissions_rate: f64::NAN,
        ..example::record("r")
    };
    let mut sink = HttpSink::new(format!("{}/in?key=1", server.url()), None).unwrap();
    assert_eq!(sink.live_out(&record, &record).unwrap().notices, [""; 0]);
    sink.out(&record, &record).unwrap();
    assert_eq!(sink.exit(), [""; 0]);
    let heard = server.heard();
    let [post] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((post.method.as_str(), post.path.as_str()), ("POST", "/in?key=1"));
    assert_eq!(post.header("content-type"), Some("application/json"));
    let coarse = EmissionsRecord { longitude: Some(2.4), latitude: Some(-48.9), ..record };
    assert_eq!(post.text(), serde_json::to_string(&coarse).unwrap());
    assert!(post.text().contains("\"emissions_rate\":null"));
    let at = |field: &str| post.text().find(&format!("\"{field}\":")).unwrap();
    let places: Vec<usize> = carbon_model::RECORD_FIELDS.iter().map(|name| at(name)).collect();
    assert!(places.is_sorted());
}

#[test]
fn a_user_is_named_only_when_asked_for() {
    let server = HttpServer::start(|_| Reply::new(200, ""));
    let mut sink = HttpSink::new(server.url(), None).unwrap().with_user("me");
    sink.out(&example::record("r"), &example::record("r")).unwrap();
    assert_eq!(sink.exit(), [""; 0]);
    let sent: Value = serde_json::from_str(&server.heard()[0].text()).unwrap();
    assert_eq!(sent["user"], "me");
}

#[test]
fn a_refusal_is_told_with_status_and_the_start_of_the_answer_and_without_secrets() {
    for status in [301, 401, 403, 422, 429, 500, 503] {
        let answer = format!("because {}", "x".repeat(1000));
        let server = HttpServer::start(move |_| Reply::new(status, answer.clone()));
        let url = server.url().replace("http://", "http://user:secret@") + "/path?token=secret";
        let said = said(&url);
        let expected = format!(
            "http: the record was refused: {} answered {status}: because {}",
            server.address(),
            "x".repeat(192)
        );
        assert_eq!(said, [expected]);
        assert_eq!(server.heard().len(), 1, "nothing is tried again, nor at another place");
    }
}

#[test]
fn a_password_in_the_address_is_used() {
    let server = HttpServer::start(|_| Reply::new(201, ""));
    assert_eq!(said(&server.url().replace("http://", "http://user:secret@")), [""; 0]);
    assert_eq!(server.heard()[0].header("authorization"), Some("Basic dXNlcjpzZWNyZXQ="));
}

#[test]
fn a_dead_an_absent_and_a_wrong_endpoint_are_told() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, reason) in [
        (format!("http://{gone}/"), "cannot be reached"),
        ("ftp://somewhere/".to_owned(), "is no address"),
        ("no address".to_owned(), "is no address"),
    ] {
        let said = said(&url);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("http: the record was not sent: "), "{said:?}");
        assert!(said[0].contains(reason), "{said:?}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_told() {
    for bytes in [0, 10, 45] {
        let server = HttpServer::start(move |_| Reply::new(201, "accepted").cut_after(bytes));
        let said = said(&server.url());
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("broke the connection off"), "{said:?}");
    }
}

#[test]
fn a_slow_endpoint_does_not_hold_up_the_record_that_it_is_given() {
    let server = HttpServer::start(|_| Reply::new(500, "late").after(Duration::from_millis(200)));
    let mut sink = HttpSink::new(server.url(), None).unwrap();
    let record = example::record("r");
    // Were they sent one after the other, the second would bring the answer to the first.
    assert_eq!(sink.out(&record, &record).unwrap().notices, [""; 0]);
    assert_eq!(sink.out(&record, &record).unwrap().notices, [""; 0]);
    assert_eq!(sink.exit().len(), 2);
}

#[test]
fn each_record_is_a_line_on_the_stream_live_ones_too() {
    let mut lines = Vec::new();
    let record = EmissionsRecord { emissions_rate: f64::NAN, ..example::record("r") };
    let mut sink = LoggerSink::new(&mut lines);
    sink.live_out(&record, &record).unwrap();
    sink.out(&record, &record).unwrap();
    let text = String::from_utf8(lines).unwrap();
    assert_eq!(text.lines().count(), 2);
    for line in text.lines() {
        assert!(line.starts_with("{\"timestamp\":"), "{line}");
        let read: Value = serde_json::from_str(line).unwrap();
        assert_eq!(read["run_id"], "r");
        assert!(read["emissions_rate"].is_null());
    }
}

#[test]
fn a_stream_that_is_closed_is_a_failure_of_the_sink_alone() {
    let mut full = [0_u8; 4];
    let mut sink = LoggerSink::new(&mut full[..]);
    let record = example::record("r");
    let error = sink.out(&record, &record).unwrap_err();
    assert!(error.to_string().starts_with("logger: "), "{error}");
}
