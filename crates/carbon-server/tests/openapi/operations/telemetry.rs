//! Telemetry.

use carbon_api::{ENVIRONMENT_FIELDS, USE_FIELDS};
use serde_json::{Map, Value, json};

use super::Group;
use crate::operation::{JSON, plain, post};

pub(super) fn group() -> Group {
    let example = json!({
        "timestamp": "2026-11-22T08:00:00Z",
        "telemetry_level": "minimal",
        "os": "Linux",
        "cpu_count": 16,
        "country_iso_code": "FRA",
        "python_version": "3.13.1",
        "codecarbon_version": "3.3.2",
    });
    let operations = vec![
        post("sendTelemetry", "/telemetry")
            .says(
                "Tells what a client runs on",
                "Nothing is sent unless a user says so. Unknown fields are refused, and at level `minimal` \
                 also what is not about the environment.",
            )
            .sends_as(&[JSON], plain(message()), example)
            .gives_as(
                201,
                "The id of the message.",
                JSON,
                plain(json!({ "type": "string", "format": "uuid" })),
            ),
    ];
    Group { name: "Telemetry", words: "What users let their clients tell.", operations }
}

/// The fields, each of which may be null.
fn message() -> Value {
    let mut properties = Map::new();
    for name in ENVIRONMENT_FIELDS.iter().chain(USE_FIELDS) {
        properties.insert((*name).to_owned(), field(name));
    }
    properties.insert("timestamp".to_owned(), json!({ "type": "string", "format": "date-time" }));
    let levels = json!({ "type": "string", "enum": ["minimal", "extensive"] });
    properties.insert("telemetry_level".to_owned(), levels);
    json!({
        "type": "object",
        "properties": properties,
        "required": ["timestamp", "telemetry_level"],
        "additionalProperties": false,
    })
}

fn field(name: &str) -> Value {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    if name == "longitude" {
        json!({ "type": ["number", "null"], "minimum": -180, "maximum": 180 })
    } else if name == "latitude" {
        json!({ "type": ["number", "null"], "minimum": -90, "maximum": 90 })
    } else if name == "country_iso_code" {
        json!({ "type": ["string", "null"], "minLength": 2, "maxLength": 3 })
    } else if name == "python_executable_hash" {
        json!({ "type": ["string", "null"], "minLength": 64, "maxLength": 64 })
    } else if ["output_methods", "hardware_tracked", "errors_encountered"].contains(&name) {
        json!({ "type": ["array", "null"], "items": { "type": "string" } })
    } else if ends(&["_count"]) {
        json!({ "type": ["integer", "null"], "minimum": 0 })
    } else if ends(&["_utilization_avg"]) {
        json!({ "type": ["number", "null"], "minimum": 0, "maximum": 100 })
    } else if ends(&["_gb", "_kg", "_per_sec", "_kwh", "_seconds", "_secs", "_ms", "_percent"]) {
        json!({ "type": ["number", "null"], "minimum": 0 })
    } else if starts(&["has_", "in_container", "rapl_", "task_tracking", "hardware_detection"]) {
        json!({ "type": ["boolean", "null"] })
    } else {
        json!({ "type": ["string", "null"], "maxLength": 10_000 })
    }
}
