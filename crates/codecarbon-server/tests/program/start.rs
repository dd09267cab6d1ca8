//! Starting: the first time, again, and where it cannot be done.

use std::net::TcpListener;

use crate::http::row;
use crate::sandbox::{Sandbox, Server, mode};

#[test]
fn the_first_start_prints_a_configuration_that_works_and_a_link_that_hands_it_over() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&[], &[]);
    let folder = sandbox.path("home/.local/share/codecarbon/server");
    assert_eq!((mode(&folder), mode(&folder.join("store.sqlite"))), (0o700, 0o600));
    assert_eq!(server.printed("data"), folder.join("store.sqlite").to_str().unwrap());
    let (experiment, token) = (server.printed("experiment_id"), server.printed("api_key"));
    let run = server.http.run(&experiment, &token);
    let added = server.http.post("/emissions", &[("x-api-token", &token)], &row(&run));
    assert_eq!(added.status, 201, "{}", added.text);
    let ada = server.http.set_up(&server.set_up_link());
    let organizations = server.http.get("/organizations", &[("authorization", &ada.bearer())]);
    assert_eq!(organizations.body[0]["id"], server.printed("organization_id"));
    let sums = format!("/projects/{}/sums", server.printed("project_id"));
    let sums = server.http.get(&sums, &[("authorization", &ada.bearer())]);
    assert_eq!((sums.status, &sums.body["energy_consumed"]), (200, &0.01.into()), "{}", sums.text);
    // No secret is in the log.
    let log = server.log();
    for secret in [token.as_str(), ada.token.as_str(), "token=", "ada@example.org"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn the_second_start_keeps_everything_and_prints_its_address_only() {
    let sandbox = Sandbox::new();
    let words = ["--data-dir", sandbox.path("data").to_str().unwrap()].map(str::to_owned);
    let words = words.each_ref().map(String::as_str);
    let first = sandbox.serve(&words, &[]);
    let (experiment, token) = (first.printed("experiment_id"), first.printed("api_key"));
    let run = first.http.run(&experiment, &token);
    let link = first.set_up_link();
    assert_eq!(first.stop().code(), Some(0));

    // Nobody has set it up yet: there is another link, and the first one is good too.
    let second = sandbox.serve(&words, &[]);
    assert!(!second.greeting.contains("api_key"), "{}", second.greeting);
    assert_ne!(second.set_up_link().split_once("token"), link.split_once("token"));
    let ada = second.http.set_up(&link);
    assert_eq!(second.stop().code(), Some(0));

    let third = sandbox.serve(&words, &[]);
    assert!(!third.greeting.contains("/auth/setup"), "{}", third.greeting);
    let bearer = ada.bearer();
    let kept = third.http.get(&format!("/runs/{run}"), &[("authorization", &bearer)]);
    assert_eq!((kept.status, &kept.body["id"]), (200, &run.into()));
}

#[test]
fn a_port_that_is_taken_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["serve", "--listen", &address], &[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains(&format!("{address} cannot be listened on")), "{}", ran.err);
    assert!(ran.err.contains("another port: --listen 127.0.0.1:"), "{}", ran.err);
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_said_with_what_to_do() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("file"), "").unwrap();
    for folder in [sandbox.path("file/data"), "/proc/nothing".into()] {
        let folder = folder.to_str().unwrap();
        let ran = sandbox.run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", folder], &[]);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains(folder) && ran.err.contains("--data-dir DIR"), "{}", ran.err);
    }
    // What is there, and is no database.
    std::fs::create_dir(sandbox.path("data")).unwrap();
    std::fs::write(sandbox.path("data/store.sqlite"), "no database, but long enough".repeat(99))
        .unwrap();
    let data = sandbox.path("data");
    let words = ["serve", "--listen", "127.0.0.1:0", "--data-dir", data.to_str().unwrap()];
    let ran = sandbox.run(&words, &[]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("store.sqlite: file is not a database"), "{}", ran.err);
}

#[test]
fn migrate_only_makes_the_database_and_ends() {
    let sandbox = Sandbox::new();
    let data = sandbox.path("data");
    let words = ["serve", "--migrate-only", "--data-dir", data.to_str().unwrap()];
    for _ in 0..2 {
        let ran = sandbox.run(&words, &[]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.contains("store.sqlite is up to date"), "{}", ran.out);
    }
    let server = sandbox.serve(&["--data-dir", data.to_str().unwrap()], &[]);
    assert!(server.greeting.contains("api_key"), "it is as good as fresh: {}", server.greeting);
}

#[test]
fn without_sign_in_everybody_on_this_machine_has_the_first_project() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&["--auth", "none"], &[]);
    assert!(!server.greeting.contains("/auth/setup"), "{}", server.greeting);
    let organizations = server.http.get("/organizations", &[]);
    assert_eq!(organizations.body[0]["id"], server.printed("organization_id"));
    let project = server.http.get(&format!("/projects/{}", server.printed("project_id")), &[]);
    assert_eq!(project.body["experiments"][0], server.printed("experiment_id"));
}

#[test]
fn tests_of_the_reference_find_its_user_by_a_token_of_their_own_on_loopback_only() {
    // HS256 of {"sub":"bb479cc8-3357-4859-985d-e3cc209d6fc9"} with the key below.
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJiYjQ3OWNjOC0zMzU3LTQ4NTktOTg1ZC1lM2Nj\
                 MjA5ZDZmYzkifQ.";
    let variables = [("ENVIRONMENT", "develop"), ("JWT_KEY", "a key of a test")];
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&[], &variables);
    assert!(server.log().contains("JWT_KEY is set"), "{}", server.log());
    let bearer = format!("Bearer {token}{}", signature(token));
    let who = server.http.get("/auth/check", &[("authorization", &bearer)]);
    assert_eq!(who.status, 200, "{}", who.text);
    let organizations = server.http.get("/organizations", &[("authorization", &bearer)]);
    assert_eq!(organizations.body[0]["name"], "main.user@example.com");
    let ran = sandbox.run(&["serve", "--listen", "0.0.0.0:0"], &variables);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("unset JWT_KEY"), "{}", ran.err);
    let ignored = sandbox.serve(&["--data-dir", "other"], &variables[1..]);
    assert!(ignored.log().contains("JWT_KEY is ignored"), "{}", ignored.log());
    let refused = ignored.http.get("/organizations", &[("authorization", &bearer)]);
    assert_eq!(refused.status, 401);
}

fn signature(token: &str) -> String {
    use base64::Engine;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a key of a test");
    let signed = token.trim_end_matches('.').as_bytes();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed))
}

/// What a first start is judged by; the figures of releases are measured by the benchmark.
fn first_answer(server: &Server) -> u16 {
    server.http.get("/healthz", &[]).status
}

#[test]
fn a_ready_server_answers_at_once() {
    let server = Sandbox::new();
    let server = server.serve(&["--log-format", "json", "--log-level", "debug"], &[]);
    assert_eq!(first_answer(&server), 200);
    for line in server.log().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["at"].is_string() && line["level"].is_string(), "{line}");
    }
}
