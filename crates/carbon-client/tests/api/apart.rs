//! The trouble of one run is not that of the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use carbon_client::{ApiSettings, ApiSink};
use carbon_testkit::http::Reply;
use carbon_tracker::config::Secret;
use carbon_tracker::sink::Sink;

use crate::receiver::Receiver;
use crate::runs::{delta, outbox, run, settings};

/// Waits until a receiver has heard what is looked for, five seconds at most.
#[track_caller]
fn wait_until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come to that");
}

fn not_allowed() -> Reply {
    Reply::json(403, r#"{"detail":"Not allowed to perform this action"}"#)
}

#[test]
fn a_run_that_the_server_has_lost_holds_up_no_other_of_its_experiment() {
    // A server says the same of a run that it does not know as of a token that it does not know.
    let is_lost = Arc::new(AtomicBool::new(false));
    let lost = Arc::clone(&is_lost);
    let receiver = Receiver::scripted(move |heard| {
        let is_row_of_two = heard.path == "/emissions"
            && String::from_utf8_lossy(&heard.body).contains("\"energy_consumed\":2.0");
        match lost.load(Ordering::SeqCst) {
            false if is_row_of_two => Some(Reply::json(500, "{}")),
            true if is_row_of_two => Some(not_allowed()),
            _ => None,
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let url = receiver.server.url();
    let before = outbox(directory.path());
    let mut sink = ApiSink::over(before.clone(), settings(&url));
    assert_eq!(run(&mut sink, "lost", 2).len(), 1);
    assert!(before.close(Duration::from_secs(5)));
    drop((sink, before));
    is_lost.store(true, Ordering::SeqCst);
    let outbox = outbox(directory.path());
    let mut live = ApiSink::over(outbox.clone(), settings(&url));
    let calls = receiver.server.heard().len();
    let one = delta("live", 2.0, 1.0);
    live.live_out(&one, &one).unwrap();
    wait_until(|| receiver.rows_of("live").len() == 1);
    // The run, its row, and the row of the other run.
    wait_until(|| receiver.server.heard().len() == calls + 3);
    let five = delta("live", 2.0, 5.0);
    live.out(&five, &five).unwrap();
    let said = live.exit();
    assert_eq!(receiver.rows_of("live").len(), 2, "{said:?}");
    assert!(run(&mut ApiSink::over(outbox, settings(&url)), "next", 1).is_empty());
    assert_eq!(receiver.rows_of("next").len(), 1);
}

#[test]
fn a_token_that_was_corrected_serves_the_next_run_of_the_same_program() {
    let receiver = Receiver::scripted(|heard| {
        (heard.header("x-api-token") != Some("cpt_new")).then(not_allowed)
    });
    let directory = tempfile::tempdir().unwrap();
    let outbox = outbox(directory.path());
    let wrong = settings(&receiver.server.url());
    assert!(!run(&mut ApiSink::over(outbox.clone(), wrong.clone()), "run-1", 1).is_empty());
    let right = ApiSettings { token: Some(Secret::new("cpt_new")), ..wrong };
    let said = run(&mut ApiSink::over(outbox, right), "run-2", 1);
    assert_eq!(receiver.rows_of("run-2").len(), 1, "{said:?}");
    assert!(said.is_empty(), "{said:?}");
    wait_until(|| receiver.rows_of("run-1").len() == 1);
}
