//! Programs killed at any moment lose no row and double none.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use carbon_client::{SyncSettings, status, sync};
use carbon_testkit::http::Reply;
use uuid::Uuid;

use crate::children::{Orders, Prepared, energy_of, run_of};
use crate::receiver::Receiver;
use crate::runs::{Jumping, settings};

const ROWS: u64 = 10_000;
const KILLS: u64 = 200;
/// Programs at a time.
const LANES: u64 = 4;

/// Numbers that look random and come again with their seed.
struct Random(u64);

impl Random {
    /// From 0 to `below`, exclusive.
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// A server that answers well most of the time, and else in every bad way.
fn moody(seed: u64) -> Receiver {
    let random = Mutex::new(Random(seed));
    Receiver::scripted(move |_| {
        let mood = random.lock().expect("no test panics in it").next(100);
        match mood {
            0..10 => Some(Reply::json(500, r#"{"detail":"Generic error"}"#)),
            10..15 => Some(Reply::json(429, "{}")),
            // It counted, but nobody hears of it.
            15..25 => Some(Reply::json(201, "{}").cut_after((mood % 7) as usize * 10)),
            25..30 => Some(Reply::json(500, "{}").cut_after(0)),
            30..34 => Some(Reply::json(503, "{}").after(Duration::from_millis(20))),
            _ => None,
        }
    })
}

#[test]
fn rows_of_programs_that_are_killed_arrive_once_each() {
    let seed = Uuid::new_v4().as_u64_pair().0;
    println!("seed {seed}");
    let (receiver, directory) = (moody(seed), tempfile::tempdir().unwrap());
    let spool = directory.path().join("spool");
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let orders = Orders {
                spool: spool.clone(),
                ledger: directory.path().join(format!("ledger-{lane}")),
                endpoint: receiver.server.url(),
                first: lane * ROWS / LANES,
                rows: ROWS / LANES,
                pause_us: 300,
            };
            scope.spawn(move || live_and_die(orders, &mut Random(seed ^ lane)));
        }
    });
    let journalled = ledgers(directory.path(), "done");
    assert_eq!(journalled.len() as u64, ROWS);
    let waiting = status(&spool).unwrap();
    let before = receiver.arrived().rows.len();
    let repeated = receiver.arrived().repeated;
    println!(
        "{before} rows arrived before, {} wait in {} runs, {repeated} requests were repeats",
        waiting.amount().rows,
        waiting.runs.len()
    );
    assert!(waiting.runs.iter().all(|run| !run.is_owned));
    let clock = Jumping::default();
    let patient = SyncSettings {
        limits: settings("").limits,
        access: None,
        tries: 1000,
        longest_pause: Duration::from_hours(1),
    };
    let report = sync(&spool, &patient, &clock, &mut |p| clock.jump(p), &mut |_, _| {});
    assert_eq!(report.left, []);
    assert_eq!(report.sent.rows, waiting.amount().rows);

    let arrived = receiver.arrived();
    let mut energies: Vec<f64> =
        arrived.rows.values().filter_map(|row| row.energy_consumed).collect();
    energies.sort_by(f64::total_cmp);
    // A program may have died between a row's arrival in the spool and its note in the ledger; the
    // next one wrote that row once more, as another. All others are there exactly once.
    let begun = ledgers(directory.path(), "begin");
    let twice: BTreeSet<u64> = begun
        .iter()
        .copied()
        .filter(|row| energies.iter().filter(|energy| **energy == energy_of(*row)).count() > 1)
        .collect();
    let interrupted = interrupted_rows(directory.path());
    assert!(twice.is_subset(&interrupted), "{twice:?} were doubled");
    let unique: BTreeSet<u64> = energies.iter().map(|energy| *energy as u64 - 1).collect();
    let lost: Vec<u64> = journalled.difference(&unique).copied().collect();
    assert!(lost.is_empty(), "{lost:?} were lost");
    assert!(unique.is_subset(&begun));
    let sum: f64 = energies.iter().sum();
    let journalled_sum: f64 = journalled.iter().map(|row| energy_of(*row)).sum();
    let again: f64 = interrupted.iter().map(|row| energy_of(*row)).sum();
    assert!(sum >= journalled_sum && sum <= journalled_sum + again);
    for row in &journalled {
        assert!(arrived.runs.contains_key(&run_of(*row)));
    }
    assert_eq!(arrived.runs.len() as u64, ROWS / 25, "each run is registered once");
    drop(arrived);
    assert_eq!(status(&spool).unwrap(), carbon_client::SpoolStatus::default());
}

/// Writes the rows of one lane through programs of which all but the last are killed.
fn live_and_die(orders: Orders, random: &mut Random) {
    let last = orders.first + orders.rows;
    for _ in 0..KILLS / LANES {
        let first = next_row(&orders);
        // The last one has something left to do.
        let rows = (last - first).saturating_sub(1).min(120);
        let mut child = Prepared::new().start(&Orders { first, rows, ..orders.clone() });
        if random.next(10) > 0 {
            use std::io::Read;
            let ready = child.stdout.as_mut().expect("it is piped").read(&mut [0; 64]);
            assert!(ready.is_ok());
        }
        std::thread::sleep(Duration::from_micros(random.next(25_000)));
        child.kill().expect("our child");
        child.wait().expect("our child");
    }
    let first = next_row(&orders);
    Prepared::new().run(&Orders { first, rows: last - first, ..orders });
}

/// The first row that is not noted as done.
fn next_row(orders: &Orders) -> u64 {
    let text = std::fs::read_to_string(&orders.ledger).unwrap_or_default();
    let done = text.lines().filter_map(|line| line.strip_prefix("done ")?.parse::<u64>().ok());
    done.max().map_or(orders.first, |row| row + 1)
}

fn ledgers(directory: &Path, what: &str) -> BTreeSet<u64> {
    lines(directory)
        .iter()
        .flatten()
        .filter_map(|line| line.strip_prefix(what)?.trim().parse().ok())
        .collect()
}

/// Rows that were begun more than once, because a program died over them.
fn interrupted_rows(directory: &Path) -> BTreeSet<u64> {
    let mut seen = BTreeSet::new();
    let all = lines(directory);
    let begun = all.iter().flatten().filter_map(|l| l.strip_prefix("begin ")?.parse::<u64>().ok());
    begun.filter(|row| !seen.insert(*row)).collect()
}

fn lines(directory: &Path) -> Vec<Vec<String>> {
    (0..LANES)
        .map(|lane| {
            let path = directory.join(format!("ledger-{lane}"));
            let text = std::fs::read_to_string(path).expect("each lane has a ledger");
            text.lines().map(str::to_owned).collect()
        })
        .collect()
}
