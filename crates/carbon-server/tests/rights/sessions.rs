//! Sessions of browsers, and what pages of others cannot do with them.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use crate::support::{PASSWORD, Sent, Server};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_session_lasts_while_it_is_used() {
    let (server, mut browser) = Server::set_up().await;
    for _ in 0..4 {
        server.pass(6 * DAY);
        assert!(browser.email().await.is_some());
    }
    server.pass(7 * DAY);
    assert_eq!(browser.email().await, None);
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let (_, mut browser) = Server::set_up().await;
    let kept = browser.cookie_line();
    let answer = browser.send(Method::POST, "/auth/logout", Sent::Nothing).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("user_session=; Path=/; Max-Age=0"));
    let answer = browser.server.get("/organizations", &[("cookie", &kept)]).await;
    assert_eq!((answer.status, answer.detail()), (401, "Unauthorized"));
    browser.sign_in("ada@example.org", PASSWORD).await;
    let answer = browser.get("/auth/logout").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    assert_eq!(browser.email().await, None);
}

#[tokio::test]
async fn what_changes_something_needs_to_come_from_here() {
    let (server, mut browser) = Server::set_up().await;
    let new = || Sent::Json(json!({ "name": "lab", "description": "" }));
    for (shown, expected) in [
        (&[("sec-fetch-site", "same-origin")][..], 201),
        (&[("origin", "http://localhost:1")], 201),
        (&[("x-csrf", "1")], 201),
        (&[], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("sec-fetch-site", "cross-site"), ("x-csrf", "1")], 403),
    ] {
        let answer = browser.send_from(shown, Method::POST, "/organizations", new()).await;
        assert_eq!(answer.status, expected, "{shown:?}");
    }
    let reading = [("sec-fetch-site", "cross-site")];
    let answer = browser.send_from(&reading, Method::GET, "/organizations", Sent::Nothing).await;
    assert_eq!(answer.status, 200, "reading changes nothing");
    let logout = browser.send_from(&reading, Method::POST, "/auth/logout", Sent::Nothing).await;
    assert_eq!(logout.status, 403);
    let body = json!({ "name": "laptop" });
    let token = browser.send(Method::POST, "/v1/account/tokens", Sent::Json(body)).await;
    let bearer = format!("Bearer {}", token.string("token"));
    let headers = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    let answer = server.call(Method::POST, "/organizations", &headers, new()).await;
    assert_eq!(answer.status, 201, "no page of others has a token to send");
}

#[tokio::test]
async fn a_bad_cookie_is_nobody_and_a_bad_bearer_is_refused() {
    let (server, _) = Server::set_up().await;
    for cookie in ["user_session=nonsense", "user_session=a.b.c", "user_session="] {
        let answer = server.get("/auth/check", &[("cookie", cookie)]).await;
        assert_eq!((answer.status, &answer.body), (200, &json!({ "user": null })), "{cookie}");
        let answer = server.get("/organizations", &[("cookie", cookie)]).await;
        assert_eq!((answer.status, answer.detail()), (401, "Unauthorized"), "{cookie}");
        assert_eq!(answer.header("www-authenticate"), "");
    }
    for token in ["nonsense", "a.b.c", "ccp_nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."] {
        let bearer = format!("bearer {token}");
        let answer = server.get("/auth/check", &[("authorization", &bearer)]).await;
        let told = (answer.status, answer.detail(), answer.header("www-authenticate"));
        assert_eq!(told, (401, "Could not validate credentials", "Bearer"), "{token}");
    }
    let other = server.get("/auth/check", &[("authorization", "Basic YTpi")]).await;
    assert_eq!(other.status, 200, "another scheme is nothing of ours");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_together() {
    let (server, mut laptop) = Server::set_up().await;
    let (mut phone, mut tablet) = (server.browser(), server.browser());
    server.pass(DAY);
    phone.sign_in("ada@example.org", PASSWORD).await;
    tablet.sign_in("ada@example.org", PASSWORD).await;
    let list = laptop.get("/v1/account/sessions").await;
    let sessions = list.body.as_array().unwrap().clone();
    let here: Vec<bool> = sessions.iter().map(|s| s["is_this"].as_bool().unwrap()).collect();
    assert_eq!(here, [true, false, false]);
    assert_eq!(sessions[0]["created"], "2026-11-22T08:00:00Z");
    let own = phone.get("/v1/account/sessions").await;
    let phones = own.body.as_array().unwrap().iter().find(|s| s["is_this"] == true).unwrap();
    let path = format!("/v1/account/sessions/{}", phones["id"].as_str().unwrap());
    assert_eq!(laptop.send(Method::DELETE, &path, Sent::Nothing).await.status, 204);
    assert_eq!(laptop.send(Method::DELETE, &path, Sent::Nothing).await.status, 404);
    assert_eq!((phone.email().await, tablet.email().await.is_some()), (None, true));
    let all = laptop.send(Method::DELETE, "/v1/account/sessions", Sent::Nothing).await;
    assert_eq!(all.status, 204);
    assert_eq!((tablet.email().await, laptop.email().await.is_some()), (None, true));
}

#[tokio::test]
async fn another_password_ends_all_other_sessions() {
    let (server, mut browser) = Server::set_up().await;
    let mut other = server.browser();
    other.sign_in("ada@example.org", PASSWORD).await;
    let change = |current: &str, new: &str| json!({ "current": current, "password": new });
    let path = "/v1/account/password";
    let put = async |browser: &mut crate::support::Browser, body| {
        browser.send(Method::PUT, path, Sent::Json(body)).await
    };
    let wrong = put(&mut browser, change("wrong", "another good one")).await;
    assert_eq!((wrong.status, wrong.header("content-type")), (403, "application/problem+json"));
    assert_eq!(put(&mut browser, change(PASSWORD, "short")).await.status, 422);
    assert_eq!(put(&mut browser, change(PASSWORD, "another good one")).await.status, 204);
    assert_eq!((other.email().await, browser.email().await.is_some()), (None, true));
    assert_eq!(other.sign_in("ada@example.org", PASSWORD).await.status, 401);
    assert_eq!(other.sign_in("ada@example.org", "another good one").await.status, 200);
}
