//! What people see of their organizations, what is deleted, and how clients are configured.

use std::time::Duration;

use carbon_store::Reclaimed;
use serde_json::{Value, json};

use crate::lab::{Lab, START, add_row, after, branch, person, project};

#[tokio::test]
async fn people_see_their_organizations_with_what_they_are_there() {
    let lab = Lab::open().await;
    let list = lab.viewer.get("/v1/organizations").await;
    let own = &list.body["items"][0];
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1), "{}", list.text);
    assert_eq!(
        (&own["name"], &own["role"], &own["members"], &own["projects"], &own["created"]),
        (&json!("lab"), &json!("viewer"), &json!(3), &json!(1), &json!("2026-11-22T08:00:00Z"))
    );
    assert_eq!(&lab.viewer.get(&lab.path("")).await.body, own);
    let stranger = person(&lab.server, "Mal").await;
    assert_eq!(stranger.get("/v1/organizations").await.body, json!({ "items": [], "next": null }));
    assert_eq!(stranger.get(&lab.path("")).await.status, 403);
    assert_eq!(lab.server.get("/v1/organizations", &[]).await.status, 401);
}

#[tokio::test]
async fn projects_are_found_and_come_with_what_they_used_in_a_window() {
    let lab = Lab::open().await;
    let second = project(lab.store(), lab.organization, "Website", START).await;
    let (_, run) = branch(lab.store(), second.id).await;
    lab.use_energy(START, 2.0).await;
    add_row(lab.store(), &run, after(Duration::from_hours(1)), 0.5).await;
    let names = |page: &Value| -> Vec<(String, f64)> {
        let items = page["items"].as_array().unwrap().iter();
        let shown = items.map(|item| {
            let energy = item["figures"]["energy_kwh"].as_f64().unwrap();
            (item["name"].as_str().unwrap().to_owned(), energy)
        });
        shown.collect()
    };
    let all = lab.viewer.get(&lab.path("/projects")).await;
    let both = [("models".to_owned(), 2.0), ("Website".to_owned(), 0.5)];
    assert_eq!(names(&all.body), both);
    let late = lab.path("/projects?start=2026-11-22T08:30:00Z&search=web");
    assert_eq!(names(&lab.viewer.get(&late).await.body), [("Website".to_owned(), 0.5)]);
    let early = lab.path("/projects?end=2026-11-22T08:30:00Z&search=WEB");
    assert_eq!(names(&lab.viewer.get(&early).await.body), [("Website".to_owned(), 0.0)]);
    assert_eq!(lab.viewer.get(&lab.path("/projects?name=x")).await.status, 422);
}

#[tokio::test]
async fn usage_is_told_by_member_host_and_project_with_names() {
    let lab = Lab::open().await;
    lab.use_energy(START, 2.0).await;
    for (by, name) in
        [("host", json!("node-1")), ("project", json!("models")), ("member", Value::Null)]
    {
        let answer = lab.viewer.get(&lab.path(&format!("/usage?by={by}"))).await;
        let group = &answer.body["groups"][0];
        assert_eq!((&group["name"], &group["energy_kwh"]), (&name, &json!(2.0)), "{}", answer.text);
        assert_eq!(answer.body["total"]["emissions_kg"], 0.2);
    }
    assert_eq!(lab.viewer.get(&lab.path("/usage?by=run")).await.status, 422);
}

#[tokio::test]
async fn what_is_deleted_is_gone_at_once_and_freed_later() {
    let lab = Lab::open().await;
    lab.use_energy(START, 1.0).await;
    let (experiment, run) = branch(lab.store(), lab.project.id).await;
    add_row(lab.store(), &run, START, 4.0).await;
    let total = async || {
        let path = lab.project_path("/sums");
        lab.viewer.get(&path).await.body["total"]["energy_kwh"].clone()
    };
    assert_eq!(total().await, 5.0);
    let run_path = format!("/v1/runs/{}", lab.run.id);
    assert_eq!(lab.viewer.delete(&run_path).await.status, 403);
    assert_eq!(lab.member.delete(&run_path).await.status, 204);
    assert_eq!(lab.member.delete(&run_path).await.status, 403, "it is no more");
    assert_eq!(total().await, 4.0);
    let path = format!("/v1/experiments/{}", experiment.id);
    assert_eq!(lab.member.delete(&path).await.status, 204);
    assert_eq!(
        (total().await, lab.member.get(&format!("/runs/{}", run.id)).await.status),
        (json!(0.0), 404)
    );
    assert_eq!(lab.member.delete(&lab.path("")).await.status, 403);
    assert_eq!(lab.admin.delete(&lab.path("")).await.status, 204);
    assert_eq!(lab.admin.get(&lab.path("")).await.status, 403);
    assert_eq!(lab.admin.get(&lab.project_path("/sums")).await.status, 404);
    let log = lab.store().server_audit_log(carbon_store::Paging::first(1)).await.unwrap();
    let entry = &log.items[0].entry;
    assert_eq!(
        (entry.action.as_str(), entry.actor_id),
        ("organization.delete", Some(lab.admin.user.id))
    );
    let mut steps = 0;
    while lab.store().reclaim(after(Duration::from_mins(2))).await.unwrap() == Reclaimed::Some {
        steps += 1;
    }
    assert!(steps >= 4, "two runs, a project and an organization: {steps}");
}

#[tokio::test]
async fn an_experiment_is_described_anew_by_members() {
    let lab = Lab::open().await;
    let path = format!("/v1/experiments/{}", lab.experiment.id);
    let change = json!({ "name": "second", "country_iso_code": "FRA", "on_cloud": true });
    assert_eq!(lab.viewer.patch(&path, change.clone()).await.status, 403);
    let changed = lab.member.patch(&path, change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(
        (&changed.body["name"], &changed.body["country_iso_code"]),
        (&json!("second"), &json!("FRA"))
    );
    assert_eq!(changed.body["timestamp"], "2026-11-22T08:00:00Z");
    assert_eq!(lab.member.patch(&path, json!({ "project_id": "x" })).await.status, 422);
}

#[tokio::test]
async fn a_client_is_configured_with_one_text() {
    let lab = Lab::open().await;
    let answer = lab.viewer.get(&lab.project_path("/configuration")).await;
    let expected = format!(
        "[codecarbon]\nsave_to_api = true\napi_endpoint = http://localhost:1\n\
         organization_id = {}\nproject_id = {}\nexperiment_id = {}\n\
         # api_key = (a token of the project that writes)\n",
        lab.organization, lab.project.id, lab.experiment.id
    );
    assert_eq!((answer.status, answer.text.as_str()), (200, expected.as_str()));
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let (other, _) = branch(lab.store(), lab.project.id).await;
    let path = lab.project_path(&format!("/configuration?experiment={}", other.id));
    assert!(lab.viewer.get(&path).await.text.contains(&other.id.to_string()));
    let elsewhere = project(lab.store(), lab.organization, "x", START).await;
    let path = format!("/v1/projects/{}/configuration?experiment={}", elsewhere.id, other.id);
    assert_eq!(lab.viewer.get(&path).await.status, 404, "of another project");
    let path = format!("/v1/projects/{}/configuration", elsewhere.id);
    let empty = lab.viewer.get(&path).await;
    assert!(empty.text.contains("# experiment_id = (the project has no experiment yet)"));
}
