//! Tokens of projects: told once, rotated, revoked, ended.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::lab::Lab;

async fn write(lab: &Lab, secret: &str) -> u16 {
    let run = json!({
        "timestamp": "2026-11-22T07:00:00Z", "experiment_id": lab.experiment.id.to_string(),
    });
    lab.server.post("/runs", &[("x-api-token", secret)], run).await.status
}

async fn read(lab: &Lab, secret: &str) -> u16 {
    let path = format!("/projects/{}/sums", lab.project.id);
    lab.server.get(&path, &[("x-api-token", secret)]).await.status
}

#[tokio::test]
async fn a_secret_is_told_once_and_opens_what_was_said() {
    let lab = Lab::open().await;
    let path = lab.project_path("/tokens");
    for (access, reads, writes) in
        [("read", 200, 403), ("write", 401, 201), ("read_write", 200, 201)]
    {
        let body = json!({ "name": access, "access": access });
        let made = lab.admin.post(&path, body).await;
        assert_eq!((made.status, &made.body["access"]), (201, &json!(access)), "{}", made.text);
        assert_eq!(made.body["created_by_name"], "Ada");
        let secret = made.string("token");
        assert_eq!((read(&lab, &secret).await, write(&lab, &secret).await), (reads, writes));
        let list = lab.member.get(&path).await;
        assert!(!list.text.contains(&secret) && !list.text.contains("\"token\""), "{}", list.text);
    }
    let list = lab.member.get(&format!("{path}?limit=2")).await;
    assert_eq!(list.body["items"][1]["last_used"], "2026-11-22T08:00:00Z");
    let next = list.string("next");
    let rest = lab.member.get(&format!("{path}?limit=2&after={next}")).await;
    assert_eq!(
        (rest.body["items"][0]["name"].as_str(), &rest.body["next"]),
        (Some("read_write"), &Value::Null)
    );
}

#[tokio::test]
async fn what_is_no_token_is_refused_with_every_flaw() {
    let lab = Lab::open().await;
    for (body, place) in [
        (json!({}), "name"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(201) }), "name"),
        (json!({ "name": "x", "access": "admin" }), "access"),
        (json!({ "name": "x", "expires": "2026-11-22T08:00:00Z" }), "expires"),
        (json!({ "name": "x", "expire": "2027-11-22T08:00:00Z" }), "expire"),
    ] {
        let answer = lab.admin.post(&lab.project_path("/tokens"), body.clone()).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.body["errors"][0]["loc"][1], place, "{}", answer.text);
    }
}

#[tokio::test]
async fn rotation_keeps_the_token_and_makes_its_old_secret_useless_at_once() {
    let lab = Lab::open().await;
    let path = lab.project_path("/tokens");
    let body = json!({ "name": "ci", "expires": "2026-11-22T10:00:00Z" });
    let made = lab.admin.post(&path, body).await;
    let (id, old) = (made.string("id"), made.string("token"));
    // It is in the memory of the process when it changes.
    assert_eq!(write(&lab, &old).await, 201);
    let rotate = format!("{path}/{id}/rotate");
    let rotated = lab.admin.call(Method::POST, &rotate, None).await;
    assert_eq!(rotated.status, 200, "{}", rotated.text);
    let new = rotated.string("token");
    for field in ["id", "name", "access", "created", "expires"] {
        assert_eq!(rotated.body[field], made.body[field], "{field}");
    }
    assert_eq!((write(&lab, &old).await, write(&lab, &new).await), (403, 201));
    let forever = lab.admin.post(&rotate, json!({ "expires": null })).await;
    assert_eq!(forever.body["expires"], Value::Null);
    let soon = lab.admin.post(&rotate, json!({ "expires": "2026-11-22T08:30:00Z" })).await;
    assert_eq!(soon.body["expires"], "2026-11-22T08:30:00Z");
    lab.server.pass(Duration::from_mins(31));
    let late = lab.admin.post(&rotate, json!({})).await;
    assert_eq!(late.status, 409, "a token that has ended needs a new end: {}", late.text);
    let again = lab.admin.post(&rotate, json!({ "expires": "2026-11-23T00:00:00Z" })).await;
    assert_eq!(write(&lab, &again.string("token")).await, 201);
}

#[tokio::test]
async fn a_token_ends_at_its_time_and_when_it_is_revoked() {
    let lab = Lab::open().await;
    let path = lab.project_path("/tokens");
    let make = async |expires: Value| {
        let made = lab.admin.post(&path, json!({ "name": "ci", "expires": expires })).await;
        (made.string("id"), made.string("token"))
    };
    let (short_id, short) = make(json!("2026-11-22T09:00:00Z")).await;
    let (long_id, long) = make(Value::Null).await;
    assert_eq!((write(&lab, &short).await, write(&lab, &long).await), (201, 201));
    lab.server.pass(Duration::from_hours(1));
    assert_eq!((write(&lab, &short).await, write(&lab, &long).await), (403, 201));
    let revoke = format!("{path}/{long_id}/revoke");
    assert_eq!(lab.admin.call(Method::POST, &revoke, None).await.status, 204);
    assert_eq!(write(&lab, &long).await, 403);
    let states = lab.member.get(&path).await;
    let states: Vec<_> =
        states.body["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect();
    assert_eq!(states, ["expired", "revoked"]);
    let rotate = format!("{path}/{long_id}/rotate");
    assert_eq!(lab.admin.post(&rotate, json!({})).await.status, 409);
    let delete = format!("{path}/{short_id}");
    assert_eq!(lab.admin.delete(&delete).await.status, 204);
    assert_eq!(lab.admin.delete(&delete).await.status, 404);
    assert_eq!(lab.admin.call(Method::POST, &format!("{delete}/revoke"), None).await.status, 404);
}
