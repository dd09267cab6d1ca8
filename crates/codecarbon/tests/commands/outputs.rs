//! Where records of a command go beside its files, and what is said when they do not arrive. Nothing
//! of that touches the command's exit code, its output or its record on disk.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use carbon_testkit::http::{Heard, HttpServer, Reply};
use serde_json::Value;

use crate::sandbox::{CODECARBON, FRANCE, MONITOR, Sandbox, stderr, stdout, until};

fn json(request: &Heard) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// Requests to a path, in the order of their arrival.
fn posts(server: &HttpServer, path: &str) -> Vec<Value> {
    let heard = server.heard();
    heard.iter().filter(|request| request.path == path).map(json).collect()
}

/// An address where nobody listens.
fn gone() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn the_record_of_a_command_is_posted_to_an_endpoint_by_both_programs() {
    for program in [MONITOR, CODECARBON] {
        let server = HttpServer::start(|_| Reply::json(201, "{}"));
        let sandbox = Sandbox::new();
        let output = sandbox
            .command(program)
            .args(["monitor", "--emissions-endpoint", &server.url()])
            .args(FRANCE)
            .args(["--", "sh", "-c", "echo out; exit 3"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert_eq!(stdout(&output), "out\n");
        let sent = posts(&server, "/");
        assert_eq!(sent.len(), 1, "{}", stderr(&output));
        let row = &sandbox.rows()[0];
        assert_eq!(sent[0]["run_id"], row.text("run_id"));
        assert_eq!(sent[0]["country_iso_code"], "FRA");
        assert!(!stderr(&output).contains("Warning: http"), "{}", stderr(&output));
    }
}

#[test]
fn a_failing_endpoint_costs_a_warning_and_nothing_else() {
    let failing = |reply: Reply| HttpServer::start(move |_| reply.clone());
    for (server, said) in [
        (failing(Reply::new(401, "who are you?")), "answered 401: who are you?"),
        (failing(Reply::new(403, "")), "answered 403\n"),
        (failing(Reply::new(422, "no such field")), "answered 422: no such field"),
        (failing(Reply::new(429, "")), "answered 429"),
        (failing(Reply::new(500, "broken")), "answered 500: broken"),
        (failing(Reply::new(201, "").cut_after(9)), "broke the connection off"),
        (failing(Reply::new(503, "late").after(Duration::from_millis(100))), "answered 503: late"),
    ] {
        fails_with(&server.url(), said);
    }
    fails_with(&format!("http://{}/", gone()), "cannot be reached");
}

fn fails_with(url: &str, said: &str) {
    let sandbox = Sandbox::new();
    let options = ["--emissions-endpoint", url];
    let output = sandbox.monitor_sh(&options, "echo out; exit 7").output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(stdout(&output), "out\n");
    assert_eq!(sandbox.rows().len(), 1);
    let warnings: Vec<String> = stderr(&output)
        .lines()
        .filter(|line| line.starts_with("Warning: http: "))
        .map(String::from)
        .collect();
    assert_eq!(warnings.len(), 1, "{}", stderr(&output));
    assert!(format!("{}\n", warnings[0]).contains(said), "{warnings:?}");
}

#[test]
fn records_are_logged_live_and_at_the_end_as_lines_of_json() {
    let sandbox = Sandbox::new();
    let options = ["--output-methods", "logger", "--quiet", "--measure-power-secs", "0.05"];
    let options = [&options[..], &["--api-call-interval", "2"]].concat();
    let output = sandbox.monitor_sh(&options, "sleep 0.4").output().unwrap();
    let said = stderr(&output);
    let durations: Vec<f64> = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["duration"].as_f64().unwrap())
        .collect();
    // At 0.05 s, 0.15 s, 0.25 s, 0.35 s and the end; a busy machine may miss some.
    assert!((3..=5).contains(&durations.len()), "{said}");
    assert!(durations.is_sorted() && *durations.last().unwrap() >= 0.4, "{durations:?}");
    assert!(durations[0] < 0.3, "{durations:?}");
    assert!(sandbox.rows().is_empty());
}

#[test]
fn the_machine_is_logged_live_too() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(MONITOR)
        .args(FRANCE)
        .args(["--output-methods", "logger", "--quiet", "--measure-power-secs", "0.02"])
        .args(["--api-call-interval", "1"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let (first, second) = (next(), next());
    assert_eq!(first["run_id"], second["run_id"]);
    assert!(second["duration"].as_f64() > first["duration"].as_f64());
    crate::sandbox::signal(&child, libc::SIGTERM);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_boamps_report_is_written_and_says_what_it_lacks() {
    let sandbox = Sandbox::new();
    let context = r#"{"task": {"task_stage": "inference", "task_family": "chatbot",
        "algorithms": [{"algorithm_type": "llm"}],
        "dataset": [{"data_usage": "input", "data_type": "token"}]},
        "software": {"language": "shell"}}"#;
    std::fs::write(sandbox.work().join("task.json"), context).unwrap();
    let report = |options: &[&str]| {
        let output = sandbox.monitor_sh(options, "true").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let said = stderr(&output);
        let line = said.lines().find(|line| line.contains("boamps_report_")).expect(&said);
        let path = line.strip_prefix("Saved to: ").unwrap();
        let report: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        (report, said)
    };
    for options in [&["--boamps=task.json"][..], &["--boamps", "--metadata", "task.json"]] {
        let (report, said) = report(options);
        assert_eq!(report["task"]["taskStage"], "inference");
        assert_eq!(report["software"]["language"], "shell");
        assert_eq!(report["environment"]["country"], "France");
        assert!(report["measures"][0]["powerConsumption"].as_f64().unwrap() > 0.0);
        assert!(!said.contains("not complete"), "{said}");
    }
    let (_, said) = report(&["--output-methods", "boamps"]);
    assert!(said.contains("the BoAmps report is not complete: task is missing"), "{said}");
}

#[test]
fn a_context_that_cannot_be_used_stops_everything_before_the_command_runs() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.work().join("bad.json"), r#"{"header": {"foo": 1}}"#).unwrap();
    for (context, reason) in [("bad.json", "no field header.foo"), ("none.json", "none.json")] {
        let option = format!("--boamps={context}");
        let output = sandbox.monitor_sh(&[&option], "echo ran").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(stdout(&output), "");
        let said = stderr(&output);
        assert!(said.starts_with("Error: metadata: ") && said.contains(reason), "{said}");
    }
}

