//! What is told about a run: nothing unless asked for, the fields that the server takes, and no
//! waiting.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeSet;
use std::time::Duration;

use carbon_outputs::telemetry::{Message, Sent};
use carbon_testkit::http::{HttpServer, Reply};
use carbon_testkit::machines;
use carbon_tracker::config::{Config, OutputMethod, TelemetryLevel};
use carbon_tracker::{Hub, Machine, Outcome, Sampling, Tracker};
use serde_json::Value;

/// What the server takes at both levels.
const MINIMAL: &str = "timestamp telemetry_level os country_name country_iso_code region \
    cloud_provider cloud_region longitude latitude cpu_count cpu_physical_count cpu_model \
    cpu_architecture gpu_count gpu_model gpu_driver_version gpu_memory_total_gb ram_total_size_gb \
    cuda_version cudnn_version python_version python_implementation python_executable_hash \
    python_env_type codecarbon_version codecarbon_install_method";

/// What it takes at the level `extensive` alone.
const EXTENSIVE: &str = "total_emissions_kg emissions_rate_kg_per_sec energy_consumed_kwh \
    cpu_energy_kwh gpu_energy_kwh ram_energy_kwh duration_seconds measure_power_interval_secs \
    first_measurement_time_ms tracking_overhead_percent cpu_utilization_avg gpu_utilization_avg \
    ram_utilization_avg warning_count task_tracking_used hardware_detection_success rapl_available \
    has_torch has_transformers has_diffusers has_tensorflow has_keras has_pytorch_lightning \
    has_fastai in_container output_methods hardware_tracked errors_encountered tracking_mode \
    api_mode decorator_vs_context gpu_detection_method ide_used notebook_environment \
    ci_environment python_package_manager framework_detected torch_version transformers_version \
    diffusers_version tensorflow_version keras_version pytorch_lightning_version fastai_version \
    ml_framework_primary container_runtime host_machine_hash";

fn names(list: &str) -> BTreeSet<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

fn outcome() -> Outcome {
    let fake = carbon_testkit::Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let hub = Hub::new(Machine::at(fake.sysroot()), Sampling::Manual);
    let mut config = Config::default();
    config.set("country_iso_code", "FRA").unwrap();
    let run = Tracker::new(&hub, config).with_python_version("3.11.7").start();
    run.task("part").stop();
    let mut outcome = run.stop();
    outcome.record.longitude = Some(2.352_22);
    outcome.record.latitude = Some(48.856_61);
    outcome
}

fn config(level: TelemetryLevel) -> Config {
    let output_methods = vec![OutputMethod::Csv, OutputMethod::Api];
    Config { telemetry: level, output_methods, ..Config::default() }
}

fn message(level: TelemetryLevel) -> Value {
    let message = Message::about(&outcome(), &config(level), Some(2)).unwrap();
    serde_json::from_slice(&message.json()).unwrap()
}

fn fields(message: &Value) -> BTreeSet<String> {
    message.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn nothing_is_told_unless_the_user_says_so() {
    assert_eq!(Config::default().telemetry, TelemetryLevel::Disabled);
    assert_eq!(Message::about(&outcome(), &config(TelemetryLevel::Disabled), Some(2)), None);
}

#[test]
fn the_minimal_level_tells_the_environment_coarsely() {
    let message = message(TelemetryLevel::Minimal);
    let extra: Vec<_> = fields(&message).difference(&names(MINIMAL)).cloned().collect();
    assert_eq!(extra, [""; 0]);
    assert_eq!(message["telemetry_level"], "minimal");
    assert_eq!(message["country_iso_code"], "FRA");
    assert_eq!((&message["longitude"], &message["latitude"]), (&2.4.into(), &48.9.into()));
    assert_eq!(message["cpu_physical_count"], 2);
    assert_eq!(message["python_version"], "3.11.7");
    let time = message["timestamp"].as_str().unwrap();
    assert!(time.len() == 32 && time.ends_with("+00:00"), "{time}");
    for absent in ["region", "cloud_provider", "gpu_model", "project_name", "run_id"] {
        assert!(message.get(absent).is_none(), "{absent} in {message}");
    }
}

#[test]
fn the_extensive_level_adds_what_was_measured() {
    let message = message(TelemetryLevel::Extensive);
    let known = &names(MINIMAL) | &names(EXTENSIVE);
    let extra: Vec<_> = fields(&message).difference(&known).cloned().collect();
    assert_eq!(extra, [""; 0]);
    assert_eq!(message["output_methods"], serde_json::json!(["csv", "api"]));
    assert_eq!(message["hardware_tracked"], serde_json::json!(["CPU", "RAM"]));
    assert_eq!(message["rapl_available"], true);
    assert_eq!(message["task_tracking_used"], true);
    assert_eq!(message["measure_power_interval_secs"], 15.0);
    assert_eq!(message["api_mode"], "online");
    assert!(message["duration_seconds"].as_f64().unwrap() > 0.0);
}

#[test]
fn it_is_posted_beside_the_other_calls_of_the_api() {
    let server = HttpServer::start(|_| Reply::json(201, "\"id\""));
    let message = Message::about(&outcome(), &config(TelemetryLevel::Minimal), None).unwrap();
    let sending = message.send(&format!("{}/base/", server.url()), None);
    assert!(matches!(sending.wait(Duration::from_secs(10)), Sent::Taken));
    let heard = server.heard();
    let [post] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((post.method.as_str(), post.path.as_str()), ("POST", "/base/telemetry"));
    assert_eq!(post.body, message.json());
}

#[test]
fn a_server_that_refuses_fails_or_sleeps_is_no_concern() {
    let message = Message::about(&outcome(), &config(TelemetryLevel::Minimal), None).unwrap();
    let long = Duration::from_secs(10);
    for status in [401, 422, 500] {
        let server = HttpServer::start(move |_| Reply::new(status, "no"));
        let sent = message.send(&server.url(), None).wait(long);
        assert!(matches!(sent, Sent::Refused(refused) if refused == status), "{sent:?}");
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{gone}");
    assert!(matches!(message.send(&gone, None).wait(long), Sent::Failed(_)));
    let cut = HttpServer::start(|_| Reply::new(201, "\"id\"").cut_after(3));
    assert!(matches!(message.send(&cut.url(), None).wait(long), Sent::Failed(_)));
    let slow = HttpServer::start(|_| Reply::new(201, "").after(Duration::from_secs(1)));
    let sent = message.send(&slow.url(), None).wait(Duration::from_millis(10));
    assert!(matches!(sent, Sent::Unknown), "{sent:?}");
}
