//! Coming in by way of an OpenID provider, with a browser or with a token of the command line.

use std::time::Duration;

use axum::http::Method;
use carbon_store::UserChange;
use serde_json::json;

use crate::provider::{Key, Provider};
use crate::support::{Answer, Browser, START_S, Sent, Server};

/// A browser goes to the provider and comes back.
async fn sign_in(browser: &mut Browser, provider: &Provider) -> Answer {
    let away = browser.get("/auth/login").await;
    assert_eq!(away.status, 302, "{}", away.text);
    let back = provider.authorize(away.header("location"));
    // A page of the provider sends it here.
    let shown = [("sec-fetch-site", "cross-site")];
    browser.send_from(&shown, Method::GET, &back, Sent::Nothing).await
}

async fn check(server: &Server, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    server.get("/auth/check", &[("authorization", &bearer)]).await
}

#[tokio::test]
async fn a_person_comes_in_and_has_an_account_from_then_on() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    let mut browser = server.browser();
    let answer = sign_in(&mut browser, &provider).await;
    let location = answer.header("location");
    assert_eq!((answer.status, location), (303, "https://web.example.org/home"), "{}", answer.text);
    assert_eq!(browser.email().await.as_deref(), Some("ada@example.org"));
    let organizations = browser.get("/organizations").await.body;
    assert_eq!(organizations[0]["name"], "Ada");
    let projects = format!("/projects?organization={}", organizations[0]["id"].as_str().unwrap());
    assert_eq!(browser.get(&projects).await.body[0]["description"], "Default project");
    let user = server.store().user_by_email("ada@example.org").await.unwrap().unwrap();
    assert_eq!(user.id.to_string(), "3f0f3a8e-7f0a-4a53-9a5e-3f1f6c1d2b4a", "as the subject is");
    let mut other = server.browser();
    sign_in(&mut other, &provider).await;
    assert_eq!(other.get("/organizations").await.body.as_array().unwrap().len(), 1);
    assert_eq!(provider.calls("/keys"), 1, "description and keys are kept");
}

#[tokio::test]
async fn an_answer_that_is_not_ones_own_lets_nobody_in() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    let mut attacker = server.browser();
    let away = attacker.get("/auth/login").await;
    let back = provider.authorize(away.header("location"));
    let mut victim = server.browser();
    let answer = victim.get(&back).await;
    assert_eq!((answer.status, victim.email().await), (400, None), "it is another's");
    victim.get("/auth/login").await;
    assert_eq!(victim.get(&back).await.status, 400, "also on the way oneself");
    assert_eq!(attacker.get(&back).await.status, 303);
    assert_eq!(attacker.get(&back).await.status, 400, "once");
    let error = attacker.get("/auth/login?error=access_denied&state=x").await;
    assert_eq!((error.status, error.header("location")), (400, ""), "no way round and round");
    let mut slow = server.browser();
    let away = slow.get("/auth/login").await;
    let back = provider.authorize(away.header("location"));
    server.pass(Duration::from_mins(10));
    assert_eq!(slow.get(&back).await.status, 400);
}

#[tokio::test]
async fn identity_tokens_that_are_wrong_let_nobody_in() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    for changed in [
        json!({ "nonce": "another" }),
        json!({ "aud": "codecarbon-cli" }),
        json!({ "aud": ["web", "other"] }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": START_S - 61 }),
        json!({ "exp": null }),
        json!({ "nbf": START_S + 3600 }),
        json!({ "sub": "" }),
    ] {
        provider.state().changed = changed.clone();
        let mut browser = server.browser();
        let answer = sign_in(&mut browser, &provider).await;
        assert_eq!((answer.status, browser.email().await), (400, None), "{changed}");
    }
    assert!(!server.store().has_users().await.unwrap());
}

#[tokio::test]
async fn an_address_that_only_the_other_endpoint_tells_is_asked_for() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    provider.state().person = json!({ "sub": "no-uuid" });
    let told = |subject: &str| json!({ "sub": subject, "email": "bob@example.org", "name": "Bob" });
    provider.state().only_by_userinfo = Some(told("another"));
    assert_eq!(sign_in(&mut server.browser(), &provider).await.status, 400);
    provider.state().only_by_userinfo = Some(told("no-uuid"));
    let mut browser = server.browser();
    assert_eq!(sign_in(&mut browser, &provider).await.status, 303);
    assert_eq!(browser.email().await.as_deref(), Some("bob@example.org"));
    let user = server.store().user_by_subject("no-uuid").await.unwrap().unwrap();
    assert_eq!(user.name, "Bob");
}

#[tokio::test]
async fn who_signs_out_is_out_at_the_provider_too() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    let mut browser = server.browser();
    sign_in(&mut browser, &provider).await;
    let answer = browser.send(Method::POST, "/auth/logout", Sent::Nothing).await;
    assert_eq!((answer.status, browser.email().await), (204, None));
    for _ in 0..500 {
        if !provider.state().revoked.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(provider.state().revoked, ["the refresh token"]);
}

#[tokio::test]
async fn a_session_ends_however_much_it_is_used() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    let mut browser = server.browser();
    sign_in(&mut browser, &provider).await;
    for _ in 0..6 {
        server.pass(Duration::from_hours(24));
        assert!(browser.email().await.is_some());
    }
    server.pass(Duration::from_hours(24));
    assert_eq!(browser.email().await, None);
}

