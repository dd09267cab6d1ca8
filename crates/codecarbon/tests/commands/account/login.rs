//! `login`, with the test in the place of the browser and of the person.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use carbon_testkit::http::Reply;
use serde_json::json;

use super::{Login, Place, browse, query, value};
use crate::sandbox::{signal, stderr, stdout, until};

const NO_BROWSER: [&str; 4] = ["login", "--no-browser", "--port", "0"];

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_browser_signs_in_and_the_tokens_are_kept_privately_and_never_shown() {
    let place = Place::new();
    let mut login = Login::start(place.command(&NO_BROWSER));
    let url = login.url();
    let page = browse(&place.provider.authorize(&url));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Signed in"), "{}", page.text());
    let (code, out, said) = login.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(out, format!("Signed in to {} as ada@example.org\n", place.api.url()));
    let file = place.sign_ins();
    let kept = std::fs::read_to_string(&file).unwrap();
    let state = place.provider.state();
    for token in [&state.access, &state.refresh] {
        let token = token.as_deref().unwrap();
        assert!(kept.contains(token));
        assert!(!said.contains(token) && !out.contains(token) && !page.text().contains(token));
    }
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let left: Vec<_> = std::fs::read_dir(place.sandbox.work()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn only_an_answer_with_our_state_counts_and_other_visits_do_no_harm() {
    let place = Place::new();
    let mut login = Login::start(place.command(&NO_BROWSER));
    let url = login.url();
    let good = place.provider.authorize(&url);
    let state = value(&query(&good), "state");
    let base = good.split("/callback").next().unwrap();
    let port: u16 = base.rsplit(':').next().unwrap().parse().unwrap();
    // A connection that is opened and not used, as browsers do.
    let _unused = TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert_eq!(browse(&format!("{base}/favicon.ico")).status, 404);
    for forged in [
        good.replace(&state, "somebody-elses"),
        good.replace("&state=", "&stat="),
        format!("{base}/callback?error=access_denied&state=x"),
        format!("{base}/callback?state={state}"),
        format!("{base}/callback"),
    ] {
        assert_eq!(browse(&forged).status, 400, "{forged}");
    }
    assert_eq!(place.provider.calls("/token"), 0);
    assert_eq!(browse(&good).status, 200);
    assert_eq!(login.end().0, Some(0));
}

#[test]
fn a_page_that_is_loaded_twice_is_answered_twice_and_counts_once() {
    let place = Place::new();
    place.provider.state().exchange_takes = Duration::from_millis(300);
    let mut login = Login::start(place.command(&NO_BROWSER));
    let url = login.url();
    let good = place.provider.authorize(&url);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| browse(&good).status);
        until("the exchange", || place.provider.calls("/token") == 1);
        assert_eq!(browse(&good).status, 200);
        assert_eq!(first.join().unwrap(), 200);
    });
    assert_eq!(login.end().0, Some(0));
    assert_eq!(place.provider.calls("/token"), 1);
}

#[test]
fn a_provider_that_names_itself_must_be_the_one_that_was_asked() {
    let place = Place::new();
    place.provider.state().names_itself = true;
    let mut login = Login::start(place.command(&NO_BROWSER));
    let url = login.url();
    let good = place.provider.authorize(&url);
    let (nameless, issuer) = good.split_once("&iss=").unwrap();
    assert_eq!(browse(nameless).status, 400);
    assert_eq!(browse(&good.replace(issuer, "http://evil.example")).status, 400);
    assert_eq!(browse(&good).status, 200);
    assert_eq!(login.end().0, Some(0));
}

#[test]
fn an_identity_token_of_another_sign_in_is_refused() {
    for (claim, wrong) in [
        ("nonce", json!("replayed")),
        ("aud", json!(["another-client"])),
        ("iss", json!("https://evil.example")),
    ] {
        let place = Place::new();
        place.provider.state().wrong_claim = Some((claim, wrong));
        let mut login = Login::start(place.command(&NO_BROWSER));
        let url = login.url();
        assert_eq!(browse(&place.provider.authorize(&url)).status, 400);
        let (code, _, said) = login.end();
        assert_eq!(code, Some(1));
        assert!(
            said.contains("Error: the answer of the sign-in service is not for this"),
            "{said}"
        );
        assert!(!place.sign_ins().exists());
    }
}

#[test]
fn a_person_who_declines_is_told_so_here_and_in_the_browser() {
    let place = Place::new();
    let mut login = Login::start(place.command(&NO_BROWSER));
    let asked = query(&login.url());
    let (redirect, state) = (value(&asked, "redirect_uri"), value(&asked, "state"));
    let page = browse(&format!("{redirect}?error=access_denied&state={state}"));
    assert_eq!(page.status, 400);
    let (code, _, said) = login.end();
    assert_eq!(code, Some(1));
    assert!(said.contains("Error: the sign-in was declined"), "{said}");
    assert!(!place.sign_ins().exists());
}

