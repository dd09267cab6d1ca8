//! Every way in which a server or a disk can fail: what is said, and that nothing is lost.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_client::{ApiSink, Outbox, OutboxSettings, status};
use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::http::{HttpServer, Reply};

use crate::children::{Orders, command};
use crate::receiver::Receiver;
use crate::runs::{outbox, run, settings, sync_all};

/// A run of three rows against a server that fails, then that server is healed and what was kept is
/// sent: what the run said. Nothing may be lost or doubled.
fn said_and_healed(failing: impl Fn() -> Reply + Send + Sync + 'static) -> String {
    let healed = Arc::new(AtomicBool::new(false));
    let is_healed = Arc::clone(&healed);
    let script = move |_: &_| (!is_healed.load(Ordering::SeqCst)).then(&failing);
    let (receiver, directory) = (Receiver::scripted(script), tempfile::tempdir().expect("a place"));
    let outbox = outbox(directory.path());
    let mut sink = ApiSink::over(outbox.clone(), settings(&receiver.server.url()));
    let said = run(&mut sink, "run-1", 3);
    assert!(outbox.close(Duration::from_secs(5)));
    drop((sink, outbox));
    let kept = status(directory.path()).expect("it is there");
    assert_eq!((kept.amount().rows, kept.amount().energy_kwh), (3, 6.0));
    let (_, last_error) = kept.runs[0].last_error.clone().expect("it failed");
    assert!(said.join("\n").contains(&last_error), "{said:?} {last_error}");
    assert!(said.last().expect("it says so").contains(&directory.path().display().to_string()));
    assert!(said.iter().all(|line| !line.contains("cpt_secret")), "{said:?}");
    healed.store(true, Ordering::SeqCst);
    let report = sync_all(directory.path(), None);
    assert_eq!((report.sent.rows, report.sent.energy_kwh), (3, 6.0));
    assert_eq!(report.left, []);
    assert_eq!(receiver.rows_of("run-1").len(), 3);
    said.join("\n")
}

#[track_caller]
fn assert_says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part:?} is missing in {said}");
    }
}

#[test]
fn a_token_that_is_refused_is_said_with_what_to_do() {
    for status in [401, 403] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let start = SystemClock.monotonic();
        let said = said_and_healed(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Reply::json(status, r#"{"detail":"Not allowed to perform this action"}"#)
        });
        assert_says(
            &said,
            &[
                &format!("refuses the token ({status}: Not allowed to perform this action)"),
                "check api_key and experiment_id",
                "3 records (6.000 kWh)",
                "codecarbon sync",
            ],
        );
        assert_eq!(calls.load(Ordering::SeqCst), 1, "it is not asked again");
        let waited = SystemClock.monotonic().saturating_sub(start);
        assert!(waited < Duration::from_secs(3), "waiting would be of no use");
    }
}

#[test]
fn an_experiment_that_is_not_there_is_said() {
    let said = said_and_healed(|| Reply::json(404, r#"{"detail":"Experiment 5b0f not found"}"#));
    assert_says(&said, &["404: Experiment 5b0f not found", "check api_endpoint and experiment_id"]);
}

#[test]
fn a_run_that_is_invalid_is_said_in_the_servers_words() {
    let detail = r#"{"detail":[{"type":"uuid_parsing","loc":["body","experiment_id"],
        "msg":"Input should be a valid UUID","input":"x"}]}"#;
    let said = said_and_healed(move || Reply::json(422, detail));
    assert_says(&said, &["422: body.experiment_id: Input should be a valid UUID"]);
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let said = said_and_healed(|| {
        Reply::json(429, r#"{"detail":"slow down"}"#).header("retry-after", "30")
    });
    assert_says(&said, &["asks for fewer calls (429: slow down)"]);
}

