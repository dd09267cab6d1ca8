//! The client against a server that behaves and misbehaves.

use std::io::Write;
use std::time::{Duration, Instant};

use carbon_http::{Client, HttpError, Method, Policy, Request};
use carbon_testkit::http::{HttpServer, Reply};

fn client(total_ms: u64) -> Client {
    let total = Duration::from_millis(total_ms);
    Client::new(Policy { connect: total, total, ..Policy::default() }).expect("no file is read")
}

#[test]
fn a_body_arrives_and_the_connection_is_kept() {
    let server = HttpServer::start(|heard| Reply::json(201, heard.body.clone()));
    let client = client(5000);
    let url = format!("{}/runs?x=1", server.url());
    for _ in 0..3 {
        let request = Request::with_body(Method::Post, &url, "application/json", b"{\"a\":1}")
            .header("x-api-token", "cpt_secret");
        let answer = client.send(&request).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (201, "{\"a\":1}"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let heard = server.heard();
    assert_eq!((heard[0].method.as_str(), heard[0].path.as_str()), ("POST", "/runs?x=1"));
    assert_eq!(heard[0].header("x-api-token"), Some("cpt_secret"));
    assert_eq!((heard.len(), server.connections()), (3, 1));
}

#[test]
fn any_status_is_an_answer_and_a_redirect_is_not_followed() {
    let server = HttpServer::start(|heard| match heard.path.as_str() {
        "/moved" => Reply::new(307, "").header("location", "http://127.0.0.1:1/"),
        _ => Reply::new(503, "later"),
    });
    let get = |path: &str| client(5000).send(&Request::get(&format!("{}{path}", server.url())));
    assert_eq!(get("/").unwrap().status, 503);
    assert_eq!(get("/moved").unwrap().status, 307);
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let server = HttpServer::start(|_| Reply::new(200, ""));
    let url = server.url();
    drop(server);
    let fault = client(2000).send(&Request::get(&url)).unwrap_err();
    assert!(matches!(fault, HttpError::Unreachable { .. }), "{fault:?}");
    assert!(!fault.may_have_arrived() && fault.is_passing());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the limit is a limit of real time")]
fn a_slow_server_is_given_up_in_time() {
    let server = HttpServer::start(|_| Reply::new(200, "").after(Duration::from_secs(20)));
    let begun = Instant::now();
    let fault = client(200).send(&Request::get(&server.url())).unwrap_err();
    assert!(matches!(fault, HttpError::TimedOut { .. }), "{fault:?}");
    assert!(fault.may_have_arrived());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_answer_that_is_cut_or_too_long_is_a_fault() {
    let server = HttpServer::start(|heard| match heard.path.as_str() {
        "/nothing" => Reply::new(200, "").cut_after(0),
        "/half" => Reply::new(200, "0123456789").cut_after(45),
        _ => Reply::new(200, vec![b'x'; 100]),
    });
    let policy = Policy { longest_answer: 50, ..Policy::default() };
    let client = Client::new(policy).unwrap();
    let get = |path: &str| client.send(&Request::get(&format!("{}{path}", server.url())));
    for path in ["/nothing", "/half"] {
        let fault = get(path).unwrap_err();
        assert!(matches!(fault, HttpError::Cut { .. }), "{path}: {fault:?}");
        assert!(fault.may_have_arrived());
    }
    assert!(matches!(get("/long").unwrap_err(), HttpError::TooLong { limit: 50, .. }));
}

#[test]
fn bad_addresses_and_authorities_are_named_without_secrets() {
    let fault = client(1000).send(&Request::get("not an address?token=secret")).unwrap_err();
    assert!(matches!(fault, HttpError::BadAddress { .. }), "{fault:?}");
    assert!(!fault.to_string().contains("secret"), "{fault}");
    for url in ["http://me:secret@a host/x", "http://me:sec ret@host", "me:secret@host/x"] {
        let fault = client(1000).send(&Request::get(url)).unwrap_err();
        assert!(matches!(fault, HttpError::BadAddress { .. }), "{fault:?}");
        assert!(!format!("{fault} {fault:?}").contains("sec"), "{fault}");
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"no certificate").unwrap();
    let policy = Policy { authorities: Some(file.path().into()), ..Policy::default() };
    let fault = Client::new(policy).unwrap_err();
    assert!(fault.to_string().contains("there is no certificate in it"), "{fault}");
}

#[test]
fn where_only_the_public_internet_may_be_called_this_machine_is_not() {
    let server = HttpServer::start(|_| Reply::json(200, "{}"));
    let policy = Policy { public_only: true, ..Policy::default() };
    let client = Client::new(policy).expect("no file is read");
    let port = server.address().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/hook?secret=1");
        let error = client.send(&Request::get(&url)).expect_err("a host of this machine");
        assert!(matches!(error, HttpError::NotPublic { .. }), "{host}: {error:?}");
        assert!(!error.is_passing() && !error.to_string().contains("secret"));
    }
    assert_eq!(server.connections(), 0);
}
