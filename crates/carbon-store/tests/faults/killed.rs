//! A process that is killed with SIGKILL while it writes: every row that it was told to be stored
//! is stored, once, and counted in every sum.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use carbon_store::{EmissionCursor, EmissionId, Ingested, RunId, Scope, Store, Window};

use crate::{plant, row, runtime, send, server};

const KILLS: u32 = 20;

/// Is run in a process of its own, which is killed: writes rows to the store whose address it
/// reads, and prints the id of each when it is stored.
#[test]
#[ignore = "a part of the other tests"]
fn writer() {
    let mut input = String::new();
    std::io::stdin().lock().read_line(&mut input).unwrap();
    let mut words = input.split_whitespace();
    let (Some(url), Some(run), Some(seed)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    let run: RunId = run.parse().unwrap();
    let seed: i64 = seed.parse().unwrap();
    runtime().block_on(async {
        let store = Store::open(url).await.unwrap();
        let tasks = (0..8).map(|task: i64| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0_i64.. {
                    // Two rows a request: both or none may be there.
                    let ids = [EmissionId::new(), EmissionId::new()];
                    let second = seed * 1_000 + task * 40 + n;
                    let rows = vec![row(run, ids[0], second), row(run, ids[1], second)];
                    if let Ok(Ingested::Stored { .. }) = send(&store, rows).await {
                        let mut out = std::io::stdout().lock();
                        writeln!(out, "stored {} {}", ids[0], ids[1]).unwrap();
                        out.flush().unwrap();
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
}

fn kill_often(url: &str) {
    let (project, run) = runtime().block_on(async {
        let store = Store::open(url).await.unwrap();
        let planted = plant(&store).await;
        store.close().await;
        planted
    });
    let mut told: Vec<EmissionId> = Vec::new();
    for kill in 0..KILLS {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .args(["--exact", "killed::writer", "--ignored", "--nocapture", "-q"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{url} {run} {kill}").unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        // Killed after some lines, each time others, in the middle of what comes next.
        let mut line = String::new();
        for _ in 0..3 + kill * 7 {
            line.clear();
            output.read_line(&mut line).unwrap();
            told.extend(ids(&line));
        }
        child.kill().unwrap();
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        // The last line may be cut off; then it was not told.
        told.extend(rest.split_inclusive('\n').filter(|l| l.ends_with('\n')).flat_map(ids));
        child.wait().unwrap();
    }
    runtime().block_on(async {
        let store = Store::open(url).await.unwrap();
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = store.emissions_after(run, after, 500).await.unwrap().unwrap();
            after = page.last().map(EmissionCursor::of);
            found.extend(page.iter().map(|row| row.id));
            if page.len() < 500 {
                break;
            }
        }
        let count = found.len();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), count, "a row is there twice");
        assert_eq!(count % 2, 0, "half a request is there");
        assert!(told.len() > 1_000, "{} rows were told", told.len());
        for id in &told {
            assert!(found.binary_search(id).is_ok(), "{id} was told to be stored and is not");
        }
        // Kept sums, and sums of single rows, agree with what is there.
        for window in [Window::ALL, Window::new(crate::at(0), crate::at(10_000_000))] {
            let sums = store.sums(Scope::Project(project), window).await.unwrap();
            assert_eq!((sums.rows as usize, sums.emissions_kg), (count, count as f64 * 0.5));
        }
        let page = store.emissions_page(run, 0, 1).await.unwrap().unwrap();
        assert_eq!(page.total as usize, count);
        store.close().await;
    });
}

fn ids(line: &str) -> Vec<EmissionId> {
    let Some((_, ids)) = line.split_once("stored ") else { return Vec::new() };
    ids.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

#[test]
fn every_row_that_was_told_to_be_stored_is_there_once_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    kill_often(&format!("sqlite://{}/store.sqlite", directory.path().display()));
}

#[test]
fn every_row_that_was_told_to_be_stored_is_there_once_on_postgres() {
    kill_often(&server().database());
}
