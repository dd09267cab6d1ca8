//! `monitor -- command`: measures a program and what it starts.
//!
//! The report goes to standard error, so that the program's output can be piped, and nothing that
//! goes wrong with measuring or saving changes the program's exit code.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use carbon_sensors::SystemClock;
use carbon_tracker::config::TrackingMode;
use carbon_tracker::{Billing, Hub, Run, Sampling, Tracker};

use super::finish::{Finish, finish};
use super::record_file::RecordFile;
use super::settings::Settings;
use crate::command::program;
use crate::command::signals::Signals;
use crate::command::spawn::{FoundSignals, Start};
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
) -> Result<u8, CommandError> {
    let program = program::find(&words[0], start.variable("PATH"))?;
    let mut record_file = RecordFile::open(&settings, start)?;
    // The configuration's mode is about the machine monitor; a command is billed its own use unless
    // a flag says otherwise, as in the reference.
    if !settings.mode_given {
        settings.config.tracking_mode = TrackingMode::Process;
    }
    let signals = Signals::take_over(&supervise::TAKEN).map_err(|error| {
        CommandError::internal(format!("signals cannot be taken over: {error}"))
    })?;
    supervise::adopt_orphans();
    let enclosure = Enclosure::make(settings.cgroup);
    let hub = Hub::new(machine_of(&settings.config, start), Sampling::Manual);
    let found = FoundSignals { mask: signals.found_mask(), pipes_ignored: start.pipes_ignored };
    let command =
        Start::new(&program, words, found).map_err(|error| program::explain(&program, &error))?;
    let tracker = Tracker::new(&hub, settings.config.clone());
    let mut run = tracker.start_billed(Billing::Machine);
    let Started { pid, tree, ended } =
        enclosure.start(&command).map_err(|error| program::explain(&program, &error))?;
    if settings.config.tracking_mode == TrackingMode::Process {
        run.attach_tree(tree);
    }
    let mut watch = Measured { hub: &hub, run: &run, record_file: &mut record_file, console };
    let ending = supervise(pid, &signals, &SystemClock, &mut watch);
    ended.store(true, Ordering::Relaxed);
    let outcome = run.stop();
    let command = Some((program::as_line(words), ending));
    finish(Finish { outcome, command, settings: &settings, start, console }, &mut record_file);
    Ok(ending.code())
}

/// Becomes the command without measuring it; the exit code if it cannot be started.
pub(crate) fn run_unmeasured(words: &[OsString], start: &Surroundings) -> Result<u8, CommandError> {
    let program = program::find(&words[0], start.variable("PATH"))?;
    let mut command = std::process::Command::new(&program);
    let error = command.arg0(&words[0]).args(&words[1..]).exec();
    Err(program::explain(&program, &error))
}

/// What goes on while the command runs.
struct Measured<'a> {
    hub: &'a Hub,
    run: &'a Run,
    record_file: &'a mut RecordFile,
    console: Console,
}

impl Watch for Measured<'_> {
    fn sample(&mut self) -> Option<Duration> {
        self.hub.poll()
    }

    fn save_so_far(&mut self) {
        let Some(outcome) = self.run.peek() else { return };
        if let Err(error) = self.record_file.save(&outcome) {
            self.console.error(&CommandError::user(error));
        }
    }
}
