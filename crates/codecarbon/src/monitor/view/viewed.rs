//! Runs with a view: of the machine, of a program that runs already, of a command.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use carbon_journal::Kept;
use carbon_sensors::{Clock, SysRoot, SystemClock};
use carbon_top::{Scope, Subject, Theme, Watcher};
use carbon_tracker::config::TrackingMode;
use carbon_tracker::{Billing, Hub, Outcome, Preferences, Run, Sampling, Tracker};

use super::attached::Attached;
use super::screen::Screen;
use super::session::{Face, Session, Turn};
use super::streams;
use super::transcript::Transcript;
use super::tty::Tty;
use super::{Asked, Request, Viewer};
use crate::command::program;
use crate::command::signals::Signals;
use crate::command::spawn::{FoundSignals, Start};
use crate::command::supervise::{self, Ending, supervise};
use crate::command::tree::{Enclosure, Started};
use crate::exit::{self, CommandError};
use crate::machine::machine_of;
use crate::monitor::finish::{Finish, Form, finish};
use crate::monitor::journal;
use crate::monitor::live::LiveRecords;
use crate::monitor::network;
use crate::monitor::record_file::RecordFile;
use crate::monitor::sinks::Sinks;
use crate::report::{View, render, units};
use crate::surroundings::Surroundings;

/// Signals that end a view without a command, or change it.
const TAKEN: [libc::c_int; 5] =
    [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGWINCH, libc::SIGTSTP];

/// Signals that a view takes beyond those of every command.
const ALSO_TAKEN: [libc::c_int; 2] = [libc::SIGWINCH, libc::SIGTSTP];

/// All of it.
pub(crate) struct LiveView;

impl Viewer for LiveView {
    fn run(&self, request: Request<'_>) -> Result<u8, CommandError> {
        if request.words.is_empty() { watch(request) } else { wrap(request) }
    }
}

/// Measures the machine or a program that runs already, until it ends or is told to.
fn watch(mut request: Request<'_>) -> Result<u8, CommandError> {
    let root = SysRoot::new(&request.settings.config.sysroot);
    let (attached, billing, scope) = match request.asked.pid {
        Some(pid) => {
            let (attached, tree) = Attached::find(&root, pid)?;
            request.settings.config.tracking_mode = TrackingMode::Process;
            let scope = Scope::Tree { pid, without_it: false };
            (Some(attached), Billing::Tree(Box::new(tree)), scope)
        }
        None => {
            request.settings.config.tracking_mode = TrackingMode::Machine;
            (None, Billing::Machine, Scope::Machine)
        }
    };
    let subject = match &attached {
        Some(Attached { pid, name, .. }) => Subject::Process { pid: *pid, name: name.clone() },
        None => Subject::Machine,
    };
    let signals = take_over(&TAKEN)?;
    let parts = Parts::of(&request)?;
    let begun = parts.begin(&request, billing)?;
    let face = face(&request.asked, request.start, false)?;
    let mut session = parts.session(&request, begun, (scope, subject.clone()), face);
    session.attached = attached;
    let mut is_over = false;
    while !is_over {
        let Turn::GoOn(timeout) = session.turn() else { break };
        let waited = session.wait(&signals, timeout, |session, signal| match signal {
            libc::SIGINT | libc::SIGTERM | libc::SIGHUP => is_over = true,
            other => session.hear(other),
        });
        waited.map_err(|error| CommandError::system(format!("waiting failed: {error}")))?;
    }
    session.end();
    let Session { run, news, .. } = session;
    tell(&request, parts, with_news(run.stop(), news), &subject, None);
    Ok(exit::OK)
}

