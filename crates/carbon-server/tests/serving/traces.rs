//! Spans of requests, at a receiver of OpenTelemetry.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use carbon_server::settings::{Settings, Traces};
use carbon_store::SecretText;
use carbon_testkit::http::{HttpServer, Reply};
use serde_json::Value;

use crate::metrics::program;
use crate::server::Server;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Reads a request as the official definitions do.
const OFFICIAL: &str = "
import sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
request = json_format.Parse(sys.stdin.read(), ExportTraceServiceRequest())
print(sum(len(s.spans) for r in request.resource_spans for s in r.scope_spans))
";

fn traced(receiver: &HttpServer) -> Settings {
    let secret = SecretText("secret-of-the-receiver".to_owned());
    let traces = Traces {
        headers: vec![("x-key".to_owned(), secret)],
        share: 0.0,
        ..Traces::to(format!("{}/v1/traces", receiver.url()))
    };
    Settings { traces: Some(traces), ..Settings::default() }
}

fn spans(body: &Value) -> &Vec<Value> {
    body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap()
}

#[tokio::test]
async fn a_request_within_a_trace_is_a_span_of_it() {
    let receiver = HttpServer::start(|_| Reply::json(200, "{}"));
    let settings = traced(&receiver);
    assert!(!format!("{settings:?}").contains("secret-of"));
    let server = Server::start(settings).await;
    let parent = |flag: &str| format!("00-{TRACE}-00f067aa0ba902b7-{flag}");
    let path = "/runs/8edb03e1-9a28-452a-9c93-a3b6560136d7";
    server.get(path, &[("traceparent", &parent("01"))]).await;
    // Neither this one, which says so, nor one that nobody drew.
    server.get(path, &[("traceparent", &parent("00"))]).await;
    server.get(path, &[]).await;
    server.stopper.stop();
    server.ended().await;

    let heard = receiver.heard();
    let [request] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!(request.header("x-key"), Some("secret-of-the-receiver"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&request.text()).unwrap();
    let [span] = &spans(&body)[..] else { panic!("{body}") };
    assert_eq!(span["traceId"], TRACE);
    assert_eq!(span["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!(span["spanId"].as_str().unwrap().len(), 16);
    assert_eq!((&span["name"], &span["kind"]), (&"GET /runs/{id}".into(), &2.into()));
    assert_eq!(span["startTimeUnixNano"], "1795334400000000000");
    assert!(!request.text().contains("8edb03e1"), "{}", request.text());

    let Some(python) = program("otlp/bin/python") else { return };
    let mut check = Command::new(python);
    check.args(["-c", OFFICIAL]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = check.spawn().unwrap();
    child.stdin.take().unwrap().write_all(request.text().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1");
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_holds_no_request_up_and_what_it_misses_is_counted() {
    let receiver = HttpServer::start(|_| Reply::json(503, "{}").after(Duration::from_millis(50)));
    let mut settings = traced(&receiver);
    settings.traces.as_mut().unwrap().share = 1.0;
    let server = Server::start(settings).await;
    let mut wire = server.connect().await;
    for _ in 0..600 {
        assert_eq!(wire.ask("GET", "/", &[], "").await.status, 200);
    }
    let app = server.app.clone();
    while server.metric("codecarbon_server_spans_dropped_total").await < 512.0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.metric("codecarbon_server_spans_sent_total").await, 0.0);
    server.stopper.stop();
    server.ended().await;
    drop(app);
    let sent: usize = receiver
        .heard()
        .iter()
        .map(|request| spans(&serde_json::from_str(&request.text()).unwrap()).len())
        .sum();
    assert_eq!(sent, 600);
}
