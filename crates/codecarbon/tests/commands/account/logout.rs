//! `logout`, and how sign-ins are renewed and end.

use carbon_testkit::http::Reply;

use super::{FakeApi, Place};
use crate::sandbox::{stderr, stdout};

#[test]
fn logout_makes_the_tokens_void_and_forgets_them() {
    let place = Place::new();
    place.sign_in();
    let (access, refresh) = {
        let state = place.provider.state();
        (state.access.clone().unwrap(), state.refresh.clone().unwrap())
    };
    let output = place.command(&["logout"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), format!("Signed out of {}\n", place.api.url()));
    assert_eq!(
        place.provider.state().revoked,
        [("refresh_token".to_owned(), refresh), ("access_token".to_owned(), access)]
    );
    assert!(!place.sign_ins().exists());
    let output = place.command(&["logout"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("You were not signed in"));
}

#[test]
fn logout_forgets_the_tokens_although_the_provider_is_gone() {
    let Place { sandbox, provider, api } = Place::new();
    let place = Place { sandbox, provider, api };
    place.sign_in();
    place.provider.state().left_out.push("revocation_endpoint");
    let output = place.command(&["logout"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("cannot make tokens void"), "{}", stderr(&output));
    place.provider.state().left_out.clear();
    place.sign_in();
    let Place { sandbox, provider, api } = place;
    drop(provider);
    let mut command = sandbox.command(crate::sandbox::CODECARBON);
    let output = command.arg("logout").env("CODECARBON_API_ENDPOINT", api.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("were not made void"), "{}", stderr(&output));
    assert!(!sandbox.home().join(".config/codecarbon/sign-ins.json").exists());
}

#[test]
fn a_broken_file_of_sign_ins_is_removed_by_logout() {
    let place = Place::new();
    place.sign_in();
    std::fs::write(place.sign_ins(), "{").unwrap();
    let output = place.command(&["test-api"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("codecarbon logout"), "{}", stderr(&output));
    let output = place.command(&["logout"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!place.sign_ins().exists());
}

#[test]
fn an_ended_access_token_is_renewed_and_the_new_renewal_is_kept() {
    let place = Place::new();
    place.provider.state().expires_in_s = 10;
    place.sign_in();
    for _ in 0..2 {
        let before = place.provider.state().refresh.clone();
        let output = place.command(&["test-api"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let after = place.provider.state().refresh.clone();
        assert_ne!(before, after);
        assert!(std::fs::read_to_string(place.sign_ins()).unwrap().contains(&after.unwrap()));
    }
    place.provider.state().expires_in_s = 300;
    let calls = |place: &Place| place.provider.calls("/token");
    assert_eq!(place.command(&["test-api"]).output().unwrap().status.code(), Some(0));
    let renewed = calls(&place);
    assert_eq!(place.command(&["test-api"]).output().unwrap().status.code(), Some(0));
    assert_eq!(calls(&place), renewed);
}

#[test]
fn commands_at_once_renew_a_token_once() {
    let place = Place::new();
    place.provider.state().expires_in_s = 10;
    place.sign_in();
    place.provider.state().expires_in_s = 300;
    let before = place.provider.calls("/token");
    let children: Vec<_> = (0..6).map(|_| place.command(&["test-api"]).spawn().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    assert_eq!(place.provider.calls("/token"), before + 1);
}

#[test]
fn a_sign_in_that_has_ended_says_so_and_is_forgotten() {
    let place = Place::new();
    place.provider.state().expires_in_s = 10;
    place.sign_in();
    place.provider.state().broken = Some(Reply::new(503, "later"));
    let output = place.command(&["test-api"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(place.sign_ins().exists(), "a provider that is down ends no sign-in");
    let mut state = place.provider.state();
    (state.broken, state.refresh) = (None, None);
    drop(state);
    let output = place.command(&["test-api"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("has ended") && said.contains("codecarbon login"), "{said}");
    assert!(!place.sign_ins().exists());
}

#[test]
fn a_sign_in_that_cannot_be_renewed_says_so_and_ends_with_its_token() {
    let place = Place::new();
    place.provider.state().renewable = false;
    let output = place.command(&["login", "--device"]).output().unwrap();
    assert!(stderr(&output).contains("nothing to renew it with"), "{}", stderr(&output));
    assert_eq!(place.command(&["test-api"]).output().unwrap().status.code(), Some(0));
    place.provider.state().expires_in_s = 10;
    assert_eq!(place.command(&["login", "--device"]).output().unwrap().status.code(), Some(0));
    let output = place.command(&["test-api"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("has ended"), "{}", stderr(&output));
}

#[test]
fn a_sign_in_goes_to_the_api_it_was_made_for_and_to_no_other() {
    let place = Place::new();
    place.sign_in();
    let thief = FakeApi::new(|_| true);
    let config = format!("[codecarbon]\napi_endpoint = {}\n", thief.url());
    std::fs::write(place.sandbox.work().join(".codecarbon.config"), config).unwrap();
    let mut command = place.command(&["test-api"]);
    let output = command.env_remove("CODECARBON_API_ENDPOINT").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains(&format!("not signed in to {}", thief.url())), "{said}");
    assert!(thief.heard().is_empty());
}
