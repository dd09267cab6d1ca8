//! Programs killed at any moment lose no row and double none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use carbon_client::{SyncSettings, status, sync};
use carbon_sensors::{Clock, SystemClock};
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
            0..3 => Some(Reply::json(500, r#"{"detail":"Generic error"}"#)),
            3..4 => Some(Reply::json(429, "{}")),
            // It counted, but nobody hears of it.
            4..8 => Some(Reply::json(201, "{}").cut_after((mood % 4) as usize * 20)),
            8..10 => Some(Reply::json(500, "{}").cut_after(0)),
            10..11 => Some(Reply::json(503, "{}").after(Duration::from_millis(20))),
            _ => None,
        }
    })
}

#[test]
fn rows_of_programs_that_are_killed_arrive_once_each() {
    let seed = Uuid::new_v4().as_u64_pair().0;
    println!("seed {seed}");
    let start = SystemClock.monotonic();
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
    let journalled = done(directory.path());
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
    println!("{:?} after the start", SystemClock.monotonic().saturating_sub(start));
    let clock = Jumping::default();
    let patient = SyncSettings {
        limits: settings("").limits,
        access: None,
        tries: 1000,
        longest_pause: Duration::from_hours(1),
    };
    assert_eq!((waiting.set_aside, waiting.given_up.rows), (0, 0));
    let report = sync(&spool, &patient, &clock, &mut |p| clock.jump(p), &mut |_, _| {});
    assert_eq!(report.left, []);
    assert_eq!(report.notices, Vec::<String>::new());
    println!("{:?} after the start", SystemClock.monotonic().saturating_sub(start));
    assert_eq!(report.sent.rows, waiting.amount().rows);

    let arrived = receiver.arrived();
    let mut times = BTreeMap::<u64, usize>::new();
    for energy in arrived.rows.values().filter_map(|row| row.energy_consumed) {
        assert_eq!(energy, energy_of(energy as u64 - 1), "no row was merged");
        *times.entry(energy as u64 - 1).or_default() += 1;
    }
    let lost: Vec<&u64> = journalled.iter().filter(|row| !times.contains_key(row)).collect();
    assert!(lost.is_empty(), "{} were lost, the first of them {:?}", lost.len(), lost[0]);
    // A program may have died between a row's arrival in the spool and its note in the ledger; then
    // the next one wrote a row with the same energy, which is another row.
    let begun = begun(directory.path());
    let doubled: Vec<&u64> =
        times.iter().filter(|(row, n)| begun.get(row) < Some(n)).map(|(row, _)| row).collect();
    assert!(doubled.is_empty(), "{doubled:?} were doubled");
    let interrupted: f64 = begun.iter().map(|(row, n)| energy_of(*row) * (n - 1) as f64).sum();
    let journalled_kwh: f64 = journalled.iter().map(|row| energy_of(*row)).sum();
    let sum_kwh: f64 = times.iter().map(|(row, n)| energy_of(*row) * *n as f64).sum();
    assert!(sum_kwh >= journalled_kwh && sum_kwh <= journalled_kwh + interrupted);
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
        std::thread::sleep(Duration::from_micros(random.next(40_000)));
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

/// Rows that are noted as done.
fn done(directory: &Path) -> BTreeSet<u64> {
    noted(directory, "done ").into_iter().collect()
}

/// How often each row was begun: more than once when a program died over it.
fn begun(directory: &Path) -> BTreeMap<u64, usize> {
    noted(directory, "begin ").into_iter().fold(BTreeMap::new(), |mut begun, row| {
        *begun.entry(row).or_default() += 1;
        begun
    })
}

fn noted(directory: &Path, what: &str) -> Vec<u64> {
    let ledgers = (0..LANES).map(|lane| directory.join(format!("ledger-{lane}")));
    let text: String =
        ledgers.map(|path| std::fs::read_to_string(path).expect("each lane has one")).collect();
    text.lines().filter_map(|line| line.strip_prefix(what)?.parse().ok()).collect()
}
