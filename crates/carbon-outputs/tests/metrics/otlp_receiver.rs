//! A receiver of OTLP with the official definitions (`otlp_receiver.py`): that it understands what is
//! exported, by HTTP and by gRPC, and that its answers are understood.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use carbon_outputs::{OtlpSettings, OtlpSink};
use carbon_tracker::config::{OtlpProtocol, Secret};
use carbon_tracker::sink::Sink;
use serde_json::Value;

use crate::programs::{PATIENCE, find};
use crate::run::Place;

/// A receiver that is running; dropping it ends it.
pub(crate) struct Collector {
    child: Child,
    lines: Receiver<Value>,
    pub(crate) grpc: u64,
    pub(crate) http: u64,
}

impl Drop for Collector {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Collector {
    /// Starts one; with encryption by the certificate of `tls/` if wanted.
    pub(crate) fn start(encrypted: bool) -> Option<Self> {
        let python = find("otlp/bin/python")?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metrics");
        let mut command = Command::new(python);
        command.arg(folder.join("otlp_receiver.py"));
        if encrypted {
            command.args([folder.join("tls/localhost.pem"), folder.join("tls/localhost.key")]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                let line = serde_json::from_str::<Value>(&line.unwrap()).unwrap();
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut collector = Self { child, lines, grpc: 0, http: 0 };
        let ports = collector.next();
        collector.grpc = ports["grpc"].as_u64().unwrap();
        collector.http = ports["http"].as_u64().unwrap();
        Some(collector)
    }

    /// The next line that it tells.
    pub(crate) fn next(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("the receiver tells something")
    }

    pub(crate) fn settings(&self, protocol: OtlpProtocol) -> OtlpSettings {
        let endpoint = match protocol {
            OtlpProtocol::Http => format!("http://127.0.0.1:{}/v1/metrics", self.http),
            OtlpProtocol::Grpc => format!("http://localhost:{}", self.grpc),
        };
        OtlpSettings { protocol, stop_wait: PATIENCE, ..OtlpSettings::new(endpoint) }
    }
}

/// The data points of a metric in a request, which must be there once.
fn points<'a>(request: &'a Value, name: &str, kind: &str, unit: &str) -> &'a [Value] {
    let metrics = &request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
    let mut found = metrics.as_array().unwrap().iter().filter(|metric| metric["name"] == name);
    let metric = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(found.next(), None, "{name}");
    assert_eq!(metric["unit"], unit);
    if kind == "sum" {
        assert_eq!(metric["sum"]["aggregationTemporality"], "AGGREGATION_TEMPORALITY_CUMULATIVE");
        assert_eq!(metric["sum"]["isMonotonic"], true);
    }
    metric[kind]["dataPoints"].as_array().unwrap()
}

fn attribute<'a>(holder: &'a Value, name: &str) -> Option<&'a str> {
    let attributes = holder["attributes"].as_array()?;
    let found = attributes.iter().find(|attribute| attribute["key"] == name)?;
    found["value"]["stringValue"].as_str()
}

fn number(value: &Value) -> f64 {
    // Integers of 64 bits are strings in JSON.
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

/// What a run of 5 s at 100 W, priced at 100 g/kWh, must have become.
pub(crate) fn is_the_run(request: &Value, run_id: &str) {
    let resource = &request["resourceMetrics"][0]["resource"];
    assert_eq!(attribute(resource, "service.instance.id"), Some(run_id));
    assert_eq!(attribute(resource, "service.name"), Some("a \"project\"\\ of é"));
    assert_eq!(attribute(resource, "codecarbon.country.iso_code"), Some("FRA"));
    let energy = points(request, "hw.energy", "sum", "J");
    let cpu = energy.iter().find(|point| attribute(point, "hw.type") == Some("cpu")).unwrap();
    assert!((number(&cpu["asDouble"]) - 500.0).abs() < 1e-6, "{cpu}");
    assert_eq!(attribute(cpu, "hw.id"), Some("cpu"));
    assert!(attribute(cpu, "hw.name").is_some());
    assert!(energy.iter().any(|point| attribute(point, "hw.type") == Some("memory")));
    assert!(energy.iter().all(|point| attribute(point, "hw.type") != Some("gpu")));
    let lasted_ns = number(&cpu["timeUnixNano"]) - number(&cpu["startTimeUnixNano"]);
    assert!((lasted_ns / 1e9 - 5.0).abs() < 5.0, "{lasted_ns}");
    let power = points(request, "hw.power", "gauge", "W");
    let cpu = power.iter().find(|point| attribute(point, "hw.type") == Some("cpu")).unwrap();
    assert!((number(&cpu["asDouble"]) - 100.0).abs() < 1e-6, "{cpu}");
    let whole = number(&points(request, "codecarbon.energy", "sum", "J")[0]["asDouble"]);
    let grams = number(&points(request, "codecarbon.emissions", "sum", "g")[0]["asDouble"]);
    assert!((grams - whole / 3.6e6 * 100.0).abs() < 1e-9, "{grams} g of {whole} J");
    assert!(
        (number(&points(request, "codecarbon.duration", "sum", "s")[0]["asDouble"]) - 5.0).abs()
            < 1e-6
    );
    let intensity = points(request, "codecarbon.grid.intensity", "gauge", "g/(kW.h)");
    assert!((number(&intensity[0]["asDouble"]) - 100.0).abs() < 1e-6);
}

#[test]
fn a_run_arrives_by_http() {
    let Some(collector) = Collector::start(false) else { return };
    let headers = vec![("x-team".to_owned(), Secret::new("green"))];
    let settings = OtlpSettings { headers, gzip: true, ..collector.settings(OtlpProtocol::Http) };
    let place = Place::new();
    let sink: Box<dyn Sink> = Box::new(OtlpSink::new(settings).unwrap());
    let mut run = place.start("by-http", [sink]);
    place.pass(2);
    run.flush_live().unwrap();
    let first = collector.next();
    place.pass(3);
    let warnings = run.stop().warnings;
    assert!(warnings.iter().all(|warning| !warning.contains("otlp")), "{warnings:?}");
    let last = collector.next();
    assert_eq!((&last["via"], &last["headers"]["path"]), (&"http".into(), &"/v1/metrics".into()));
    assert_eq!(last["headers"]["x-team"], "green");
    assert_eq!(last["headers"]["content-type"], "application/x-protobuf");
    assert_eq!(last["headers"]["content-encoding"], "gzip");
    is_the_run(&last["request"], "by-http");
    // Cumulative: the same beginning, a later end.
    let start = |line: &Value| {
        points(&line["request"], "hw.energy", "sum", "J")[0]["startTimeUnixNano"].clone()
    };
    assert_eq!(start(&first), start(&last));
}
