//! Commands that are let in by the small provider of this server, as existing ones do it.

use std::time::Duration;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, PASSWORD, Sent, Server, encoded, hidden, of_query};

const VERIFIER: &str = "a-verifier-of-43-characters-or-more-as-it-must-be";
const REDIRECT: &str = "http://localhost:8090/callback";

fn question() -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let pairs = [
        ("response_type", "code"),
        ("client_id", "codecarbon-cli"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid offline_access"),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    format!("/auth/authorize?{}", encoded(&pairs))
}

/// The person's answer; where the browser is sent.
async fn answer(browser: &mut Browser, url: &str, yes_or_no: &str) -> String {
    let page = browser.get(url).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let fields = hidden(&page.text);
    let mut form: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.push(("answer", yes_or_no));
    let answer = browser.send(Method::POST, "/auth/authorize", Sent::Form(&form)).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("location").to_owned()
}

async fn exchange(server: &Server, pairs: &[(&str, &str)]) -> Answer {
    let mut form = vec![("client_id", "codecarbon-cli")];
    form.extend_from_slice(pairs);
    server.call(Method::POST, "/auth/token", &[], Sent::Form(&form)).await
}

async fn by_code(server: &Server, code: &str, verifier: &str) -> Answer {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ];
    exchange(server, &pairs).await
}

