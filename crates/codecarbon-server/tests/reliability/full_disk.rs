//! No room for the database: it is said so, nothing is spoiled, and it goes on when there is room. A
//! limit of the process stands for the disk, since a test may not fill one.

use std::time::Duration;

use crate::load::{Load, Target};
use crate::sandbox::{PROGRAM, Sandbox};
use crate::system::{assert_whole, limit};

#[test]
fn a_server_without_room_says_so_and_goes_on_when_there_is_some() {
    let sandbox = Sandbox::new();
    let words = ["--auth", "none", "--data-dir", "data"];
    let server = sandbox.serve(&words, &[]);
    let target = Target::of(&server);
    // Without sign-in, the first who reads gets an account, which is stored.
    assert_eq!(server.http.get("/organizations", &[]).status, 200);
    let load = Load::start(&target);
    load.lead_to(Some(&server.url));
    let log = sandbox.path("home/data/store.sqlite-wal");
    for _ in 0..3 {
        let accepted = load.accepted();
        load.until("rows", |load| load.accepted() > accepted + 50);
        let room = std::fs::metadata(&log).unwrap().len() + 200_000;
        limit(&server, "fsize", &room.to_string());
        let refused = load.without_room();
        load.until("no room", |load| load.without_room() > refused + 30);
        // What is there can be read, by whoever asks.
        let sums = server.http.get(&format!("/v1/runs/{}/sums", target.run), &[]);
        assert_eq!(sums.status, 200, "{}", sums.text);
        assert_eq!(server.http.get("/healthz", &[]).status, 200);
        let run = serde_json::json!({
            "timestamp": "2026-11-22T08:00:00Z", "experiment_id": target.experiment,
        });
        let made = server.http.post("/runs", &[("x-api-token", &target.token)], &run);
        assert_eq!((made.status, made.header("retry-after")), (507, ""), "{}", made.text);
        assert_eq!(made.body["detail"], "there is no room left on the server");
        limit(&server, "fsize", "unlimited");
        let accepted = load.accepted();
        let took = load.until("rows again", |load| load.accepted() > accepted + 8);
        println!("{took:?} to go on");
        assert!(took < Duration::from_secs(5));
    }
    println!("{}", load.summary());
    let book = load.finish();
    book.assert_kept(&server.http, &target);
    assert_eq!(server.stop().code(), Some(0));
    assert_whole(&sandbox.path("home/data/store.sqlite"));
}

#[test]
fn who_is_signed_in_reads_also_where_that_cannot_be_noted() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&["--data-dir", "data"], &[]);
    // A token that nobody has used yet: its first use would be stored.
    let ada = server.http.set_up(&server.set_up_link());
    let log = std::fs::metadata(sandbox.path("home/data/store.sqlite-wal")).unwrap();
    limit(&server, "fsize", &log.len().to_string());
    let bearer = ada.bearer();
    let headers = [("authorization", bearer.as_str())];
    let read = server.http.get("/organizations", &headers);
    assert_eq!(
        (read.status, &read.body[0]["id"]),
        (200, &server.printed("organization_id").into())
    );
    let wanted = serde_json::json!({ "name": "Lab", "description": "" });
    assert_eq!(server.http.post("/organizations", &headers, &wanted).status, 507);
}

#[test]
fn a_start_and_a_copy_without_room_end_with_the_reason() {
    let sandbox = Sandbox::new();
    let limited = |words: &[&str], bytes: u32| {
        let mut command = sandbox.command("prlimit");
        command.args([&format!("--fsize={bytes}"), PROGRAM]).args(words);
        crate::sandbox::Ran::of(&command.output().unwrap())
    };
    let first = ["serve", "--migrate-only", "--data-dir", "data"];
    let ran = limited(&first, 20_000);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("store.sqlite: the database has no room left"), "{}", ran.err);
    let ran = sandbox.run(&first, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);

    let ran = limited(&["admin", "backup", "copy", "--data-dir", "data"], 20_000);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("no room left"), "{}", ran.err);
    let left = std::fs::read_dir(sandbox.path("home")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["data"], "what could not be finished is left");
    assert_whole(&sandbox.path("home/data/store.sqlite"));
}
