//! `monitor` without a command: measures the machine and prints a line every `measure_power_secs`
//! until it is told to stop; with `--service`, closes a record every so often instead.
//!
//! The lines go to standard output, everything else to standard error. `SIGINT` and `SIGTERM` end it
//! with the record saved and exit code 0, as does a reader of the lines that goes away. `SIGHUP` does so
//! too where somebody sits before it, whose terminal has gone; a service reads its configuration again.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use carbon_journal::Kept;
use carbon_model::{Component, Energy, Report};
use carbon_outputs::json::JsonReport;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::{Hub, Outcome, Sampling};

use super::finish::Form;
use super::journal;
use super::network::Network;
use super::record_file::Backlog;
use super::service::{Reread, Service};
use super::settings::{JsonTarget, Settings};
use super::stretch::{Around, Prepared, Stretch};
use crate::command::signals::Signals;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::machine::machine_of;
use crate::report::units;
use crate::surroundings::Surroundings;

const ENDING: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// Measures until stopped; the exit code. `reread` reads the settings again.
pub(crate) fn run(
    settings: Settings,
    start: &Surroundings,
    console: Console,
    network: Option<&dyn Network>,
    reread: &dyn Fn() -> Result<Settings, CommandError>,
) -> Result<u8, CommandError> {
    let signals = Signals::take_over(&ENDING)
        .map_err(|error| CommandError::system(format!("signals cannot be taken over: {error}")))?;
    journal::save_what_was_left(start, console, network);
    let hub = Hub::new(machine_of(&settings.config, start), Sampling::Manual);
    let backlog = Backlog::default();
    let kept = settings.service.then_some(&backlog);
    let around = Around { start, hub: &hub, network, backlog: kept };
    let mut service = settings
        .service
        .then(|| Service::new(start, settings.record_every, SystemClock.monotonic()));
    // After the signals, so that threads which sinks start leave them alone.
    let mut stretch = Prepared::new(settings, console, around)?.begin();
    greet(&stretch, service.as_ref());
    let mut watcher = Watcher {
        hub: &hub,
        signals: &signals,
        lines: Lines::new(stretch.settings.json == Some(JsonTarget::Stream)),
        next_line: SystemClock.monotonic() + stretch.settings.config.measure_power_secs,
    };
    loop {
        let turn = watcher.watch(&mut stretch, service.as_mut());
        let turn =
            turn.map_err(|error| CommandError::system(format!("waiting failed: {error}")))?;
        let Some(service) = service.as_mut().filter(|_| turn != Turn::End) else { break };
        stretch = match turn {
            Turn::Record => service.next_record(stretch),
            _ => service.reload(stretch, &Reread { start, settings: reread }),
        };
        watcher.next_stretch(&stretch);
    }
    if let Some(service) = &service {
        service.is_stopping();
    }
    let (is_quiet, console) = (stretch.settings.quiet, stretch.console);
    let form = if service.is_some() { Form::Elsewhere } else { Form::Report };
    let outcome = stretch.end().finish(form);
    if let Some(service) = &mut service {
        service.record_is_closed(&outcome, is_quiet, console);
    }
    Ok(exit::OK)
}

/// Says that it measures.
fn greet(stretch: &Stretch<'_>, service: Option<&Service>) {
    let Settings { config, record_every, quiet, .. } = &stretch.settings;
    match service {
        Some(service) => {
            let every = units::duration(*record_every);
            service.is_ready("measuring this machine");
            if !quiet {
                stretch.console.note(format!("measuring this machine, a record every {every}"));
            }
        }
        None if *quiet => {}
        None => {
            let every = units::duration(config.measure_power_secs);
            let text = format!("Measuring this machine, a line every {every}; Ctrl-C ends.\n");
            stretch.console.print(&text);
        }
    }
}

/// Why the watching of a stretch is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// All is to end: a signal, or nobody reads.
    End,
    /// The record of the stretch is to be closed, and the next begun.
    Record,
    /// The configuration is to be read again.
    Reload,
}

/// The loop that samples and tells.
struct Watcher<'a> {
    hub: &'a Hub,
    signals: &'a Signals,
    lines: Lines,
    next_line: Duration,
}

impl Watcher<'_> {
    /// Samples, prints and sends until something else is to be done.
    fn watch(
        &mut self,
        stretch: &mut Stretch<'_>,
        mut service: Option<&mut Service>,
    ) -> io::Result<Turn> {
        let every = stretch.settings.config.measure_power_secs;
        loop {
            let until_sample = self.hub.poll();
            let now = SystemClock.monotonic();
            if now >= self.next_line {
                let Some(outcome) = stretch.run.peek() else { return Ok(Turn::End) };
                if let Some(service) = &service {
                    service.stands(&outcome);
                }
                if (service.is_none() || self.lines.as_json) && self.lines.print(&outcome).is_err()
                {
                    return Ok(Turn::End);
                }
                // After a long stop (Ctrl-Z) one line, not one for each that was missed.
                self.next_line = (self.next_line + every).max(now);
            }
            for notice in stretch.live.send(&mut stretch.run, now) {
                stretch.console.warn(notice);
            }
            let mut until_others = self.next_line.saturating_sub(now);
            if let Some(service) = &mut service {
                service.live(now);
                if service.is_record_due(now) {
                    return Ok(Turn::Record);
                }
                until_others = until_others.min(service.until_next(now));
            }
            let until_kept = stretch.journal.as_ref().and_then(Kept::tend);
            let until_these =
                until_sample.into_iter().chain(stretch.live.until_next(now)).chain(until_kept);
            self.signals.wait(Some(until_these.fold(until_others, Duration::min)))?;
            while let Some(arrived) = self.signals.next()? {
                match arrived.signal {
                    libc::SIGHUP if service.is_some() => return Ok(Turn::Reload),
                    signal if ENDING.contains(&signal) => return Ok(Turn::End),
                    _ => {}
                }
            }
        }
    }

    /// Another stretch goes on, perhaps with other settings.
    fn next_stretch(&mut self, stretch: &Stretch<'_>) {
        self.lines = Lines::new(stretch.settings.json == Some(JsonTarget::Stream));
        let in_a_line = SystemClock.monotonic() + stretch.settings.config.measure_power_secs;
        self.next_line = self.next_line.min(in_a_line);
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
