//! What operators do with accounts, and invitations into organizations.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Browser, PASSWORD, Sent, Server};

async fn link(operator: &mut Browser, email: &str) -> String {
    let body = json!({ "email": email, "name": "Bob" });
    let answer = operator.send(Method::POST, "/v1/accounts", Sent::Json(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let link = answer.string("link");
    link.strip_prefix("http://localhost:1").unwrap().to_owned()
}

async fn choose(browser: &mut Browser, link: &str, password: &str) -> u16 {
    let token = link.split_once("token=").unwrap().1;
    let form = [("token", token), ("password", password)];
    browser.send(Method::POST, "/auth/password", Sent::Form(&form)).await.status
}

async fn own_organization(browser: &mut Browser) -> String {
    browser.get("/organizations").await.body[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_who_is_invited_gets_an_account_and_is_a_member() {
    let (server, mut ada) = Server::set_up().await;
    let organization = own_organization(&mut ada).await;
    let path = format!("/v1/organizations/{organization}/invitations");
    let body = json!({ "email": "Bob@example.org", "role": "viewer" });
    let invited = ada.send(Method::POST, &path, Sent::Json(body)).await;
    assert_eq!((invited.status, &invited.body["status"]), (201, &json!("invited")));
    assert_eq!(ada.get(&path).await.body[0]["email"], "Bob@example.org");
    let link = link(&mut ada, "bob@example.org").await;
    let mut bob = server.browser();
    assert!(bob.get(&link).await.text.contains("For bob@example.org"));
    assert_eq!(choose(&mut bob, &link, "short").await, 422);
    assert_eq!(choose(&mut bob, &link, "a password of Bob").await, 303);
    assert_eq!(choose(&mut server.browser(), &link, "a password of Eve").await, 410);
    assert_eq!(bob.email().await.as_deref(), Some("bob@example.org"));
    let members = ada.get(&format!("/organizations/{organization}/users")).await;
    let roles: Vec<&Value> =
        members.body.as_array().unwrap().iter().map(|member| &member["role"]).collect();
    assert_eq!(roles, ["admin", "viewer"]);
    assert_eq!(ada.get(&path).await.body, json!([]), "it is accepted");
    let body = json!({ "email": "bob@example.org", "role": "admin" });
    let again = ada.send(Method::POST, &path, Sent::Json(body)).await;
    assert_eq!((again.status, &again.body["status"]), (200, &json!("member")));
    assert_eq!(bob.send(Method::POST, &path, Sent::Json(json!({}))).await.status, 403);
}

#[tokio::test]
async fn an_invitation_can_be_taken_back() {
    let (_, mut ada) = Server::set_up().await;
    let organization = own_organization(&mut ada).await;
    let path = format!("/v1/organizations/{organization}/invitations");
    let body = json!({ "email": "bob@example.org" });
    let invited = ada.send(Method::POST, &path, Sent::Json(body)).await;
    assert_eq!(invited.body["role"], "member");
    let one = format!("{path}/{}", invited.string("id"));
    assert_eq!(ada.send(Method::DELETE, &one, Sent::Nothing).await.status, 204);
    assert_eq!(ada.send(Method::DELETE, &one, Sent::Nothing).await.status, 404);
    for body in [json!({ "email": "bob" }), json!({ "email": "b@x.org", "role": "king" })] {
        assert_eq!(ada.send(Method::POST, &path, Sent::Json(body)).await.status, 422);
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link() {
    let (server, mut ada) = Server::set_up().await;
    let mut elsewhere = server.browser();
    let (link, old) =
        (link(&mut ada, "ada@example.org").await, link(&mut ada, "ada@example.org").await);
    assert_eq!(choose(&mut elsewhere, &link, "another good one").await, 303);
    assert_eq!(ada.email().await, None, "who knew the old one is out");
    assert_eq!(elsewhere.sign_in("ada@example.org", PASSWORD).await.status, 401);
    assert_eq!(elsewhere.sign_in("ada@example.org", "another good one").await.status, 200);
    assert_eq!(choose(&mut server.browser(), &old, "yet another one").await, 410, "used or not");
    let unused = self::link(&mut elsewhere, "ada@example.org").await;
    server.pass(Duration::from_hours(24 * 7));
    assert_eq!(choose(&mut server.browser(), &unused, "yet another one").await, 410);
}

#[tokio::test]
async fn only_operators_see_and_change_accounts_and_not_their_own_rights() {
    let (server, mut ada) = Server::set_up().await;
    let link = link(&mut ada, "bob@example.org").await;
    let mut bob = server.browser();
    choose(&mut bob, &link, "a password of Bob").await;
    let find = "/v1/accounts?email=BOB@example.org";
    assert_eq!(bob.get(find).await.status, 403);
    let found = ada.get(find).await;
    assert_eq!((found.status, &found.body["is_operator"]), (200, &json!(false)));
    let path = format!("/v1/accounts/{}", found.string("id"));
    let patch = async |browser: &mut Browser, path: &str, body| {
        browser.send(Method::PATCH, path, Sent::Json(body)).await.status
    };
    assert_eq!(patch(&mut bob, &path, json!({ "is_operator": true })).await, 403);
    assert_eq!(patch(&mut ada, &path, json!({ "is_operator": true })).await, 200);
    assert_eq!(bob.get(find).await.status, 200);
    let own = ada.get("/v1/account").await.string("id");
    let own = format!("/v1/accounts/{own}");
    assert_eq!(patch(&mut ada, &own, json!({ "is_operator": false })).await, 422);
    assert_eq!(patch(&mut ada, &own, json!({ "is_active": false })).await, 422);
    assert_eq!(patch(&mut ada, &path, json!({ "is_active": false })).await, 200);
    assert_eq!(bob.email().await, None);
    assert_eq!(ada.get("/v1/accounts?email=no@example.org").await.status, 404);
}
