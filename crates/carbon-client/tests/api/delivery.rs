//! When all goes well.

use std::time::Duration;

use carbon_client::{ApiSink, status};
use carbon_tracker::sink::Sink;

use crate::receiver::Receiver;
use crate::runs::{delta, outbox, run, settings};

#[test]
fn a_run_is_registered_with_its_first_row_and_all_its_rows_arrive() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    // A slash at the end of the address does not matter.
    let settings = settings(&format!("{}/", receiver.server.url()));
    let mut sink = ApiSink::over(outbox(directory.path()), settings);
    sink.prepare();
    assert!(receiver.arrived().runs.is_empty());
    assert_eq!(run(&mut sink, "run-1", 3), Vec::<String>::new());
    let rows = receiver.rows_of("run-1");
    assert_eq!(
        rows.iter().filter_map(|row| row.energy_consumed).collect::<Vec<_>>(),
        [1.0, 2.0, 3.0]
    );
    assert_eq!(rows.iter().map(|row| row.duration).sum::<u64>(), 6);
    let arrived = receiver.arrived();
    let (_, about) = &arrived.runs["run-1"];
    assert_eq!((about.longitude, about.latitude), (Some(2.4), Some(48.9)));
    assert_eq!((about.region.as_deref(), about.gpu_count), (None, Some(2)));
    assert!(about.timestamp.ends_with("+00:00"));
    assert!(arrived.tokens.iter().all(|token| token.as_deref() == Some("cpt_secret")));
    assert_eq!(receiver.server.connections(), 1, "one connection is kept");
}

#[test]
fn nothing_is_left_on_disk_when_all_has_arrived() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    let outbox = outbox(directory.path());
    for i in 0..3 {
        let mut sink = ApiSink::over(outbox.clone(), settings(&receiver.server.url()));
        run(&mut sink, &format!("run-{i}"), 2);
    }
    assert_eq!(receiver.arrived().rows.len(), 6);
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
    assert_eq!(receiver.server.connections(), 1, "runs of a process share the connection");
}

#[test]
fn many_runs_at_once_keep_their_rows_apart() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    let outbox = outbox(directory.path());
    std::thread::scope(|scope| {
        for i in 1..=8_u32 {
            let (outbox, settings) = (outbox.clone(), settings(&receiver.server.url()));
            scope.spawn(move || {
                let mut sink = ApiSink::over(outbox, settings);
                assert!(run(&mut sink, &format!("run-{i}"), i).is_empty());
            });
        }
    });
    for i in 1..=8 {
        assert_eq!(receiver.rows_of(&format!("run-{i}")).len(), i);
    }
}

#[test]
fn a_run_of_a_moment_is_sent_as_one_second() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    let mut sink = ApiSink::over(outbox(directory.path()), settings(&receiver.server.url()));
    let short = delta("run-1", 0.004, 0.25);
    sink.out(&short, &short).unwrap();
    assert!(sink.exit().is_empty());
    let rows = receiver.rows_of("run-1");
    assert_eq!((rows[0].duration, rows[0].duration_s), (1, Some(0.004)));
    assert_eq!(rows[0].energy_consumed, Some(0.25));
}

#[test]
fn a_run_without_waiting_is_delivered_in_the_background() {
    let (receiver, directory) = (Receiver::start(), tempfile::tempdir().unwrap());
    let outbox = outbox(directory.path());
    let at_once = carbon_client::ApiSettings {
        stop_wait: Duration::ZERO,
        ..settings(&receiver.server.url())
    };
    let mut sink = ApiSink::over(outbox.clone(), at_once);
    assert!(run(&mut sink, "run-1", 5).is_empty());
    let mut sink = ApiSink::over(outbox, settings(&receiver.server.url()));
    assert!(run(&mut sink, "run-2", 1).is_empty());
    drop(sink);
    let mut waited = 0;
    while receiver.rows_of("run-1").len() < 5 && waited < 500 {
        waited += 1;
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(receiver.rows_of("run-1").len(), 5);
    assert!(status(directory.path()).unwrap().runs.is_empty());
}

#[cfg(unix)]
#[test]
fn spool_files_are_their_users_alone_and_live_as_long_as_they_are_needed() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let spool = directory.path().join("state/spool");
    let mut sink = ApiSink::over(outbox(&spool), settings("http://127.0.0.1:9"));
    run(&mut sink, "run-1", 1);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&spool), 0o700);
    let files: Vec<_> = std::fs::read_dir(&spool).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);
}
