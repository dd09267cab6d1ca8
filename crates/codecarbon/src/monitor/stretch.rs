//! One record of the machine in the making: the settings that it was begun with, its sinks, its run.
//!
//! A monitor at a terminal has one; a service has one after the other. What the next one needs is got
//! ready while the one before goes on, so that a setting which cannot be used changes nothing.

use carbon_journal::Kept;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::TrackingMode;
use carbon_tracker::{Hub, Outcome, Run, Tracker};

use super::finish::{Finish, Form, finish};
use super::journal;
use super::live::LiveRecords;
use super::network::{self, Network};
use super::record_file::{Backlog, RecordFile};
use super::settings::Settings;
use super::sinks::Sinks;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// What all stretches of a process have in common.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    /// What the process was started with.
    pub(crate) start: &'a Surroundings,
    /// Who measures.
    pub(crate) hub: &'a Hub,
    /// The code that talks to others, if the program has it.
    pub(crate) network: Option<&'a dyn Network>,
    /// Records that could not be saved yet; only a service has the time to try again.
    pub(crate) backlog: Option<&'a Backlog>,
}

/// A stretch that could begin now.
pub(crate) struct Prepared<'a> {
    around: Around<'a>,
    settings: Settings,
    console: Console,
    tracker: Tracker,
    journal: Option<Kept>,
    are_live: bool,
}

/// A stretch under way.
pub(crate) struct Stretch<'a> {
    /// What it shares with the others.
    pub(crate) around: Around<'a>,
    /// What it was begun with.
    pub(crate) settings: Settings,
    /// Who is told.
    pub(crate) console: Console,
    /// Its run.
    pub(crate) run: Run,
    /// What is sent of it meanwhile.
    pub(crate) live: LiveRecords,
    /// What keeps it meanwhile.
    pub(crate) journal: Option<Kept>,
}

impl<'a> Prepared<'a> {
    /// Opens files and sinks; nothing is written or sent yet.
    ///
    /// # Errors
    /// A setting that cannot be used, such as a directory that is not there.
    pub(crate) fn new(
        mut settings: Settings,
        console: Console,
        around: Around<'a>,
    ) -> Result<Self, CommandError> {
        let Around { start, hub, network, backlog } = around;
        if settings.config.tracking_mode == TrackingMode::Process {
            console.warn("without a command there is no process to bill: the machine is measured");
            settings.config.tracking_mode = TrackingMode::Machine;
        }
        let journal = journal::of(&settings, start, hub);
        let mut record_file =
            RecordFile::open(&settings, start, console)?.with_journal(journal.as_ref());
        if let Some(backlog) = backlog {
            record_file = record_file.with_backlog(backlog);
        }
        let sinks = Sinks::of(&settings, start, hub, &record_file, network, console)?;
        let are_live = sinks.are_live;
        let feed = network::feed(network, &settings.config, start);
        let tracker = Tracker::new(hub, settings.config.clone()).with_feed(feed);
        let tracker = sinks.given_to(tracker).with_journal(journal::of_run(journal.as_ref()));
        Ok(Self { around, settings, console, tracker, journal, are_live })
    }

    /// Begins.
    pub(crate) fn begin(self) -> Stretch<'a> {
        let run = self.tracker.start();
        let live = LiveRecords::new(&self.settings.config, self.are_live, SystemClock.monotonic());
        Stretch {
            around: self.around,
            settings: self.settings,
            console: self.console,
            run,
            live,
            journal: self.journal,
        }
    }

    /// Begins at the moment at which another stretch ends.
    pub(crate) fn begin_after(self, before: Stretch<'a>) -> (Stretch<'a>, Ended<'a>) {
        let Stretch { around, settings, console, run, journal, .. } = before;
        let (run, outcome) = self.tracker.start_after(run);
        let live = LiveRecords::new(&self.settings.config, self.are_live, SystemClock.monotonic());
        let next = Stretch {
            around: self.around,
            settings: self.settings,
            console: self.console,
            run,
            live,
            journal: self.journal,
        };
        (next, Ended { around, settings, console, outcome, journal })
    }
}

/// A stretch that is over, whose record has gone to its sinks.
pub(crate) struct Ended<'a> {
    around: Around<'a>,
    settings: Settings,
    console: Console,
    outcome: Outcome,
    journal: Option<Kept>,
}

impl<'a> Stretch<'a> {
    /// Ends.
    pub(crate) fn end(self) -> Ended<'a> {
        let Self { around, settings, console, run, journal, .. } = self;
        Ended { around, settings, console, outcome: run.stop(), journal }
    }
}

impl Ended<'_> {
    /// Reports; returns what it came to, with all files that were written.
    pub(crate) fn finish(self, form: Form) -> Outcome {
        let Self {
            around: Around { start, hub, network, .. },
            settings,
            console,
            outcome,
            journal,
        } = self;
        let telling = network.and_then(|network| {
            network.tell(&outcome, &settings.config, hub.hardware().cpu_physical_count)
        });
        finish(Finish {
            outcome,
            command: None,
            telling,
            settings: &settings,
            start,
            console,
            form,
            journal,
        })
    }
}
