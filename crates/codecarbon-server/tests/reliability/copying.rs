//! A copy that is cut off is no copy, and what a lost database left behind spoils no other.

use std::process::Stdio;
use std::time::Duration;

use crate::http::row;
use crate::load::Target;
use crate::sandbox::{PROGRAM, Sandbox};
use crate::system::{assert_whole, random};

/// Rows of a request, and requests.
const ROWS: usize = 10_000;
const REQUESTS: usize = 2;

#[test]
fn a_copy_has_its_name_when_it_is_whole_and_goes_into_clean_places_only() {
    let sandbox = Sandbox::new();
    let words = ["--auth", "none", "--data-dir", "data"];
    let server = sandbox.serve(&words, &[]);
    let target = Target::of(&server);
    let rows: serde_json::Value = vec![row(&target.run); ROWS].into();
    for _ in 0..REQUESTS {
        let sent = server.http.post("/v1/emissions", &[("x-api-token", &target.token)], &rows);
        assert_eq!(sent.status, 201, "{}", sent.text);
    }
    let copy = sandbox.path("home/copy.sqlite");
    let mut cut_off = 0;
    for turn in 0..12 {
        let mut backup = sandbox.command(PROGRAM);
        backup.args(["admin", "backup", "copy.sqlite", "--data-dir", "data"]);
        let mut child = backup.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(turn * 10 + random(10)));
        child.kill().unwrap();
        child.wait().unwrap();
        if copy.exists() {
            assert_whole(&copy);
            std::fs::remove_file(&copy).unwrap();
        } else {
            cut_off += 1;
        }
    }
    assert!(cut_off > 0);
    let ran = sandbox.run(&["admin", "backup", "copy.sqlite", "--data-dir", "data"], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!sandbox.path("home/copy.sqlite.partial").exists(), "what was cut off is left");

    // The server is killed and its file lost; the log beside it is not.
    drop(server);
    let data = sandbox.path("home/data");
    std::fs::remove_file(data.join("store.sqlite")).unwrap();
    assert!(data.join("store.sqlite-wal").exists());
    let restore = ["admin", "restore", "copy.sqlite", "--data-dir", "data"];
    let ran = sandbox.run(&restore, &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("-wal") && ran.err.contains("move it away"), "{}", ran.err);
    std::fs::remove_file(data.join("store.sqlite-wal")).unwrap();
    let ran = sandbox.run(&restore, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let server = sandbox.serve(&words, &[]);
    let sums = server.http.get(&format!("/v1/runs/{}/sums", target.run), &[]);
    assert_eq!(sums.body["total"]["rows"], ROWS * REQUESTS, "{}", sums.text);
    assert_eq!(server.stop().code(), Some(0));
    assert_whole(&data.join("store.sqlite"));
}
