//! `sync`: what a run without its network keeps, and what becomes of it.

use std::process::Output;

use carbon_testkit::http::{HttpServer, Reply};
use serde_json::Value;

use crate::sandbox::{CODECARBON, FRANCE, Sandbox, stderr, stdout};

const EXPERIMENT: &str = "5b0fa12a-3dd7-45bb-9766-cc326314d9f2";

/// A run of a command whose records go to an address; its standard error.
fn run(sandbox: &Sandbox, url: &str) -> String {
    let output = sandbox
        .command(CODECARBON)
        .arg("monitor")
        .args(FRANCE)
        .args(["--api", "--api-endpoint", url, "--api-key", "cpt_secret"])
        .args(["--experiment-id", EXPERIMENT, "--", "true"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(sandbox.rows().len(), 1, "the CSV file has its row whatever the network does");
    stderr(&output)
}

fn sync(sandbox: &Sandbox, options: &[&str]) -> Output {
    sandbox.command(CODECARBON).arg("sync").args(options).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&stdout(output)).unwrap()
}

fn api() -> HttpServer {
    HttpServer::start(|heard| match heard.path.as_str() {
        "/runs" => Reply::json(201, r#"{"id":"server-run"}"#),
        "/emissions" => Reply::json(201, "\"row\""),
        _ => Reply::json(404, "{}"),
    })
}

#[test]
fn what_a_run_could_not_send_is_shown_and_sent_later() {
    let sandbox = Sandbox::new();
    let server = api();
    let address = server.address();
    drop(server);
    let said = run(&sandbox, &format!("http://{address}"));
    assert!(said.contains("Warning: api: 1 record"), "{said}");
    assert!(said.contains("cannot be reached") && said.contains("codecarbon sync"), "{said}");
    assert!(!said.contains("cpt_secret"));
    let shown = sync(&sandbox, &["--status"]);
    assert_eq!(shown.status.code(), Some(0));
    let text = stdout(&shown);
    for part in ["1 record with", "Run ", &address.to_string(), EXPERIMENT, "Last error"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let status = json(&sync(&sandbox, &["--status", "--json"]));
    assert_eq!((&status["records"], &status["runs"][0]["in_use"]), (&1.into(), &false.into()));
    assert_eq!(status["runs"][0]["run_id"], sandbox.rows()[0].text("run_id"));
    let failed = sync(&sandbox, &[]);
    assert_eq!(failed.status.code(), Some(1));
    let text = stdout(&failed);
    assert!(text.contains("Not sent, and kept: 1 record") && text.contains("cannot be reached"));

    let server = HttpServer::start_on(address, |heard| match heard.path.as_str() {
        "/runs" => Reply::json(201, r#"{"id":"server-run"}"#),
        _ => Reply::json(201, "\"row\""),
    });
    let sent = sync(&sandbox, &[]);
    assert_eq!(sent.status.code(), Some(0), "{}", stdout(&sent));
    assert!(stdout(&sent).starts_with("Sent 1 record with"), "{}", stdout(&sent));
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert!(heard.iter().all(|call| call.header("x-api-token") == Some("cpt_secret")));
    assert_eq!(stdout(&sync(&sandbox, &[])), "Nothing waits to be sent.\n");
    assert_eq!(stdout(&sync(&sandbox, &["--status"])), "Nothing waits to be sent.\n");
}

#[test]
fn a_password_in_the_address_is_shown_nowhere() {
    let sandbox = Sandbox::new();
    let said = run(&sandbox, "http://me:hunter2@127.0.0.1:9");
    let ways: [&[&str]; 4] = [&["--status"], &["--status", "--json"], &[], &["--json"]];
    for options in ways {
        let output = sync(&sandbox, options);
        let text = format!("{said}{}{}", stdout(&output), stderr(&output));
        assert!(text.contains("127.0.0.1:9") && !text.contains("hunter2"), "{options:?}: {text}");
    }
}

#[test]
fn a_run_whose_server_answers_leaves_nothing() {
    let (sandbox, server) = (Sandbox::new(), api());
    let said = run(&sandbox, &server.url());
    assert!(!said.contains("Warning: api"), "{said}");
    assert_eq!(server.heard().len(), 2);
    assert_eq!(json(&sync(&sandbox, &["--json"]))["sent"]["records"], 0);
    let run: Value = serde_json::from_slice(&server.heard()[0].body).unwrap();
    assert_eq!(run["id"], sandbox.rows()[0].text("run_id"), "one id for all outputs");
}

#[test]
fn a_token_that_is_refused_is_replaced_by_the_configurations() {
    let server = HttpServer::start(|heard| match heard.header("x-api-token") {
        Some("cpt_new") if heard.path == "/runs" => Reply::json(201, r#"{"id":"r"}"#),
        Some("cpt_new") => Reply::json(201, "\"row\""),
        _ => Reply::json(403, r#"{"detail":"Not allowed to perform this action"}"#),
    });
    let sandbox = Sandbox::new();
    let said = run(&sandbox, &server.url());
    assert!(said.contains("check api_key and experiment_id"), "{said}");
    let refused = sync(&sandbox, &["--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let reason = json(&refused)["left"][0]["reason"].to_string();
    assert!(reason.contains("403: Not allowed to perform this action"), "{reason}");
    let access = ["--api-endpoint", &server.url(), "--api-key", "cpt_new"];
    let sent = sync(&sandbox, &access);
    assert_eq!(sent.status.code(), Some(0), "{}{}", stdout(&sent), stderr(&sent));
}
