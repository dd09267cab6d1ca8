//! The same receiver by gRPC: plain, packed and encrypted, and what its answers mean.

use std::path::Path;
use std::time::Duration;

use carbon_outputs::{OtlpSettings, OtlpSink};
use carbon_tracker::config::{OtlpProtocol, Secret};
use carbon_tracker::sink::Sink;

use crate::example::record;
use crate::otlp_receiver::{Collector, is_the_run};
use crate::run::Place;

#[test]
fn a_run_arrives_by_grpc_plain_or_packed() {
    let Some(collector) = Collector::start(false) else { return };
    for gzip in [false, true] {
        let headers = vec![("x-team".to_owned(), Secret::new("green"))];
        let settings = OtlpSettings { headers, gzip, ..collector.settings(OtlpProtocol::Grpc) };
        let place = Place::new();
        let sink: Box<dyn Sink> = Box::new(OtlpSink::new(settings).unwrap());
        let run = place.start("by-grpc", [sink]);
        place.pass(5);
        let warnings = run.stop().warnings;
        assert!(warnings.iter().all(|warning| !warning.contains("otlp")), "{warnings:?}");
        let line = collector.next();
        assert_eq!((&line["via"], &line["headers"]["x-team"]), (&"grpc".into(), &"green".into()));
        is_the_run(&line["request"], "by-grpc");
    }
}

#[test]
fn a_run_arrives_encrypted_where_the_authority_is_known_and_nowhere_else() {
    let Some(collector) = Collector::start(true) else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metrics/tls");
    let settings = OtlpSettings {
        endpoint: format!("https://localhost:{}", collector.grpc),
        authorities: Some(folder.join("authority.pem")),
        ..collector.settings(OtlpProtocol::Grpc)
    };
    assert_eq!(said(settings.clone()), [""; 0]);
    assert_eq!(collector.next()["via"], "grpc");
    let unknown = said(OtlpSettings { authorities: None, ..settings.clone() });
    assert!(unknown[0].contains("no trusted connection"), "{unknown:?}");
    let plain =
        said(OtlpSettings { endpoint: settings.endpoint.replace("https", "http"), ..settings });
    assert_eq!(plain.len(), 1, "{plain:?}");
}

#[test]
fn what_a_collector_says_by_grpc_is_understood() {
    let Some(collector) = Collector::start(false) else { return };
    let answering = |answer: &str| {
        let headers = vec![("x-answer".to_owned(), Secret::new(answer))];
        let stop_wait = Duration::from_secs(1);
        said(OtlpSettings { headers, stop_wait, ..collector.settings(OtlpProtocol::Grpc) })
    };
    let partial = answering("partial");
    assert!(partial[0].contains("dropped 3 points: too old"), "{partial:?}");
    for (answer, code) in [("UNAUTHENTICATED", 16), ("PERMISSION_DENIED", 7), ("INTERNAL", 13)] {
        let refused = answering(answer);
        let expected =
            format!("refuses the metrics: gRPC status {code}: no such luck: 100 %, said é");
        assert!(refused[0].contains(&expected), "{refused:?}");
    }
    let busy = answering("UNAVAILABLE");
    assert!(busy[0].contains("gRPC status 14"), "{busy:?}");
}

#[test]
fn a_slow_or_missing_collector_or_one_of_another_protocol_is_a_warning() {
    let Some(collector) = Collector::start(false) else { return };
    let settings = collector.settings(OtlpProtocol::Grpc);
    let headers = vec![("x-answer".to_owned(), Secret::new("slow"))];
    let timeout = Duration::from_millis(300);
    let slow = said(OtlpSettings { headers, timeout, ..settings.clone() });
    assert!(slow[0].contains("did not answer within 0.3 s"), "{slow:?}");
    let http = format!("http://127.0.0.1:{}", collector.http);
    let other = said(OtlpSettings { endpoint: http, ..settings.clone() });
    assert!(other[0].contains("cannot be spoken to"), "{other:?}");
    let nobody = format!("http://{}", crate::programs::free_address());
    let missing = said(OtlpSettings { endpoint: nobody, ..settings });
    assert!(missing[0].contains("cannot be reached"), "{missing:?}");
}

/// What the user hears when one record is exported and the run ends.
fn said(settings: OtlpSettings) -> Vec<String> {
    let mut sink = OtlpSink::new(settings).unwrap();
    let mut said = sink.out(&record("r"), &record("r")).unwrap().notices;
    said.extend(sink.exit());
    said
}
