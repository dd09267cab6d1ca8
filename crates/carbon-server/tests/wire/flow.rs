//! From an empty server to sums, in the steps of the stock commands and the stock tracker.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Server};

struct Lab {
    server: Server,
    organization: String,
    project: String,
    experiment: String,
    token: String,
}

async fn lab() -> Lab {
    let server = Server::start().await;
    let named = |name: &str| json!({ "name": name, "description": "" });
    let organization = server.post("/organizations", named("lab")).await.text("id");
    let mut body = named("translation");
    body["organization_id"] = organization.as_str().into();
    let project = server.post("/projects", body).await.text("id");
    let mut body = named("base");
    body["project_id"] = project.as_str().into();
    let experiment = server.post("/experiments", body).await.text("id");
    let token = server.post(&format!("/projects/{project}/api-tokens"), json!({"name": "t"})).await;
    assert_eq!(token.status, 201);
    let token = token.text("token");
    Lab { server, organization, project, experiment, token }
}

fn run(lab: &Lab) -> Value {
    json!({
        "timestamp": "2026-11-22T07:00:00+00:00",
        "experiment_id": lab.experiment,
        "os": "Linux",
        "cpu_count": 8.0,
    })
}

fn row(run: &str, minute: u32, energy_kwh: f64) -> Value {
    json!({
        "timestamp": format!("2026-11-22T07:{minute:02}:00Z"),
        "run_id": run,
        "duration": 60,
        "emissions_sum": energy_kwh * 0.05,
        "emissions_rate": 1e-6,
        "energy_consumed": energy_kwh,
        "cpu_power": 40.0,
        "gpu_power": 0,
        "ram_power": 10,
        "cpu_energy": energy_kwh * 0.8,
        "gpu_energy": 0,
        "ram_energy": energy_kwh * 0.2,
    })
}

fn close(answer: &Answer, key: &str, wanted: f64) {
    let found = answer.body[key].as_f64().unwrap_or(f64::NAN);
    assert!((found - wanted).abs() < 1e-12, "{key} is {found}, not {wanted}");
}

#[tokio::test]
async fn what_a_tracker_sends_comes_back_in_all_sums() {
    let lab = lab().await;
    let server = &lab.server;
    let made = server.write("/runs", &lab.token, run(&lab)).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.body["timestamp"], "2026-11-22T07:00:00");
    assert_eq!(made.body["cpu_count"], 8);
    let id = made.text("id");
    for minute in 1..=3 {
        let answer = server.write("/emissions", &lab.token, row(&id, minute, 0.001)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert!(answer.body.is_string());
    }
    for path in [
        format!("/organizations/{}/sums", lab.organization),
        format!("/projects/{}/sums", lab.project),
        format!("/api/projects/{}/sums/", lab.project),
    ] {
        let sums = server.get(&path).await;
        close(&sums, "energy_consumed", 0.003);
        close(&sums, "emissions", 0.00015);
        close(&sums, "cpu_power", 40.0);
        assert_eq!(sums.body["duration"], 180);
        assert_eq!(sums.body["emissions_count"], 3);
        assert_eq!(sums.body["cpu_utilization_percent"], Value::Null);
    }
    let of_runs = server.get(&format!("/experiments/{}/runs/sums", lab.experiment)).await;
    assert_eq!(of_runs.body[0]["run_id"], id.as_str());
    assert_eq!(of_runs.body[0]["duration"], 180.0);
    let page = server.get(&format!("/runs/{id}/emissions?size=2")).await;
    assert_eq!(page.body["total"], 3);
    assert_eq!(page.body["pages"], 2);
    assert_eq!(page.body["items"][0]["timestamp"], "2026-11-22T07:03:00");
    let last = server.get(&format!("/lastrun/project/{}", lab.project)).await;
    assert_eq!(last.text("id"), id);
}

#[tokio::test]
async fn a_request_that_is_sent_again_counts_once() {
    let lab = lab().await;
    let server = &lab.server;
    let key = [("x-api-token", lab.token.as_str()), ("idempotency-key", "abc")];
    let send =
        async |path: &str, body: Value| server.call(Method::POST, path, &key, Some(body)).await;
    let first = send("/runs", run(&lab)).await;
    let again = send("/runs", run(&lab)).await;
    assert_eq!((first.status, first.text("id")), (again.status, again.text("id")));
    let id = first.text("id");
    let first = send("/emissions", row(&id, 1, 0.001)).await;
    let again = send("/emissions", row(&id, 1, 0.001)).await;
    assert_eq!(first.body, again.body);
    let sums = server.get(&format!("/projects/{}/sums", lab.project)).await;
    close(&sums, "energy_consumed", 0.001);
}

