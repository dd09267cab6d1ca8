//! `get-token` and `test-api`.

use carbon_testkit::http::Reply;
use serde_json::{Value, json};

use super::Place;
use crate::sandbox::{stderr, stdout};

/// A place whose user comes with a personal token.
fn with_token() -> (Place, [(&'static str, &'static str); 1]) {
    let place = Place::new();
    place.provider.state().access = Some("personal".into());
    (place, [("CODECARBON_ACCESS_TOKEN", "personal")])
}

#[test]
fn get_token_makes_a_token_that_writes_and_prints_it() {
    let (place, token) = with_token();
    let output = place.command(&["get-token", "p-1", "--name", "ci"]).envs(token).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "Your token: cpt_secret-1\n");
    let made = place.api.rows().tokens[0].clone();
    assert_eq!(
        (&made["project_id"], &made["name"], &made["access"]),
        (&json!("p-1"), &json!("ci"), &json!(2))
    );
}

#[test]
fn get_token_without_a_project_is_a_mistake_of_usage() {
    let place = Place::new();
    assert_eq!(place.command(&["get-token"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn test_api_lists_the_organisations() {
    let (place, token) = with_token();
    let row = json!({ "id": "o-1", "name": "Lab\u{7}", "description": "" });
    place.api.rows().organizations.push(row.clone());
    let output = place.command(&["test-api"]).envs(token).output().unwrap();
    assert_eq!(stdout(&output), format!("{} answers.\no-1  Lab\n", place.api.url()));
    let output = place.command(&["test-api", "--json", "--token", "personal"]).output().unwrap();
    let listed: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(listed, json!([row]));
}

#[test]
fn every_failure_of_the_api_is_said_with_what_may_help() {
    let (place, token) = with_token();
    for (reply, words) in [
        (Reply::json(401, r#"{"detail":"no"}"#), "CODECARBON_ACCESS_TOKEN was used"),
        (Reply::json(404, r#"{"detail":"Not Found"}"#), "--api-endpoint"),
        (Reply::new(500, "oops"), "the server failed"),
        (Reply::new(200, "<html>"), "--api-endpoint"),
        (Reply::new(301, "").header("location", "https://new.example/"), "https://new.example/"),
        (Reply::new(200, "[]").cut_after(3), "broke the connection off"),
    ] {
        place.api.rows().broken = Some(reply);
        let output = place.command(&["test-api"]).envs(token).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(said.contains("Error: API request failed: ") && said.contains(words), "{said}");
        assert!(said.contains(&place.api.url()) && !said.contains("personal"), "{said}");
        let output = place.command(&["get-token", "p"]).envs(token).output().unwrap();
        assert!(stderr(&output).contains("API request failed"), "{}", stderr(&output));
    }
}

#[test]
fn nobody_signed_in_is_told_how_to() {
    let place = Place::new();
    let output = place.command(&["test-api"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains(&format!("hint: run `codecarbon login --api-endpoint {}`", place.api.url())),
        "{said}"
    );
    assert!(place.api.heard().is_empty());
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_and_not_shown() {
    let place = Place::new();
    let output = place.command(&["test-api", "--token", "a\nx-evil: b"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("the token of --token has characters") && !said.contains("evil"),
        "{said}"
    );
}
