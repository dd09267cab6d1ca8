//! Spans as a request of OTLP in JSON: ids in hexadecimal, 64-bit numbers as text, and the attribute
//! names of OpenTelemetry's conventions for HTTP servers.

use serde_json::{Value, json};

use super::{Span, hex};

const SERVER: u8 = 2;
const STATUS_ERROR: u8 = 2;

/// One request for all of them.
pub(super) fn request(service: &str, spans: &[Span]) -> Value {
    let resource = [text("service.name", service), text("service.version", VERSION)];
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource },
        "scopeSpans": [{
            "scope": { "name": "carbon-server", "version": VERSION },
            "spans": spans.iter().map(of).collect::<Vec<_>>(),
        }],
    }] })
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn of(span: &Span) -> Value {
    let begun_ns = i128::from(span.begun.micros()) * 1000;
    let ended_ns = begun_ns + span.took.as_nanos().cast_signed();
    let status = span.status.as_u16();
    let mut attributes = vec![
        text("http.request.method", span.method.as_str()),
        text("http.route", &span.route),
        json!({ "key": "http.response.status_code", "value": { "intValue": status.to_string() } }),
    ];
    if span.status.is_server_error() {
        attributes.push(text("error.type", &status.to_string()));
    }
    let mut value = json!({
        "traceId": hex(&span.place.trace),
        "spanId": hex(&span.place.span),
        "name": format!("{} {}", span.method, span.route),
        "kind": SERVER,
        "startTimeUnixNano": begun_ns.to_string(),
        "endTimeUnixNano": ended_ns.to_string(),
        "attributes": attributes,
        "status": {},
    });
    if let Some(parent) = span.place.parent {
        value["parentSpanId"] = hex(&parent).into();
    }
    if span.status.is_server_error() {
        value["status"] = json!({ "code": STATUS_ERROR });
    }
    value
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}
