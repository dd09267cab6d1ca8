//! What the server does in a second, and how long it takes, over HTTP on loopback and on one machine
//! with its load: `cargo bench -p codecarbon-server --bench load -- [--quick] [--rows N] [sqlite]
//! [postgres]`. `cargo xtask bench server` runs it and makes a table of it; here each figure is one
//! line of JSON.
//!
//! The processor time of the server, of the database and of this program are told apart, since they
//! share the cores.

#![expect(clippy::cast_possible_wrap, reason = "counts are small")]
#![expect(clippy::print_stdout, reason = "a benchmark that prints figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

mod bodies;
mod connections;
mod plant;
mod processor;
mod program;
mod reads;
mod writes;

use std::path::Path;
use std::time::Duration;

use carbon_store::Store;
use carbon_testkit::postgres::Postgres;
use connections::{Answers, Request, Until, load};
use plant::Planted;
use processor::Seconds;
use program::Program;
use serde_json::json;

/// How much is done.
pub(crate) struct Effort {
    /// Starts of an empty server.
    starts: usize,
    /// How long each load is kept up, three times.
    slice: Duration,
    /// Rows of all runs.
    rows: usize,
    /// Rows of the one long run.
    long_run_rows: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut effort = if has("--quick") {
        let slice = Duration::from_secs(1);
        Effort { starts: 5, slice, rows: 200_000, long_run_rows: 100_000 }
    } else {
        let slice = Duration::from_secs(5);
        Effort { starts: 20, slice, rows: 5_000_000, long_run_rows: 1_000_000 }
    };
    if let Some(place) = arguments.iter().position(|argument| argument == "--rows") {
        effort.rows = arguments[place + 1].parse().unwrap();
    }
    if !has("postgres") {
        start(&effort);
        measure("sqlite", None, &effort);
    }
    if !has("sqlite") {
        let server = Postgres::start();
        measure("postgres", Some(&server.database()), &effort);
    }
}

/// From nothing to the first answer, and what lies in memory then.
fn start(effort: &Effort) {
    let (mut started_ms, mut resident_mib) = (Vec::new(), Vec::new());
    for _ in 0..effort.starts {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let program = Program::start(directory.path(), None);
        started_ms.push(program.started_ms);
        std::thread::sleep(Duration::from_millis(500));
        resident_mib.push(processor::resident_mib(program.id()));
    }
    tell("sqlite", "start", &started_ms, "");
    tell("sqlite", "memory", &resident_mib, "");
}

fn measure(name: &'static str, database: Option<&str>, effort: &Effort) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let planted = plant(directory.path(), database);
    let program = Program::start(directory.path(), database);
    let port = database.and_then(|url| url.rsplit_once(':')?.1.split_once('/')).map(|of| of.0);
    let bench = Bench {
        name,
        database: port.and_then(processor::postgres_on),
        program,
        planted: planted.into(),
        effort,
    };
    bench.writes();
    bench.reads();
}

fn plant(directory: &Path, database: Option<&str>) -> Planted {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let file = format!("sqlite://{}", directory.join("store.sqlite").display());
    runtime.block_on(async {
        let store = Store::open(database.unwrap_or(&file)).await.unwrap();
        let planted = Planted::into_store(&store).await;
        store.close().await;
        planted
    })
}

/// A figure of a load.
type Figure = fn(&Answers) -> f64;

/// A server under load.
pub(crate) struct Bench<'e> {
    name: &'static str,
    program: Program,
    database: Option<u32>,
    planted: std::rc::Rc<Planted>,
    effort: &'e Effort,
}

impl Bench<'_> {
    /// Keeps a load up three times, and tells a figure of each, with what a request costs.
    fn load(
        &self,
        what: &[(&str, Figure)],
        connections: usize,
        until: Until,
        items: usize,
        request: &Request,
    ) {
        let times = if matches!(until, Until::Time(_)) { 3 } else { 1 };
        let before = self.seconds();
        let slices: Vec<Answers> =
            (0..times).map(|_| load(self.program.port, connections, until, request)).collect();
        let spent = self.seconds().since(before);
        let count = (slices.iter().map(Answers::count).sum::<usize>() * items) as f64;
        let each = |seconds: f64| seconds / count * 1e6;
        let length_s: f64 = slices.iter().map(Answers::length_s).sum();
        let mut costs = format!("server {:.1}", each(spent.server));
        if self.database.is_some() {
            costs = format!("{costs}, database {:.1}", each(spent.database));
        }
        let remark = format!(
            "; µs of processor each: {costs}, load {:.1}; others kept {:.1} cores busy",
            each(spent.generator),
            spent.others() / length_s
        );
        let mut remark = remark.as_str();
        for (what, figure) in what {
            let values: Vec<f64> = slices.iter().map(figure).collect();
            // What it costs stands behind the first.
            tell(self.name, what, &values, std::mem::take(&mut remark));
        }
    }

    fn seconds(&self) -> Seconds {
        Seconds::until_now(self.program.id(), self.database)
    }
}

/// Prints a figure.
fn tell(database: &str, what: &str, values: &[f64], remark: &str) {
    println!(
        "{}",
        json!({ "key": format!("{database} {what}"), "values": values, "remark": remark })
    );
}