#[test]
fn a_server_that_fails_is_said() {
    let said = said_and_healed(|| Reply::json(500, r#"{"detail":"Generic error"}"#));
    assert_says(&said, &["the server failed (500: Generic error)", "sent by the next run"]);
}

#[test]
fn a_login_page_of_a_network_is_no_success() {
    let said = said_and_healed(|| Reply::new(200, "<html>Welcome to the airport"));
    assert_says(&said, &["none of the CodeCarbon API (200: <html>Welcome to the airport)"]);
}

#[test]
fn a_server_that_is_slow_is_given_up_after_the_limit_of_a_call() {
    let said = said_and_healed(|| Reply::json(201, "{}").after(Duration::from_millis(1500)));
    assert_says(&said, &["did not answer within 1 s"]);
}

#[test]
fn a_connection_that_is_cut_is_tried_again_and_counts_once() {
    let cut = Mutex::new(0);
    // The second request (the first row) counts, but its answer breaks off.
    let receiver = Receiver::scripted(move |_| {
        let mut n = cut.lock().unwrap();
        *n += 1;
        (*n == 2).then(|| Reply::json(201, "{}").cut_after(20))
    });
    let directory = tempfile::tempdir().unwrap();
    let mut sink = ApiSink::over(outbox(directory.path()), settings(&receiver.server.url()));
    assert_eq!(run(&mut sink, "run-1", 3), Vec::<String>::new());
    assert_eq!(receiver.rows_of("run-1").len(), 3);
    assert_eq!(receiver.arrived().repeated, 1);
}

#[test]
fn a_server_that_always_cuts_is_said() {
    let said = said_and_healed(|| Reply::json(500, "{}").cut_after(0));
    assert_says(&said, &["broke the connection off"]);
}

#[test]
fn a_refused_connection_costs_no_time_and_one_warning() {
    let directory = tempfile::tempdir().unwrap();
    let outbox = outbox(directory.path());
    let start = SystemClock.monotonic();
    for i in 0..20 {
        let mut sink = ApiSink::over(outbox.clone(), settings("http://127.0.0.1:9"));
        let said = run(&mut sink, &format!("run-{i}"), 2);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_says(&said[0], &["127.0.0.1:9 cannot be reached", "2 records (3.000 kWh)"]);
    }
    let waited = SystemClock.monotonic().saturating_sub(start);
    assert!(waited < Duration::from_secs(1), "{waited:?}");
    assert_eq!(status(directory.path()).unwrap().runs.len(), 20);
}

#[test]
fn one_row_that_is_invalid_does_not_hold_up_the_others() {
    let receiver = Receiver::scripted(|heard| {
        let is_second = heard.text().contains(r#""energy_consumed":2.0"#);
        let detail = r#"{"detail":[{"loc":["body","cpu_power"],"msg":"too much"}]}"#;
        is_second.then(|| Reply::json(422, detail))
    });
    let directory = tempfile::tempdir().unwrap();
    let mut sink = ApiSink::over(outbox(directory.path()), settings(&receiver.server.url()));
    let said = run(&mut sink, "run-1", 3).join("\n");
    assert_says(&said, &["422: body.cpu_power: too much", "one record is set aside"]);
    let rows = receiver.rows_of("run-1");
    assert_eq!(rows.iter().filter_map(|row| row.energy_consumed).sum::<f64>(), 4.0);
    let kept = status(directory.path()).unwrap();
    assert_eq!((kept.set_aside, kept.runs.len()), (1, 0));
    let aside = std::fs::read_to_string(kept.set_aside_file.unwrap()).unwrap();
    assert!(aside.contains(r#""energy_consumed":2.0"#) && !aside.contains("cpt_secret"), "{aside}");
}

#[test]
fn without_a_place_for_a_spool_rows_are_kept_in_memory_and_that_is_said() {
    let receiver = Receiver::start();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let outbox = outbox(&file.join("spool"));
    let mut sink = ApiSink::over(outbox.clone(), settings(&receiver.server.url()));
    let said = run(&mut sink, "run-1", 3);
    assert_eq!(receiver.rows_of("run-1").len(), 3, "they are sent all the same");
    assert_eq!(said.len(), 1, "{said:?}");
    assert_says(&said[0], &["cannot be written: Not a directory", "kept in memory"]);
    let mut sink = ApiSink::over(outbox, settings("http://127.0.0.1:9"));
    let said = run(&mut sink, "run-2", 1);
    assert_eq!(said.len(), 1, "said once: {said:?}");
    assert_says(&said[0], &["127.0.0.1:9 cannot be reached", "lost with this program, because"]);
}

#[test]
fn with_the_spool_switched_off_nothing_touches_the_disk() {
    let receiver = Receiver::start();
    let outbox = Outbox::new(OutboxSettings::default());
    let mut sink = ApiSink::over(outbox.clone(), settings(&receiver.server.url()));
    assert!(run(&mut sink, "run-1", 3).is_empty());
    assert_eq!(receiver.rows_of("run-1").len(), 3);
    let mut sink = ApiSink::over(outbox, settings("http://127.0.0.1:9"));
    assert_says(&run(&mut sink, "run-2", 1).join("\n"), &["because", "api_spool is off"]);
}

#[test]
fn a_file_of_authorities_that_cannot_be_used_is_said() {
    let (server, directory) =
        (HttpServer::start(|_| Reply::new(500, "")), tempfile::tempdir().unwrap());
    let mut wrong = settings(&server.url());
    wrong.limits.authorities = Some(directory.path().join("no.pem"));
    let mut sink = ApiSink::over(outbox(directory.path()), wrong);
    assert_says(&run(&mut sink, "run-1", 1).join("\n"), &["certificate authorities in", "no.pem"]);
    assert!(server.heard().is_empty());
}

#[test]
fn a_token_that_was_corrected_serves_what_the_old_one_left() {
    let receiver = Receiver::scripted(|heard| {
        let is_good = heard.header("x-api-token") == Some("cpt_new");
        (!is_good).then(|| Reply::json(403, r#"{"detail":"Not allowed"}"#))
    });
    let url = receiver.server.url();
    let directory = tempfile::tempdir().unwrap();
    let first = outbox(directory.path());
    run(&mut ApiSink::over(first.clone(), settings(&url)), "run-1", 2);
    assert!(first.close(Duration::from_secs(5)));
    drop(first);
    let left = sync_all(directory.path(), Some((&url, "cpt_wrong"))).left;
    assert_says(&left[0].why, &["403: Not allowed"]);
    assert_eq!(sync_all(directory.path(), Some((&url, "cpt_new"))).sent.rows, 2);
    assert_eq!(receiver.rows_of("run-1").len(), 2);
}

/// The limit on the size of files stands for a full disk: the system refuses the write in the middle.
#[cfg(unix)]
#[test]
fn a_full_disk_keeps_what_it_has_whole_and_the_rest_in_memory() {
    let healed = Arc::new(AtomicBool::new(false));
    let is_healed = Arc::clone(&healed);
    let receiver = Receiver::scripted(move |_| {
        (!is_healed.load(Ordering::SeqCst)).then(|| Reply::json(500, "{}"))
    });
    let directory = tempfile::tempdir().unwrap();
    let orders = Orders {
        spool: directory.path().join("spool"),
        ledger: directory.path().join("ledger"),
        endpoint: receiver.server.url(),
        ..Orders::default()
    };
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", r#"trap '' XFSZ; ulimit -f 8; exec "$@""#, "sh"]);
    let said = command(limited).run(&Orders { rows: 20, ..orders.clone() });
    let full: Vec<&str> = said.lines().filter(|l| l.contains("cannot be written")).collect();
    assert!(full[0].contains("File too large"), "{said}");
    assert_eq!(said.matches("what cannot be sent at once is kept in memory").count(), 1, "{said}");
    let kept = status(&orders.spool).unwrap().amount();
    assert!((1..20).contains(&kept.rows), "{kept:?}");
    let in_memory = format!("{} records", 20 - kept.rows);
    assert!(said.contains(&in_memory) && said.contains("lost with this program"), "{said}");
    healed.store(true, Ordering::SeqCst);
    assert_eq!(sync_all(&orders.spool, None).sent, kept);
}
