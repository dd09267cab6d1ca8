//! Tests of the wait for somebody who types a code.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use carbon_http::{Client, Policy};
use carbon_testkit::http::{HttpServer, Reply};
use serde_json::json;

use super::*;
use crate::sign_in::address::ProviderAddress;

/// Waits, in seconds, of a sign-in whose token endpoint gives these errors before it gives tokens,
/// and how it ended. The code is good for 60 s and may be asked for every 7 s.
fn waits(errors: &'static [&'static str], limit_s: u64) -> (Vec<u64>, Result<Tokens, SignInError>) {
    let calls = AtomicUsize::new(0);
    let server = HttpServer::start(move |heard| {
        let base = format!("http://{}", heard.header("host").unwrap());
        match heard.path.as_str() {
            "/token" => match errors.get(calls.fetch_add(1, Ordering::SeqCst)) {
                Some(&"cut") => Reply::new(200, "").cut_after(0),
                Some(error) => Reply::json(400, json!({ "error": error }).to_string()),
                None => Reply::json(200, r#"{"access_token":"a","token_type":"Bearer"}"#),
            },
            "/device" => Reply::json(
                200,
                r#"{"device_code":"d","user_code":"U","verification_uri":"http://v",
                    "expires_in":60,"interval":7}"#,
            ),
            _ => Reply::json(
                200,
                json!({ "issuer": base, "token_endpoint": format!("{base}/token"),
                        "device_authorization_endpoint": format!("{base}/device") })
                .to_string(),
            ),
        }
    });
    let client = Client::new(Policy { proxies: false, ..Policy::default() }).unwrap();
    let address = ProviderAddress { well_known: server.url(), client_id: "cli".into() };
    let provider = Provider::discover(client, &address).unwrap();
    let waited = Mutex::new(Vec::new());
    let sign_in = DeviceSignIn::begin(&provider, Duration::from_secs(limit_s)).unwrap();
    let result = sign_in.finish(&mut |time| waited.lock().unwrap().push(time.as_secs()));
    (waited.into_inner().unwrap(), result)
}

#[test]
fn the_provider_is_asked_as_often_as_it_wishes() {
    let (waits, result) = waits(&["authorization_pending", "authorization_pending"], 300);
    assert_eq!(waits, [7, 7, 7]);
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn it_is_asked_less_often_from_when_it_says_so_and_after_a_fault() {
    let (waits, result) = waits(&["slow_down", "authorization_pending", "cut"], 300);
    assert_eq!(waits, [7, 12, 12, 17]);
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn the_wait_ends_with_the_code_or_with_our_patience() {
    let pending = &["authorization_pending"; 100];
    for (limit_s, waited, told_s) in [(300, 8, 60), (20, 2, 20)] {
        let (waits, result) = waits(pending, limit_s);
        assert_eq!(waits.len(), waited);
        let limit = Duration::from_secs(told_s);
        assert!(matches!(result, Err(SignInError::TooLate { limit: told }) if told == limit));
    }
}
