//! Personal access tokens, and tokens of projects that read.

use std::time::Duration;

use axum::http::Method;
use carbon_store::{NewProjectToken, ProjectTokenId};
use serde_json::json;

use crate::support::{Sent, Server};
use crate::world::{START, World, digest_of};

#[tokio::test]
async fn a_token_acts_for_its_person_and_makes_no_others() {
    let (server, mut browser) = Server::set_up().await;
    let path = "/v1/account/tokens";
    let made = browser.send(Method::POST, path, Sent::Json(json!({ "name": "cluster" }))).await;
    assert_eq!((made.status, &made.body["expires"]), (201, &json!("2027-02-20T08:00:00Z")));
    let secret = made.string("token");
    assert!(secret.starts_with("ccp_") && secret.len() == 47, "{secret}");
    let bearer = format!("Bearer {secret}");
    let with = [("authorization", bearer.as_str())];
    assert_eq!(server.get("/auth/check", &with).await.body["user"]["email"], "ada@example.org");
    let new = json!({ "name": "lab", "description": "" });
    assert_eq!(server.post("/organizations", &with, new).await.status, 201);
    let own = browser.get("/organizations").await.body[0]["id"].as_str().unwrap().to_owned();
    let invitations = format!("/v1/organizations/{own}/invitations");
    let add = format!("/organizations/{own}/add-user");
    for (method, path) in [
        (Method::POST, invitations.as_str()),
        (Method::POST, add.as_str()),
        (Method::POST, "/v1/account/tokens"),
        (Method::PUT, "/v1/account/password"),
        (Method::POST, "/v1/accounts"),
        (Method::DELETE, "/v1/account/sessions"),
    ] {
        let body = Sent::Json(json!({ "name": "x", "email": "eve@example.org", "role": "admin" }));
        let answer = server.call(method, path, &with, body).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.text);
    }
    let list = browser.get(path).await;
    assert_eq!(list.body[0]["last_used"], "2026-11-22T08:00:00Z");
    assert!(!list.text.contains(&secret));
    let id = format!("{path}/{}", made.string("id"));
    assert_eq!(browser.send(Method::DELETE, &id, Sent::Nothing).await.status, 204);
    assert_eq!(server.get("/auth/check", &with).await.status, 401);
    assert_eq!(browser.send(Method::DELETE, &id, Sent::Nothing).await.status, 404);
}

#[tokio::test]
async fn a_token_ends_when_it_was_said_to() {
    let (server, mut browser) = Server::set_up().await;
    let mut create =
        async |body| browser.send(Method::POST, "/v1/account/tokens", Sent::Json(body)).await;
    let past = create(json!({ "name": "x", "expires": "2026-11-22T07:59:00" })).await;
    assert_eq!(past.status, 422);
    let short = create(json!({ "name": "x", "expires": "2026-11-22T09:00:00Z" })).await;
    let forever = create(json!({ "name": "x", "expires": null })).await;
    assert_eq!(forever.body["expires"], json!(null));
    let status = async |secret: &str| {
        let bearer = format!("Bearer {secret}");
        server.get("/auth/check", &[("authorization", &bearer)]).await.status
    };
    let (short, forever) = (short.string("token"), forever.string("token"));
    assert_eq!((status(&short).await, status(&forever).await), (200, 200));
    server.pass(Duration::from_hours(1));
    assert_eq!((status(&short).await, status(&forever).await), (401, 200));
}

#[tokio::test]
async fn a_project_token_that_reads_reads_its_project_and_nothing_else() {
    let world = World::build().await;
    let store = world.server.store();
    let mut minted = 0;
    let mut token = async |access, project| {
        minted += 1;
        let secret = format!("cpt_{minted}");
        let new = NewProjectToken {
            id: ProjectTokenId::new(),
            project_id: project,
            name: None,
            digest: digest_of(&secret),
            access,
            created_by: None,
            created: START,
            expires: Some(START.plus(Duration::from_hours(1))),
        };
        store.create_project_token(new).await.unwrap().unwrap();
        secret
    };
    let own = world.private.project.id;
    let (read, write, both) = (token(1, own).await, token(2, own).await, token(3, own).await);
    let other = token(1, world.public.project.id).await;
    let path = format!("/projects/{own}/sums");
    let status = async |path: &str, secret: &str| {
        world.server.get(path, &[("x-api-token", secret)]).await.status
    };
    for (secret, expected) in [(&read, 200), (&both, 200), (&write, 401), (&other, 401)] {
        let found = status(&path, secret).await;
        // A token of another project is somebody who may not, one that only writes is nobody.
        let is_other = *secret == other;
        assert_eq!(found, if is_other { 403 } else { expected }, "{secret}");
    }
    let run = format!("/runs/{}/emissions", world.private.run.id);
    assert_eq!(status(&run, &read).await, 200);
    for path in ["/organizations".to_owned(), "/runs".to_owned(), "/v1/account".to_owned()] {
        assert_eq!(status(&path, &read).await, 401, "{path}");
    }
    let tokens = format!("/projects/{own}/api-tokens");
    assert_eq!(status(&tokens, &read).await, 401);
    world.server.pass(Duration::from_hours(1));
    assert_eq!(status(&path, &read).await, 401, "it has ended");
}