#[test]
fn nobody_is_waited_for_beyond_the_limit() {
    let place = Place::new();
    let output = place.command(&NO_BROWSER).args(["--timeout", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Error: nobody signed in within 1 s"), "{}", stderr(&output));
}

#[test]
fn an_interrupt_ends_it_with_a_message_and_nothing_kept() {
    let place = Place::new();
    let mut login = Login::start(place.command(&NO_BROWSER));
    login.url();
    signal(&login.child, libc::SIGINT);
    let (code, _, said) = login.end();
    assert_eq!(code, Some(130));
    assert!(said.contains("Error: interrupted: you were not signed in"), "{said}");
    assert!(!place.sign_ins().exists());
}

#[test]
fn a_port_that_is_taken_is_named_and_another_can_be_had() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = place.command(&["login", "--no-browser", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains(&format!("Error: port {port} of this machine")), "{said}");
    assert!(said.contains("--port"), "{said}");
}

#[test]
fn the_browser_of_the_environment_gets_the_address() {
    let place = Place::new();
    let seen = place.sandbox.work().join("seen");
    let script = place.sandbox.home().join("browser");
    std::fs::write(
        &script,
        format!("#!/bin/sh\necho \"$1\" > {0}.part\nmv {0}.part {0}\n", seen.display()),
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = place.command(&["login", "--port", "0"]);
    command.env("BROWSER", format!("no-such-browser:{}", script.display()));
    let mut login = Login::start(command);
    let url = login.url();
    until("the browser", || seen.exists());
    assert_eq!(std::fs::read_to_string(&seen).unwrap().trim(), url);
    browse(&place.provider.authorize(&url));
    assert_eq!(login.end().0, Some(0));
}

#[test]
fn a_code_for_another_device_is_asked_for_until_it_is_typed() {
    let place = Place::new();
    place.provider.state().device_errors.extend(["authorization_pending", "authorization_pending"]);
    let output = place.command(&["login", "--device"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("type the code WDJB-MJHT"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("device-secret"));
    assert_eq!(place.provider.calls("/token"), 3);
    assert!(place.sign_ins().exists());
}

#[test]
fn a_device_that_is_turned_down_or_too_late_keeps_nothing() {
    for (error, message) in [
        ("access_denied", "Error: the sign-in was declined"),
        ("expired_token", "Error: nobody signed in within"),
        (
            "invalid_client",
            "Error: the sign-in service refused: invalid_client (as the  [31mtest has it)",
        ),
    ] {
        let place = Place::new();
        place.provider.state().device_errors.push_back(error);
        let output = place.command(&["login", "--device"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
        assert!(!place.sign_ins().exists());
    }
}

#[test]
fn without_a_display_a_code_is_used_where_the_provider_gives_one() {
    let place = Place::new();
    let output = place.command(&["login"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    place.provider.state().left_out.push("device_authorization_endpoint");
    let mut login = Login::start(place.command(&["login", "--port", "0"]));
    let url = login.url();
    browse(&place.provider.authorize(&url));
    assert_eq!(login.end().0, Some(0));
    let output = place.command(&["login", "--device"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("it gives no codes for other devices"), "{}", stderr(&output));
}

#[test]
fn a_provider_that_is_none_or_not_there_is_told_with_its_address() {
    let place = Place::new();
    let run = |well_known: &str| {
        let output = place.command(&["login", "--well-known", well_known]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        stderr(&output)
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = run(&format!("http://{free}/x"));
    assert!(said.contains(&format!("cannot be asked: {free} cannot be reached")), "{said}");
    assert!(said.contains("hint:"), "{said}");
    let said = run(&place.api.url());
    assert!(said.contains("status 401"), "{said}");
    place.provider.state().left_out.push("token_endpoint");
    let said = run(&place.provider.well_known());
    assert!(said.contains("missing field `token_endpoint`"), "{said}");
}

#[test]
fn a_provider_that_does_not_answer_is_not_waited_for_long() {
    let place = Place::new();
    place.provider.state().broken = Some(Reply::json(200, "{}").after(Duration::from_secs(3)));
    let mut command = place.command(&NO_BROWSER);
    command.env("CODECARBON_API_TIMEOUT_SECS", "0.3");
    let mut login = Login::start(command);
    let url = login.url();
    assert_eq!(browse(&place.provider.authorize(&url)).status, 400);
    let (code, _, said) = login.end();
    assert_eq!(code, Some(1));
    assert!(said.contains("did not answer within 0.3 s"), "{said}");
    assert!(!place.sign_ins().exists());
}

#[test]
fn nobody_is_sent_to_sign_in_where_nothing_can_be_kept() {
    let place = Place::new();
    std::fs::write(place.sandbox.home().join(".config"), "a file").unwrap();
    let output = place.command(&NO_BROWSER).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("sign-ins.json cannot be written"), "{said}");
    assert!(!said.contains("Visit"), "{said}");
    let output = place.command(&NO_BROWSER).env_remove("HOME").output().unwrap();
    assert!(stderr(&output).contains("set HOME or XDG_CONFIG_HOME"), "{}", stderr(&output));
}

#[test]
fn tokens_that_the_api_refuses_are_not_kept() {
    let place = Place::new();
    place.api.rows().broken = Some(Reply::json(403, r#"{"detail":"User not found"}"#));
    let output = place.command(&["login", "--device"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Error: Authentication check failed"), "{}", stderr(&output));
    assert!(!place.sign_ins().exists());
    // A server that is down says nothing about the tokens.
    place.api.rows().broken = Some(Reply::new(500, "oops"));
    let output = place.command(&["login", "--device"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Authentication check failed"), "{}", stderr(&output));
    assert!(place.sign_ins().exists());
}

#[test]
fn the_python_clients_file_of_tokens_is_pointed_out_and_left_alone() {
    let place = Place::new();
    let old = place.sandbox.work().join("credentials.json");
    std::fs::write(&old, r#"{"access_token":"hunter2"}"#).unwrap();
    let output = place.command(&["login", "--device"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(said.contains("credentials.json holds tokens of the Python client"), "{said}");
    assert!(!said.contains("hunter2") && old.exists());
    assert!(stdout(&output).starts_with("Signed in"));
}