/// Measures a command; the exit code is its own.
fn wrap(mut request: Request<'_>) -> Result<u8, CommandError> {
    let (start, words) = (request.start, request.words.clone());
    let program = program::find(&words[0], start.variable("PATH"))?;
    if !request.settings.mode_given {
        request.settings.config.tracking_mode = TrackingMode::Process;
    }
    let signals = take_over(&[&supervise::TAKEN[..], &ALSO_TAKEN].concat())?;
    supervise::adopt_orphans();
    let enclosure = Enclosure::make(request.settings.cgroup);
    let found = FoundSignals { mask: signals.found_mask(), pipes_ignored: start.pipes_ignored };
    let command =
        Start::new(&program, &words, found).map_err(|error| program::explain(&program, &error))?;
    let parts = Parts::of(&request)?;
    let mut begun = parts.begin(&request, Billing::Machine)?;
    let face = face(&request.asked, start, true)?;
    let (replaced, pty) = match &face {
        Face::Screen(screen) => {
            let replaced = streams::replace(start, screen.size()).map_err(|error| {
                CommandError::system(format!("a terminal for the command: {error}"))
            })?;
            (Some(replaced.0), replaced.1)
        }
        _ => (None, None),
    };
    let started = enclosure.start(&command);
    drop(replaced);
    let Started { pid, tree, ended } = match started {
        Ok(started) => started,
        Err(error) => {
            drop(face);
            begun.run.discard();
            return Err(program::explain(&program, &error));
        }
    };
    let is_process = request.settings.config.tracking_mode == TrackingMode::Process;
    if is_process {
        begun.run.attach_tree(tree);
    }
    let subject = Subject::Command(program::as_line(&words));
    let own = Scope::Tree { pid: std::process::id(), without_it: true };
    let scope = if is_process { own } else { Scope::Machine };
    let mut session = parts.session(&request, begun, (scope, subject.clone()), face);
    session.pty = pty;
    let ending = supervise(pid, &signals, &SystemClock, &mut session);
    ended.store(true, Ordering::Relaxed);
    session.end();
    let Session { run, news, .. } = session;
    let outcome = with_news(run.stop(), news);
    tell(&request, parts, outcome, &subject, Some((&words, ending)));
    Ok(ending.code())
}

/// What every run with a view needs.
struct Parts {
    hub: Hub,
    record_file: RecordFile,
    journal: Option<Kept>,
}

/// A run that has begun, and what is sent of it meanwhile.
struct Begun {
    run: Run,
    live: LiveRecords,
}

impl Parts {
    fn of(request: &Request<'_>) -> Result<Self, CommandError> {
        let Request { settings, start, console, .. } = request;
        let record_file = RecordFile::open(settings, start, *console)?;
        let hub = Hub::new(machine_of(&settings.config, start), Sampling::Manual);
        // A view that is to save nothing leaves nothing behind either.
        let journal = if request.reports { journal::of(settings, start, &hub) } else { None };
        let record_file = record_file.with_journal(journal.as_ref());
        Ok(Self { hub, record_file, journal })
    }

    fn begin(&self, request: &Request<'_>, billing: Billing) -> Result<Begun, CommandError> {
        let Request { settings, start, console, network, .. } = request;
        let sinks = Sinks::of(settings, start, &self.hub, &self.record_file, *network, *console)?;
        let are_live = sinks.are_live;
        let feed = network::feed(*network, &settings.config, start);
        let tracker = Tracker::new(&self.hub, settings.config.clone()).with_feed(feed);
        let journal = journal::of_run(self.journal.as_ref());
        let run = sinks.given_to(tracker).with_journal(journal).start_billed(billing);
        let live = LiveRecords::new(&settings.config, are_live, SystemClock.monotonic());
        Ok(Begun { run, live })
    }