async fn renew(server: &Server, token: &str) -> Answer {
    exchange(server, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

async fn check(server: &Server, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    server.get("/auth/check", &[("authorization", &bearer)]).await
}

/// What a token says, if the published key signed it.
async fn verified(server: &Server, token: &str) -> Value {
    let key = server.get("/auth/jwks", &[]).await.body["keys"][0].clone();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let point = |name: &str| bytes(key[name].as_str().unwrap());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [vec![4], point("x"), point("y")].concat())
        .verify(signed.as_bytes(), &bytes(signature))
        .unwrap();
    serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap()
}

#[tokio::test]
async fn a_command_is_let_in_by_way_of_the_browser() {
    let (server, _) = Server::set_up().await;
    let about = server.get("/.well-known/openid-configuration", &[]).await.body;
    assert_eq!(about["issuer"], "http://localhost:1");
    assert_eq!(about["authorization_endpoint"], "http://localhost:1/auth/authorize");
    // Whoever is not signed in does that first, and comes back.
    let mut browser = server.browser();
    let away = browser.get(&question()).await;
    let next = of_query(away.header("location"), "next").unwrap();
    let form = [("email", "ada@example.org"), ("password", PASSWORD), ("next", &next)];
    let back = browser.send(Method::POST, "/auth/login", Sent::Form(&form)).await;
    let back = answer(&mut browser, back.header("location"), "yes").await;
    assert!(back.starts_with(REDIRECT), "{back}");
    assert_eq!(of_query(&back, "state").as_deref(), Some("the state"));
    assert_eq!(of_query(&back, "iss").as_deref(), Some("http://localhost:1"));
    let tokens = by_code(&server, &of_query(&back, "code").unwrap(), VERIFIER).await;
    assert_eq!((tokens.status, &tokens.body["token_type"]), (200, &json!("Bearer")));
    let identity = verified(&server, &tokens.string("id_token")).await;
    assert_eq!(
        (&identity["nonce"], &identity["aud"]),
        (&json!("the nonce"), &json!("codecarbon-cli"))
    );
    let access = tokens.string("access_token");
    verified(&server, &access).await;
    assert_eq!(check(&server, &access).await.body["user"]["email"], "ada@example.org");
    let bearer = format!("Bearer {access}");
    let named = json!({ "name": "lab", "description": "" });
    let made = server.post("/organizations", &[("authorization", &bearer)], named).await;
    assert_eq!(made.status, 201);
    assert_eq!(check(&server, &tokens.string("id_token")).await.status, 401, "for the client only");
}

#[tokio::test]
async fn a_code_counts_once_and_for_whoever_asked() {
    let (server, mut browser) = Server::set_up().await;
    let code = async |browser: &mut Browser| {
        of_query(&answer(browser, &question(), "yes").await, "code").unwrap()
    };
    let first = code(&mut browser).await;
    assert_eq!(by_code(&server, &first, VERIFIER).await.status, 200);
    let again = by_code(&server, &first, VERIFIER).await;
    assert_eq!((again.status, &again.body["error"]), (400, &json!("invalid_grant")));
    let stolen = code(&mut browser).await;
    let wrong = "another-verifier-of-43-characters-or-more-it-is";
    assert_eq!(by_code(&server, &stolen, wrong).await.status, 400);
    assert_eq!(by_code(&server, &stolen, VERIFIER).await.status, 400, "tried once");
    let old = code(&mut browser).await;
    server.pass(Duration::from_mins(2));
    assert_eq!(by_code(&server, &old, VERIFIER).await.status, 400);
}

#[tokio::test]
async fn who_says_no_gives_nothing() {
    let (_, mut browser) = Server::set_up().await;
    let back = answer(&mut browser, &question(), "no").await;
    assert_eq!(of_query(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(of_query(&back, "code"), None);
}

#[tokio::test]
async fn nobody_is_sent_to_another_machine_or_asked_without_proof() {
    let (_, mut browser) = Server::set_up().await;
    for (from, to) in [
        ("localhost%3A8090", "evil.example"),
        ("codecarbon-cli", "another-client"),
        ("S256", "plain"),
        ("response_type=code", "response_type=token"),
    ] {
        let url = question().replace(from, to);
        assert_ne!(url, question());
        let answer = browser.get(&url).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{to}");
    }
    // A page of others cannot say yes.
    let fields = hidden(&browser.get(&question()).await.text);
    let mut form: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.push(("answer", "yes"));
    let foreign = [("sec-fetch-site", "cross-site")];
    let sent = Sent::Form(&form);
    let answer = browser.send_from(&foreign, Method::POST, "/auth/authorize", sent).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn access_ends_soon_and_is_renewed_until_the_password_changes() {
    let (server, mut browser) = Server::set_up().await;
    let code = of_query(&answer(&mut browser, &question(), "yes").await, "code").unwrap();
    let first = by_code(&server, &code, VERIFIER).await;
    server.pass(Duration::from_mins(17));
    let ended = check(&server, &first.string("access_token")).await;
    assert_eq!((ended.status, ended.header("www-authenticate")), (401, "Bearer"));
    let second = renew(&server, &first.string("refresh_token")).await;
    assert_eq!(check(&server, &second.string("access_token")).await.status, 200);
    assert_eq!(renew(&server, &first.string("refresh_token")).await.status, 400, "changed");
    let third = renew(&server, &second.string("refresh_token")).await;
    let revoke = [("token", third.string("refresh_token"))];
    let form: Vec<(&str, &str)> = revoke.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let revoked = server.call(Method::POST, "/auth/revoke", &[], Sent::Form(&form)).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(renew(&server, &third.string("refresh_token")).await.status, 400, "revoked");
    let code = of_query(&answer(&mut browser, &question(), "yes").await, "code").unwrap();
    let token = by_code(&server, &code, VERIFIER).await.string("refresh_token");
    let body = json!({ "current": PASSWORD, "password": "another good one" });
    let changed = browser.send(Method::PUT, "/v1/account/password", Sent::Json(body)).await;
    assert_eq!(changed.status, 204);
    assert_eq!(renew(&server, &token).await.status, 400, "the password is another one");
}

#[tokio::test]
async fn a_device_is_let_in_by_a_code_that_is_typed_elsewhere() {
    let (server, mut browser) = Server::set_up().await;
    let begin = async || {
        let form = [("client_id", "codecarbon-cli"), ("scope", "openid offline_access")];
        server.call(Method::POST, "/auth/device", &[], Sent::Form(&form)).await
    };
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let ask = async |begun: &Answer| {
        let code = begun.string("device_code");
        exchange(&server, &[("grant_type", grant), ("device_code", &code)]).await
    };
    let begun = begin().await;
    assert_eq!(ask(&begun).await.body["error"], "authorization_pending");
    let guess = format!("user-code:{}", begun.string("user_code").replace('-', ""));
    let guessed = exchange(&server, &[("grant_type", grant), ("device_code", &guess)]).await;
    assert_eq!(guessed.body["error"], "expired_token", "short codes are guessed nowhere");
    let url = begun.string("verification_uri_complete");
    let path = url.strip_prefix("http://localhost:1").unwrap();
    let mut stranger = server.browser();
    assert!(stranger.get(path).await.header("location").starts_with("/auth/login?next="));
    let typed = begun.string("user_code").to_lowercase().replace('-', "");
    let reply = async |browser: &mut Browser, code: &str, answer: &str| {
        let form = [("user_code", code), ("answer", answer)];
        browser.send(Method::POST, "/auth/device/answer", Sent::Form(&form)).await.status
    };
    assert!(browser.get(path).await.text.contains(&begun.string("user_code")));
    assert_eq!(reply(&mut browser, "BCDF-GHJK", "yes").await, 404);
    assert_eq!(reply(&mut browser, &typed, "yes").await, 200);
    let tokens = ask(&begun).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    assert_eq!(check(&server, &tokens.string("access_token")).await.status, 200);
    assert_eq!(ask(&begun).await.body["error"], "expired_token", "once");
    let denied = begin().await;
    assert_eq!(reply(&mut browser, &denied.string("user_code"), "no").await, 200);
    assert_eq!(ask(&denied).await.body["error"], "access_denied");
    let old = begin().await;
    server.pass(Duration::from_mins(10));
    assert_eq!(ask(&old).await.body["error"], "expired_token");
    let unknown = server.call(Method::POST, "/auth/device", &[], Sent::Form(&[])).await;
    assert_eq!(unknown.body["error"], "invalid_client");
}
