//! `monitor` without a command: measures the machine and prints a line every `measure_power_secs`
//! until it is told to stop.
//!
//! The lines go to standard output, everything else to standard error. `SIGINT`, `SIGTERM` and
//! `SIGHUP` end it with the record saved and exit code 0, as does a reader of the lines that goes
//! away.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use carbon_model::{Component, Energy, Report};
use carbon_outputs::json::JsonReport;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::TrackingMode;
use carbon_tracker::{Hub, Outcome, Run, Sampling, Tracker};

use super::finish::{Finish, finish};
use super::live::LiveRecords;
use super::network::{self, Network};
use super::record_file::RecordFile;
use super::settings::{JsonTarget, Settings};
use super::sinks::Sinks;
use crate::command::signals::Signals;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::machine::machine_of;
use crate::report::units;
use crate::surroundings::Surroundings;

const ENDING: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// Measures until stopped; the exit code.
pub(crate) fn run(
    mut settings: Settings,
    start: &Surroundings,
    console: Console,
    network: Option<&dyn Network>,
) -> Result<u8, CommandError> {
    let record_file = RecordFile::open(&settings, start, console)?;
    if settings.config.tracking_mode == TrackingMode::Process {
        console.warn("without a command there is no process to bill: the machine is measured");
        settings.config.tracking_mode = TrackingMode::Machine;
    }
    let signals = Signals::take_over(&ENDING).map_err(|error| {
        CommandError::internal(format!("signals cannot be taken over: {error}"))
    })?;
    let every = settings.config.measure_power_secs;
    let hub = Hub::new(machine_of(&settings.config, start), Sampling::Manual);
    // After the signals, so that threads which sinks start leave them alone.
    let sinks = Sinks::of(&settings, start, &hub, &record_file, network, console)?;
    let live = LiveRecords::new(&settings.config, sinks.are_live, SystemClock.monotonic());
    let feed = network::feed(network, &settings.config, start);
    let tracker = Tracker::new(&hub, settings.config.clone()).with_feed(feed);
    let mut run = sinks.given_to(tracker).start();
    if !settings.quiet {
        let every = units::duration(every);
        console.print(&format!("Measuring this machine, a line every {every}; Ctrl-C ends.\n"));
    }
    let as_json = settings.json == Some(JsonTarget::Stream);
    let mut lines = Lines::new(as_json);
    watch(&hub, &mut run, &signals, Schedule { every, live }, &mut lines, console)
        .map_err(|error| CommandError::internal(format!("waiting failed: {error}")))?;
    let outcome = run.stop();
    let telling = network.and_then(|network| {
        network.tell(&outcome, &settings.config, hub.hardware().cpu_physical_count)
    });
    finish(Finish { outcome, command: None, telling, settings: &settings, start, console });
    Ok(exit::OK)
}

/// When something is to be told: lines here, records elsewhere.
struct Schedule {
    every: Duration,
    live: LiveRecords,
}

/// Samples, prints and sends until a signal comes or nobody reads.
fn watch(
    hub: &Hub,
    run: &mut Run,
    signals: &Signals,
    Schedule { every, mut live }: Schedule,
    lines: &mut Lines,
    console: Console,
) -> io::Result<()> {
    let clock = SystemClock;
    let mut next = clock.now().monotonic + every;
    loop {
        let until_sample = hub.poll();
        let now = clock.now().monotonic;
        if now >= next {
            let Some(outcome) = run.peek() else { return Ok(()) };
            if lines.print(&outcome).is_err() {
                return Ok(());
            }
            // After a long stop (Ctrl-Z) one line, not one for each that was missed.
            next = (next + every).max(now);
        }
        for notice in live.send(run, now) {
            console.warn(notice);
        }
        let until_line = next.saturating_sub(now);
        let until_others = until_sample.into_iter().chain(live.until_next(now));
        signals.wait(Some(until_others.fold(until_line, Duration::min)))?;
        while let Some(arrived) = signals.next()? {
            if ENDING.contains(&arrived.signal) {
                return Ok(());
            }
        }
    }
}

/// The lines of a run: what happened since the last one, and the sums so far.
struct Lines {
    as_json: bool,
    before: Vec<Energy>,
    active: Duration,
}

impl Lines {
    fn new(as_json: bool) -> Self {
        Self { as_json, before: vec![Energy::ZERO; Component::ALL.len()], active: Duration::ZERO }
    }

    fn print(&mut self, outcome: &Outcome) -> io::Result<()> {
        let text = if self.as_json { JsonReport::new(outcome).line() } else { self.next(outcome) };
        write_line(&text)
    }

    fn next(&mut self, outcome: &Outcome) -> String {
        let report = &outcome.report;
        let mut line = outcome.record.timestamp.clone();
        let time = report.active.saturating_sub(self.active);
        for (component, before) in Component::ALL.into_iter().zip(&mut self.before) {
            let now = energy_of(report, component);
            let power = units::power((now - *before) / time);
            let _ = write!(line, "  {component} {power:>7}");
            *before = now;
        }
        self.active = report.active;
        let energy = units::energy(outcome.footprint.it_energy.value);
        let mass = units::mass(outcome.footprint.emissions.value);
        let total = units::duration(report.active);
        let _ = write!(line, "  total {energy}, {mass} CO2eq in {total}");
        line
    }
}

fn energy_of(report: &Report, component: Component) -> Energy {
    report
        .machine
        .iter()
        .find(|c| c.component == component)
        .map_or(Energy::ZERO, |c| c.energy.value)
}

fn write_line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
