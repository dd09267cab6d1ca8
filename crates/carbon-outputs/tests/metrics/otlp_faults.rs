//! What is said when a collector of OTLP does not take the metrics by HTTP.

use std::time::Duration;

use carbon_outputs::{OtlpSettings, OtlpSink};
use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::http::{HttpServer, Reply};
use carbon_tracker::config::{Config, Secret};
use carbon_tracker::sink::Sink;

use crate::example::record;
use crate::programs::free_address;

/// What the user hears when one record is exported and the run ends.
fn said(settings: OtlpSettings) -> Vec<String> {
    let mut sink = OtlpSink::new(settings).unwrap();
    let mut said = sink.out(&record("r"), &record("r")).unwrap().notices;
    said.extend(sink.exit());
    said
}

fn settings(server: &HttpServer) -> OtlpSettings {
    let endpoint = format!("{}/v1/metrics", server.url());
    OtlpSettings { stop_wait: Duration::from_secs(5), ..OtlpSettings::new(endpoint) }
}

#[test]
fn a_refusal_is_quoted_in_plain_text_or_from_its_message() {
    let server = HttpServer::start(|heard| {
        let status = heard.header("x-status").and_then(|s| s.parse().ok()).unwrap();
        // google.rpc.Status { code: 16, message: "bad token" }
        let body = b"\x08\x10\x12\x09bad token".to_vec();
        match status {
            401 => Reply::new(401, body).header("content-type", "application/x-protobuf"),
            other => Reply::new(other, "bad token"),
        }
    });
    for status in ["400", "401", "403", "404", "500"] {
        let headers = vec![("x-status".to_owned(), Secret::new(status))];
        let said = said(OtlpSettings { headers, ..settings(&server) });
        let [only] = said.as_slice() else { panic!("{said:?}") };
        assert!(only.starts_with("otlp: the last metrics did not arrive"), "{only}");
        assert!(only.contains(&format!("HTTP {status}: bad token")), "{only}");
    }
    assert_eq!(server.heard().len(), 5, "a refusal is final");
}

#[test]
fn a_busy_collector_is_asked_again_and_a_broken_or_missing_one_is_a_warning() {
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let server = HttpServer::start(move |heard| match heard.path.as_str() {
        "/cut/v1/metrics" => Reply::new(200, "0123456789").cut_after(20),
        _ if tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 2 => Reply::new(429, ""),
        _ => Reply::new(200, ""),
    });
    assert_eq!(said(settings(&server)), [""; 0]);
    let cut = format!("{}/cut/v1/metrics", server.url());
    let cut = said(OtlpSettings { endpoint: cut, ..settings(&server) });
    assert!(cut[0].contains("broke the connection off"), "{cut:?}");
    let begun = SystemClock.monotonic();
    let nobody = format!("http://{}/v1/metrics", free_address());
    let missing = said(OtlpSettings { endpoint: nobody, ..settings(&server) });
    assert!(missing[0].contains("cannot be reached"), "{missing:?}");
    assert!(SystemClock.monotonic() < begun + Duration::from_secs(4));
}

#[test]
fn a_slow_collector_holds_up_the_end_no_longer_than_was_allowed() {
    let server = HttpServer::start(|_| Reply::new(200, "").after(Duration::from_secs(20)));
    let begun = SystemClock.monotonic();
    let stop_wait = Duration::from_millis(200);
    let said = said(OtlpSettings { stop_wait, ..settings(&server) });
    assert!(said[0].contains("within 0.2 s"), "{said:?}");
    assert!(SystemClock.monotonic() < begun + Duration::from_secs(4));
}

#[test]
fn logfire_gets_otlp_with_its_token_and_the_token_is_never_shown() {
    let server = HttpServer::start(|_| Reply::new(403, "no"));
    let variable = |name: &str| match name {
        "LOGFIRE_TOKEN" => Some("pylf_v1_eu_hidden".to_owned()),
        "LOGFIRE_BASE_URL" => Some(server.url()),
        _ => None,
    };
    let settings = OtlpSettings::logfire(&Config::default(), &variable).unwrap();
    let said = said(settings);
    assert!(said[0].starts_with("logfire: "), "{said:?}");
    assert!(!said.concat().contains("hidden"));
    let heard = &server.heard()[0];
    assert_eq!(heard.path, "/v1/metrics");
    assert_eq!(heard.header("authorization"), Some("pylf_v1_eu_hidden"));
}

#[cfg(not(feature = "grpc"))]
#[test]
fn a_protocol_that_is_not_built_in_is_said_before_the_run() {
    use carbon_outputs::OtlpError;
    use carbon_tracker::config::OtlpProtocol;
    let settings = OtlpSettings { protocol: OtlpProtocol::Grpc, ..OtlpSettings::new("http://h:1") };
    let error = OtlpSink::new(settings).unwrap_err();
    assert!(matches!(error, OtlpError::NoGrpc), "{error}");
    assert!(error.to_string().contains("port 4318"), "{error}");
}
