//! Programs that write rows and may be killed: this test program, run anew with orders on its
//! standard input.

use std::fs::OpenOptions;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use carbon_client::{ApiSettings, ApiSink};
use carbon_tracker::sink::Sink;
use serde_json::{Value, json};

use crate::runs::{delta, outbox, settings};

/// Rows of one run.
const RUN: u64 = 25;

/// What a child is to do: rows from `first` on, `rows` of them, each noted in the ledger before it
/// is given to the sink and after the sink has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Orders {
    pub(crate) spool: PathBuf,
    pub(crate) ledger: PathBuf,
    pub(crate) endpoint: String,
    pub(crate) first: u64,
    pub(crate) rows: u64,
    /// Longest pause after a row, in µs.
    pub(crate) pause_us: u64,
}

impl Orders {
    fn to_json(&self) -> Value {
        json!({
            "spool": self.spool, "ledger": self.ledger, "endpoint": self.endpoint,
            "first": self.first, "rows": self.rows, "pause_us": self.pause_us,
        })
    }

    fn of_json(text: &str) -> Option<Self> {
        let orders: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            spool: orders["spool"].as_str()?.into(),
            ledger: orders["ledger"].as_str()?.into(),
            endpoint: orders["endpoint"].as_str()?.into(),
            first: orders["first"].as_u64()?,
            rows: orders["rows"].as_u64()?,
            pause_us: orders["pause_us"].as_u64()?,
        })
    }
}

/// A child that can be given orders.
pub(crate) struct Prepared(Command);

/// A child under another program, such as a shell that sets limits.
pub(crate) fn command(mut launcher: Command) -> Prepared {
    launcher.arg(std::env::current_exe().expect("a test knows its program"));
    Prepared(launcher)
}

impl Prepared {
    /// A child.
    pub(crate) fn new() -> Self {
        Self(Command::new(std::env::current_exe().expect("a test knows its program")))
    }

    /// Starts it; it runs until it has done what it was told.
    pub(crate) fn start(mut self, orders: &Orders) -> Child {
        self.0.args(["--exact", "children::child", "--ignored", "--nocapture", "--quiet"]);
        let mut child = self
            .0
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test program can be run again");
        let mut stdin = child.stdin.take().expect("it is piped");
        writeln!(stdin, "{}", orders.to_json()).expect("the child reads");
        child
    }

    /// Runs it to its end; what it said.
    pub(crate) fn run(self, orders: &Orders) -> String {
        let mut child = self.start(orders);
        let mut said = String::new();
        let stdout = child.stdout.as_mut().expect("it is piped");
        stdout.read_to_string(&mut said).expect("text");
        assert!(child.wait().expect("our child").success(), "{said}");
        said
    }
}

/// The run to which a row belongs.
pub(crate) fn run_of(row: u64) -> String {
    format!("run-{}", row / RUN)
}

/// The energy of a row, by which it is known again: whole kWh, so that sums are exact.
pub(crate) fn energy_of(row: u64) -> f64 {
    (row + 1) as f64
}

#[test]
#[ignore = "the child of other tests, which give it orders"]
fn child() {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line).is_err() {
        return;
    }
    let Some(orders) = Orders::of_json(&line) else { return };
    println!("ready");
    let outbox = outbox(&orders.spool);
    let last = orders.first + orders.rows;
    let mut row = orders.first;
    let mut pause = orders.first.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while row < last {
        let at_once = ApiSettings { stop_wait: Duration::ZERO, ..settings(&orders.endpoint) };
        let mut sink = ApiSink::over(outbox.clone(), at_once);
        let run = run_of(row);
        while row < last && run_of(row) == run {
            note(&orders.ledger, "begin", row);
            let delta = delta(&run, 2.0, energy_of(row));
            for notice in sink.live_out(&delta, &delta).unwrap().notices {
                println!("{notice}");
            }
            note(&orders.ledger, "done", row);
            row += 1;
            pause ^= pause << 13;
            pause ^= pause >> 7;
            pause ^= pause << 17;
            std::thread::sleep(Duration::from_micros(pause % (orders.pause_us + 1)));
        }
        for notice in sink.exit() {
            println!("{notice}");
        }
    }
}

/// One write, so that a line is there or not.
fn note(ledger: &Path, what: &str, row: u64) {
    let file = OpenOptions::new().create(true).append(true).open(ledger);
    // Where the disk is full on purpose, there is no ledger.
    let _ = file.and_then(|mut file| file.write_all(format!("{what} {row}\n").as_bytes()));
}
