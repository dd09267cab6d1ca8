//! Coming in with a password.

use std::time::Duration;

use axum::http::Method;
use carbon_store::UserChange;
use serde_json::json;

use crate::support::{PASSWORD, Sent, Server, local, of_query};

#[tokio::test]
async fn a_fresh_server_is_set_up_once_by_its_link() {
    let server = Server::start(local()).await;
    let mut browser = server.browser();
    let (first, second) = (
        server.app.prepare_sign_in().await.unwrap().unwrap(),
        server.app.prepare_sign_in().await.unwrap().unwrap(),
    );
    assert!(!format!("{first:?}").contains(&first.0), "a secret");
    assert!(browser.get(&first.0).await.text.contains("Set up this server"));
    assert_eq!(browser.get("/auth/setup?token=guess").await.status, 410);
    let set_up = |link: &str, password: &str| {
        let token = of_query(link, "token").unwrap();
        json!({"token": token, "email": "ada@example.org", "name": "Ada", "password": password})
    };
    let weak = server.post("/auth/setup", &[], set_up(&first.0, "short")).await;
    assert_eq!((weak.status, &weak.body["detail"][0]["loc"][1]), (422, &json!("password")));
    assert!(!weak.text.contains("short\""), "not sent back: {}", weak.text);
    let made = server.post("/auth/setup", &[], set_up(&first.0, PASSWORD)).await;
    assert_eq!((made.status, &made.body["user"]["name"]), (201, &json!("Ada")));
    for link in [&first.0, &second.0] {
        assert_eq!(server.post("/auth/setup", &[], set_up(link, PASSWORD)).await.status, 403);
    }
    assert_eq!(server.app.prepare_sign_in().await.unwrap(), None);
    let user = server.store().user_by_email("ada@example.org").await.unwrap().unwrap();
    assert!(user.is_operator);
    assert_eq!(browser.sign_in("ADA@example.org", PASSWORD).await.status, 200);
    assert_eq!(browser.get("/organizations").await.body[0]["name"], "Ada");
}

#[tokio::test]
async fn the_link_ends_after_a_day() {
    let server = Server::start(local()).await;
    let link = server.app.prepare_sign_in().await.unwrap().unwrap();
    server.pass(Duration::from_hours(24));
    assert_eq!(server.browser().get(&link.0).await.status, 410);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let (server, _) = Server::set_up().await;
    let mut browser = server.browser();
    let wrong = browser.sign_in("ada@example.org", "wrong").await;
    let unknown = browser.sign_in("nobody@example.org", PASSWORD).await;
    assert_eq!((wrong.status, wrong.text), (unknown.status, unknown.text));
    assert_eq!(wrong.status, 401);
    assert_eq!(browser.email().await, None);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_password_too() {
    let (server, _) = Server::set_up().await;
    let mut browser = server.browser();
    for _ in 0..10 {
        assert_eq!(browser.sign_in("ada@example.org", "wrong").await.status, 401);
    }
    let refused = browser.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "900"));
    server.pass(Duration::from_mins(15));
    assert_eq!(browser.sign_in("ada@example.org", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_form_leads_where_the_person_wanted_to_go_and_nowhere_else() {
    let (server, _) = Server::set_up().await;
    let page = server.browser().get("/auth/login?next=/runs%3Fx%3D1").await;
    assert!(page.text.contains("name=\"next\" value=\"/runs?x=1\""), "{}", page.text);
    assert_eq!(page.header("referrer-policy"), "same-origin");
    for (next, expected) in [("/runs?x=1", "/runs?x=1"), ("https://evil.example/", "/home")] {
        let form = [("email", "ada@example.org"), ("password", PASSWORD), ("next", next)];
        let mut browser = server.browser();
        let answer = browser.send(Method::POST, "/auth/login", Sent::Form(&form)).await;
        assert_eq!((answer.status, answer.header("location")), (303, expected));
        assert_eq!(browser.email().await.as_deref(), Some("ada@example.org"));
        let again = browser.get("/auth/login?next=/x").await;
        assert_eq!((again.status, again.header("location")), (303, "/x"), "signed in already");
    }
    let form = [("email", "ada@example.org"), ("password", "wrong"), ("next", "/x")];
    let answer = server.call(Method::POST, "/auth/login", &[], Sent::Form(&form)).await;
    assert_eq!(answer.status, 401);
    assert!(answer.text.contains("Wrong address or password") && answer.text.contains("\"/x\""));
}

#[tokio::test]
async fn nobody_is_signed_in_by_a_page_of_others() {
    let (server, _) = Server::set_up().await;
    let form = [("email", "ada@example.org"), ("password", PASSWORD)];
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let answer = server.call(Method::POST, "/auth/login", &foreign, Sent::Form(&form)).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, ""));
}

