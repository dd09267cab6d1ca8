//! Tokens that tests make for themselves, on a server for development.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_server::settings::Settings;
use carbon_store::SecretText;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::{START_S, Server, local};

const MAIN_USER: &str = "bb479cc8-3357-4859-985d-e3cc209d6fc9";
pub(crate) const KEY: &str = "only for tests";

/// Settings under which tests sign in as anybody.
pub(crate) fn settings() -> Settings {
    Settings { develop_key: Some(SecretText(KEY.to_owned())), ..local() }
}

pub(crate) fn token(key: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
}

#[tokio::test]
async fn the_user_of_the_initial_data_is_there() {
    let server = Server::start(settings()).await;
    assert_eq!(server.app.prepare_sign_in().await.unwrap(), None);
    assert_eq!(server.app.prepare_sign_in().await.unwrap(), None, "made once");
    let user = server.store().user_by_email("main.user@example.com").await.unwrap().unwrap();
    assert_eq!(user.id.to_string(), MAIN_USER);
    let bearer = format!("Bearer {}", token(KEY, &json!({ "sub": MAIN_USER })));
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(server.get("/auth/check", &headers).await.body["user"]["sub"], MAIN_USER);
    let named = json!({ "name": "black box", "description": "" });
    assert_eq!(server.post("/organizations", &headers, named).await.status, 201);
    let all = server.get("/organizations", &headers).await;
    assert_eq!(all.body.as_array().unwrap().last().unwrap()["name"], "black box");
    assert!(server.app.settings().loopback_only().unwrap().contains("JWT_KEY"));
}

#[tokio::test]
async fn the_end_of_a_token_holds_and_its_key_counts() {
    let server = Server::start(settings()).await;
    server.app.prepare_sign_in().await.unwrap();
    let check = async |token: &str| {
        let bearer = format!("Bearer {token}");
        server.get("/auth/check", &[("authorization", &bearer)]).await
    };
    let ends = token(KEY, &json!({ "sub": MAIN_USER, "exp": START_S + 60 }));
    assert_eq!(check(&ends).await.status, 200);
    server.pass(Duration::from_mins(3));
    for bad in [
        ends,
        token("another key", &json!({ "sub": MAIN_USER })),
        token(KEY, &json!({ "email": "main.user@example.com" })),
    ] {
        let answer = check(&bad).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.detail(), "develop jwt_key validation failed");
    }
    let cookie = format!("user_session={}", token(KEY, &json!({ "sub": MAIN_USER })));
    let answer = server.get("/auth/check", &[("cookie", &cookie)]).await;
    assert_eq!(answer.body["user"]["sub"], MAIN_USER, "web apps keep it in the cookie");
}

#[tokio::test]
async fn without_a_key_nobody_makes_tokens() {
    for key in [None, Some(SecretText(String::new()))] {
        let server = Server::start(Settings { develop_key: key, ..local() }).await;
        let bearer = format!("Bearer {}", token("", &json!({ "sub": MAIN_USER })));
        let answer = server.get("/auth/check", &[("authorization", &bearer)]).await;
        assert_eq!((answer.status, answer.detail()), (401, "Could not validate credentials"));
    }
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", settings());
    assert!(!shown.contains(KEY), "{shown}");
}
