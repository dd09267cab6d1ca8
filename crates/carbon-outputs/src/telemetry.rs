//! What is told to the makers of the server about a run, if the user says so: one message when the
//! run ends, sent in the background.
//!
//! Two levels: `minimal` is the environment (system, hardware, versions, place to a tenth of a
//! degree), `extensive` adds energies, durations and what was used. No name of a user, a project, a
//! machine or a file is in either. Nothing is tried again, and a failure is nobody's concern but
//! that of a debug log.

use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use carbon_http::{Client, HttpError, Method, Policy, Request};
use carbon_model::{EmissionsRecord, Report, Source};
use carbon_sensors::clock::utc_timestamp;
use carbon_tracker::Outcome;
use carbon_tracker::config::{Config, TelemetryLevel};
use serde::Serialize;

use crate::record_json::coarse;

/// Longest time that a message should hold up the end of a run.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Longest time of the call.
const LIMIT: Duration = Duration::from_secs(2);

/// A message; fields that are not known are left out of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    timestamp: String,
    telemetry_level: &'static str,
    #[serde(flatten)]
    environment: Environment,
    #[serde(flatten)]
    usage: Option<Usage>,
}

/// What both levels tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Environment {
    os: Option<String>,
    country_name: Option<String>,
    country_iso_code: Option<String>,
    region: Option<String>,
    cloud_provider: Option<String>,
    cloud_region: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    cpu_count: u32,
    cpu_physical_count: Option<u32>,
    cpu_model: Option<String>,
    cpu_architecture: &'static str,
    gpu_count: u32,
    gpu_model: Option<String>,
    ram_total_size_gb: f64,
    python_version: Option<String>,
    python_implementation: Option<&'static str>,
    codecarbon_version: Option<String>,
}

/// What `extensive` adds.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Usage {
    total_emissions_kg: f64,
    emissions_rate_kg_per_sec: f64,
    energy_consumed_kwh: f64,
    cpu_energy_kwh: f64,
    gpu_energy_kwh: f64,
    ram_energy_kwh: f64,
    duration_seconds: f64,
    measure_power_interval_secs: f64,
    tracking_overhead_percent: Option<f64>,
    cpu_utilization_avg: f64,
    gpu_utilization_avg: f64,
    ram_utilization_avg: f64,
    warning_count: usize,
    task_tracking_used: bool,
    rapl_available: bool,
    output_methods: Vec<&'static str>,
    hardware_tracked: Vec<&'static str>,
    tracking_mode: String,
    api_mode: &'static str,
}

impl Message {
    /// The message about a run, if the configuration allows one. `cpu_physical_count` is the number
    /// of sockets.
    pub fn about(
        outcome: &Outcome,
        config: &Config,
        cpu_physical_count: Option<u32>,
    ) -> Option<Self> {
        let usage = match config.telemetry {
            TelemetryLevel::Disabled => return None,
            TelemetryLevel::Minimal => None,
            TelemetryLevel::Extensive => Some(Usage::of(outcome, config)),
        };
        Some(Self {
            timestamp: utc_timestamp(Duration::from_secs_f64(outcome.report.ended_unix_s.max(0.0))),
            telemetry_level: config.telemetry.as_str(),
            environment: Environment::of(&outcome.record, cpu_physical_count),
            usage,
        })
    }

    /// As it is sent.
    pub fn json(&self) -> Vec<u8> {
        let mut fields = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = fields.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        fields.to_string().into_bytes()
    }

    /// Sends it from a thread of its own to the API at `endpoint`, and returns at once.
    /// `authorities` is a PEM file of certificate authorities to trust instead of the built-in ones.
    pub fn send(&self, endpoint: &str, authorities: Option<PathBuf>) -> Sending {
        let (tell, told) = sync_channel(1);
        let url = format!("{}/telemetry", endpoint.trim_end_matches('/'));
        let body = self.json();
        let post = move || {
            // Nobody may be waiting any more.
            let _ = tell.send(post(&url, &body, authorities));
        };
        // Without a thread to be had the other end is gone, and nothing was sent.
        let _ = thread::Builder::new().name("codecarbon-tell".to_owned()).spawn(post);
        Sending(told)
    }
}

