//! `cargo xtask bench`: what measuring costs, ours and the stock package's, in one run.
//!
//! Absolute times on a shared machine are not stable, ratios are. So the samples of all programs
//! are taken in turn, the minimum stands beside the median, and the load that others put on the
//! machine meanwhile is printed. The targets are the project's own.

mod api;
mod build;
mod commands;
mod interpreter;
mod launch;
mod measurement;
mod peer;
mod python;
mod server;
mod slowdown;
mod statistics;
mod table;
mod web;

use std::time::Instant;

use crate::shell::Result;
use launch::Ambient;
use peer::Peer;
use table::Table;

/// How much is measured.
pub(crate) struct Effort {
    /// Samples of our commands, each a fresh process of a millisecond.
    pub(crate) commands: usize,
    /// Samples of the peer's commands, each a fresh process of seconds.
    pub(crate) peer_commands: usize,
    /// Fresh processes in which the first window is timed.
    pub(crate) first_windows: usize,
    /// The same for the peer.
    pub(crate) peer_first_windows: usize,
    /// Rounds of a processor-bound child, four runs each.
    pub(crate) slowdown_rounds: usize,
    /// Seconds for which background sampling is watched, at each rate.
    pub(crate) sampling_s: f64,
    /// Seconds for which threads of Python make lifecycles.
    pub(crate) threads_s: f64,
    /// Seconds for which a loop in Python is watched; the peer's, half of that.
    pub(crate) loop_s: f64,
    /// Whether the server is given a twentieth of the rows.
    pub(crate) is_quick: bool,
}

const FULL: Effort = Effort {
    commands: 100,
    peer_commands: 7,
    first_windows: 40,
    peer_first_windows: 5,
    slowdown_rounds: 16,
    sampling_s: 20.0,
    threads_s: 30.0,
    loop_s: 180.0,
    is_quick: false,
};

const QUICK: Effort = Effort {
    commands: 20,
    peer_commands: 2,
    first_windows: 10,
    peer_first_windows: 2,
    slowdown_rounds: 4,
    sampling_s: 5.0,
    threads_s: 3.0,
    loop_s: 20.0,
    is_quick: true,
};

/// What can be measured by itself.
const PARTS: [&str; 6] = ["commands", "api", "child", "python", "server", "web"];

/// Measures and prints a table in Markdown.
pub(crate) fn run(options: &[String]) -> Result {
    let mut effort = &FULL;
    let mut with_peer = true;
    let mut parts: Vec<&str> = Vec::new();
    let mut rows = None;
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "--quick" => effort = &QUICK,
            "--rows" => rows = options.next(),
            "--no-peer" => with_peer = false,
            part if PARTS.contains(&part) => parts.push(part),
            _ => {
                let parts = PARTS.join("] [");
                return Err(format!(
                    "usage: cargo xtask bench [--quick] [--no-peer] [--rows N] [{parts}]"
                )
                .into());
            }
        }
    }
    // The server and the dashboard take minutes and are measured when they are named.
    let by_itself = |part| matches!(part, "server" | "web");
    let wanted = |part| parts.contains(&part) || parts.is_empty() && !by_itself(part);
    let with_peer = with_peer && PARTS[..4].iter().any(|&part| wanted(part));
    let peer = if with_peer { Some(Peer::prepare()?) } else { None };
    let peer = peer.as_ref();
    let mut table = Table::default();
    let programs =
        if PARTS[..3].iter().any(|&part| wanted(part)) { Some(build::programs()?) } else { None };
    let package = wanted("python").then(python::Package::prepare).transpose()?;
    let (start, ambient) = (Instant::now(), Ambient::start());
    if let Some(programs) = &programs {
        if wanted("commands") {
            commands::measure(programs, peer, effort, &mut table)?;
        }
        if wanted("api") {
            api::measure(programs, peer, effort, &mut table)?;
        }
        if wanted("child") {
            slowdown::measure(programs, effort, &mut table)?;
        }
    }
    if let Some(package) = &package {
        python::measure(package, peer, effort, &mut table)?;
    }
    if wanted("server") {
        server::measure(effort.is_quick, rows.map(String::as_str), &mut table)?;
    }
    if wanted("web") {
        web::measure(effort.is_quick, &mut table)?;
    }
    println!("{}", table::machine());
    println!("{}\n", ambient.describe());
    print!("{table}");
    println!("\nTook {:.0} s.", start.elapsed().as_secs_f64());
    Ok(())
}