#[tokio::test]
async fn tokens_of_the_command_line_are_accepted_if_all_of_them_is_right() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    for good in [
        json!({}),
        json!({ "aud": "web", "azp": null }),
        json!({ "aud": ["account", "codecarbon-cli"], "azp": "x" }),
    ] {
        let answer = check(&server, &provider.access(&good)).await;
        assert_eq!(answer.status, 200, "{good}: {}", answer.text);
        assert_eq!(answer.body["user"]["email"], "ada@example.org");
    }
    for bad in [
        json!({ "azp": "another" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": START_S - 61 }),
        json!({ "exp": null }),
        json!({ "nbf": START_S + 61 }),
        json!({ "sub": null }),
    ] {
        let answer = check(&server, &provider.access(&bad)).await;
        let told = (answer.status, answer.header("www-authenticate"));
        assert_eq!(told, (401, "Bearer"), "{bad}: {}", answer.text);
    }
    let forged = Key::new("first").sign(&json!({ "sub": "x", "aud": "web", "exp": START_S + 60 }));
    let answer = check(&server, &forged).await;
    assert_eq!(answer.detail(), "JWKS validation of the token failed");
    let cookie = format!("user_session={}", provider.access(&json!({})));
    let answer = server.get("/auth/check", &[("cookie", &cookie)]).await;
    assert_eq!(answer.body["user"]["email"], "ada@example.org");
}

#[tokio::test]
async fn another_key_of_the_provider_needs_no_restart() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    assert_eq!(check(&server, &provider.access(&json!({}))).await.status, 200);
    let old = provider.access(&json!({}));
    provider.rotate();
    let new = provider.access(&json!({}));
    assert_eq!(check(&server, &new).await.status, 401, "it was asked a moment ago");
    server.pass(Duration::from_secs(10));
    assert_eq!(check(&server, &new).await.status, 200);
    assert_eq!(check(&server, &old).await.status, 401, "withdrawn");
    // Tokens with keys that nobody knows make no traffic.
    let asked = provider.calls("/keys");
    let forged = Key::new("third").sign(&json!({ "sub": "x" }));
    server.pass(Duration::from_secs(10));
    for _ in 0..20 {
        assert_eq!(check(&server, &forged).await.status, 401);
    }
    assert_eq!(provider.calls("/keys"), asked + 1);
}

#[tokio::test]
async fn a_provider_that_is_down_is_no_fault_of_the_token() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    provider.state().is_down = true;
    let token = provider.access(&json!({}));
    let answer = check(&server, &token).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "10"));
    assert_eq!(server.browser().get("/auth/login").await.status, 503);
    provider.state().is_down = false;
    server.pass(Duration::from_secs(10));
    assert_eq!(check(&server, &token).await.status, 200);
    provider.state().is_down = true;
    server.pass(Duration::from_mins(30));
    assert_eq!(check(&server, &token).await.status, 200, "the keys are known");
}

#[tokio::test]
async fn an_address_of_another_account_is_not_taken_over() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    sign_in(&mut server.browser(), &provider).await;
    let other = json!({ "sub": "7d9a4a0e-54c1-4a2b-8f0e-0d7f4c1a2b3c" });
    let answer = check(&server, &provider.access(&other)).await;
    let words = "Relation not found, or duplicate key";
    assert_eq!((answer.status, answer.detail()), (400, words));
    // An operator links the account to the other identity; the former one is of no use then.
    let user = server.store().user_by_email("ada@example.org").await.unwrap().unwrap();
    let subject = other["sub"].as_str().map(str::to_owned);
    let change = UserChange { subject, ..UserChange::default() };
    server.store().update_user(user.id, change).await.unwrap();
    assert_eq!(check(&server, &provider.access(&other)).await.status, 200);
    let former = provider.access(&json!({}));
    assert_eq!(check(&server, &former).await.status, 400);
    let bearer = format!("Bearer {former}");
    let answer = server.get("/organizations", &[("authorization", &bearer)]).await;
    assert_eq!((answer.status, &answer.body), (200, &json!([])), "a stranger");
}

#[tokio::test]
async fn accounts_that_are_off_and_tokens_without_an_address() {
    let provider = Provider::start();
    let server = Server::start(provider.settings()).await;
    let nameless = check(&server, &provider.access(&json!({ "email": null }))).await;
    assert_eq!(nameless.status, 400, "{}", nameless.text);
    sign_in(&mut server.browser(), &provider).await;
    let user = server.store().user_by_email("ada@example.org").await.unwrap().unwrap();
    let off = UserChange { is_active: Some(false), ..UserChange::default() };
    server.store().update_user(user.id, off).await.unwrap();
    assert_eq!(check(&server, &provider.access(&json!({}))).await.status, 401);
    let mut browser = server.browser();
    assert_eq!(sign_in(&mut browser, &provider).await.status, 400);
    assert_eq!(browser.email().await, None);
}

#[tokio::test]
async fn those_who_are_listed_run_the_server_if_their_address_is_verified() {
    for (email, is_verified, expected) in [
        ("Root@example.org", true, 200),
        ("root@example.org", false, 403),
        ("eve@example.org", true, 403),
    ] {
        let provider = Provider::start();
        let server = Server::start(provider.settings()).await;
        provider.state().person["email"] = json!(email);
        provider.state().person["email_verified"] = json!(is_verified);
        let mut browser = server.browser();
        sign_in(&mut browser, &provider).await;
        let answer = browser.get(&format!("/v1/accounts?email={email}")).await;
        assert_eq!(answer.status, expected, "{email}");
    }
}

#[test]
fn secrets_of_the_provider_are_not_shown() {
    let shown = format!("{:?}", Provider::start().settings());
    assert!(!shown.contains("the secret"), "{shown}");
}
