//! A real Prometheus server that scrapes our endpoint and a real push gateway, and is asked what it
//! has stored.

use std::io::Write as _;
use std::process::{Command, Stdio};

use carbon_http::{Client, Policy, Request};
use carbon_outputs::prometheus::AtEnd;
use carbon_outputs::{Listener, PushGateway, PushSettings};
use carbon_tracker::sink::Sink;
use serde_json::Value;

use crate::programs::{Server, find, free_address, get, wait_for};
use crate::run::Place;

fn gateway() -> Option<Server> {
    let program = find("prometheus/usr/bin/prometheus-pushgateway")?;
    let address = free_address();
    let mut command = Command::new(program);
    command.arg(format!("--web.listen-address={address}"));
    Some(Server::start(&mut command, address, "/-/ready"))
}

fn server(folder: &tempfile::TempDir, listener: &Listener, gateway: &Server) -> Option<Server> {
    let program = find("prometheus/usr/bin/prometheus")?;
    let config = folder.path().join("prometheus.yml");
    let text = format!(
        "global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\n\
         scrape_configs:\n\
         - job_name: pulled\n  static_configs: [{{targets: ['{}']}}]\n\
         - job_name: pushed\n  honor_labels: true\n  static_configs: [{{targets: ['{}']}}]\n",
        listener.address(),
        gateway.address,
    );
    std::fs::write(&config, text).unwrap();
    let address = free_address();
    let mut command = Command::new(program);
    command
        .arg(format!("--web.listen-address={address}"))
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("stored").display()));
    Some(Server::start(&mut command, address, "/-/ready"))
}

/// The values that a query finds, with their labels.
fn query(server: &Server, expression: &str) -> Vec<(Value, f64)> {
    let encoded = expression.replace(' ', "%20").replace('"', "%22").replace('+', "%2B");
    let encoded = encoded.replace('{', "%7B").replace('}', "%7D");
    let (_, text) = get(&server.url(&format!("/api/v1/query?query={encoded}"))).unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["status"], "success", "{text}");
    let found = answer["data"]["result"].as_array().unwrap();
    let value = |result: &Value| result["value"][1].as_str().unwrap().parse().unwrap();
    found.iter().map(|result| (result["metric"].clone(), value(result))).collect()
}

/// Waits until a query finds one value, which is the expected one.
fn stored(server: &Server, expression: &str, expected: f64) -> Value {
    let mut last = Vec::new();
    wait_for(&format!("{expression} = {expected}"), || {
        last = query(server, expression);
        let [(labels, value)] = last.as_slice() else { return None };
        ((value - expected).abs() < 1e-6 * expected.abs()).then(|| labels.clone())
    })
}

#[test]
fn a_prometheus_server_stores_what_is_offered_and_what_is_pushed() {
    let Some(gateway) = gateway() else { return };
    let folder = tempfile::tempdir().unwrap();
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let Some(server) = server(&folder, &listener, &gateway) else { return };

    let place = Place::new();
    let push = PushGateway::new(PushSettings::new(gateway.address.to_string(), "a job")).unwrap();
    let run = place.start("run-1", [Box::new(listener) as Box<dyn Sink>, Box::new(push)]);
    // Nothing is sent here: the server that comes by sees the run as it is.
    place.pass(3);
    let cpu = "codecarbon_energy_joules_total{component=\"cpu\",job=\"pulled\"}";
    let labels = stored(&server, cpu, 300.0);
    assert_eq!(labels["run_id"], "run-1");
    assert_eq!(labels["project_name"], "a \"project\"\\ of é");
    place.pass(2);
    stored(&server, cpu, 500.0);
    stored(&server, "codecarbon_power_watts{component=\"cpu\",job=\"pulled\"}", 100.0);
    stored(&server, "codecarbon_run_active{job=\"pulled\"}", 1.0);

    let outcome = run.stop();
    assert_eq!(outcome.saved_to, Vec::<std::path::PathBuf>::new());
    assert!(outcome.warnings.iter().all(|w| !w.contains("prometheus")), "{:?}", outcome.warnings);
    // The run is over, and its last figures can still be seen: pushed ones and offered ones.
    let labels =
        stored(&server, "codecarbon_energy_joules_total{component=\"cpu\",job=\"a job\"}", 500.0);
    assert_eq!(labels["run_id"], "run-1");
    for job in ["a job", "pulled"] {
        stored(&server, &format!("codecarbon_run_active{{job=\"{job}\"}} + 1"), 1.0);
        let grams = format!("codecarbon_emissions_grams_total{{job=\"{job}\"}}");
        stored(&server, &grams, outcome.record.emissions * 1000.0);
        // What dashboards of the reference ask for, with every label.
        let kwh = format!("codecarbon_energy_total{{job=\"{job}\"}}");
        let labels = stored(&server, &kwh, outcome.record.energy_consumed);
        assert_eq!(labels["country_iso_code"], "FRA");
        assert_eq!(labels["country_name"], "France");
        assert_eq!(labels["tracking_mode"], "machine");
        for filled in ["os", "codecarbon_version", "cpu_model", "cpu_count", "ram_total_size"] {
            assert!(labels[filled].as_str().is_some_and(|text| !text.is_empty()), "{filled}");
        }
        let energy = format!("codecarbon_energy_consumed{{job=\"{job}\"}}");
        stored(&server, &energy, outcome.record.energy_consumed);
    }
}

#[test]
fn runs_of_one_job_stay_apart_on_the_gateway_and_go_only_when_asked() {
    let Some(gateway) = gateway() else { return };
    let groups = || {
        let (_, text) = get(&gateway.url("/api/v1/metrics")).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        let groups = answer["data"].as_array().unwrap().clone();
        let mut runs: Vec<String> =
            groups.iter().map(|g| g["labels"]["run_id"].as_str().unwrap().to_owned()).collect();
        runs.sort();
        runs
    };
    let place = Place::new();
    let start = |id: &str, at_end| {
        let settings = PushSettings { at_end, ..PushSettings::new(gateway.url(""), "job/1") };
        let sink: Box<dyn Sink> = Box::new(PushGateway::new(settings).unwrap());
        place.start(id, [sink])
    };
    let mut runs = [start("keeps", AtEnd::Keep), start("goes", AtEnd::Delete)];
    place.pass(2);
    for run in &mut runs {
        run.flush().unwrap();
    }
    wait_for("both groups", || (groups() == ["goes", "keeps"]).then_some(()));
    for run in runs {
        assert!(run.stop().warnings.iter().all(|w| !w.contains("prometheus")));
    }
    // The gateway answers before it has done what it was asked.
    wait_for("one group", || (groups() == ["keeps"]).then_some(()));
}

#[test]
fn promtool_finds_no_fault_in_the_text() {
    let Some(promtool) = find("prometheus/usr/bin/promtool") else { return };
    let place = Place::new();
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/metrics", listener.address());
    let mut run = place.start("run-1", [Box::new(listener) as Box<dyn Sink>]);
    place.pass(2);
    run.flush().unwrap();
    let client = Client::new(Policy { proxies: false, ..Policy::default() }).unwrap();
    let text = client.send(&Request::get(&url)).unwrap().body;
    assert!(text.starts_with(b"# HELP codecarbon_duration "));
    let mut check = Command::new(promtool);
    check.args(["check", "metrics"]).stdin(Stdio::piped());
    let mut check = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    check.stdin.take().unwrap().write_all(&text).unwrap();
    let output = check.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((said.as_ref(), output.status.success()), ("", true));
}
