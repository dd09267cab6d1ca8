//! `monitor --service`: what a monitor that nobody watches does beside measuring. It tells the one who
//! started it that it is well, cuts its time into records, so that rows add up and little is at stake,
//! and says in the log what matters, once.
//!
//! Left out: sampling, which is the loop's of [`super::machine`].

mod notify;
mod reload;

use std::time::Duration;

use carbon_model::{CarbonMass, Energy};
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::Outcome;

use crate::console::Console;
use crate::exit::CommandError;
use crate::report::units;
use crate::surroundings::Surroundings;
use notify::Notifier;
pub(crate) use reload::Reread;

/// Warnings that are remembered, so that each is said once; beyond them it begins anew.
const MOST_TOLD: usize = 200;

/// A service under way.
#[derive(Debug)]
pub(crate) struct Service {
    notifier: Notifier,
    record_every: Duration,
    record_at: Duration,
    life_every: Option<Duration>,
    life_at: Duration,
    /// Of the records that are closed.
    sums: Sums,
    told: Vec<String>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sums {
    energy: Energy,
    emissions: CarbonMass,
    time: Duration,
}

impl Service {
    /// By the environment, from now on the monotonic clock; `record_every` is the time of a record.
    pub(crate) fn new(start: &Surroundings, record_every: Duration, now: Duration) -> Self {
        let life_every = notify::sign_of_life_every(start);
        Self {
            notifier: Notifier::of(start),
            record_every,
            record_at: now.saturating_add(record_every),
            life_every,
            life_at: now.saturating_add(life_every.unwrap_or_default()),
            sums: Sums::default(),
            told: Vec::new(),
        }
    }

    /// Tells that it measures, and how it stands.
    pub(crate) fn is_ready(&self, status: &str) {
        self.notifier.tell(&format!("READY=1\nSTATUS={status}"));
    }

    /// Tells that it reads its configuration again; [`is_ready`](Self::is_ready) is next.
    pub(crate) fn is_reloading(&self) {
        let now_us = SystemClock.monotonic().as_micros();
        self.notifier.tell(&format!("RELOADING=1\nMONOTONIC_USEC={now_us}"));
    }

    /// Tells that it ends.
    pub(crate) fn is_stopping(&self) {
        self.notifier.tell("STOPPING=1\nSTATUS=saving the last record");
    }

    /// Tells how it stands.
    pub(crate) fn stands(&self, so_far: &Outcome) {
        self.notifier.tell(&format!("STATUS={}", self.status(so_far)));
    }

    /// How it stands, in a line: the power of the present record and the sums of all.
    pub(crate) fn status(&self, so_far: &Outcome) -> String {
        let (part, sums) = (Sums::of(so_far), self.sums.with(so_far));
        format!(
            "{} of late; {}, {} CO2eq in {}",
            units::power(part.energy / part.time),
            units::energy(sums.energy),
            units::mass(sums.emissions),
            units::duration(sums.time)
        )
    }

    /// Gives a sign of life if one is due; called by the loop that measures, so that it is one of
    /// measuring.
    pub(crate) fn live(&mut self, now: Duration) {
        if let Some(every) = self.life_every.filter(|_| now >= self.life_at) {
            self.notifier.tell("WATCHDOG=1");
            self.life_at = now.saturating_add(every);
        }
    }

    /// Whether the record is to be closed.
    pub(crate) fn is_record_due(&self, now: Duration) -> bool {
        now >= self.record_at
    }

    /// The time until something of this is due.
    pub(crate) fn until_next(&self, now: Duration) -> Duration {
        let life = self.life_every.map_or(self.record_at, |_| self.life_at);
        self.record_at.min(life).saturating_sub(now)
    }

    /// Says what a record that is closed came to; the next is due a whole time from now.
    pub(crate) fn record_is_closed(&mut self, outcome: &Outcome, is_quiet: bool, console: Console) {
        self.record_at = SystemClock.monotonic().saturating_add(self.record_every);
        self.sums = self.sums.with(outcome);
        for warning in &outcome.warnings {
            self.warn_once(warning, console);
        }
        if !is_quiet {
            let part = Sums::of(outcome);
            let places: Vec<String> =
                outcome.saved_to.iter().map(|path| path.display().to_string()).collect();
            let saved =
                if places.is_empty() { String::new() } else { format!("; {}", places.join(", ")) };
            console.note(format!(
                "{}: {}, {}, {} CO2eq{saved}",
                units::duration(part.time),
                units::power(part.energy / part.time),
                units::energy(part.energy),
                units::mass(part.emissions),
            ));
        }
    }

    /// Warns of what was not warned of before.
    pub(crate) fn warn_once(&mut self, warning: &str, console: Console) {
        if self.told.iter().any(|told| told == warning) {
            return;
        }
        console.warn(warning);
        if self.told.len() >= MOST_TOLD {
            self.told.clear();
        }
        self.told.push(warning.to_owned());
    }
}

impl Sums {
    fn of(outcome: &Outcome) -> Self {
        Self::default().with(outcome)
    }

    fn with(self, outcome: &Outcome) -> Self {
        Self {
            energy: self.energy + outcome.footprint.it_energy.value,
            emissions: self.emissions + outcome.footprint.emissions.value,
            time: self.time + outcome.report.active,
        }
    }
}

/// Whether a monitor without a command is a service without being told: somebody wants to hear that it
/// is ready, and nobody sits before it.
pub(crate) fn is_started_as_one(start: &Surroundings) -> bool {
    let has_person =
        start.stdin_is_terminal || start.stdout_is_terminal || start.stderr_is_terminal;
    !has_person && start.variable("NOTIFY_SOCKET").is_some_and(|name| !name.is_empty())
}

/// A command is asked for with `--service`.
pub(crate) fn refuse_command() -> CommandError {
    CommandError::usage("--service is for the machine, not for a command")
        .hint("without --service, codecarbon monitor -- COMMAND is as good a service as COMMAND is")
}
