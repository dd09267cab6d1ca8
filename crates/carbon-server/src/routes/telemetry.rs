//! Telemetry that clients send if their users said so. Nobody signs in for it; unknown fields are
//! refused, and at level `minimal` everything that is not about the environment.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use carbon_api::{ENVIRONMENT_FIELDS, USE_FIELDS};
use carbon_store::TelemetryId;
use serde_json::Value;

use crate::app::App;
use crate::body::Raw;
use crate::fault::Fault;
use crate::wire::{Bounds, Fields, Flaw, Optional, Place};

/// Longest message, in bytes: anybody may send one, and all of them are kept.
const LONGEST: usize = 64 << 10;

const COUNTS: &[&str] = &["cpu_count", "cpu_physical_count", "gpu_count", "warning_count"];
const NOT_NEGATIVE: &[&str] = &[
    "gpu_memory_total_gb",
    "ram_total_size_gb",
    "total_emissions_kg",
    "emissions_rate_kg_per_sec",
    "energy_consumed_kwh",
    "cpu_energy_kwh",
    "gpu_energy_kwh",
    "ram_energy_kwh",
    "duration_seconds",
    "measure_power_interval_secs",
    "first_measurement_time_ms",
    "tracking_overhead_percent",
];
const PERCENTS: &[&str] = &["cpu_utilization_avg", "gpu_utilization_avg", "ram_utilization_avg"];
const LISTS: &[&str] = &["output_methods", "hardware_tracked", "errors_encountered"];
const BOOLEANS: &[&str] = &[
    "task_tracking_used",
    "hardware_detection_success",
    "rapl_available",
    "has_torch",
    "has_transformers",
    "has_diffusers",
    "has_tensorflow",
    "has_keras",
    "has_pytorch_lightning",
    "has_fastai",
    "in_container",
];

pub(super) async fn create(
    State(app): State<App>,
    request: Request,
) -> Result<(StatusCode, Json<String>), Fault> {
    let raw = Raw::of_at_most(request, &app, LONGEST).await?;
    let fields = raw.fields()?;
    let body = Value::Object(fields.values().clone()).to_string();
    let level = check(fields)?;
    let id = TelemetryId::new();
    app.store().add_telemetry(id, app.now(), level, body).await?;
    Ok((StatusCode::CREATED, Json(id.to_string())))
}

/// The level of a message that is as it should be.
fn check(mut fields: Fields) -> Result<&'static str, Fault> {
    fields.time("timestamp", Optional::No);
    let level = match fields.text("telemetry_level", Optional::No).as_deref() {
        Some("minimal") => Some("minimal"),
        Some("extensive") => Some("extensive"),
        Some(other) => {
            let words = "Input should be 'minimal' or 'extensive'";
            let input = Value::from(other);
            let flaw = Flaw::of_field("enum", Place::Body, "telemetry_level", words, &input);
            fields.flaw(flaw);
            None
        }
        None => None,
    };
    let known: Vec<&str> = ["timestamp", "telemetry_level"]
        .into_iter()
        .chain(ENVIRONMENT_FIELDS.iter().chain(USE_FIELDS).copied())
        .collect();
    fields.allow_only(&known);
    for name in ENVIRONMENT_FIELDS.iter().chain(USE_FIELDS) {
        check_field(&mut fields, name);
    }
    if level == Some("minimal") {
        refuse_use(&mut fields);
    }
    Ok(fields.finish(|| level)?)
}

/// Reads a field for its flaws; what it holds is kept as it came.
fn check_field(fields: &mut Fields, name: &'static str) {
    let optional = Optional::Yes;
    let number = |bounds| (bounds, false);
    let (bounds, is_whole) = match name {
        "longitude" => number(Bounds::between(-180.0, 180.0)),
        "latitude" => number(Bounds::between(-90.0, 90.0)),
        _ if COUNTS.contains(&name) => (Bounds::NOT_NEGATIVE, true),
        _ if NOT_NEGATIVE.contains(&name) => number(Bounds::NOT_NEGATIVE),
        _ if PERCENTS.contains(&name) => number(Bounds::PERCENT),
        "country_iso_code" => return length(fields, name, 2, 3),
        "python_executable_hash" => return length(fields, name, 64, 64),
        _ if LISTS.contains(&name) => return fields.texts(name),
        _ if BOOLEANS.contains(&name) => {
            fields.boolean(name, optional);
            return;
        }
        _ => {
            fields.text(name, optional);
            return;
        }
    };
    if is_whole {
        fields.integer(name, optional, bounds);
    } else {
        fields.float(name, optional, bounds);
    }
}

fn length(fields: &mut Fields, name: &'static str, from: usize, to: usize) {
    let Some(text) = fields.text(name, Optional::Yes) else { return };
    let characters = text.chars().count();
    let (kind, words) = if characters < from {
        ("string_too_short", format!("String should have at least {from} characters"))
    } else if characters > to {
        ("string_too_long", format!("String should have at most {to} characters"))
    } else {
        return;
    };
    fields.flaw(Flaw::of_field(kind, Place::Body, name, words, &text.into()));
}

/// At level `minimal` nothing is told about the use.
fn refuse_use(fields: &mut Fields) {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        _ => false,
    };
    let values = fields.values();
    let mut excess: Vec<&str> = USE_FIELDS
        .iter()
        .copied()
        .filter(|name| values.get(*name).is_some_and(|value| !is_empty(value)))
        .collect();
    if excess.is_empty() {
        return;
    }
    excess.sort_unstable();
    let words = format!(
        "Value error, minimal telemetry must not include extensive fields: {}",
        excess.join(", ")
    );
    fields.flaw(Flaw::of_all("value_error", Place::Body, words));
}