/// A message that is under way.
#[derive(Debug)]
pub struct Sending(Receiver<Result<u16, HttpError>>);

/// What became of a message.
#[derive(Debug)]
pub enum Sent {
    /// It was taken.
    Taken,
    /// It was answered with this status.
    Refused(u16),
    /// There was no answer.
    Failed(HttpError),
    /// It is still under way, or never was.
    Unknown,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("told"),
            Self::Refused(status) => write!(f, "the server answered {status}"),
            Self::Failed(error) => write!(f, "{error}"),
            Self::Unknown => f.write_str("no answer in time"),
        }
    }
}

impl Sending {
    /// Waits for its end, a limited time.
    pub fn wait(self, limit: Duration) -> Sent {
        match self.0.recv_timeout(limit) {
            Ok(Ok(200..=299)) => Sent::Taken,
            Ok(Ok(status)) => Sent::Refused(status),
            Ok(Err(error)) => Sent::Failed(error),
            Err(_) => Sent::Unknown,
        }
    }
}

fn post(url: &str, body: &[u8], authorities: Option<PathBuf>) -> Result<u16, HttpError> {
    let client = Client::new(Policy { total: LIMIT, authorities, ..Policy::default() })?;
    let answer = client.send(&Request::with_body(Method::Post, url, "application/json", body))?;
    Ok(answer.status)
}

impl Environment {
    fn of(record: &EmissionsRecord, cpu_physical_count: Option<u32>) -> Self {
        let record = coarse(record);
        let python_version = said(record.python_version);
        Self {
            os: said(record.os),
            country_name: record.country_name,
            country_iso_code: record.country_iso_code,
            region: record.region,
            cloud_provider: said(record.cloud_provider),
            cloud_region: said(record.cloud_region),
            longitude: record.longitude,
            latitude: record.latitude,
            cpu_count: record.cpu_count,
            cpu_physical_count,
            cpu_model: said(record.cpu_model),
            cpu_architecture: std::env::consts::ARCH,
            gpu_count: record.gpu_count,
            gpu_model: said(record.gpu_model),
            ram_total_size_gb: record.ram_total_size,
            python_implementation: python_version.is_some().then_some("CPython"),
            python_version,
            codecarbon_version: said(record.codecarbon_version),
        }
    }
}

impl Usage {
    fn of(outcome: &Outcome, config: &Config) -> Self {
        let (record, report) = (&outcome.record, &outcome.report);
        let is_rapl = |source: Source| matches!(source, Source::RaplPerf | Source::RaplPowercap);
        Self {
            total_emissions_kg: record.emissions,
            emissions_rate_kg_per_sec: record.emissions_rate,
            energy_consumed_kwh: record.energy_consumed,
            cpu_energy_kwh: record.cpu_energy,
            gpu_energy_kwh: record.gpu_energy,
            ram_energy_kwh: record.ram_energy,
            duration_seconds: record.duration,
            measure_power_interval_secs: config.measure_power_secs.as_secs_f64(),
            tracking_overhead_percent: overhead_percent(report),
            cpu_utilization_avg: record.cpu_utilization_percent,
            gpu_utilization_avg: record.gpu_utilization_percent,
            ram_utilization_avg: record.ram_utilization_percent,
            warning_count: outcome.warnings.len(),
            task_tracking_used: !outcome.tasks.is_empty(),
            rapl_available: report
                .machine
                .iter()
                .any(|component| component.sources.iter().any(|s| is_rapl(s.source))),
            output_methods: config.output_methods.iter().map(|method| method.as_str()).collect(),
            hardware_tracked: report.machine.iter().map(|c| c.component.label()).collect(),
            tracking_mode: record.tracking_mode.clone(),
            api_mode: if config.offline { "offline" } else { "online" },
        }
    }
}

fn overhead_percent(report: &Report) -> Option<f64> {
    let seconds = report.active.as_secs_f64();
    (seconds > 0.0).then(|| 100.0 * report.self_cost.cpu_s / seconds)
}

fn said(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
