//! Copies, accounts, and the help of these commands.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::http::{PASSWORD, row};
use crate::sandbox::{Sandbox, mode};

#[test]
fn a_copy_taken_while_rows_come_in_holds_what_was_answered_before() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&["--auth", "none", "--data-dir", "data"], &[]);
    let (experiment, token) = (server.printed("experiment_id"), server.printed("api_key"));
    let run = server.http.run(&experiment, &token);
    let (accepted, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let before = std::thread::scope(|scope| {
        let (http, accepted, is_done) = (server.http.clone(), &accepted, &is_done);
        let (run, token) = (&run, &token);
        scope.spawn(move || {
            while !is_done.load(Ordering::SeqCst) {
                let added = http.post("/emissions", &[("x-api-token", token)], &row(run));
                assert_eq!(added.status, 201, "{}", added.text);
                accepted.fetch_add(1, Ordering::SeqCst);
            }
        });
        while accepted.load(Ordering::SeqCst) < 20 {
            std::thread::yield_now();
        }
        let before = accepted.load(Ordering::SeqCst);
        let ran = sandbox.run(&["admin", "backup", "copy.sqlite", "--data-dir", "data"], &[]);
        is_done.store(true, Ordering::SeqCst);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        before
    });
    let copy = sandbox.path("home/copy.sqlite");
    assert_eq!(mode(&copy), 0o600);
    let ran = sandbox.run(&["admin", "backup", "copy.sqlite", "--data-dir", "data"], &[]);
    assert_eq!(ran.code, Some(1), "nothing is overwritten");

    let ran = sandbox.run(&["admin", "restore", "copy.sqlite", "--data-dir", "data"], &[]);
    assert_eq!(ran.code, Some(1), "nothing is overwritten");
    assert!(ran.err.contains("move it away first"), "{}", ran.err);
    let ran = sandbox.run(&["admin", "restore", "copy.sqlite", "--data-dir", "other"], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let restored = sandbox.serve(&["--auth", "none", "--data-dir", "other"], &[]);
    let page = restored.http.get(&format!("/runs/{run}/emissions?size=1"), &[]);
    let kept = usize::try_from(page.body["total"].as_u64().unwrap()).unwrap();
    assert!((before..=accepted.into_inner()).contains(&kept), "{before} before, {kept} kept");
    restored.http.run(&experiment, &token);

    std::fs::write(sandbox.path("home/broken"), "no database").unwrap();
    let ran = sandbox.run(&["admin", "restore", "broken", "--data-dir", "third"], &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("damaged"), "{}", ran.err);
}

#[test]
fn whoever_has_the_machine_makes_somebody_run_the_server_and_helps_those_who_forgot() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&[], &[]);
    let ran = sandbox.run(&["admin", "create-operator", "ada@example.org", "--name", "Ada"], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("ada@example.org has an account and runs this server"));
    choose(&server.http, &ran.out, PASSWORD);
    let cookie = sign_in(&server.http, PASSWORD);
    let organizations = server.http.get("/organizations", &[("cookie", &cookie)]);
    assert_eq!(organizations.body[0]["id"], server.printed("organization_id"), "she took it over");
    let account = server.http.get("/v1/account", &[("cookie", &cookie)]);
    assert_eq!(account.body["is_operator"], true, "{}", account.text);

    let words = ["admin", "reset-password", "ADA@example.org", "--public-url", "https://c.example"];
    let ran = sandbox.run(&words, &[]);
    assert!(ran.out.contains("  https://c.example/auth/password?token="), "{}", ran.out);
    choose(&server.http, &ran.out, "another good one");
    assert_eq!(server.http.get("/v1/account", &[("cookie", &cookie)]).status, 401, "signed out");
    sign_in(&server.http, "another good one");

    let ran = sandbox.run(&["admin", "reset-password", "nobody@example.org"], &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("nobody has the address"), "{}", ran.err);
    assert_eq!(sandbox.run(&["admin", "reset-password", "ada"], &[]).code, Some(1));
}

#[test]
fn a_container_can_ask_whether_the_server_can_serve() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&[], &[]);
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let variables = [("CODECARBON_SERVER_LISTEN", address.as_str())];
    let ran = sandbox.run(&["admin", "health"], &variables);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "The server can serve.\n"), "{}", ran.err);
    assert_eq!(server.stop().code(), Some(0));
    let ran = sandbox.run(&["admin", "health"], &variables);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains(&address), "{}", ran.err);
}

fn choose(http: &crate::http::Http, printed: &str, password: &str) {
    let token = printed.split_once("token=").unwrap().1.trim();
    let body = json!({ "token": token, "password": password });
    let chosen = http.post("/auth/password", &[], &body);
    assert!(matches!(chosen.status, 200 | 201), "{}", chosen.text);
}

fn sign_in(http: &crate::http::Http, password: &str) -> String {
    let who = json!({ "email": "ada@example.org", "password": password });
    let answer = http.post("/auth/login", &[], &who);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Compares with the committed text; `UPDATE_HELP=1 cargo test` writes it anew.
#[expect(clippy::disallowed_methods, reason = "the switch is for people who run the test")]
fn compare(name: &str, text: &str) {
    let path = format!("{}/tests/program/help_texts/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_HELP").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, committed, "run with UPDATE_HELP=1 if this is meant");
}

#[test]
fn the_help_of_all_commands() {
    let sandbox = Sandbox::new();
    let help = |words: &[&str]| sandbox.run(words, &[("COLUMNS", "100")]).out;
    compare("codecarbon-server", &help(&["--help"]));
    compare("serve", &help(&["serve", "--help"]));
    compare("board", &help(&["board", "--help"]));
    compare("admin", &help(&["admin", "--help"]));
    for name in ["backup", "restore", "import", "create-operator", "reset-password", "health"] {
        let text = help(&["admin", name, "--help"]);
        assert!(text.contains("Example"), "{name}");
        compare(&format!("admin-{name}"), &text);
    }
}
