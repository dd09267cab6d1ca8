//! Files that cannot be opened: too many are, or they may not be written.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::http::{Http, row};
use crate::load::Target;
use crate::sandbox::{PROGRAM, Ran, Sandbox};
use crate::system::{limit, processor_time};

/// What is logged then.
const NONE_LEFT: &str = "no connection can be taken";

#[test]
fn a_server_that_may_open_no_more_files_serves_who_is_there_and_waits() {
    let sandbox = Sandbox::new();
    let mut server = sandbox.serve(&["--auth", "none", "--data-dir", "data"], &[]);
    let target = Target::of(&server);
    // Some who are there already, each with a connection of its own.
    let inside: Vec<Http> = (0..8).map(|_| Http::of(&server.url)).collect();
    for http in &inside {
        assert_eq!(http.get("/", &[]).status, 200);
    }
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    limit(&server, "nofile", &(open + 4).to_string());
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let crowd: Vec<_> = (0..60).map(|_| TcpStream::connect(&address).unwrap()).collect();
    while !server.log().contains(NONE_LEFT) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let before = processor_time(&server);
    std::thread::sleep(Duration::from_secs(1));
    let spent = processor_time(&server) - before;
    assert!(spent <= 30, "{spent} hundredths of a second in a second");
    assert!(server.log().matches(NONE_LEFT).count() <= 2, "{}", server.log());

    std::thread::scope(|scope| {
        for http in &inside {
            let target = &target;
            scope.spawn(move || {
                let token = [("x-api-token", target.token.as_str())];
                for _ in 0..10 {
                    let sent = http.post("/emissions", &token, &row(&target.run));
                    assert_eq!(sent.status, 201, "{}", sent.text);
                    // It may need another file of the database than those that are open.
                    let read = http.get(&format!("/v1/runs/{}/series", target.run), &[]);
                    let is_put_off = read.status == 503 && read.header("retry-after") == "1";
                    assert!(read.status == 200 || is_put_off, "{} {}", read.status, read.text);
                }
            });
        }
    });
    drop(crowd);
    let fresh = Http::of(&server.url).get(&format!("/v1/runs/{}/sums", target.run), &[]);
    assert_eq!((fresh.status, &fresh.body["total"]["rows"]), (200, &80.into()), "{}", fresh.text);
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
}

/// A command for which what may not be written cannot be written, whoever runs the tests.
fn bound(sandbox: &Sandbox, words: &[&str]) -> Ran {
    let is_root = std::fs::metadata("/proc/self")
        .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut command = sandbox.command("timeout");
    command.arg("30");
    if is_root {
        command.args(["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]);
    }
    Ran::of(&command.arg(PROGRAM).args(words).output().unwrap())
}

#[test]
fn a_database_that_may_not_be_written_is_said_at_the_start() {
    let sandbox = Sandbox::new();
    let words = ["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"];
    let ran = sandbox.run(&["serve", "--migrate-only", "--data-dir", "data"], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let (folder, file) = (sandbox.path("home/data"), sandbox.path("home/data/store.sqlite"));
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(&file, 0o400);
    let ran = bound(&sandbox, &words);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("data/store.sqlite") && ran.err.contains("read"), "{}", ran.err);
    assert!(ran.err.contains("can data be written to?"), "{}", ran.err);
    allow(&file, 0o600);
    allow(&folder, 0o500);
    let ran = bound(&sandbox, &words);
    allow(&folder, 0o700);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("can data be written to?"), "{}", ran.err);
    let server = sandbox.serve(&["--data-dir", "data"], &[]);
    assert_eq!(server.http.get("/readyz", &[]).status, 200);
}
