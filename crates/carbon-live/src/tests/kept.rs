//! Answers outlive their process: the next one asks nothing.

use std::path::Path;
use std::time::Duration;

use carbon_testkit::Machine as FakeMachine;
use carbon_testkit::http::Reply;

use super::support::{Asked, LATEST, Service, close, france, latest, machine, means};
use crate::Means;

fn keeping<'a>(fake: &'a FakeMachine, service: &Service, folder: &Path) -> Asked<'a> {
    let means = Means { cache_directory: Some(folder.join("codecarbon")), ..means(fake) };
    Asked::with(fake, &france(service), means, false)
}

#[test]
fn a_second_process_asks_nothing_while_the_value_holds() {
    let (fake, service) = (machine(""), Service::new());
    let folder = tempfile::tempdir().unwrap();
    service.answer(LATEST, latest(0, 50.0));
    keeping(&fake, &service, folder.path()).step();
    fake.advance(Duration::from_mins(50));
    service.answer(LATEST, latest(0, 60.0));
    let mut second = keeping(&fake, &service, folder.path());
    second.step();
    fake.advance(Duration::from_secs(1));
    assert_eq!(service.calls(), 1);
    let outcome = second.stop();
    close(outcome.factors.grid.intensity.value.g_per_kwh(), 50.0);
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    fake.advance(Duration::from_mins(15));
    service.answer(LATEST, latest(1, 70.0));
    keeping(&fake, &service, folder.path()).step();
    assert_eq!(service.calls(), 2);
}

#[test]
fn a_value_that_ends_soon_is_still_kept_five_minutes() {
    let (fake, service) = (machine(""), Service::new());
    let folder = tempfile::tempdir().unwrap();
    fake.advance(Duration::from_mins(59));
    service.answer(LATEST, latest(0, 50.0));
    let mut asked = keeping(&fake, &service, folder.path());
    asked.pass(Duration::from_secs(290));
    keeping(&fake, &service, folder.path()).step();
    assert_eq!(service.calls(), 1);
    service.answer(LATEST, latest(1, 70.0));
    asked.pass(Duration::from_secs(30));
    assert_eq!(service.calls(), 2);
}

#[test]
fn another_process_leaves_a_service_alone_that_has_just_failed() {
    let (fake, service) = (machine(""), Service::new());
    let folder = tempfile::tempdir().unwrap();
    service.answer(LATEST, Reply::new(500, ""));
    keeping(&fake, &service, folder.path()).step();
    fake.advance(Duration::from_secs(10));
    let mut second = keeping(&fake, &service, folder.path());
    second.step();
    fake.advance(Duration::from_secs(1));
    assert_eq!(service.calls(), 1);
    assert!(second.run.peek().unwrap().warnings.iter().any(|w| w.contains("status 500")));
    second.pass(Duration::from_secs(30));
    assert_eq!(service.calls(), 2);
}

#[test]
fn a_refused_token_is_not_kept_because_it_can_be_changed() {
    let (fake, service) = (machine(""), Service::new());
    let folder = tempfile::tempdir().unwrap();
    service.answer(LATEST, Reply::new(401, ""));
    keeping(&fake, &service, folder.path()).step();
    service.answer(LATEST, latest(0, 50.0));
    let mut second = keeping(&fake, &service, folder.path());
    second.step();
    fake.advance(Duration::from_secs(1));
    close(second.stop().factors.grid.intensity.value.g_per_kwh(), 50.0);
}

#[test]
fn a_kept_answer_that_is_broken_is_asked_for_again_and_holds_no_token() {
    let (fake, service) = (machine(""), Service::new());
    let folder = tempfile::tempdir().unwrap();
    service.answer(LATEST, latest(0, 50.0));
    keeping(&fake, &service, folder.path()).step();
    let files: Vec<_> =
        std::fs::read_dir(folder.path().join("codecarbon")).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
    let path = files[0].path();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("hunter2"));
    for broken in [
        text.replace("50.0", "-7.0"),
        text.replace("\"FR\"", "7"),
        text[..40].to_owned(),
        // A value without end, one that is never asked for again.
        text.replace("\"until_unix_s\":1767229200", "\"until_unix_s\":18446744073709551615"),
        text.replace("\"ask_again_unix_s\":17", "\"ask_again_unix_s\":99"),
    ] {
        assert_ne!(broken, text);
        std::fs::write(&path, broken).unwrap();
        let calls = service.calls();
        keeping(&fake, &service, folder.path()).step();
        assert_eq!(service.calls(), calls + 1);
    }
}