#[test]
fn the_api_is_asked_only_with_an_experiment() {
    let sandbox = Sandbox::new();
    let output = sandbox.monitor_sh(&["--api"], "echo ran").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("No experiment id"), "{}", stderr(&output));

    let server = HttpServer::start(|request| match request.path.as_str() {
        "/runs" => Reply::json(201, format!(r#"{{"id": {}}}"#, run_id_of(request))),
        _ => Reply::json(201, "\"id\""),
    });
    let experiment = "00000000-0000-4000-8000-000000000001";
    let url = server.url();
    let options =
        ["--api", "--experiment-id", experiment, "--api-endpoint", &url, "--api-key", "k"];
    let output = sandbox.monitor_sh(&options, "exit 2").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let runs = posts(&server, "/runs");
    assert_eq!(runs.len(), 1, "{}", stderr(&output));
    assert_eq!(runs[0]["experiment_id"], experiment);
    assert_eq!(posts(&server, "/emissions").len(), 1, "{}", stderr(&output));
}

/// The id that the client gives its run, or one of the server's own.
fn run_id_of(request: &Heard) -> Value {
    match &json(request)["id"] {
        Value::String(id) => id.as_str().into(),
        _ => "00000000-0000-4000-8000-000000000002".into(),
    }
}

#[test]
fn metrics_are_pushed_to_a_gateway_and_offered_to_who_comes() {
    let gateway = HttpServer::start(|_| Reply::new(200, ""));
    let sandbox = Sandbox::new();
    let listen = gone().to_string();
    let options =
        ["--output-methods", "prometheus", "--prometheus-url", &gateway.url()].map(String::from);
    let mut child = sandbox
        .command(MONITOR)
        .args(FRANCE)
        .args(options)
        .args(["--prometheus-listen", &listen, "--", "sleep", "1"])
        .spawn()
        .unwrap();
    let mut page = String::new();
    until("the metrics", || {
        page = get(&listen).unwrap_or_default();
        page.contains("codecarbon")
    });
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("country_iso_code=\"FRA\""), "{page}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let heard = gateway.heard();
    assert!(!heard.is_empty() && heard[0].path.starts_with("/metrics/job/"), "{heard:?}");
}

fn get(address: &str) -> std::io::Result<String> {
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn an_address_that_is_taken_is_a_warning() {
    let taken = HttpServer::start(|_| Reply::new(200, ""));
    let sandbox = Sandbox::new();
    let listen = taken.address().to_string();
    let output = sandbox.monitor_sh(&["--prometheus-listen", &listen], "exit 4").output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let said = stderr(&output);
    assert!(said.contains(&format!("Warning: {listen} is in use")), "{said}");
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn nothing_is_told_to_the_makers_of_the_server_unless_the_user_says_so() {
    let server = HttpServer::start(|_| Reply::json(201, "\"id\""));
    let url = server.url();
    let told = |options: &[&str]| {
        let sandbox = Sandbox::new();
        let options = [&["--api-endpoint", &url], options].concat();
        let output = sandbox.monitor_sh(&options, "exit 6").output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
        posts(&server, "/telemetry")
    };
    assert_eq!(told(&[]), [Value::Null; 0]);
    let minimal = told(&["--telemetry", "minimal"]);
    assert_eq!(minimal.len(), 1);
    assert_eq!(minimal[0]["telemetry_level"], "minimal");
    assert!(minimal[0].get("energy_consumed_kwh").is_none());
    let both = told(&["--telemetry", "extensive"]);
    assert!(both[1]["energy_consumed_kwh"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_server_that_hears_no_telemetry_is_silent_to_the_user() {
    let slow = HttpServer::start(|_| Reply::new(500, "").after(Duration::from_mins(1)));
    for url in [format!("http://{}", gone()), slow.url()] {
        let sandbox = Sandbox::new();
        let options = ["--telemetry", "minimal", "--api-endpoint", &url];
        let mut command = Command::new("timeout");
        let measured = sandbox.monitor_sh(&options, "exit 5");
        command.arg("5").arg(measured.get_program()).args(measured.get_args());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", sandbox.home());
        let output = command.current_dir(sandbox.work()).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
        let said = stderr(&output);
        assert!(!said.contains("elemetry") && !said.contains("127.0.0.1"), "{said}");
    }
}

#[test]
fn the_light_program_finds_codecarbon_beside_it_else_in_path_else_says_so() {
    let server = HttpServer::start(|_| Reply::new(201, ""));
    let sandbox = Sandbox::new();
    let alone = sandbox.home().join("codecarbon-monitor");
    std::fs::copy(MONITOR, &alone).unwrap();
    let url = server.url();
    let run = |path: &str| {
        let output = sandbox
            .command(&alone)
            .env("PATH", path)
            .args(FRANCE)
            .args(["--emissions-endpoint", &url, "--", "/bin/sh", "-c", "exit 8"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(8), "{}", stderr(&output));
        stderr(&output)
    };
    let said = run("/usr/bin:/bin");
    assert!(said.contains("nothing comes of emissions_endpoint"), "{said}");
    assert!(said.contains("codecarbon is neither beside this program nor in PATH"), "{said}");
    assert_eq!((server.heard().len(), sandbox.rows().len()), (0, 1));
    let directory = Path::new(CODECARBON).parent().unwrap().to_str().unwrap();
    let said = run(&format!("/usr/bin:{directory}"));
    assert!(!said.contains("nothing comes of"), "{said}");
    assert_eq!((server.heard().len(), sandbox.rows().len()), (1, 2));
}

#[test]
fn metrics_are_exported_to_collectors() {
    let collector = HttpServer::start(|_| Reply::new(200, ""));
    let url = collector.url();
    let sandbox = Sandbox::new();
    let run = |options: &[&str]| {
        let mut command = sandbox.monitor_sh(options, "exit 3");
        command.env("LOGFIRE_TOKEN", "pylf_v1_eu_secret").env("LOGFIRE_BASE_URL", &url);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    };
    run(&["--output-methods", "otlp", "--otlp-endpoint", &url]);
    run(&["--output-methods", "logfire"]);
    let heard = collector.heard();
    let paths: Vec<&str> = heard.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/v1/metrics", "/v1/metrics"]);
    assert_eq!(heard[1].header("authorization"), Some("pylf_v1_eu_secret"));
    assert_eq!(heard[0].header("authorization"), None);
}

#[test]
fn a_collector_without_its_settings_stops_everything_before_the_command_runs() {
    let sandbox = Sandbox::new();
    let output = sandbox.monitor_sh(&["--output-methods", "logfire"], "echo ran").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("LOGFIRE_TOKEN"), "{}", stderr(&output));
}

#[test]
fn files_for_which_there_is_no_room_are_named_and_the_rest_is_served() {
    let server = HttpServer::start(|_| Reply::new(201, ""));
    let sandbox = Sandbox::new();
    // No file may grow, as on a full disk; without the trap the limit would be a signal.
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; exec {CODECARBON} monitor {} --boamps --emissions-endpoint {} \
         -- sh -c 'echo out; exit 9'",
        FRANCE.join(" "),
        server.url()
    );
    let output = sandbox.command("sh").args(["-c", &script]).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(9), "{said}");
    assert_eq!(stdout(&output), "out\n");
    assert!(said.contains("emissions.csv"), "{said}");
    assert!(said.contains("boamps_report_") && said.contains("cannot be written"), "{said}");
    assert!(!said.contains("Saved to"), "{said}");
    assert_eq!(posts(&server, "/").len(), 1);
    let left: Vec<_> = std::fs::read_dir(sandbox.work()).unwrap().collect();
    assert!(left.iter().all(|entry| entry.as_ref().unwrap().metadata().unwrap().len() == 0));
}
