//! What the API costs: one measurement per process, its result on stdout as JSON in seconds (or
//! percent, or lifecycles per second). `cargo xtask bench` runs it against the Python package and
//! prints the table; by hand:
//!
//! ```text
//! cargo bench -p carbon-tracker --bench lifecycle -- first
//!     first                    the first window of a process: detect, start, stop
//!     warm N                   N more lifecycles, each
//!     threads THREADS S        lifecycles per second of several threads together
//!     tasks N                  N empty tasks of one run, each
//!     steady INTERVAL_S S      processor use while sampling, percent of a core
//!     wake INTERVAL_S S        not ours: the same of a bare loop that sleeps and reads /proc/stat
//!     spin N                   not ours: a loop of N rounds, for measuring how it is slowed down
//! ```

#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a benchmark times itself")]

use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use carbon_tracker::config::Config;
use carbon_tracker::{Hub, Machine, Sampling, Tracker};

fn main() {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words[..] {
        ["first"] => println!("{}", first()),
        ["warm", count] => println!("{:?}", warm(number(count) as usize)),
        ["threads", threads, seconds] => {
            println!("{}", threads_together(number(threads) as usize, number(seconds)));
        }
        ["tasks", count] => println!("{:?}", tasks(number(count) as usize)),
        ["steady", interval_s, seconds] => {
            println!("{}", steady(number(interval_s), number(seconds)));
        }
        ["wake", interval_s, seconds] => {
            println!("{}", wake(number(interval_s), number(seconds)));
        }
        ["spin", rounds] => println!("spin_s {}", spin(number(rounds) as u64)),
        _ => println!(
            "usage: first | warm N | threads THREADS S | tasks N | steady INTERVAL_S S | wake … | spin N"
        ),
    }
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

fn hub() -> Hub {
    Hub::new(Machine::host(), Sampling::Thread)
}

fn config(interval_s: f64) -> Config {
    let mut config = Config::default();
    config.set("country_iso_code", "FRA").expect("a country");
    config.sampling_interval_s = Duration::from_secs_f64(interval_s);
    config
}

fn lifecycle(hub: &Hub) -> f64 {
    let start = Instant::now();
    let run = Tracker::new(hub, config(1.0)).start();
    black_box(run.stop());
    start.elapsed().as_secs_f64()
}

fn first() -> f64 {
    let start = Instant::now();
    let hub = hub();
    black_box(Tracker::new(&hub, config(1.0)).start().stop());
    start.elapsed().as_secs_f64()
}

fn warm(count: usize) -> Vec<f64> {
    let hub = hub();
    lifecycle(&hub);
    (0..count).map(|_| lifecycle(&hub)).collect()
}

fn threads_together(threads: usize, seconds: f64) -> f64 {
    let hub = hub();
    lifecycle(&hub);
    let start = Instant::now();
    let work = || {
        let mut done = 0_u64;
        while start.elapsed().as_secs_f64() < seconds {
            lifecycle(&hub);
            done += 1;
        }
        done
    };
    let done: u64 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker")).sum()
    });
    done as f64 / start.elapsed().as_secs_f64()
}

fn tasks(count: usize) -> Vec<f64> {
    let run = Tracker::new(&hub(), config(1.0)).start();
    let names: Vec<String> = (0..count).map(|i| format!("task-{i}")).collect();
    names
        .into_iter()
        .map(|name| {
            let start = Instant::now();
            black_box(run.task(name).stop());
            start.elapsed().as_secs_f64()
        })
        .collect()
}

fn steady(interval_s: f64, seconds: f64) -> f64 {
    let run = Tracker::new(&hub(), config(interval_s)).start();
    std::thread::sleep(Duration::from_millis(200));
    let (before, start) = (process_cpu_s(), Instant::now());
    std::thread::sleep(Duration::from_secs_f64(seconds));
    let share = (process_cpu_s() - before) / start.elapsed().as_secs_f64();
    black_box(run.stop());
    share * 100.0
}

/// What waking up and one read cost on this machine, whoever does it.
fn wake(interval_s: f64, seconds: f64) -> f64 {
    let stat = std::fs::File::open("/proc/stat").expect("/proc/stat");
    let mut bytes = [0; 512];
    let (before, start) = (process_cpu_s(), Instant::now());
    while start.elapsed().as_secs_f64() < seconds {
        std::thread::sleep(Duration::from_secs_f64(interval_s));
        black_box(stat.read_at(&mut bytes, 0).expect("/proc/stat"));
    }
    (process_cpu_s() - before) / start.elapsed().as_secs_f64() * 100.0
}

fn spin(rounds: u64) -> f64 {
    let start = Instant::now();
    let mut state = 1_u64;
    for round in 0..rounds {
        state = black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round));
    }
    start.elapsed().as_secs_f64()
}

/// Processor seconds of all threads of this process.
#[expect(unsafe_code, reason = "the standard library does not give processor time")]
fn process_cpu_s() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec for the call to fill.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