#[tokio::test]
async fn an_account_that_is_turned_off_is_out_at_once() {
    let (server, mut browser) = Server::set_up().await;
    let user = server.store().user_by_email("ada@example.org").await.unwrap().unwrap();
    let body = json!({ "name": "laptop" });
    let token = browser.send(Method::POST, "/v1/account/tokens", Sent::Json(body)).await;
    let bearer = format!("Bearer {}", token.string("token"));
    let off = UserChange { is_active: Some(false), ..UserChange::default() };
    server.store().update_user(user.id, off).await.unwrap();
    assert_eq!(browser.email().await, None);
    let answer = server.get("/organizations", &[("authorization", &bearer)]).await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(browser.sign_in("ada@example.org", PASSWORD).await.status, 401);
}

#[tokio::test]
async fn cookies_are_for_this_server_only_and_secure_where_they_can_be() {
    let (_, mut browser) = Server::set_up().await;
    let answer = browser.sign_in("ada@example.org", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("user_session="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"), "{cookie}");
    let settings = carbon_server::settings::Settings {
        public_url: Some("https://carbon.example.org".to_owned()),
        ..local()
    };
    let server = Server::start(settings).await;
    let link = server.app.prepare_sign_in().await.unwrap().unwrap();
    let token = of_query(&link.0, "token").unwrap();
    let body = json!({ "token": token, "email": "ada@example.org", "password": PASSWORD });
    let answer = server.post("/auth/setup", &[], body).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"), "{:?}", answer.headers);
}

#[tokio::test]
async fn without_sign_in_there_is_no_page_for_it() {
    let server = Server::start(carbon_server::settings::Settings::default()).await;
    let answer = server.get("/auth/login", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (307, "/home"));
    for path in ["/.well-known/openid-configuration", "/auth/authorize", "/auth/setup"] {
        assert_eq!(server.get(path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(server.app.prepare_sign_in().await.unwrap(), None);
    assert!(server.app.settings().loopback_only().is_some());
    assert!(local().loopback_only().is_none());
}

#[tokio::test]
async fn without_sign_in_pages_of_others_change_nothing() {
    let server = Server::start(carbon_server::settings::Settings::default()).await;
    let new = || json!({ "name": "lab", "description": "" });
    for (origin, expected) in [
        (&[][..], 201),
        (&[("origin", "http://localhost:1")], 201),
        (&[("origin", "http://localhost:3000")], 201),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
    ] {
        let answer = server.post("/organizations", origin, new()).await;
        assert_eq!(answer.status, expected, "{origin:?}: {}", answer.text);
    }
    let read = server.get("/organizations", &[("origin", "https://evil.example")]).await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, ""));
}

#[tokio::test]
async fn a_fresh_server_has_a_project_to_write_into_which_the_first_person_takes_over() {
    let server = Server::start(local()).await;
    let client = server.app.prepare_first_client().await.unwrap().unwrap();
    assert!(!format!("{client:?}").contains(&client.token), "a secret");
    assert_eq!(server.app.prepare_first_client().await.unwrap(), None);
    let run = json!({
        "timestamp": "2026-11-22T08:00:00", "experiment_id": client.experiment.to_string(),
    });
    let made = server.post("/runs", &[("x-api-token", &client.token)], run).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let link = server.app.prepare_sign_in().await.unwrap().unwrap();
    let token = of_query(&link.0, "token").unwrap();
    let who =
        json!({"token": token, "email": "ada@example.org", "name": "Ada", "password": PASSWORD});
    assert_eq!(server.post("/auth/setup", &[], who).await.status, 201);
    let mut browser = server.browser();
    assert_eq!(browser.sign_in("ada@example.org", PASSWORD).await.status, 200);
    let organizations = browser.get("/organizations").await;
    assert_eq!(organizations.body.as_array().unwrap().len(), 1);
    assert_eq!(organizations.body[0]["id"], client.organization.to_string());
    let project = browser.get(&format!("/projects/{}", client.project)).await;
    assert_eq!(project.body["experiments"], json!([client.experiment.to_string()]));
}
