//! SIGKILL at random under load: what was answered with 201 is there once, and nothing is there in
//! part.

#![expect(clippy::disallowed_methods, reason = "tests measure how long starting takes")]

use std::path::Path;
use std::time::{Duration, Instant};

use carbon_testkit::postgres::Postgres;

use crate::load::{Load, Target};
use crate::sandbox::{PROGRAM, Sandbox};
use crate::system::{assert_whole, random};

/// Kills of a server that answers.
const KILLS: u32 = 100;

/// Longest load between two kills, in milliseconds.
const LOAD_MS: u64 = 280;

/// What came of it, for people.
fn kill_often(sandbox: &Sandbox, variables: &[(&str, &str)]) -> String {
    let words = ["--auth", "none", "--data-dir", "data"];
    let mut server = sandbox.serve(&words, variables);
    let target = Target::of(&server);
    let load = Load::start(&target);
    let mut longest = Duration::ZERO;
    for kill in 0..KILLS {
        load.lead_to(Some(&server.url));
        std::thread::sleep(Duration::from_millis(random(LOAD_MS)));
        drop(server); // which is by SIGKILL
        load.lead_to(None);
        if kill % 10 == 0 {
            // Once more, while it finds what the first one left.
            kill_while_starting(sandbox, &words, variables);
        }
        let begun = Instant::now();
        server = sandbox.serve(&words, variables);
        longest = longest.max(begun.elapsed());
    }
    load.lead_to(Some(&server.url));
    let summary = format!("{KILLS} kills, longest start {longest:?}: {}", load.summary());
    let book = load.finish();
    assert!(book.len() > 3 * KILLS as usize, "only {} rows between kills", book.len());
    book.assert_kept(&server.http, &target);
    assert_eq!(server.stop().code(), Some(0));
    summary
}

fn kill_while_starting(sandbox: &Sandbox, words: &[&str], variables: &[(&str, &str)]) {
    let mut command = sandbox.command(PROGRAM);
    command.arg("serve").args(words).args(["--listen", "127.0.0.1:0"]);
    command.envs(variables.iter().copied());
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(random(60)));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_was_accepted_is_kept_once_over_a_hundred_kills_on_sqlite() {
    let sandbox = Sandbox::new();
    println!("{}", kill_often(&sandbox, &[]));
    assert_whole(&sandbox.path("home/data/store.sqlite"));
}

#[test]
fn what_was_accepted_is_kept_once_over_a_hundred_kills_on_postgresql() {
    let (sandbox, postgres) =
        (Sandbox::new(), Postgres::shared(Path::new(env!("CARGO_TARGET_TMPDIR"))));
    let database = postgres.database();
    let variables = [("CODECARBON_SERVER_DATABASE_URL", database.as_str())];
    println!("{}", kill_often(&sandbox, &variables));
    // Each row has its key, and each key its row.
    let unpaired = "SELECT count(*) FROM emissions e FULL JOIN emission_keys k USING (id) \
                    WHERE e.id IS NULL OR k.id IS NULL";
    assert_eq!(postgres.psql(&database, unpaired), "0");
}