#[tokio::test]
async fn only_the_token_of_the_project_writes() {
    let lab = lab().await;
    let server = &lab.server;
    let without = server.post("/runs", run(&lab)).await;
    assert_eq!(without.status, 403);
    let words = "Not allowed to perform this action. Missing project token";
    assert_eq!(without.text("detail"), words);
    let wrong = server.write("/runs", "cpt_wrong", run(&lab)).await;
    assert_eq!(
        (wrong.status, wrong.text("detail").as_str()),
        (403, "Not allowed to perform this action")
    );
    let tokens = server.get(&format!("/projects/{}/api-tokens", lab.project)).await;
    assert_eq!(tokens.body[0]["token"], Value::Null);
    let path =
        format!("/projects/{}/api-tokens/{}", lab.project, tokens.body[0]["id"].as_str().unwrap());
    assert_eq!(server.call(Method::DELETE, &path, &[], None).await.status, 204);
    assert_eq!(server.write("/runs", &lab.token, run(&lab)).await.status, 403);
}

#[tokio::test]
async fn bad_requests_are_refused_before_the_token_is_looked_at() {
    let server = Server::start().await;
    let answer = server.post("/emissions", json!({"duration": 0, "run_id": "x"})).await;
    assert_eq!(answer.status, 422);
    let kinds: Vec<&str> = answer.body["detail"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|f| f["type"].as_str())
        .collect();
    for kind in ["greater_than", "uuid_parsing", "missing"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let bad_id = server.get("/projects/no-uuid").await;
    assert_eq!((bad_id.status, bad_id.text("detail").as_str()), (400, "Invalid data"));
    assert_eq!(server.get("/nowhere").await.text("detail"), "Not Found");
    assert_eq!(server.call(Method::PUT, "/runs", &[], None).await.status, 405);
}

#[tokio::test]
async fn an_empty_project_has_sums_of_zero_and_no_runs() {
    let lab = lab().await;
    let server = &lab.server;
    let sums = server.get(&format!("/projects/{}/sums", lab.project)).await;
    assert_eq!((sums.status, &sums.body["emissions"]), (200, &json!(0.0)));
    assert_eq!(sums.headers["x-content-type-options"], "nosniff");
    let of_experiments = server.get(&format!("/projects/{}/experiments/sums", lab.project)).await;
    assert_eq!(of_experiments.body[0]["energy_consumed"], json!(0.0));
    let runs = server.get(&format!("/experiments/{}/runs", lab.experiment)).await;
    assert_eq!((runs.status, runs.body), (200, json!([])));
    let last = server.get(&format!("/lastrun/project/{}", lab.project)).await;
    assert_eq!(last.body, json!({}));
}

#[tokio::test]
async fn tasks_that_come_with_a_row_count_once_also_when_the_row_is_sent_again() {
    let lab = lab().await;
    let run = lab.server.write("/runs", &lab.token, run(&lab)).await.text("id");
    let mut sent = row(&run, 1, 0.5);
    sent["id"] = "f7e6d5c4-0000-4000-8000-000000000001".into();
    sent["tasks"] = json!([{
        "id": "f7e6d5c4-0000-4000-8000-000000000002", "name": "train",
        "start": "2026-11-22T07:00:10Z", "duration_s": 20.5, "energy_kwh": 0.25,
        "emissions_kg": 0.0125,
    }]);
    for _ in 0..2 {
        let answer = lab.server.write("/emissions", &lab.token, sent.clone()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let told = lab.server.get(&format!("/v1/runs/{run}/tasks")).await;
    assert_eq!(told.body["items"].as_array().unwrap().len(), 1, "{}", told.body);
    assert_eq!(told.body["items"][0]["name"], "train");
    assert_eq!(told.body["items"][0]["energy_kwh"], 0.25);
    sent["tasks"] = json!([{ "name": "train" }]);
    sent["id"] = "f7e6d5c4-0000-4000-8000-000000000003".into();
    let refused = lab.server.write("/emissions", &lab.token, sent).await;
    assert_eq!(refused.status, 422, "a row is not taken without its tasks: {}", refused.body);
    let sums = lab.server.get(&format!("/projects/{}/sums", lab.project)).await;
    close(&sums, "energy_consumed", 0.5);
}
