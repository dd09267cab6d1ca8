//! What a journal costs: the samples of a run that is kept and of one that is not, and starting and
//! ending a run that is too short to be kept.
//!
//! `cargo bench -p carbon-journal` prints medians, means and the 99th percentile in µs, and the CPU time
//! of the thread that writes, per second of a run.

#![expect(clippy::print_stdout, reason = "it is what a benchmark is for")]

use std::time::Duration;

use carbon_journal::{Following, Head, Keeper, Outputs};
use carbon_sensors::{Clock, SystemClock};
use carbon_testkit::{Machine, machines};
use carbon_tracker::config::{Config, JournalMode};
use carbon_tracker::sink::Journal;
use carbon_tracker::{Hub, Machine as Tracked, Run, Sampling, Tracker};

const SAMPLES: usize = 4_000;
const SHORT_RUNS: usize = 4_000;
/// Time between two samples; far shorter than a run's, so that many meet the thread that writes.
const INTERVAL: Duration = Duration::from_millis(2);

fn main() {
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    println!("{:<34} {:>8} {:>8} {:>8}   µs", "", "median", "mean", "99 %");
    for mode in [JournalMode::Off, JournalMode::On, JournalMode::Off, JournalMode::On] {
        let place = tempfile::tempdir().expect("a place for journals");
        let (hub, keeper) = (hub(&machine), Keeper::new(place.path()));
        let run = begin(&hub, &keeper, mode);
        let before = process_cpu();
        let mut costs: Vec<f64> = (0..SAMPLES).map(|_| sample(&hub)).collect();
        let cpu_s = process_cpu() - before;
        print(&format!("a sample, journal {mode}"), &mut costs);
        println!("{:<34} {:>8.0}", "  CPU of the process, µs per s", cpu_s * 1e6 / seconds(&run));
        drop(run.stop());
    }
    for mode in [JournalMode::Off, JournalMode::Auto, JournalMode::Off, JournalMode::Auto] {
        let place = tempfile::tempdir().expect("a place for journals");
        let (hub, keeper) = (hub(&machine), Keeper::new(place.path()));
        drop(begin(&hub, &keeper, mode).stop());
        let mut costs: Vec<f64> =
            (0..SHORT_RUNS).map(|_| micros(|| drop(begin(&hub, &keeper, mode).stop()))).collect();
        print(&format!("a run from start to end, {mode}"), &mut costs);
    }
}

fn hub(machine: &Machine) -> Hub {
    // The machine's files, and the time of this one.
    Hub::new(Tracked::at(machine.sysroot()), Sampling::Manual)
}

fn begin(hub: &Hub, keeper: &Keeper, mode: JournalMode) -> Run {
    let config = Config { sampling_interval_s: INTERVAL, ..Config::default() };
    let outputs = Outputs::of(&config, keeper.directory());
    let head = Head { program: "bench".to_owned(), pid: 1, outputs };
    let kept = keeper.follow(Following { head, mode, is_tended: false, ends_with_run: true });
    let kept = kept.map(|kept| -> Box<dyn Journal> { Box::new(kept) });
    Tracker::new(hub, config).with_journal(kept).start()
}

fn sample(hub: &Hub) -> f64 {
    std::thread::sleep(INTERVAL);
    micros(|| {
        let _until_next = hub.poll();
    })
}

fn seconds(run: &Run) -> f64 {
    run.peek().map_or(1.0, |outcome| outcome.report.wall.as_secs_f64())
}

fn print(name: &str, costs: &mut [f64]) {
    costs.sort_by(f64::total_cmp);
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    let at = |percent: usize| costs[costs.len() * percent / 100];
    println!("{name:<34} {:>8.2} {mean:>8.2} {:>8.2}", at(50), at(99));
}

fn micros(work: impl FnOnce()) -> f64 {
    let start = SystemClock.monotonic();
    work();
    SystemClock.monotonic().saturating_sub(start).as_secs_f64() * 1e6
}

/// CPU seconds of this process, from `/proc/self/schedstat` and its threads'.
fn process_cpu() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}
