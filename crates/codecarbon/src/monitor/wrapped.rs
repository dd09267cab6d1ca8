//! `monitor -- command`: measures a program and what it starts.
//!
//! The report goes to standard error, so that the program's output can be piped, and nothing that
//! goes wrong with measuring or saving changes the program's exit code.

use std::ffi::OsString;
use std::sync::atomic::Ordering;
use std::time::Duration;

use carbon_journal::Kept;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::TrackingMode;
use carbon_tracker::{Billing, Hub, Run, Sampling, Tracker};

use super::finish::{Finish, Form, finish};
use super::journal;
use super::live::LiveRecords;
use super::network::{self, Network};
use super::record_file::RecordFile;
use super::settings::Settings;
use super::sinks::Sinks;
use crate::command::program;
use crate::command::signals::Signals;
use crate::command::spawn::{self, FoundSignals, Start};
use crate::command::supervise::{self, Watch, supervise};
use crate::command::tree::{Enclosure, Started};
use crate::console::Console;
use crate::exit::CommandError;
use crate::machine::machine_of;
use crate::surroundings::Surroundings;

/// Runs the command; the exit code is the command's.
pub(crate) fn run(
    mut settings: Settings,
    words: &[OsString],
    start: &Surroundings,
    console: Console,
    network: Option<&dyn Network>,
) -> Result<u8, CommandError> {
    let program = program::find(&words[0], start.variable("PATH"))?;
    let record_file = RecordFile::open(&settings, start, console)?;
    // The configuration's mode is about the machine monitor; a command is billed its own use unless
    // a flag says otherwise, as in the reference.
    if !settings.mode_given {
        settings.config.tracking_mode = TrackingMode::Process;
    }
    let signals = Signals::take_over(&supervise::TAKEN)
        .map_err(|error| CommandError::system(format!("signals cannot be taken over: {error}")))?;
    supervise::adopt_orphans();
    let enclosure = Enclosure::make(settings.cgroup);
    let hub = Hub::new(machine_of(&settings.config, start), Sampling::Manual);
    let found = FoundSignals { mask: signals.found_mask(), pipes_ignored: start.pipes_ignored };
    let command =
        Start::new(&program, words, found).map_err(|error| program::explain(&program, &error))?;
    let journal = journal::of(&settings, start, &hub);
    let record_file = record_file.with_journal(journal.as_ref());
    // After the signals, so that threads which sinks start leave them alone.
    let sinks = Sinks::of(&settings, start, &hub, &record_file, network, console)?;
    let are_live = sinks.are_live;
    let feed = network::feed(network, &settings.config, start);
    let tracker = Tracker::new(&hub, settings.config.clone()).with_feed(feed);
    let tracker = sinks.given_to(tracker).with_journal(journal::of_run(journal.as_ref()));
    let mut run = tracker.start_billed(Billing::Machine);
    let Started { pid, tree, ended } = match enclosure.start(&command) {
        Ok(started) => started,
        Err(error) => {
            run.discard();
            return Err(program::explain(&program, &error));
        }
    };
    if settings.config.tracking_mode == TrackingMode::Process {
        run.attach_tree(tree);
    }
    let live = LiveRecords::new(&settings.config, are_live, SystemClock.monotonic());
    let mut watch = Measured {
        hub: &hub,
        run: &mut run,
        live,
        journal: journal.as_ref(),
        news: Vec::new(),
        record_file: &record_file,
    };
    let ending = supervise(pid, &signals, &SystemClock, &mut watch);
    let news = watch.news;
    ended.store(true, Ordering::Relaxed);
    let mut outcome = run.stop();
    // The command had the terminal until now.
    outcome.warnings.extend(news);
    let telling = network.and_then(|network| {
        network.tell(&outcome, &settings.config, hub.hardware().cpu_physical_count)
    });
    let command = Some((program::as_line(words), ending));
    let form = Form::Report;
    let has_journal = journal.as_ref().is_some_and(Kept::is_open);
    finish(Finish {
        outcome,
        command,
        telling,
        settings: &settings,
        start,
        console,
        form,
        journal,
    });
    if has_journal {
        // Here it keeps nobody waiting but those who waited for a second or more.
        journal::save_what_was_left(start, console, network);
    }
    Ok(ending.code())
}

/// Becomes the command without measuring it; the exit code if it cannot be started.
pub(crate) fn run_unmeasured(words: &[OsString], start: &Surroundings) -> Result<u8, CommandError> {
    let program = program::find(&words[0], start.variable("PATH"))?;
    Err(program::explain(&program, &spawn::exec(&program, words, start.pipes_ignored)))
}

/// What goes on while the command runs.
struct Measured<'a> {
    hub: &'a Hub,
    run: &'a mut Run,
    live: LiveRecords,
    journal: Option<&'a Kept>,
    /// What was heard of live records.
    news: Vec<String>,
    record_file: &'a RecordFile,
}

impl Watch for Measured<'_> {
    fn sample(&mut self) -> Option<Duration> {
        let until_sample = self.hub.poll();
        let now = SystemClock.monotonic();
        self.news.extend(self.live.send(self.run, now));
        let until_kept = self.journal.and_then(Kept::tend);
        until_sample.into_iter().chain(self.live.until_next(now)).chain(until_kept).min()
    }

    fn save_so_far(&mut self) {
        if let Some(outcome) = self.run.peek() {
            self.record_file.save(&outcome.record);
        }
    }
}