    fn session(
        &self,
        request: &Request<'_>,
        begun: Begun,
        shown: (Scope, Subject),
        face: Face,
    ) -> Session<'_> {
        let config = &request.settings.config;
        let root = SysRoot::new(&config.sysroot);
        let preferences = Preferences::from(config);
        let every = request.asked.every;
        Session {
            watcher: Watcher::new(&self.hub, &preferences, &root, shown, every),
            // Journals are of this machine, whatever files another one is read from.
            onlooker: if root.is_host() { journal::onlooker(request.start) } else { None },
            tasks: Vec::new(),
            hub: &self.hub,
            run: begun.run,
            live: begun.live,
            record_file: &self.record_file,
            journal: self.journal.as_ref(),
            face,
            pty: None,
            transcript: Transcript::default(),
            attached: None,
            next: SystemClock.monotonic(),
            news: Vec::new(),
        }
    }
}

fn take_over(signals: &[libc::c_int]) -> Result<Signals, CommandError> {
    Signals::take_over(signals)
        .map_err(|error| CommandError::system(format!("signals cannot be taken over: {error}")))
}

/// A screen where there is one, else lines.
fn face(asked: &Asked, start: &Surroundings, is_command: bool) -> Result<Face, CommandError> {
    let lines = Face::Lines { to_stderr: is_command };
    // A command's standard output is its own, and may well go to a file.
    let is_shown = start.stdout_is_terminal || (is_command && start.stderr_is_terminal);
    if asked.plain || !is_shown || start.variable("TERM") == Some("dumb") {
        return Ok(lines);
    }
    let Ok(tty) = Tty::open() else { return Ok(lines) };
    let screen = Screen::on(tty, theme(start))
        .map_err(|error| CommandError::system(format!("the terminal: {error}")))?;
    Ok(Face::Screen(Box::new(screen)))
}

/// What the terminal can show, by the environment: colours unless `NO_COLOR` is set, and Unicode
/// unless the locale says that it cannot.
fn theme(start: &Surroundings) -> Theme {
    let has_colours = start.variable("NO_COLOR").is_none_or(str::is_empty);
    let set = |name| start.variable(name).filter(|text| !text.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    let is_ascii = locale.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    });
    Theme { has_colours, is_ascii }
}

fn with_news(mut outcome: Outcome, news: Vec<String>) -> Outcome {
    outcome.warnings.extend(news);
    outcome
}

/// Tells what the run came to.
fn tell(
    request: &Request<'_>,
    parts: Parts,
    outcome: Outcome,
    subject: &Subject,
    command: Option<(&[OsString], Ending)>,
) {
    let Request { settings, start, console, network, reports, .. } = request;
    let telling = network.and_then(|network| {
        network.tell(&outcome, &settings.config, parts.hub.hardware().cpu_physical_count)
    });
    let command = command.map(|(words, ending)| (program::as_line(words), ending));
    let has_journal = parts.journal.as_ref().is_some_and(Kept::is_open);
    let outcome = finish(Finish {
        outcome,
        command: command.clone(),
        telling,
        settings,
        start,
        console: *console,
        form: Form::Elsewhere,
        journal: parts.journal,
    });
    if has_journal {
        journal::save_what_was_left(start, *console, *network);
    }
    if settings.quiet {
        return;
    }
    if !reports {
        console.print(&last_word(&outcome));
        return;
    }
    let command = command.as_ref().map(|(line, ending)| (line.as_str(), *ending));
    let mut view = View::of(&outcome, command, &outcome.saved_to);
    let process = match subject {
        Subject::Process { pid, name } => Some(format!("process {pid} ({name})")),
        _ => None,
    };
    view.subject = process.as_deref();
    console.print(&render(&view, console.colours()));
}

/// What is left of a view that reports nothing.
fn last_word(outcome: &Outcome) -> String {
    let mut text = format!(
        "Measured for {}: {}, {} CO2eq",
        units::duration(outcome.report.active),
        units::energy(outcome.footprint.it_energy.value),
        units::mass(outcome.footprint.emissions.value)
    );
    match outcome.saved_to.as_slice() {
        [] => text.push_str("; nothing was saved\n"),
        files => {
            text.push('\n');
            for path in files {
                let _ = writeln!(text, "Saved to: {}", path.display());
            }
        }
    }
    text
}
